/* desk_registration - what a person does with a registration: edit, cancel, merge. */
#include <string.h>

#include "daemon/desk/desk_call.h"
#include "daemon/desk/desk_match.h"
#include "daemon/desk/desk_text.h"
#include "daemon/desk/desk_values.h"
#include "daemon/log.h"
#include "daemon/util.h"

enum { NOTE_VALUE_MAX_CHARS = 60 };

static gboolean is_cancelled(const Registration *registration) {
  return !strcmp(registration->status, "cancelled");
}

static gboolean wrong_state(guint64 id, const char *wrong, GError **error) {
  g_set_error(error, DESK_ERROR, DESK_ERROR_STATE, "registration %" G_GUINT64_FORMAT " %s", id,
              wrong);
  return FALSE;
}

/* --- edit ------------------------------------------------------------------------------------- */

/* What the record becomes by an edit: a confirmed one stays whole, one that waits for a person's
 * decision still does, one that was incomplete may now be complete. */
static gboolean edited_state(DeskCall *call, Change *change, GError **error) {
  Registration *registration = change->registration;
  g_autoptr(GPtrArray) missing = decide_missing(call->event, registration);
  gboolean confirmed =
      !strcmp(registration->status, "registered") || !strcmp(registration->status, "declined");
  if (confirmed && !desk_record_whole(call, error)) return FALSE;
  if (!confirmed && (missing->len || strcmp(registration->status, "incomplete"))) {
    if (registration->missing->len) desk_record_set_missing(registration, missing);
    return TRUE;
  }
  desk_record_confirm_all(call);
  return TRUE;
}

gboolean desk_edit(DeskCall *call, GError **error) {
  guint64 id = call->action->id;
  g_autoptr(Registration) before = NULL;
  if (!desk_call_registration(call, id, &before, error)) return FALSE;
  g_autoptr(Registration) after = registration_copy(before);
  if (!desk_values_apply(call->event, call->action, 1, 1, after, error)) return FALSE;
  if (is_cancelled(before)) return wrong_state(id, "is cancelled", error);
  if (registration_same_fields(before, after))
    return wrong_state(id, "has these values already", error);
  DeskMatch match = {.event = call->event, .message = call->message, .alone = TRUE};
  desk_match_keys(&match, after);
  desk_call_change(call, g_steal_pointer(&after), "updated");
  return edited_state(call, call->changes->pdata[0], error) &&
         desk_call_write(call, NULL, "edited it", error);
}

/* --- cancel ----------------------------------------------------------------------------------- */

static gboolean cancel_with(DeskCall *call, GError **error) {
  Registration *registration = NULL;
  if (!desk_call_registration(call, call->action->id, &registration, error)) return FALSE;
  desk_call_change(call, registration, "cancelled");
  if (is_cancelled(registration))
    return wrong_state(call->action->id, "is cancelled already", error);
  desk_record_cancel(registration);
  call->kind = REPLY_CANCELLED;
  return desk_call_write(call, NULL, "cancelled it", error);
}

gboolean desk_cancel(DeskCall *call, GError **error) {
  const char *own = call->action->own_text;
  gboolean given = own && *own;
  g_autofree char *words = given ? desk_text_check(own, error) : NULL;
  if (given && !words) return FALSE;
  DeskAction cleaned = *call->action;
  cleaned.own_text = words;
  call->action = &cleaned;
  gboolean good = cancel_with(call, error);
  call->action = NULL; /* `cleaned` ends here */
  return good;
}

/* --- merge ------------------------------------------------------------------------------------ */

static gboolean may_merge(const Registration *to, const Registration *from, GError **error) {
  if (to->id == from->id) return wrong_state(to->id, "cannot be merged into itself", error);
  if (is_cancelled(to)) return wrong_state(to->id, "is cancelled", error);
  if (is_cancelled(from)) return wrong_state(from->id, "is cancelled already", error);
  if (!strcmp(to->event, from->event)) return TRUE;
  g_autofree char *wrong = g_strdup_printf("is of event '%s', not of '%s'", from->event, to->event);
  return wrong_state(from->id, wrong, error);
}

/* What `to` lacks is taken over; where both say something else, `to` stays as it is and a person is
 * told. */
static void take_over(DeskCall *call, Registration *to, const Registration *from) {
  for (guint i = 0; i < from->fields->len; i++) {
    const StoreField *field = from->fields->pdata[i];
    const char *have = registration_value(to, field->name);
    if (!have) {
      registration_set(to, field->name, field->value);
      desk_call_note(call, "%s is taken over", field->name);
    } else if (strcmp(have, field->value) != 0) {
      g_autofree char *stays = log_clean(have, NOTE_VALUE_MAX_CHARS);
      g_autofree char *goes = log_clean(field->value, NOTE_VALUE_MAX_CHARS);
      desk_call_note(call, "%s: '%s' stays, '%s' is dropped", field->name, stays, goes);
    }
  }
}

/* `to` may have become whole: then it is confirmed. Else nobody need hear of it. */
static void merged_state(DeskCall *call, Change *change) {
  Registration *registration = change->registration;
  g_autoptr(GPtrArray) missing = decide_missing(call->event, registration);
  change->what = "merged";
  if (!strcmp(registration->status, "incomplete") && !missing->len) {
    desk_record_confirm_all(call);
    return;
  }
  if (registration->missing->len) desk_record_set_missing(registration, missing);
  call->why_not = g_strdup("two registrations of one person become one");
}

static gboolean cancel_merged(DeskCall *call, Registration *from, guint64 to, GError **error) {
  g_autofree char *what = g_strdup_printf("merged into %" G_GUINT64_FORMAT, to);
  desk_record_cancel(from);
  from->merged = to;
  Change change = {.registration = from, .what = what};
  g_autoptr(GPtrArray) changes = g_ptr_array_new();
  g_ptr_array_add(changes, &change);
  g_ptr_array_add(call->after, from);
  return commit_changes(&call->context, call->txn, NULL, changes, call->desk->who, call->now,
                        error);
}

gboolean desk_merge(DeskCall *call, GError **error) {
  g_autoptr(Registration) to = NULL;
  if (!desk_call_registration(call, call->action->id, &to, error)) return FALSE;
  g_autoptr(Registration) from = desk_call_find(call, call->action->other, error);
  if (!from || !may_merge(to, from, error)) return FALSE;
  g_autofree char *did =
      g_strdup_printf("merged registration %" G_GUINT64_FORMAT " into it", from->id);
  guint64 id = to->id;
  take_over(call, to, from);
  DeskMatch match = {.event = call->event, .message = call->message, .alone = FALSE};
  desk_match_keys(&match, to);
  desk_call_change(call, g_steal_pointer(&to), "merged");
  merged_state(call, call->changes->pdata[0]);
  return cancel_merged(call, g_steal_pointer(&from), id, error) &&
         desk_call_write(call, NULL, did, error);
}
