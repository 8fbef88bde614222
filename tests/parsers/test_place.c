/* test_place - where on its page a value stands, from the places of the pieces of its line. */
#include "parsers/place.h"

#include <string.h>

static TextLine *line_new(const char *words) {
  TextLine *line = g_new0(TextLine, 1);
  line->text = g_strdup(words);
  return line;
}

static void line_free(TextLine *line) {
  g_free(line->text);
  if (line->places) g_array_unref(line->places);
  g_free(line);
}

static FieldValue *value_of(const TextLine *line, const char *words) {
  FieldValue *value = field_value_new("city", words);
  const char *at = strstr(line->text, words);
  g_assert_nonnull(at);
  value->start = (guint)(at - line->text);
  value->end = value->start + (guint)strlen(words);
  place_value(value, line);
  return value;
}

static void assert_box(const FieldValue *value, double x, double y, double width, double height) {
  g_assert_cmpfloat_with_epsilon(value->x, x, 0.01);
  g_assert_cmpfloat_with_epsilon(value->y, y, 0.01);
  g_assert_cmpfloat_with_epsilon(value->width, width, 0.01);
  g_assert_cmpfloat_with_epsilon(value->height, height, 0.01);
}

static void test_around_all_its_words(void) {
  TextLine *line = line_new("Ville\tSaint Malo");
  place_add(line, (TextPlace){0, 5, 50, 100, 30, 10, 99});
  place_add(line, (TextPlace){6, 11, 200, 99, 30, 11, 80});
  place_add(line, (TextPlace){12, 16, 235, 100, 25, 10, 92});
  FieldValue *value = value_of(line, "Saint Malo");
  assert_box(value, 200, 99, 60, 11);
  g_assert_cmpuint(value->confidence, ==, 80); /* the least sure word's */
  field_value_free(value);
  line_free(line);
}

static void test_a_part_of_a_piece(void) {
  TextLine *line = line_new("Ville : Tours");
  place_add(line, (TextPlace){0, 13, 50, 100, 130, 10, 100});
  FieldValue *value = value_of(line, "Tours");
  assert_box(value, 130, 100, 50, 10);
  g_assert_cmpuint(value->confidence, ==, 100);
  field_value_free(value);
  line_free(line);
}

static void test_ideographs_are_twice_as_wide(void) {
  TextLine *line = line_new("市: 福岡");
  place_add(line, (TextPlace){0, (guint)strlen(line->text), 0, 0, 80, 10, 100});
  FieldValue *value = value_of(line, "福岡");
  assert_box(value, 40, 0, 40, 10);
  field_value_free(value);
  line_free(line);
}

static void test_no_place_no_box(void) {
  TextLine *line = line_new("Ville : Tours");
  FieldValue *typed = value_of(line, "Tours");
  g_assert_cmpfloat(typed->width, ==, 0);
  place_add(line, (TextPlace){0, 7, 50, 100, 70, 10, 40});
  FieldValue *elsewhere = value_of(line, "Tours");
  g_assert_cmpfloat(elsewhere->width, ==, 0);
  g_assert_cmpuint(elsewhere->confidence, ==, 100);
  field_value_free(typed);
  field_value_free(elsewhere);
  line_free(line);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/place/words", test_around_all_its_words);
  g_test_add_func("/place/part", test_a_part_of_a_piece);
  g_test_add_func("/place/ideographs", test_ideographs_are_twice_as_wide);
  g_test_add_func("/place/none", test_no_place_no_box);
  return g_test_run();
}
