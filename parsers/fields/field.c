/* field - the table of value types, and what they share; see field.h. */
#include "parsers/fields/field.h"

#include <string.h>

#include "parsers/fold.h"
#include "parsers/nfc.h"

enum { PROMPT_MAX_BYTES = 120 };

static const struct {
  const char *type;
  FieldResult (*parse)(const FieldContext *context, const char *raw);
} types[] = {
    {"text", field_parse_text},       {"lines", field_parse_text},
    {"name", field_parse_name},       {"email", field_parse_email},
    {"phone", field_parse_phone},     {"postal_code", field_parse_postal_code},
    {"city", field_parse_city},       {"choice", field_parse_choice},
    {"integer", field_parse_integer}, {"date", field_parse_date},
};

FieldResult field_blank(void) {
  return (FieldResult){.status = FIELD_BLANK};
}

FieldResult field_valid(char *take_value) {
  return (FieldResult){.status = FIELD_VALID, .value = take_value};
}

FieldResult field_invalid(const char *reason) {
  return (FieldResult){.status = FIELD_INVALID, .reason = reason};
}

void field_result_clear(FieldResult *result) {
  g_clear_pointer(&result->value, g_free);
}

FieldResult field_parse(const FieldContext *context, const char *raw) {
  const Wire__Field *field = rules_event(context->rules)->fields[context->field];
  if (field_is_blank(raw)) return field_blank();
  for (guint i = 0; i < G_N_ELEMENTS(types); i++) {
    if (strcmp(types[i].type, field->type) != 0) continue;
    FieldResult result = types[i].parse(context, raw);
    if (result.status != FIELD_VALID || field->max_chars == 0 ||
        g_utf8_strlen(result.value, -1) <= field->max_chars)
      return result;
    field_result_clear(&result);
    return field_invalid("too long");
  }
  return field_parse_text(context, raw);
}

/* ---- fillers ---- */

/* What is printed where something is to be written: leaders, boxes, brackets. Of ASCII that is in
 * ascii_fillers. */
static gboolean is_filler(gunichar ch) {
  switch (ch) {
  case 0x2026: /* … */
  case 0x2025:
  case 0x00B7:
  case 0x30FB: /* ・ */
  case 0x2013:
  case 0x2014:
  case 0x2610: /* ☐ */
  case 0x25A1: /* □ */
  case 0x2500:
  case 0xFF1A:
  case 0xFF3F:
  case 0xFF0E:
    return TRUE;
  default:
    return g_unichar_isspace(ch);
  }
}

/* The ASCII that the words below begin with. */
static const char prompt_letters[] = "acest";

/* What Office programs print where nobody has written yet, which begins with `first`. Folded words.
 */
static gboolean is_prompt(const char *raw, gunichar first) {
  static const char *const prompts[] = {"cliquez ici pour",
                                        "cliquez ou appuyez ici",
                                        "cliquez pour",
                                        "choisissez un element",
                                        "choisir un element",
                                        "entrez du texte",
                                        "tapez votre texte",
                                        "entrez votre texte",
                                        "saisir ici",
                                        "saisissez ici",
                                        "saisissez du texte",
                                        "texte de l espace reserve",
                                        "cliquer ici",
                                        "click here to enter",
                                        "click or tap",
                                        "choose an item",
                                        "enter text",
                                        "type here",
                                        "type your text",
                                        "click to enter",
                                        "a completer",
                                        "ここをクリック",
                                        "クリックまたはタップ",
                                        "テキストを入力",
                                        "アイテムを選択してください",
                                        "選択してください",
                                        NULL};
  gunichar letter[2] = {0, 0};
  char begin[6] = "";
  fold_char(first, letter);
  gsize size = (gsize)g_unichar_to_utf8(letter[0], begin);
  if (letter[0] < 0x80 && !strchr(prompt_letters, (int)letter[0])) return FALSE; /* mostly */
  g_autofree char *words = NULL;
  for (guint i = 0; prompts[i]; i++) {
    if (prompts[i][0] != begin[0] || strncmp(prompts[i], begin, size) != 0) continue;
    if (!words && strlen(raw) > PROMPT_MAX_BYTES) return FALSE;
    if (!words) words = fold_words(raw);
    if (g_str_has_prefix(words, prompts[i])) return TRUE;
  }
  return FALSE;
}

static const gboolean ascii_fillers[0x80] = {
    ['.'] = TRUE,  ['_'] = TRUE,  ['-'] = TRUE,  ['*'] = TRUE, ['/'] = TRUE,
    ['|'] = TRUE,  ['['] = TRUE,  [']'] = TRUE,  ['('] = TRUE, [')'] = TRUE,
    [':'] = TRUE,  [','] = TRUE,  [';'] = TRUE,  ['?'] = TRUE, [' '] = TRUE,
    ['\t'] = TRUE, ['\n'] = TRUE, ['\r'] = TRUE, ['\f'] = TRUE};

gboolean field_is_blank(const char *raw) {
  gunichar first = g_utf8_get_char(raw + strspn(raw, " [(<\""));
  if (g_unichar_isalpha(first) && is_prompt(raw, first)) return TRUE;
  for (const char *p = raw; *p; p = g_utf8_next_char(p)) {
    p += strspn(p, "._ "); /* leaders, mostly */
    while ((guchar)*p < 0x80 && ascii_fillers[(guchar)*p]) p++;
    if ((guchar)*p < 0x80) return *p == '\0';
    if (!is_filler(g_utf8_get_char(p))) return FALSE;
  }
  return TRUE;
}

static gboolean is_leader(gunichar ch) {
  return ch == '.' || ch == '_' || ch == 0x2026 || ch == 0x2025 || ch == 0x00B7 || ch == 0xFF3F;
}

/* Where the text behind the leaders at its start begins; one lone dot is no leader. */
static const char *skip_leaders(const char *start, const char *end) {
  guint seen = 0;
  const char *p = start;
  for (; p < end; p = g_utf8_next_char(p)) {
    gunichar ch = g_utf8_get_char(p);
    if (is_leader(ch))
      seen += ch == 0x2026 || ch == 0x2025 ? 2 : 1;
    else if (!g_unichar_isspace(ch))
      break;
  }
  if (seen >= 2) return p;
  while (start < end && g_unichar_isspace(g_utf8_get_char(start))) start = g_utf8_next_char(start);
  return start;
}

static const char *cut_leaders(const char *start, const char *end) {
  guint seen = 0;
  const char *last = end, *plain = end;
  while (last > start) {
    const char *before = g_utf8_find_prev_char(start, last);
    gunichar ch = before ? g_utf8_get_char(before) : 0;
    if (is_leader(ch))
      seen += ch == 0x2026 || ch == 0x2025 || ch == '_' ? 2 : 1;
    else if (!g_unichar_isspace(ch))
      break;
    else if (seen == 0)
      plain = before;
    last = before;
  }
  return seen >= 2 ? last : plain;
}

/* "*Ville de Vichy*", "» LECOEUR", "/ Marc": signs that set a value off and are none of it. */
static gboolean is_decoration(gunichar ch) {
  return ch == '*' || ch == 0xBB || ch == '|' || ch == '/' || g_unichar_isspace(ch);
}

static const char *skip_decoration(const char *start, const char *end) {
  const char *p = start;
  while (p < end && is_decoration(g_utf8_get_char(p))) p = g_utf8_next_char(p);
  return p < end ? p : start;
}

static const char *cut_decoration(const char *start, const char *end) {
  while (end > start) {
    const char *before = g_utf8_find_prev_char(start, end);
    if (!before || (*before != '*' && !g_unichar_isspace(g_utf8_get_char(before)))) break;
    end = before;
  }
  return end;
}

/* Control and format characters (bidi overrides, zero width) never survive. */
static gboolean is_dropped(gunichar ch) {
  GUnicodeType type = g_unichar_type(ch);
  return type == G_UNICODE_CONTROL || type == G_UNICODE_FORMAT || type == G_UNICODE_SURROGATE ||
         type == G_UNICODE_UNASSIGNED;
}

static void append_clean(GString *out, const char *line, gsize length) {
  const char *end = line + length, *start = skip_leaders(line, end);
  end = cut_leaders(start, end);
  start = skip_decoration(start, end);
  end = cut_decoration(start, end);
  gboolean gap = FALSE, any = FALSE;
  gsize before = out->len;
  if (out->len > 0) g_string_append_c(out, '\n');
  for (const char *p = start, *next = NULL; p < end; p = next) {
    next = g_utf8_next_char(p);
    if (!g_ascii_isgraph(*p)) { /* hardly any */
      gunichar ch = g_utf8_get_char(p);
      gboolean space = g_unichar_isspace(ch);
      if (space) gap = any;
      if (space || is_dropped(ch)) continue;
    }
    if (gap) g_string_append_c(out, ' ');
    for (; p < next; p++) g_string_append_c(out, *p);
    gap = FALSE;
    any = TRUE;
  }
  if (!any) g_string_truncate(out, before);
}

char *field_clean(const char *raw) {
  GString *out = g_string_new(NULL);
  for (const char *line = raw; line;) {
    const char *end = strchr(line, '\n');
    gsize length = end ? (gsize)(end - line) : strlen(line);
    append_clean(out, line, length);
    line = end ? end + 1 : NULL;
  }
  char *nfc = nfc_of(out->str, out->len);
  g_string_free(out, TRUE);
  if (field_is_blank(nfc)) nfc[0] = '\0'; /* U+0387 is a filler in NFC alone */
  return nfc;
}

char *field_clean_line(const char *raw) {
  char *clean = field_clean(raw);
  g_strdelimit(clean, "\n", ' ');
  return clean;
}

gboolean field_is_japanese(const char *text) {
  for (const char *p = text; *p; p = g_utf8_next_char(p)) {
    gunichar ch = g_utf8_get_char(p);
    if ((ch >= 0x3041 && ch <= 0x30FA) || (ch >= 0x3400 && ch <= 0x9FFF) ||
        (ch >= 0xF900 && ch <= 0xFAFF))
      return TRUE;
  }
  return FALSE;
}
