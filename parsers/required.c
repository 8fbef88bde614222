/* required - see required.h.
 *
 * An expression's alternatives are read as a list of items; each item that must be there offers the
 * words of which it holds one: a run of letters itself, a group the words of all its alternatives.
 * The best offer is taken. Whatever is not surely understood ends a run of letters, or the reading
 * as a whole. */
#include "parsers/required.h"

#include <string.h>

enum {
  RUN_BYTES = 3,
  WORDS_MAX = 60,     /* of one offer */
  DEPTH_MAX = 20,     /* of groups */
  ENOUGH_BYTES = 6,   /* a longer word tells no more */
  RUNS_LOOKED_AT = 8, /* of one word */
};

/* It is an "s" to an expression, and nothing that folding knows. */
static const char long_s[] = "\u017f";

struct Required {
  GPtrArray *words; /* char* */
};

/* ---- a text ---- */

/* Of three bytes, which another one follows. */
static guint run_at(const char *p) {
  guint32 bytes;
  memcpy(&bytes, p, sizeof bytes);
  return ((GUINT32_FROM_LE(bytes) << 8) * 2654435761u) >> (32 - RUNS_BITS);
}

static gboolean holds_long_s(const char *text, gsize length) {
  const char *end = text + length;
  for (const char *p = text; (p = memchr(p, (guchar)long_s[0], (gsize)(end - p))); p++)
    if (p + 1 < end && p[1] == long_s[1]) return TRUE;
  return FALSE;
}

void runs_note(Runs *runs, const char *text, gsize length) {
  memset(runs, 0, sizeof *runs);
  for (gsize i = 0; i + RUN_BYTES <= length; i++) runs->seen[run_at(text + i)] = 1;
  if (holds_long_s(text, length)) memset(runs, 1, sizeof *runs);
}

static gboolean may_hold(const Runs *runs, const char *word) {
  for (guint i = 0; word[i + RUN_BYTES - 1] && i < RUNS_LOOKED_AT; i++)
    if (!runs->seen[run_at(word + i)]) return FALSE;
  return TRUE;
}

const char *runs_find(const Runs *runs, const char *text, const char *const *phrases) {
  for (; *phrases; phrases++)
    if (may_hold(runs, *phrases) && strstr(text, *phrases)) return *phrases;
  return NULL;
}

gboolean required_may_stand(const Required *required, const Runs *runs) {
  if (!required) return TRUE;
  for (guint i = 0; i < required->words->len; i++)
    if (may_hold(runs, required->words->pdata[i])) return TRUE;
  return FALSE;
}

gboolean required_append(const Required *required, GPtrArray *words) {
  g_ptr_array_add(words, (gpointer)long_s);
  for (guint i = 0; required && i < required->words->len; i++)
    g_ptr_array_add(words, required->words->pdata[i]);
  return required != NULL;
}

/* ---- an expression ---- */

typedef struct {
  const char *p;
  guint depth;
  gboolean failed; /* something was not understood */
} Source;

/* What one item or one list of them holds; takes nothing that is too short to tell. */
typedef struct {
  GPtrArray *words; /* NULL: nothing that is known */
} Offer;

static GPtrArray *words_new(void) {
  return g_ptr_array_new_with_free_func(g_free);
}

static gsize shortest(const GPtrArray *words) {
  gsize least = ENOUGH_BYTES;
  for (guint i = 0; i < words->len; i++) least = MIN(least, strlen(words->pdata[i]));
  return least;
}

/* Keep the better of both: longer words, then fewer. */
static void offer(Offer *best, GPtrArray *take_words) {
  if (!take_words) return;
  gsize length = shortest(take_words), before = best->words ? shortest(best->words) : 0;
  gboolean fits = take_words->len <= WORDS_MAX && length >= RUN_BYTES;
  if (!fits || length < before || (length == before && take_words->len >= best->words->len)) {
    g_ptr_array_unref(take_words);
    return;
  }
  if (best->words) g_ptr_array_unref(best->words);
  best->words = take_words;
}

/* White space at an end of a word is left out: the text may have lost its own. */
static void offer_run(Offer *best, GString *run) {
  GPtrArray *words = run->len >= RUN_BYTES ? words_new() : NULL;
  if (words) g_ptr_array_add(words, g_strstrip(g_strdup(run->str)));
  offer(best, words);
  g_string_truncate(run, 0);
}

/* Behind "{2}", "{2,}", "{2,4}", "{,4}" at `p`; `p` itself: it is none. */
static const char *skip_counts(const char *p) {
  if (*p != '{') return p;
  const char *at = p + 1;
  while (g_ascii_isdigit(*at)) at++;
  if (*at == ',') at++;
  while (g_ascii_isdigit(*at)) at++;
  return *at == '}' && at > p + 1 ? at + 1 : p;
}

/* Behind the quantifier at `p`, if there is one. *ret_once: what it stands behind must be there. */
static const char *skip_quantifier(const char *p, gboolean *ret_once) {
  const char *behind = skip_counts(p);
  *ret_once = TRUE;
  if (behind > p) {
    *ret_once = g_ascii_strtoull(p + 1, NULL, 10) > 0;
  } else if (*p && strchr("?*+", *p)) {
    *ret_once = *p == '+';
    behind = p + 1;
  }
  return behind > p && (*behind == '?' || *behind == '+') ? behind + 1 : behind;
}

/* Behind the class that begins here. */
static void skip_class(Source *source) {
  const char *p = source->p + 1;
  if (*p == '^') p++;
  if (*p == ']') p++;
  for (; *p && *p != ']'; p++) {
    /* quoted, or "[:alpha:]" */
    if ((*p == '\\' && (p[1] == 'Q' || p[1] == 'E')) || (*p == '[' && strchr(":.=", p[1])))
      source->failed = TRUE;
    if (*p == '\\' && p[1]) p++;
  }
  if (!*p) source->failed = TRUE;
  source->p = *p ? p + 1 : p;
}

/* Behind an escape that is no plain character: types of characters, borders of words. */
static void skip_escape(Source *source) {
  const char *p = source->p + 1;
  if (!*p || !strchr("bBdDsSwWhHvVRXAzZGtnrfaepP", *p)) source->failed = TRUE;
  gboolean property = *p == 'p' || *p == 'P';
  if (*p) p++;
  if (property && *p == '{') p += strcspn(p, "}");
  if (property && *p) p++;
  source->p = p;
}

static GPtrArray *read_alternatives(Source *source);

/* The words of the group that begins here; NULL: none is known, or it is only looked at. */
static GPtrArray *read_group(Source *source) {
  static const char *const looks[] = {"?=", "?!", "?<=", "?<!", NULL};
  const char *p = source->p + 1;
  gboolean look = FALSE, named = FALSE;
  for (guint i = 0; looks[i]; i++) look = look || g_str_has_prefix(p, looks[i]);
  named = !look && (g_str_has_prefix(p, "?<") || g_str_has_prefix(p, "?P<"));
  if (look)
    p += strspn(p, "?<=!");
  else if (named)
    p = strchr(p, '>');
  else if (g_str_has_prefix(p, "?:") || g_str_has_prefix(p, "?>"))
    p += 2;
  else if (*p == '?' || *p == '*')
    p = NULL; /* options, conditions, verbs */
  if (!p || source->depth >= DEPTH_MAX) {
    source->failed = TRUE;
    return NULL;
  }
  source->p = named ? p + 1 : p;
  source->depth++;
  GPtrArray *words = read_alternatives(source);
  source->depth--;
  if (*source->p == ')')
    source->p++;
  else
    source->failed = TRUE;
  if (!look || !words) return words;
  g_ptr_array_unref(words);
  return NULL;
}

/* A character that stands for itself in every case: no other one's case is it. */
static gboolean is_plain(const char *p) {
  return (guchar)*p < 0x80 || ((guchar)*p >= 0xE3 && (guchar)*p <= 0xE9);
}

/* One character, perhaps behind a backslash. */
static void read_char(Source *source, GString *run, Offer *best) {
  gboolean once = TRUE;
  const char *start = source->p, *next = g_utf8_next_char(start);
  const char *behind = skip_quantifier(next, &once);
  if (!is_plain(start) || !once) offer_run(best, run);
  if (is_plain(start) && once) {
    g_string_append_len(run, start, next - start);
    for (gsize i = run->len - (gsize)(next - start); i < run->len; i++)
      run->str[i] = g_ascii_tolower(run->str[i]);
  }
  if (behind > next) offer_run(best, run);
  source->p = behind;
}

/* What stands for no character of its own: a group, a class, a type, a border. */
static void read_special(Source *source, Offer *best) {
  gboolean once = TRUE;
  g_autoptr(GPtrArray) words = NULL;
  if (*source->p == '\\')
    skip_escape(source);
  else if (*source->p == '[')
    skip_class(source);
  else if (*source->p == '(')
    words = read_group(source);
  else
    source->p++;
  source->p = skip_quantifier(source->p, &once);
  if (once) offer(best, g_steal_pointer(&words));
}

/* One alternative, up to "|" or the group's end. */
static GPtrArray *read_items(Source *source) {
  Offer best = {NULL};
  g_autoptr(GString) run = g_string_new(NULL);
  while (*source->p && !strchr("|)", *source->p) && !source->failed) {
    gboolean escaped = *source->p == '\\' && source->p[1] && !g_ascii_isalnum(source->p[1]);
    if (escaped) source->p++;
    if (escaped || !strchr("\\[(.^$", *source->p)) {
      read_char(source, run, &best);
    } else {
      offer_run(&best, run);
      read_special(source, &best);
    }
  }
  offer_run(&best, run);
  return best.words;
}

/* A word that holds another of them tells no more than that one. */
static void add_word(GPtrArray *words, const char *word) {
  for (guint i = 0; i < words->len; i++)
    if (strstr(word, words->pdata[i])) return;
  g_ptr_array_add(words, g_strdup(word));
}

static GPtrArray *read_alternatives(Source *source) {
  g_autoptr(GPtrArray) all = words_new();
  gboolean known = TRUE;
  for (;;) {
    GPtrArray *words = read_items(source);
    known = known && words;
    for (guint i = 0; words && i < words->len; i++) add_word(all, words->pdata[i]);
    if (words) g_ptr_array_unref(words);
    if (source->failed || *source->p != '|') break;
    source->p++;
  }
  return known && !source->failed ? g_steal_pointer(&all) : NULL;
}

Required *required_new(const char *regex) {
  Source source = {.p = regex};
  GPtrArray *words = read_alternatives(&source);
  if (words && (source.failed || *source.p)) {
    g_ptr_array_unref(words);
    words = NULL;
  }
  if (!words) return NULL;
  Required *required = g_new0(Required, 1);
  required->words = words;
  return required;
}

void required_free(Required *required) {
  if (!required) return;
  g_ptr_array_unref(required->words);
  g_free(required);
}
