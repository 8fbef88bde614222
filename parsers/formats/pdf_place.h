/* pdf_place - which piece of a page stands at which bytes of the lines that were made of it.
 * Private to pdf_page. */
#pragma once
#include "parsers/formats/pdf_page.h"

/* Find the pieces (GArray of PdfPiece, in the order in which they were written) in the lines of
 * `text` from `first` on, and note their places there. A piece that is not found has none. */
void pdf_place(const GArray *written, Text *text, guint first);
