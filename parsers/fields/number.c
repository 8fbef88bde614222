/* integer, date - whole numbers within the field's bounds; days as YYYY-MM-DD.
 *
 * Days: 2019-07-03, 3/7/2019, 03.07.19, 3 juillet 2019, 3rd July 2019, July 3, 2019, 2019年7月3日.
 */
#include <string.h>

#include "parsers/fields/field.h"

FieldResult field_parse_integer(const FieldContext *context, const char *raw) {
  const Wire__Field *field = rules_event(context->rules)->fields[context->field];
  g_autofree char *clean = field_clean_line(raw);
  g_autofree char *folded = fold_string(clean);
  const char *digits = folded;
  while (*digits && !g_ascii_isdigit(*digits) && *digits != '-' && *digits != '+') digits++;
  char *end = NULL;
  gint64 number = g_ascii_strtoll(digits, &end, 10);
  if (end == digits) return field_invalid("not a number");
  while (*end && !g_ascii_isdigit(*end)) end++;
  if (*end) return field_invalid("more than one number");
  if ((field->minimum || field->maximum) &&
      (number < field->minimum || (field->maximum && number > field->maximum)))
    return field_invalid("out of range");
  return field_valid(g_strdup_printf("%" G_GINT64_FORMAT, number));
}

/* The first letters of the months, French before English where they differ. */
static const struct {
  const char *start;
  int month;
} months[] = {
    {"janv", 1}, {"jan", 1}, {"fev", 2}, {"feb", 2},  {"mars", 3}, {"mar", 3},  {"avr", 4},
    {"apr", 4},  {"mai", 5}, {"may", 5}, {"juin", 6}, {"jun", 6},  {"juil", 7}, {"jul", 7},
    {"aout", 8}, {"aug", 8}, {"sep", 9}, {"oct", 10}, {"nov", 11}, {"dec", 12},
};

static int month_of(const char *word) {
  for (guint i = 0; i < G_N_ELEMENTS(months); i++)
    if (g_str_has_prefix(word, months[i].start)) return months[i].month;
  return 0;
}

typedef struct {
  int numbers[3];
  gsize digits[3];
  guint n;
  int month;      /* by name, 0: none */
  guint month_at; /* how many numbers stood before it */
} DateWords;

static void date_words(const char *folded, DateWords *words) {
  for (const char *p = folded; *p;) {
    if (g_ascii_isdigit(*p)) {
      const char *start = p;
      int number = 0;
      while (g_ascii_isdigit(*p)) {
        if (number < 100000) number = number * 10 + (*p - '0');
        p++;
      }
      if (words->n < 3) {
        words->digits[words->n] = (gsize)(p - start);
        words->numbers[words->n] = number;
      }
      words->n++;
    } else if (g_ascii_isalpha(*p)) {
      int month = month_of(p);
      if (month && !words->month) {
        words->month = month;
        words->month_at = words->n;
      }
      while (g_ascii_isalpha(*p)) p++;
    } else {
      p = g_utf8_next_char(p);
    }
  }
}

FieldResult field_parse_date(const FieldContext *context, const char *raw) {
  (void)context;
  g_autofree char *clean = field_clean_line(raw);
  g_autofree char *folded = fold_string(clean);
  DateWords words = {0};
  date_words(folded, &words);
  int year = 0, month = words.month, day = 0;
  if (month && words.n == 2) {
    day = words.numbers[0];
    year = words.numbers[1];
  } else if (!month && words.n == 3 && words.digits[0] == 4) {
    year = words.numbers[0];
    month = words.numbers[1];
    day = words.numbers[2];
  } else if (!month && words.n == 3) {
    day = words.numbers[0];
    month = words.numbers[1];
    year = words.numbers[2];
  }
  if (year > 0 && year < 100) year += 2000;
  if (year < 1900 || year > 2200 || month < 1 || month > 12 || day < 1 ||
      !g_date_valid_dmy((GDateDay)day, (GDateMonth)month, (GDateYear)year))
    return field_invalid("not a day");
  return field_valid(g_strdup_printf("%04d-%02d-%02d", year, month, day));
}
