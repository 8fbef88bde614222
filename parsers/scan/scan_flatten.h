/* scan_flatten - a page that lies on a darker table and was photographed at an angle, made upright
 * and rectangular. Pure. Private to scan. */
#pragma once
#include <allheaders.h>

/* The page alone, where `pix` (8 bits deep) is plainly such a photograph: the page is one bright
 * quadrilateral that covers a good part of it, with a darker surround on each side. NULL: it is
 * not, and is to be read as it is. */
PIX *scan_flatten(PIX *pix);
