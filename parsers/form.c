/* form - see form.h. form_scan finds the labels; here each gets what was written for it.
 *
 * A value is looked for beside its label, then in the cells to the right, then below. What stands
 * below is believed where it is indented, ticked, between the lines of a quote, or where the text
 * has that habit. */
#include "parsers/form_reader.h"

#include "parsers/known.h"
#include "parsers/signature.h"

enum {
  ENTRIES_MAX = 1500,
  CHOICE_MAX_BYTES = 24,  /* a choice on a line of its own, with its cross */
  TICKS_MAX = 300,        /* boxes that no label asks for */
  BELOW_SKIP_LINES = 2,   /* leaders and empty lines between a label and an answer below it */
  BELOW_LINES_MAX = 12,   /* of one answer */
  WRAPPED_MIN_BYTES = 50, /* a shorter line was not broken by the program */
  SIGNED_LABELS_MIN = 5,  /* labels that make a bulletin of what stands below a closing */
  PATTERN_LINE_BYTES =
      4 * RULES_SENTENCE_MAX_BYTES /* before it is folded; no pattern is tried on more */
};

FormEntry *form_add_entry(FormReader *reader, const FormLabel *label, char *take_raw, guint line,
                          guint start, guint end) {
  FormEntry entry = {.label = label->label,
                     .raw = take_raw,
                     .label_line = label->line,
                     .line = line,
                     .start = start,
                     .end = end,
                     .number = label->number,
                     .mid = !label->first,
                     .sure = label->mark <= MARK_TICK && !label->partial,
                     .signature = line_of(reader, label->line)->signature};
  if (reader->form->entries->len >= ENTRIES_MAX) {
    reader->form->cut = TRUE;
    g_free(take_raw);
    return NULL;
  }
  g_array_append_val(reader->form->entries, entry);
  return &g_array_index(reader->form->entries, FormEntry, reader->form->entries->len - 1);
}

/* Printed choices without a tick ("☐ Oui ☐ Non") are no answer yet. */
static gboolean is_unanswered(const FormReader *reader, const FormLabel *label,
                              const char *beside) {
  if (!has_type(reader, label->label, "choice")) return is_blank(beside) && !has_tick(beside);
  FieldContext context = {reader->scan.rules, label->label->fields[0], NULL};
  FieldResult result = field_parse(&context, beside);
  gboolean blank = result.status == FIELD_BLANK;
  field_result_clear(&result);
  return blank;
}

/* ---- beside the label ---- */

static gboolean is_closing(const FormReader *reader, guint i) {
  return signature_is_either(folded_of(reader, i));
}

/* The sender's program broke a long answer within a quote: the rest stands without quote marks, and
 * the quote goes on behind it. */
static gboolean is_broken_off(const FormReader *reader, guint i) {
  if (i == 0 || i + 1 >= n_lines(reader)) return FALSE;
  const TextLine *line = line_of(reader, i), *above = line_of(reader, i - 1);
  const TextLine *below = line_of(reader, i + 1);
  return above->quote_depth > line->quote_depth && below->quote_depth == above->quote_depth &&
         *line->text && *below->text && strlen(above->text) >= WRAPPED_MIN_BYTES &&
         line->part == above->part && !is_taken(reader, i) && !form_line_labelled(&reader->scan, i);
}

/* May line `i` belong to a value that began above, in the same voice? */
static gboolean may_continue(const FormReader *reader, guint i, guint above) {
  if (i >= n_lines(reader)) return FALSE;
  const TextLine *line = line_of(reader, i), *before = line_of(reader, above);
  char border = 0;
  return line->part == before->part && line->quote_depth == before->quote_depth && *line->text &&
         !line->header && !is_taken(reader, i) && !form_line_labelled(&reader->scan, i) &&
         !form_is_row(line->text, &border) && !is_closing(reader, i) &&
         line->signature == before->signature;
}

/* "○ 機関 三重県", "② フリガナ": the mark of a list that has labels, 0: none. Circled numbers are
 * one mark. */
static gunichar list_mark(const char *text) {
  gunichar ch = g_utf8_get_char(text);
  if ((ch >= 0x2460 && ch <= 0x249B) || (ch >= 0x2776 && ch <= 0x2793)) return 0x2460;
  return (ch >= 0x25A0 && ch <= 0x25FF) || (ch >= 0x2605 && ch <= 0x2606) || ch == 0x203B ? ch : 0;
}

/* Do both lines begin items of one list? Then the second is no part of the first one's value. */
static gboolean is_next_item(const char *text, const char *label_line) {
  gunichar mark = list_mark(label_line);
  return mark != 0 && mark == list_mark(text);
}

static gboolean is_bullet(const char *text) {
  return g_str_has_prefix(text, "- ") || g_str_has_prefix(text, "* ") ||
         g_str_has_prefix(text, "• ") || g_str_has_prefix(text, "– ") ||
         g_str_has_prefix(text, "・") || (g_ascii_isdigit(text[0]) && strchr(".)", text[1]));
}

static gboolean is_indented(const char *text) {
  return text[0] == ' ' && text[1] == ' ';
}

/* Is there a label within the next lines, before a gap? */
static gboolean label_follows(const FormReader *reader, guint i) {
  for (guint k = 0; k < BELOW_LINES_MAX && i < n_lines(reader); k++, i++) {
    if (*line_of(reader, i)->text == '\0') return FALSE;
    if (form_line_labelled(&reader->scan, i)) return TRUE;
  }
  return FALSE;
}

/* Does line `i` go on with the value of `label` that reached to line i - 1? */
static gboolean continues(const FormReader *reader, const FormLabel *label, guint i) {
  const char *text = line_of(reader, i)->text, *before = line_of(reader, i - 1)->text;
  if (is_next_item(text, line_of(reader, label->line)->text) || strchr(text, '?')) return FALSE;
  gboolean wrapped = strlen(before) >= WRAPPED_MIN_BYTES;
  gboolean free_text = has_type(reader, label->label, "lines");
  if (has_type(reader, label->label, "choice"))
    return has_tick(text) && !label_follows(reader, i) && !has_tick(before);
  if (!free_text && !has_type(reader, label->label, "text")) return FALSE;
  if (is_indented(text) && !is_indented(before)) return TRUE;
  if (is_street(reader, label->label)) return label_follows(reader, i + 1) || is_indented(text);
  if (free_text)
    return wrapped || is_bullet(text) || is_indented(text) || label_follows(reader, i + 1);
  gunichar first = g_utf8_get_char(text);
  return wrapped && label_follows(reader, i + 1) &&
         (g_unichar_islower(first) || strlen(text) < WRAPPED_MIN_BYTES);
}

static void append_line(GString *raw, const char *text) {
  if (raw->len > 0) g_string_append_c(raw, '\n');
  g_string_append(raw, text);
}

/* Wrapped lines of one value belong to one line again; lines that were typed so stay. */
static void append_continued(GString *raw, const char *before, const char *text, gboolean street) {
  gboolean wrapped = strlen(before) >= WRAPPED_MIN_BYTES && !is_bullet(text);
  if (wrapped && !street && raw->len > 0) {
    g_string_append_c(raw, ' ');
    g_string_append(raw, text);
  } else {
    append_line(raw, text);
  }
}

/* Returns the line behind the value. */
static guint continue_value(FormReader *reader, const FormLabel *label, guint i, GString *raw) {
  gboolean street = is_street(reader, label->label);
  if (is_broken_off(reader, i) && !has_type(reader, label->label, "choice")) {
    append_continued(raw, line_of(reader, i - 1)->text, line_of(reader, i)->text, FALSE);
    take(reader, i);
    return i + 1;
  }
  for (guint n = 0; n < BELOW_LINES_MAX && may_continue(reader, i, i - 1); n++, i++) {
    if (!continues(reader, label, i)) break;
    append_continued(raw, line_of(reader, i - 1)->text, line_of(reader, i)->text, street);
    take(reader, i);
  }
  return i;
}

/* ---- below the label ---- */

/* Leaders that the blank's own line break put on a line of their own, and nothing. */
static gboolean is_passed_over(const FormReader *reader, guint i) {
  const char *text = line_of(reader, i)->text;
  return is_blank(text) && !has_tick(text) && !form_line_labelled(&reader->scan, i);
}

/* Does a quote of that depth go on behind line `i`? What stands there is then between its lines. */
static gboolean quote_goes_on(const FormReader *reader, guint i, guint depth) {
  for (guint n = 0; n < BELOW_LINES_MAX && i < n_lines(reader); n++, i++) {
    const TextLine *line = line_of(reader, i);
    if (line->header) return FALSE;
    if (line->quote_depth >= depth) return TRUE;
  }
  return FALSE;
}

/* Is line `i` an answer to `label` though its words are a label elsewhere ("Participera")? */
static gboolean is_choice(const FormReader *reader, const FormLabel *label, guint i) {
  if (!has_type(reader, label->label, "choice")) return FALSE;
  FieldContext context = {reader->scan.rules, label->label->fields[0], NULL};
  FieldResult result = field_parse(&context, line_of(reader, i)->text);
  gboolean valid = result.status == FIELD_VALID && !strchr(line_of(reader, i)->text, ':');
  field_result_clear(&result);
  return valid;
}

/* The line where an answer below `label` would begin, whoever takes it; n_lines: none. */
static guint find_below(const FormReader *reader, const FormLabel *label) {
  const TextLine *above = line_of(reader, label->line);
  guint empty = 0;
  for (guint i = label->line + 1; i < n_lines(reader); i++) {
    const TextLine *line = line_of(reader, i);
    if (line->part != above->part || line->header) break;
    if (is_passed_over(reader, i)) {
      if (*line->text == '\0') empty++;
      if (i - label->line > BELOW_SKIP_LINES) break;
      continue;
    }
    gboolean between = line->quote_depth < above->quote_depth;
    if (line->quote_depth > above->quote_depth) break;
    gboolean parted = empty > (reader->spaced ? 1 : 0);
    if (parted && !(between && quote_goes_on(reader, i, above->quote_depth))) break;
    if (empty == 0 && is_choice(reader, label, i)) return i;
    if (form_line_labelled(&reader->scan, i) || is_closing(reader, i)) break;
    return i;
  }
  return n_lines(reader);
}

/* The same of a line that is no other label's value by now. */
static guint candidate_below(const FormReader *reader, FormLabel *label) {
  if (label->below == 0) label->below = find_below(reader, label);
  gboolean free = label->below < n_lines(reader) && !is_taken(reader, label->below);
  return free ? label->below : n_lines(reader);
}

/* Is what stands at line `i` believed to be the answer to `label` above it? */
static gboolean is_answer_below(const FormReader *reader, const FormLabel *label, guint i) {
  const TextLine *line = line_of(reader, i), *above = line_of(reader, label->line);
  if (line->quote_depth < above->quote_depth || has_tick(line->text)) return TRUE;
  char border = 0;
  if (form_is_row(line->text, &border)) return FALSE;
  return reader->below || (is_indented(line->text) && !is_indented(above->text));
}

static gboolean takes_lines(const FormReader *reader, const FormLabel *label) {
  return has_type(reader, label->label, "lines") || is_street(reader, label->label);
}

/* Is line `i` another line of the choices that began at `first`, ticked or not? */
static gboolean goes_on_ticking(const FormReader *reader, guint i, guint first) {
  if (i >= n_lines(reader)) return FALSE;
  const TextLine *line = line_of(reader, i), *above = line_of(reader, first);
  return *line->text && line->part == above->part && line->quote_depth == above->quote_depth &&
         !line->header && !is_taken(reader, i) && !form_line_labelled(&reader->scan, i) &&
         (has_tick(line->text) || is_bullet(above->text) ||
          strlen(line->text) <= CHOICE_MAX_BYTES) &&
         !is_closing(reader, i);
}

/* "X   Oui", "Oui   x": a cross typed beside a choice. */
static gboolean has_cross(const char *text) {
  g_autofree char *words = fold_words(text);
  return g_str_has_prefix(words, "x ") || g_str_has_suffix(words, " x");
}

/* Do the lines from `i` on answer a choice, one choice a line ("- Oui : X", "- Non :"; "X Oui",
 * "Non")? */
static gboolean is_choice_list(const FormReader *reader, const FormLabel *label, guint i) {
  const char *first = line_of(reader, i)->text;
  if (!has_type(reader, label->label, "choice") ||
      (!is_bullet(first) && strlen(first) > CHOICE_MAX_BYTES))
    return FALSE;
  g_autoptr(GString) all = g_string_new(first);
  gboolean crossed = is_bullet(first) || has_cross(first);
  for (guint k = i + 1; k < i + 4 && goes_on_ticking(reader, k, i); k++) {
    append_line(all, line_of(reader, k)->text);
    crossed = crossed || has_cross(line_of(reader, k)->text);
  }
  if (!crossed) return FALSE;
  FieldContext context = {reader->scan.rules, label->label->fields[0], NULL};
  FieldResult result = field_parse(&context, all->str);
  gboolean valid = result.status == FIELD_VALID;
  field_result_clear(&result);
  return valid;
}

/* The answer below `label`; FALSE: none. */
static gboolean read_below(FormReader *reader, FormLabel *label) {
  guint i = candidate_below(reader, label), last = i;
  if (i >= n_lines(reader)) return FALSE;
  if (!is_answer_below(reader, label, i) && !is_choice_list(reader, label, i)) return FALSE;
  const char *first = line_of(reader, i)->text;
  gsize indent = strspn(first, " ");
  g_autoptr(GString) raw = g_string_new(first + indent);
  take(reader, i);
  for (guint k = i + 1; k < i + BELOW_LINES_MAX; k++) {
    gboolean ticks = has_type(reader, label->label, "choice") && goes_on_ticking(reader, k, i);
    if (!ticks && (!takes_lines(reader, label) || !may_continue(reader, k, i))) break;
    append_continued(raw, line_of(reader, last)->text, line_of(reader, k)->text,
                     is_street(reader, label->label));
    take(reader, k);
    last = k;
  }
  form_add_entry(reader, label, g_strdup(raw->str), i, (guint)indent, (guint)strlen(first));
  return TRUE;
}

/* Is an empty line the rule behind labels with nothing beside them? */
static gboolean spaced_habit(const FormReader *reader) {
  guint spaced = 0, tight = 0;
  for (guint k = 0; k < reader->scan.labels->len; k++) {
    const FormLabel *label = label_at(reader, k);
    guint next = label->line + 1;
    if (!label->accepted || next >= n_lines(reader) || !form_fills_cell(reader, label)) continue;
    *(*line_of(reader, next)->text ? &tight : &spaced) += 1;
  }
  return spaced >= 3 && spaced > 2 * tight;
}

/* Do the values of this text stand below their labels? Counted over labels with nothing beside
 * them: a value that another label follows speaks for it. */
static gboolean below_habit(const FormReader *reader) {
  guint below = 0, beside = 0;
  for (guint k = 0; k < reader->scan.labels->len; k++) {
    FormLabel *label = label_at(reader, k);
    if (!label->accepted || line_of(reader, label->line)->signature) continue;
    if (!form_fills_cell(reader, label)) {
      beside++;
      continue;
    }
    guint i = candidate_below(reader, label);
    char border = 0;
    if (i >= n_lines(reader) || form_is_row(line_of(reader, i)->text, &border)) continue;
    guint next = i + 1;
    while (next < n_lines(reader) && next < i + 3 && *line_of(reader, next)->text == '\0') next++;
    if (next < n_lines(reader) && form_line_labelled(&reader->scan, next)) below++;
  }
  return below >= 3 && below > beside;
}

/* ---- one label ---- */

/* "CP :<tab>37000 Commune :<tab>Tours": a cell ends where a label begins in it. */
static void cut_cells(const FormReader *reader, guint line, FormSpan cells[], guint n) {
  const char *text = line_of(reader, line)->text;
  for (guint k = reader->scan.first[line]; k < reader->scan.first[line + 1]; k++) {
    const FormLabel *label = label_at(reader, k);
    if (!label->accepted || label->first || label->cell >= n) continue;
    FormSpan *cell = &cells[label->cell];
    if (label->start > cell->start && label->start < cell->end) cell->end = label->start;
    while (cell->end > cell->start && strchr(" ,;/|-(", text[cell->end - 1])) cell->end--;
  }
}

/* Does a label begin within that cell, behind a value? */
static gboolean holds_label(const FormReader *reader, guint line, guint cell) {
  for (guint k = reader->scan.first[line]; k < reader->scan.first[line + 1]; k++) {
    const FormLabel *label = label_at(reader, k);
    if (label->accepted && !label->first && label->cell == cell) return TRUE;
  }
  return FALSE;
}

/* The only cell with words in line `i`, if it is number `cell`: a row that goes on with the value
 * above it. */
static gboolean goes_on_in_cell(const FormReader *reader, guint i, guint cell, guint part,
                                FormSpan *ret) {
  FormSpan cells[FORM_CELLS_MAX];
  char border = 0;
  if (cell == 0 || i >= n_lines(reader) || line_of(reader, i)->part != part) return FALSE;
  const char *line = line_of(reader, i)->text;
  if (!form_is_row(line, &border) || is_taken(reader, i)) return FALSE;
  guint n = form_split_row(line, border, cells);
  for (guint c = 0; c < n; c++)
    if (c != cell && cells[c].end > cells[c].start) return FALSE;
  if (cell >= n || form_is_blank_span(line, cells[cell])) return FALSE;
  *ret = cells[cell];
  return TRUE;
}

/* The rows below that go on with the value of `entry` in `cell`. */
static void continue_cell(FormReader *reader, const FormLabel *label, FormEntry *entry,
                          guint cell) {
  FormSpan span;
  guint part = line_of(reader, label->line)->part;
  if (!takes_lines(reader, label) && !has_type(reader, label->label, "text")) return;
  for (guint i = label->line + 1; goes_on_in_cell(reader, i, cell, part, &span); i++) {
    g_autofree char *more = form_span_text(line_of(reader, i)->text, span);
    char *longer = g_strconcat(entry->raw, "\n", more, NULL);
    g_free(entry->raw);
    entry->raw = longer;
    take(reader, i);
    if (i - label->line > BELOW_LINES_MAX) return;
  }
}

/* The cells to the right of a label that fills its own, up to the next label. */
static gboolean read_cells(FormReader *reader, const FormLabel *label) {
  FormSpan cells[FORM_CELLS_MAX];
  char border = 0;
  const char *line = line_of(reader, label->line)->text;
  if (!form_is_row(line, &border)) return FALSE;
  guint n = form_split_row(line, border, cells), base = label->cell, filled = 0;
  /* "Nom<tab>Surname<tab>DURAND": the same label in another language */
  for (const FormLabel *twin; base + 2 < n; base++) {
    twin = form_label_of_cell(reader, label->line, base + 1);
    if (!twin || !form_same_fields(twin->label, label->label) || !form_fills_cell(reader, twin))
      break;
  }
  /* "Nom<tab>:<tab>DURAND": the colon has a cell of its own */
  if (base + 2 < n && line[cells[base + 1].start] == ':' &&
      cells[base + 1].end == cells[base + 1].start + 1)
    base++;
  guint stop = base + 1;
  cut_cells(reader, label->line, cells, n);
  while (stop < n) {
    const FormLabel *next = form_label_of_cell(reader, label->line, stop);
    /* a value may be a word that is a label elsewhere: one with a colon, or with a cell of its own
     * behind it, is a label here, too */
    if (next && !form_same_fields(next->label, label->label) &&
        (next->mark != MARK_END || stop + 1 < n || stop > base + 1))
      break;
    g_autofree char *text = form_span_text(line, cells[stop]);
    filled += !is_blank(text) || has_tick(text) ? 1 : 0;
    if (holds_label(reader, label->line, stop++)) break;
  }
  if (filled == 0) return FALSE;
  gboolean ticks = FALSE;
  for (guint c = base + 1; c < stop; c++) {
    g_autofree char *text = form_span_text(line, cells[c]);
    ticks = ticks || has_tick(text);
  }
  if (ticks || filled == 1) {
    guint first = base + 1;
    while (!ticks && first + 1 < stop && form_is_blank_span(line, cells[first])) first++;
    FormSpan all = {cells[first].start, ticks ? cells[stop - 1].end : cells[first].end};
    FormEntry *entry =
        form_add_entry(reader, label, form_span_text(line, all), label->line, all.start, all.end);
    if (entry && !ticks) {
      entry->column = first - base;
      continue_cell(reader, label, entry, first);
    }
    return TRUE;
  }
  for (guint c = base + 1; c < stop; c++) {
    FormEntry *entry = form_add_entry(reader, label, form_span_text(line, cells[c]), label->line,
                                      cells[c].start, cells[c].end);
    if (entry) entry->column = c - base;
  }
  return TRUE;
}

/* Where the choices end that begin beside `label`: they may go on in the cells behind ("☐ Oui",
 * "☒ Non"), up to the next label. */
static guint choices_end(const FormReader *reader, const FormLabel *label) {
  guint end = MAX(label->stop, label->value);
  if (!has_type(reader, label->label, "choice") || label->stop < label->cell_end) return end;
  guint stop = (guint)strlen(line_of(reader, label->line)->text);
  for (guint k = reader->scan.first[label->line]; k < reader->scan.first[label->line + 1]; k++) {
    const FormLabel *other = label_at(reader, k);
    if (other->accepted && other->start >= end) stop = MIN(stop, other->start);
  }
  return stop;
}

static void read_label(FormReader *reader, FormLabel *label) {
  const char *line = line_of(reader, label->line)->text;
  guint end = MAX(label->stop, label->value); /* a mark may hold the next label */
  /* what parts a value from the next label is no part of it */
  const char *trimmed = label->stop < label->cell_end ? " \t,;/|-(" : " \t";
  while (end > label->value && strchr(trimmed, line[end - 1])) end--;
  g_autofree char *beside = g_strndup(line + label->value, end - label->value);
  gboolean last = label->stop == strlen(line);
  gboolean empty = is_blank(beside) && !has_tick(beside);
  if (empty && read_cells(reader, label)) return;
  guint choices = choices_end(reader, label);
  if (!empty && choices > MAX(label->stop, label->value)) {
    end = choices;
    g_free(beside);
    beside = g_strndup(line + label->value, end - label->value);
  }
  if (last && is_unanswered(reader, label, beside) && read_below(reader, label)) return;
  if (empty) {
    FormEntry *entry =
        form_add_entry(reader, label, g_strdup(""), label->line, label->value, label->value);
    guint below = label->line + 1;
    /* a label that is itself one of the list's lines (what an answer of ours asked for) has none */
    if (entry && below < n_lines(reader))
      entry->list = is_bullet(line_of(reader, below)->text) && !is_bullet(line);
    return;
  }
  g_autoptr(GString) raw = g_string_new(beside);
  guint next = label->line + 1;
  if (last) next = continue_value(reader, label, next, raw);
  FormEntry *entry =
      form_add_entry(reader, label, g_strdup(raw->str), label->line, label->value, end);
  if (entry && last && may_continue(reader, next, label->line) &&
      !has_tick(line_of(reader, next)->text) && !is_bullet(line_of(reader, next)->text) &&
      !is_next_item(line_of(reader, next)->text, line))
    entry->followed = label_follows(reader, next + 1) && !is_passed_over(reader, next);
}

/* Below a closing phrase stands a name block, with a few labels of its own, or a bulletin. */
static gboolean is_bulletin_below_closing(const FormReader *reader) {
  guint64 seen = 0;
  for (guint k = 0; k < reader->scan.labels->len; k++) {
    const FormLabel *label = label_at(reader, k);
    if (!label->accepted || !line_of(reader, label->line)->signature) continue;
    seen |= (guint64)1 << (label->label->fields[0] % 64);
  }
  return (guint)__builtin_popcountll(seen) >= SIGNED_LABELS_MIN;
}

/* ---- ticks without a label ---- */

/* A label for a field that none was found for, made once. */
static const RuleLabel *made_label(FormReader *reader, guint field) {
  GPtrArray *made = reader->form->made;
  for (guint i = 0; i < made->len; i++)
    if (((RuleLabel *)made->pdata[i])->fields[0] == field) return made->pdata[i];
  RuleLabel *label = g_new0(RuleLabel, 1);
  label->text = rules_event(reader->scan.rules)->fields[field]->name;
  label->language = "";
  label->fields[0] = field;
  label->n_fields = 1;
  g_ptr_array_add(made, label);
  return label;
}

/* The field of a choice that `text` answers, -1: none. */
static int choice_field(FormReader *reader, const char *text) {
  const Wire__Event *event = rules_event(reader->scan.rules);
  if (reader->ticks++ >= TICKS_MAX) {
    reader->form->cut = TRUE;
    return -1;
  }
  for (guint f = 0; f < event->n_fields; f++) {
    FieldContext context = {reader->scan.rules, f, NULL};
    if (strcmp(event->fields[f]->type, "choice") != 0) continue;
    FieldResult result = field_parse(&context, text);
    gboolean answered =
        result.status == FIELD_VALID || g_strcmp0(result.reason, "more than one chosen") == 0;
    field_result_clear(&result);
    if (answered) return (int)f;
  }
  return -1;
}

/* Is that byte of line `i` in the value of an entry? */
static gboolean is_in_entry(const FormReader *reader, guint i, guint at) {
  const GArray *entries = reader->form->entries;
  for (guint e = entries->len; e > 0; e--) {
    const FormEntry *entry = &g_array_index(entries, FormEntry, e - 1);
    if (entry->label_line != i) return FALSE;
    if (entry->line == i && at >= entry->start && at < entry->end) return TRUE;
  }
  return FALSE;
}

/* "☒ Mme ☐ M.<tab>Fonction : X": a cell with boxes that no label asks for. */
static void read_tick_cells(FormReader *reader, guint i) {
  FormSpan cells[FORM_CELLS_MAX];
  char border = 0;
  const char *line = line_of(reader, i)->text;
  if (line_of(reader, i)->header || !has_tick(line) || is_taken(reader, i)) return;
  if (!form_is_row(line, &border)) return;
  guint n = form_split_row(line, border, cells);
  for (guint c = 0; c < n; c++) {
    g_autofree char *text = form_span_text(line, cells[c]);
    if (!has_tick(text) || form_label_of_cell(reader, i, c) ||
        is_in_entry(reader, i, cells[c].start))
      continue;
    int field = choice_field(reader, text);
    if (field < 0) continue;
    FormLabel label = {.label = made_label(reader, (guint)field), .line = i, .mark = MARK_TICK};
    form_add_entry(reader, &label, g_strdup(text), i, cells[c].start, cells[c].end);
  }
}

static gboolean is_bare_tick(const FormReader *reader, guint i) {
  const TextLine *line = i < n_lines(reader) ? line_of(reader, i) : NULL;
  char border = 0;
  return line && has_tick(line->text) && !line->header && !is_taken(reader, i) &&
         !form_line_labelled(&reader->scan, i) && !form_is_row(line->text, &border);
}

/* "☒ Je participerai", "☐ Je ne participerai pas": choices on lines of their own, which no label
 * asks for. Returns how many lines were taken. */
static guint read_bare_ticks(FormReader *reader, guint i) {
  guint n = 0;
  if (reader->form->cut || !is_bare_tick(reader, i)) return 0;
  g_autoptr(GString) all = g_string_new(NULL);
  while (n < BELOW_LINES_MAX && is_bare_tick(reader, i + n) &&
         line_of(reader, i + n)->quote_depth == line_of(reader, i)->quote_depth)
    append_line(all, line_of(reader, i + n++)->text);
  int field = n > 0 ? choice_field(reader, all->str) : -1;
  if (field >= 0) {
    FormLabel label = {.label = made_label(reader, (guint)field), .line = i, .mark = MARK_TICK};
    form_add_entry(reader, &label, g_strdup(all->str), i, 0,
                   (guint)strlen(line_of(reader, i)->text));
    for (guint k = 0; k < n; k++) take(reader, i + k);
    return n;
  }
  return 0;
}

/* ---- patterns ---- */

static void add_hit(FormReader *reader, guint i, const RuleHit *hit, Fold *fold) {
  const char *text = line_of(reader, i)->text;
  guint start = (guint)fold_origin(fold, hit->start), end = (guint)fold_origin(fold, hit->end);
  FormLabel label = {.label = made_label(reader, hit->field), .line = i, .mark = MARK_COLON};
  FormEntry *entry =
      form_add_entry(reader, &label, g_strndup(text + start, end - start), i, start, end);
  if (entry) entry->pattern = hit->pattern;
}

static gboolean may_find_patterns(const FormReader *reader, guint i) {
  KnownLine *known = line_of(reader, i)->known;
  gboolean may = FALSE;
  if (known_tells(known, KNOWN_PATTERN, &may)) return may;
  may = rules_may_find_patterns(reader->scan.rules, folded_of(reader, i));
  return known_note(known, KNOWN_PATTERN, may);
}

/* The fields' own patterns; where one matches, the line's labels are not read. */
static gboolean read_patterns(FormReader *reader, guint i, Fold *fold, GArray *hits) {
  const TextLine *line = line_of(reader, i);
  if (*line->text == '\0' || line->header) return FALSE;
  if (strnlen(line->text, PATTERN_LINE_BYTES + 1) > PATTERN_LINE_BYTES) return FALSE;
  if (!may_find_patterns(reader, i)) return FALSE;
  fold_line(fold, line->text, -1);
  g_array_set_size(hits, 0);
  rules_find_patterns(reader->scan.rules, fold, hits);
  for (guint h = 0; h < hits->len; h++) add_hit(reader, i, &g_array_index(hits, RuleHit, h), fold);
  return hits->len > 0;
}

/* TRUE: what stands in line `i` was taken though no label is known there. */
static gboolean read_guess(FormReader *reader, guint i) {
  FormGuess guess;
  if (is_taken(reader, i) || !form_guess(&reader->scan, i, &guess)) return FALSE;
  FormLabel label = {.label = made_label(reader, guess.field), .line = i, .mark = MARK_SPACE};
  label.first = TRUE;
  char *raw = g_strndup(line_of(reader, i)->text + guess.start, guess.end - guess.start);
  form_add_entry(reader, &label, raw, i, guess.start, guess.end);
  take(reader, i);
  return TRUE;
}

static void read_all(FormReader *reader) {
  gboolean signed_form = is_bulletin_below_closing(reader);
  g_autoptr(GArray) hits = g_array_new(FALSE, FALSE, sizeof(RuleHit));
  g_auto(Fold) fold = {0};
  fold_init(&fold);
  for (guint i = 0; i < n_lines(reader) && reader->form->entries->len < ENTRIES_MAX;) {
    guint table = form_read_table(reader, i);
    if (table > 0) {
      i += table;
      continue;
    }
    gboolean matched = !is_taken(reader, i) && read_patterns(reader, i, &fold, hits);
    for (guint k = reader->scan.first[i]; k < reader->scan.first[i + 1] && !matched; k++) {
      FormLabel *label = label_at(reader, k);
      if (label->accepted && !is_taken(reader, i)) read_label(reader, label);
    }
    if (!matched) read_tick_cells(reader, i);
    matched = matched || read_guess(reader, i);
    guint ticks = matched ? 0 : read_bare_ticks(reader, i);
    i += MAX(ticks, 1);
  }
  for (guint e = 0; signed_form && e < reader->form->entries->len; e++)
    g_array_index(reader->form->entries, FormEntry, e).signature = FALSE;
}

static void entry_clear(gpointer data) {
  g_free(((FormEntry *)data)->raw);
}

Form *form_read(Rules *rules, const Text *text, const Quote *quote) {
  Form *form = g_new0(Form, 1);
  form->entries = g_array_new(FALSE, TRUE, sizeof(FormEntry));
  g_array_set_clear_func(form->entries, entry_clear);
  form->made = g_ptr_array_new_with_free_func(g_free);
  FormReader reader = {.scan = {.rules = rules, .text = text, .quote = quote}, .form = form};
  reader.table_end = G_MAXUINT; /* no table has ended at the first line */
  reader.taken = g_array_sized_new(FALSE, TRUE, sizeof(gboolean), text->lines->len + 1);
  g_array_set_size(reader.taken, text->lines->len + 1);
  form_scan(&reader.scan);
  reader.spaced = spaced_habit(&reader);
  reader.below = below_habit(&reader);
  read_all(&reader);
  form->cut = form->cut || form->entries->len >= ENTRIES_MAX || reader.scan.cut;
  form_scan_done(&reader.scan);
  g_array_unref(reader.taken);
  return form;
}

void form_free(Form *form) {
  if (!form) return;
  g_array_unref(form->entries);
  g_ptr_array_unref(form->made);
  g_free(form);
}
