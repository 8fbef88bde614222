/* desk_fold - see desk_fold.h. */
#include "daemon/desk/desk_fold.h"

#include <string.h>
#include <unicode/ucol.h>
#include <unicode/ustring.h>

/* --- folding ---------------------------------------------------------------------------------- */

static gboolean is_ascii(const char *text) {
  for (; *text; text++)
    if ((guchar)*text >= 0x80) return FALSE;
  return TRUE;
}

/* What no decomposition takes apart, and signs that people type one for the other. */
static const char *plain_form(gunichar c) {
  static const struct {
    gunichar c;
    const char *plain;
  } rows[] = {{0x00E6, "ae"}, {0x00F8, "o"},  {0x0111, "d"},  {0x0131, "i"}, {0x0142, "l"},
              {0x0153, "oe"}, {0x00AB, "\""}, {0x00BB, "\""}, {0x2010, "-"}, {0x2011, "-"},
              {0x2012, "-"},  {0x2013, "-"},  {0x2014, "-"},  {0x2018, "'"}, {0x2019, "'"},
              {0x02BC, "'"},  {0x201C, "\""}, {0x201D, "\""}, {0x00AD, ""},  {0x200B, ""}};
  if (c < 0x80) return NULL;
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
    if (rows[i].c == c) return rows[i].plain;
  return NULL;
}

static gboolean is_accent(gunichar c) {
  return c >= 0x0300 && c <= 0x036F;
}

char *desk_fold(const char *text) {
  if (is_ascii(text)) return g_ascii_strdown(text, -1);
  g_autofree char *valid = g_utf8_make_valid(text, -1);
  g_autofree char *apart = g_utf8_normalize(valid, -1, G_NORMALIZE_ALL);
  g_autofree char *lower = g_utf8_casefold(apart, -1);
  g_autoptr(GString) bare = g_string_sized_new(strlen(lower));
  for (const char *at = lower; *at; at = g_utf8_next_char(at)) {
    gunichar c = g_utf8_get_char(at);
    const char *plain = plain_form(c);
    if (plain)
      g_string_append(bare, plain);
    else if (!is_accent(c))
      g_string_append_unichar(bare, c);
  }
  return g_utf8_normalize(bare->str, -1, G_NORMALIZE_ALL_COMPOSE);
}

/* --- words ------------------------------------------------------------------------------------ */

/* At most so many bytes of valid text, cut at a character. */
static char *head_of(const char *text, gsize max_bytes) {
  g_autofree char *valid = g_utf8_make_valid(text, -1);
  if (strlen(valid) <= max_bytes) return g_steal_pointer(&valid);
  const char *end = g_utf8_find_prev_char(valid, valid + max_bytes + 1);
  return g_strndup(valid, end ? (gsize)(end - valid) : 0);
}

/* Cut into words where `is_part` ends; folded text. */
static GPtrArray *split(const char *text, gboolean (*is_part)(gunichar)) {
  GPtrArray *words = g_ptr_array_new_with_free_func(g_free);
  for (const char *at = text; *at;) {
    const char *begin = at;
    while (*at && is_part(g_utf8_get_char(at))) at = g_utf8_next_char(at);
    if (at > begin) g_ptr_array_add(words, g_strndup(begin, (gsize)(at - begin)));
    if (*at) at = g_utf8_next_char(at);
  }
  return words;
}

static gboolean is_no_space(gunichar c) {
  return !g_unichar_isspace(c);
}

char **desk_fold_words(const char *search, gsize max_bytes, guint most) {
  if (!search || !*search) return NULL;
  g_autofree char *head = head_of(search, max_bytes);
  g_autofree char *folded = desk_fold(head);
  g_autoptr(GPtrArray) words = split(folded, is_no_space);
  if (words->len > most) g_ptr_array_set_size(words, (gint)most);
  if (!words->len) return NULL;
  g_ptr_array_set_free_func(words, NULL);
  g_ptr_array_add(words, NULL);
  return (char **)g_ptr_array_free(g_steal_pointer(&words), FALSE);
}

gboolean desk_fold_has(const char *folded, char *const *words) {
  for (; words && *words; words++)
    if (!strstr(folded, *words)) return FALSE;
  return TRUE;
}

char *desk_fold_number(const char *word) {
  enum { DIGITS_MIN = 8 };
  g_autoptr(GString) digits = g_string_new(NULL);
  for (const char *at = word; *at; at++) {
    if (g_ascii_isdigit(*at) || (*at == '+' && at == word))
      g_string_append_c(digits, *at);
    else if (!strchr(".-/()", *at))
      return NULL;
  }
  gboolean number = digits->len >= DIGITS_MIN && digits->len < strlen(word);
  return number ? g_strdup(digits->str) : NULL;
}

/* --- the names of bodies ---------------------------------------------------------------------- */

static gboolean is_word_part(gunichar c) {
  return g_unichar_isalnum(c) || g_unichar_ismark(c);
}

/* "ville du havre" is "le havre": what the preposition has swallowed comes back. */
static const struct {
  const char *lead, *instead;
} leads[] = {{"de la ", "la "}, {"de l ", "l "}, {"des ", "les "}, {"du ", "le "},
             {"de ", ""},       {"d ", ""},      {"of the ", ""},  {"of ", ""}};
static const char *const kinds[] = {"ville",    "mairie", "commune",  "municipalite", "city",
                                    "the city", "town",   "the town", "municipality"};

/* Behind "ville ", if the text begins so; NULL. */
static const char *behind_kind(const char *text) {
  for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
    gsize size = strlen(kinds[i]);
    if (g_str_has_prefix(text, kinds[i]) && text[size] == ' ') return text + size + 1;
  }
  return NULL;
}

static char *without_kind(const char *text) {
  const char *rest = behind_kind(text);
  for (gsize i = 0; rest && i < G_N_ELEMENTS(leads); i++)
    if (g_str_has_prefix(rest, leads[i].lead) && rest[strlen(leads[i].lead)])
      return g_strconcat(leads[i].instead, rest + strlen(leads[i].lead), NULL);
  return g_strdup(text);
}

static void write_out(GPtrArray *words) {
  static const char *const rows[][2] = {{"st", "saint"}, {"ste", "sainte"}};
  for (guint i = 0; i < words->len; i++)
    for (gsize k = 0; k < G_N_ELEMENTS(rows); k++)
      if (!strcmp(words->pdata[i], rows[k][0])) {
        g_free(words->pdata[i]);
        words->pdata[i] = g_strdup(rows[k][1]);
      }
}

static void cut_end(char *text, const char *end) {
  if (g_str_has_suffix(text, end) && strlen(text) > strlen(end))
    text[strlen(text) - strlen(end)] = '\0';
}

char *desk_fold_body(const char *name) {
  g_autofree char *folded = desk_fold(name);
  g_autoptr(GPtrArray) words = split(folded, is_word_part);
  write_out(words);
  g_ptr_array_add(words, NULL);
  g_autofree char *text = g_strjoinv(" ", (char **)words->pdata);
  cut_end(text, "役所"); /* 市役所, 区役所: the town's own office */
  cut_end(text, "役場");
  return without_kind(text);
}

/* --- what a sentence is about ----------------------------------------------------------------- */

static gboolean is_filler(const char *word) {
  static const char *const words[] = {
      "a",    "au",  "aux", "avec", "ce",  "ces", "d",    "dans", "de",    "des", "du",
      "en",   "et",  "l",   "la",   "le",  "les", "leur", "nos",  "notre", "ou",  "par",
      "pour", "que", "qui", "s",    "sur", "un",  "une",  "vos",  "votre", "and", "for",
      "in",   "of",  "on",  "or",   "our", "the", "to",   "with", NULL};
  return g_strv_contains(words, word);
}

static gboolean has_no_spaces(gunichar c) {
  GUnicodeScript script = g_unichar_get_script(c);
  return script == G_UNICODE_SCRIPT_HAN || script == G_UNICODE_SCRIPT_HIRAGANA ||
         script == G_UNICODE_SCRIPT_KATAKANA || c == 0x30FC;
}

static void take(GHashTable *topics, char *word, guint most) {
  gsize size = strlen(word);
  if (size > 3 && word[size - 1] == 's') word[size - 1] = '\0';
  if (is_filler(word) || g_hash_table_size(topics) >= most)
    g_free(word);
  else
    g_hash_table_add(topics, word);
}

static void take_pairs(GHashTable *topics, const char *word, guint most) {
  const char *at = word, *next = g_utf8_next_char(at);
  if (!*next) take(topics, g_strdup(word), most);
  for (; *next; at = g_utf8_next_char(at), next = g_utf8_next_char(next))
    take(topics, g_strndup(at, (gsize)(g_utf8_next_char(next) - at)), most);
}

static gint compare_words(gconstpointer a, gconstpointer b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

GPtrArray *desk_fold_topics(const char *text, guint most) {
  g_autofree char *folded = desk_fold(text);
  g_autoptr(GPtrArray) words = split(folded, is_word_part);
  g_autoptr(GHashTable) topics = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < words->len; i++) {
    const char *word = words->pdata[i];
    if (has_no_spaces(g_utf8_get_char(word)))
      take_pairs(topics, word, most);
    else
      take(topics, g_strdup(word), most);
  }
  GPtrArray *sorted = g_ptr_array_new_with_free_func(g_free);
  GHashTableIter iter;
  gpointer word;
  g_hash_table_iter_init(&iter, topics);
  while (g_hash_table_iter_next(&iter, &word, NULL)) {
    g_ptr_array_add(sorted, word);
    g_hash_table_iter_steal(&iter);
  }
  g_ptr_array_sort(sorted, compare_words);
  return sorted;
}

/* --- the order of a language ------------------------------------------------------------------ */

enum { KEY_FIRST_BYTES = 256 };

struct DeskCollator {
  UCollator *icu; /* NULL: ICU has no data; the order of the folded bytes */
};

DeskCollator *desk_collator_new(const char *language) {
  DeskCollator *collator = g_new0(DeskCollator, 1);
  UErrorCode code = U_ZERO_ERROR;
  collator->icu = ucol_open(language, &code);
  if (collator->icu) ucol_setAttribute(collator->icu, UCOL_NUMERIC_COLLATION, UCOL_ON, &code);
  return collator;
}

void desk_collator_free(DeskCollator *collator) {
  if (!collator) return;
  if (collator->icu) ucol_close(collator->icu);
  g_free(collator);
}

/* A key of ICU ends with its only 0. */
char *desk_collator_key(DeskCollator *collator, const char *text) {
  g_autofree char *valid = g_utf8_make_valid(text, -1);
  glong length = 0;
  g_autofree gunichar2 *wide =
      collator->icu ? g_utf8_to_utf16(valid, -1, NULL, &length, NULL) : NULL;
  if (!wide) return desk_fold(valid);
  guint8 first[KEY_FIRST_BYTES];
  const UChar *source = (const UChar *)wide;
  int32_t size = ucol_getSortKey(collator->icu, source, (int32_t)length, first, sizeof first);
  if (size <= 0) return desk_fold(valid);
  char *key = g_malloc((gsize)size);
  if (size <= (int32_t)sizeof first)
    memcpy(key, first, (gsize)size);
  else
    ucol_getSortKey(collator->icu, source, (int32_t)length, (guint8 *)key, size);
  return key;
}
