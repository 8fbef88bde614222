/* opendoc_style - what the styles of an OpenDocument file hide, strike out or draw as a symbol. */
#pragma once
#include "parsers/formats/font.h"
#include "parsers/formats/office_xml.h"

/* How text is shown. */
typedef struct {
  gboolean struck, hidden;
  Font font;
} OpendocLook;

typedef struct OpendocStyles OpendocStyles;

OpendocStyles *opendoc_styles_new(void);
void opendoc_styles_free(OpendocStyles *styles);

/* A part begins: its automatic styles are its own, the names of another part's mean others. */
void opendoc_styles_begin_part(OpendocStyles *styles);

/* Where the element that was just opened holds fonts or styles: read it, pass its end. FALSE: it is
 * another one. */
gboolean opendoc_styles_read(OpendocStyles *styles, OfficeXml *xml);

/* Apply the style of a family ("text", "paragraph", "table-cell") and what it is made from to
 * `look`. `name` may be NULL: no style. */
void opendoc_styles_apply(const OpendocStyles *styles, const char *family, const char *name,
                          OpendocLook *look);

/* The tick box that a list draws before its entries at a level (from 1); NULL: none. Borrowed. */
const char *opendoc_styles_mark(const OpendocStyles *styles, const char *list, guint level);

/* Is a sheet with the style hidden? */
gboolean opendoc_styles_hide_table(const OpendocStyles *styles, const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OpendocStyles, opendoc_styles_free)
