/* requeue - a stored mail read again with today's rules, and decided on anew. */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "daemon/ctl/at_desk.h"
#include "daemon/desk/desk_again.h"
#include "daemon/log.h"

enum { VALUE_MAX_CHARS = 200 };

/* --- what would change ------------------------------------------------------------------------ */

/* "read, 1.phone", "registration 7, phone", "new registration, status", "state". */
static char *label_of(const DeskChanged *changed) {
  static const char *const words[] = {
      [DESK_CHANGED_KIND] = "kind",         [DESK_CHANGED_EVENT] = "event",
      [DESK_CHANGED_DECISION] = "decision", [DESK_CHANGED_STATE] = "state",
      [DESK_CHANGED_REASON] = "reason",
  };
  guint64 number = changed->number;
  if (changed->what == DESK_CHANGED_READ)
    return g_strdup_printf("read, %" G_GUINT64_FORMAT ".%s", number, changed->field);
  if (changed->what < DESK_CHANGED_READ) return g_strdup(words[changed->what]);
  const char *field = changed->what == DESK_CHANGED_STATUS ? "status" : changed->field;
  return number ? g_strdup_printf("registration %" G_GUINT64_FORMAT ", %s", number, field)
                : g_strdup_printf("new registration, %s", field);
}

static void tell(const DeskChanged *changed) {
  g_autofree char *label = label_of(changed);
  g_autofree char *was = log_clean(*changed->before ? changed->before : "-", VALUE_MAX_CHARS);
  g_autofree char *is = log_clean(*changed->after ? changed->after : "-", VALUE_MAX_CHARS);
  printf("  %s: %s → %s\n", label, was, is);
}

/* Returns how many changes there are. */
static guint tell_changes(const AtDesk *at, const DeskAgain *again, const DeskPreview *preview) {
  g_autoptr(StoreTxn) txn = store_begin(at->store, FALSE, NULL);
  if (!txn) return 0;
  g_autoptr(GPtrArray) changes = desk_again_changes(again, at->config, txn, preview);
  for (guint i = 0; i < changes->len; i++) tell(changes->pdata[i]);
  return changes->len;
}

/* --- the command ------------------------------------------------------------------------------ */

static int decide_anew(const AtDesk *at, const Options *options, const DeskAgain *again) {
  DeskAction action = {.verb = DESK_REQUEUE,
                       .id = again->message->id,
                       .extraction = again->after,
                       .stamp = again->stamp};
  int code = EX_OK;
  g_autoptr(GError) error = NULL;
  g_autoptr(DeskPreview) preview = desk_preview(&at->desk, &action, &error);
  if (!preview) return at_desk_error(error);
  printf("%" G_GUINT64_FORMAT ": read again\n", action.id);
  if (!tell_changes(at, again, preview)) {
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
  g_autoptr(GError) error = NULL;
  DeskAgain again = {0};
  int code = EX_OK;
  if (!at_desk_open(at, &code)) return code;
  if (desk_again_read(&again, at->reader, at->config, at->store, id, &error))
    code = decide_anew(at, options, &again);
  else
    code = at_desk_error(error);
  desk_again_clear(&again);
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
