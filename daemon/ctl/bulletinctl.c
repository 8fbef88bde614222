/* bulletinctl - the admin's command line: one table of commands, one of options.
 *
 * Help, with an example for every option of a command, is made of the two tables. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "daemon/ctl/ctl.h"
#include "daemon/log.h"

static const Command commands[] = {
    {"parse", "FILE...", 1, -1, "mails/", OPTION_EVENT | OPTION_JOBS | OPTION_TEXT,
     "Read mails and print what the daemon would see in them, a JSON object a line", ctl_parse},
    {"explain", "FILE", 1, 1, "mail.eml", OPTION_EVENT | OPTION_PAGES | OPTION_JSON,
     "Show the text that the rules saw, each value marked with the rule that took it", ctl_explain},
    {"rules", "test [FILE...]", 1, -1, "test", OPTION_EVENT | OPTION_UNUSED | OPTION_JSON,
     "Read the examples that event files carry and show which rule took what, and where",
     ctl_rules},
    {"check", "", 0, 0, "", 0,
     "Check the configuration, then connect to every mailbox and to the submission server",
     ctl_check},
    {"queue", "", 0, 0, "", OPTION_ALL | OPTION_OUTBOX | OPTION_JSON,
     "List the mails that wait for a person or for their sender", ctl_queue},
    {"log", "", 0, 0, "", OPTION_FOLLOW | OPTION_SINCE | OPTION_ID | OPTION_JSON,
     "Show what happened, oldest first", ctl_log},
    {"show", "ID", 1, 1, "12", OPTION_JSON,
     "Show a mail: what was read, its registrations with their history, answers, log", ctl_show},
    {"list", "", 0, 0, "", OPTION_EVENT | OPTION_JSON, "List the registrations", ctl_list},
    {"export", "", 0, 0, "",
     OPTION_EVENT | OPTION_FORMAT | OPTION_LANGUAGE | OPTION_OUTPUT | OPTION_FORCE | OPTION_JSON,
     "Write the registrations as CSV, as a workbook for a spreadsheet, or as JSON Lines",
     ctl_export},
    {"stats", "", 0, 0, "", OPTION_EVENT | OPTION_JSON,
     "Show the figures of an event: answers, organisations, suggestions, days", ctl_stats},
    {"organizations", "[FILE.csv]", 0, 1, "invited.csv", OPTION_EVENT | OPTION_JSON,
     "List the organisations that have answered; of a list, those that have not",
     ctl_organizations},
    {"accept", "ID [FIELD=VALUE...]", 1, -1, "12 first_name=Marie", 0,
     "Register what the mail holds, with these changes, and confirm it", ctl_accept},
    {"ask", "ID", 1, 1, "12", 0, "Ask the sender for what is missing", ctl_ask},
    {"ignore", "ID", 1, 1, "12", 0, "Settle the mail without an answer", ctl_ignore},
    {"edit", "REG FIELD=VALUE...", 2, -1, "7 phone=+33612345678", 0,
     "Change a registration and tell the participant; an empty value removes it", ctl_edit},
    {"cancel", "REG", 1, 1, "7", OPTION_YES, "Cancel a registration and tell the participant",
     ctl_cancel},
    {"reply", "ID", 1, 1, "12", OPTION_TEXT_FILE | OPTION_WAIT | OPTION_YES,
     "Answer a mail in own words, in its thread, and settle it", ctl_reply},
    {"merge", "REG REG", 2, 2, "7 9", OPTION_YES,
     "Put the second registration into the first; the second is cancelled without an answer",
     ctl_merge},
    {"hold", "[ANSWER]", 0, 1, "3", OPTION_EVERY, "Hold an answer back: it is not sent", ctl_hold},
    {"release", "[ANSWER]", 0, 1, "3", OPTION_EVERY, "Let an answer go that was held", ctl_release},
    {"requeue", "ID", 1, 1, "12", OPTION_YES,
     "Read a mail again with today's rules and decide on it anew; shows what would change",
     ctl_requeue},
    {"import", "PATH...", 1, -1, "old-mails/",
     OPTION_ACCOUNT | OPTION_EVENT | OPTION_ANSWER | OPTION_JOBS | OPTION_YES,
     "Take mails from files, Maildirs and mboxes as if they had come; nobody is answered",
     ctl_import},
    {"user", "add|list|role|password|remove [NAME]", 1, 2, "add marie",
     OPTION_ROLE | OPTION_JSON | OPTION_YES, "Who may use the review page", ctl_user},
    {"oauth", "login|status [ACCOUNT]", 1, 2, "status", OPTION_JSON,
     "Log in for an account that has oauth, or show how the logins stand", ctl_oauth},
    {"person", "ADDRESS", 1, 1, "m.durand@ville-exemple.fr", OPTION_OUT,
     "Print all that is kept on one person, as one JSON object", ctl_person},
    {"forget", "ADDRESS", 1, 1, "m.durand@ville-exemple.fr", OPTION_YES,
     "Erase a person everywhere, rewrite the store and search its bytes", ctl_forget},
    {"verify", "", 0, 0, "", OPTION_JSON,
     "Read every record of the store and every reference between them", ctl_verify},
    {"backup", "FILE", 1, 1, "store.backup", OPTION_FORCE,
     "Copy the store as it is at this moment into a file, while the daemon works", ctl_backup},
    {"restore", "FILE", 1, 1, "store.backup", 0,
     "Put a backup in the store's place, which is kept; the daemon must be stopped", ctl_restore},
};

typedef struct {
  guint bit; /* 0: every command takes it */
  GOptionEntry entry;
  gsize offset; /* in Options */
  const char *example;
} OptionRow;

#define ROW(bit, name, letter, type, member, text, argument, example)                              \
  { bit, {name, letter, 0, type, NULL, text, argument}, offsetof(Options, member), example }
static const OptionRow option_rows[] = {
    ROW(0, "config", 'c', G_OPTION_ARG_FILENAME, config,
        "Configuration (default " CTL_DEFAULT_CONFIG ")", "FILE", "--config bulletind.yaml"),
    ROW(OPTION_EVENT, "event", 0, G_OPTION_ARG_FILENAME, event, "This event alone", "ID",
        "--event copil-2019"),
    ROW(OPTION_JOBS, "jobs", 'j', G_OPTION_ARG_INT, jobs, "Workers at once (default: one a core)",
        "N", "--jobs 4"),
    ROW(OPTION_TEXT, "text", 0, G_OPTION_ARG_NONE, text, "Add what the sender newly wrote", NULL,
        "--text"),
    ROW(OPTION_ALL, "all", 'a', G_OPTION_ARG_NONE, all, "Settled mails too", NULL, "--all"),
    ROW(OPTION_OUTBOX, "outbox", 'o', G_OPTION_ARG_NONE, outbox, "The answers, not the mails", NULL,
        "--outbox"),
    ROW(OPTION_FOLLOW, "follow", 'f', G_OPTION_ARG_NONE, follow, "Go on until interrupted", NULL,
        "--follow"),
    ROW(OPTION_SINCE, "since", 's', G_OPTION_ARG_FILENAME, since,
        "From then on: 90s, 30m, 2h, 7d ago, or RFC 3339", "WHEN", "--since 2h"),
    ROW(OPTION_ID, "id", 0, G_OPTION_ARG_FILENAME, id, "About this mail alone", "ID", "--id 12"),
    ROW(OPTION_FORMAT, "format", 0, G_OPTION_ARG_FILENAME, format, "csv (default), json or xlsx",
        "FORMAT", "--format json"),
    ROW(OPTION_LANGUAGE, "language", 0, G_OPTION_ARG_FILENAME, language,
        "Of a workbook: fr, en or ja (default: the event's first)", "LANGUAGE",
        "--format xlsx --language fr --output people.xlsx"),
    ROW(OPTION_OUTPUT, "output", 0, G_OPTION_ARG_FILENAME, output,
        "Write a file, not standard output", "FILE", "--format xlsx --output people.xlsx"),
    ROW(OPTION_PAGES, "pages", 0, G_OPTION_ARG_FILENAME, pages,
        "Write pictures of the PDF and scanned pages there, the values marked", "DIR",
        "--pages pages"),
    ROW(OPTION_UNUSED, "unused", 0, G_OPTION_ARG_NONE, unused,
        "List the rules that no example used", NULL, "--unused"),
    ROW(OPTION_FORCE, "force", 0, G_OPTION_ARG_NONE, force, "Write over a file that is there", NULL,
        "--force"),
    ROW(OPTION_EVERY, "all", 'a', G_OPTION_ARG_NONE, all, "Every answer that may be", NULL,
        "--all"),
    ROW(OPTION_TEXT_FILE, "text-file", 0, G_OPTION_ARG_FILENAME, text_file,
        "The words; - is standard input (else an editor)", "FILE", "--text-file words.txt"),
    ROW(OPTION_WAIT, "wait", 0, G_OPTION_ARG_NONE, wait, "Let the mail go on waiting", NULL,
        "--wait"),
    ROW(OPTION_OUT, "out", 0, G_OPTION_ARG_FILENAME, out,
        "Write the mails as they came there, one .eml file each", "DIR", "--out person"),
    ROW(OPTION_ACCOUNT, "account", 0, G_OPTION_ARG_FILENAME, account,
        "The account whose mails they are (where there are several)", "NAME",
        "--account inscriptions"),
    ROW(OPTION_ANSWER, "answer", 0, G_OPTION_ARG_NONE, answer, "Answer them as new mails", NULL,
        "--answer"),
    ROW(OPTION_ROLE, "role", 0, G_OPTION_ARG_FILENAME, role, "read (default) or review", "ROLE",
        "--role review"),
    ROW(OPTION_YES, "yes", 'y', G_OPTION_ARG_NONE, yes, "Do it without asking", NULL, "--yes"),
    ROW(OPTION_JSON, "json", 0, G_OPTION_ARG_NONE, json, "JSON Lines", NULL, "--json"),
};

enum { OPTION_ROWS = G_N_ELEMENTS(option_rows) };

static gboolean takes(const Command *command, const OptionRow *row) {
  return !row->bit || (command->options & row->bit);
}

/* The rows that `command` takes (NULL: those of every command), filled in to write to `options`. */
static void fill_entries(const Command *command, Options *options,
                         GOptionEntry entries[OPTION_ROWS + 1]) {
  int count = 0;
  for (int i = 0; i < OPTION_ROWS; i++) {
    const OptionRow *row = &option_rows[i];
    if (command ? !takes(command, row) : row->bit != 0) continue;
    entries[count] = row->entry;
    entries[count++].arg_data = (char *)options + row->offset;
  }
  entries[count] = (GOptionEntry){NULL};
}

static char *command_examples(const Command *command) {
  const char *gap = *command->sample ? " " : "";
  GString *text = g_string_new("Examples:\n");
  g_string_append_printf(text, "  bulletinctl %s%s%s\n", command->name, gap, command->sample);
  for (int i = 0; i < OPTION_ROWS; i++)
    if (takes(command, &option_rows[i]))
      g_string_append_printf(text, "  bulletinctl %s%s%s %s\n", command->name, gap, command->sample,
                             option_rows[i].example);
  return g_string_free(text, FALSE);
}

static char *all_commands(void) {
  GString *text = g_string_new("Commands:\n");
  for (gsize i = 0; i < G_N_ELEMENTS(commands); i++)
    g_string_append_printf(text, "  %-13s %s\n", commands[i].name, commands[i].summary);
  g_string_append(text, "\nExamples:\n  bulletinctl --version\n"
                        "  bulletinctl --config bulletind.yaml queue\n"
                        "  bulletinctl queue --help");
  return g_string_free(text, FALSE);
}

static const Command *find_command(const char *name) {
  for (gsize i = 0; i < G_N_ELEMENTS(commands); i++)
    if (!strcmp(commands[i].name, name)) return &commands[i];
  return NULL;
}

static int unknown_command(const char *name) {
  const char *known[G_N_ELEMENTS(commands) + 1] = {NULL};
  for (gsize i = 0; i < G_N_ELEMENTS(commands); i++) known[i] = commands[i].name;
  const char *nearest = config_nearest(name, known);
  return nearest ? ctl_fail(EX_USAGE, "unknown command '%s'; did you mean '%s'?", name, nearest)
                 : ctl_fail(EX_USAGE, "unknown command '%s'; see bulletinctl --help", name);
}

/* What stands before the command: --config, --version, --help. */
static gboolean parse_before(Options *options, gboolean *ret_version, int *argc, char ***argv) {
  GOptionEntry version[] = {{"version", 0, 0, G_OPTION_ARG_NONE, ret_version, "The version", NULL},
                            {NULL}};
  GOptionEntry entries[OPTION_ROWS + 1];
  fill_entries(NULL, options, entries);
  g_autofree char *description = all_commands();
  g_autoptr(GOptionContext) context = g_option_context_new("COMMAND [ARGUMENT...]");
  g_option_context_set_strict_posix(context, TRUE);
  g_option_context_add_main_entries(context, version, NULL);
  g_option_context_add_main_entries(context, entries, NULL);
  g_option_context_set_summary(context, "The admin's command line of bulletind.");
  g_option_context_set_description(context, description);
  g_autoptr(GError) error = NULL;
  if (g_option_context_parse(context, argc, argv, &error)) return TRUE;
  ctl_fail(EX_USAGE, "%s; see bulletinctl --help", error->message);
  return FALSE;
}

static gboolean parse_command(const Command *command, Options *options, int *argc, char ***argv) {
  GOptionEntry entries[OPTION_ROWS + 1];
  fill_entries(command, options, entries);
  g_autofree char *usage = g_strdup_printf("%s %s", command->name, command->arguments);
  g_autofree char *description = command_examples(command);
  g_autoptr(GOptionContext) context = g_option_context_new(usage);
  g_option_context_add_main_entries(context, entries, NULL);
  g_option_context_set_summary(context, command->summary);
  g_option_context_set_description(context, description);
  g_autoptr(GError) error = NULL;
  if (g_option_context_parse(context, argc, argv, &error)) return TRUE;
  ctl_fail(EX_USAGE, "%s; see bulletinctl %s --help", error->message, command->name);
  return FALSE;
}

static int run_command(const Command *command, Options *options, int argc, char **argv) {
  if (!parse_command(command, options, &argc, &argv)) return EX_USAGE;
  char **arguments = argv + 1;
  int count = argc - 1;
  if (count > 0 && !strcmp(*arguments, "--")) arguments++, count--;
  if (count < command->least || (command->most >= 0 && count > command->most))
    return ctl_fail(EX_USAGE, "usage: bulletinctl %s %s; see bulletinctl %s --help", command->name,
                    command->arguments, command->name);
  return command->run(options, arguments);
}

static void options_done(Options *options) {
  g_free(options->config);
  g_free(options->event);
  g_free(options->format);
  g_free(options->id);
  g_free(options->since);
  g_free(options->pages);
  g_free(options->output);
  g_free(options->language);
  g_free(options->text_file);
  g_free(options->role);
  g_free(options->account);
  g_free(options->out);
}

static int run(Options *options, int argc, char **argv) {
  gboolean version = FALSE;
  if (!parse_before(options, &version, &argc, &argv)) return EX_USAGE;
  if (version) {
    printf("bulletinctl %s\n", BULLETIND_VERSION);
    return ctl_end_output(EX_OK);
  }
  if (argc < 2) return ctl_fail(EX_USAGE, "no command given; see bulletinctl --help");
  const Command *command = find_command(argv[1]);
  return command ? run_command(command, options, argc - 1, argv + 1) : unknown_command(argv[1]);
}

int main(int argc, char **argv) {
  signal(SIGPIPE, SIG_IGN); /* a worker that died, a pager that was left: both are told as errors */
  g_set_prgname("bulletinctl");
  log_init("bulletinctl", LOG_LEVEL_WARNING, NULL);
  Options options = {0};
  int code = run(&options, argc, argv);
  options_done(&options);
  return code;
}
