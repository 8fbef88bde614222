/* review_chart - pictures of figures, as SVG and HTML of our own. Pure. Every text is escaped; no
 * style stands in them (the page's style sheet has the colours), so that they keep to its CSP. */
#pragma once
#include "daemon/desk/desk_stats.h"
#include "daemon/desk/review_words.h"

enum {
  CHART_COLUMNS_MAX = 120, /* of a chart of days: more days than that share columns */
  CHART_ROWS_MAX = 12      /* of a chart of bars: the others are told in one */
};

/* Answers a day, and how many they are together by then. "" for none. The caller frees. */
char *chart_days(WordsLanguage language, const GArray *days, GTimeZone *zone);

/* What stands beside a bar, and the class of its colour; both borrowed or static. NULL: the name
 * itself, no class. */
typedef const char *(*ChartWord)(const char *name, gpointer context);
/* A table with a bar a row, of StatsCount*. "" for none. The caller frees. */
char *chart_bars(WordsLanguage language, const GPtrArray *counts, ChartWord word, ChartWord tone,
                 gpointer context);
