#include "daemon/desk/desk_values.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/mail/send_smtp.h"

/* --- what the parsers read ----------------------------------------------------------------------
 */

/* The types that have a form of their own. What is no such value is refused; where a type is free,
 * the person's own word stands: a postal code of a third country is one. */
static const struct {
  const char *type;
  const char *right; /* NULL: free */
} read_types[] = {{"email", "an address like name@example.org"},
                  {"phone", "a number like +33 6 12 34 56 78"},
                  {"integer", "a whole number"},
                  {"date", "a date like 2019-07-03"},
                  {"choice", NULL},
                  {"postal_code", NULL}};

static int read_type(const EventField *field) {
  for (guint i = 0; i < G_N_ELEMENTS(read_types); i++)
    if (!strcmp(read_types[i].type, field->type)) return (int)i;
  return -1;
}

/* --- choices ---------------------------------------------------------------------------------- */

static gboolean is_choice(const EventField *field) {
  return field->choices && g_hash_table_size(field->choices) > 0;
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

/* The stored form of a choice is one, whatever words its event has for it. */
static gboolean is_as_stored(const EventField *field, const char *text) {
  return is_choice(field) && g_hash_table_contains(field->choices, text);
}

char *desk_value_asked(const Event *event, const char *name, const char *typed) {
  const EventField *field = event_field(event, name);
  if (!field || read_type(field) < 0) return NULL;
  g_autofree char *text = clean_text(name, typed, NULL);
  return text && *text && !is_as_stored(field, text) ? g_steal_pointer(&text) : NULL;
}

static void refuse(const EventField *field, const char *text, const char *reason, GError **error) {
  if (is_choice(field)) {
    g_autofree char *all = choice_list(field);
    g_set_error(error, DESK_ERROR, DESK_ERROR_INVALID, "%s: '%s' is no choice; right would be %s",
                field->name, text, all);
    return;
  }
  g_set_error(error, DESK_ERROR, DESK_ERROR_INVALID, "%s: '%s' is no %s; %s; right would be %s",
              field->name, text, field->type, reason, read_types[read_type(field)].right);
}

char *desk_value_check(const Event *event, const char *name, const char *typed,
                       const DeskTyped *read, GError **error) {
  const EventField *field = event_field(event, name);
  if (!field) return unknown_field(event, name, error), NULL;
  g_autofree char *text = clean_text(name, typed, error);
  if (!text || !*text || read_type(field) < 0 || is_as_stored(field, text))
    return g_steal_pointer(&text);
  const char *reason = read->reason ? read->reason : "it was not read";
  gboolean email = !strcmp(field->type, "email");
  if (email && read->value && *read->value && !send_smtp_address_ok(read->value))
    reason = "not an address";
  else if (read->value)
    return g_strdup(read->value);
  if (!strcmp(field->type, "postal_code")) return g_steal_pointer(&text);
  refuse(field, text, reason, error);
  return NULL;
}

/* --- all of them ------------------------------------------------------------------------------ */

guint desk_values_place(const char *name, const char **ret_field) {
  char *end = NULL;
  guint64 number = g_ascii_strtoull(name, &end, 10);
  gboolean numbered = g_ascii_isdigit(*name) && *end == '.';
  *ret_field = numbered ? end + 1 : name;
  return !numbered ? 1 : number > G_MAXUINT ? 0 : (guint)number;
}

/* The same, where a name without a number is for the only one. */
static gboolean split_name(const char *name, guint count, guint *ret_number, const char **ret_field,
                           GError **error) {
  *ret_number = desk_values_place(name, ret_field);
  if (*ret_field == name && count > 1) {
    g_set_error(error, DESK_ERROR, DESK_ERROR_INVALID,
                "%s: there are %u participants; write 1.%s for the first one", name, count, name);
    return FALSE;
  }
  if (*ret_number >= 1 && *ret_number <= count) return TRUE;
  g_set_error(error, DESK_ERROR, DESK_ERROR_INVALID,
              "%s: there is no participant %.*s; there are %u", name, (int)(*ret_field - 1 - name),
              name, count);
  return FALSE;
}

gboolean desk_values_apply(const Event *event, const DeskAction *action, guint number, guint count,
                           Registration *registration, GError **error) {
  const GPtrArray *changes = action->changes;
  for (guint i = 0; changes && i < changes->len; i++) {
    const StoreField *change = changes->pdata[i];
    guint meant = 0;
    const char *field = NULL;
    if (!split_name(change->name, count, &meant, &field, error)) return FALSE;
    if (meant != number) continue;
    const DeskTyped *read = action->typed->pdata[i];
    g_autofree char *value = desk_value_check(event, field, change->value, read, error);
    if (!value) return FALSE;
    registration_set(registration, field, *value ? value : NULL);
  }
  return TRUE;
}
