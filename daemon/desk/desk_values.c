#include "daemon/desk/desk_values.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/mail/send_smtp.h"

enum { PHONE_MIN_DIGITS = 6, PHONE_MAX_DIGITS = 15 }; /* E.164 */

/* --- a form a type ---------------------------------------------------------------------------- */

/* Each returns the stored form, or NULL where `value` has none. */
typedef char *(*ValueForm)(const char *value);

static char *form_email(const char *value) {
  g_autofree char *lower = g_ascii_strdown(value, -1);
  return send_smtp_address_ok(lower) ? g_steal_pointer(&lower) : NULL;
}

static char *form_phone(const char *value) {
  g_autoptr(GString) out = g_string_new(NULL);
  for (const char *p = value; *p; p++) {
    if (strchr(" .-()/", *p)) continue;
    if (!g_ascii_isdigit(*p) && !(*p == '+' && !out->len)) return NULL;
    g_string_append_c(out, *p);
  }
  gboolean fine =
      *out->str == '+' && out->len > PHONE_MIN_DIGITS && out->len <= PHONE_MAX_DIGITS + 1;
  return fine ? g_string_free(g_steal_pointer(&out), FALSE) : NULL;
}

static char *form_integer(const char *value) {
  gint64 number = 0;
  return g_ascii_string_to_signed(value, 10, G_MININT32, G_MAXINT32, &number, NULL)
             ? g_strdup_printf("%" G_GINT64_FORMAT, number)
             : NULL;
}

static char *form_date(const char *value) {
  int year, month, day, end = 0;
  if (sscanf(value, "%4d-%2d-%2d%n", &year, &month, &day, &end) != 3 || value[end]) return NULL;
  if (year < 1 || month < 1 || day < 1) return NULL;
  if (!g_date_valid_dmy((GDateDay)day, (GDateMonth)month, (GDateYear)year)) return NULL;
  return g_strdup_printf("%04d-%02d-%02d", year, month, day);
}

static const struct {
  const char *type;
  ValueForm form;
  const char *right;
} forms[] = {{"email", form_email, "an address like name@example.org"},
             {"phone", form_phone, "international form like +33612345678"},
             {"integer", form_integer, "a whole number"},
             {"date", form_date, "a date like 2019-07-03"}};

/* --- choices ---------------------------------------------------------------------------------- */

static gboolean same_word(const char *a, const char *b) {
  g_autofree char *left = g_utf8_casefold(a, -1), *right = g_utf8_casefold(b, -1);
  return !strcmp(left, right);
}

/* The choice that `typed` is, by its value or its first word in any language; NULL: none. */
static const char *choice_of(const Event *event, const EventField *field, const char *typed) {
  GHashTableIter iter;
  gpointer value;
  g_hash_table_iter_init(&iter, field->choices);
  while (g_hash_table_iter_next(&iter, &value, NULL)) {
    if (same_word(value, typed)) return value;
    for (char **language = event->languages; language && *language; language++)
      if (same_word(event_word(event, *language, field->name, value), typed)) return value;
  }
  return NULL;
}

static gint by_text(gconstpointer a, gconstpointer b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static char *choice_list(const EventField *field) {
  guint count = 0;
  g_autofree gpointer *keys = g_hash_table_get_keys_as_array(field->choices, &count);
  qsort(keys, count, sizeof *keys, by_text);
  return g_strjoinv(" or ", (char **)keys);
}

/* --- one value -------------------------------------------------------------------------------- */

static gboolean unknown_field(const Event *event, const char *name, GError **error) {
  g_autoptr(GPtrArray) known = g_ptr_array_new();
  for (guint i = 0; i < event->fields->len; i++)
    g_ptr_array_add(known, ((EventField *)event->fields->pdata[i])->name);
  g_ptr_array_add(known, NULL);
  const char *nearest = config_nearest(name, (const char *const *)known->pdata);
  g_autofree char *all = g_strjoinv(", ", (char **)known->pdata);
  if (nearest)
    g_set_error(error, DESK_ERROR, DESK_ERROR_INVALID, "unknown field '%s'; did you mean '%s'?",
                name, nearest);
  else
    g_set_error(error, DESK_ERROR, DESK_ERROR_INVALID,
                "unknown field '%s'; the fields of event '%s' are %s", name, event->id, all);
  return FALSE;
}

/* NFC, without white space at the ends and control characters other than line ends. */
static char *clean_text(const char *name, const char *typed, GError **error) {
  g_autofree char *text = g_utf8_normalize(typed, -1, G_NORMALIZE_DEFAULT_COMPOSE);
  if (!text || strlen(text) > DESK_VALUE_MAX_BYTES) {
    g_set_error(error, DESK_ERROR, DESK_ERROR_INVALID,
                "%s: the value must be UTF-8 of at most %d bytes", name, DESK_VALUE_MAX_BYTES);
    return NULL;
  }
  for (char *p = text; *p; p++)
    if (g_ascii_iscntrl(*p) && *p != '\n') *p = ' ';
  g_strstrip(text);
  return g_steal_pointer(&text);
}

static char *typed_form(const EventField *field, const char *text, GError **error) {
  for (guint i = 0; i < G_N_ELEMENTS(forms); i++) {
    if (strcmp(forms[i].type, field->type)) continue;
    char *value = forms[i].form(text);
    if (!value)
      g_set_error(error, DESK_ERROR, DESK_ERROR_INVALID, "%s: '%s' is no %s; right would be %s",
                  field->name, text, field->type, forms[i].right);
    return value;
  }
  return g_strdup(text);
}

char *desk_value_check(const Event *event, const char *name, const char *typed, GError **error) {
  const EventField *field = event_field(event, name);
  if (!field) return unknown_field(event, name, error), NULL;
  g_autofree char *text = clean_text(name, typed, error);
  if (!text || !*text) return g_steal_pointer(&text);
  if (!field->choices || !g_hash_table_size(field->choices)) return typed_form(field, text, error);
  const char *choice = choice_of(event, field, text);
  if (choice) return g_strdup(choice);
  g_autofree char *all = choice_list(field);
  g_set_error(error, DESK_ERROR, DESK_ERROR_INVALID, "%s: '%s' is no choice; right would be %s",
              name, text, all);
  return NULL;
}

/* --- all of them ------------------------------------------------------------------------------ */

/* "2.phone" is phone of participant 2; without a number it is for the only one. *ret_field is
 * borrowed. */
static gboolean split_name(const char *name, guint count, guint *ret_number, const char **ret_field,
                           GError **error) {
  char *end = NULL;
  guint64 number = g_ascii_strtoull(name, &end, 10);
  gboolean numbered = g_ascii_isdigit(*name) && *end == '.';
  if (!numbered && count > 1) {
    g_set_error(error, DESK_ERROR, DESK_ERROR_INVALID,
                "%s: there are %u participants; write 1.%s for the first one", name, count, name);
    return FALSE;
  }
  if (numbered && (number < 1 || number > count)) {
    g_set_error(error, DESK_ERROR, DESK_ERROR_INVALID,
                "%s: there is no participant %" G_GUINT64_FORMAT "; there are %u", name, number,
                count);
    return FALSE;
  }
  *ret_number = numbered ? (guint)number : 1;
  *ret_field = numbered ? end + 1 : name;
  return TRUE;
}

gboolean desk_values_apply(const Event *event, const GPtrArray *changes, guint number, guint count,
                           Registration *registration, GError **error) {
  for (guint i = 0; changes && i < changes->len; i++) {
    const StoreField *change = changes->pdata[i];
    guint meant = 0;
    const char *field = NULL;
    if (!split_name(change->name, count, &meant, &field, error)) return FALSE;
    if (meant != number) continue;
    g_autofree char *value = desk_value_check(event, field, change->value, error);
    if (!value) return FALSE;
    registration_set(registration, field, *value ? value : NULL);
  }
  return TRUE;
}
