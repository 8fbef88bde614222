/* xlsx_box - what lies on the cells of an Excel sheet: tick boxes and text boxes. */
#pragma once
#include "parsers/formats/office_xml.h"
#include "parsers/formats/sheet.h"

/* Put the form controls of a sheet (a legacy drawing in VML) at the cells where they begin. FALSE:
 * it ended where it should not. */
gboolean xlsx_controls_read(GBytes *vml, Sheet *sheet);

/* Put the text boxes of a sheet's drawing at the cells where they begin. FALSE: as above. */
gboolean xlsx_drawing_read(GBytes *drawing, Sheet *sheet);
