/* original - see original.h. Beside harmless, which writes the text, this is the order of the parts
 * and what a person must know of each. */
#include "parsers/original.h"

#include <string.h>

#include "parsers/formats/format.h"
#include "parsers/formats/harmless.h"
#include "parsers/formats/html_control.h"
#include "parsers/formats/picture.h"
#include "parsers/text.h"

#define ELLIPSIS "\342\200\246"
enum { SUFFIX_MAX_BYTES = 16 }; /* ".docx": what a name that is cut keeps of its end */

typedef struct {
  const MimeMail *mail;
  HarmlessOut out;
  gboolean *shown; /* by index: it stands in the text */
  guint message;   /* that is being written; 0: the mail itself */
} Original;

/* ---- the text ---- */

static gboolean is_html(const MimePart *part) {
  return strcmp(part->type, "text/html") == 0;
}

static void write_part(Original *original, const MimePart *part) {
  g_autoptr(Text) text = text_new(); /* what is noted of character sets */
  original->shown[part->index] = TRUE;
  if (is_html(part)) {
    g_autofree char *html = html_utf8(part, text);
    harmless_html(&original->out, html, strlen(html));
  } else {
    g_autofree char *plain = text_part_utf8(part, part->charset, text);
    harmless_plain(&original->out, part, plain);
  }
}

static gboolean is_side(const MimePart *part, int alternative, gboolean html) {
  return part->alternative == alternative && text_is_inline(part) && is_html(part) == html;
}

/* Write the side of an alternative that is (not) HTML; FALSE, nothing written: it says nothing. */
static gboolean write_side(Original *original, int alternative, gboolean html) {
  HarmlessOut before = original->out;
  gsize length = before.out->len;
  original->out.said = FALSE;
  for (guint i = 0; i < original->mail->parts->len; i++) {
    const MimePart *part = original->mail->parts->pdata[i];
    if (is_side(part, alternative, html)) write_part(original, part);
  }
  if (original->out.said) return TRUE;
  original->out = before;
  g_string_truncate(before.out, length);
  for (guint i = 0; i < original->mail->parts->len; i++)
    if (is_side(original->mail->parts->pdata[i], alternative, html)) original->shown[i] = FALSE;
  return FALSE;
}

/* An attached mail is quoted, its header first. */
static void enter_message(Original *original, guint message) {
  if (message == original->message) return;
  if (original->message > 0) harmless_out_end(&original->out, "blockquote");
  gboolean open = message > 0 && harmless_out_tag(&original->out, "<hr><blockquote>");
  original->message = open ? message : 0;
}

static gboolean is_shown(const MimePart *part) {
  return text_is_inline(part) || strcmp(part->type, "message/rfc822-headers") == 0;
}

static void write_text(Original *original) {
  g_autoptr(GHashTable) done = g_hash_table_new(NULL, NULL); /* alternatives */
  for (guint i = 0; i < original->mail->parts->len && !original->out.cut; i++) {
    const MimePart *part = original->mail->parts->pdata[i];
    if (part->opened || !is_shown(part) || original->shown[i]) continue;
    gpointer alternative = GINT_TO_POINTER(part->alternative);
    if (part->alternative >= 0 && !g_hash_table_add(done, alternative)) continue;
    enter_message(original, part->message);
    if (part->alternative < 0) {
      write_part(original, part);
      continue;
    }
    if (!write_side(original, part->alternative, TRUE))
      write_side(original, part->alternative, FALSE);
  }
  enter_message(original, 0);
}

/* ---- the parts ---- */

/* What could turn a name round or hide its end: "photo\u202Egpj.exe" (UAX 9, 2). */
static gboolean is_unclear(gunichar c) {
  GUnicodeType type = g_unichar_type(c);
  return type == G_UNICODE_CONTROL || type == G_UNICODE_FORMAT ||
         type == G_UNICODE_LINE_SEPARATOR || type == G_UNICODE_PARAGRAPH_SEPARATOR;
}

/* One clear line within the bound; of a long name its end, which tells the kind of file, is kept.
 */
static char *clean_name(const char *name) {
  g_autofree char *valid = g_utf8_make_valid(name, -1);
  g_autoptr(GString) clean = g_string_new(NULL);
  for (const char *p = valid; *p; p = g_utf8_next_char(p)) {
    gunichar c = g_utf8_get_char(p);
    if (c == '/' || c == '\\')
      g_string_truncate(clean, 0);
    else if (!is_unclear(c))
      g_string_append_unichar(clean, c);
  }
  if (clean->len <= WIRE_PART_NAME_MAX_BYTES) return g_strdup(g_strstrip(clean->str));
  const char *suffix = strrchr(clean->str, '.');
  if (!suffix || strlen(suffix) > SUFFIX_MAX_BYTES) suffix = "";
  gsize kept = WIRE_PART_NAME_MAX_BYTES - strlen(ELLIPSIS) - strlen(suffix);
  const char *end = g_utf8_find_prev_char(clean->str, clean->str + kept + 1);
  return g_strdup_printf("%.*s" ELLIPSIS "%s", (int)(end - clean->str), clean->str, suffix);
}

static guint pages_of(const MimePart *part, const Wire__Limits *limits) {
  const Format *format = part->opened ? NULL : format_find(part);
  guint pages = 0;
  if (format && format->read == pdf_read)
    pages = pdf_pages(part->content, limits);
  else if (!format && !part->opened)
    pages = picture_pages(part->content, limits);
  return MIN(pages, WIRE_PART_PAGES_MAX);
}

static void list_parts(const Original *original, const Wire__Limits *limits, GPtrArray *parts) {
  for (guint i = 0; i < original->mail->parts->len && i < WIRE_PARTS_MAX; i++) {
    const MimePart *part = original->mail->parts->pdata[i];
    OriginalPart *listed = g_new(OriginalPart, 1);
    *listed = (OriginalPart){.index = part->index,
                             .name = clean_name(part->name),
                             .type = strlen(part->type) <= WIRE_PART_NAME_MAX_BYTES
                                         ? g_strdup(part->type)
                                         : g_strdup("application/octet-stream"),
                             .size_bytes = g_bytes_get_size(part->content),
                             .pages = pages_of(part, limits),
                             .body = original->shown[i]};
    g_ptr_array_add(parts, listed);
  }
}

OriginalMail *original_read(const MimeMail *mail, const Wire__Limits *limits, GPtrArray *notes) {
  OriginalMail *result = original_mail_new();
  g_autofree gboolean *shown = g_new0(gboolean, mail->parts->len + 1);
  g_autoptr(GString) html = g_string_new(NULL);
  Original original = {
      .mail = mail, .out = {html, WIRE_ORIGINAL_MAX_BYTES, FALSE, FALSE}, .shown = shown};
  write_text(&original);
  list_parts(&original, limits, result->parts);
  g_free(result->html);
  result->html = g_strdup(html->str);
  if (original.out.cut) g_ptr_array_add(notes, g_strdup("the original is shown in part"));
  if (mail->parts->len > WIRE_PARTS_MAX)
    g_ptr_array_add(notes, g_strdup("some parts are not listed"));
  return result;
}
