/* Mustache's core, as its specification words it, and its bounds. */
#include <string.h>

#include "daemon/template.h"

static void test_rendering(void) {
  static const struct {
    const char *template, *data, *expected;
  } rows[] = {
      {"Bonjour {{name}}!", "{'name':'Zoé & <Co>'}", "Bonjour Zoé & <Co>!"},
      {"{{{name}}} {{&name}}", "{'name':'<a>'}", "<a> <a>"},
      {"[{{missing}}]", "{}", "[]"},
      {"{{ a.b.c }}", "{'a':{'b':{'c':'deep'}}}", "deep"},
      {"[{{a.b.c}}]", "{'a':{'b':'text'}}", "[]"},
      {"{{n}}", "{'n':42}", "42"},
      {"{{#yes}}in{{/yes}}{{^yes}}out{{/yes}}", "{'yes':true}", "in"},
      {"{{#yes}}in{{/yes}}{{^yes}}out{{/yes}}", "{'yes':false}", "out"},
      {"{{#s}}in{{/s}}{{^s}}out{{/s}}", "{'s':''}", "out"},
      {"{{#l}}{{n}},{{/l}}", "{'l':[{'n':1},{'n':2}]}", "1,2,"},
      {"{{#l}}{{.}},{{/l}}{{^l}}none{{/l}}", "{'l':['a','b']}", "a,b,"},
      {"{{^l}}none{{/l}}", "{'l':[]}", "none"},
      {"{{#o}}{{a}}{{b}}{{/o}}", "{'a':'out','b':'side','o':{'a':'in'}}", "inside"},
      {"a\n{{#yes}}\nb\n{{/yes}}\nc\n", "{'yes':true}", "a\nb\nc\n"},
      {"a\r\n  {{#yes}}\r\nb\r\n{{/yes}}\r\nc", "{'yes':true}", "a\r\nb\r\nc"},
      {"a\n{{! a remark }}\nb", "{}", "a\nb"},
      {"a {{! a remark }}b", "{}", "a b"},
      {"{{=<% %>=}}<% name %> {{name}}", "{'name':'x'}", "x {{name}}"},
      {"{{#a}}{{#b}}{{c}}{{/b}}{{/a}}", "{'a':{'b':{'c':'x'}}}", "x"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(GError) error = NULL;
    g_autoptr(Template) template = template_parse(rows[i].template, "t.txt", &error);
    g_assert_no_error(error);
    g_autofree char *json = g_strdelimit(g_strdup(rows[i].data), "'", '"');
    json_t *data = json_loads(json, 0, NULL);
    g_assert_nonnull(data);
    g_autofree char *text = template_render(template, data, 1000, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(text, ==, rows[i].expected);
    json_decref(data);
  }
}

static void test_mistakes(void) {
  static const struct {
    const char *template, *message;
  } rows[] = {
      {"a\n{{#open}}\nb", "t.txt:2: section 'open' is not closed"},
      {"a\n\n{{/close}}", "t.txt:3: this closes no open section: 'close'"},
      {"{{#a}}{{#b}}{{/a}}{{/b}}", "t.txt:1: this closes no open section: 'a'"},
      {"x {{name", "t.txt:1: a tag is not closed with '}}'"},
      {"{{>part}}", "t.txt:1: partials are not known here: 'part'"},
      {"{{two words}}", "t.txt:1: a name is one word, not 'two words'"},
      {"{{}}", "t.txt:1: a name is one word, not ''"},
      {"{{=a=}}", "t.txt:1: delimiters are two words without '=', not 'a'"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(GError) error = NULL;
    g_assert_null(template_parse(rows[i].template, "t.txt", &error));
    g_assert_error(error, TEMPLATE_ERROR, TEMPLATE_ERROR_SYNTAX);
    g_assert_cmpstr(error->message, ==, rows[i].message);
  }
}

static void test_unknown_names_are_told(void) {
  static const char *const known[] = {"people", "name", "fields.email", NULL};
  g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(Template) template = template_parse(
      "{{#people}}\n{{nmae}} {{name}} {{.}}\n{{/people}}\n{{fields.emial}}", "t.txt", NULL);
  template_check(template, known, problems);
  g_assert_cmpuint(problems->len, ==, 2);
  g_assert_cmpstr(problems->pdata[0], ==, "t.txt:2: unknown field 'nmae'; did you mean 'name'?");
  g_assert_cmpstr(problems->pdata[1], ==,
                  "t.txt:4: unknown field 'fields.emial'; did you mean 'fields.email'?");
}

static void test_bounds(void) {
  g_autoptr(GError) error = NULL;
  g_autoptr(GString) deep = g_string_new(NULL);
  for (int i = 0; i < 100; i++) g_string_append(deep, "{{#a}}");
  g_assert_null(template_parse(deep->str, "t.txt", &error));
  g_assert_error(error, TEMPLATE_ERROR, TEMPLATE_ERROR_SYNTAX);
  g_clear_error(&error);
  g_autoptr(Template) template = template_parse("{{#l}}0123456789{{/l}}", "t.txt", NULL);
  json_t *data = json_pack("{s:[iiii]}", "l", 1, 2, 3, 4);
  g_autofree char *fits = template_render(template, data, 40, &error);
  g_assert_no_error(error);
  g_assert_cmpuint(strlen(fits), ==, 40);
  g_assert_null(template_render(template, data, 39, &error));
  g_assert_error(error, TEMPLATE_ERROR, TEMPLATE_ERROR_TOO_LONG);
  json_decref(data);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/template/rendering", test_rendering);
  g_test_add_func("/template/mistakes", test_mistakes);
  g_test_add_func("/template/unknown-names-are-told", test_unknown_names_are_told);
  g_test_add_func("/template/bounds", test_bounds);
  return g_test_run();
}
