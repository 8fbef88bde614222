/* user - who may use the review page.
 *
 * A password is asked for twice on the terminal, without echo; elsewhere it is one line of standard
 * input. It is never an argument: those are seen by everybody on the machine. */
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <termios.h>
#include <unistd.h>

#include "daemon/ctl/at_desk.h"
#include "daemon/ctl/json.h"
#include "daemon/ctl/table.h"
#include "daemon/desk/desk_users.h"

/* One byte more than a password may have, its line end and a NUL. */
enum { LINE_BYTES = DESK_PASSWORD_MAX_BYTES + 3 };

static void wipe(char *password) {
  if (!password) return;
  sodium_memzero(password, LINE_BYTES);
  g_free(password);
}

/* --- a password ------------------------------------------------------------------------------- */

/* The buffer of stdio would keep a copy: read byte by byte. NULL: told. */
static char *read_line(int *ret_code) {
  char *line = g_malloc0(LINE_BYTES);
  gsize length = 0;
  char c = 0;
  ssize_t got = 0;
  while (length + 1 < LINE_BYTES) {
    got = read(STDIN_FILENO, &c, 1);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0 || c == '\n') break;
    line[length++] = c;
  }
  if (length && line[length - 1] == '\r') line[--length] = '\0';
  if (length && strlen(line) == length) return line;
  wipe(line);
  *ret_code = ctl_fail(EX_DATAERR, "no password was given");
  return NULL;
}

static char *ask_once(const char *prompt, int *ret_code) {
  struct termios before, quiet;
  fprintf(stderr, "%s: ", prompt);
  if (tcgetattr(STDIN_FILENO, &before) != 0) {
    *ret_code = ctl_fail(EX_OSERR, "the terminal cannot be silenced: %s", g_strerror(errno));
    return NULL;
  }
  quiet = before;
  quiet.c_lflag &= ~(tcflag_t)ECHO;
  tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
  char *line = read_line(ret_code);
  tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
  fputc('\n', stderr);
  return line;
}

static char *read_password(int *ret_code) {
  if (!at_desk_on_terminal()) return read_line(ret_code);
  char *first = ask_once("Password", ret_code);
  char *second = first ? ask_once("The same again", ret_code) : NULL;
  gboolean same = second && !strcmp(first, second);
  if (second && !same) *ret_code = ctl_fail(EX_DATAERR, "the two passwords are not the same");
  wipe(second);
  if (same) return first;
  wipe(first);
  return NULL;
}

/* --- the store -------------------------------------------------------------------------------- */

static Store *open_store(const Options *options, int *ret_code) {
  g_autoptr(Config) config = ctl_config(options, ret_code);
  return config && ctl_may_write(config, ret_code) ? ctl_store(config, 0, ret_code) : NULL;
}

typedef struct {
  const char *name, *who;
  DeskRole role;
  char *password; /* NULL: unchanged */
} Person;

/* The role that one has; the default where there is nobody of that name: that is told later. */
static DeskRole role_of(Store *store, const char *name) {
  DeskRole role = DESK_ROLE_READ;
  g_autoptr(StoreTxn) txn = store_begin(store, FALSE, NULL);
  g_autoptr(GPtrArray) users = txn ? desk_users(txn) : g_ptr_array_new();
  for (guint i = 0; i < users->len; i++) {
    const DeskUser *user = users->pdata[i];
    if (!strcmp(user->name, name)) role = user->role;
  }
  return role;
}

static int set(const Options *options, const Person *person, gboolean create) {
  int code = EX_OK;
  g_autoptr(GError) error = NULL;
  g_autoptr(Store) store = open_store(options, &code);
  if (!store) return code;
  DeskRole role = options->role || create ? person->role : role_of(store, person->name);
  if (!desk_user_set_by(store, person->who, person->name, person->password, role, create, &error))
    return at_desk_error(error);
  printf("%s: %s, role %s\n", person->name,
         create             ? "added"
         : person->password ? "has a new password"
                            : "changed",
         desk_role_name(role));
  return EX_OK;
}

/* --- the commands ----------------------------------------------------------------------------- */

static int add(const Options *options, Person *person) {
  int code = EX_OK;
  person->password = read_password(&code);
  return person->password ? set(options, person, TRUE) : code;
}

static int change_password(const Options *options, Person *person) {
  int code = EX_OK;
  person->password = read_password(&code);
  return person->password ? set(options, person, FALSE) : code;
}

static int change_role(const Options *options, Person *person) {
  if (!options->role) return ctl_fail(EX_USAGE, "user role needs --role read or --role review");
  return set(options, person, FALSE);
}

static int take_away(const Options *options, Person *person) {
  int code = EX_OK;
  g_autofree char *question = g_strdup_printf("Remove user %s?", person->name);
  if (!at_desk_may_ask(options, "user remove", &code) || !at_desk_confirm(options, question, &code))
    return code;
  g_autoptr(GError) error = NULL;
  g_autoptr(Store) store = open_store(options, &code);
  if (!store) return code;
  if (!desk_user_remove_by(store, person->who, person->name, &error)) return at_desk_error(error);
  printf("%s: removed\n", person->name);
  return EX_OK;
}

static const Column columns[] = {{"NAME", 0, 8, NULL},
                                 {"ROLE", 0, 6, NULL},
                                 {"SINCE", 0, 11, NULL},
                                 {"CHANGED", 0, 11, NULL},
                                 {NULL, 0, 0, NULL}};

static void print_users(const GPtrArray *users, gboolean json) {
  Table *table = json ? NULL : table_new(columns);
  for (guint i = 0; i < users->len; i++) {
    const DeskUser *user = users->pdata[i];
    g_autofree char *created = ctl_time(user->created), *changed = ctl_time(user->changed);
    const char *cells[] = {user->name, desk_role_name(user->role), created, changed};
    if (json)
      json_print(json_pack("{s:o,s:s,s:s,s:s}", "name", json_text(user->name), "role",
                           desk_role_name(user->role), "created", created, "changed", changed));
    else
      table_row(table, cells);
  }
  if (table) table_print(table, "There are no users; add one: bulletinctl user add NAME");
}

static int list(const Options *options, Person *person) {
  (void)person;
  View view;
  int code = EX_OK;
  if (view_open(&view, options, &code)) {
    g_autoptr(GPtrArray) users = desk_users(view.txn);
    print_users(users, options->json);
  }
  view_done(&view);
  return code;
}

static const struct {
  const char *name;
  gboolean named; /* takes a user's name */
  int (*run)(const Options *options, Person *person);
} verbs[] = {{"add", TRUE, add},
             {"list", FALSE, list},
             {"role", TRUE, change_role},
             {"password", TRUE, change_password},
             {"remove", TRUE, take_away}};

static int run_verb(const Options *options, guint verb, char **arguments) {
  if (verbs[verb].named != (arguments[1] != NULL))
    return ctl_fail(EX_USAGE, "usage: bulletinctl user %s%s", verbs[verb].name,
                    verbs[verb].named ? " NAME" : "");
  g_autofree char *who = at_desk_who();
  Person person = {.name = arguments[1], .who = who, .role = DESK_ROLE_READ};
  if (options->role && !desk_role_parse(options->role, &person.role))
    return ctl_fail(EX_USAGE, "no role '%s'; there are read and review", options->role);
  int code = verbs[verb].run(options, &person);
  wipe(person.password);
  return ctl_end_output(code);
}

int ctl_user(const Options *options, char **arguments) {
  const char *known[G_N_ELEMENTS(verbs) + 1] = {NULL};
  for (guint i = 0; i < G_N_ELEMENTS(verbs); i++) {
    if (!strcmp(verbs[i].name, arguments[0])) return run_verb(options, i, arguments);
    known[i] = verbs[i].name;
  }
  const char *nearest = config_nearest(arguments[0], known);
  return ctl_fail(EX_USAGE, "user cannot '%s'; did you mean '%s'?", arguments[0],
                  nearest ? nearest : "list");
}
