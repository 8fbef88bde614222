/* near - see near.h. Damerau-Levenshtein distance, neighbours alone (optimal string alignment). */
#include "parsers/near.h"

#include <string.h>

enum { LENGTH_MAX = 40, ONE_SLIP_MIN = 6, TWO_SLIPS_MIN = 11 };

static guint least(guint a, guint b, guint c) {
  return MIN(MIN(a, b), c);
}

static guint distance(const char *a, gsize n, const char *b, gsize m) {
  guint rows[3][LENGTH_MAX + 1];
  for (guint j = 0; j <= m; j++) rows[0][j] = j;
  for (guint i = 1; i <= n; i++) {
    guint *row = rows[i % 3], *before = rows[(i + 2) % 3], *earlier = rows[(i + 1) % 3];
    row[0] = i;
    for (guint j = 1; j <= m; j++) {
      guint cost = a[i - 1] != b[j - 1];
      row[j] = least(before[j] + 1, row[j - 1] + 1, before[j - 1] + cost);
      gboolean turned = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (turned) row[j] = MIN(row[j], earlier[j - 2] + 1);
    }
  }
  return rows[n % 3][m];
}

gboolean near_same(const char *a, const char *b) {
  gsize n = strlen(a), m = strlen(b), longer = MAX(n, m), shorter = MIN(n, m);
  if (strcmp(a, b) == 0) return TRUE;
  if (shorter < ONE_SLIP_MIN || longer > LENGTH_MAX || (guchar)a[0] >= 0x80) return FALSE;
  guint slips = shorter >= TWO_SLIPS_MIN ? 2 : 1;
  if (longer - shorter > slips || a[0] != b[0]) return FALSE;
  return distance(a, n, b, m) <= slips;
}
