/* scan_image - bytes to an upright, clean picture in grey that can be read. Private to scan. */
#pragma once
#include <allheaders.h>
#include <cairo.h>

#include "parsers/formats/picture.h"

/* How many pictures the file holds (a TIFF may hold several pages); 0: it is none that is read, or
 * *ret_limit names the limit that it passes. */
guint scan_image_count(const Picture *picture, const Wire__Limits *limits, const char **ret_limit);

/* The n-th of them, 8 bits deep, turned as the camera was held and upright by its skew, without the
 * table that it lies on, with its background made white, of a
 * size that letters are read at best. NULL: damaged. The caller destroys it. */
PIX *scan_image_load(const Picture *picture, guint n);

/* The picture (8 bits) for cairo to paint on. The caller destroys it. */
cairo_surface_t *scan_image_surface(PIX *pix);

/* Is it large enough, and no banner, to be a page? */
gboolean scan_image_is_page(const PIX *pix);
