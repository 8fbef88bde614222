/* text - the one text that every format becomes: lines in reading order.
 *
 * Cells of a table row are separated by a tab; every kind of tick box is ☒ (U+2612) or ☐ (U+2610);
 * struck-out and hidden text is left out; a form field is `label<tab>value`. Lines are UTF-8, NFC,
 * without control characters but tab; no-break and other odd spaces are spaces; a line of white
 * space is "". Rules read this and nothing else. */
#pragma once
#include <glib.h>

#include "parsers/mime.h"

typedef struct {
  char *text;         /* of the Text; without quote marks and without the final line break */
  guint part;         /* MimePart.index */
  guint page;         /* from 1; 0: no pages */
  guint quote_depth;  /* number of "> " marks, or of enclosing blockquotes */
  guint source;       /* index into Text.sources */
  gboolean rule;      /* a horizontal rule or a mail client's divider stood here; text is "" */
  gboolean quoted;    /* set by quote: somebody else's words */
  gboolean sent;      /* set by quote: repeats what the organiser sent */
  gboolean signature; /* set by quote */
  gboolean header;    /* attribution line or quoted header block (quote), or a document's running
                         header or footer: no answer stands there */
  gboolean scanned;   /* letters that were guessed from a picture */
  const char *folded; /* see text_folded; NULL: nobody asked yet */
  struct KnownLine *known; /* of an earlier mail's line (known.h); NULL: nothing */
  GArray *places;          /* TextPlace (place.h); NULL: not on a page that can be shown */
} TextLine;

typedef struct Text Text;
typedef struct Picture Picture;
typedef struct PagePicture PagePicture;

/* Append what a picture says (formats/picture.h). FALSE: it is none that can be read, or no
 * bulletin (a logo). */
typedef gboolean (*PictureReader)(const MimePart *part, const Picture *picture,
                                  const Wire__Limits *limits, Text *text);

struct Text {
  GPtrArray *lines;          /* TextLine* */
  GPtrArray *sources;        /* char*: "body:text/plain", "attachment:bulletin.docx" */
  GPtrArray *notes;          /* char*: for Extraction.notes */
  GPtrArray *review_reasons; /* char*: e.g. "attachment bulletin.docx cannot be read yet" */
  PictureReader reader;      /* NULL: pictures are left to another process */
  PagePicture *wanted;       /* NULL, or the page that is to be shown (formats/page_picture.h) */
  gboolean pictures;         /* some were not read that may be bulletins (picture.h) */
  guint64 unpacked;          /* bytes that came out of archives, counted against the limit */
  gsize bytes;               /* of all lines together, counted against the limit */
  char *over_limit;          /* NULL: none */
  GPtrArray *blocks;         /* private: where the lines lie, many in one */
  GStringChunk *letters;     /* private: where their text lies */
};

Text *text_new(void);
void text_free(Text *text);

/* Is it text that a mail program shows without a click? */
gboolean text_is_inline(const MimePart *part);

/* Append one line: cleans it as the head of this file says, counts it, cuts at the limits
 * (over_limit is set). Returns the line, borrowed; NULL when the limit is reached. */
TextLine *text_add(Text *text, const Wire__Limits *limits, const char *line, gssize length,
                   guint part, guint quote_depth);

/* Give a line other words, which are clean. They are not counted again. */
void text_rewrite(Text *text, TextLine *line, const char *words);

/* A piece of a line, cleaned as text_add cleans lines. The caller frees. */
char *text_clean(const char *piece);

/* Turn a message into its text: of the alternatives the one that says more (an HTML part where the
 * plain one is empty or a mere notice), inline text first, then the attachments that a format of
 * parsers/formats/ can read, each once. `reader` reads pictures; NULL: text->pictures tells that
 * there are some. */
Text *text_read(const MimeMail *mail, const Wire__Limits *limits, PictureReader reader);

/* Read that part alone, for the picture of one of its pages, which is left in `wanted`. */
Text *text_show(const MimeMail *mail, const Wire__Limits *limits, PictureReader reader,
                PagePicture *wanted);

/* Line `line` folded (fold.h), without white space around it. Made when first asked for, then kept
 * for all the steps that compare lines. Borrowed; the line's text must not change any more. */
const char *text_folded(const Text *text, guint line);

/* Does a tick box stand in `line`, ticked or not? */
gboolean text_has_tick(const char *line);

/* For the formats: a part's bytes as UTF-8; `label` is the character set that they claim, a guess
 * is noted. The caller frees. */
char *text_part_utf8(const MimePart *part, const char *label, Text *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Text, text_free)
