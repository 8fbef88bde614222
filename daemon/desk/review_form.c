/* review_form - the fields of a record as a form: what was read, how sure that is, and what is
 * registered already. */
#include <string.h>

#include "daemon/desk/desk_values.h"
#include "daemon/desk/review_view.h"

enum { CONFIDENCE_SURE = 100, CONFIDENCE_MILD = 90 };

/* --- what a form shows ------------------------------------------------------------------------ */

static const InvalidValue *invalid_of(const PageForm *form, const char *field) {
  for (guint i = 0; form->read && i < form->read->invalid->len; i++) {
    const InvalidValue *invalid = form->read->invalid->pdata[i];
    if (!strcmp(invalid->field, field)) return invalid;
  }
  return NULL;
}

/* The value in the form: of a message what was read, else what is registered. What was written and
 * is no value stands beside it, as a doubt. */
static const char *shown_value(const PageForm *form, const EventField *field) {
  const FieldValue *value = form->read ? participant_value(form->read, field->name) : NULL;
  if (value) return value->value;
  const char *stored = form->stored ? registration_value(form->stored, field->name) : NULL;
  return stored ? stored : "";
}

/* The keys that a telephone shows. The browser checks nothing: the parsers read "Marie
 * <m@ville.fr>", too. */
static const char *input_mode(const EventField *field) {
  if (!strcmp(field->type, "email")) return "email";
  if (!strcmp(field->type, "phone")) return "tel";
  if (!strcmp(field->type, "integer")) return "numeric";
  return "text";
}

static gboolean is_choice(const EventField *field) {
  return g_hash_table_size(field->choices) > 0;
}

static gint by_text(gconstpointer a, gconstpointer b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* In the order of their values, backwards: "yes" stands before "no". */
static void put_options(const PageCall *call, TemplateValue *map, const PageForm *form,
                        const EventField *field, const char *value) {
  TemplateValue *options = page_list(call, map, "options");
  g_autoptr(GPtrArray) keys = g_ptr_array_new();
  GHashTableIter iter;
  gpointer key;
  g_hash_table_iter_init(&iter, field->choices);
  while (g_hash_table_iter_next(&iter, &key, NULL)) g_ptr_array_add(keys, key);
  g_ptr_array_sort(keys, by_text);
  page_option(call, options, "", "–", value);
  for (guint i = keys->len; i-- > 0;) {
    const char *choice = keys->pdata[i];
    page_option(call, options, choice,
                event_word(form->event, words_code(call->language), field->name, choice), value);
  }
}

static void put_input(const PageCall *call, TemplateValue *map, const PageForm *form,
                      const EventField *field) {
  g_autofree char *name = g_strconcat(form->prefix, field->name, NULL);
  const char *typed = form->typed ? g_hash_table_lookup(call->request->form, name) : NULL;
  const char *value = typed ? typed : shown_value(form, field);
  gboolean lines = !strcmp(field->type, "lines") || strchr(value, '\n');
  page_put(call, map, "name", name);
  page_put_take(call, map, "id", g_strdelimit(g_strconcat("f-", name, NULL), ".", '-'));
  page_put(call, map, "label", event_label(form->event, words_code(call->language), field->name));
  page_put_truth(call, map, "required", field->required);
  page_put(call, map, "value", value);
  page_put_truth(call, map, "as_choice", is_choice(field));
  page_put_truth(call, map, "as_lines", !is_choice(field) && lines);
  page_put_truth(call, map, "as_text", !is_choice(field) && !lines);
  page_put_truth(call, map, "wide", !is_choice(field) && lines);
  page_put(call, map, "mode", input_mode(field));
  if (is_choice(field)) put_options(call, map, form, field, value);
}

/* --- what is doubtful, and where it stood ----------------------------------------------------- */

static void add_doubt(const PageCall *call, TemplateValue *list, char *text) {
  template_data_put(list, NULL, template_data_text(call->data, text));
  g_free(text);
}

/* Returns how many. */
static guint put_doubts(const PageCall *call, TemplateValue *map, const PageForm *form,
                        const EventField *field) {
  TemplateValue *list = page_list(call, map, "doubts");
  const InvalidValue *invalid = invalid_of(form, field->name);
  const FieldValue *value = participant_value(form->read, field->name);
  guint count = 0;
  gboolean foreign;
  if (invalid) {
    g_autofree char *reason = words_reason(call->language, form->event, invalid->reason, &foreign);
    add_doubt(call, list,
              words_fill(call->language, "doubt_invalid", invalid->value, reason, (char *)NULL));
    count++;
  } else if (!value && g_ptr_array_find_with_equal_func(form->read->missing, field->name,
                                                        g_str_equal, NULL)) {
    add_doubt(call, list, g_strdup(page_word(call, "doubt_missing")));
    count++;
  }
  if (value && value->confidence < CONFIDENCE_SURE) {
    g_autofree char *percent = g_strdup_printf("%u", value->confidence);
    add_doubt(call, list, words_fill(call->language, "doubt_confidence", percent, (char *)NULL));
    count++;
  }
  gboolean apart = value && count && *value->raw && strcmp(value->raw, value->value);
  page_put_take(call, map, "raw",
                apart ? words_fill(call->language, "doubt_raw", value->raw, (char *)NULL) : NULL);
  page_put_truth(call, map, "mild", value && !invalid && value->confidence >= CONFIDENCE_MILD);
  return count;
}

/* "attachment:bulletin.docx" → "« bulletin.docx »"; NULL: no such prefix. */
static char *source_piece(const PageCall *call, const char *piece) {
  static const char *const kinds[][2] = {{"attachment:", "source_attachment"},
                                         {"header:", "source_header"}};
  for (guint i = 0; i < G_N_ELEMENTS(kinds); i++)
    if (g_str_has_prefix(piece, kinds[i][0]))
      return words_fill(call->language, kinds[i][1], piece + strlen(kinds[i][0]), (char *)NULL);
  return g_str_has_prefix(piece, "body:") ? g_strdup(page_word(call, "source_body")) : NULL;
}

/* "label:Prénom" → "sous l’intitulé « Prénom »"; NULL: no such prefix. */
static char *rule_piece(const PageCall *call, const char *piece) {
  static const char *const alone[] = {"signature", "from-header"};
  static const char *const kinds[] = {"label", "pattern", "sentence", "calendar"};
  const char *colon = strchr(piece, ':');
  for (guint i = 0; i < G_N_ELEMENTS(alone); i++)
    if (!strcmp(piece, alone[i])) {
      g_autofree char *key = g_strconcat("rule_", piece, NULL);
      return g_strdup(page_word(call, key));
    }
  for (guint i = 0; colon && i < G_N_ELEMENTS(kinds); i++) {
    gsize length = strlen(kinds[i]);
    if ((gsize)(colon - piece) != length || strncmp(piece, kinds[i], length)) continue;
    g_autofree char *key = g_strconcat("rule_", kinds[i], NULL);
    return words_fill(call->language, key, colon + 1, (char *)NULL);
  }
  return NULL;
}

/* Two sources or two rules of one value stand with ", " between them, which a label may hold, too:
 * a piece that begins as none belongs to the one before. */
static char *tell_pieces(const PageCall *call, const char *text,
                         char *(*tell)(const PageCall *, const char *)) {
  g_auto(GStrv) pieces = g_strsplit(text, ", ", -1);
  GString *told = g_string_new(NULL), *piece = g_string_new(NULL);
  for (char **at = pieces; *at; at++) {
    g_string_append_printf(piece, "%s%s", piece->len ? ", " : "", *at);
    g_autofree char *next = at[1] ? tell(call, at[1]) : NULL;
    if (at[1] && !next) continue;
    g_autofree char *words = tell(call, piece->str);
    g_string_append_printf(told, "%s%s", told->len ? page_word(call, "and") : "",
                           words ? words : piece->str);
    g_string_truncate(piece, 0);
  }
  g_string_free(piece, TRUE);
  return g_string_free(told, FALSE);
}

static char *source_words(const PageCall *call, const FieldValue *value) {
  char *place = tell_pieces(call, value->source, source_piece);
  if (!value->page) return place;
  g_autofree char *page = g_strdup_printf("%u", value->page), *before = place;
  return words_fill(call->language, "source_page", before, page, (char *)NULL);
}

static char *provenance(const PageCall *call, const FieldValue *value) {
  if (!*value->source && !*value->rule) return NULL;
  g_autofree char *place = source_words(call, value);
  g_autofree char *read = words_fill(call->language, "source_read", place, (char *)NULL);
  g_autofree char *rule = tell_pieces(call, value->rule, rule_piece);
  return *rule ? g_strdup_printf("%s, %s", read, rule) : g_steal_pointer(&read);
}

static void put_marks(const PageCall *call, TemplateValue *map, const PageForm *form,
                      const EventField *field) {
  const FieldValue *value = form->read ? participant_value(form->read, field->name) : NULL;
  const char *stored = form->stored ? registration_value(form->stored, field->name) : NULL;
  if (!form->mark || !form->read) {
    page_put(call, map, "raw", NULL);
    page_put_truth(call, map, "mild", FALSE);
  }
  gboolean differs = form->mark && form->read && stored && (!value || strcmp(value->value, stored));
  if (differs && !value) differs = FALSE; /* then it is what the form shows */
  guint doubts = form->mark && form->read ? put_doubts(call, map, form, field) : 0;
  g_autofree char *source = form->mark && value ? provenance(call, value) : NULL;
  const char *word = differs && is_choice(field)
                         ? event_word(form->event, words_code(call->language), field->name, stored)
                         : stored;
  page_put_truth(call, map, "doubt", doubts > 0);
  page_put(call, map, "stored", differs ? word : NULL);
  page_put(call, map, "source", source);
  page_put_truth(call, map, "described", doubts || differs || source);
}

void page_put_fields(const PageCall *call, TemplateValue *to, const PageForm *form) {
  TemplateValue *list = page_list(call, to, "fields");
  for (guint i = 0; i < form->event->fields->len; i++) {
    const EventField *field = form->event->fields->pdata[i];
    TemplateValue *map = page_row(call, list);
    put_input(call, map, form, field);
    put_marks(call, map, form, field);
  }
}

/* --- what a form sends ------------------------------------------------------------------------ */

/* A browser ends lines with CR LF (HTML 4.10.22). */
static char *normal_lines(const char *text) {
  g_autoptr(GString) copy = g_string_new(text);
  g_string_replace(copy, "\r\n", "\n", 0);
  g_string_replace(copy, "\r", "\n", 0);
  return g_strstrip(g_strdup(copy->str));
}

void page_form_changes(const PageCall *call, const PageForm *form, GPtrArray *changes) {
  for (guint i = 0; i < form->event->fields->len; i++) {
    const EventField *field = form->event->fields->pdata[i];
    g_autofree char *name = g_strconcat(form->prefix, field->name, NULL);
    const char *sent = g_hash_table_lookup(call->request->form, name);
    if (!sent) continue;
    g_autofree char *value = normal_lines(sent);
    g_autofree char *before = normal_lines(shown_value(form, field));
    if (strcmp(value, before)) g_ptr_array_add(changes, store_field_new(name, value));
  }
}
