/* desk_outbox - answers that a person holds back and lets go.
 *
 * A held one is `delayed`, and its `next` lies beyond every calendar: the daemon, which sends what
 * is due, leaves it alone without knowing of this. Its former `next` and last_error stand behind
 * the mark, so that a release puts back what was. */
#include <string.h>

#include "daemon/desk/desk_call.h"
#include "daemon/util.h"

/* 10000-01-01: no clock shows it, no calendar either. */
static const gint64 HELD_FROM = G_GINT64_CONSTANT(253402300800);
static const char MARK[] = "held by ", BEFORE[] = "; before: ";

gboolean desk_is_held(const OutboxEntry *entry) {
  return !strcmp(entry->state, "delayed") && entry->next >= HELD_FROM;
}

gboolean desk_may_hold(const OutboxEntry *entry) {
  static const char *const states[] = {"ready", "delayed", "deferred", NULL};
  return g_strv_contains(states, entry->state) && !desk_is_held(entry);
}

/* --- one entry -------------------------------------------------------------------------------- */

static gboolean wrong_state(const OutboxEntry *entry, const char *wrong, GError **error) {
  g_set_error(error, DESK_ERROR, DESK_ERROR_STATE, "answer %" G_GUINT64_FORMAT " %s", entry->id,
              wrong);
  return FALSE;
}

static void put_mark(OutboxEntry *entry, const char *who) {
  g_autofree char *before = entry->last_error;
  entry->last_error = g_strconcat(MARK, who, *before ? BEFORE : "", before, NULL);
  entry->next = HELD_FROM + CLAMP(entry->next, 0, HELD_FROM);
  string_set(&entry->state, "delayed");
}

/* A limit that held it may still do; a failure goes on being tried. */
static void take_mark(OutboxEntry *entry, gint64 now) {
  const char *before = strstr(entry->last_error, BEFORE);
  entry->next -= HELD_FROM;
  string_set(&entry->state, entry->attempts ? "deferred" : entry->next > now ? "delayed" : "ready");
  string_set(&entry->last_error, before ? before + strlen(BEFORE) : "");
}

static gboolean write_entry(DeskCall *call, OutboxEntry *entry, const char *did, GError **error) {
  g_autofree char *text = g_strdup_printf("%s answer %" G_GUINT64_FORMAT " ('%s' to %s)", did,
                                          entry->id, entry->kind, entry->to);
  return outbox_update(call->txn, entry, error) &&
         desk_call_journal(call, entry->message, text, NULL, error);
}

static gboolean hold_one(DeskCall *call, OutboxEntry *entry, GError **error) {
  if (desk_is_held(entry)) return wrong_state(entry, "is held already", error);
  if (!desk_may_hold(entry)) {
    g_autofree char *wrong = g_strdup_printf("is '%s'; what waits can be held", entry->state);
    return wrong_state(entry, wrong, error);
  }
  put_mark(entry, call->desk->who);
  return write_entry(call, entry, "held", error);
}

static gboolean release_one(DeskCall *call, OutboxEntry *entry, GError **error) {
  if (!desk_is_held(entry)) return wrong_state(entry, "is not held", error);
  take_mark(entry, call->now);
  return write_entry(call, entry, "released", error);
}

/* --- one or all ------------------------------------------------------------------------------- */

typedef gboolean (*EntryVerb)(DeskCall *call, OutboxEntry *entry, GError **error);

typedef struct {
  gboolean held;
  GArray *ids;
} Wanted;

static gboolean collect(const OutboxEntry *entry, void *context) {
  Wanted *wanted = context;
  if (wanted->held ? desk_is_held(entry) : desk_may_hold(entry))
    g_array_append_val(wanted->ids, entry->id);
  return TRUE;
}

static gboolean do_one(DeskCall *call, guint64 id, EntryVerb verb, GError **error) {
  GError *failed = NULL;
  g_autoptr(OutboxEntry) entry = outbox_get(call->txn, id, &failed);
  return entry ? verb(call, entry, error) : desk_call_not_loaded(error, failed, "answer", id);
}

static gboolean do_all(DeskCall *call, gboolean held, EntryVerb verb, GError **error) {
  g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(guint64));
  Wanted wanted = {held, ids};
  if (!outbox_foreach(call->txn, "open", collect, &wanted, error)) return FALSE;
  for (guint i = 0; i < ids->len; i++)
    if (!do_one(call, g_array_index(ids, guint64, i), verb, error)) return FALSE;
  desk_call_note(call, "%u answers", ids->len);
  return TRUE;
}

static gboolean run(DeskCall *call, gboolean held, EntryVerb verb, GError **error) {
  guint64 id = call->action->id;
  return id ? do_one(call, id, verb, error) : do_all(call, held, verb, error);
}

gboolean desk_hold(DeskCall *call, GError **error) {
  call->why_not = g_strdup("an answer is held back");
  return run(call, FALSE, hold_one, error);
}

gboolean desk_release(DeskCall *call, GError **error) {
  call->why_not = g_strdup("an answer that was held is let go");
  return run(call, TRUE, release_one, error);
}
