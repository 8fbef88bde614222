/* review_chart - see review_chart.h. */
#include "daemon/desk/review_chart.h"

#include <string.h>

#include "daemon/template.h"

enum { WIDTH = 900, HEIGHT = 260, LEFT = 44, RIGHT = 12, TOP = 14, BOTTOM = 34 };

static void escape(GString *out, const char *text) {
  template_escape(out, text, strlen(text));
}

/* --- days ------------------------------------------------------------------------------------- */

typedef struct {
  gint64 first, last; /* days */
  guint answers, so_far;
} Column;

/* Days in at most CHART_COLUMNS_MAX columns of equal length. */
static GArray *columns_of(const GArray *days) {
  GArray *columns = g_array_new(FALSE, FALSE, sizeof(Column));
  guint each = (days->len + CHART_COLUMNS_MAX - 1) / CHART_COLUMNS_MAX, so_far = 0;
  for (guint i = 0; i < days->len; i++) {
    const StatsDay *day = &g_array_index(days, StatsDay, i);
    if (i % each == 0) {
      Column column = {day->day, day->day, 0, 0};
      g_array_append_val(columns, column);
    }
    Column *column = &g_array_index(columns, Column, columns->len - 1);
    so_far += day->answers;
    column->last = day->day;
    column->answers += day->answers;
    column->so_far = so_far;
  }
  return columns;
}

static guint most_of(const GArray *columns) {
  guint most = 0;
  for (guint i = 0; i < columns->len; i++)
    most = MAX(most, g_array_index(columns, Column, i).answers);
  return most;
}

/* A round number at or above `most`, for the scale: 1, 2, 5, 10, 20, … */
static guint scale_of(guint most) {
  static const guint steps[] = {1, 2, 5};
  for (guint power = 1;; power *= 10)
    for (guint i = 0; i < G_N_ELEMENTS(steps); i++)
      if (steps[i] * power >= most || power >= 100000000) return MAX(steps[i] * power, most);
}

static double y_of(guint value, guint scale) {
  return HEIGHT - BOTTOM - (double)value * (HEIGHT - TOP - BOTTOM) / MAX(scale, 1);
}

static void add_number(GString *out, const char *before, double value, const char *after) {
  char digits[G_ASCII_DTOSTR_BUF_SIZE];
  g_string_append_printf(out, "%s%s%s", before,
                         g_ascii_formatd(digits, sizeof digits, "%.1f", value), after);
}

static void add_scale(GString *svg, guint scale) {
  const guint marks[] = {0, scale / 2, scale};
  for (guint i = 0; i < G_N_ELEMENTS(marks); i++) {
    if (i == 1 && (scale < 2 || scale % 2)) continue;
    double y = y_of(marks[i], scale);
    g_string_append_printf(svg, "<line class=\"line\" x1=\"%d\" x2=\"%d\"", LEFT, WIDTH - RIGHT);
    add_number(svg, " y1=\"", y, "\"");
    add_number(svg, " y2=\"", y, "\"/>");
    g_string_append_printf(svg, "<text class=\"soft\" text-anchor=\"end\" x=\"%d\"", LEFT - 8);
    add_number(svg, " y=\"", y + 4, "\">");
    g_string_append_printf(svg, "%u</text>", marks[i]);
  }
}

static void add_columns(GString *svg, WordsLanguage language, const GArray *columns, guint scale,
                        GTimeZone *zone) {
  double step = (double)(WIDTH - LEFT - RIGHT) / columns->len, width = MIN(step * 0.8, 48);
  for (guint i = 0; i < columns->len; i++) {
    const Column *column = &g_array_index(columns, Column, i);
    double y = y_of(column->answers, scale);
    g_autofree char *from = words_day(language, column->first, zone);
    g_autofree char *to = words_day(language, column->last, zone);
    g_autofree char *days =
        column->first == column->last ? g_strdup(from) : g_strdup_printf("%s – %s", from, to);
    g_autofree char *count = g_strdup_printf("%u", column->answers);
    g_autofree char *told = words_fill(language, "chart_day", days, count, (char *)NULL);
    add_number(svg, "<rect class=\"bar\" x=\"", LEFT + i * step + (step - width) / 2, "\"");
    add_number(svg, " width=\"", width, "\"");
    add_number(svg, " y=\"", y, "\"");
    add_number(svg, " height=\"", HEIGHT - BOTTOM - y, "\"><title>");
    escape(svg, told);
    g_string_append(svg, "</title></rect>");
  }
}

/* The sum so far, on a scale of its own: it ends at the top. */
static void add_trend(GString *svg, WordsLanguage language, const GArray *columns) {
  double step = (double)(WIDTH - LEFT - RIGHT) / columns->len;
  guint all = g_array_index(columns, Column, columns->len - 1).so_far;
  if (columns->len < 2) return;
  g_string_append(svg, "<polyline class=\"trend\" points=\"");
  for (guint i = 0; i < columns->len; i++) {
    add_number(svg, i ? " " : "", LEFT + (i + 0.5) * step, ",");
    add_number(svg, "", y_of(g_array_index(columns, Column, i).so_far, all), "");
  }
  g_autofree char *number = g_strdup_printf("%u", all);
  g_autofree char *told = words_fill(language, "chart_total", number, (char *)NULL);
  g_string_append_printf(svg, "\"/><text class=\"good\" x=\"%d\" y=\"%d\">", LEFT + 8, TOP + 16);
  escape(svg, told);
  g_string_append(svg, "</text>");
}

static void add_dates(GString *svg, WordsLanguage language, const GArray *columns,
                      GTimeZone *zone) {
  static const char *const anchors[] = {"start", "middle", "end"};
  const guint places[] = {0, columns->len / 2, columns->len - 1};
  const int x[] = {LEFT, (LEFT + WIDTH - RIGHT) / 2, WIDTH - RIGHT};
  for (guint i = 0; i < G_N_ELEMENTS(places); i++) {
    if ((i == 1 && columns->len < 5) || (i == 2 && columns->len < 2)) continue;
    g_autofree char *day =
        words_day(language, g_array_index(columns, Column, places[i]).first, zone);
    g_string_append_printf(svg, "<text class=\"soft\" text-anchor=\"%s\" x=\"%d\" y=\"%d\">",
                           anchors[i], x[i], HEIGHT - 10);
    escape(svg, day);
    g_string_append(svg, "</text>");
  }
}

static char *alternative(WordsLanguage language, const GArray *columns, guint most,
                         GTimeZone *zone) {
  const Column *first = &g_array_index(columns, Column, 0);
  const Column *last = &g_array_index(columns, Column, columns->len - 1);
  g_autofree char *from = words_day(language, first->first, zone);
  g_autofree char *to = words_day(language, last->last, zone);
  g_autofree char *all = g_strdup_printf("%u", last->so_far);
  g_autofree char *best = g_strdup_printf("%u", most);
  return words_fill(language, "chart_days_alt", from, to, all, best, (char *)NULL);
}

char *chart_days(WordsLanguage language, const GArray *days, GTimeZone *zone) {
  if (!days->len) return g_strdup("");
  g_autoptr(GArray) columns = columns_of(days);
  guint most = most_of(columns), scale = scale_of(most);
  g_autofree char *told = alternative(language, columns, most, zone);
  GString *svg = g_string_new(NULL);
  g_string_append_printf(svg,
                         "<div class=\"picture\" tabindex=\"0\"><svg class=\"chart\" viewBox=\"0 0 "
                         "%d %d\" role=\"img\" aria-label=\"",
                         WIDTH, HEIGHT);
  escape(svg, told);
  g_string_append(svg, "\">");
  add_scale(svg, scale);
  add_columns(svg, language, columns, scale, zone);
  add_trend(svg, language, columns);
  add_dates(svg, language, columns, zone);
  g_string_append(svg, "</svg></div><p class=\"small\">");
  escape(svg, told);
  g_string_append(svg, "</p>");
  return g_string_free(svg, FALSE);
}

/* --- bars ------------------------------------------------------------------------------------- */

static void add_bar(GString *html, const char *word, const char *tone, guint count, guint most) {
  g_string_append_printf(html, "<tr class=\"%s\"><th scope=\"row\">", tone);
  escape(html, word);
  if (count > most) { /* the others together: a number, no bar that dwarfs the rest */
    g_string_append_printf(html, "</th><td></td><td>%u</td></tr>\n", count);
    return;
  }
  g_string_append(html, "</th><td><svg viewBox=\"0 0 100 10\" preserveAspectRatio=\"none\" "
                        "aria-hidden=\"true\"><rect height=\"10\"");
  add_number(html, " width=\"", 100.0 * count / MAX(most, 1), "\"/></svg></td>");
  g_string_append_printf(html, "<td>%u</td></tr>\n", count);
}

char *chart_bars(WordsLanguage language, const GPtrArray *counts, ChartWord word, ChartWord tone,
                 gpointer context) {
  if (!counts->len) return g_strdup("");
  guint shown = counts->len > CHART_ROWS_MAX ? CHART_ROWS_MAX - 1 : counts->len, others = 0;
  for (guint i = shown; i < counts->len; i++)
    others += ((const StatsCount *)counts->pdata[i])->count;
  guint most = ((const StatsCount *)counts->pdata[0])->count;
  GString *html = g_string_new("<table class=\"bars\"><tbody>\n");
  for (guint i = 0; i < shown; i++) {
    const StatsCount *count = counts->pdata[i];
    add_bar(html, word ? word(count->name, context) : count->name,
            tone ? tone(count->name, context) : "", count->count, most);
  }
  if (shown < counts->len) {
    g_autofree char *number = g_strdup_printf("%u", counts->len - shown);
    g_autofree char *told = words_fill(language, "chart_others", number, (char *)NULL);
    add_bar(html, told, "", others, most);
  }
  g_string_append(html, "</tbody></table>");
  return g_string_free(html, FALSE);
}
