/* rule_use - see rule_use.h. */
#include "daemon/ctl/rule_use.h"

#include <string.h>

struct RuleUse {
  const Event *event;
  GHashTable *used; /* rules as the reader names them; labels behind their field */
};

RuleUse *rule_use_new(const Event *event) {
  RuleUse *use = g_new(RuleUse, 1);
  use->event = event;
  use->used = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  return use;
}

void rule_use_free(RuleUse *use) {
  if (!use) return;
  g_hash_table_unref(use->used);
  g_free(use);
}

/* Labels of the same words are one rule, which bears the text of one of them: "Fonctions" stands
 * for "Fonction", "Présent" for "Présent(e)". */
static char *label_key(const char *field, const char *label) {
  GString *key = g_string_new(field);
  g_auto(GStrv) words = g_str_tokenize_and_fold(label, NULL, NULL);
  for (char **word = words; *word; word++) {
    gsize length = strlen(*word);
    if (strcmp(*word, "e") == 0 || strcmp(*word, "s") == 0) continue;
    if (length > 3 && (*word)[length - 1] == 's') length--;
    g_string_append_c(key, ' ');
    g_string_append_len(key, *word, (gssize)length);
  }
  return g_string_free(key, FALSE);
}

static void add_value(RuleUse *use, const FieldValue *value) {
  gboolean label = g_str_has_prefix(value->rule, "label:");
  g_hash_table_add(use->used, label ? label_key(value->field, value->rule + strlen("label:"))
                                    : g_strdup(value->rule));
}

void rule_use_add(RuleUse *use, const Extraction *extraction) {
  for (guint i = 0; i < extraction->participants->len; i++) {
    const Participant *participant = extraction->participants->pdata[i];
    for (guint k = 0; k < participant->values->len; k++)
      add_value(use, participant->values->pdata[k]);
  }
  if (extraction->kind == KIND_CANCELLATION)
    g_hash_table_add(use->used, g_strdup("sentence:cancellation"));
}

/* --- groups ----------------------------------------------------------------------------------- */

static void group_free(gpointer data) {
  RuleGroup *group = data;
  g_free(group->field);
  g_ptr_array_unref(group->unused);
  g_free(group);
}

static RuleGroup *group_new(GPtrArray *groups, const char *kind, const char *field,
                            const char *language) {
  RuleGroup *group = g_new(RuleGroup, 1);
  *group = (RuleGroup){kind, g_strdup(field), language, 0, g_ptr_array_new_with_free_func(g_free)};
  g_ptr_array_add(groups, group);
  return group;
}

static void add_labels(const RuleUse *use, const Wire__Field *field, const char *language,
                       GPtrArray *groups) {
  RuleGroup *group = NULL;
  for (gsize i = 0; i < field->n_labels; i++) {
    const Wire__Label *label = field->labels[i];
    if (strcmp(label->language, language) != 0) continue;
    if (!group) group = group_new(groups, "labels", field->name, language);
    group->total++;
    g_autofree char *key = label_key(field->name, label->text);
    if (!g_hash_table_contains(use->used, key))
      g_ptr_array_add(group->unused, g_strdup(label->text));
  }
}

static void add_unused(RuleGroup *group, const char *rule, const Wire__Pattern *pattern) {
  g_ptr_array_add(group->unused, g_strdup_printf("%s (line %u)", rule, pattern->line));
}

/* Patterns are counted over all fields, as the reader does; `number` is the last one's. */
static void add_patterns(const RuleUse *use, const Wire__Field *field, guint *number,
                         GPtrArray *groups) {
  RuleGroup *group = field->n_patterns ? group_new(groups, "patterns", field->name, "") : NULL;
  for (gsize i = 0; i < field->n_patterns; i++) {
    g_autofree char *rule = g_strdup_printf("pattern:%u", ++*number);
    group->total++;
    if (!g_hash_table_contains(use->used, rule)) add_unused(group, rule, field->patterns[i]);
  }
}

static void add_sentences(const RuleUse *use, const char *set, Wire__Pattern *const *patterns,
                          gsize n, GPtrArray *groups) {
  g_autofree char *whole = g_strconcat("sentence:", set, NULL);
  gboolean any = g_hash_table_contains(use->used, whole);
  RuleGroup *group = n ? group_new(groups, "sentences", set, "") : NULL;
  for (gsize i = 0; i < n; i++) {
    g_autofree char *rule = g_strdup_printf("%s:%zu", whole, i + 1);
    group->total++;
    if (!any && !g_hash_table_contains(use->used, rule)) add_unused(group, rule, patterns[i]);
  }
}

GPtrArray *rule_use_groups(const RuleUse *use) {
  const Wire__Event *rules = use->event->rules;
  GPtrArray *groups = g_ptr_array_new_with_free_func(group_free);
  guint number = 0;
  for (gsize i = 0; i < rules->n_fields; i++) {
    for (gsize k = 0; k < rules->n_languages; k++)
      add_labels(use, rules->fields[i], rules->languages[k], groups);
    add_patterns(use, rules->fields[i], &number, groups);
  }
  add_sentences(use, "cancellation", rules->cancellation, rules->n_cancellation, groups);
  add_sentences(use, "attendance_no", rules->attendance_no, rules->n_attendance_no, groups);
  add_sentences(use, "attendance_yes", rules->attendance_yes, rules->n_attendance_yes, groups);
  add_sentences(use, "facts", rules->facts, rules->n_facts, groups);
  return groups;
}
