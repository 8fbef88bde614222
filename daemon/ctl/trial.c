/* trial - see trial.h. Everything that came out of a mail is cleaned before it is printed. */
#include "daemon/ctl/trial.h"

#include <stdio.h>
#include <string.h>

#include "daemon/ctl/json.h"
#include "daemon/ctl/table.h"
#include "daemon/log.h"

enum { VALUE_MAX_CHARS = 200, PLACE_MAX_CHARS = 60 };

void trial_free(Trial *trial) {
  if (!trial) return;
  if (trial->faults) g_ptr_array_unref(trial->faults);
  verdict_free(trial->verdict);
  extraction_free(trial->extraction);
  g_free(trial);
}

/* --- places ----------------------------------------------------------------------------------- */

/* Line and column, both from 1, in characters; FALSE: the value is from no line. */
static gboolean place_of(const Trial *trial, const FieldValue *value, guint *ret_line,
                         glong *ret_column) {
  const GPtrArray *lines = trial->extraction->lines;
  if (!lines || value->line >= lines->len) return FALSE;
  const ExtractionLine *line = lines->pdata[value->line];
  if (value->start > strlen(line->text)) return FALSE;
  *ret_line = value->line + 1;
  *ret_column = g_utf8_strlen(line->text, value->start) + 1;
  return TRUE;
}

/* "label:Nom, 3:7", "from-header, header:From". The caller frees. */
static char *rule_text(const Trial *trial, const FieldValue *value) {
  guint line = 0;
  glong column = 0;
  g_autofree char *text = place_of(trial, value, &line, &column)
                              ? g_strdup_printf("%s, %u:%ld", value->rule, line, column)
                              : g_strdup_printf("%s, %s", value->rule, value->source);
  return log_clean(text, VALUE_MAX_CHARS);
}

/* --- for the eye ------------------------------------------------------------------------------ */

static gboolean has_several(const Trial *trial) {
  return trial->extraction->participants->len > 1;
}

/* Where people are several, the number of the one that has it stands before the field. */
static char *numbered(const Trial *trial, guint participant, const char *what) {
  return participant && has_several(trial) ? g_strdup_printf("%u.%s", participant, what)
                                           : g_strdup(what);
}

static void print_padded(const char *text, guint width) {
  guint taken = text_width(text);
  printf("%s%*s", text, taken < width ? (int)(width - taken) : 0, "");
}

static void print_value(const Trial *trial, const FieldValue *value, guint participant) {
  enum { PLACE_COLUMN = 44 };
  g_autofree char *name = numbered(trial, participant, value->field);
  g_autofree char *raw = g_strdup_printf("%s = %s", name, value->value);
  g_autofree char *text = log_clean(raw, PLACE_MAX_CHARS);
  g_autofree char *rule = rule_text(trial, value);
  printf("         ");
  print_padded(text, PLACE_COLUMN);
  printf("  %s%s%s\n", colour_begin(COLOUR_FAINT), rule, colour_end(COLOUR_FAINT));
}

static void print_fault(const Trial *trial, const ExampleFault *fault) {
  g_autofree char *name = numbered(trial, fault->participant, fault->what);
  g_autofree char *rule = fault->value ? rule_text(trial, fault->value) : NULL;
  g_autofree char *raw = g_strdup_printf(
      "%s: expected %s, got %s%s%s%s", name, *fault->expected ? fault->expected : "nothing",
      *fault->got ? fault->got : "nothing", rule ? " (" : "", rule ? rule : "", rule ? ")" : "");
  g_autofree char *text = log_clean(raw, 3 * VALUE_MAX_CHARS);
  printf("       %s%s%s\n", colour_begin(COLOUR_RED), text, colour_end(COLOUR_RED));
}

static void print_reasons(const GPtrArray *texts) {
  for (guint i = 0; i < texts->len; i++) {
    g_autofree char *text = log_clean(texts->pdata[i], 3 * VALUE_MAX_CHARS);
    printf("         (%s)\n", text);
  }
}

void trial_print(const Trial *trial) {
  const Extraction *extraction = trial->extraction;
  gboolean good = trial->faults->len == 0;
  Colour colour = good ? COLOUR_GREEN : COLOUR_RED;
  printf("%s%s%s %s: %s", colour_begin(colour), good ? "ok   " : "FAULT", colour_end(colour),
         trial->event->id, trial->example->name);
  printf(" [%s, %s]", mail_kind_name(extraction->kind), decision_name(trial->verdict->decision));
  if (!good) printf(" (%s:%u)", trial->event->file, trial->example->line);
  putchar('\n');
  for (guint i = 0; i < trial->faults->len; i++) print_fault(trial, trial->faults->pdata[i]);
  if (!good) print_reasons(extraction->review_reasons);
  if (!good) print_reasons(extraction->notes);
  for (guint i = 0; i < extraction->participants->len; i++) {
    const Participant *participant = extraction->participants->pdata[i];
    for (guint k = 0; k < participant->values->len; k++)
      print_value(trial, participant->values->pdata[k], i + 1);
  }
}

/* Add up the groups of one kind: "12 of 31 labels". */
static void print_used(const GPtrArray *groups, const char *kind, const char *before) {
  guint total = 0, unused = 0;
  for (guint i = 0; i < groups->len; i++) {
    const RuleGroup *group = groups->pdata[i];
    if (strcmp(group->kind, kind) != 0) continue;
    total += group->total;
    unused += group->unused->len;
  }
  printf("%s%u of %u %s", before, total - unused, total, kind);
}

static void print_unused(const RuleGroup *group) {
  if (!group->unused->len) return;
  g_autoptr(GPtrArray) list = g_ptr_array_new();
  for (guint i = 0; i < group->unused->len; i++) g_ptr_array_add(list, group->unused->pdata[i]);
  g_ptr_array_add(list, NULL);
  g_autofree char *all = g_strjoinv(", ", (char **)list->pdata);
  printf("unused %s of %s%s%s: %s\n", group->kind, group->field, *group->language ? ", " : "",
         group->language, all);
}

void trial_print_use(const Event *event, guint failed, const RuleUse *use, gboolean unused) {
  g_autoptr(GPtrArray) groups = rule_use_groups(use);
  printf("%s: %u of %u examples are right; they used ", event->id, event->examples->len - failed,
         event->examples->len);
  print_used(groups, "labels", "");
  print_used(groups, "patterns", ", ");
  print_used(groups, "sentences", ", ");
  putchar('\n');
  for (guint i = 0; unused && i < groups->len; i++) print_unused(groups->pdata[i]);
}

/* --- JSON ------------------------------------------------------------------------------------- */

static json_t *value_json(const Trial *trial, const FieldValue *value, guint participant) {
  guint line = 0;
  glong column = 0;
  gboolean placed = place_of(trial, value, &line, &column);
  json_t *object = json_object();
  json_object_set_new(object, "participant", json_integer(participant));
  json_object_set_new(object, "field", json_text(value->field));
  json_object_set_new(object, "value", json_text(value->value));
  json_object_set_new(object, "rule", json_text(value->rule));
  json_object_set_new(object, "source", json_text(value->source));
  json_object_set_new(object, "line", placed ? json_integer(line) : json_null());
  json_object_set_new(object, "column", placed ? json_integer(column) : json_null());
  return object;
}

static json_t *values_json(const Trial *trial) {
  json_t *values = json_array();
  for (guint i = 0; i < trial->extraction->participants->len; i++) {
    const Participant *participant = trial->extraction->participants->pdata[i];
    for (guint k = 0; k < participant->values->len; k++)
      json_array_append_new(values, value_json(trial, participant->values->pdata[k], i + 1));
  }
  return values;
}

static json_t *faults_json(const Trial *trial) {
  json_t *faults = json_array();
  for (guint i = 0; i < trial->faults->len; i++) {
    const ExampleFault *fault = trial->faults->pdata[i];
    json_t *object = json_object();
    json_object_set_new(object, "participant", json_integer(fault->participant));
    json_object_set_new(object, "what", json_text(fault->what));
    json_object_set_new(object, "expected", json_text(fault->expected));
    json_object_set_new(object, "got", json_text(fault->got));
    json_array_append_new(faults, object);
  }
  return faults;
}

json_t *trial_json(const Trial *trial) {
  json_t *object = json_object();
  json_object_set_new(object, "event", json_text(trial->event->id));
  json_object_set_new(object, "example", json_text(trial->example->name));
  json_object_set_new(object, "file", json_text(trial->event->file));
  json_object_set_new(object, "line", json_integer(trial->example->line));
  json_object_set_new(object, "ok", json_boolean(trial->faults->len == 0));
  json_object_set_new(object, "kind", json_text(mail_kind_name(trial->extraction->kind)));
  json_object_set_new(object, "decision", json_text(decision_name(trial->verdict->decision)));
  json_object_set_new(object, "faults", faults_json(trial));
  json_object_set_new(object, "values", values_json(trial));
  json_object_set_new(object, "reasons", json_texts(trial->extraction->review_reasons));
  json_object_set_new(object, "notes", json_texts(trial->extraction->notes));
  return object;
}

static json_t *group_json(const RuleGroup *group, gboolean unused) {
  json_t *object = json_object();
  json_object_set_new(object, "kind", json_text(group->kind));
  json_object_set_new(object, "of", json_text(group->field));
  json_object_set_new(object, "language", json_text(group->language));
  json_object_set_new(object, "used", json_integer(group->total - group->unused->len));
  json_object_set_new(object, "total", json_integer(group->total));
  if (unused) json_object_set_new(object, "unused", json_texts(group->unused));
  return object;
}

json_t *trial_use_json(const Event *event, guint failed, const RuleUse *use, gboolean unused) {
  g_autoptr(GPtrArray) groups = rule_use_groups(use);
  json_t *object = json_object(), *rules = json_array();
  for (guint i = 0; i < groups->len; i++)
    json_array_append_new(rules, group_json(groups->pdata[i], unused));
  json_object_set_new(object, "event", json_text(event->id));
  json_object_set_new(object, "examples", json_integer(event->examples->len));
  json_object_set_new(object, "failed", json_integer(failed));
  json_object_set_new(object, "rules", rules);
  return object;
}
