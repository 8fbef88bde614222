/* form_scan - where labels stand, and which words only look like one (form_internal.h).
 *
 * A colon makes a label almost sure; a space alone is believed only among other labels. */
#include "parsers/form_internal.h"

#include <string.h>

#include "parsers/fields/field.h"
#include "parsers/known.h"

enum {
  LABELS_A_LINE_MAX = 40,
  LABELS_MAX = 6000,         /* of a text: far more than the entries that are read from it */
  LINE_MAX_BYTES = 16 << 10, /* a longer line is no form */
  LINE_GIVEN_BYTES = 4 * LINE_MAX_BYTES, /* before it is folded */
  NOISE_MAX_BYTES = 16,                  /* bullets, numbering and brackets before a label */
  NUMBERING_MAX_DIGITS = 4,
  YEAR_DIGITS = 4,
  INDENT_MAX_BYTES = 200, /* with the white space */
  PAREN_MAX_BYTES = 80,   /* "(obligatoire)" behind a label */
  LED_MAX_BYTES = 40,     /* words before a label ("Je", "Merci d'indiquer votre") */
  PARTIAL_MAX_BYTES = 60, /* other words between a label and its colon */
  ROW_GAP_MAX = 3,        /* rows without a label between two of a table that have one */
  BLOCK_LINES_MIN = 3,    /* labelled lines that make a doubtful label one */
  MID_LEADERS_MIN = 4
};

gboolean form_same_fields(const RuleLabel *a, const RuleLabel *b) {
  for (guint i = 0; i < a->n_fields; i++)
    for (guint k = 0; k < b->n_fields; k++)
      if (a->fields[i] == b->fields[k]) return TRUE;
  return FALSE;
}

gboolean form_is_row(const char *line, char *ret_border) {
  if (strchr(line, '\t')) {
    *ret_border = '\t';
    return TRUE;
  }
  const char *bar = strchr(line, '|');
  if (!bar || !strchr(bar + 1, '|')) return FALSE;
  *ret_border = '|';
  return TRUE;
}

/* ---- what stands around a label ---- */

/* Words that may lead a label: "Mon prénom", "Le nom". */
static const char *const leads[] = {"mon ", "ma ", "mes ", "son ", "sa ",  "ses ", "le ", "la ",
                                    "les ", "l'",  "my ",  "his ", "her ", "the ", NULL};

/* Is `text` (from the cell's start to the label) nothing but bullets, numbering, brackets? */
static gboolean is_noise(const char *text, gsize length, gboolean choice) {
  gboolean led = length > 1 && (text[length - 1] == ' ' || text[length - 1] == '\'');
  for (guint i = 0; led && leads[i]; i++) {
    gsize n = strlen(leads[i]);
    if (length >= n && memcmp(text + length - n, leads[i], n) == 0) {
      length -= n;
      break;
    }
  }
  gsize written = 0, digits = 0;
  if (length > INDENT_MAX_BYTES) return FALSE;
  for (const char *p = text; p < text + length; p = g_utf8_next_char(p)) {
    gunichar ch = g_utf8_get_char(p);
    if (g_unichar_isalpha(ch) && !(p[1] == ')' || p[1] == '.')) return FALSE;
    /* "■団体名" is a bullet, "☒ Participera" is an answer */
    if (choice && (ch == 0x2610 || ch == 0x2612)) return FALSE;
    written += g_unichar_isspace(ch) || ch == '>' ? 0 : 1;
    digits += g_unichar_isdigit(ch) ? 1 : 0;
  }
  return written <= NOISE_MAX_BYTES && digits <= NUMBERING_MAX_DIGITS;
}

static const char *skip_spaces(const char *p) {
  while (*p == ' ') p++;
  return p;
}

/* Behind "(obligatoire)", "*", "1", closing brackets and quotes. *ret_number, *ret_closed are set
 * by what was passed. */
static const char *skip_extras(const char *p, int *ret_number, gboolean *ret_closed) {
  while (!*ret_closed) {
    p = skip_spaces(p);
    if (*p == '.' && strchr(":(", *skip_spaces(p + 1)) && p[1]) {
      p++;
    } else if (*p == '*' || *p == '"' || *p == '\'') {
      p++;
    } else if (*p == '?' && (p[1] == ' ' || p[1] == ':')) {
      p++;
    } else if (*p == '(') {
      const char *close = memchr(p, ')', strnlen(p, PAREN_MAX_BYTES));
      if (!close) return p;
      if (g_ascii_isdigit(p[1]) && close - p <= 3) *ret_number = p[1] - '0';
      p = close + 1;
    } else if ((guchar)*p >= 0x80 && (g_str_has_prefix(p, "】") || g_str_has_prefix(p, "］") ||
                                      g_str_has_prefix(p, "〕"))) {
      p += 3;
      *ret_closed = TRUE;
    } else if (*p == ']') {
      p++;
      *ret_closed = TRUE;
    } else if (*ret_number == 0 && g_ascii_isdigit(*p) && !g_ascii_isdigit(p[p[1] ? 2 : 1])) {
      int number = (int)g_ascii_strtoll(p, NULL, 10);
      while (g_ascii_isdigit(*p)) p++;
      *ret_number = number;
    } else if (*p == 'n' && (g_str_has_prefix(p, "n°") || g_str_has_prefix(p, "no "))) {
      p += 3;
    } else {
      return p;
    }
  }
  return skip_spaces(p);
}

static gsize colon_at(const char *p) {
  static const char *const colons[] = {":", "=>", "->", "=", "→", "⇒", "›", ">", "；", "?", NULL};
  if (*p == ' ' || g_ascii_isalnum(*p)) return 0; /* nearly everywhere */
  for (guint i = 0; colons[i]; i++)
    if (*p == colons[i][0] && g_str_has_prefix(p, colons[i])) return strlen(colons[i]);
  return 0;
}

/* Dots and underscores at `p`, in bytes. */
static guint leaders_at(const char *p) {
  static const char ellipsis[] = "…";
  const char *start = p;
  while (*p == '.' || *p == '_' || (*p == ellipsis[0] && g_str_has_prefix(p, ellipsis)))
    p += *p == '.' || *p == '_' ? 1 : 3;
  return (guint)(p - start);
}

/* Behind leaders that end in a colon ("Nom ..... : X"); else `p` itself. */
static const char *skip_led_colon(const char *p) {
  const char *behind = skip_spaces(p + leaders_at(p));
  return behind > p && *behind == ':' ? behind : p;
}

static gboolean tick_at(const char *p) {
  if ((guchar)*p < 0x80) return FALSE;
  return g_str_has_prefix(p, "\u2610") || g_str_has_prefix(p, "\u2612");
}

/* The surest mark at `p`, where extras were passed; FALSE: none. */
static gboolean hard_mark(const char *p, const char *end, gboolean closed, FormMark *ret_mark,
                          const char **ret_value) {
  p = skip_led_colon(p);
  gsize colon = p < end ? colon_at(p) : 0;
  *ret_value = p + colon;
  if (colon || closed) {
    /* ": :", and the end of a label in bold, "*Nom :*" */
    while (*ret_value < end && strchr(": *", **ret_value)) (*ret_value)++;
    *ret_mark = MARK_COLON;
    return TRUE;
  }
  if (p >= end) {
    *ret_mark = MARK_END;
    return TRUE;
  }
  if (leaders_at(p) >= 3 || (leaders_at(p) == 2 && p[2] == ' ')) {
    *ret_mark = MARK_LEADERS;
    return TRUE;
  }
  *ret_mark = MARK_TICK;
  return tick_at(p);
}

/* The mark behind a label that ends at `p`; `end` is the cell's. FALSE: no label then. */
static gboolean mark_behind(const char *p, const char *end, FormLabel *label,
                            const char **ret_value) {
  int number = 0;
  gboolean closed = FALSE;
  if (*p == ')' && p < end) p++; /* of the label itself, "氏名(ローマ字)" */
  const char *behind = skip_extras(p, &number, &closed);
  if (hard_mark(behind, end, closed, &label->mark, ret_value)) {
    label->number = number;
    return TRUE;
  }
  const char *plain = skip_spaces(p);
  if (hard_mark(plain, end, FALSE, &label->mark, ret_value)) return TRUE;
  const char *dash = behind > plain && *behind == '-' && behind[-1] == ' ' ? behind : plain;
  gboolean slash =
      plain > p && plain[0] == '/' && plain[1] == ' ' && !memchr(plain, ':', (gsize)(end - plain));
  if (slash || (*dash == '-' && (dash[1] == ' ' || dash > p))) {
    *ret_value = skip_spaces(dash + 1);
    label->mark = MARK_DASH;
    return TRUE;
  }
  /* "氏名(ローマ字)  NAKAGAWA": the bracket belongs to the label */
  gboolean bracket = *plain == '(' && behind > plain && behind < end && behind[-1] == ' ';
  *ret_value = bracket ? behind : plain;
  label->mark = MARK_SPACE;
  return bracket || plain > p;
}

/* ---- one cell ---- */

typedef struct {
  FormScan *scan;
  Fold *fold;
  guint line, cell;
  gboolean row;            /* the line is a table's */
  const char *begin, *end; /* of the cell, folded */
  const RuleLabel *next;   /* the last label that was found, and where: a line is searched once */
  const char *next_start, *next_end;
} Cell;

/* The first label from `at` on, its place in next_start and next_end; NULL: none. */
static const RuleLabel *find_label(Cell *cell, const char *at) {
  const char *base = cell->fold->text->str;
  gsize start = 0, end = 0;
  if (!cell->next || cell->next_start >= at) return cell->next;
  cell->next = rules_find_label(cell->scan->rules, cell->fold, (gsize)(at - base), &start, &end);
  cell->next_start = base + start;
  cell->next_end = base + end;
  return cell->next;
}

static guint origin(const Cell *cell, const char *p) {
  return (guint)fold_origin(cell->fold, (gsize)(p - cell->fold->text->str));
}

static void add_label(Cell *cell, FormLabel *label, const char *start, const char *value) {
  label->line = cell->line;
  label->cell = cell->cell;
  label->start = origin(cell, start);
  label->value = origin(cell, MIN(value, cell->end));
  label->stop = label->cell_end = origin(cell, cell->end);
  GArray *labels = cell->scan->labels;
  guint first = cell->scan->first[cell->line];
  if (labels->len > first) {
    FormLabel *before = &g_array_index(labels, FormLabel, labels->len - 1);
    if (before->cell == label->cell) before->stop = label->start;
  }
  g_array_append_val(labels, *label);
}

/* The label before this place of the cell: in it, or one that fills the cell before. */
static const FormLabel *label_before(const Cell *cell) {
  const GArray *labels = cell->scan->labels;
  if (labels->len <= cell->scan->first[cell->line]) return NULL;
  const FormLabel *last = &g_array_index(labels, FormLabel, labels->len - 1);
  gboolean fills = last->cell + 1 == cell->cell && last->value == last->cell_end;
  return last->cell == cell->cell || fills ? last : NULL;
}

static const Wire__Field *field_of(const Cell *cell, const RuleLabel *label) {
  return rules_event(cell->scan->rules)->fields[label->fields[0]];
}

/* "Tél. 04 92 30 52 00", "mail x@y.fr": what follows the label is of its type, so no colon need
 * stand between. */
static gboolean is_evident(const Cell *cell, const RuleLabel *label, const char *value) {
  const char *type = field_of(cell, label)->type;
  const char *p = value + strspn(value, ". ");
  if (p >= cell->end) return FALSE;
  if (strcmp(type, "phone") == 0) return g_ascii_isdigit(*p) || strchr("+(", *p);
  const char *at = memchr(p, '@', (gsize)(cell->end - p));
  return strcmp(type, "email") == 0 && at && at > p && !memchr(p, ' ', (gsize)(at - p));
}

/* May a second label begin at `p` in the middle of a cell? Free text is left alone. */
static gboolean mid_ok(const Cell *cell, const char *p, const FormLabel *label,
                       const char *mark_start) {
  const FormLabel *before = label_before(cell);
  if (!before || form_same_fields(before->label, label->label)) return FALSE;
  gboolean parted = p[-1] == '(' || (p[-1] == ' ' && (p[-2] == ' ' || strchr(",;|/-", p[-2])));
  if (label->evident && label->mark == MARK_SPACE) return parted;
  if (before->mark == MARK_SPACE && label->mark != MARK_COLON) return FALSE;
  gboolean leaders =
      label->mark == MARK_LEADERS && p[-2] == ' ' && leaders_at(mark_start) >= MID_LEADERS_MIN;
  if (label->mark != MARK_COLON && label->mark != MARK_TICK && !leaders) return FALSE;
  if (strcmp(field_of(cell, before->label)->type, "lines") == 0) return parted && p[-2] == ' ';
  return p[-1] == ' ' || parted;
}

/* "Nom de votre structure :": the colon of a label at the cell's start with other words between.
 * A label that ends right at that colon is the better one. */
static const char *partial_colon(const Cell *cell, const char *from) {
  for (const char *p = from; p < cell->end && p - from <= PARTIAL_MAX_BYTES;
       p = g_utf8_next_char(p)) {
    gunichar ch = g_utf8_get_char(p);
    if (colon_at(p) > 0) return p;
    if (!g_unichar_isalnum(ch) && !strchr(" '-,/()", (int)(ch < 0x80 ? ch : 'a'))) return NULL;
  }
  return NULL;
}

/* "Attending on 3 July – Yes": the dash behind more words, where a choice follows it. */
static const char *dash_before_choice(const Cell *cell, const RuleLabel *label, const char *from) {
  int at = (int)label->fields[0];
  if (strcmp(field_of(cell, label)->type, "choice") != 0) return NULL;
  for (const char *p = from; p + 2 < cell->end && p - from <= PARTIAL_MAX_BYTES; p++) {
    if (p[0] != ' ' || p[1] != '-' || p[2] != ' ') continue;
    g_autofree char *rest = g_strndup(p + 3, (gsize)(cell->end - p - 3));
    FieldContext context = {cell->scan->rules, (guint)at, NULL};
    FieldResult result = field_parse(&context, rest);
    gboolean valid = result.status == FIELD_VALID;
    field_result_clear(&result);
    return valid ? p + 2 : NULL;
  }
  return NULL;
}

/* "Tél. secrétariat", "Mail de mon assistante": somebody else's. Folded. */
gboolean form_is_somebody_elses(const char *text, gsize length) {
  static const char *const others[] = {"secretariat", "secretaire", "assistant",  "urgence",
                                       "facturation", "standard",   "a prevenir", "accompagn",
                                       "conjoint",    "suppleant",  "hotel",      "jumel",
                                       "amie",        "partenaire", NULL};
  g_autofree char *words = g_strndup(text, length);
  for (guint i = 0; others[i]; i++)
    if (strstr(words, others[i])) return TRUE;
  return FALSE;
}

/* TRUE: it was one, whether of use or not. */
static gboolean add_partial(Cell *cell, FormLabel *label, const char *start, const char *end,
                            const char *plain) {
  const char *colon = partial_colon(cell, end);
  const char *dash = colon ? NULL : dash_before_choice(cell, label->label, end);
  if (dash) {
    label->mark = MARK_DASH;
    add_label(cell, label, start, skip_spaces(dash));
    return TRUE;
  }
  if (!colon) return FALSE;
  if (form_is_somebody_elses(end, (gsize)(colon - end))) return TRUE;
  label->plain_label = label->label;
  label->plain_mark = label->mark;
  label->plain_value = origin(cell, plain);
  for (const char *at = end; at < colon;) {
    const RuleLabel *later = find_label(cell, at);
    if (!later || cell->next_end > colon) break;
    if (skip_spaces(cell->next_end) == colon) label->label = later;
    at = cell->next_end;
  }
  label->mark = MARK_COLON;
  label->partial = TRUE;
  add_label(cell, label, start, skip_spaces(colon + colon_at(colon)));
  return TRUE;
}

/* The box before a line's first letter, 0: none. */
static gunichar leading_box(const char *text) {
  for (guint n = 0; *text && n < NOISE_MAX_BYTES; text = g_utf8_next_char(text), n++) {
    gunichar ch = g_utf8_get_char(text);
    if (ch == 0x2610 || ch == 0x2612) return ch;
    if (g_unichar_isalpha(ch)) break;
  }
  return 0;
}

/* Does the line above or below begin with the same box? Then it is a bullet ("■出欠：出席"), no
 * answer. */
static gboolean is_box_bullet(const Cell *cell) {
  const GPtrArray *lines = cell->scan->text->lines;
  gunichar box = leading_box(((const TextLine *)lines->pdata[cell->line])->text);
  if (cell->cell > 0 || !box) return FALSE;
  for (guint step = 0; step < 2; step++) {
    guint beside = step ? cell->line + 1 : cell->line - 1;
    if (beside >= lines->len) continue;
    if (leading_box(((const TextLine *)lines->pdata[beside])->text) == box) return TRUE;
  }
  return FALSE;
}

/* "Je participe :", "Contact mail :": a few words of the cell's start before the label. */
static gboolean is_led(const Cell *cell, const char *start) {
  gsize length = (gsize)(start - cell->begin), written = 0;
  if (length > LED_MAX_BYTES || start[-1] != ' ' || label_before(cell)) return FALSE;
  for (const char *p = cell->begin; p < start; p = g_utf8_next_char(p)) {
    gunichar ch = g_utf8_get_char(p);
    if (!g_unichar_isalpha(ch) && !strchr(" '-*(/", (int)(ch < 0x80 ? ch : 'a'))) return FALSE;
    written += g_unichar_isalpha(ch) ? 1 : 0;
  }
  return written > 0;
}

/* "Sujets qui nous intéressent<tab>…": other words behind the label fill the row's first cell. */
static gboolean fills_with_words(const Cell *cell, const char *end) {
  /* the words of a label may stand in two cells */
  if (cell->cell > 0 || end > cell->end || cell->end - end > LED_MAX_BYTES) return FALSE;
  for (const char *p = end; p < cell->end; p = g_utf8_next_char(p)) {
    gunichar ch = g_utf8_get_char(p);
    if (!g_unichar_isalpha(ch) && !strchr(" '-()?,", (int)(ch < 0x80 ? ch : 'a'))) return FALSE;
  }
  return !form_is_somebody_elses(end, (gsize)(cell->end - end));
}

/* Does a label fill the cell behind this one? Then this one's words are no label with a value. */
static gboolean label_fills_next(const Cell *cell) {
  const char *base = cell->fold->text->str;
  gsize start = 0, end = 0;
  if (*cell->end == '\0') return FALSE;
  const char *next = skip_spaces(cell->end + 1), *stop = next + strcspn(next, "\t");
  if (!rules_find_label(cell->scan->rules, cell->fold, (gsize)(next - base), &start, &end))
    return FALSE;
  const char *behind = skip_spaces(base + end);
  return base + start == next && (behind >= stop || (strchr(":?*", *behind) && behind + 1 >= stop));
}

/* "Nom / Surname<tab>DURAND": does the same label in another language fill the cell from `p` on? */
static gboolean is_twin(Cell *cell, const RuleLabel *label, const char *p) {
  const RuleLabel *twin = find_label(cell, p);
  return twin && cell->next_start == p && form_same_fields(twin, label) &&
         skip_spaces(cell->next_end) >= cell->end;
}

static gboolean has_digit(const Cell *cell, const char *p) {
  return p >= cell->begin && p < cell->end && g_ascii_isdigit(*p);
}

/* "03/07" is a label, in "06 67 03 07 70" it is a part of a number; a year may follow it. */
static gboolean is_within_number(const Cell *cell, const char *start, const char *end) {
  static const char separators[] = " .-/";
  if (!g_ascii_isdigit(*start) || !g_ascii_isdigit(end[-1])) return FALSE;
  const char *before = start > cell->begin && strchr(separators, start[-1]) ? start - 2 : start - 1;
  const char *behind = end < cell->end && strchr(separators, *end) ? end + 1 : end;
  gsize digits = 0;
  while (has_digit(cell, behind + digits)) digits++;
  return has_digit(cell, before) || (digits > 0 && digits != YEAR_DIGITS);
}

static void scan_cell(Cell *cell) {
  const char *at = cell->begin;
  for (guint n = 0; at < cell->end && n < LABELS_A_LINE_MAX; n++) {
    FormLabel label = {.label = find_label(cell, at)};
    if (!label.label || cell->next_start >= cell->end) return;
    const char *start = cell->next_start, *end = cell->next_end, *value = end;
    at = end > at ? end : at + 1;
    if (is_within_number(cell, start, end)) continue;
    gboolean choice =
        strcmp(field_of(cell, label.label)->type, "choice") == 0 && !is_box_bullet(cell);
    label.first = is_noise(cell->begin, (gsize)(start - cell->begin), choice);
    gboolean marked = mark_behind(end, cell->end, &label, &value);
    if (marked && label.mark == MARK_DASH && is_twin(cell, label.label, value)) {
      label.mark = MARK_END;
      at = value = cell->end;
    }
    label.evident = marked && is_evident(cell, label.label, value);
    if (!label.first) {
      if (marked && label.mark == MARK_COLON && is_led(cell, start)) {
        label.first = label.partial = TRUE;
        if (!form_is_somebody_elses(cell->begin, (gsize)(start - cell->begin)))
          add_label(cell, &label, start, value);
      } else if (marked && mid_ok(cell, start, &label, skip_spaces(end))) {
        add_label(cell, &label, start, value);
      }
      continue;
    }
    if ((!marked || label.mark >= MARK_DASH) && add_partial(cell, &label, start, end, value)) {
      at = value;
      continue;
    }
    if (cell->row && (!marked || label.mark == MARK_SPACE) && fills_with_words(cell, end) &&
        !label_fills_next(cell)) {
      label.mark = MARK_END;
      label.partial = marked = TRUE;
      value = cell->end;
    }
    if (!marked) label.mark = MARK_SPACE; /* perhaps a table's heading: "Présent(e), le 3" */
    if (marked || cell->row) add_label(cell, &label, start, value);
  }
}

/* The labels of a line that is known. FALSE: they are not. */
static gboolean add_known(FormScan *scan, guint i) {
  const KnownLine *known = ((const TextLine *)scan->text->lines->pdata[i])->known;
  gboolean holds = FALSE;
  if (!known_tells(known, KNOWN_LABELS, &holds)) return FALSE;
  g_array_append_vals(scan->labels, known->labels, known->n_labels);
  for (guint k = scan->first[i]; k < scan->labels->len; k++)
    g_array_index(scan->labels, FormLabel, k).line = i;
  return TRUE;
}

/* Note the labels that were found in line `i`. What a box before them says depends on the lines
 * about it; what a pattern that was stopped would have found nobody knows. */
static void note_known(const FormScan *scan, guint i) {
  const TextLine *line = scan->text->lines->pdata[i];
  guint first = scan->first[i], n = scan->labels->len - first;
  if (!line->known || n > KNOWN_LABELS_MAX || text_has_tick(line->text) ||
      rules_limited(scan->rules))
    return;
  line->known->n_labels = n;
  line->known->labels =
      n ? g_memdup2(&g_array_index(scan->labels, FormLabel, first), n * sizeof(FormLabel)) : NULL;
  known_note(line->known, KNOWN_LABELS, FALSE);
}

static void scan_line(FormScan *scan, guint i, Fold *fold) {
  const TextLine *line = scan->text->lines->pdata[i];
  gsize start = 0, end = 0;
  char border = '\t';
  if (strnlen(line->text, LINE_GIVEN_BYTES + 1) > LINE_GIVEN_BYTES) return;
  fold_again(fold, line->text, text_folded(scan->text, i));
  if (fold->text->len > LINE_MAX_BYTES) return;
  Cell cell = {.scan = scan, .fold = fold, .line = i, .begin = fold->text->str};
  cell.next = rules_find_label(scan->rules, fold, 0, &start, &end);
  cell.next_start = cell.begin + start;
  cell.next_end = cell.begin + end;
  if (!cell.next) return;
  cell.row = form_is_row(fold->text->str, &border);
  const char *stop = fold->text->str + fold->text->len;
  while (cell.begin <= stop) {
    const char *tab = memchr(cell.begin, border, (gsize)(stop - cell.begin));
    cell.end = tab ? tab : stop;
    scan_cell(&cell);
    if (!tab) break;
    cell.begin = tab + 1;
    cell.cell++;
  }
}

/* ---- which ones are labels ---- */

static gboolean same_block(const FormScan *scan, guint a, guint b) {
  const TextLine *x = scan->text->lines->pdata[a], *y = scan->text->lines->pdata[b];
  return x->part == y->part && x->quote_depth == y->quote_depth && *y->text && !y->header;
}

/* Would `other` speak for a doubtful label? A space is believed where others have a space, too. */
static gboolean speaks_for(const FormLabel *label, const FormLabel *other) {
  if (!other->first || other->cell > 0 || form_same_fields(other->label, label->label))
    return FALSE;
  if (label->mark == MARK_SPACE) return other->mark == MARK_SPACE || other->mark == MARK_TICK;
  if (label->mark == MARK_DASH) return other->mark == MARK_DASH || other->mark == MARK_TICK;
  if (label->mark == MARK_END) return other->mark <= MARK_END && !other->partial; /* rows */
  return other->mark <= MARK_TICK;
}

/* How many lines beside the label's, without a gap, begin with a label that speaks for it? A line
 * of values between two labels is passed over. */
static guint neighbours(const FormScan *scan, const FormLabel *label, int step) {
  guint found = 0, gap = 0, most = label->mark == MARK_END && label->partial ? ROW_GAP_MAX : 1;
  for (gint64 k = (gint64)label->line + step; k >= 0 && k < (gint64)scan->text->lines->len;
       k += step) {
    if (!same_block(scan, label->line, (guint)k)) break;
    guint first = scan->first[k];
    gboolean labelled = first < scan->first[k + 1];
    if (!labelled || !speaks_for(label, &g_array_index(scan->labels, FormLabel, first))) {
      if (++gap > most) break;
      continue;
    }
    gap = 0;
    if (++found >= BLOCK_LINES_MIN) break;
  }
  return found;
}

static gboolean is_accepted(const FormScan *scan, const FormLabel *label) {
  if ((label->mark <= MARK_END || label->evident) && !label->partial) return TRUE;
  if (label->cell > 0) return FALSE;
  guint wanted = label->mark <= MARK_END ? BLOCK_LINES_MIN - 1 : BLOCK_LINES_MIN;
  return neighbours(scan, label, -1) + neighbours(scan, label, 1) + 1 >= wanted;
}

/* "Thèmes Culture : musées" may be a longer label and a colon, or a label and a space: what the
 * lines beside it have decides. */
static gboolean accept_plain(const FormScan *scan, FormLabel *label) {
  FormLabel plain = *label;
  /* "Nom / Surname :": a label of its own ends at the colon */
  if (label->label != label->plain_label) return FALSE;
  if (!label->partial || !plain.plain_label || plain.plain_value > plain.stop) return FALSE;
  plain.partial = FALSE;
  plain.label = plain.plain_label;
  plain.mark = plain.plain_mark;
  plain.value = plain.plain_value;
  if (plain.mark < MARK_DASH || !is_accepted(scan, &plain)) return FALSE;
  *label = plain;
  return TRUE;
}

/* A label that was turned down gives its bytes back to the one before it. */
static void accept_labels(FormScan *scan) {
  for (guint k = 0; k < scan->labels->len; k++) {
    FormLabel *label = &g_array_index(scan->labels, FormLabel, k);
    label->accepted = accept_plain(scan, label) || is_accepted(scan, label);
    if (label->accepted || k == 0) continue;
    FormLabel *before = &g_array_index(scan->labels, FormLabel, k - 1);
    if (before->line == label->line && before->cell == label->cell) before->stop = label->stop;
  }
}

gboolean form_in_block(const FormScan *scan, guint line, guint least) {
  guint found = 0;
  for (int step = -1; step <= 1; step += 2) {
    guint gap = 0;
    for (gint64 k = (gint64)line + step; k >= 0 && k < (gint64)scan->text->lines->len; k += step) {
      if (!same_block(scan, line, (guint)k) || gap > 1) break;
      gap = form_line_labelled(scan, (guint)k) ? 0 : gap + 1;
      if (gap == 0 && ++found >= least) return TRUE;
    }
  }
  return FALSE;
}

gboolean form_line_labelled(const FormScan *scan, guint line) {
  for (guint k = scan->first[line]; k < scan->first[line + 1]; k++)
    if (g_array_index(scan->labels, FormLabel, k).accepted) return TRUE;
  return FALSE;
}

void form_scan(FormScan *scan) {
  guint n = scan->text->lines->len;
  g_auto(Fold) fold = {0};
  fold_init(&fold);
  scan->labels = g_array_new(FALSE, TRUE, sizeof(FormLabel));
  scan->first = g_new0(guint, n + 2);
  for (guint i = 0; i < n; i++) {
    const TextLine *line = scan->text->lines->pdata[i];
    scan->first[i] = scan->labels->len;
    if (line->header || *line->text == '\0') continue;
    scan->cut = scan->cut || scan->labels->len >= LABELS_MAX;
    if (scan->cut || add_known(scan, i)) continue;
    scan_line(scan, i, &fold);
    note_known(scan, i);
  }
  scan->first[n] = scan->first[n + 1] = scan->labels->len;
  accept_labels(scan);
}

void form_scan_done(FormScan *scan) {
  g_array_unref(scan->labels);
  g_free(scan->first);
}
