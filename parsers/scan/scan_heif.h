/* scan_heif - photographs of telephones (HEIC, HEIF: ISO 23008-12, coded by HEVC) to a picture in
 * grey. Private to scan.
 *
 * The file's primary image alone, turned and cropped as the file says. No thread is started and no
 * file opened, so all of it works in the sandbox. */
#pragma once
#include <allheaders.h>
#include <glib.h>

/* Is it such a file, by its content? */
gboolean scan_heif_is(GBytes *encoded);

/* The size as the file declares it, before anything is decoded. FALSE: damaged, or not known. */
gboolean scan_heif_size(GBytes *encoded, guint32 *ret_width, guint32 *ret_height);

/* The picture, 8 bits deep. NULL: damaged, or coded in another way. The caller destroys it. */
PIX *scan_heif_load(GBytes *encoded);
