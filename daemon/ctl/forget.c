/* forget - all that is kept on one person: printed, or erased and proved to be gone.
 *
 * The rows go at once, whether the daemon works or not. The file is written anew by whoever may be
 * alone with it: this command where no daemon runs, else the daemon, which the erasing transaction
 * asks and which stops its work for the moment as it does for a reload. */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "daemon/ctl/at_desk.h"
#include "daemon/ctl/json.h"
#include "daemon/ctl/output.h"
#include "daemon/ctl/rows.h"
#include "daemon/event.h"
#include "store/journal.h"
#include "store/person.h"
#include "store/rewrite.h"

enum {
  TERM_MIN_CHARS = 8, /* a shorter name or number does not tell a person apart */
  TERMS_MAX = 50,
  REWRITE_WAIT_S = 90
};

/* The address in lower case. NULL: told. The caller frees. */
static char *take_address(const char *text) {
  if (strchr(text, '@') && !strpbrk(text, " <>,") && g_str_is_ascii(text))
    return g_ascii_strdown(text, -1);
  ctl_fail(EX_USAGE, "'%s' is no address; one like m.durand@ville-exemple.fr", text);
  return NULL;
}

/* --- person ------------------------------------------------------------------------------------
 */

typedef struct {
  StoreTxn *txn;
  const char *address;
  const GPtrArray *own;
  const char *folder; /* NULL: no mails are written */
  GHashTable *messages;
  json_t *mails, *answers, *log;
  int code;
} Person;

/* With the bytes as they came: never over a file that is there. */
static int write_mail(const Person *person, guint64 id, GBytes *raw) {
  g_autofree char *name = g_strdup_printf("%" G_GUINT64_FORMAT ".eml", id);
  g_autofree char *path = g_build_filename(person->folder, name, NULL);
  gsize size;
  const char *data = g_bytes_get_data(raw, &size);
  g_autoptr(GError) error = NULL;
  if (g_file_test(path, G_FILE_TEST_EXISTS))
    return ctl_fail(EX_CANTCREAT, "%s: is there already; name another folder", path);
  return g_file_set_contents_full(path, data, (gssize)size, G_FILE_SET_CONTENTS_CONSISTENT, 0600,
                                  &error)
             ? EX_OK
             : ctl_error(error);
}

static gboolean see_message(const Message *message, void *context) {
  Person *person = context;
  if (!person_has_message(message, person->address, person->own)) return TRUE;
  g_hash_table_add(person->messages, g_memdup2(&message->id, sizeof message->id));
  json_array_append_new(person->mails, rows_message(message));
  g_autoptr(GBytes) raw = person->folder ? message_raw(person->txn, message->id, NULL) : NULL;
  if (raw) person->code = write_mail(person, message->id, raw);
  return person->code == EX_OK;
}

static gboolean see_answer(const OutboxEntry *entry, void *context) {
  Person *person = context;
  if (!person_has_answer(entry, person->address, person->own)) return TRUE;
  json_t *row = rows_outbox(entry);
  g_autoptr(GBytes) mail = outbox_mail(person->txn, entry->id, NULL);
  g_autofree char *text =
      mail ? g_strndup(g_bytes_get_data(mail, NULL), g_bytes_get_size(mail)) : NULL;
  json_set(row, "mail", text);
  json_array_append_new(person->answers, row);
  return TRUE;
}

static gboolean see_line(const JournalEntry *entry, void *context) {
  Person *person = context;
  if (g_hash_table_contains(person->messages, &entry->message) ||
      strstr(entry->text, person->address))
    json_array_append_new(person->log, rows_journal(entry));
  return TRUE;
}

static json_t *registrations(const GPtrArray *own) {
  json_t *rows = json_array();
  for (guint i = 0; i < own->len; i++) {
    json_t *row = json_registration(own->pdata[i]);
    json_object_set_new(row, "history", json_history(own->pdata[i]));
    json_array_append_new(rows, row);
  }
  return rows;
}

static int print_person(Person *person) {
  g_autoptr(GError) error = NULL;
  if (!message_foreach(person->txn, NULL, see_message, person, &error) ||
      !outbox_foreach(person->txn, NULL, see_answer, person, &error) ||
      !journal_foreach(person->txn, 0, 0, 0, see_line, person, &error))
    return ctl_error(error);
  if (person->code != EX_OK) return person->code;
  json_t *object = json_object();
  json_set(object, "address", person->address);
  json_object_set_new(object, "registrations", registrations(person->own));
  json_object_set(object, "mails", person->mails);
  json_object_set(object, "answers", person->answers);
  json_object_set(object, "log", person->log);
  json_print(object);
  return ctl_end_output(EX_OK);
}

/* The folder is made by who calls, before the store's owner takes over. */
static int make_folder(const char *path) {
  if (!path || g_mkdir(path, 0700) == 0 || errno == EEXIST) return EX_OK;
  return ctl_fail(EX_CANTCREAT, "%s: cannot be made: %s", path, g_strerror(errno));
}

int ctl_person(const Options *options, char **arguments) {
  g_autofree char *address = take_address(arguments[0]);
  int code = address ? make_folder(options->out) : EX_USAGE;
  View view = {NULL};
  if (code != EX_OK) return code;
  if (view_open(&view, options, &code)) {
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) own = person_registrations(view.txn, address, &error);
    g_autoptr(GHashTable) ids = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    Person person = {view.txn,     address,      own,          options->out, ids,
                     json_array(), json_array(), json_array(), EX_OK};
    code = own ? print_person(&person) : ctl_error(error);
    json_decref(person.mails);
    json_decref(person.answers);
    json_decref(person.log);
  }
  view_done(&view);
  return code;
}

/* --- what tells the person apart ---------------------------------------------------------------
 */

typedef struct {
  const Config *config;
  const GPtrArray *own;
  GHashTable *terms; /* char* */
} Terms;

static void take_fields(const Terms *terms, const Event *event, const GPtrArray *fields) {
  for (guint i = 0; i < fields->len; i++) {
    const StoreField *field = fields->pdata[i];
    const EventField *known = event_field(event, field->name);
    gboolean tells = known && (!strcmp(known->type, "name") || !strcmp(known->type, "phone"));
    if (tells && g_utf8_strlen(field->value, -1) >= TERM_MIN_CHARS &&
        g_hash_table_size(terms->terms) < TERMS_MAX)
      g_hash_table_add(terms->terms, g_ascii_strdown(field->value, -1));
  }
}

static gboolean is_in(gpointer key, gpointer value, gpointer data) {
  (void)value;
  g_autofree char *low = g_ascii_strdown(data, -1);
  return strstr(low, key) != NULL;
}

/* A name that somebody else bears, too, tells nobody apart. */
static gboolean drop_shared(const Registration *row, void *context) {
  const Terms *terms = context;
  for (guint i = 0; i < terms->own->len; i++)
    if (((const Registration *)terms->own->pdata[i])->id == row->id) return TRUE;
  for (guint i = 0; i < row->fields->len; i++)
    g_hash_table_foreach_remove(terms->terms, is_in,
                                ((const StoreField *)row->fields->pdata[i])->value);
  return TRUE;
}

/* Names and numbers, lower case; NULL: told. The caller frees with g_strfreev. */
static char **find_terms(const Config *config, StoreTxn *txn, const char *address, GError **error) {
  g_autoptr(GHashTable) words = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(GPtrArray) own = person_registrations(txn, address, error);
  Terms terms = {config, own, words};
  for (guint i = 0; own && i < own->len; i++) {
    const Registration *row = own->pdata[i];
    const Event *event = event_find(config->events, row->event);
    if (!event) continue;
    take_fields(&terms, event, row->fields);
    for (guint k = 0; k < row->history->len; k++)
      take_fields(&terms, event, ((const HistoryEntry *)row->history->pdata[k])->before);
  }
  if (!own || !registration_foreach(txn, NULL, drop_shared, &terms, error)) return NULL;
  GPtrArray *list = g_ptr_array_new();
  g_ptr_array_add(list, g_strdup(address));
  GHashTableIter each;
  gpointer word;
  g_hash_table_iter_init(&each, words);
  while (g_hash_table_iter_next(&each, &word, NULL)) g_ptr_array_add(list, g_strdup(word));
  g_ptr_array_add(list, NULL);
  return (char **)g_ptr_array_free(list, FALSE);
}

/* --- forget ------------------------------------------------------------------------------------
 */

typedef struct {
  const Options *options;
  Config *config;
  char *address, **terms, **longer;
} Forget;

static void show(const Erasure *count) {
  const struct {
    guint count;
    const char *what;
  } rows[] = {
      {count->registrations, "registrations, with their history"},
      {count->messages, "mails, emptied"},
      {count->mentions, "mails of others that name the person: their text goes, the rest stays"},
      {count->raw, "mails as they came, with attachments"},
      {count->answers, "answers"},
      {count->unsent, "of them not sent yet"},
      {count->journal, "lines of the log"},
      {count->counters, "entries of the limits"},
      {count->values, "values in registrations of others"}};
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) printf("%8u %s\n", rows[i].count, rows[i].what);
}

/* Erase, and keep it only if `really`. */
static int erase(Forget *forget, gboolean really) {
  int code = EX_OK;
  g_autoptr(GError) error = NULL;
  Erasure count;
  Store *store = ctl_store(forget->config, 0, &code);
  StoreTxn *txn = store ? store_begin(store, TRUE, &error) : NULL;
  g_strfreev(forget->terms);
  forget->terms = txn ? find_terms(forget->config, txn, forget->address, &error) : NULL;
  gboolean done = forget->terms && store_erase(txn, forget->address,
                                               (const char *const *)forget->terms, &count, &error);
  if (done && !really) show(&count);
  if (done && really) forget->longer = store_longer_addresses(txn, forget->address);
  if (done && really) done = store_commit(g_steal_pointer(&txn), &error);
  store_abort(txn);
  if (done && really) store_wake(store);
  store_close(store);
  return done || !error ? code : ctl_error(error);
}

static guint64 file_number(const char *path) {
  GStatBuf status;
  return g_stat(path, &status) == 0 ? status.st_ino : 0;
}

/* The daemon puts another file in this one's place. */
static int await_daemon(const char *data, guint64 before, const GError *refused) {
  gint64 deadline = g_get_monotonic_time() + REWRITE_WAIT_S * G_USEC_PER_SEC;
  while (g_get_monotonic_time() < deadline) {
    guint64 now = file_number(data);
    if (now && now != before) return EX_OK;
    g_usleep(50000);
  }
  return ctl_fail(EX_TEMPFAIL,
                  "the rows are erased, the file is not written anew yet (%s); the daemon does it "
                  "when it can: say forget again later",
                  refused->message);
}

static int rewrite(const Forget *forget, const char *data, guint64 before) {
  g_autoptr(GError) error = NULL;
  if (store_rewrite(forget->config->store, &error)) return EX_OK;
  if (!g_error_matches(error, STORE_ERROR, STORE_ERROR_LOCKED)) return ctl_error(error);
  return await_daemon(data, before, error);
}

/* How often the terms stand in the file; `told`: one line each. */
static guint64 search(const Forget *forget, const char *path, gboolean told, GError **error) {
  guint64 counts[TERMS_MAX + 2], sum = 0;
  if (!store_search(path, (const char *const *)forget->terms, (const char *const *)forget->longer,
                    counts, error))
    return 0;
  for (guint i = 0; forget->terms[i]; i++) {
    sum += counts[i];
    if (told && counts[i])
      printf("%s: found %" G_GUINT64_FORMAT " times\n", forget->terms[i], counts[i]);
    if (told && !counts[i]) printf("%s: not found\n", forget->terms[i]);
  }
  return sum;
}

static void tell_copy(const Forget *forget, const char *path) {
  g_autoptr(GError) error = NULL;
  if (!g_file_test(path, G_FILE_TEST_EXISTS)) return;
  guint64 found = search(forget, path, FALSE, &error);
  if (error)
    printf("%s: a copy of the store that cannot be searched: %s\n", path, error->message);
  else if (found)
    printf("%s: a copy of the store that still holds the person; restore erases again\n", path);
}

/* What restore kept beside the store, and what backup has written down. */
static void tell_copies(const Forget *forget) {
  g_autoptr(GDir) folder = g_dir_open(forget->config->store, 0, NULL);
  for (const char *name; folder && (name = g_dir_read_name(folder));) {
    g_autofree char *path = g_build_filename(forget->config->store, name, NULL);
    if (g_str_has_prefix(name, "data.mdb.before-")) tell_copy(forget, path);
  }
  g_autofree char *list = g_build_filename(forget->config->store, "backups", NULL);
  g_autofree char *text = NULL;
  if (!g_file_get_contents(list, &text, NULL, NULL)) return;
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  for (char **line = lines; *line; line++)
    if (**line) tell_copy(forget, *line);
}

static int prove(const Forget *forget, const char *data) {
  g_autoptr(GError) error = NULL;
  printf("The store is written anew. In its bytes, compressed records unpacked:\n");
  guint64 found = search(forget, data, TRUE, &error);
  if (error) return ctl_error(error);
  tell_copies(forget);
  return ctl_end_output(found ? EX_SOFTWARE : EX_OK);
}

static int forget_person(Forget *forget) {
  int code = erase(forget, FALSE);
  g_autofree char *data = g_build_filename(forget->config->store, "data.mdb", NULL);
  guint64 before = file_number(data);
  if (code != EX_OK ||
      !at_desk_confirm(forget->options, "Erase all of this? It cannot be taken back.", &code))
    return code;
  code = erase(forget, TRUE);
  if (code == EX_OK) code = rewrite(forget, data, before);
  return code == EX_OK ? prove(forget, data) : code;
}

int ctl_forget(const Options *options, char **arguments) {
  int code = EX_USAGE;
  Forget forget = {.options = options, .address = take_address(arguments[0])};
  if (forget.address && at_desk_may_ask(options, "forget", &code))
    forget.config = ctl_config(options, &code);
  if (forget.config) code = ctl_may_write(forget.config, &code) ? forget_person(&forget) : code;
  g_strfreev(forget.terms);
  g_strfreev(forget.longer);
  g_free(forget.address);
  config_free(forget.config);
  return code;
}
