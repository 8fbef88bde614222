/* mail_files - from the names that were given to the files of single mails, in order. */
#pragma once
#include <glib.h>

/* Append to `paths` (char*) every mail that `argument` means: a file itself; of a Maildir what lies
 * in its cur and new; of any other folder every file in it and below it, by name, without *.json,
 * without names that begin with a dot; links to folders are not followed.
 * FALSE with a G_FILE_ERROR that names what cannot be read; the rest is in `paths` all the same. */
gboolean mail_files_add(GPtrArray *paths, const char *argument,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Read one mail. One over max_bytes is cut to its header (of at most header_bytes) and
 * *ret_header_only says so. NULL with an error that names the file. */
GBytes *mail_files_read(const char *path, gsize max_bytes, gsize header_bytes,
                        gboolean *ret_header_only, GError **error) G_GNUC_WARN_UNUSED_RESULT;
