/* name - people's names as written; splitting "DURAND Marie" where one label asks for both. */
#include <string.h>

#include "parsers/fields/field.h"
#include "parsers/given_names.h"
#include "parsers/words.h"

enum { NAME_MAX_WORDS = 8 };

/* Words that a family name may begin with and a given name does not. */
static const char *const particles[] = {"de",  "du",  "des", "le",  "la",    "les", "van", "von",
                                        "der", "den", "ten", "ben", "d'",    "di",  "da",  "del",
                                        "dos", "el",  "al",  "zu",  "saint", NULL};

const char *field_skip_title(Rules *rules, const char *raw, int *ret_choice) {
  g_auto(Fold) fold = {0};
  gsize start = 0, end = 0;
  int title = rules_role(rules, "title");
  *ret_choice = -1;
  if (title < 0 || strlen(raw) > 300) return raw;
  fold_init(&fold);
  fold_line(&fold, raw, -1);
  int choice = rules_find_choice(rules, (guint)title, &fold, 0, &start, &end);
  if (choice < 0 || start > 1) return raw;
  const char *rest = raw + fold_origin(&fold, end);
  if (*rest != ' ' && *rest != '.') return raw;
  while (*rest == ' ' || *rest == '.') rest++;
  if (!g_unichar_isalpha(g_utf8_get_char(rest))) return raw;
  *ret_choice = choice;
  return rest;
}

/* "鈴木 太郎 様": how Japan addresses people is no part of the name. */
static void drop_honorific(char *name) {
  static const char *const suffixes[] = {"様", "さま", "氏", "殿", "先生", "さん", "御中", NULL};
  for (guint i = 0; suffixes[i]; i++) {
    gsize length = strlen(name), size = strlen(suffixes[i]);
    if (length <= size || strcmp(name + length - size, suffixes[i]) != 0) continue;
    name[length - size] = '\0';
    g_strchomp(name);
    return;
  }
}

/* "佐藤 健一（さとう けんいち）": the reading in brackets is none, either. */
static void drop_reading(char *name) {
  /* "McALLISTER (Ms)" */
  char *bracket = strrchr(name, '(');
  if (bracket && bracket > name && strlen(bracket) <= 7 && strchr(bracket, ')')) {
    *bracket = '\0';
    g_strchomp(name);
    return;
  }
  char *open = strstr(name, "（");
  if (!open) open = strchr(name, '(');
  if (open && open > name && field_is_japanese(name)) {
    *open = '\0';
    g_strchomp(name);
  }
}

/* "Lacroix (son nom complet)": a remark of several words is no part of the name. */
static void drop_remark(char *name) {
  char *open = strchr(name, '(');
  if (open && open > name && strchr(open, ' ') && g_str_has_suffix(name, ")")) {
    *open = '\0';
    g_strchomp(name);
  }
}

void field_trim_name(char *name) {
  drop_remark(name);
  drop_reading(name);
  drop_honorific(name);
}

static gboolean usual(gunichar ch) {
  if (ch < 0x80) return g_ascii_isalpha((gchar)ch) || strchr(" -'.,", (int)ch) != NULL;
  return g_unichar_isalpha(ch) || g_unichar_ismark(ch) || ch == 0x2019 || ch == 0x30FB ||
         ch == 0x2010 || ch == 0x2011;
}

static void name_check(const char *name, gboolean *ret_letters, gboolean *ret_usual) {
  *ret_letters = FALSE;
  *ret_usual = TRUE;
  for (const char *p = name; *p; p = g_utf8_next_char(p)) {
    gunichar ch = g_utf8_get_char(p);
    if (g_unichar_isalpha(ch)) *ret_letters = TRUE;
    if (!usual(ch)) *ret_usual = FALSE;
  }
}

/* "Durand et Petit", "MM. Durand": not one person. */
static gboolean holds_several(char **words) {
  static const char *const signs[] = {"et",   "and",   "&",         "mm",       "mm.",
                                      "mmes", "mmes.", "messieurs", "mesdames", NULL};
  for (guint i = 0; words[i]; i++) {
    g_autofree char *folded = fold_string(words[i]);
    if (words_among(signs, folded)) return TRUE;
  }
  return FALSE;
}

FieldResult field_parse_name(const FieldContext *context, const char *raw) {
  gboolean letters, is_usual;
  int choice;
  g_autofree char *clean = field_clean_line(raw);
  field_trim_name(clean);
  const char *name = field_skip_title(context->rules, clean, &choice);
  if (name[0] == '\0') return field_blank();
  name_check(name, &letters, &is_usual);
  if (!letters) return field_invalid("not a name");
  FieldResult result = field_valid(g_strdup(name));
  g_auto(GStrv) words = g_strsplit(name, " ", NAME_MAX_WORDS + 2);
  if (holds_several(words)) result.doubt = "names of several people";
  if (strpbrk(name, ",;")) result.doubt = "more than a name";
  if (!is_usual) result.doubt = "characters that names do not have";
  if (g_strv_length(words) > NAME_MAX_WORDS) result.doubt = "many words for a name";
  return result;
}

/* ---- splitting ---- */

static gboolean all_capitals(const char *word) {
  guint letters = 0;
  for (const char *p = word; *p; p = g_utf8_next_char(p)) {
    gunichar ch = g_utf8_get_char(p);
    if (g_unichar_islower(ch)) return FALSE;
    letters += g_unichar_isalpha(ch) ? 1 : 0;
  }
  return letters >= 2;
}

static gboolean is_particle(const char *word) {
  g_autofree char *folded = fold_string(word);
  return words_among(particles, folded);
}

static char *join_words(char **words, guint from, guint to) {
  GString *out = g_string_new(NULL);
  for (guint i = from; i < to; i++)
    g_string_append_printf(out, "%s%s", i > from ? " " : "", words[i]);
  return g_string_free(out, FALSE);
}

/* Where the capitals end (they lead) or begin (they trail); 0: they tell nothing. */
static guint capitals_border(char **words, guint n, gboolean *ret_leads) {
  guint lead = 0, trail = n;
  while (lead < n && (all_capitals(words[lead]) ||
                      (is_particle(words[lead]) && lead + 1 < n && all_capitals(words[lead + 1]))))
    lead++;
  while (trail > 0 && all_capitals(words[trail - 1])) trail--;
  while (trail > 1 && trail < n && is_particle(words[trail - 1])) trail--;
  if (lead > 0 && lead < n && trail == n) {
    *ret_leads = TRUE;
    return lead;
  }
  if (trail > 0 && trail < n && lead == 0) {
    *ret_leads = FALSE;
    return trail;
  }
  return 0;
}

/* The same words in the other order in `hint` ("Yann ABDELKADER" for "ABDELKADER Yann"): where the
 * halves meet; 0: they do not. */
static guint hint_border(char **words, guint n, const char *hint) {
  g_autofree char *wanted = fold_words(hint);
  if (wanted[0] == '\0') return 0;
  for (guint k = 1; k < n; k++) {
    g_autofree char *front = join_words(words, 0, k);
    g_autofree char *back = join_words(words, k, n);
    g_autofree char *turned = g_strconcat(back, " ", front, NULL);
    g_autofree char *key = fold_words(turned);
    if (strcmp(key, wanted) == 0) return k;
  }
  return 0;
}

/* "Marie", "Jean Pierre"; not "adjointe au maire". */
static gboolean looks_given(const char *text) {
  g_auto(GStrv) words = g_strsplit(text, " ", 5);
  gunichar first = g_utf8_get_char(text);
  return !g_unichar_islower(first) && g_strv_length(words) <= 3;
}

static gboolean split_at_mark(const char *name, int given_first, char **ret_last, char **ret_first,
                              const char **ret_doubt) {
  const char *mark = strpbrk(name, ",;/");
  if (!mark || strpbrk(mark + 1, ",;/")) return FALSE;
  g_autofree char *front = g_strstrip(g_strndup(name, (gsize)(mark - name)));
  g_autofree char *back = g_strstrip(g_strdup(mark + 1));
  if (front[0] == '\0' || back[0] == '\0') return FALSE;
  if (*mark != ',' && given_first < 0) *ret_doubt = "two names, or two halves of one";
  if (!looks_given(given_first == 1 ? front : back)) *ret_doubt = "more than a name";
  gboolean swap = given_first == 1;
  *ret_last = g_strdup(swap ? back : front);
  *ret_first = g_strdup(swap ? front : back);
  return TRUE;
}

/* Where an order that the label gives puts the border; *ret_doubt where words could belong to
 * either half. */
static guint order_border(char **words, guint n, gboolean given_first, const char **ret_doubt) {
  if (n == 2) return 1;
  if (given_first)
    for (guint i = 1; i + 1 < n; i++)
      if (is_particle(words[i])) return i;
  *ret_doubt = "where the family name ends was guessed";
  return given_first ? 1 : n - 1;
}

/* Which half is the given one, where the words themselves tell: 1 the first, 0 the last, -1 they do
 * not. */
static int known_order(char **words, guint n) {
  GivenName front = given_name_of(words[0]), back = given_name_of(words[n - 1]);
  if (front == GIVEN_NAME_SURE && back == GIVEN_NAME_UNKNOWN) return 1;
  if (back == GIVEN_NAME_SURE && front == GIVEN_NAME_UNKNOWN) return 0;
  return -1;
}

gboolean field_split_name(const char *raw, int given_first, const char *hint, char **ret_last,
                          char **ret_first, const char **ret_doubt) {
  g_autofree char *name = field_clean_line(raw);
  gboolean leads = TRUE;
  field_trim_name(name);
  *ret_doubt = NULL;
  if (split_at_mark(name, given_first, ret_last, ret_first, ret_doubt)) return TRUE;
  g_auto(GStrv) words = g_strsplit(name, " ", NAME_MAX_WORDS + 1);
  guint n = g_strv_length(words), border = 0;
  if (n < 2 || n > NAME_MAX_WORDS) return FALSE;
  gboolean japanese = field_is_japanese(name);
  if (given_first < 0 && japanese) given_first = 0;
  if ((border = capitals_border(words, n, &leads)) == 0) {
    if (given_first < 0) given_first = known_order(words, n);
    leads = given_first != 1;
    border = hint_border(words, n, hint);
    if (border && given_first < 0) *ret_doubt = "which half is the family name was guessed";
    if (!border) {
      if (given_first < 0) {
        leads = FALSE;
        *ret_doubt = "which half is the family name was guessed";
      }
      const char *doubt = NULL;
      border = order_border(words, n, !leads, &doubt);
      if (doubt) *ret_doubt = doubt;
    }
  }
  g_autofree char *front = join_words(words, 0, border);
  g_autofree char *back = join_words(words, border, n);
  *ret_last = g_strdup(leads ? front : back);
  *ret_first = g_strdup(leads ? back : front);
  return TRUE;
}
