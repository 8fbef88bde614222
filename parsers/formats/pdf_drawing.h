/* pdf_drawing - what is drawn on a page besides its text: the rules of tables, tick boxes, strokes
 * through words.
 *
 * The page is painted in grey, two pixels a point, and looked at. Coordinates are points from the
 * top left. Private to pdf_read. */
#pragma once
#include <poppler.h>

#include "parsers/formats/pdf_page.h"

typedef struct PdfDrawing PdfDrawing;

/* NULL: the page is larger than `pixels` would show. */
PdfDrawing *pdf_drawing_new(PopplerPage *page, guint64 pixels);
void pdf_drawing_free(PdfDrawing *drawing);

/* The ruled cell around the box of a text; FALSE: it stands in none. */
gboolean pdf_drawing_cell(const PdfDrawing *drawing, const PdfBox *text, PdfBox *ret_cell);

/* Does an upright rule stand between x0 and x1 at height y? */
gboolean pdf_drawing_parts(const PdfDrawing *drawing, double x0, double x1, double y);

/* Is there a tick box right before the text? *ret_ticked: with something in it. */
gboolean pdf_drawing_tick(const PdfDrawing *drawing, const PdfBox *text, PdfBox *ret_box,
                          gboolean *ret_ticked);

/* The sides of that box are no rules of a table. */
void pdf_drawing_forget(PdfDrawing *drawing, const PdfBox *box);

/* Does a stroke go through the middle of the text, or of a part of it? From x0 to x1, perhaps
 * beyond the text. */
gboolean pdf_drawing_stroke(const PdfDrawing *drawing, const PdfBox *text, double *ret_x0,
                            double *ret_x1);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdfDrawing, pdf_drawing_free)
