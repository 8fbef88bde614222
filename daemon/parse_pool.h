/* parse_pool - the parser workers: feed them, time them, reap them.
 *
 * One thread a worker; each starts `bulletin-parser` with two pipes, sends the Setup and hands it
 * one message at a time. A worker that dies, overruns its time or answers nonsense is killed and
 * started anew. A message that ended it (a crash, too much memory or processor time) is not read
 * again; else it gets one retry alone in a fresh worker. Then its header alone is read: the
 * extraction says who wrote, is KIND_UNREADABLE, and its last note is the reason.
 *
 * A message whose pictures may hold a bulletin goes to a lane of its own with bulletin-scan, which
 * is started when one comes, another while more wait, and ended when none has come for a minute. It
 * yields to other processes: a scan never holds up typed bulletins. Where it cannot be started, or
 * fails, the first reading stands. */
#pragma once
#include <glib.h>

#include "daemon/metrics.h"
#include "parsers/wire.h"

typedef struct ParsePool ParsePool;

typedef struct {
  GBytes *raw;
  char *event;         /* forced event or "" */
  char *account_event; /* or "" */
  char **addresses;    /* ours; may be NULL */
  gboolean want_text, want_lines, header_only;
  Wire__PageWish *wish; /* NULL, or the page whose picture is asked for (page_wish.h); owned */
  gboolean want_original, want_part;
  guint part;        /* of want_part */
  GPtrArray *typed;  /* Wire__Typed*: read these instead of a message; NULL: none */
  GPtrArray *known;  /* Wire__Typed*: what else is known of that person; NULL: nothing */
  void *tag;         /* the caller's */
  Extraction *first; /* private: what bulletin-parser made of it, while pictures are read */
} ParseJob;
ParseJob *parse_job_new(GBytes *raw, void *tag);
/* The job to read what a person typed, by the rules of `event`; typed and known are empty. */
ParseJob *parse_job_new_typed(const char *event);
/* Add a field and what stands in it to one of the two. Copies. */
void parse_job_type(GPtrArray *to, const char *field, const char *value);
void parse_job_free(ParseJob *job);

/* Called in a worker's thread, once for each job; owns `extraction` (never NULL), borrows `job`. */
typedef void (*ParseDone)(ParseJob *job, Extraction *extraction, void *context);

/* How many cores this process may run on (taskset, CPUAffinity=): at least 1. */
guint parse_pool_cores(void);

/* Start `workers` (0: one for each of those cores) workers of `program` (NULL: the installed
 * bulletin-parser). Problems that they report are appended to `problems` (char* "FILE:LINE: …" by
 * `events`, the GPtrArray of Event* that setup was made of); with any, NULL. timeout_s: a message.
 */
ParsePool *parse_pool_new(const char *program, guint workers, const Wire__Setup *setup,
                          const GPtrArray *events, guint timeout_s, ParseDone done, void *context,
                          GPtrArray *problems, GError **error);
/* Another program for the lane (NULL: no lane), ended when no job has come for idle_ms; a job may
 * take timeout_s. Before the first job. */
void parse_pool_set_lane(ParsePool *pool, const char *program, guint idle_ms, guint timeout_s);
/* At most so many of the lane's processes at once (1 and more; without this call: 1). Before the
 * first job. */
void parse_pool_set_scans(ParsePool *pool, guint workers);
/* Count lost processes there, too. Borrowed; before the first job. */
void parse_pool_set_metrics(ParsePool *pool, Metrics *metrics);
/* End a worker that has had no work for idle_ms, and start it again when some comes. Before the
 * first job. */
void parse_pool_set_idle(ParsePool *pool, guint idle_ms);
/* Start a worker that was ended, and keep it for another idle_ms. Never blocks. */
void parse_pool_warm(ParsePool *pool);
/* Queue a job; takes it. Never blocks. */
void parse_pool_push(ParsePool *pool, ParseJob *job);
/* Workers that had to be killed or died since the start. */
guint parse_pool_restarts(ParsePool *pool);
/* Work off what is queued (drain) or drop it, stop the workers, free. */
void parse_pool_free(ParsePool *pool, gboolean drain);
