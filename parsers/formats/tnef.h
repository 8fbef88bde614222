/* tnef - what Outlook wraps into winmail.dat: attachments and the body ([MS-OXTNEF]).
 *
 * A reader of our own: every length is checked against the bytes that are there. Names and texts of
 * the old attributes are in the message's code page, MAPI properties in UTF-16. */
#pragma once
#include <glib.h>

#include "parsers/wire.h"

typedef struct {
  char *name;       /* UTF-8, no path; "" if none */
  char *type;       /* as declared, lower case; "application/octet-stream" if not */
  char *charset;    /* of a body; "" if unknown */
  char *content_id; /* by which an HTML body shows it; "" if none */
  gboolean body;    /* of the message: "text/html", "application/rtf" or "text/plain" */
  GBytes *content;
} TnefItem;

typedef struct {
  GPtrArray *items;  /* TnefItem*: at most one body, the richest, then the attachments in order */
  const char *fault; /* "damaged" or the name of a limit: there may be more; NULL: none */
  gsize unpacked;    /* bytes that were made (a packed RTF body) */
} Tnef;

/* Read `content`. Never NULL; what was read before a fault is kept. Bounded by archive_entries and
 * archive_bytes. */
Tnef *tnef_open(GBytes *content, const Wire__Limits *limits);
void tnef_free(Tnef *tnef);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Tnef, tnef_free)
