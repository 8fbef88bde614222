/* pdf_page - the pieces of text on a page of a PDF, and the rows that they stand in.
 *
 * A row is what a reader sees on one height: its pieces from left to right, a wide gap between two
 * of them is a tab. Pieces in ruled cells are rows of a table. Coordinates are points from the
 * page's top left. Private to pdf_read. */
#pragma once
#include "parsers/formats/page.h"

typedef struct {
  double x0, y0, x1, y1;
} PdfBox;

typedef struct {
  PdfBox box;
  char *text;     /* UTF-8, one line */
  gboolean sign;  /* a tick box: what it is for stands right behind it */
  gboolean ruled; /* it stands in a cell with rules on all sides */
  PdfBox cell;
  guint confidence; /* 0..100: how surely the letters were read; 100: they were printed as such */
} PdfPiece;

typedef struct {
  GArray *pieces;  /* PdfPiece */
  GArray *written; /* PdfPiece, in the order of the lines; texts borrowed */
} PdfPage;

PdfPage *pdf_page_new(void);
void pdf_page_free(PdfPage *page);

/* Add a piece; `text` is taken. Borrowed until the next one; NULL: there are too many. */
PdfPiece *pdf_page_add(PdfPage *page, PdfBox box, char *text, gboolean sign);

/* Write the rows from top to bottom ("" where a gap parts two of them), those of tables as such,
 * as lines of page `number` of the part; they know where on the page their words stand. */
void pdf_page_write(PdfPage *page, Text *text, const Wire__Limits *limits, guint part,
                    guint number);

/* Is there a piece left of, or above and near, the place? For labels of fields. */
gboolean pdf_page_has_label(const PdfPage *page, const PdfBox *box);

/* The box moved to the height of the printed text beside it, if there is any: fields are drawn
 * higher or lower than the words that they belong to. */
PdfBox pdf_page_aligned(const PdfPage *page, PdfBox box);

gboolean pdf_box_holds(const PdfBox *box, double x, double y);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdfPage, pdf_page_free)
