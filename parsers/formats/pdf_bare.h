/* pdf_bare - does a PDF draw nothing but letters? Then none of its pages need be painted to find
 * rules, tick boxes or strokes. Private to pdf_read. */
#pragma once
#include <glib.h>

/* TRUE: no stream of the file holds an operator that paints lines, areas, shades or pictures. FALSE
 * where one does or where that is not sure: what is encrypted, packed in another way than deflate,
 * damaged, or longer than it looks at. Linear. Fields and annotations, which readers draw by
 * themselves, are not known here (ISO 32000-1 7.8.2, Annex A). */
gboolean pdf_is_bare(GBytes *content);

/* May one of these letters look like a rule, a box or a stroke? `text` is UTF-8. */
gboolean pdf_letters_draw(const char *text);
