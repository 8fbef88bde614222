/* date - a day as written in French, English or Japanese to YYYY-MM-DD (ISO 8601).
 *
 * 2019-07-03, 2019/7/3, 2019年7月3日, 令和元年7月3日; 3 juillet 2019, 1er juillet 2019, 3rd July
 * 2019, July 3, 2019; 3/7/2019, 03.07.19. Weekdays and a time of day beside it are left out. Of
 * numbers alone, the event's country tells whether the day or the month stands first; where one
 * order alone makes a day, that one counts; where the country writes both, or puts the year first
 * and the year has two digits, it is refused. A day without its year is none: nothing is completed.
 */
#include <string.h>

#include "parsers/fields/field.h"

enum { NUMBERS_MAX = 3, YEAR_LEAST = 1900, YEAR_MOST = 2200, NUMBER_MAX = 99999 };

/* Folded. Whole words, so that "mardi" is no March. */
static const struct {
  const char *word;
  int month;
} month_words[] = {
    {"janvier", 1},   {"january", 1},   {"janv", 1},      {"jan", 1},      {"fevrier", 2},
    {"february", 2},  {"fevr", 2},      {"fev", 2},       {"feb", 2},      {"mars", 3},
    {"march", 3},     {"mar", 3},       {"avril", 4},     {"april", 4},    {"avr", 4},
    {"apr", 4},       {"mai", 5},       {"may", 5},       {"juin", 6},     {"june", 6},
    {"jun", 6},       {"juillet", 7},   {"july", 7},      {"juil", 7},     {"jul", 7},
    {"aout", 8},      {"august", 8},    {"aou", 8},       {"aug", 8},      {"septembre", 9},
    {"sept", 9},      {"september", 9}, {"sep", 9},       {"octobre", 10}, {"october", 10},
    {"oct", 10},      {"novembre", 11}, {"november", 11}, {"nov", 11},     {"decembre", 12},
    {"december", 12}, {"dec", 12},
};

/* The year before the first of each Japanese era. */
static const struct {
  const char *name;
  int before;
} eras[] = {{"令和", 2018}, {"平成", 1988}, {"昭和", 1925}};

typedef struct {
  int numbers[NUMBERS_MAX];
  gsize digits[NUMBERS_MAX];
  guint n;   /* may be more than NUMBERS_MAX */
  int month; /* by name, 0: none */
  gboolean months_differ;
} DateWords;

typedef enum { ORDER_DAY_FIRST, ORDER_MONTH_FIRST, ORDER_YEAR_FIRST, ORDER_MIXED } DateOrder;

static DateOrder order_of(const char *country) {
  static const struct {
    const char *countries;
    DateOrder order;
  } rows[] = {{"US PH FM MH PW", ORDER_MONTH_FIRST},
              {"JP CN KR TW HU LT MN", ORDER_YEAR_FIRST},
              {"CA", ORDER_MIXED}};
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
    if (country && *country && strstr(rows[i].countries, country)) return rows[i].order;
  return ORDER_DAY_FIRST;
}

/* Does a time of day go on with its minutes at `at`? Apart from the hour only where nothing of a
 * date can follow: "16 h 30". */
static gsize minutes(const char *at) {
  gsize gap = strspn(at, " "), digits = strspn(at + gap, "0123456789");
  if (digits != 2) return 0;
  const char *behind = at + gap + digits;
  return gap == 0 || !*behind || !strchr(" -/.0", *behind) ? gap + digits : 0;
}

/* "16:30", "16h30", "16 h", "4 pm", "16時30分": where it ends; NULL: no time begins at `at`. */
static const char *time_end(const char *at) {
  static const char *const marks[] = {":", "h", "時", "am", "pm"};
  gsize digits = strspn(at, "0123456789");
  if (digits == 0 || digits > 2) return NULL;
  const char *behind = at + digits + strspn(at + digits, " ");
  for (guint i = 0; i < G_N_ELEMENTS(marks); i++) {
    const char *after = behind + strlen(marks[i]);
    if (!g_str_has_prefix(behind, marks[i]) || g_ascii_isalpha(*after)) continue;
    return after + minutes(after);
  }
  return NULL;
}

static const char *add_number(DateWords *words, const char *at) {
  int number = 0;
  const char *start = at;
  for (; g_ascii_isdigit(*at); at++)
    if (number < NUMBER_MAX) number = number * 10 + (*at - '0');
  if (words->n < NUMBERS_MAX) {
    words->digits[words->n] = (gsize)(at - start);
    words->numbers[words->n] = number;
  }
  words->n++;
  return at;
}

static const char *add_word(DateWords *words, const char *at) {
  gsize length = 0;
  while (g_ascii_isalpha(at[length])) length++;
  for (guint i = 0; i < G_N_ELEMENTS(month_words); i++) {
    if (strlen(month_words[i].word) != length || strncmp(month_words[i].word, at, length) != 0)
      continue;
    words->months_differ |= words->month && words->month != month_words[i].month;
    words->month = month_words[i].month;
  }
  return at + length;
}

/* The era that `at` begins with: the year before its first, with where its name ends; 0: none. */
static int era_at(const char *at, const char **ret_behind) {
  for (guint i = 0; i < G_N_ELEMENTS(eras); i++) {
    if (!g_str_has_prefix(at, eras[i].name)) continue;
    *ret_behind = at + strlen(eras[i].name);
    return eras[i].before;
  }
  return 0;
}

/* The year of an era at `at` ("元" is the first), with where it ends; 0: none. */
static int era_year(const char *at, const char **ret_behind) {
  at += strspn(at, " ");
  gsize digits = strspn(at, "0123456789");
  gboolean first = g_str_has_prefix(at, "元");
  if (!first && (digits == 0 || digits > 2)) return 0;
  *ret_behind = first ? at + strlen("元") : at + digits;
  return first ? 1 : (int)g_ascii_strtoull(at, NULL, 10);
}

/* With the years of an era as years of our own. */
static char *without_eras(const char *folded) {
  GString *out = g_string_new(NULL);
  for (const char *at = folded; *at;) {
    const char *next = g_utf8_next_char(at), *behind = NULL;
    int before = era_at(at, &behind), year = before ? era_year(behind, &behind) : 0;
    if (year)
      g_string_append_printf(out, "%d", before + year);
    else
      g_string_append_len(out, at, next - at);
    at = year ? behind : next;
  }
  return g_string_free(out, FALSE);
}

static void read_words(const char *folded, DateWords *words) {
  g_autofree char *text = without_eras(folded);
  for (const char *at = text; *at;) {
    const char *behind = time_end(at);
    if (behind)
      at = behind;
    else if (g_ascii_isdigit(*at))
      at = add_number(words, at);
    else if (g_ascii_isalpha(*at))
      at = add_word(words, at);
    else
      at = g_utf8_next_char(at);
  }
}

static gboolean is_day(int year, int month, int day) {
  return year >= YEAR_LEAST && year <= YEAR_MOST && month >= 1 && month <= 12 && day >= 1 &&
         day <= 31 && g_date_valid_dmy((GDateDay)day, (GDateMonth)month, (GDateYear)year);
}

static int whole_year(int number, gsize digits) {
  return digits == 2 ? 2000 + number : number;
}

static FieldResult day_valid(int year, int month, int day) {
  if (!is_day(year, month, day)) return field_invalid("not a day");
  return field_valid(g_strdup_printf("%04d-%02d-%02d", year, month, day));
}

/* "3 juillet 2019", "2019 July 3": the year is the one of four digits, else the last. */
static FieldResult with_month_name(const DateWords *words) {
  if (words->n < 2) return field_invalid("no year");
  guint year = words->digits[0] == 4 ? 0 : 1;
  return day_valid(whole_year(words->numbers[year], words->digits[year]), words->month,
                   words->numbers[1 - year]);
}

/* "3/7/2019": a day and a month in an order that must be known. */
static FieldResult with_year_last(const DateWords *words, DateOrder order) {
  int first = words->numbers[0], second = words->numbers[1];
  if (words->digits[2] == 2 && order == ORDER_YEAR_FIRST)
    return field_invalid("which number is the year?");
  int year = whole_year(words->numbers[2], words->digits[2]);
  gboolean day_first = is_day(year, second, first), month_first = is_day(year, first, second);
  if (day_first && month_first && first != second &&
      (order == ORDER_MIXED || order == ORDER_YEAR_FIRST))
    return field_invalid("day or month first?");
  if (month_first && (!day_first || order == ORDER_MONTH_FIRST))
    return day_valid(year, first, second);
  return day_valid(year, second, first);
}

FieldResult field_parse_date(const FieldContext *context, const char *raw) {
  g_autofree char *clean = field_clean_line(raw);
  g_autofree char *folded = fold_string(clean);
  DateWords words = {.n = 0};
  read_words(folded, &words);
  guint wanted = words.month ? 2 : 3;
  if (words.n > wanted || words.months_differ) return field_invalid("more than one day");
  if (words.month) return with_month_name(&words);
  if (words.n == 2) return field_invalid("no year");
  if (words.n < 3) return field_invalid("not a day");
  if (words.digits[0] == 4) return day_valid(words.numbers[0], words.numbers[1], words.numbers[2]);
  return with_year_last(&words, order_of(rules_event(context->rules)->country));
}
