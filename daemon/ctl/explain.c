/* explain - the one text that the rules saw, each value marked where it was taken, and the rule.
 *
 * On a terminal values are coloured, elsewhere they stand as «field=text». What the rule made of
 * the text, where that differs, stands behind the line. */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "daemon/ctl/json.h"
#include "daemon/ctl/pages.h"
#include "daemon/ctl/reading.h"
#include "daemon/ctl/table.h"
#include "daemon/log.h"

enum { TEXT_MAX_CHARS = 100000 };

/* A value and whose it is. */
typedef struct {
  const FieldValue *value;
  guint participant; /* from 1 */
} Mark;

typedef struct {
  const Extraction *extraction;
  GPtrArray *marks; /* Mark*, by line, then place */
} Marked;

/* --- marks ------------------------------------------------------------------------------------ */

static gint by_place(gconstpointer a, gconstpointer b) {
  const FieldValue *x = (*(Mark *const *)a)->value, *y = (*(Mark *const *)b)->value;
  if (x->line != y->line) return x->line < y->line ? -1 : 1;
  if (x->start != y->start) return x->start < y->start ? -1 : 1;
  return x->end < y->end ? -1 : x->end > y->end;
}

static GPtrArray *collect_marks(const Extraction *extraction) {
  GPtrArray *marks = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; i < extraction->participants->len; i++) {
    const Participant *participant = extraction->participants->pdata[i];
    for (guint k = 0; k < participant->values->len; k++) {
      Mark *mark = g_new(Mark, 1);
      *mark = (Mark){participant->values->pdata[k], i + 1};
      g_ptr_array_add(marks, mark);
    }
  }
  g_ptr_array_sort(marks, by_place);
  return marks;
}

/* Where people are several, the number of the one that has it stands before the field. */
static char *mark_name(const Marked *view, const Mark *mark) {
  return view->extraction->participants->len > 1
             ? g_strdup_printf("%u.%s", mark->participant, mark->value->field)
             : g_strdup(mark->value->field);
}

static gboolean is_at_character(const char *text, guint at) {
  return (text[at] & 0xc0) != 0x80;
}

/* The worker's numbers are checked before they cut anything. */
static gboolean fits(const FieldValue *value, const char *text) {
  return value->start < value->end && value->end <= strlen(text) &&
         is_at_character(text, value->start) && is_at_character(text, value->end);
}

/* --- for the eye ------------------------------------------------------------------------------ */

/* Cells are separated by a tab, which must be seen. */
static void print_clean(const char *text, gsize size) {
  g_autofree char *piece = g_strndup(text, size);
  g_auto(GStrv) cells = g_strsplit(piece, "\t", -1);
  for (char **cell = cells; *cell; cell++) {
    g_autofree char *clean = log_clean(*cell, TEXT_MAX_CHARS);
    printf("%s%s", cell == cells ? "" : " ⇥ ", clean);
  }
}

static void print_value(const Marked *view, const Mark *mark, const char *text, gsize size) {
  g_autofree char *name = mark_name(view, mark);
  gboolean coloured = *colour_begin(COLOUR_GREEN) != '\0';
  if (!coloured) printf("«%s=", name);
  printf("%s", colour_begin(COLOUR_GREEN));
  print_clean(text, size);
  printf("%s%s", colour_end(COLOUR_GREEN), coloured ? "" : "»");
}

/* "[phone +33612345678 by label:Tél]": behind the line, and alone for what is from no line. */
static void print_rule(const Marked *view, const Mark *mark, const char *text) {
  const FieldValue *value = mark->value;
  gboolean as_written = text && fits(value, text) &&
                        strlen(value->value) == value->end - value->start &&
                        !strncmp(value->value, text + value->start, value->end - value->start);
  g_autofree char *name = mark_name(view, mark);
  g_autofree char *made = as_written ? g_strdup("") : g_strdup_printf(" = %s", value->value);
  g_autofree char *sure =
      value->confidence < 100 ? g_strdup_printf(", %u %%", value->confidence) : g_strdup("");
  g_autofree char *whole = g_strdup_printf("[%s%s by %s%s]", name, made, value->rule, sure);
  g_autofree char *clean = log_clean(whole, TEXT_MAX_CHARS);
  printf("  %s%s%s", colour_begin(COLOUR_FAINT), clean, colour_end(COLOUR_FAINT));
}

/* Print line `index`; its marks are those from `first` on. Returns the next line's first mark. */
static guint print_line(const Marked *view, guint index, guint first) {
  const ExtractionLine *line = view->extraction->lines->pdata[index];
  const GPtrArray *marks = view->marks;
  Colour colour = line->quoted || line->signature ? COLOUR_FAINT : COLOUR_NONE;
  printf("%5u %s%s ", index + 1, colour_begin(colour),
         line->quoted      ? ">"
         : line->signature ? "~"
                           : " ");
  gsize at = 0;
  guint next = first;
  for (; next < marks->len; next++) {
    const Mark *mark = marks->pdata[next];
    const FieldValue *value = mark->value;
    if (value->line != index) break;
    if (value->start < at || !fits(value, line->text)) continue; /* told behind the line alone */
    print_clean(line->text + at, value->start - at);
    print_value(view, mark, line->text + value->start, value->end - value->start);
    at = value->end;
  }
  print_clean(line->text + at, strlen(line->text + at));
  printf("%s", colour_end(colour));
  for (guint i = first; i < next; i++) print_rule(view, marks->pdata[i], line->text);
  putchar('\n');
  return next;
}

static void print_source(const ExtractionLine *line) {
  g_autofree char *source = log_clean(line->source, TEXT_MAX_CHARS);
  printf("%s-- %s, part %u", colour_begin(COLOUR_BOLD), source, line->part);
  if (line->page) printf(", page %u", line->page);
  printf("%s\n", colour_end(COLOUR_BOLD));
}

static gboolean is_elsewhere(const ExtractionLine *line, const ExtractionLine *before) {
  return !before || line->part != before->part || line->page != before->page ||
         strcmp(line->source, before->source);
}

static void print_text(const Marked *view) {
  const GPtrArray *lines = view->extraction->lines;
  const ExtractionLine *before = NULL;
  guint mark = 0;
  for (guint i = 0; lines && i < lines->len; before = lines->pdata[i], i++) {
    if (is_elsewhere(lines->pdata[i], before)) print_source(lines->pdata[i]);
    mark = print_line(view, i, mark);
  }
  if (mark < view->marks->len)
    printf("%s-- not from the text%s\n", colour_begin(COLOUR_BOLD), colour_end(COLOUR_BOLD));
  for (; mark < view->marks->len; mark++) {
    print_rule(view, view->marks->pdata[mark], NULL);
    putchar('\n');
  }
}

static void tell(const char *name, const char *value) {
  g_autofree char *clean = log_clean(value, TEXT_MAX_CHARS);
  if (*clean) printf("%-10s %s\n", name, clean);
}

static void print_lacking(const Extraction *extraction) {
  for (guint i = 0; i < extraction->participants->len; i++) {
    const Participant *participant = extraction->participants->pdata[i];
    for (guint k = 0; k < participant->missing->len; k++)
      tell("missing", participant->missing->pdata[k]);
    for (guint k = 0; k < participant->invalid->len; k++) {
      const InvalidValue *value = participant->invalid->pdata[k];
      g_autofree char *text =
          g_strdup_printf("%s '%s': %s", value->field, value->value, value->reason);
      tell("invalid", text);
    }
  }
}

static void print_human(const Marked *view, const char *path, const Verdict *verdict) {
  const Extraction *extraction = view->extraction;
  tell("file", path);
  tell("from", extraction->from);
  tell("subject", extraction->subject);
  tell("event", extraction->event);
  tell("language", extraction->language);
  tell("kind", mail_kind_name(extraction->kind));
  tell("decision", decision_name(verdict->decision));
  tell("because", verdict->reason);
  tell("answer", verdict->reply == REPLY_NONE ? "none" : reply_kind_name(verdict->reply));
  print_lacking(extraction);
  for (guint i = 0; i < extraction->review_reasons->len; i++)
    tell("review", extraction->review_reasons->pdata[i]);
  for (guint i = 0; i < extraction->notes->len; i++) tell("note", extraction->notes->pdata[i]);
  putchar('\n');
  print_text(view);
}

/* --- JSON ------------------------------------------------------------------------------------- */

static json_t *lines_json(const GPtrArray *lines) {
  json_t *list = json_array();
  for (guint i = 0; lines && i < lines->len; i++) {
    const ExtractionLine *line = lines->pdata[i];
    json_t *object = json_object();
    json_object_set_new(object, "text", json_text(line->text));
    json_object_set_new(object, "source", json_text(line->source));
    json_object_set_new(object, "part", json_integer(line->part));
    json_object_set_new(object, "page", json_integer(line->page));
    json_object_set_new(object, "quoted", json_boolean(line->quoted));
    json_object_set_new(object, "signature", json_boolean(line->signature));
    json_array_append_new(list, object);
  }
  return list;
}

/* Points from the page's top left. */
static json_t *rectangle_json(const FieldValue *value) {
  json_t *rectangle = json_object();
  json_object_set_new(rectangle, "x", json_real(value->x));
  json_object_set_new(rectangle, "y", json_real(value->y));
  json_object_set_new(rectangle, "width", json_real(value->width));
  json_object_set_new(rectangle, "height", json_real(value->height));
  return rectangle;
}

static json_t *mark_json(const Mark *mark) {
  const FieldValue *value = mark->value;
  gboolean in_text = value->line != G_MAXUINT;
  json_t *object = json_object();
  json_object_set_new(object, "participant", json_integer(mark->participant));
  json_object_set_new(object, "field", json_text(value->field));
  json_object_set_new(object, "value", json_text(value->value));
  json_object_set_new(object, "raw", json_text(value->raw));
  json_object_set_new(object, "rule", json_text(value->rule));
  json_object_set_new(object, "source", json_text(value->source));
  json_object_set_new(object, "line", in_text ? json_integer(value->line) : json_null());
  json_object_set_new(object, "start", json_integer(value->start));
  json_object_set_new(object, "end", json_integer(value->end));
  json_object_set_new(object, "part", json_integer(value->part));
  json_object_set_new(object, "page", json_integer(value->page));
  if (value->width > 0) json_object_set_new(object, "rectangle", rectangle_json(value));
  json_object_set_new(object, "confidence", json_integer(value->confidence));
  return object;
}

static void print_json(const Reading *reading, const Marked *view, const char *path,
                       const Verdict *verdict) {
  json_t *object = reading_json(reading, path, view->extraction, verdict), *values = json_array();
  for (guint i = 0; i < view->marks->len; i++)
    json_array_append_new(values, mark_json(view->marks->pdata[i]));
  json_object_set_new(object, "subject", json_text(view->extraction->subject));
  json_object_set_new(object, "reason", json_text(verdict->reason));
  json_object_set_new(object, "reply", json_text(reply_kind_name(verdict->reply)));
  json_object_set_new(object, "values", values);
  json_object_set_new(object, "lines", lines_json(view->extraction->lines));
  json_print(object);
}

/* --- the command ------------------------------------------------------------------------------ */

static void keep(ParseJob *job, Extraction *extraction, void *context) {
  (void)job;
  *(Extraction **)context = extraction;
}

/* NULL: told. */
static Extraction *read_one(const Reading *reading, const char *path, int *ret_code) {
  g_autoptr(GError) error = NULL;
  Extraction *extraction = NULL;
  ParseJob *job = reading_job(reading, path, NULL, &error);
  if (!job) {
    *ret_code = ctl_error(error);
    return NULL;
  }
  ParsePool *pool = reading_pool(reading, 1, keep, &extraction, ret_code);
  if (pool)
    parse_pool_push(pool, job);
  else
    parse_job_free(job);
  parse_pool_free(pool, TRUE);
  return extraction;
}

static void explain(const Reading *reading, const Options *options, const char *path,
                    const Extraction *extraction) {
  g_autoptr(Verdict) verdict = reading_decide(reading, extraction);
  Marked view = {extraction, collect_marks(extraction)};
  if (options->json)
    print_json(reading, &view, path, verdict);
  else
    print_human(&view, path, verdict);
  g_ptr_array_unref(view.marks);
}

int ctl_explain(const Options *options, char **arguments) {
  Reading reading;
  int code = EX_OK;
  if (reading_open(&reading, options, &code)) {
    reading.want_lines = TRUE;
    g_autoptr(Extraction) extraction = read_one(&reading, arguments[0], &code);
    if (extraction) {
      explain(&reading, options, arguments[0], extraction);
      if (options->pages) code = pages_write(&reading, arguments[0], extraction, options->pages);
      code = ctl_end_output(code);
    }
  }
  reading_done(&reading);
  return code;
}
