/* opendoc_internal - what the files of opendoc share. */
#pragma once
#include "parsers/formats/flow.h"
#include "parsers/formats/opendoc_form.h"
#include "parsers/formats/opendoc_style.h"

/* Running heads stand before the content and feet behind it, wherever the file has them. */
typedef enum { OPENDOC_HEADS, OPENDOC_CONTENT, OPENDOC_FEET } OpendocPass;

typedef struct {
  OpendocPass pass;
  OfficeXml xml;
  Text *text;
  const Wire__Limits *limits;
  const MimePart *part;
  Flow flow;
  OpendocStyles *styles;
  GHashTable *controls;
  OpendocFloats *floats; /* of the open paragraph, or of the page */
  OpendocLook look;
  const char *fault; /* a limit; NULL: none */

  guint hide;           /* within so many things that are not shown */
  gboolean in_line;     /* the frame is set like a character */
  gboolean hide_line;   /* the open paragraph is hidden */
  gboolean after_space; /* white space that comes next is folded into what is there */
  gsize instruction;    /* where a form field's instruction began in the line, plus one */
  const char *list;     /* its style; NULL: none */
  guint list_level;
  gboolean mark_due; /* the paragraph that comes next begins an entry */

  guint covered;             /* cells that the one before them covers */
  gboolean is_calc;          /* tables are sheets */
  guint sheets, sheets_seen; /* that were written; all */
  OpendocLook cell;          /* what the style of the cell says */
} Opendoc;

/* Read what is in the element that was just opened, and pass its end. */
void opendoc_walk(Opendoc *doc);

/* The number that an attribute says, from 1 to `max`; 1 where there is none. */
guint opendoc_count(const Opendoc *doc, const char *name, guint max);

/* Is the row or column in the element that was just opened hidden? */
gboolean opendoc_is_invisible(const Opendoc *doc);

/* Read the sheet that was just opened (table:table) and write its rows. */
void opendoc_sheet(Opendoc *doc);
