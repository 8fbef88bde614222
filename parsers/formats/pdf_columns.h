/* pdf_columns - two columns of text beside each other, which are read one after the other.
 *
 * A label beside its value stands on its height; lines of two columns do not. Private to
 * pdf_page. */
#pragma once
#include "parsers/formats/pdf_page.h"

/* The block that two columns take: everything between its heights is left or right of `at`. */
typedef struct {
  double at, top, bottom;
} PdfColumns;

/* Are there two columns among the pieces (GArray of PdfPiece)? */
gboolean pdf_columns_find(const GArray *pieces, PdfColumns *ret_columns);

/* Where a piece is read, in that order. */
typedef enum {
  PDF_COLUMNS_ABOVE,
  PDF_COLUMNS_LEFT,
  PDF_COLUMNS_RIGHT,
  PDF_COLUMNS_BELOW,
  PDF_COLUMNS_PLACES
} PdfColumnsPlace;

PdfColumnsPlace pdf_columns_place(const PdfColumns *columns, const PdfPiece *piece);
