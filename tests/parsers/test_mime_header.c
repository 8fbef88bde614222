/* test_mime_header - header fields as real mail writes them: addresses, encoded words, parameters.
 */
#include "parsers/mime_header.h"

#include <string.h>

enum { ADDRESSES_MAX = 1000, ADDRESS_MAX_BYTES = 1024 };

/* "address|name" of each mailbox, "; " between them. */
static char *addresses_of(const char *raw) {
  g_autoptr(GPtrArray) addresses = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
  mime_addresses_parse(raw, addresses, names);
  g_assert_cmpuint(addresses->len, ==, names->len);
  GString *out = g_string_new(NULL);
  for (guint i = 0; i < addresses->len; i++)
    g_string_append_printf(out, "%s%s|%s", i ? "; " : "", (char *)addresses->pdata[i],
                           (char *)names->pdata[i]);
  return g_string_free(out, FALSE);
}

static void test_addresses(void) {
  static const struct {
    const char *raw, *want;
  } rows[] = {
      {"Marie Durand <Marie@Ville.example>", "marie@ville.example|Marie Durand"},
      {"marie@ville.example", "marie@ville.example|"},
      {"marie@ville.example (Marie Durand)", "marie@ville.example|Marie Durand"},
      {"marie@ville.example (Marie (la maire) \\) D.)",
       "marie@ville.example|Marie (la maire) ) D."},
      {"(cachée) Marie <marie@ville.example>", "marie@ville.example|Marie"},
      {"\"Durand, Marie\" <marie@ville.example>", "marie@ville.example|Durand, Marie"},
      {"\"Marie \\\"la\\\" Durand\" <m@v.example>", "m@v.example|Marie \"la\" Durand"},
      {"Durand, Marie <marie@ville.example>", "marie@ville.example|Durand, Marie"},
      {"a@b.example, c@d.example; e@f.example", "a@b.example|; c@d.example|; e@f.example|"},
      {"Équipe : a@b.example, c@d.example;", "a@b.example|; c@d.example|"},
      {"undisclosed-recipients:;", ""},
      {"=?utf-8?q?Durand=2C_Marie?= <m@v.example>", "m@v.example|Durand, Marie"},
      /* a quote or a bracket that is never closed */
      {"\"Marie Durand <marie@ville.example>", "marie@ville.example|Marie Durand"},
      {"Marie <marie@ville.example, Paul <paul@ville.example>",
       "marie@ville.example|Marie; paul@ville.example|Paul"},
      {"(Marie marie@ville.example", ""},
      /* a local part in quotes is another one without them: rather none than that */
      {"<\"jean dupont\"@ville.example>", "\"jean dupont\"@ville.example|"},
      {"\"jean.dupont\"@ville.example", ""},
      {"<\"jean\"@ville,example>", ""},
      /* routes and links */
      {"<@relais.example,@autre.example:marie@ville.example>", "marie@ville.example|"},
      {"<mailto:marie@ville.example>", "marie@ville.example|"},
      {"", ""},
      {"Marie Durand", ""},
      {"<>", ""},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *got = addresses_of(rows[i].raw);
    if (strcmp(got, rows[i].want) != 0)
      g_test_fail_printf("'%s': '%s', not '%s'", rows[i].raw, got, rows[i].want);
  }
}

static void test_addresses_are_bounded(void) {
  g_autoptr(GPtrArray) addresses = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GString) raw = g_string_new(NULL);
  for (guint i = 0; i < ADDRESSES_MAX + 5; i++) g_string_append_printf(raw, "a%u@b.example,", i);
  mime_addresses_parse(raw->str, addresses, names);
  g_assert_cmpuint(addresses->len, ==, ADDRESSES_MAX);
  for (gsize excess = 0; excess <= 1; excess++) {
    g_autofree char *local = g_strnfill(ADDRESS_MAX_BYTES - strlen("\"\"@b.example") + excess, 'a');
    g_autofree char *quoted = g_strdup_printf("<\"%s\"@b.example>", local);
    g_autofree char *got = addresses_of(quoted);
    g_assert_cmpint(g_str_has_prefix(got, "\"aaa"), ==, excess == 0);
  }
}

static void test_words(void) {
  static const struct {
    const char *raw, *want;
  } rows[] = {
      {"=?utf-8?q?R=C3=A9union?=", "Réunion"},
      {"=?utf-8?b?UsOpdW5pb24=?=", "Réunion"},
      /* cut before its last sign, and one that lacks its filling */
      {"=?utf-8?b?UsOpdW5pb24?=", "Réunion"},
      {"=?iso-8859-1?b?6Q?= =?iso-8859-1?b?dOk?=", "été"},
      {"=?utf-8?q?la_f=C3=AAte?= =?utf-8?q?_des_jardins?=", "la fête des jardins"},
      {"=?utf-8?x?abc?=", "=?utf-8?x?abc?="},
      {"=?utf-8?q?sans fin", "sans fin"},
      {"F\303\252te", "Fête"},
      {"F\352te", "Fête"},
      {"a\x1b[2Jb\tc", "a [2Jb c"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *got = mime_decode_text(rows[i].raw);
    if (strcmp(got, rows[i].want) != 0)
      g_test_fail_printf("'%s': '%s', not '%s'", rows[i].raw, got, rows[i].want);
  }
}

static void test_parameters(void) {
  static const struct {
    const char *value, *want; /* of the parameter "name"; NULL: there is none */
  } rows[] = {
      {"text/plain; name=bulletin.txt", "bulletin.txt"},
      {"text/plain; NAME = bulletin.txt  ; charset=utf-8", "bulletin.txt"},
      {"text/plain; name=\"a;b.txt\"", "a;b.txt"},
      {"text/plain; name=\"C:\\temp\\a.txt\"", "C:\\temp\\a.txt"},
      {"text/plain; name=\"a\\\"b\\\\c\"", "a\"b\\c"},
      {"text/plain; name=\"sans fin", "sans fin"},
      {"text/plain; name*=utf-8''%C3%A9t%C3%A9.txt", "été.txt"},
      {"text/plain; name*0=bul; name*1=letin.txt", "bulletin.txt"},
      {"text/plain; name*0*=utf-8''%C3%A9; name*1=t; name*2*=%C3%A9", "été"},
      {"text/plain; name=\"=?utf-8?q?=C3=A9t=C3=A9?=\"", "été"},
      {"text/plain; name", ""},
      {"text/plain; filename=a", NULL},
      {"text/plain", NULL},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *got = mime_parameter(rows[i].value, "name");
    if (g_strcmp0(got, rows[i].want) != 0)
      g_test_fail_printf("'%s': '%s', not '%s'", rows[i].value, got, rows[i].want);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/mime-header/addresses", test_addresses);
  g_test_add_func("/mime-header/bounds", test_addresses_are_bounded);
  g_test_add_func("/mime-header/words", test_words);
  g_test_add_func("/mime-header/parameters", test_parameters);
  return g_test_run();
}
