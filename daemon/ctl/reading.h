/* reading - a mail from a file, read and decided on as the daemon would: parse, explain, rules. */
#pragma once
#include <jansson.h>

#include "daemon/ctl/ctl.h"
#include "daemon/decide.h"
#include "daemon/parse_pool.h"

typedef struct {
  Config *config;
  const Account *account; /* where the configuration has exactly one, else NULL */
  char **addresses;       /* of every account */
  const char *event;      /* --event, or "" */
  gboolean want_text, want_lines;
} Reading;

/* Without --config the shipped event applies. FALSE: told, *ret_code is the exit code. */
gboolean reading_open(Reading *reading, const Options *options, int *ret_code);
void reading_done(Reading *reading);

/* Start the workers. NULL: told, *ret_code is the exit code. */
ParsePool *reading_pool(const Reading *reading, guint workers, ParseDone done, void *context,
                        int *ret_code);
/* The job for one file, NULL with an error when it cannot be read. */
ParseJob *reading_job(const Reading *reading, const char *path, void *tag,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The job for a mail that is at hand. */
ParseJob *reading_job_raw(const Reading *reading, GBytes *raw, void *tag);
/* The job for a mail as if it had come by `account` (NULL: none known). event: forced, or "". */
ParseJob *reading_job_as(GBytes *raw, const Account *account, const char *event, void *tag);
/* What stands for a file that cannot be read. */
Extraction *reading_unreadable(const char *reason);
/* Decide with an empty store, before the deadline. Any thread. Borrows `extraction`. */
Verdict *reading_decide(const Reading *reading, const Extraction *extraction);
/* The contract's object for one mail. Any thread. */
json_t *reading_json(const Reading *reading, const char *path, const Extraction *extraction,
                     const Verdict *verdict);
