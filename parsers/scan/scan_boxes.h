/* scan_boxes - tick boxes of a scanned page, found as the small squares that they are. Private to
 * scan. */
#pragma once
#include <allheaders.h>
#include <glib.h>

typedef struct {
  int x, y, width, height; /* pixels */
  gboolean ticked;         /* there is ink within */
} ScanBox;

/* The boxes of `pix` (8 bits), which are painted over, as are the rules of tables: neither is a
 * letter. GArray of ScanBox; the caller unrefs. The cells that the rules close in are appended to
 * `cells`, too (never ticked). */
GArray *scan_boxes_take(PIX *pix, GArray *cells);
