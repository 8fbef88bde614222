/* xlsx_number - numbers and dates by their format code (ECMA-376 Part 1, 18.8.31). */
#include <math.h> /* isfinite and fabs alone: no libm */
#include <string.h>

#include "parsers/formats/xlsx_style.h"

enum { SERIAL_MAX = 2958465 /* 9999-12-31 */, DAY_S = 86400, DIGITS_MAX = 15 };

static gboolean is_whole(double value) {
  return fabs(value) < 1e15 && (double)(gint64)value == value;
}

/* What a format code asks for. */
typedef struct {
  gboolean date, time; /* its letters */
  gboolean percent, fraction, scientific;
  guint places;   /* for digits */
  guint decimals; /* of them, behind the point */
} Wish;

/* The end of what begins at `p` and is no placeholder: quoted, escaped, in brackets, a space as
 * wide as a character; NULL: it is none of them. */
static const char *literal_end(const char *p) {
  if (*p == '"') {
    const char *end = strchr(p + 1, '"');
    return end ? end + 1 : p + strlen(p);
  }
  if (*p == '[') {
    const char *end = strchr(p, ']');
    return end ? end + 1 : p + strlen(p);
  }
  if (*p == '\\' || *p == '_' || *p == '*') return p[1] ? g_utf8_next_char(p + 1) : p + 1;
  return NULL;
}

/* The section for the number: positive; negative; zero (a fourth is for text). The caller frees. */
static char *section_of(const char *format, double value) {
  guint wanted = value < 0 ? 1 : value == 0 ? 2 : 0, n = 0;
  const char *start = format, *first_end = NULL;
  for (const char *p = format;;) {
    const char *end = literal_end(p);
    if (end) {
      p = end;
      continue;
    }
    if (*p == ';' || !*p) {
      if (!first_end) first_end = p;
      if (n == wanted) return g_strndup(start, (gsize)(p - start));
      if (!*p) return g_strndup(format, (gsize)(first_end - format));
      n++;
      start = p + 1;
    }
    p++;
  }
}

static Wish wish_of(const char *section) {
  Wish wish = {0};
  gboolean months = FALSE, point = FALSE;
  for (const char *p = section; *p;) {
    const char *end = literal_end(p);
    if (end) {
      /* [h]:mm counts hours; [$-40C] and [Red] say nothing here */
      if (*p == '[' && p[1] && strchr("hHmMsS", p[1]) && (p[2] == p[1] || p[2] == ']'))
        wish.time = TRUE;
      p = end;
      continue;
    }
    char c = g_ascii_tolower(*p);
    if (c == 'y' || c == 'd' || c == 'g') wish.date = TRUE;
    if (c == 'e' && (p[1] == '+' || p[1] == '-')) wish.scientific = TRUE;
    if (c == 'e' && !wish.places) wish.date = TRUE; /* the year of an era */
    if (c == 'h' || c == 's') wish.time = TRUE;
    if (c == 'm') months = TRUE;
    if (c == '%') wish.percent = TRUE;
    if (c == '.') point = TRUE;
    if (c == '/' && wish.places) wish.fraction = TRUE;
    if (c == '0' || c == '#' || c == '?') {
      wish.places++;
      wish.decimals += point ? 1 : 0;
    }
    p++;
  }
  if (months && !wish.time) wish.date = TRUE;
  return wish;
}

/* A serial number of days as date, time or both. The caller frees. */
static char *date_text(double value, const Wish *wish, gboolean era_1904) {
  gint64 seconds = (gint64)(value * DAY_S + 0.5), days = seconds / DAY_S;
  int clock = (int)(seconds % DAY_S);
  GDate origin, day;
  g_date_clear(&origin, 1);
  g_date_set_dmy(&origin, era_1904 ? 1 : 30, era_1904 ? G_DATE_JANUARY : G_DATE_DECEMBER,
                 era_1904 ? 1904 : 1899);
  if (!era_1904 && days > 0 && days < 60) days++; /* Excel's 29 February 1900 */
  g_date_clear(&day, 1);
  g_date_set_julian(&day, g_date_get_julian(&origin) + (guint32)days);
  g_autofree char *date = g_strdup_printf("%04d-%02d-%02d", g_date_get_year(&day),
                                          (int)g_date_get_month(&day), g_date_get_day(&day));
  g_autofree char *time = g_strdup_printf("%02d:%02d", clock / 3600, clock / 60 % 60);
  if (wish->date && wish->time && clock) return g_strconcat(date, " ", time, NULL);
  return wish->date ? g_steal_pointer(&date) : g_steal_pointer(&time);
}

/* As it was entered: 298001122, 12.5. */
static char *plain_text(double value) {
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  return g_strdup(g_ascii_formatd(text, sizeof text, is_whole(value) ? "%.0f" : "%.15g", value));
}

/* Set `digits` into the places of the section, from the right. The caller frees. */
static char *placed_digits(const char *section, const char *digits, guint places) {
  g_autoptr(GString) out = g_string_new(NULL);
  gsize length = strlen(digits), done = length > places ? length - places : 0;
  gsize lacking = places > length ? places - length : 0; /* places without a digit */
  gboolean first = TRUE;
  for (const char *p = section; *p;) {
    const char *end = literal_end(p);
    if (end) {
      gsize size = (gsize)(end - p);
      if (*p == '"' && size > 1) g_string_append_len(out, p + 1, (gssize)size - 2);
      if (*p == '\\') g_string_append_len(out, p + 1, (gssize)size - 1);
      if (*p == '_') g_string_append_c(out, ' ');
      p = end;
      continue;
    }
    if (*p == '0' || *p == '#' || *p == '?') {
      if (first) g_string_append_len(out, digits, (gssize)done);
      first = FALSE;
      if (lacking > 0) {
        lacking--;
        if (*p == '0') g_string_append_c(out, '0');
      } else {
        g_string_append_c(out, digits[done++]);
      }
    } else if (*p != ',') {
      g_string_append_c(out, *p);
    }
    p++;
  }
  return g_strdup(g_strstrip(out->str));
}

char *xlsx_number(const char *format, const char *number, gboolean era_1904) {
  char *end = NULL;
  double value = g_ascii_strtod(number, &end);
  if (end == number || !isfinite(value)) return g_strdup(number);
  if (!format || !*format || g_ascii_strncasecmp(format, "General", 7) == 0 ||
      strcmp(format, "@") == 0)
    return plain_text(value);
  g_autofree char *section = section_of(format, value);
  if (!*section) return g_strdup(""); /* ";;;" shows nothing */
  Wish wish = wish_of(section);
  gboolean dated = (wish.date || wish.time) && !wish.places;
  if (dated && value >= 0 && value <= SERIAL_MAX) return date_text(value, &wish, era_1904);
  if (wish.percent) {
    g_autofree char *hundred = plain_text(value * 100);
    return g_strconcat(hundred, "%", NULL);
  }
  if (!wish.places || wish.decimals || wish.fraction || wish.scientific || value < 0 ||
      !is_whole(value))
    return plain_text(value);
  g_autofree char *digits = plain_text(value);
  return placed_digits(section, value == 0 ? "" : digits, wish.places);
}
