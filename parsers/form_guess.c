/* form_guess - labels that nobody foresaw, where the value itself tells what it is.
 *
 * "Le 3 juillet à Paris : je viens", "Courrier : 1 rue X, 68140 Munster". Only among the lines of a
 * form, only for a value that can be nothing else, and never beside words that make it somebody
 * else's. */
#include <string.h>

#include "parsers/fields/field.h"
#include "parsers/form_internal.h"
#include "parsers/nameblock.h"

enum {
  ASKED_MAX_BYTES = 60,  /* of the unknown label */
  CHOICE_MAX_BYTES = 48, /* of an answer that is a choice and nothing else */
  SLIPS_MAX = 60,        /* lines whose label is compared with every one of ours */
  BLOCK_LINES = 2        /* labelled lines about it */
};

/* The label's end and the value's start in `text`; FALSE: nothing parts them. */
static gboolean part(const char *text, gsize *ret_asked, gsize *ret_value) {
  static const char *const marks[] = {"\t",       " :", ":",        " = ",  " / ",  " - ",
                                      " \u2013 ", "? ", " \u2192 ", " -> ", " => ", NULL};
  gsize best = G_MAXSIZE, length = 0;
  if (!strpbrk(text, "\t:=/-?\xE2")) return FALSE; /* a byte of each mark */
  for (guint i = 0; marks[i]; i++) {
    const char *at = strstr(text, marks[i]);
    if (!at || (gsize)(at - text) >= best) continue;
    best = (gsize)(at - text);
    length = strlen(marks[i]);
  }
  if (best == G_MAXSIZE || best == 0 || best > ASKED_MAX_BYTES) return FALSE;
  *ret_asked = best;
  *ret_value = best + length + strspn(text + best + length, " :\t");
  return text[*ret_value] != '\0' && !strchr(text + *ret_value, '\t');
}

static gboolean parses(const FormScan *scan, guint field, const char *value) {
  FieldContext context = {scan->rules, field, rules_event(scan->rules)->country};
  FieldResult result = field_parse(&context, value);
  gboolean valid = result.status == FIELD_VALID && !result.doubt;
  field_result_clear(&result);
  return valid;
}

/* Does the label speak of coming, or of the event? */
static gboolean asks_attendance(const FormScan *scan, const char *folded) {
  static const char *const stems[] = {"reunion", "particip", "presen", "vien",    "assist",
                                      "comite",  "juillet",  "attend", "meeting", "join",
                                      "出席",    "参加",     NULL};
  const Wire__Event *event = rules_event(scan->rules);
  for (guint i = 0; stems[i]; i++)
    if (strstr(folded, stems[i])) return TRUE;
  for (gsize i = 0; i < event->n_words; i++) {
    g_autofree char *word = fold_words(event->words[i]);
    if (*word && strstr(folded, word)) return TRUE;
  }
  return FALSE;
}

/* A French address in one line: street, postal code and town. */
static gboolean is_address(const char *value) {
  g_autofree char *street = NULL, *code = NULL, *city = NULL;
  field_split_address(value, "FR", &street, &code, &city);
  return *street && *code && *city;
}

/* "Élue invitée : Mme Philippine GUILLEMIN": a form of address and two or three words. */
static gboolean is_titled_name(const FormScan *scan, const char *value) {
  int choice = -1;
  const char *name = field_skip_title(scan->rules, value, &choice);
  return choice >= 0 && nameblock_is_person(name);
}

/* Is there a label for a name? Then nothing else is one. */
static gboolean asks_name(const FormScan *scan) {
  int last = rules_role(scan->rules, "last_name");
  for (guint k = 0; k < scan->labels->len; k++) {
    const FormLabel *label = &g_array_index(scan->labels, FormLabel, k);
    for (guint f = 0; label->accepted && f < label->label->n_fields; f++)
      if ((int)label->label->fields[f] == last) return TRUE;
  }
  return FALSE;
}

static int field_of_value(const FormScan *scan, const char *asked, const char *value) {
  int attendance = rules_role(scan->rules, "attendance"),
      street = rules_role(scan->rules, "street");
  if (attendance >= 0 && strlen(value) <= CHOICE_MAX_BYTES && asks_attendance(scan, asked) &&
      parses(scan, (guint)attendance, value))
    return attendance;
  if (street >= 0 && is_address(value)) return street;
  if (is_titled_name(scan, value) && !asks_name(scan)) return rules_role(scan->rules, "last_name");
  return -1;
}

/* "foncion => vice président": the label is one of ours but for a slip. */
static int field_of_slip(FormScan *scan, const char *asked) {
  if (scan->slips++ >= SLIPS_MAX) return -1;
  const RuleLabel *label = rules_near_label(scan->rules, asked);
  return label && label->n_fields == 1 ? (int)label->fields[0] : -1;
}

gboolean form_guess(FormScan *scan, guint line, FormGuess *ret_guess) {
  const TextLine *text = scan->text->lines->pdata[line];
  gsize asked = 0, value = 0;
  if (text->header || text->sent || form_line_labelled(scan, line)) return FALSE;
  if (!part(text->text, &asked, &value) || !form_in_block(scan, line, BLOCK_LINES)) return FALSE;
  g_autofree char *label = g_strndup(text->text, asked);
  g_autofree char *folded = fold_words(label);
  if (form_is_somebody_elses(folded, strlen(folded))) return FALSE;
  int field = field_of_value(scan, folded, text->text + value);
  if (field < 0) field = field_of_slip(scan, folded);
  if (field < 0) return FALSE;
  *ret_guess = (FormGuess){(guint)field, (guint)value, (guint)strlen(text->text)};
  return TRUE;
}
