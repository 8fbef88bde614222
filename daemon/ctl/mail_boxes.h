/* mail_boxes - mails from files: one a file, Maildirs, mboxes (mboxrd and mboxo), told by content.
 *
 * They are read by a process of its own, which stays who called us: the caller becomes the store's
 * owner, who may not read those files. What comes through the pipe is bounded: one mail at a time,
 * of at most max_bytes. */
#pragma once
#include <glib.h>

typedef struct {
  char *name;           /* file, of an mbox with "#3" for the third mail in it */
  GBytes *raw;          /* NULL: it cannot be read, and `name` says why in one line */
  gint64 received;      /* seconds since 1970: of the mbox's From line, else the first Received
                         * field, else the file's */
  guint64 size_bytes;   /* of the whole mail */
  gboolean header_only; /* it is over max_bytes: `raw` is its header */
} BoxMail;
void box_mail_free(BoxMail *mail);

typedef struct MailBoxes MailBoxes;

/* Start reading `paths` (char*, borrowed, as mail_files_add made them). Before there are threads.
 * NULL: told, *ret_code is the exit code. */
MailBoxes *mail_boxes_new(const GPtrArray *paths, gsize max_bytes, int *ret_code);
/* The next mail, in order; NULL: there is none. Blocks. */
BoxMail *mail_boxes_next(MailBoxes *boxes);
void mail_boxes_free(MailBoxes *boxes);

/* "Mon, 3 Jun 2019 10:00:00 +0200", with or without the day's name and seconds, to seconds since
 * 1970; 0: it is none (RFC 5322 3.3). */
gint64 mail_boxes_date(const char *text);
