/* classify_internal - what classify's files share: the mail as the word tables see it.
 *
 * Words are compared folded: lower case, accents off, typographic quotes and odd spaces plain, so
 * that a table row is written once. Private to parsers/classify*.c. */
#pragma once
#include "parsers/classify.h"

enum {
  LOOK_HEAD_LINES = 60,      /* own lines of the body that are looked at, from its head */
  LOOK_FOOT_LINES = 40,      /* and from its foot */
  LOOK_LINE_MAX_BYTES = 600, /* of a line, enough for any phrase of the tables */
  LOOK_GAP_MAX_BYTES = 60,   /* what a '*' of a phrase may skip */
  LOOK_IDS_MAX = 50          /* Message-IDs taken from a report */
};

typedef struct {
  const MimeMail *mail;
  char *subject;      /* folded, list tags "[x]" and answer prefixes cut off */
  gboolean answer;    /* the subject began with Re:, TR:, Fwd:, ... */
  gboolean in_thread; /* has In-Reply-To or References */
  char *from;         /* addr-spec in lower case; "" if none */
  char *from_name;    /* folded */
  gboolean robot;     /* look_is_robot of `from` */
  char *return_path;  /* addr-spec in lower case; "" for <>; NULL: no such field */
  GPtrArray *lines;   /* char*: folded lines of the body that are not quoted, none empty */
  guint64 runs[256];  /* hashed set of the runs of four bytes in lines */
} Look;

Look *look_new(const MimeMail *mail, const Text *text);
void look_free(Look *look);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Look, look_free)

/* fold's letters, with one space for any white space and none at the ends. */
char *look_fold(const char *text);

/* Does the folded `text` hold `phrase`? '^' first: only at its start; '$' last: only at its end;
 * '*': anything of up to LOOK_GAP_MAX_BYTES. A Latin phrase begins at the start of a word. */
gboolean look_matches(const char *text, const char *phrase);
/* The first phrase of a NULL-terminated table that `text` holds; NULL: none. */
const char *look_find(const char *text, const char *const *phrases);
/* Does one of the first `first`, or of the last `last`, own lines hold one of `phrases`? */
gboolean look_says(const Look *look, guint first, const char *const *phrases);
gboolean look_ends_with(const Look *look, guint last, const char *const *phrases);

/* Is one of the header fields there? Returns its name. */
const char *look_has_header(const Look *look, const char *const *names);
/* The first word of a header field in lower case, comments stripped; NULL: no such field. */
char *look_header_word(const Look *look, const char *name, guint n);

/* Local parts that no person writes from (mailer-daemon, noreply, ...); not postmaster. */
gboolean look_is_robot(const char *address);
gboolean look_is_daemon(const char *address); /* mailer-daemon and its kin: bounces */
gboolean look_null_sender(const Look *look);

/* Each looks for its kind; on TRUE machine, certain, reason and flags of `found` are set. */
gboolean classify_bounce(const Look *look, Classification *found);
gboolean classify_receipt_or_absence(const Look *look, Classification *found); /* certain ones */
gboolean classify_bulk(const Look *look, Classification *found);
gboolean classify_automatic(const Look *look, Classification *found); /* what is left of machines */

/* The Message-IDs that the parts of a report speak of. */
void classify_references(const MimeMail *mail, GPtrArray *ret_references);

/* TRUE, having said so in `found`. `reason` is copied. */
gboolean classify_say(Classification *found, MachineKind machine, gboolean certain,
                      const char *reason);
