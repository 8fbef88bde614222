/* ctl - what the commands of bulletinctl share: options, configuration, store, exit codes.
 *
 * A command reads its arguments, prints to standard output and returns a sysexits code; an error is
 * one line on standard error, told through ctl_fail or ctl_error alone. */
#pragma once
#include <glib.h>

#include "daemon/config.h"
#include "store/store.h"

typedef struct {
  char *config; /* NULL: not given */
  char *event, *format, *id, *since, *pages, *output, *language, *text_file, *role, *account, *out;
  int jobs;
  gboolean json, text, all, outbox, follow, unused, force, yes, answer, wait;
} Options;

/* Which options a command takes, besides --config and --help. */
typedef enum {
  OPTION_JSON = 1 << 0,
  OPTION_EVENT = 1 << 1,
  OPTION_JOBS = 1 << 2,
  OPTION_TEXT = 1 << 3,
  OPTION_ALL = 1 << 4,
  OPTION_OUTBOX = 1 << 5,
  OPTION_FOLLOW = 1 << 6,
  OPTION_SINCE = 1 << 7,
  OPTION_ID = 1 << 8,
  OPTION_FORMAT = 1 << 9,
  OPTION_UNUSED = 1 << 10,
  OPTION_PAGES = 1 << 11,
  OPTION_FORCE = 1 << 12,
  OPTION_YES = 1 << 16,
  OPTION_OUTPUT = 1 << 13,
  OPTION_LANGUAGE = 1 << 14,
  OPTION_TEXT_FILE = 1 << 17,
  OPTION_WAIT = 1 << 18,
  OPTION_ANSWER = 1 << 19,
  OPTION_ACCOUNT = 1 << 20,
  OPTION_ROLE = 1 << 21,
  OPTION_EVERY = 1 << 22, /* --all, of the answers */
  OPTION_OUT = 1 << 23
} OptionBit;

typedef struct {
  const char *name;
  const char *arguments; /* "ID [field=value…]" */
  int least, most;       /* arguments; most -1: no bound */
  const char *sample;    /* arguments of the examples */
  guint options;         /* OptionBits */
  const char *summary;
  int (*run)(const Options *options, char **arguments);
} Command;

#define CTL_DEFAULT_CONFIG "/etc/bulletind/bulletind.yaml"

/* --- the commands ------------------------------------------------------------------------- */
int ctl_parse(const Options *options, char **arguments);
int ctl_explain(const Options *options, char **arguments);
int ctl_rules(const Options *options, char **arguments);
int ctl_queue(const Options *options, char **arguments);
int ctl_log(const Options *options, char **arguments);
int ctl_show(const Options *options, char **arguments);
int ctl_list(const Options *options, char **arguments);
int ctl_export(const Options *options, char **arguments);
int ctl_stats(const Options *options, char **arguments);
int ctl_organizations(const Options *options, char **arguments);
int ctl_accept(const Options *options, char **arguments);
int ctl_ask(const Options *options, char **arguments);
int ctl_ignore(const Options *options, char **arguments);
int ctl_edit(const Options *options, char **arguments);
int ctl_cancel(const Options *options, char **arguments);
int ctl_reply(const Options *options, char **arguments);
int ctl_merge(const Options *options, char **arguments);
int ctl_hold(const Options *options, char **arguments);
int ctl_release(const Options *options, char **arguments);
int ctl_requeue(const Options *options, char **arguments);
int ctl_import(const Options *options, char **arguments);
int ctl_user(const Options *options, char **arguments);
int ctl_oauth(const Options *options, char **arguments);
int ctl_verify(const Options *options, char **arguments);
int ctl_backup(const Options *options, char **arguments);
int ctl_restore(const Options *options, char **arguments);
int ctl_forget(const Options *options, char **arguments);
int ctl_person(const Options *options, char **arguments);
int ctl_check(const Options *options, char **arguments);

/* --- what they share ---------------------------------------------------------------------- */

/* One line to standard error, cleaned of control characters. Returns `code`. */
int ctl_fail(int code, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* The same with the sysexits code that the error's domain and code mean. */
int ctl_error(const GError *error);
/* Each problem on a line of its own. Returns EX_CONFIG. */
int ctl_problems(const GPtrArray *problems);
/* After the last line: EX_IOERR where standard output did not take everything (told, unless its
 * reader has simply gone), else `code`. */
int ctl_end_output(int code);
/* What that tells where a line was lost. Returns EX_IOERR. */
int ctl_output_failed(void);

/* The configuration to look at the store with: problems in it are no reason not to, as long as it
 * can be read at all. NULL: told, *ret_code is the exit code. */
Config *ctl_config(const Options *options, int *ret_code);
/* May this user change the store? FALSE: told, *ret_code is the exit code. */
gboolean ctl_may_write(const Config *config, int *ret_code);
/* Where root runs us, become the owner of the folder at `path`, for good. FALSE: told. */
gboolean ctl_become_owner(const char *path, int *ret_code);
/* Become the owner of the store and open it. NULL: told, *ret_code is the exit code. */
Store *ctl_store(const Config *config, guint flags, int *ret_code);
/* Both, and a reading transaction. */
typedef struct {
  Config *config;
  Store *store;
  StoreTxn *txn;
} View;
gboolean view_open(View *view, const Options *options, int *ret_code);
void view_done(View *view);

/* A number from 1, nothing else. FALSE: told, naming `what`. */
gboolean ctl_number(const char *text, const char *what, guint64 *ret_number);
/* Is `event` configured? NULL counts as yes. FALSE: told, with the nearest known one. */
gboolean ctl_event_known(const Config *config, const char *event);
/* RFC 3339 with the local offset, to the second (_us: to the millisecond). The caller frees;
 * 0 is "". */
char *ctl_time(gint64 seconds);
char *ctl_time_us(gint64 microseconds);
