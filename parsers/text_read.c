/* text_read - which parts of a message become its text, and in what order (text.h).
 *
 * The body first: of the parts of a multipart/alternative the plain one, unless the HTML one says
 * more. Then text and attached mails; what no format reads yet is named, and where it may hold a
 * bulletin a person must look. */
#include <string.h>

#include "parsers/formats/format.h"
#include "parsers/formats/page_picture.h"
#include "parsers/formats/picture.h"
#include "parsers/text.h"

enum {
  NOTICE_BYTES = 600,      /* "your program cannot show HTML": no longer than that */
  ROWS_MIN = 2,            /* table rows that make an HTML part the better one */
  WORDS_MORE = 5,          /* words beyond the other part's … */
  WORDS_MORE_PERCENT = 20, /* … and a fifth of its own */
  WORDS_BYTES = 256 << 10, /* of each part, that are compared */
  NAME_SHOWN_BYTES = 120,
};

typedef struct {
  const MimeMail *mail;
  const Wire__Limits *limits;
  Text *text;
  gboolean *done; /* by part index */
} TextReader;

/* ---- reading one part ---- */

static gboolean is_text_type(const MimePart *part) {
  return strcmp(part->type, "text/plain") == 0 || strcmp(part->type, "text/html") == 0;
}

gboolean text_is_inline(const MimePart *part) {
  return is_text_type(part) && !part->attachment;
}

static gboolean is_body(const MimePart *part) {
  return text_is_inline(part) && part->message == 0;
}

static char *shown_name(const MimePart *part) {
  if (!*part->name) return g_strdup(part->type);
  const char *end = part->name + MIN(strlen(part->name), NAME_SHOWN_BYTES);
  while (end > part->name && ((guchar)*end & 0xc0) == 0x80) end--;
  return g_strndup(part->name, (gsize)(end - part->name));
}

static char *source_name(const MimePart *part) {
  if (is_body(part)) return g_strconcat("body:", part->type, NULL);
  g_autofree char *name = shown_name(part);
  return g_strconcat("attachment:", name, NULL);
}

static guint source_index(Text *text, char *name) {
  guint i = 0;
  while (i < text->sources->len && strcmp(g_ptr_array_index(text->sources, i), name) != 0) i++;
  if (i == text->sources->len)
    g_ptr_array_add(text->sources, name);
  else
    g_free(name);
  return i;
}

/* The lines from `first` on came from the part. */
static void mark_source(Text *text, const MimePart *part, guint first) {
  if (text->lines->len == first) return;
  guint source = source_index(text, source_name(part));
  for (guint i = first; i < text->lines->len; i++)
    ((TextLine *)g_ptr_array_index(text->lines, i))->source = source;
}

/* Append a part by its format. FALSE: no format reads it. */
static gboolean read_part(const MimePart *part, const Wire__Limits *limits, Text *text) {
  const Format *format = format_find(part);
  if (!format) return FALSE;
  guint first = text->lines->len;
  if (!format->read(part, limits, text)) return FALSE;
  mark_source(text, part, first);
  return TRUE;
}

/* ---- the better of two alternatives ---- */

/* What a text says, in numbers. Quoted lines count for neither side: both repeat them. */
typedef struct {
  GHashTable *words; /* hashes */
  gsize ticks, rows, bytes;
  gboolean html_named;
} Saying;

static guint hash_word(const char *start, const char *end) {
  guint hash = 5381;
  for (const char *p = start; p < end; p++) hash = hash * 33 + (guchar)g_ascii_tolower(*p);
  return hash;
}

static gboolean is_word_char(char c) {
  return g_ascii_isalnum(c) || (guchar)c >= 0x80;
}

static void say_words(Saying *saying, const char *line) {
  for (const char *p = line; *p;) {
    while (*p && !is_word_char(*p)) p++;
    const char *start = p;
    while (is_word_char(*p)) p++;
    if (p > start) g_hash_table_add(saying->words, GUINT_TO_POINTER(hash_word(start, p)));
  }
}

/* A row with a label and something in another cell. */
static gboolean is_row(const char *line) {
  const char *tab = strchr(line, '\t');
  return tab && tab > line && tab[strspn(tab, "\t")] != '\0';
}

static void say(Saying *saying, const Text *text) {
  saying->words = g_hash_table_new(NULL, NULL);
  for (guint i = 0; i < text->lines->len && saying->bytes < WORDS_BYTES; i++) {
    const TextLine *line = g_ptr_array_index(text->lines, i);
    saying->ticks += strstr(line->text, "\342\230\222") ? 1 : 0;
    if (line->quote_depth > 0 || !*line->text) continue;
    saying->rows += is_row(line->text) ? 1 : 0;
    saying->bytes += strlen(line->text);
    saying->html_named = saying->html_named || strcasestr(line->text, "html");
    say_words(saying, line->text);
  }
}

/* How many words of `a` are not in `b`. */
static guint words_beyond(const Saying *a, const Saying *b) {
  guint count = 0;
  GHashTableIter iter;
  gpointer word = NULL;
  g_hash_table_iter_init(&iter, a->words);
  while (g_hash_table_iter_next(&iter, &word, NULL))
    count += g_hash_table_contains(b->words, word) ? 0 : 1;
  return count;
}

static gboolean says_more(const Saying *a, const Saying *b) {
  guint beyond = words_beyond(a, b);
  return beyond > WORDS_MORE && beyond * 100 > g_hash_table_size(a->words) * WORDS_MORE_PERCENT;
}

/* Programs make the plain part from the HTML one and lose on the way: tick signs (a character set
 * without them turns them into "?"), table rows (each cell on its own line), sometimes everything.
 * The HTML part is what the sender saw and wrote. */
static gboolean html_is_better(const Text *plain, const Text *html) {
  Saying p = {0}, h = {0};
  say(&p, plain);
  say(&h, html);
  gboolean better;
  if (h.bytes == 0 && h.ticks == 0)
    better = FALSE;
  else if (p.bytes == 0 || h.ticks > p.ticks)
    better = TRUE;
  else if (p.html_named && p.bytes < NOTICE_BYTES && h.bytes > p.bytes)
    better = TRUE;
  else if (says_more(&p, &h))
    better = g_hash_table_size(h.words) >= g_hash_table_size(p.words);
  else
    better = says_more(&h, &p) || (h.rows >= ROWS_MIN && h.rows > p.rows);
  g_hash_table_unref(p.words);
  g_hash_table_unref(h.words);
  return better;
}

/* Read every body part of one alternative that has `type` into a text of its own. */
static Text *read_side(const TextReader *reader, int alternative, const char *type) {
  Text *text = text_new();
  for (guint i = 0; i < reader->mail->parts->len; i++) {
    const MimePart *part = g_ptr_array_index(reader->mail->parts, i);
    if (part->alternative == alternative && text_is_inline(part) && strcmp(part->type, type) == 0)
      read_part(part, reader->limits, text);
  }
  return text;
}

/* Move what `from` holds behind what `to` holds; `from` is emptied. */
static void append_text(Text *to, Text *from, const Wire__Limits *limits) {
  g_autofree guint *sources = g_new(guint, from->sources->len + 1);
  for (guint i = 0; i < from->sources->len; i++)
    sources[i] = source_index(to, g_strdup(g_ptr_array_index(from->sources, i)));
  for (guint i = 0; i < from->lines->len && !to->over_limit; i++) {
    TextLine *line = g_ptr_array_index(from->lines, i);
    TextLine *added = text_add(to, limits, line->text, -1, line->part, line->quote_depth);
    if (!added) break;
    added->page = line->page;
    added->scanned = line->scanned;
    added->rule = line->rule;
    added->source = sources[line->source];
  }
  for (guint i = 0; i < from->notes->len; i++)
    g_ptr_array_add(to->notes, g_strdup(g_ptr_array_index(from->notes, i)));
  for (guint i = 0; i < from->review_reasons->len; i++)
    g_ptr_array_add(to->review_reasons, g_strdup(g_ptr_array_index(from->review_reasons, i)));
  if (from->over_limit && !to->over_limit) to->over_limit = g_strdup(from->over_limit);
}

static void read_alternative(TextReader *reader, int alternative) {
  for (guint i = 0; i < reader->mail->parts->len; i++) {
    const MimePart *part = g_ptr_array_index(reader->mail->parts, i);
    if (part->alternative == alternative && text_is_inline(part)) reader->done[i] = TRUE;
  }
  g_autoptr(Text) plain = read_side(reader, alternative, "text/plain");
  g_autoptr(Text) html = read_side(reader, alternative, "text/html");
  append_text(reader->text, html_is_better(plain, html) ? html : plain, reader->limits);
}

/* ---- attachments ---- */

/* A signature, a key, a card, a calendar entry: never a bulletin that a person filled in. */
static const char *const harmless[] = {
    "application/pkcs7-signature",
    "application/x-pkcs7-signature",
    "application/pgp-signature",
    "application/pgp-keys",
    "text/calendar",
    "text/vcard",
    "text/x-vcard",
    "application/ics",
    "message/delivery-status",
    "message/disposition-notification",
    "text/rfc822-headers",
    "message/feedback-report",
};

static gboolean is_harmless(const MimePart *part) {
  for (gsize i = 0; i < G_N_ELEMENTS(harmless); i++)
    if (strcmp(part->type, harmless[i]) == 0) return TRUE;
  return FALSE;
}

static gboolean read_picture(TextReader *reader, const MimePart *part, const Picture *picture) {
  guint first = reader->text->lines->len;
  if (!picture_read(part, picture, reader->limits, reader->text)) return FALSE;
  mark_source(reader->text, part, first);
  return TRUE;
}

/* Small pictures are not read, but may be shown. */
static gboolean is_wanted(const TextReader *reader, const MimePart *part) {
  if (reader->text->wanted) return picture_pages(part->content, reader->limits) > 0;
  return picture_is_page(part->content);
}

/* Nothing reads this part yet: say so, and ask for a person where it may be the bulletin. */
static void note_unread(TextReader *reader, const MimePart *part) {
  if (is_harmless(part)) return;
  g_autofree char *name = shown_name(part);
  gboolean media = g_str_has_prefix(part->type, "image/");
  if (g_str_has_prefix(part->type, "audio/") || g_str_has_prefix(part->type, "video/")) return;
  if (media && !is_wanted(reader, part)) {
    g_ptr_array_add(reader->text->notes, g_strdup_printf("picture %s not read", name));
    return;
  }
  if (g_bytes_get_size(part->content) == 0) return;
  Picture picture = {.encoded = part->content};
  if (media && read_picture(reader, part, &picture)) return;
  g_ptr_array_add(reader->text->review_reasons,
                  g_strdup_printf("attachment %s cannot be read yet", name));
}

/* In a report the returned message is ours, or was never the sender's to fill in. */
static gboolean is_report(const MimeMail *mail) {
  return strcmp(mail->top_type, "multipart/report") == 0;
}

static void read_rest(TextReader *reader) {
  gboolean report = is_report(reader->mail);
  for (guint i = 0; i < reader->mail->parts->len; i++) {
    const MimePart *part = g_ptr_array_index(reader->mail->parts, i);
    if (reader->done[i] || part->opened || (report && part->message > 0)) continue;
    if (part->alternative >= 0 && text_is_inline(part)) /* of an attached mail: the same choice */
      read_alternative(reader, part->alternative);
    else if (!read_part(part, reader->limits, reader->text))
      note_unread(reader, part);
  }
}

Text *text_read(const MimeMail *mail, const Wire__Limits *limits, PictureReader pictures) {
  Text *text = text_new();
  text->reader = pictures;
  g_autofree gboolean *done = g_new0(gboolean, mail->parts->len + 1);
  TextReader reader = {.mail = mail, .limits = limits, .text = text, .done = done};
  text->unpacked = mail->unpacked;
  for (guint i = 0; i < mail->review_reasons->len; i++)
    g_ptr_array_add(text->review_reasons, g_strdup(mail->review_reasons->pdata[i]));
  for (guint i = 0; i < mail->parts->len; i++) {
    const MimePart *part = g_ptr_array_index(mail->parts, i);
    if (!is_body(part) || done[i]) continue;
    if (part->alternative >= 0) {
      read_alternative(&reader, part->alternative);
    } else {
      read_part(part, limits, text);
      done[i] = TRUE;
    }
  }
  read_rest(&reader);
  return text;
}

Text *text_show(const MimeMail *mail, const Wire__Limits *limits, PictureReader pictures,
                PagePicture *wanted) {
  Text *text = text_new();
  text->reader = pictures;
  text->wanted = wanted;
  TextReader reader = {.mail = mail, .limits = limits, .text = text};
  for (guint i = 0; i < mail->parts->len; i++) {
    const MimePart *part = g_ptr_array_index(mail->parts, i);
    if (part->index != wanted->wish->part || part->opened) continue;
    if (!read_part(part, limits, text)) note_unread(&reader, part);
  }
  return text;
}
