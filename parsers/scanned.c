/* scanned - see scanned.h. */
#include "parsers/scanned.h"

#include <string.h>

#include "parsers/near.h"
#include "parsers/place.h"

enum {
  SURE_MIN = 85,  /* less confidence than this is told */
  SIGN_BYTES = 3, /* of each sign below, and of the boxes that stand for them */
  HITS_MAX = 50   /* boxes of one line */
};

/* ---- boxes ---- */

/* ロ口□囗 */
static const char hollow[] = "\343\203\255\345\217\243\342\226\241\345\233\227";
/* 図区凶因困回囘 */
static const char filled[] =
    "\345\233\263\345\214\272\345\207\266\345\233\240\345\233\260\345\233\236\345\233\230";

static gboolean is_one_of(const char *sign, const char *signs) {
  for (const char *p = signs; *p; p += SIGN_BYTES)
    if (!strncmp(sign, p, SIGN_BYTES)) return TRUE;
  return FALSE;
}

/* The sign right before `at`, a space between; NULL: none. */
static char *sign_before(char *line, const char *at) {
  char *p = line + (at - line);
  while (p > line && p[-1] == ' ') p--;
  char *sign = p - line >= SIGN_BYTES ? p - SIGN_BYTES : NULL;
  if (!sign || (!is_one_of(sign, hollow) && !is_one_of(sign, filled))) return NULL;
  return sign == line || sign[-1] == ' ' || sign[-1] == '\t' ? sign : NULL;
}

/* Signs before the words of the field's choices, appended to `signs` (char*). */
static void find_signs(char *line, const Wire__Field *field, GPtrArray *signs) {
  for (gsize c = 0; c < field->n_choices; c++) {
    for (gsize w = 0; w < field->choices[c]->n_words; w++) {
      const char *word = field->choices[c]->words[w]->text;
      for (char *at = strstr(line, word); at && *word; at = strstr(at + 1, word)) {
        char *sign = sign_before(line, at);
        if (sign && signs->len < HITS_MAX && !g_ptr_array_find(signs, sign, NULL))
          g_ptr_array_add(signs, sign);
      }
    }
  }
}

/* One such sign may be a letter; two before choices of one question are boxes. */
static void read_signs(TextLine *line, const Wire__Field *field) {
  g_autoptr(GPtrArray) signs = g_ptr_array_new();
  find_signs(line->text, field, signs);
  for (guint i = 0; signs->len >= 2 && i < signs->len; i++)
    memcpy(signs->pdata[i], is_one_of(signs->pdata[i], filled) ? "\342\230\222" : "\342\230\220",
           SIGN_BYTES);
}

void scanned_boxes(Text *text, const Wire__Event *event) {
  for (guint i = 0; i < text->lines->len; i++) {
    TextLine *line = text->lines->pdata[i];
    for (gsize f = 0; line->scanned && f < event->n_fields; f++) read_signs(line, event->fields[f]);
  }
}

/* ---- values ---- */

/* "m.durand@" and "p.durand@" are two people: near words begin alike (near.h). */
static void mend_address(const Reading *reading, Participant *person) {
  int email = reading_role(reading, "email");
  const char *from = reading->result->from, *field = NULL;
  if (email < 0 || *from == '\0') return;
  field = reading->event->fields[email]->name;
  for (guint i = 0; i < person->values->len; i++) {
    FieldValue *value = person->values->pdata[i];
    if (strcmp(value->field, field) != 0 || !strcmp(value->value, from)) continue;
    if (!near_same(value->value, from)) return;
    g_free(value->value);
    value->value = g_strdup(from);
    char *rule = g_strdup_printf("%s, from-header", value->rule);
    g_free(value->rule);
    value->rule = rule;
  }
}

/* Where the person's values stand. TRUE: some were guessed; the hardly legible are named. */
static gboolean place_values(const Reading *reading, const Participant *person, GString *unsure) {
  const GPtrArray *lines = reading->text->lines;
  gboolean guessed = FALSE;
  for (guint i = 0; i < person->values->len; i++) {
    FieldValue *value = person->values->pdata[i];
    if (value->line >= lines->len) continue;
    const TextLine *line = lines->pdata[value->line];
    place_value(value, line);
    guessed = guessed || line->scanned;
    if (line->scanned && value->confidence < SURE_MIN)
      g_string_append_printf(unsure, ", %s", value->field);
  }
  return guessed;
}

/* However sure the guess: wrong letters come with nine parts in ten of certainty, too. */
void scanned_settle(Reading *reading) {
  const GPtrArray *people = reading->result->participants;
  g_autoptr(GString) unsure = g_string_new(NULL);
  gboolean any = FALSE;
  for (guint p = 0; p < people->len; p++) {
    gboolean guessed = place_values(reading, people->pdata[p], unsure);
    if (guessed && people->len == 1) mend_address(reading, people->pdata[p]);
    any = any || guessed;
  }
  if (!any) return;
  reading_doubt(reading, "read from a picture%s%s", unsure->len ? ", hardly legible: " : "",
                unsure->len ? unsure->str + 2 : "");
}
