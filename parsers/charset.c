/* charset - see charset.h. ICU alone: iconv would load its modules behind the sandbox's back. */
#include "parsers/charset.h"

#include <string.h>
#include <unicode/ucnv.h>
#include <unicode/ucsdet.h>
#include <unicode/ustring.h>

#include "parsers/eight.h"

enum {
  DETECT_BYTES = 64 << 10, /* what the detector is shown */
  DETECT_CONFIDENCE = 30,  /* ICU, 0..100: below it, windows-1252 is the better guess */
  DETECT_JAPANESE = 60     /* the detector sees Japanese in many short Latin texts */
};

/* Labels that ICU lacks or reads too narrowly. NULL: says nothing, as if there were no label. */
static const struct {
  const char *label, *name;
} aliases[] = {
    {"ansi_x3.4-1968", NULL},
    {"ascii", NULL},
    {"binary", NULL},
    {"charset", NULL},
    {"default", NULL},
    {"default_charset", NULL},
    {"iso-10646", NULL},
    {"none", NULL},
    {"unknown", NULL},
    {"unknown-8bit", NULL},
    {"us-ascii", NULL},
    {"user-defined", NULL},
    {"utf", NULL},
    {"x-unknown", NULL},
    {"x-user-defined", NULL},
    {"utf8", "utf-8"},
    {"utf-8mb4", "utf-8"},
    {"unicode-1-1-utf-8", "utf-8"},
    {"x-unicode20utf8", "utf-8"},
    {"unicode-1-1-utf-7", "utf-7"},
    {"x-unicode-2-0-utf-7", "utf-7"},
    {"iso-8859-1", "windows-1252"},
    {"iso8859-1", "windows-1252"},
    {"iso_8859-1", "windows-1252"},
    {"iso-8859-1-windows-3.1-latin-1", "windows-1252"},
    {"8859-1", "windows-1252"},
    {"latin1", "windows-1252"},
    {"latin-1", "windows-1252"},
    {"l1", "windows-1252"},
    {"ansi", "windows-1252"},
    {"cp1252", "windows-1252"},
    {"cp-1252", "windows-1252"},
    {"win-1252", "windows-1252"},
    {"x-ansi", "windows-1252"},
    {"x-cp1252", "windows-1252"},
    {"iso-8859-9", "windows-1254"},
    {"iso-8859-11", "windows-874"},
    {"tis-620", "windows-874"},
    {"latin9", "iso-8859-15"},
    {"latin-9", "iso-8859-15"},
    {"iso8859-15", "iso-8859-15"},
    {"x-mac-roman", "macintosh"},
    {"mac", "macintosh"},
    {"sjis", "windows-31j"},
    {"x-sjis", "windows-31j"},
    {"x-sjis-cp932", "windows-31j"},
    {"x-ms-cp932", "windows-31j"},
    {"shift-jis", "windows-31j"},
    {"shift_jis", "windows-31j"},
    {"shift_jisx0213", "windows-31j"},
    {"shift_jis-2004", "windows-31j"},
    {"ms_kanji", "windows-31j"},
    {"cp932", "windows-31j"},
    {"ms932", "windows-31j"},
    {"windows-932", "windows-31j"},
    {"iso-2022-jp-ms", "iso-2022-jp"},
    {"iso-2022-jp-1", "iso-2022-jp"},
    {"iso-2022-jp-2", "iso-2022-jp-2"},
    {"iso-2022-jp-3", "iso-2022-jp"},
    {"iso-2022-jp-2004", "iso-2022-jp"},
    {"csiso2022jp", "iso-2022-jp"},
    {"jis", "iso-2022-jp"},
    {"cp50220", "iso-2022-jp"},
    {"cp50221", "iso-2022-jp"},
    {"cp50222", "iso-2022-jp"},
    {"x-euc-jp", "euc-jp"},
    {"eucjp", "euc-jp"},
    {"eucjp-ms", "euc-jp"},
    {"cp51932", "euc-jp"},
    {"gb2312", "gb18030"},
    {"gb_2312-80", "gb18030"},
    {"x-gbk", "gb18030"},
    {"ks_c_5601-1987", "windows-949"},
    {"euc-kr", "windows-949"},
    {"big-5", "big5"},
    {"x-x-big5", "big5"},
};

/* The label in lower case without quotes and what mailers append; "" where it says nothing. */
static char *label_clean(const char *label) {
  char *clean = g_ascii_strdown(label ? label : "", -1);
  g_strdelimit(clean, "\"' \t\r\n", ' ');
  g_strstrip(clean);
  clean[strcspn(clean, " ;,*$")] = '\0'; /* RFC 2231 5: "utf-8*fr"; ISO-2022-JP$ESC */
  for (gsize i = 0; i < G_N_ELEMENTS(aliases); i++) {
    if (clean[0] != aliases[i].label[0] || strcmp(clean, aliases[i].label) != 0) continue;
    g_free(clean);
    return g_strdup(aliases[i].name ? aliases[i].name : "");
  }
  return clean;
}

/* ISO 2022 escapes of the Japanese family (ESC $ @, ESC $ B, ESC ( J, …). */
static gboolean has_jis_escape(const guint8 *data, gsize size) {
  const guint8 *end = data + size;
  for (const guint8 *p = data; (p = memchr(p, 0x1b, (gsize)(end - p))); p++) {
    if (end - p < 3) return FALSE;
    if (p[1] == '$' && (p[2] == '@' || p[2] == 'B' || p[2] == '(')) return TRUE;
    if (p[1] == '(' && (p[2] == 'J' || p[2] == 'I')) return TRUE;
  }
  return FALSE;
}

/* UTF-8 with each NUL as U+FFFD: what g_utf8_validate and C strings cannot hold. */
static char *copy_utf8(const char *data, gsize size) {
  if (!memchr(data, 0, size)) {
    char *copy = g_malloc(size + 1);
    memcpy(copy, data, size);
    copy[size] = '\0';
    return copy;
  }
  GString *out = g_string_sized_new(size + 16);
  for (gsize i = 0; i < size; i++) {
    if (data[i])
      g_string_append_c(out, data[i]);
    else
      g_string_append(out, "\357\277\275");
  }
  return g_string_free(out, FALSE);
}

/* Behind the ASCII at `p`. */
static const char *skip_ascii(const char *p, const char *end) {
  for (guint more = 8; more == 8 && end - p >= 8; p += more) more = eight_before(eight_load(p));
  while (p < end && (guchar)*p < 0x80) p++;
  return p;
}

/* NULs are let pass. */
static gboolean is_utf8(const guint8 *data, gsize size) {
  const char *end = (const char *)data + size;
  for (const char *p = skip_ascii((const char *)data, end); p < end; p = skip_ascii(p, end)) {
    const char *start = p;
    while (p < end && (guchar)*p >= 0x80) p++;
    if (!g_utf8_validate(start, p - start, NULL)) return FALSE;
  }
  return TRUE;
}

/* A UTF-16 string of ICU to UTF-8. */
static char *from_utf16(const UChar *text, int32_t length) {
  UErrorCode status = U_ZERO_ERROR;
  gsize capacity = (gsize)length * 3 + 1;
  g_autofree char *out = g_malloc(capacity);
  int32_t size = 0;
  u_strToUTF8WithSub(out, (int32_t)MIN(capacity, G_MAXINT32), &size, text, length, 0xfffd, NULL,
                     &status);
  return U_FAILURE(status) ? g_strdup("") : copy_utf8(out, (gsize)size);
}

typedef struct {
  char *text;       /* NULL: ICU does not know the name */
  const char *name; /* ICU's, static */
  gsize faults;     /* bytes that did not fit: U+FFFD, C1 controls */
  gsize good;       /* other characters beyond ASCII */
} Attempt;

/* The name that people know: "windows-1252", not ICU's "ibm-5348_P100-1997". Static. */
static const char *standard_name(const char *icu_name) {
  UErrorCode status = U_ZERO_ERROR;
  const char *name = ucnv_getStandardName(icu_name, "MIME", &status);
  if (!name) name = ucnv_getStandardName(icu_name, "IANA", &status);
  return g_intern_string(name ? name : icu_name);
}

static Attempt convert(const guint8 *data, gsize size, const char *name) {
  Attempt attempt = {NULL, NULL, 0, 0};
  UErrorCode status = U_ZERO_ERROR;
  UConverter *converter = ucnv_open(name, &status);
  if (U_FAILURE(status)) return attempt;
  /* ICU's UTF-16 never gets longer than two units a byte, plus what stays in the converter. */
  size = MIN(size, G_MAXINT32 / 4);
  gsize capacity = size * 2 + 16;
  g_autofree UChar *text = g_new(UChar, capacity);
  int32_t length =
      ucnv_toUChars(converter, text, (int32_t)capacity, (const char *)data, (int32_t)size, &status);
  attempt.name = standard_name(ucnv_getName(converter, &status));
  ucnv_close(converter);
  if (U_FAILURE(status)) return attempt;
  for (int32_t i = 0; i < length; i++) {
    gboolean is_fault = text[i] == 0xfffd || text[i] == 0x1a || (text[i] >= 0x80 && text[i] < 0xa0);
    attempt.faults += is_fault ? 1 : 0;
    attempt.good += text[i] >= 0xa0 && !is_fault ? 1 : 0;
  }
  attempt.text = from_utf16(text, length);
  return attempt;
}

/* The detector's name for the bytes; NULL: not sure enough. Static storage. */
static const char *detect(const guint8 *data, gsize size, gboolean *ret_single_byte) {
  static const char *const known[] = {"utf-8",        "utf-16be",    "utf-16le",    "windows-31j",
                                      "euc-jp",       "iso-2022-jp", "gb18030",     "big5",
                                      "windows-949",  "iso-8859-2",  "iso-8859-5",  "iso-8859-7",
                                      "windows-1251", "koi8-r",      "windows-1252"};
  UErrorCode status = U_ZERO_ERROR;
  UCharsetDetector *detector = ucsdet_open(&status);
  ucsdet_setText(detector, (const char *)data, (int32_t)MIN(size, DETECT_BYTES), &status);
  const UCharsetMatch *match = ucsdet_detect(detector, &status);
  const char *name = match ? ucsdet_getName(match, &status) : NULL;
  int32_t confidence = match ? ucsdet_getConfidence(match, &status) : 0;
  const char *found = NULL;
  g_autofree char *clean = label_clean(name);
  *ret_single_byte = g_str_has_prefix(clean, "windows-12") || g_str_has_prefix(clean, "iso-8") ||
                     g_str_has_prefix(clean, "koi8");
  int32_t needed = *ret_single_byte ? DETECT_CONFIDENCE : DETECT_JAPANESE;
  for (gsize i = 0; i < G_N_ELEMENTS(known) && confidence >= needed; i++)
    if (strcmp(clean, known[i]) == 0) found = known[i];
  ucsdet_close(detector);
  return found;
}

/* A byte order mark, and the name that it stands for. */
static const char *bom_name(const guint8 *data, gsize size, gsize *ret_bytes) {
  *ret_bytes = 0;
  if (size >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0) *ret_bytes = 3;
  if (*ret_bytes) return "utf-8";
  if (size >= 2 && (memcmp(data, "\xff\xfe", 2) == 0 || memcmp(data, "\xfe\xff", 2) == 0))
    return "utf-16";
  return NULL;
}

/* What a label's bytes may hold although they are pure ASCII: escapes and shifts. */
static gboolean is_stateful(const char *name) {
  return g_str_has_prefix(name, "iso-2022") || strcmp(name, "utf-7") == 0 ||
         g_str_has_prefix(name, "utf-16") || g_str_has_prefix(name, "utf-32") ||
         g_str_has_prefix(name, "hz") || strcmp(name, "ucs-2") == 0;
}

/* More than a third of the bytes beyond ASCII is no text of a language in Latin letters. */
static gboolean is_dense(const guint8 *data, gsize size) {
  gsize high = 0;
  for (gsize i = 0; i < size; i++) high += data[i] >= 0x80;
  return high * 3 > size;
}

static char *attempt_take(Attempt *attempt, const char **ret_name) {
  *ret_name = attempt->name;
  return attempt->text;
}

/* The label's reading or, where the bytes do not fit it, another. */
static char *decode_label(const guint8 *data, gsize size, const char *label, const char **ret_name,
                          gboolean *ret_guessed) {
  Attempt by_label = *label ? convert(data, size, label) : (Attempt){NULL, NULL, 0, 0};
  gboolean odd =
      by_label.faults > 0 || (g_str_has_prefix(label, "windows-125") && is_dense(data, size));
  *ret_guessed = FALSE;
  if (by_label.text && !odd) return attempt_take(&by_label, ret_name);
  *ret_guessed = TRUE;
  gboolean single_byte = FALSE;
  const char *name = detect(data, size, &single_byte);
  Attempt by_look = name ? convert(data, size, name) : (Attempt){NULL, NULL, 0, 0};
  if (by_look.text && by_look.faults == 0) {
    /* A few broken bytes in a text that fits otherwise are damage, not another character set. */
    gboolean damaged = by_label.text && by_label.good > 2 * by_label.faults;
    if (!(single_byte && damaged)) {
      g_free(by_label.text);
      return attempt_take(&by_look, ret_name);
    }
  }
  g_free(by_look.text);
  if (by_label.text && by_label.good > 2 * by_label.faults) {
    *ret_guessed = FALSE;
    return attempt_take(&by_label, ret_name);
  }
  g_free(by_label.text);
  Attempt last = convert(data, size, "windows-1252");
  *ret_name = "windows-1252";
  return last.text ? last.text : g_strdup("");
}

static gboolean is_ascii(const guint8 *data, gsize size) {
  gsize i = 0;
  while (i < size && data[i] < 0x80) i++;
  return i == size;
}

/* The order of trust: a byte order mark, JIS escapes, valid UTF-8, the label, a guess. */
static char *decode(const guint8 *data, gsize size, const char *label, const char **ret_name,
                    gboolean *ret_guessed) {
  gsize bom = 0;
  const char *marked = bom_name(data, size, &bom);
  *ret_guessed = FALSE;
  if (marked && bom > 0 && is_utf8(data + bom, size - bom)) {
    *ret_name = marked;
    return copy_utf8((const char *)data + bom, size - bom);
  }
  if (marked && bom == 0) return decode_label(data, size, marked, ret_name, ret_guessed);
  if (!g_str_has_prefix(label, "iso-2022-") && has_jis_escape(data, size)) {
    Attempt attempt = convert(data, size, "iso-2022-jp");
    *ret_guessed = TRUE;
    if (attempt.text && attempt.faults == 0) return attempt_take(&attempt, ret_name);
    g_free(attempt.text);
  }
  if (!is_stateful(label) && is_utf8(data, size)) {
    *ret_name = "utf-8";
    *ret_guessed = *label && strcmp(label, "utf-8") != 0 && !is_ascii(data, size);
    return copy_utf8((const char *)data, size);
  }
  return decode_label(data, size, label, ret_name, ret_guessed);
}

char *charset_to_utf8(const guint8 *data, gsize size, const char *label, const char **ret_used,
                      gboolean *ret_guessed) {
  const char *name = "utf-8";
  gboolean guessed = FALSE;
  g_autofree char *clean = label_clean(label);
  char *text = size ? decode(data, size, clean, &name, &guessed) : g_strdup("");
  if (ret_used) *ret_used = name;
  if (ret_guessed) *ret_guessed = guessed;
  return text;
}
