/* desk - what a person decides, one verb a row of the table at the end.
 *
 * Relies on commit for storing and answering, on decide for names and what is lacking. Promises:
 * one transaction a call, so that the record, its history, the answer and the journal line are all
 * there or none is; mail that must not be answered (automatic, lists, no address) is not, whoever
 * asks for it, and the journal says so; a preview is the call itself, not done. */
#include "daemon/desk/desk_call.h"

G_DEFINE_QUARK(desk_error, desk_error)

static gboolean call_begin(DeskCall *call, const Desk *desk, const DeskAction *action,
                           GError **error) {
  *call = (DeskCall){.desk = desk, .action = action, .now = g_get_real_time() / G_USEC_PER_SEC};
  call->context =
      (CommitContext){.config = desk->config,
                      .replies = desk->replies,
                      .secret = store_secret(desk->store),
                      .composed = g_ptr_array_new_with_free_func((GDestroyNotify)reply_free)};
  call->changes = g_ptr_array_new_with_free_func(change_free);
  call->after = g_ptr_array_new_with_free_func((GDestroyNotify)registration_free);
  call->notes = g_ptr_array_new_with_free_func(g_free);
  call->txn = store_begin(desk->store, TRUE, error);
  return call->txn != NULL;
}

static void call_done(DeskCall *call) {
  store_abort(call->txn);
  message_free(call->message);
  extraction_free(call->extraction);
  g_free(call->sender);
  g_free(call->why_not);
  g_ptr_array_unref(call->changes);
  g_ptr_array_unref(call->after);
  g_ptr_array_unref(call->notes);
  g_ptr_array_unref(call->context.composed);
}

/* --- the verbs -------------------------------------------------------------------------------- */

static gboolean (*const verbs[])(DeskCall *call, GError **error) = {
    [DESK_ACCEPT] = desk_accept,   [DESK_ASK] = desk_ask,   [DESK_IGNORE] = desk_ignore,
    [DESK_REPLY] = desk_reply,     [DESK_EDIT] = desk_edit, [DESK_CANCEL] = desk_cancel,
    [DESK_MERGE] = desk_merge,     [DESK_HOLD] = desk_hold, [DESK_RELEASE] = desk_release,
    [DESK_REQUEUE] = desk_requeue,
};

gboolean desk_do(const Desk *desk, const DeskAction *action, GError **error) {
  DeskCall call;
  gboolean good = call_begin(&call, desk, action, error) && verbs[action->verb](&call, error) &&
                  store_commit(g_steal_pointer(&call.txn), error);
  if (good) store_wake(desk->store);
  call_done(&call);
  return good;
}

/* --- preview ---------------------------------------------------------------------------------- */

static void take_answer(DeskPreview *preview, const DeskCall *call) {
  const GPtrArray *composed = call->context.composed;
  if (!composed->len) {
    preview->why_not = g_strdup(call->why_not ? call->why_not : "nobody is answered by this");
    return;
  }
  Reply *reply = composed->pdata[0];
  preview->to = g_steal_pointer(&reply->to);
  preview->subject = g_steal_pointer(&reply->subject);
  preview->text = g_steal_pointer(&reply->text);
}

static DeskPreview *take_preview(DeskCall *call) {
  DeskPreview *preview = g_new0(DeskPreview, 1);
  take_answer(preview, call);
  preview->registrations = g_ptr_array_new_with_free_func((GDestroyNotify)registration_free);
  for (guint i = 0; i < call->changes->len; i++) {
    Change *change = call->changes->pdata[i];
    g_ptr_array_add(preview->registrations, g_steal_pointer(&change->registration));
  }
  g_ptr_array_extend_and_steal(preview->registrations, g_steal_pointer(&call->after));
  call->after = g_ptr_array_new();
  preview->notes = g_ptr_array_ref(call->notes);
  if (call->message_changed) {
    preview->state = g_strdup(call->message->state);
    preview->decision = g_strdup(call->message->decision);
    preview->reason = g_strdup(call->message->reason);
  }
  return preview;
}

DeskPreview *desk_preview(const Desk *desk, const DeskAction *action, GError **error) {
  DeskCall call;
  gboolean good = call_begin(&call, desk, action, error) && verbs[action->verb](&call, error);
  DeskPreview *preview = good ? take_preview(&call) : NULL;
  call_done(&call);
  return preview;
}

void desk_preview_free(DeskPreview *preview) {
  if (!preview) return;
  g_free(preview->to);
  g_free(preview->subject);
  g_free(preview->text);
  g_free(preview->why_not);
  g_ptr_array_unref(preview->registrations);
  g_ptr_array_unref(preview->notes);
  g_free(preview->state);
  g_free(preview->decision);
  g_free(preview->reason);
  g_free(preview);
}
