/* requeue - a stored mail read again with today's rules, and decided on anew. */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "daemon/commit.h"
#include "daemon/ctl/at_desk.h"
#include "daemon/ctl/read_one.h"
#include "daemon/log.h"

enum { VALUE_MAX_CHARS = 200 };

typedef struct {
  Message *message;
  Extraction *before; /* NULL: none was kept */
  char *stamp;
  GBytes *raw;
} Stored;

static void stored_done(Stored *stored) {
  message_free(stored->message);
  extraction_free(stored->before);
  g_free(stored->stamp);
  if (stored->raw) g_bytes_unref(stored->raw);
}

/* --- what is stored --------------------------------------------------------------------------- */

static int no_raw(guint64 id, const GError *error) {
  if (!g_error_matches(error, STORE_ERROR, STORE_ERROR_NOT_FOUND)) return ctl_error(error);
  return ctl_fail(EX_NOINPUT,
                  "the raw mail of message %" G_GUINT64_FORMAT
                  " is not kept (any more); it cannot be read again",
                  id);
}

static int load(Store *store, guint64 id, Stored *stored) {
  g_autoptr(GError) error = NULL;
  g_autoptr(StoreTxn) txn = store_begin(store, FALSE, &error);
  if (!txn) return ctl_error(error);
  stored->message = message_get(txn, id, &error);
  if (!stored->message && g_error_matches(error, STORE_ERROR, STORE_ERROR_NOT_FOUND))
    return ctl_fail(EX_NOINPUT, "there is no message %" G_GUINT64_FORMAT, id);
  if (!stored->message) return ctl_error(error);
  stored->stamp = desk_stamp_message(txn, stored->message);
  if (stored->message->extraction)
    stored->before = wire_extraction_read(stored->message->extraction, NULL);
  if (stored->before && stored->before->flags & EXTRACTION_HEADER_ONLY)
    return ctl_fail(EX_NOINPUT,
                    "message %" G_GUINT64_FORMAT
                    " was larger than message_size: only its header was fetched",
                    id);
  stored->raw = message_raw(txn, id, &error);
  return stored->raw ? EX_OK : no_raw(id, error);
}

/* --- read again ------------------------------------------------------------------------------- */

/* As the daemon does it: the event of the thread's token comes before the mail's own. */
static Extraction *read_mail(const AtDesk *at, const Stored *stored, int *ret_code) {
  const Account *account = config_account(at->config, stored->message->account);
  g_autoptr(ReadOne) reader = read_one_new(at->config, ret_code);
  if (!reader) return NULL;
  g_autoptr(Extraction) extraction = read_one(reader, stored->raw, account, "");
  g_autofree char *event = at_desk_thread_event(at, extraction);
  if (!event) return g_steal_pointer(&extraction);
  return read_one(reader, stored->raw, account, event);
}

/* --- what would change ------------------------------------------------------------------------ */

static guint told(const char *name, const char *before, const char *after) {
  if (!g_strcmp0(before, after)) return 0;
  g_autofree char *was = log_clean(before ? before : "-", VALUE_MAX_CHARS);
  g_autofree char *is = log_clean(after ? after : "-", VALUE_MAX_CHARS);
  printf("  %s: %s → %s\n", name, was, is);
  return 1;
}

static const char *value_of(const Extraction *extraction, guint index, const char *field) {
  if (!extraction || index >= extraction->participants->len) return NULL;
  const FieldValue *value = participant_value(extraction->participants->pdata[index], field);
  return value ? value->value : NULL;
}

static guint tell_values(const Extraction *before, const Extraction *after, const Event *event) {
  guint count = MAX(before ? before->participants->len : 0, after->participants->len), changed = 0;
  for (guint i = 0; event && i < count; i++)
    for (guint k = 0; k < event->fields->len; k++) {
      const char *name = ((const EventField *)event->fields->pdata[k])->name;
      g_autofree char *label = g_strdup_printf("read, %u.%s", i + 1, name);
      changed += told(label, value_of(before, i, name), value_of(after, i, name));
    }
  return changed;
}

static guint tell_registration(const Registration *before, const Registration *after,
                               const Event *event) {
  guint changed = 0;
  for (guint k = 0; event && k < event->fields->len; k++) {
    const char *name = ((const EventField *)event->fields->pdata[k])->name;
    g_autofree char *label =
        before ? g_strdup_printf("registration %" G_GUINT64_FORMAT ", %s", before->id, name)
               : g_strdup_printf("new registration, %s", name);
    changed += told(label, before ? registration_value(before, name) : NULL,
                    registration_value(after, name));
  }
  g_autofree char *label =
      before ? g_strdup_printf("registration %" G_GUINT64_FORMAT ", status", before->id)
             : g_strdup("new registration, status");
  return changed + told(label, before ? before->status : NULL, after->status);
}

static guint tell_changes(const AtDesk *at, const Stored *stored, const Extraction *extraction,
                          const DeskPreview *preview) {
  const Event *event = event_find(at->config->events, extraction->event);
  const Message *message = stored->message;
  g_autoptr(StoreTxn) txn = store_begin(at->store, FALSE, NULL);
  guint changed = told("kind", message->kind, mail_kind_name(extraction->kind));
  changed += told("event", message->event, extraction->event);
  changed += told("decision", message->decision, preview->decision);
  changed += told("state", message->state, preview->state);
  changed += told("reason", message->reason, preview->reason);
  changed += tell_values(stored->before, extraction, event);
  for (guint i = 0; txn && i < preview->registrations->len; i++) {
    const Registration *after = preview->registrations->pdata[i];
    g_autoptr(Registration) before = registration_get(txn, after->id, NULL);
    changed += tell_registration(before, after, event);
  }
  return changed;
}

/* --- the command ------------------------------------------------------------------------------ */

static int decide_anew(const AtDesk *at, const Options *options, const Stored *stored,
                       const Extraction *extraction) {
  DeskAction action = {.verb = DESK_REQUEUE,
                       .id = stored->message->id,
                       .extraction = extraction,
                       .stamp = stored->stamp};
  int code = EX_OK;
  g_autoptr(GError) error = NULL;
  g_autoptr(DeskPreview) preview = desk_preview(&at->desk, &action, &error);
  if (!preview) return at_desk_error(error);
  printf("%" G_GUINT64_FORMAT ": read again\n", action.id);
  if (!tell_changes(at, stored, extraction, preview)) {
    printf("  nothing would change\n");
    return EX_OK;
  }
  at_desk_show(preview);
  if (!at_desk_confirm(options, "Do it?", &code)) return code;
  if (!desk_do(&at->desk, &action, &error)) return at_desk_error(error);
  printf("%" G_GUINT64_FORMAT ": %s, %s\n", action.id, preview->decision, preview->state);
  return EX_OK;
}

static int requeue(AtDesk *at, const Options *options, guint64 id) {
  Stored stored = {0};
  int code = EX_OK;
  if (at_desk_open(at, &code)) code = load(at->store, id, &stored);
  g_autoptr(Extraction) extraction = code == EX_OK ? read_mail(at, &stored, &code) : NULL;
  if (extraction) code = decide_anew(at, options, &stored, extraction);
  stored_done(&stored);
  return code;
}

int ctl_requeue(const Options *options, char **arguments) {
  guint64 id;
  if (!ctl_number(arguments[0], "mail's id", &id)) return EX_USAGE;
  int code = EX_OK;
  if (!at_desk_may_ask(options, "requeue", &code)) return code;
  AtDesk at;
  if (at_desk_load(&at, options, &code)) code = requeue(&at, options, id);
  at_desk_done(&at);
  return ctl_end_output(code);
}
