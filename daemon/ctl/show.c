/* show - everything about one mail: what was read, what became of it, who did what when. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "daemon/ctl/ctl.h"
#include "daemon/ctl/json.h"
#include "daemon/ctl/rows.h"
#include "daemon/ctl/table.h"
#include "daemon/log.h"
#include "parsers/wire.h"

enum { VALUE_MAX_CHARS = 2000 };

typedef struct {
  Message *message;
  Extraction *extraction;   /* NULL: none was kept */
  GPtrArray *registrations; /* Registration* */
  GPtrArray *answers;       /* json_t* */
  GPtrArray *log;           /* json_t* */
} Dossier;

/* --- collecting ------------------------------------------------------------------------------- */

static void json_free(gpointer data) {
  json_decref(data);
}

typedef struct {
  Dossier *dossier;
  guint64 id;
  GArray *times; /* gint64: of the log's lines */
} Search;

static gboolean collect_answer(const OutboxEntry *entry, void *context) {
  Search *search = context;
  if (entry->message == search->id) g_ptr_array_add(search->dossier->answers, rows_outbox(entry));
  return TRUE;
}

/* In the order of their times: a batch writes its lines at its end, with the times of what led to
 * it. */
static gboolean collect_line(const JournalEntry *entry, void *context) {
  Search *search = context;
  GArray *times = search->times;
  guint at = times->len;
  while (at > 0 && g_array_index(times, gint64, at - 1) > entry->time_us) at--;
  g_array_insert_val(times, at, entry->time_us);
  g_ptr_array_insert(search->dossier->log, (gint)at, rows_journal(entry));
  return TRUE;
}

/* A registration that is gone is no reason not to show the rest. */
static void collect_registrations(StoreTxn *txn, Dossier *dossier) {
  const GArray *ids = dossier->message->registrations;
  for (guint i = 0; i < ids->len; i++) {
    Registration *registration = registration_get(txn, g_array_index(ids, guint64, i), NULL);
    if (registration) g_ptr_array_add(dossier->registrations, registration);
  }
}

static gboolean collect(StoreTxn *txn, guint64 id, Dossier *dossier, GError **error) {
  g_autoptr(GArray) times = g_array_new(FALSE, FALSE, sizeof(gint64));
  Search search = {dossier, id, times};
  dossier->message = message_get(txn, id, error);
  if (!dossier->message) return FALSE;
  if (dossier->message->extraction) {
    dossier->extraction = wire_extraction_read(dossier->message->extraction, error);
    if (!dossier->extraction) return FALSE;
  }
  collect_registrations(txn, dossier);
  return outbox_foreach(txn, NULL, collect_answer, &search, error) &&
         journal_foreach(txn, 0, 0, id, collect_line, &search, error);
}

static void dossier_init(Dossier *dossier) {
  *dossier =
      (Dossier){.registrations = g_ptr_array_new_with_free_func((GDestroyNotify)registration_free),
                .answers = g_ptr_array_new_with_free_func(json_free),
                .log = g_ptr_array_new_with_free_func(json_free)};
}

static void dossier_done(Dossier *dossier) {
  message_free(dossier->message);
  extraction_free(dossier->extraction);
  g_ptr_array_unref(dossier->registrations);
  g_ptr_array_unref(dossier->answers);
  g_ptr_array_unref(dossier->log);
}

/* --- JSON ------------------------------------------------------------------------------------- */

static json_t *array_of(const GPtrArray *objects) {
  json_t *list = json_array();
  for (guint i = 0; i < objects->len; i++) json_array_append(list, objects->pdata[i]);
  return list;
}

static void print_json(const Dossier *dossier) {
  const Extraction *extraction = dossier->extraction;
  json_t *object = rows_message(dossier->message), *registrations = json_array();
  for (guint i = 0; i < dossier->registrations->len; i++) {
    json_t *registration = json_registration(dossier->registrations->pdata[i]);
    json_object_set_new(registration, "history", json_history(dossier->registrations->pdata[i]));
    json_array_append_new(registrations, registration);
  }
  json_object_set_new(object, "participants",
                      extraction ? rows_participants(extraction->participants) : json_array());
  json_object_set_new(object, "sources",
                      extraction ? json_texts(extraction->sources) : json_array());
  json_object_set_new(object, "notes", extraction ? json_texts(extraction->notes) : json_array());
  json_object_set_new(object, "review_reasons",
                      extraction ? json_texts(extraction->review_reasons) : json_array());
  json_object_set_new(object, "registrations", registrations);
  json_object_set_new(object, "outbox", array_of(dossier->answers));
  json_object_set_new(object, "log", array_of(dossier->log));
  json_print(object);
}

/* --- for the eye ------------------------------------------------------------------------------ */

/* "  name         value", what a stranger wrote cleaned of control characters. */
static void line(int indent, const char *name, const char *format, ...) G_GNUC_PRINTF(3, 4);
static void line(int indent, const char *name, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *text = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  g_autofree char *clean = log_clean(text, VALUE_MAX_CHARS);
  printf("%*s%-16s %s\n", indent, "", name, clean);
}

static void heading(const char *text) {
  printf("\n%s%s%s\n", colour_begin(COLOUR_BOLD), text, colour_end(COLOUR_BOLD));
}

static void print_message(const Message *message) {
  g_autofree char *received = ctl_time(message->received), *stored = ctl_time(message->stored);
  Colour colour = table_state_colour(message->state);
  printf("%sMail %" G_GUINT64_FORMAT "%s  %s%s%s\n", colour_begin(COLOUR_BOLD), message->id,
         colour_end(COLOUR_BOLD), colour_begin(colour), message->state, colour_end(colour));
  line(2, "reason", "%s", message->reason);
  line(2, "from", "%s", message->from);
  line(2, "subject", "%s", message->subject);
  line(2, "received", "%s", received);
  line(2, "stored", "%s", stored);
  line(2, "event", "%s", message->event);
  line(2, "kind, decision", "%s, %s", message->kind, message->decision);
  line(2, "language", "%s", message->language);
  line(2, "message-id", "%s", message->message_id);
  line(2, "mailbox", "%s, %s, UID %u of %u", message->account, message->folder, message->uid,
       message->uidvalidity);
  line(2, "size", "%" G_GUINT64_FORMAT " bytes", message->size_bytes);
}

static void print_participant(const Participant *participant, guint number) {
  printf("  Participant %u\n", number);
  for (guint i = 0; i < participant->values->len; i++) {
    const FieldValue *value = participant->values->pdata[i];
    line(4, value->field, "%s   (%s, %s)", value->value, value->rule, value->source);
  }
  for (guint i = 0; i < participant->missing->len; i++)
    line(4, "missing", "%s", (const char *)participant->missing->pdata[i]);
  for (guint i = 0; i < participant->invalid->len; i++) {
    const InvalidValue *value = participant->invalid->pdata[i];
    line(4, "invalid", "%s '%s': %s", value->field, value->value, value->reason);
  }
}

static void print_read(const Extraction *extraction) {
  if (!extraction) return;
  heading("What was read");
  for (guint i = 0; i < extraction->participants->len; i++)
    print_participant(extraction->participants->pdata[i], i + 1);
  if (!extraction->participants->len) printf("  no values\n");
  for (guint i = 0; i < extraction->review_reasons->len; i++)
    line(2, "to be judged", "%s", (const char *)extraction->review_reasons->pdata[i]);
  for (guint i = 0; i < extraction->notes->len; i++)
    line(2, "note", "%s", (const char *)extraction->notes->pdata[i]);
}

/* What differs from `before` to `after`; a value that was not there is told as what it became. */
static void print_differences(const GPtrArray *before, const GPtrArray *after) {
  for (guint i = 0; i < before->len; i++) {
    const StoreField *was = before->pdata[i];
    const char *is = store_fields_value(after, was->name);
    if (!is || strcmp(is, was->value))
      line(8, was->name, "%s → %s", was->value, is ? is : "(removed)");
  }
  for (guint i = 0; i < after->len; i++) {
    const StoreField *is = after->pdata[i];
    if (!store_fields_value(before, is->name)) line(8, is->name, "→ %s", is->value);
  }
}

static void print_history(const Registration *registration) {
  const GPtrArray *history = registration->history;
  for (guint i = 0; i < history->len; i++) {
    const HistoryEntry *entry = history->pdata[i], *next = NULL;
    if (i + 1 < history->len) next = history->pdata[i + 1];
    g_autofree char *time = ctl_time(entry->time);
    line(6, time, "%s by %s: %s", entry->what, entry->who, entry->status);
    if (entry->before->len)
      print_differences(entry->before, next ? next->before : registration->fields);
  }
}

static void print_registration(const Registration *registration) {
  Colour colour = table_state_colour(registration->status);
  printf("  Registration %" G_GUINT64_FORMAT "  %s%s%s\n", registration->id, colour_begin(colour),
         registration->status, colour_end(colour));
  for (guint i = 0; i < registration->fields->len; i++) {
    const StoreField *field = registration->fields->pdata[i];
    line(4, field->name, "%s", field->value);
  }
  printf("    History\n");
  print_history(registration);
}

static const char *text_of(const json_t *object, const char *key) {
  const char *text = json_string_value(json_object_get(object, key));
  return text ? text : "";
}

static void print_answer(const json_t *answer) {
  const char *failed = text_of(answer, "last_error"), *sent = text_of(answer, "sent");
  line(2, text_of(answer, "kind"), "%s to %s %s%s%s", text_of(answer, "state"),
       text_of(answer, "to"), sent, *failed ? "; " : "", failed);
}

static void print_human(const Dossier *dossier) {
  print_message(dossier->message);
  print_read(dossier->extraction);
  if (dossier->registrations->len) heading("Registrations");
  for (guint i = 0; i < dossier->registrations->len; i++)
    print_registration(dossier->registrations->pdata[i]);
  if (dossier->answers->len) heading("Answers");
  for (guint i = 0; i < dossier->answers->len; i++) print_answer(dossier->answers->pdata[i]);
  heading("Log");
  for (guint i = 0; i < dossier->log->len; i++) {
    const json_t *entry = dossier->log->pdata[i];
    line(2, text_of(entry, "time"), "%-8s %s", text_of(entry, "what"), text_of(entry, "text"));
  }
}

int ctl_show(const Options *options, char **arguments) {
  guint64 id;
  if (!ctl_number(arguments[0], "mail's id", &id)) return EX_USAGE;
  View view;
  Dossier dossier;
  int code = EX_OK;
  dossier_init(&dossier);
  if (view_open(&view, options, &code)) {
    g_autoptr(GError) error = NULL;
    gboolean found = collect(view.txn, id, &dossier, &error);
    if (found) (options->json ? print_json : print_human)(&dossier);
    code = ctl_end_output(found ? EX_OK : ctl_error(error));
  }
  dossier_done(&dossier);
  view_done(&view);
  return code;
}
