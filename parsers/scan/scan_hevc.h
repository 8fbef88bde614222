/* scan_hevc - HEVC pictures for libheif by libde265, without a thread. Private to scan.
 *
 * libheif has a decoder of its own by libde265, but that starts a worker thread: where the sandbox
 * refuses it, it would wait for it for ever. */
#pragma once
#include <glib.h>

/* To be called once, before the first picture; opens nothing. FALSE: libheif refuses it. */
gboolean scan_hevc_register(void);
