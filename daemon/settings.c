/* settings - see settings.h. */
#include "daemon/settings.h"

#include <string.h>

#include "daemon/util.h"

enum { LINE_MAX_CHARS = 2000, NEAR_MAX_EDITS = 3, WORD_MAX_CHARS = 64, KNOWN_MAX = 64 };

G_DEFINE_QUARK(bulletind - config - error - quark, config_error)

/* --- problems ------------------------------------------------------------------------------- */

void settings_problem(SettingReader *reader, const YamlNode *node, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *text = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  yaml_problem(reader->problems, reader->file, node->line, "%s", text);
}

/* Edit distance with neighbours changed places counted once (optimal string alignment). */
static guint edits(const char *a, const char *b) {
  gsize n = strlen(a), m = strlen(b);
  guint rows[3][WORD_MAX_CHARS + 1];
  if (n > WORD_MAX_CHARS || m > WORD_MAX_CHARS) return G_MAXUINT;
  for (guint j = 0; j <= m; j++) rows[0][j] = j;
  for (guint i = 1; i <= n; i++) {
    guint *row = rows[i % 3], *last = rows[(i + 2) % 3], *before = rows[(i + 1) % 3];
    row[0] = i;
    for (guint j = 1; j <= m; j++) {
      row[j] = MIN(MIN(last[j], row[j - 1]) + 1, last[j - 1] + (a[i - 1] != b[j - 1]));
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = MIN(row[j], before[j - 2] + 1);
    }
  }
  return rows[n % 3][m];
}

const char *config_nearest(const char *word, const char *const *known) {
  const char *nearest = NULL;
  guint least = (guint)MIN(NEAR_MAX_EDITS, strlen(word) / 2) + 1;
  g_autofree char *lower = g_ascii_strdown(word, -1);
  for (; *known; known++) {
    guint distance = edits(lower, *known);
    if (distance >= least) continue;
    least = distance;
    nearest = *known;
  }
  return nearest;
}

char *settings_hint(const char *word, const char *const *known) {
  const char *nearest = config_nearest(word, known);
  if (nearest) return g_strdup_printf("; did you mean '%s'?", nearest);
  g_autofree char *all = g_strjoinv(", ", (char **)known);
  return g_strdup_printf("; known: %s", all);
}

gboolean settings_expect(SettingReader *reader, const YamlNode *node, NodeKind kind,
                         const char *what) {
  if (yaml_is_null(node) && (kind != NODE_SCALAR || !*node->text)) {
    settings_problem(reader, node, "%s has no value; give it one or remove the line", what);
    return FALSE;
  }
  if (node->kind == kind || kind == NODE_ANY) return TRUE;
  settings_problem(reader, node, "%s is %s; it must be %s", what, yaml_kind_name(node->kind),
                   yaml_kind_name(kind));
  return FALSE;
}

/* --- texts ------------------------------------------------------------------------------------ */

static gboolean is_one_line(const char *text) {
  for (const char *at = text; *at; at = g_utf8_next_char(at)) {
    gunichar c = g_utf8_get_char(at);
    if (g_unichar_iscntrl(c) || c == 0x2028 || c == 0x2029) return FALSE;
  }
  return TRUE;
}

static gboolean read_text(SettingReader *reader, const Setting *setting, const YamlNode *node,
                          void *at) {
  if (!is_one_line(node->text)) {
    settings_problem(reader, node,
                     "%s holds a line break or a control character; "
                     "it must be one line",
                     setting->key);
    return FALSE;
  }
  if (g_utf8_strlen(node->text, -1) > LINE_MAX_CHARS) {
    settings_problem(reader, node, "%s is longer than %d characters", setting->key, LINE_MAX_CHARS);
    return FALSE;
  }
  string_set(at, node->text);
  return TRUE;
}

static gboolean read_fulltext(SettingReader *reader, const Setting *setting, const YamlNode *node,
                              void *at) {
  (void)reader, (void)setting;
  string_set(at, node->text);
  return TRUE;
}

static gboolean read_path(SettingReader *reader, const Setting *setting, const YamlNode *node,
                          void *at) {
  char *path = NULL;
  if (!read_text(reader, setting, node, &path)) return FALSE;
  if (!*path) {
    settings_problem(reader, node, "%s is empty; give a path or remove the line", setting->key);
    g_free(path);
    return FALSE;
  }
  g_autofree char *folder = g_path_get_dirname(reader->file);
  g_free(*(char **)at);
  gboolean as_it_is = g_path_is_absolute(path) || strcmp(folder, ".") == 0;
  *(char **)at = as_it_is ? g_strdup(path) : g_build_filename(folder, path, NULL);
  g_free(path);
  return TRUE;
}

static gboolean read_strings(SettingReader *reader, const Setting *setting, const YamlNode *node,
                             void *at) {
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
  gboolean clean = TRUE;
  for (guint i = 0; i < node->items->len; i++) {
    const YamlNode *item = node->items->pdata[i];
    g_autofree char *text = NULL;
    if (!settings_expect(reader, item, NODE_SCALAR, setting->key) ||
        !read_text(reader, setting, item, &text))
      clean = FALSE;
    else
      g_strv_builder_add(builder, text);
  }
  if (clean && node->items->len < setting->minimum) {
    settings_problem(reader, node, "%s is an empty list; it needs at least one", setting->key);
    clean = FALSE;
  }
  if (!clean) return FALSE;
  g_strfreev(*(char ***)at);
  *(char ***)at = g_strv_builder_end(builder);
  return TRUE;
}

static gboolean read_word(SettingReader *reader, const Setting *setting, const YamlNode *node,
                          void *at) {
  if (g_strv_contains(setting->words, node->text)) {
    string_set(at, node->text);
    return TRUE;
  }
  g_autofree char *hint = settings_hint(node->text, setting->words);
  settings_problem(reader, node, "%s: unknown '%s'%s", setting->key, node->text, hint);
  return FALSE;
}

static gboolean read_boolean(SettingReader *reader, const Setting *setting, const YamlNode *node,
                             void *at) {
  static const char *const words[] = {"true", "false", "yes", "no", "on", "off", NULL};
  for (guint i = 0; words[i]; i++) {
    if (g_ascii_strcasecmp(node->text, words[i]) != 0) continue;
    *(gboolean *)at = i % 2 == 0;
    return TRUE;
  }
  settings_problem(reader, node, "%s: '%s' is neither true nor false", setting->key, node->text);
  return FALSE;
}

/* --- numbers ------------------------------------------------------------------------------------
 */

typedef struct {
  const char *unit;
  guint64 factor;
} Unit;

/* "30 MiB", "60s": a whole number and one of `units` (the first, "", stands for none). */
static gboolean parse_number(const char *text, const Unit *units, guint64 *ret_number) {
  char *end = NULL;
  if (!g_ascii_isdigit(*text)) return FALSE;
  guint64 number = g_ascii_strtoull(text, &end, 10);
  while (*end == ' ') end++;
  for (; units->unit; units++) {
    if (g_ascii_strcasecmp(end, units->unit) != 0) continue;
    return g_uint64_checked_mul(ret_number, number, units->factor) && number != G_MAXUINT64;
  }
  return FALSE;
}

static char *show_number(const Setting *setting, guint64 number) {
  if (setting->type == &SETTING_DURATION) number *= setting->unit_s;
  if (setting->type == &SETTING_DURATION) {
    static const Unit units[] = {{"d", 86400}, {"h", 3600}, {"m", 60}, {"s", 1}};
    guint i = 0;
    while (i < 3 && (number == 0 || number % units[i].factor)) i++;
    return g_strdup_printf("%" G_GUINT64_FORMAT "%s", number / units[i].factor, units[i].unit);
  }
  if (setting->type == &SETTING_COUNT) return g_strdup_printf("%" G_GUINT64_FORMAT, number);
  static const Unit units[] = {{"G", 1 << 30}, {"M", 1 << 20}, {"K", 1 << 10}, {"", 1}};
  guint i = 0;
  while (i < 3 && (number == 0 || number % units[i].factor)) i++;
  return g_strdup_printf("%" G_GUINT64_FORMAT "%s", number / units[i].factor, units[i].unit);
}

static gboolean within(SettingReader *reader, const Setting *setting, const YamlNode *node,
                       guint64 number) {
  if (number >= setting->minimum && number <= setting->maximum) return TRUE;
  g_autofree char *minimum = show_number(setting, setting->minimum);
  g_autofree char *maximum = show_number(setting, setting->maximum);
  settings_problem(reader, node, "%s: %s is out of bounds; from %s to %s", setting->key, node->text,
                   minimum, maximum);
  return FALSE;
}

static gboolean read_count(SettingReader *reader, const Setting *setting, const YamlNode *node,
                           void *at) {
  static const Unit units[] = {{"", 1}, {NULL, 0}};
  guint64 number;
  if (!parse_number(node->text, units, &number)) {
    settings_problem(reader, node, "%s: '%s' is no whole number", setting->key, node->text);
    return FALSE;
  }
  if (!within(reader, setting, node, number)) return FALSE;
  *(guint *)at = (guint)number;
  return TRUE;
}

static gboolean read_integer(SettingReader *reader, const Setting *setting, const YamlNode *node,
                             void *at) {
  gint64 number;
  if (g_ascii_string_to_signed(node->text, 10, G_MININT64, G_MAXINT64, &number, NULL)) {
    *(gint64 *)at = number;
    return TRUE;
  }
  settings_problem(reader, node, "%s: '%s' is no whole number", setting->key, node->text);
  return FALSE;
}

static gboolean read_duration(SettingReader *reader, const Setting *setting, const YamlNode *node,
                              void *at) {
  static const Unit units[] = {{"s", 1},     {"m", 60},       {"min", 60},      {"h", 3600},
                               {"d", 86400}, {"days", 86400}, {"w", 7 * 86400}, {NULL, 0}};
  guint64 seconds;
  if (!parse_number(node->text, units, &seconds) && strcmp(node->text, "0") != 0) {
    settings_problem(reader, node, "%s: '%s' is no duration; a number and s, m, h, d or w",
                     setting->key, node->text);
    return FALSE;
  }
  if (strcmp(node->text, "0") == 0) seconds = 0;
  if (seconds % setting->unit_s) {
    settings_problem(reader, node, "%s: '%s' is too fine; whole %s", setting->key, node->text,
                     setting->unit_s == 3600 ? "hours (h)" : "days (d)");
    return FALSE;
  }
  if (!within(reader, setting, node, seconds / setting->unit_s)) return FALSE;
  *(guint *)at = (guint)(seconds / setting->unit_s);
  return TRUE;
}

static gboolean parse_size(SettingReader *reader, const Setting *setting, const YamlNode *node,
                           guint64 *ret_size) {
  static const Unit units[] = {{"", 1},          {"B", 1},         {"K", 1 << 10},
                               {"KiB", 1 << 10}, {"M", 1 << 20},   {"MiB", 1 << 20},
                               {"G", 1 << 30},   {"GiB", 1 << 30}, {NULL, 0}};
  if (parse_number(node->text, units, ret_size)) return within(reader, setting, node, *ret_size);
  settings_problem(reader, node, "%s: '%s' is no size; a number and K, M or G (of 1024)",
                   setting->key, node->text);
  return FALSE;
}

static gboolean read_size(SettingReader *reader, const Setting *setting, const YamlNode *node,
                          void *at) {
  guint64 size;
  if (!parse_size(reader, setting, node, &size)) return FALSE;
  *(guint64 *)at = size;
  return TRUE;
}

static gboolean read_size32(SettingReader *reader, const Setting *setting, const YamlNode *node,
                            void *at) {
  guint64 size;
  if (!parse_size(reader, setting, node, &size)) return FALSE;
  *(guint32 *)at = (guint32)size;
  return TRUE;
}

const SettingType SETTING_TEXT = {"text", NODE_SCALAR, read_text};
const SettingType SETTING_FULLTEXT = {"lines of text", NODE_SCALAR, read_fulltext};
const SettingType SETTING_PATH = {"path", NODE_SCALAR, read_path};
const SettingType SETTING_STRINGS = {"list of texts", NODE_LIST, read_strings};
const SettingType SETTING_COUNT = {"number", NODE_SCALAR, read_count};
const SettingType SETTING_INTEGER = {"number", NODE_SCALAR, read_integer};
const SettingType SETTING_BOOLEAN = {"true or false", NODE_SCALAR, read_boolean};
const SettingType SETTING_DURATION = {"duration", NODE_SCALAR, read_duration};
const SettingType SETTING_SIZE = {"size", NODE_SCALAR, read_size};
const SettingType SETTING_SIZE32 = {"size", NODE_SCALAR, read_size32};
const SettingType SETTING_WORD = {"word", NODE_SCALAR, read_word};

/* --- a map by its table
 * --------------------------------------------------------------------------- */

static gboolean in_group(const Setting *row, const char *group) {
  return strcmp(row->group, group) == 0;
}

static void tell_unknown(SettingReader *reader, const Setting *rows, guint count, const char *group,
                         const YamlNode *map) {
  const char *known[KNOWN_MAX + 1] = {NULL};
  guint found = 0;
  for (guint i = 0; i < count && found < KNOWN_MAX; i++)
    if (in_group(&rows[i], group)) known[found++] = rows[i].key;
  for (guint i = 0; i < map->items->len; i++) {
    const YamlNode *item = map->items->pdata[i];
    if (g_strv_contains(known, item->key)) continue;
    g_autofree char *hint = settings_hint(item->key, known);
    yaml_problem(reader->problems, reader->file, item->key_line, "unknown key '%s'%s", item->key,
                 hint);
  }
}

/* Defaults are written as YAML and take the way of everything else, so they are checked too. */
static void read_fallback(SettingReader *reader, const Setting *row, void *at) {
  if (!row->fallback || !*row->fallback) return;
  g_autoptr(YamlNode) node =
      yaml_parse(row->key, row->fallback, strlen(row->fallback), reader->problems);
  if (node) row->type->read(reader, row, node, at);
}

void settings_read(SettingReader *reader, const Setting *rows, guint count, const char *group,
                   const YamlNode *map, void *base) {
  if (map) tell_unknown(reader, rows, count, group, map);
  for (guint i = 0; i < count; i++) {
    const Setting *row = &rows[i];
    if (!in_group(row, group)) continue;
    void *at = (char *)base + row->offset;
    const YamlNode *node = yaml_get(map, row->key);
    if (!node && map && !row->fallback)
      settings_problem(reader, map, "'%s' is missing; %s", row->key, row->manual);
    if (!node || !settings_expect(reader, node, row->type->kind, row->key) ||
        !row->type->read(reader, row, node, at))
      read_fallback(reader, row, at);
  }
}

void settings_describe(GString *out, const Setting *rows, guint count) {
  for (guint i = 0; i < count; i++) {
    const Setting *row = &rows[i];
    g_string_append_printf(out, "%s%s%s\t%s\t%s\t%s\n", row->group, *row->group ? "." : "",
                           row->key, row->type->name, row->fallback ? row->fallback : "required",
                           row->manual);
  }
}

/* --- addresses
 * ------------------------------------------------------------------------------------ */

/* RFC 5321 4.1.2 without quoted local parts: what a mailbox of an organiser looks like. */
gboolean settings_is_address(const char *text) {
  const char *at = strrchr(text, '@');
  if (!at || at == text || !at[1] || strlen(text) > 254) return FALSE;
  for (const char *p = text; *p; p++) {
    gboolean local = p < at;
    if (p == at || g_ascii_isalnum(*p) || *p == '-') continue;
    if (*p == '.' && p > text && p[1] && p[1] != '.' && p[1] != '@' && p[-1] != '@') continue;
    if (!local || !strchr("!#$%&'*+/=?^_`{|}~", *p)) return FALSE;
  }
  return TRUE;
}

char *settings_mailbox_address(const char *text) {
  const char *open = strrchr(text, '<');
  g_autofree char *spec = NULL;
  if (open) {
    const char *close = strchr(open, '>');
    if (!close || close[1]) return NULL;
    spec = g_strndup(open + 1, (gsize)(close - open - 1));
  } else {
    spec = g_strdup(text);
  }
  g_strstrip(spec);
  return settings_is_address(spec) ? g_steal_pointer(&spec) : NULL;
}
