/* scan_exif - how a JPEG photograph was held, by its Exif data (TIFF 6.0, JEITA CP-3451). Pure.
 * Private to scan. */
#pragma once
#include <glib.h>

typedef struct {
  int quarters;    /* clockwise, by which the stored picture must be turned */
  gboolean mirror; /* then, left for right */
} ScanTurn;

/* {0, FALSE} where nothing is said, what is said has no meaning, or it is no JPEG. */
ScanTurn scan_exif_turn(const guint8 *data, gsize size);
