/* check - is all that stands in the configuration true out there? One line each. */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "daemon/check.h"
#include "daemon/ctl/ctl.h"
#include "daemon/log.h"
#include "daemon/mail/fetch_imap.h"
#include "daemon/mail/send_smtp.h"

enum { LINE_MAX_CHARS = 1000 };

static void print_lines(const GPtrArray *lines) {
  for (guint i = 0; i < lines->len; i++) {
    g_autofree char *line = log_clean(lines->pdata[i], LINE_MAX_CHARS);
    puts(line);
  }
  fflush(stdout);
}

static gboolean check_account(const Account *account) {
  g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
  gboolean works = fetch_imap_check(account, lines);
  print_lines(lines);
  return works;
}

static gboolean check_submission(const Submission *submission) {
  g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
  gboolean works = send_smtp_check(submission, lines);
  print_lines(lines);
  return works;
}

int ctl_check(const Options *options, char **arguments) {
  (void)arguments;
  g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(Config) config = NULL;
  g_autoptr(Replies) replies = NULL;
  const char *file = options->config ? options->config : CTL_DEFAULT_CONFIG;
  if (!check_load(file, problems, &config, &replies)) return ctl_problems(problems);
  printf("%s: configuration, events and reply templates are in order\n", file);
  gboolean works = TRUE;
  for (guint i = 0; i < config->accounts->len; i++)
    works &= check_account(config->accounts->pdata[i]);
  if (config->submission.url.host) works &= check_submission(&config->submission);
  return ctl_end_output(works ? EX_OK : EX_UNAVAILABLE);
}
