/* harmless_out - the pen that harmless writes with: text is escaped here, tags are ours.
 *
 * What it has written is UTF-8 and never passes its bound: then comes "…", and after it nothing but
 * the end tags of what is open, for which room is kept. */
#pragma once
#include <glib.h>

enum {
  HARMLESS_DEPTH_MAX = 400,      /* open elements: browsers stop at 512 */
  HARMLESS_RESERVE_BYTES = 8192, /* their end tags */
};
#define HARMLESS_CUT "\342\200\246" /* "…": here something was left out */

typedef struct {
  GString *out; /* borrowed */
  gsize max_bytes;
  gboolean cut;  /* "…" stands there: nothing comes any more */
  gboolean said; /* something can be read */
} HarmlessOut;

/* Append text. As it stands (`pre`: line breaks become <br>, spaces stay), or with each run of
 * white space as one space. Control characters are left out. */
void harmless_out_text(HarmlessOut *out, const char *text, gsize size, gboolean pre);
/* Append a start tag, whole, by a name and attributes of ours. FALSE: it found no room. */
gboolean harmless_out_tag(HarmlessOut *out, const char *tag);
/* Append an end tag; room for it is there. */
void harmless_out_end(HarmlessOut *out, const char *name);
/* Tell that something is left out here. */
void harmless_out_note(HarmlessOut *out);
