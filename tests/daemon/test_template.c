/* Mustache's core, as its specification words it, and its bounds. */
#include <jansson.h>
#include <string.h>

#include "daemon/template.h"

static TemplateValue *value_of(TemplateData *data, const json_t *json);

/* The members of `json` into a list or map. */
static TemplateValue *filled(TemplateData *data, TemplateValue *to, const json_t *json) {
  const char *name;
  json_t *member;
  size_t i;
  json_object_foreach((json_t *)json, name, member)
      template_data_put(to, name, value_of(data, member));
  json_array_foreach(json, i, member) template_data_put(to, NULL, value_of(data, member));
  return to;
}

static TemplateValue *value_of(TemplateData *data, const json_t *json) {
  if (json_is_object(json)) return filled(data, template_data_map(data), json);
  if (json_is_array(json)) return filled(data, template_data_list(data), json);
  if (json_is_boolean(json)) return template_data_truth(data, json_is_true(json));
  g_assert_true(json_is_string(json));
  return template_data_text(data, json_string_value(json));
}

static void test_rendering(void) {
  static const struct {
    const char *template, *data, *expected;
  } rows[] = {
      {"Bonjour {{name}}!", "{'name':'Zoé & <Co>'}", "Bonjour Zoé & <Co>!"},
      {"{{{name}}} {{&name}}", "{'name':'<a>'}", "<a> <a>"},
      {"[{{missing}}]", "{}", "[]"},
      {"{{ a.b.c }}", "{'a':{'b':{'c':'deep'}}}", "deep"},
      {"[{{#}}in{{/}}{{^}}out{{/}}]", "{'a':'b'}", "[out]"},
      {"[{{a.b.c}}]", "{'a':{'b':'text'}}", "[]"},
      {"{{n}}", "{'n':'42'}", "42"},
      {"{{yes}}{{no}}", "{'yes':true,'no':false}", "true"},
      {"[{{a}}]", "{'a':{'b':'c'}}", "[]"},
      {"{{#yes}}in{{/yes}}{{^yes}}out{{/yes}}", "{'yes':true}", "in"},
      {"{{#yes}}in{{/yes}}{{^yes}}out{{/yes}}", "{'yes':false}", "out"},
      {"{{#s}}in{{/s}}{{^s}}out{{/s}}", "{'s':''}", "out"},
      {"{{#l}}{{n}},{{/l}}", "{'l':[{'n':'1'},{'n':'2'}]}", "1,2,"},
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
    json_t *members = json_loads(json, 0, NULL);
    g_assert_nonnull(members);
    g_autoptr(TemplateData) data = template_data_new();
    const TemplateValue *root = filled(data, template_data_root(data), members);
    g_autofree char *text = template_render(template, root, 1000, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(text, ==, rows[i].expected);
    json_decref(members);
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
  g_autoptr(TemplateData) data = template_data_new();
  TemplateValue *root = template_data_root(data), *list = template_data_list(data);
  for (int i = 0; i < 4; i++) template_data_put(list, NULL, template_data_text(data, "x"));
  template_data_put(root, "l", list);
  g_autofree char *fits = template_render(template, root, 40, &error);
  g_assert_no_error(error);
  g_assert_cmpuint(strlen(fits), ==, 40);
  g_assert_null(template_render(template, root, 39, &error));
  g_assert_error(error, TEMPLATE_ERROR, TEMPLATE_ERROR_TOO_LONG);
}

/* What is not UTF-8 is replaced, and a text of any length has room. */
static void test_texts(void) {
  g_autoptr(TemplateData) data = template_data_new();
  g_autofree char *longest = g_strnfill(100000, 'x');
  g_assert_cmpstr(template_data_text(data, NULL)->text, ==, "");
  g_assert_cmpstr(template_data_text(data, "a\377b")->text, ==, "a\357\277\275b");
  g_assert_cmpstr(template_data_text(data, longest)->text, ==, longest);
  g_assert_cmpuint(template_data_text(data, longest)->length, ==, 100000);
  g_assert_cmpstr(template_data_text(data, "after")->text, ==, "after");
}

/* A value of HTML leaves neither the text nor the attribute in quotes that it stands in. */
static void test_html_is_escaped(void) {
  static const struct {
    const char *template, *value, *expected;
  } rows[] = {
      {"<p>{{v}}</p>", "<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"},
      {"<a title=\"{{v}}\">", "\" onclick=\"x", "<a title=\"&quot; onclick=&quot;x\">"},
      {"<a title='{{v}}'>", "' onclick='x", "<a title='&#39; onclick=&#39;x'>"},
      {"{{v}}", "&lt;", "&amp;lt;"},
      {"{{v}}", "Zoé 山田", "Zoé 山田"},
      {"{{v}}", "", ""},
      {"{{{v}}} {{&v}} {{v}}", "<b>", "<b> <b> &lt;b&gt;"},
      {"{{#v}}{{.}}{{/v}}", "<", "&lt;"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(GError) error = NULL;
    g_autoptr(Template) template = template_parse_html(rows[i].template, "t.html", &error);
    g_assert_no_error(error);
    g_autoptr(TemplateData) data = template_data_new();
    template_data_put(template_data_root(data), "v", template_data_text(data, rows[i].value));
    g_autofree char *text = template_render(template, template_data_root(data), 1000, &error);
    g_assert_cmpstr(text, ==, rows[i].expected);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/template/rendering", test_rendering);
  g_test_add_func("/template/html-is-escaped", test_html_is_escaped);
  g_test_add_func("/template/mistakes", test_mistakes);
  g_test_add_func("/template/unknown-names-are-told", test_unknown_names_are_told);
  g_test_add_func("/template/bounds", test_bounds);
  g_test_add_func("/template/texts", test_texts);
  return g_test_run();
}
