/* check - does everything that bulletind needs work? The configuration first; then every mailbox
 * and the submission server, at once, told in the order of the configuration. */
#include <stdio.h>
#include <sysexits.h>

#include "daemon/check.h"
#include "daemon/ctl/ctl.h"
#include "daemon/ctl/table.h"
#include "daemon/log.h"
#include "daemon/mail/fetch_imap.h"
#include "daemon/mail/send_smtp.h"
#include "daemon/presets.h"

enum { LINE_MAX_CHARS = 1000 };

typedef struct {
  const Account *account;       /* or */
  const Submission *submission; /* the other is NULL */
  GPtrArray *lines;
  GThread *thread;
} Probe;

/* In the probe's thread: whether it works. */
static gpointer try_it(gpointer data) {
  Probe *probe = data;
  gboolean works = probe->account ? fetch_imap_check(probe->account, probe->lines)
                                  : send_smtp_check(probe->submission, probe->lines);
  return GINT_TO_POINTER(works);
}

static Probe *start(const Account *account, const Submission *submission) {
  Probe *probe = g_new0(Probe, 1);
  probe->account = account;
  probe->submission = submission;
  probe->lines = g_ptr_array_new_with_free_func(g_free);
  probe->thread = g_thread_new("check", try_it, probe);
  return probe;
}

/* What is mostly the reason, where it is a provider that we know. */
static void add_advice(Probe *probe) {
  const char *host = probe->account ? probe->account->imap.host : probe->submission->url.host;
  const Preset *preset = preset_of_host(host);
  const char *name = probe->account ? probe->account->name : "submission";
  if (preset)
    g_ptr_array_add(probe->lines,
                    g_strdup_printf("%s: with %s, %s", name, preset->name, preset->advice));
}

static gboolean finish(Probe *probe) {
  gboolean works = GPOINTER_TO_INT(g_thread_join(probe->thread));
  if (!works) add_advice(probe);
  Colour colour = works ? COLOUR_NONE : COLOUR_RED;
  for (guint i = 0; i < probe->lines->len; i++) {
    g_autofree char *line = log_clean(probe->lines->pdata[i], LINE_MAX_CHARS);
    printf("%s%s%s\n", colour_begin(colour), line, colour_end(colour));
  }
  fflush(stdout);
  g_ptr_array_unref(probe->lines);
  g_free(probe);
  return works;
}

static int connect_everywhere(const Config *config) {
  g_autoptr(GPtrArray) probes = g_ptr_array_new();
  for (guint i = 0; i < config->accounts->len; i++)
    g_ptr_array_add(probes, start(config->accounts->pdata[i], NULL));
  g_ptr_array_add(probes, start(NULL, &config->submission));
  gboolean works = TRUE;
  for (guint i = 0; i < probes->len; i++) works = finish(probes->pdata[i]) && works;
  return works ? EX_OK : EX_UNAVAILABLE;
}

int ctl_check(const Options *options, char **arguments) {
  (void)arguments;
  const char *file = options->config ? options->config : CTL_DEFAULT_CONFIG;
  g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(Config) config = NULL;
  g_autoptr(Replies) replies = NULL;
  if (!check_load(file, problems, &config, &replies)) return ctl_problems(problems);
  printf("%s: %u accounts, %u events, no mistake found\n", file, config->accounts->len,
         config->events->len);
  return ctl_end_output(connect_everywhere(config));
}
