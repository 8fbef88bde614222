/* review_words - see review_words.h. */
#include "daemon/desk/review_words.h"

#include <stdarg.h>
#include <string.h>

enum { REASON_DEPTH_MAX = 4, REASON_STARS_MAX = 6, REASON_MAX_BYTES = 8 << 10 };

static const char *const codes[WORDS_LANGUAGES] = {"fr", "en", "ja"};
static const char *const own_names[WORDS_LANGUAGES] = {"Français", "English", "日本語"};

const char *words_code(WordsLanguage language) {
  return codes[language];
}

const char *words_own_name(WordsLanguage language) {
  return own_names[language];
}

int words_parse(const char *code) {
  for (int i = 0; i < WORDS_LANGUAGES; i++) {
    gsize length = strlen(codes[i]);
    if (!g_ascii_strncasecmp(code, codes[i], length) && (!code[length] || code[length] == '-'))
      return i;
  }
  return -1;
}

WordsLanguage words_choose(const char *accept_language) {
  g_auto(GStrv) parts = g_strsplit(accept_language ? accept_language : "", ",", 32);
  double best = 0;
  int found = WORDS_FR;
  for (char **part = parts; *part; part++) {
    g_auto(GStrv) halves = g_strsplit(*part, ";", 2);
    if (!halves[0]) continue;
    const char *q = halves[1] ? strstr(halves[1], "q=") : NULL;
    double weight = q ? g_ascii_strtod(q + 2, NULL) : 1;
    int language = words_parse(g_strstrip(halves[0]));
    if (language < 0 || !(weight > best)) continue;
    best = weight;
    found = language;
  }
  return (WordsLanguage)found;
}

/* --- the page's own texts --------------------------------------------------------------------- */

const char *words_find(WordsLanguage language, const char *key) {
  for (guint i = 0; i < WORDS_TABLE_COUNT; i++)
    if (!strcmp(WORDS_TABLE[i].key, key)) return WORDS_TABLE[i].texts[language];
  return NULL;
}

const char *words(WordsLanguage language, const char *key) {
  const char *text = words_find(language, key);
  if (!text) g_error("no text '%s' on the page", key);
  return text;
}

const char *words_of(WordsLanguage language, const char *group, const char *word) {
  g_autofree char *key = g_strconcat(group, ".", word, NULL);
  g_autofree char *other = g_strconcat(group, ".other", NULL);
  const char *text = words_find(language, key);
  if (!text) text = words_find(language, other);
  return text ? text : word;
}

/* "{2:field}" at `at`: its number (1..) and the word behind the colon; where it ends, or NULL. */
static const char *read_place(const char *at, guint *ret_number, char *ret_form, gsize size) {
  if (at[0] != '{' || !g_ascii_isdigit(at[1])) return NULL;
  const char *end = strchr(at, '}');
  if (!end) return NULL;
  *ret_number = (guint)(at[1] - '0');
  gsize length = at[2] == ':' ? (gsize)(end - at - 3) : 0;
  g_strlcpy(ret_form, at + 3, MIN(length + 1, size));
  if (!length) *ret_form = '\0';
  return end + 1;
}

char *words_fill(WordsLanguage language, const char *key, ...) {
  const char *values[10] = {NULL};
  guint count = 0;
  va_list args;
  va_start(args, key);
  for (const char *value; (value = va_arg(args, const char *)) && count < G_N_ELEMENTS(values);)
    values[count++] = value;
  va_end(args);
  GString *out = g_string_new(NULL);
  for (const char *at = words(language, key); *at;) {
    guint number;
    char form[16];
    const char *behind = read_place(at, &number, form, sizeof form);
    if (behind && number >= 1 && number <= count) g_string_append(out, values[number - 1]);
    if (!behind) g_string_append_c(out, *at);
    at = behind ? behind : at + 1;
  }
  return g_string_free(out, FALSE);
}

char *words_count(WordsLanguage language, const char *key, guint64 number) {
  gboolean one = language != WORDS_JA && (number == 1 || (language == WORDS_FR && number == 0));
  g_autofree char *whole = g_strconcat(key, one ? ".one" : ".many", NULL);
  g_autofree char *digits = g_strdup_printf("%" G_GUINT64_FORMAT, number);
  return words_fill(language, whole, digits, (char *)NULL);
}

/* --- the program's English -------------------------------------------------------------------- */

typedef struct {
  WordsLanguage language;
  const Event *event;
  gboolean foreign;
  guint depth;
} Telling;

static char *tell(Telling *telling, const char *english);

/* "*: two" against `line`: what each star stands for, each as short as it can be. */
static gboolean fits(const char *pattern, const char *line, char **stars, guint *ret_count) {
  guint count = 0;
  for (;;) {
    const char *star = strchr(pattern, '*');
    gsize literal = star ? (gsize)(star - pattern) : strlen(pattern);
    if (strncmp(pattern, line, literal)) break;
    line += literal;
    pattern += literal;
    if (!star) {
      *ret_count = count;
      if (!*line) return TRUE;
      break;
    }
    pattern++;
    const char *stop = strchr(pattern, '*');
    g_autofree char *next = stop ? g_strndup(pattern, (gsize)(stop - pattern)) : g_strdup(pattern);
    gsize length = strlen(line), tail = strlen(next);
    const char *end = !*next                                                  ? line + length
                      : stop                                                  ? strstr(line, next)
                      : length >= tail && !strcmp(line + length - tail, next) ? line + length - tail
                                                                              : NULL;
    if (!end || end == line || count == REASON_STARS_MAX) break;
    stars[count++] = g_strndup(line, (gsize)(end - line));
    line = end;
  }
  for (guint i = 0; i < count; i++) g_clear_pointer(&stars[i], g_free);
  return FALSE;
}

/* "2.last_name" → its label, with the participant's number. */
static char *tell_field(const Telling *telling, const char *name) {
  const char *dot = strchr(name, '.'), *bare = dot && g_ascii_isdigit(*name) ? dot + 1 : name;
  if (!telling->event || !event_field(telling->event, bare)) return g_strdup(name);
  const char *label = event_label(telling->event, codes[telling->language], bare);
  return bare == name ? g_strdup(label)
                      : g_strdup_printf("%s (%.*s)", label, (int)(dot - name), name);
}

static char *tell_fields(const Telling *telling, const char *names) {
  g_auto(GStrv) all = g_strsplit_set(names, ", ", -1);
  GString *out = g_string_new(NULL);
  for (char **name = all; *name; name++) {
    if (!**name) continue;
    g_autofree char *label = tell_field(telling, *name);
    g_string_append_printf(out, "%s%s", out->len ? ", " : "", label);
  }
  return g_string_free(out, FALSE);
}

char *words_who(WordsLanguage language, const char *who) {
  static const struct {
    const char *prefix, *key;
  } kinds[] = {{"page:", "who_page"}, {"admin:", "who_admin"}};
  for (guint i = 0; i < G_N_ELEMENTS(kinds); i++)
    if (g_str_has_prefix(who, kinds[i].prefix))
      return words_fill(language, kinds[i].key, who + strlen(kinds[i].prefix), (char *)NULL);
  if (!strcmp(who, "sender")) return g_strdup(words(language, "who_sender"));
  if (!strcmp(who, "another mail")) return g_strdup(words(language, "who_mail"));
  if (!strcmp(who, "bounce")) return g_strdup(words(language, "who_bounce"));
  return g_strdup(who);
}

static char *tell_as(Telling *telling, const char *form, const char *what) {
  static const char *const groups[] = {"kind",  "language", "status", "reply",
                                       "state", "history",  "role",   NULL};
  if (!strcmp(form, "field")) return tell_field(telling, what);
  if (!strcmp(form, "fields")) return tell_fields(telling, what);
  if (!strcmp(form, "reason")) return tell(telling, what);
  if (!strcmp(form, "who")) return words_who(telling->language, what);
  for (const char *const *group = groups; *group; group++)
    if (!strcmp(form, *group)) {
      g_autofree char *key = g_strconcat(*group, ".", what, NULL);
      const char *text = words_find(telling->language, key);
      return g_strdup(text ? text : what);
    }
  /* "an address like name@example.org": what is like it, in any language. */
  const char *like = !strcmp(form, "form") ? strstr(what, " like ") : NULL;
  return g_strdup(like ? like + strlen(" like ") : what);
}

static char *fill_stars(Telling *telling, const char *text, char **stars, guint count) {
  GString *out = g_string_new(NULL);
  while (*text) {
    guint number;
    char form[16];
    const char *behind = read_place(text, &number, form, sizeof form);
    if (behind && number >= 1 && number <= count) {
      g_autofree char *told = tell_as(telling, form, stars[number - 1]);
      g_string_append(out, told);
    } else if (!behind) {
      g_string_append_c(out, *text);
    }
    text = behind ? behind : text + 1;
  }
  return g_string_free(out, FALSE);
}

/* "phone: more than one number": a field of the event before the colon. */
static char *tell_field_doubt(Telling *telling, const char *piece) {
  const char *colon = strstr(piece, ": ");
  g_autofree char *name = colon ? g_strndup(piece, (gsize)(colon - piece)) : NULL;
  if (!name || !telling->event || !event_field(telling->event, name)) return NULL;
  g_autofree char *label = tell_field(telling, name), *rest = tell(telling, colon + 2);
  return g_strdup_printf(telling->language == WORDS_FR ? "%s\u00a0: %s" : "%s: %s", label, rest);
}

/* "250 2.0.0 Ok": a mail server's own words, the same in every language. */
static gboolean is_server_reply(const char *piece) {
  return strchr("245", *piece) && *piece && g_ascii_isdigit(piece[1]) &&
         g_ascii_isdigit(piece[2]) && (!piece[3] || piece[3] == ' ');
}

/* "… at 2019-06-20T10:15:00+02:00": when somebody was quicker. The time in words, and the length of
 * what stands before it; NULL: no such end. */
static char *tell_time(const Telling *telling, const char *piece, gsize *ret_length) {
  enum { TIME_CHARS = 25, AT_CHARS = 4 };
  gsize length = strlen(piece);
  if (length <= TIME_CHARS + AT_CHARS) return NULL;
  const char *time = piece + length - TIME_CHARS;
  g_autoptr(GDateTime) when = g_date_time_new_from_iso8601(time, NULL);
  if (!when || strncmp(time - AT_CHARS, " at ", AT_CHARS)) return NULL;
  g_autoptr(GTimeZone) zone = telling->event && telling->event->zone
                                  ? g_time_zone_ref(telling->event->zone)
                                  : g_time_zone_new_local();
  *ret_length = length - TIME_CHARS - AT_CHARS;
  return words_time(telling->language, g_date_time_to_unix(when), zone);
}

static char *tell_piece(Telling *telling, const char *piece) {
  gsize before = 0;
  g_autofree char *time = tell_time(telling, piece, &before);
  if (time) {
    g_autofree char *rest = g_strndup(piece, before), *told = tell_piece(telling, rest);
    return g_strdup_printf(telling->language == WORDS_JA ? "%s（%s）" : "%s (%s)", told, time);
  }
  for (guint i = 0; i < REASONS_TABLE_COUNT; i++) {
    char *stars[REASON_STARS_MAX] = {NULL};
    guint count = 0;
    if (!fits(REASONS_TABLE[i].key, piece, stars, &count)) continue;
    char *told = fill_stars(telling, REASONS_TABLE[i].texts[telling->language], stars, count);
    for (guint k = 0; k < count; k++) g_free(stars[k]);
    return told;
  }
  if (is_server_reply(piece)) return g_strdup(piece);
  char *doubt = tell_field_doubt(telling, piece);
  if (doubt) return doubt;
  telling->foreign = telling->foreign || telling->language != WORDS_EN;
  return g_strdup(piece);
}

/* Piece by piece: the rows know one thing each. */
static char *tell(Telling *telling, const char *english) {
  if (telling->depth == REASON_DEPTH_MAX) return g_strdup(english);
  telling->depth++;
  g_auto(GStrv) pieces = g_strsplit(english, "; ", -1);
  GString *out = g_string_new(NULL);
  for (char **piece = pieces; *piece; piece++) {
    g_autofree char *told = tell_piece(telling, *piece);
    const char *between = telling->language == WORDS_FR   ? "\u00a0; "
                          : telling->language == WORDS_JA ? "；"
                                                          : "; ";
    g_string_append_printf(out, "%s%s", out->len ? between : "", told);
  }
  telling->depth--;
  return g_string_free(out, FALSE);
}

char *words_reason(WordsLanguage language, const Event *event, const char *english,
                   gboolean *ret_foreign) {
  Telling telling = {.language = language, .event = event};
  g_autofree char *cut = strlen(english) > REASON_MAX_BYTES
                             ? g_utf8_make_valid(english, REASON_MAX_BYTES)
                             : g_strdup(english);
  char *told = tell(&telling, cut);
  *ret_foreign = telling.foreign;
  return told;
}

/* --- times and sizes -------------------------------------------------------------------------- */

static const char *const months[WORDS_LANGUAGES][12] = {
    {"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
     "octobre", "novembre", "décembre"},
    {"January", "February", "March", "April", "May", "June", "July", "August", "September",
     "October", "November", "December"},
    {NULL}};

static char *format_time(WordsLanguage language, gint64 time, GTimeZone *zone, gboolean clock) {
  g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(time);
  g_autoptr(GDateTime) at = utc ? g_date_time_to_timezone(utc, zone) : NULL;
  if (!at) return g_strdup("–");
  int year = g_date_time_get_year(at), month = g_date_time_get_month(at),
      day = g_date_time_get_day_of_month(at);
  g_autofree char *hour = clock ? g_date_time_format(at, "%H:%M") : g_strdup("");
  if (language == WORDS_JA)
    return g_strdup_printf("%d年%d月%d日%s%s", year, month, day, clock ? " " : "", hour);
  const char *name = months[language][month - 1];
  const char *between = !clock ? "" : language == WORDS_FR ? " à " : ", ";
  return g_strdup_printf("%d%s %s %d%s%s", day, language == WORDS_FR && day == 1 ? "er" : "", name,
                         year, between, hour);
}

char *words_time(WordsLanguage language, gint64 time, GTimeZone *zone) {
  return format_time(language, time, zone, TRUE);
}

char *words_day(WordsLanguage language, gint64 time, GTimeZone *zone) {
  return format_time(language, time, zone, FALSE);
}

static char *span_of(WordsLanguage language, const char *prefix, gint64 seconds) {
  static const struct {
    gint64 from, unit;
    const char *key;
  } units[] = {{86400, 86400, "_days"}, {3600, 3600, "_hours"}, {0, 60, "_minutes"}};
  guint i = 0;
  while (seconds < units[i].from) i++;
  g_autofree char *key = g_strconcat(prefix, units[i].key, NULL);
  return words_count(language, key, (guint64)MAX(seconds / units[i].unit, 1));
}

char *words_ago(WordsLanguage language, gint64 time, gint64 now) {
  if (now - time < 60) return g_strdup(words(language, "ago_now"));
  return span_of(language, "ago", now - time);
}

char *words_span(WordsLanguage language, gint64 seconds) {
  return span_of(language, "span", MAX(seconds, 0));
}

char *words_bytes(WordsLanguage language, guint64 bytes) {
  const char *key = bytes < 1000 ? "size_bytes" : bytes < 1000000 ? "size_kib" : "size_mib";
  guint64 unit = bytes < 1000 ? 1 : bytes < 1000000 ? 1000 : 100000;
  guint64 rounded = (bytes + unit / 2) / unit;
  g_autofree char *number =
      bytes < 1000000 ? g_strdup_printf("%" G_GUINT64_FORMAT, rounded)
                      : g_strdup_printf("%" G_GUINT64_FORMAT "%c%" G_GUINT64_FORMAT, rounded / 10,
                                        language == WORDS_FR ? ',' : '.', rounded % 10);
  return words_fill(language, key, number, (char *)NULL);
}
