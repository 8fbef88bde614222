/* Labels that lie, labels that ICU lacks, and no label at all. */
#include "parsers/charset.h"

#include <string.h>

static const struct {
  const char *bytes, *label, *text, *used;
  gboolean guessed;
} rows[] = {
    {"abc", NULL, "abc", "utf-8", FALSE},
    {"abc", "x-unknown", "abc", "utf-8", FALSE},
    {"abc", "windows-1252", "abc", "utf-8", FALSE},
    {"Pr\303\251nom", "utf-8", "Prénom", "utf-8", FALSE},
    {"Pr\303\251nom", "UTF8", "Prénom", "utf-8", FALSE},
    {"Pr\303\251nom", NULL, "Prénom", "utf-8", FALSE},
    {"Pr\303\251nom", "iso-8859-1", "Prénom", "utf-8", TRUE}, /* valid UTF-8 wins */
    {"Pr\303\251nom", "us-ascii", "Prénom", "utf-8", FALSE},
    {"Pr\351nom", "iso-8859-1", "Prénom", "windows-1252", FALSE},
    {"Pr\351nom", "\"ISO-8859-1\"", "Prénom", "windows-1252", FALSE},
    {"l\222\351t\351 \200", "iso-8859-1", "l’été €", "windows-1252", FALSE},
    {"\244 \275", "iso-8859-15", "€ œ", "iso-8859-15", FALSE},
    {"Pr\351nom : Ga\353lle, t\351l\351phone d\351j\340 donn\351", "utf-8",
     "Prénom : Gaëlle, téléphone déjà donné", "windows-1252", TRUE},
    {"Pr\351nom", "no-such-set", "Prénom", "windows-1252", TRUE},
    {"Pr\351nom", NULL, "Prénom", "windows-1252", TRUE},
    {"\033$B;aL>\033(B", "iso-2022-jp", "氏名", "iso-2022-jp", FALSE},
    {"\033$B;aL>\033(B", "iso-2022-jp-ms", "氏名", "iso-2022-jp", FALSE},
    {"\033$B;aL>\033(B", NULL, "氏名", "iso-2022-jp", TRUE},
    {"\033$B;aL>\033(B", "us-ascii", "氏名", "iso-2022-jp", TRUE},
    {"\216\201\226\274", "x-sjis", "氏名", "shift_jis", FALSE},
    {"\216\201\226\274 \207@", "shift_jis", "氏名 ①", "shift_jis", FALSE},
    {"\373\374", "cp932", "髙", "shift_jis", FALSE},
    {"\273\341\314\276", "euc-jp", "氏名", "euc-jp", FALSE},
    {"Pr+AOk-nom", "unicode-1-1-utf-7", "Prénom", "utf-7", FALSE},
    {"\357\273\277abc", "iso-8859-1", "abc", "utf-8", FALSE},
    {"Pr\216nom", "x-mac-roman", "Prénom", "macintosh", FALSE},
};

static void test_rows(void) {
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    const char *used = NULL;
    gboolean guessed = FALSE;
    g_autofree char *text = charset_to_utf8((const guint8 *)rows[i].bytes, strlen(rows[i].bytes),
                                            rows[i].label, &used, &guessed);
    g_autofree char *lower = g_ascii_strdown(used, -1);
    if (strcmp(text, rows[i].text) != 0) g_error("row %zu: '%s'", i, text);
    if (strcmp(lower, rows[i].used) != 0) g_error("row %zu: read as %s", i, used);
    if (guessed != rows[i].guessed) g_error("row %zu: guessed %d", i, guessed);
  }
}

static void test_long_japanese_without_label(void) {
  const char *text =
      "団体名：金沢市　氏名：山田太郎　役職：国際交流課長　住所：石川県金沢市広坂一丁目。"
      "お世話になっております。標記の件、下記のとおり回答いたします。";
  static const char *const sets[] = {"SHIFT_JIS", "EUC-JP"};
  for (gsize i = 0; i < G_N_ELEMENTS(sets); i++) {
    gsize size = 0;
    g_autofree char *bytes = g_convert(text, -1, sets[i], "UTF-8", NULL, &size, NULL);
    g_assert_nonnull(bytes);
    g_autofree char *plain = charset_to_utf8((const guint8 *)bytes, size, NULL, NULL, NULL);
    g_assert_cmpstr(plain, ==, text);
    g_autofree char *lied = charset_to_utf8((const guint8 *)bytes, size, "iso-8859-1", NULL, NULL);
    g_assert_cmpstr(lied, ==, text);
  }
}

static void test_nul_and_damage(void) {
  g_autofree char *nul = charset_to_utf8((const guint8 *)"a\0b", 3, "utf-8", NULL, NULL);
  g_assert_cmpstr(nul, ==, "a\357\277\275b");
  const char *damaged = "\303\251\303\250\303\240 \303\251\303\264 \377 \303\251";
  g_autofree char *kept =
      charset_to_utf8((const guint8 *)damaged, strlen(damaged), "utf-8", NULL, NULL);
  g_assert_cmpstr(kept, ==, "éèà éô \357\277\275 é");
}

/* Whatever comes, it is UTF-8 that comes out. */
static void test_never_fails(void) {
  static const char *const labels[] = {NULL,      "utf-8",  "utf-16", "iso-2022-jp", "shift_jis",
                                       "gb18030", "utf-7",  "hz",     "iso-2022-kr", "\xff",
                                       "euc-jp",  "utf-32", "scsu",   "bocu-1",      "ebcdic-us"};
  GRand *rand = g_rand_new_with_seed(1);
  for (int round = 0; round < 300; round++) {
    guint8 bytes[64];
    gsize size = (gsize)g_rand_int_range(rand, 0, sizeof bytes);
    for (gsize i = 0; i < size; i++) bytes[i] = (guint8)g_rand_int_range(rand, 0, 256);
    for (gsize i = 0; i < G_N_ELEMENTS(labels); i++) {
      g_autofree char *text = charset_to_utf8(bytes, size, labels[i], NULL, NULL);
      g_assert_true(g_utf8_validate(text, -1, NULL));
    }
  }
  g_rand_free(rand);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/charset/rows", test_rows);
  g_test_add_func("/charset/japanese", test_long_japanese_without_label);
  g_test_add_func("/charset/damage", test_nul_and_damage);
  g_test_add_func("/charset/never-fails", test_never_fails);
  return g_test_run();
}
