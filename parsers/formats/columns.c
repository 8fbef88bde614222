/* columns - see columns.h. */
#include "parsers/formats/columns.h"

#include <string.h>

enum {
  GAP_MIN = 3,        /* spaces */
  COLUMN_MAX = 60,    /* where a second column may begin at most */
  LINES_MIN = 3,      /* that have it at one place, … */
  LINES_PERCENT = 70, /* … and of those that have a gap */
  BLOCK_MAX = 200     /* lines that are looked at together */
};

typedef struct {
  guint column;     /* where the second column begins; 0: there is none */
  gsize start, end; /* bytes: the gap */
  gboolean colon;   /* a mark parts label and value anyhow */
} Gap;

static const TextLine *line_at(const Text *text, guint i) {
  return text->lines->pdata[i];
}

/* The first wide gap behind words. */
static Gap find_gap(const char *line) {
  Gap gap = {0};
  guint column = 0, spaces = 0;
  gboolean words = FALSE;
  if (!strstr(line, "  ")) return gap; /* nearly all lines */
  for (const char *p = line; *p && column <= COLUMN_MAX; p = g_utf8_next_char(p)) {
    gunichar ch = g_utf8_get_char(p);
    /* a table already; and labels of ideographs need no help */
    if (ch == '\t' || ch == '|' || g_unichar_iswide(ch)) return gap;
    if (ch != ' ' && words && spaces >= GAP_MIN) {
      gap = (Gap){column, (gsize)(p - line) - spaces, (gsize)(p - line), FALSE};
      gap.colon = strchr(":=.>_", line[gap.start - 1]) || strchr(":=-", *p) || ch == 0xFF1A;
      return gap;
    }
    spaces = ch == ' ' ? spaces + 1 : 0;
    words = words || ch != ' ';
    column++;
  }
  return gap;
}

static void put_tab(Text *text, TextLine *line, gsize start, gsize end) {
  g_autofree char *parted = g_strdup_printf("%.*s\t%s", (int)start, line->text, line->text + end);
  text_rewrite(text, line, parted);
}

/* The lines from `begin` to `end` that have a column at `column` get a tab before it; what stands
 * there below a value goes on with it. */
static void part_lines(Text *text, guint begin, guint end, const Gap gaps[], guint column) {
  gboolean parted = FALSE;
  for (guint i = begin; i < end; i++) {
    TextLine *line = text->lines->pdata[i];
    gsize indent = strspn(line->text, " ");
    if (gaps[i - begin].column == column) {
      put_tab(text, line, gaps[i - begin].start, gaps[i - begin].end);
      parted = TRUE;
    } else if (parted && indent == column && line->text[indent]) {
      put_tab(text, line, 0, indent);
    } else {
      parted = FALSE;
    }
  }
}

static void find_in_block(Text *text, guint begin, guint end) {
  Gap gaps[BLOCK_MAX];
  guint counts[COLUMN_MAX + 2] = {0}, colons[COLUMN_MAX + 2] = {0}, best = 0, all = 0;
  for (guint i = begin; i < end; i++) {
    gaps[i - begin] = find_gap(line_at(text, i)->text);
    guint column = MIN(gaps[i - begin].column, COLUMN_MAX + 1);
    counts[column]++;
    all += column > 0 ? 1 : 0;
    colons[column] += gaps[i - begin].colon ? 1 : 0;
  }
  if (all < LINES_MIN) return;
  for (guint c = 1; c <= COLUMN_MAX; c++)
    if (counts[c] > counts[best] || best == 0) best = counts[c] >= LINES_MIN ? c : best;
  if (best > 0 && colons[best] * 2 < counts[best] && counts[best] * 100 >= all * LINES_PERCENT)
    part_lines(text, begin, end, gaps, best);
}

void columns_find(Text *text, guint first) {
  for (guint i = first; i < text->lines->len;) {
    guint end = i, depth = line_at(text, i)->quote_depth;
    while (end < text->lines->len && end - i < BLOCK_MAX && *line_at(text, end)->text &&
           line_at(text, end)->quote_depth == depth)
      end++;
    if (end - i >= LINES_MIN) find_in_block(text, i, end);
    i = MAX(end, i + 1);
  }
}
