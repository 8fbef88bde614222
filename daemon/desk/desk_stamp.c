/* desk_stamp - one word for what a person saw, and who was quicker where it has changed. */
#include <sodium.h>
#include <string.h>

#include "daemon/desk/desk_call.h"
#include "daemon/json.h"
#include "store/journal.h"

enum { STAMP_BYTES = 16 };

typedef struct {
  crypto_generichash_state hash;
} Stamp;

static void stamp_begin(Stamp *stamp) {
  crypto_generichash_init(&stamp->hash, NULL, 0, STAMP_BYTES);
}

/* With its NUL: where one text ends and the next begins is part of it. */
static void stamp_text(Stamp *stamp, const char *text) {
  crypto_generichash_update(&stamp->hash, (const guint8 *)text, strlen(text) + 1);
}

static void stamp_number(Stamp *stamp, guint64 number) {
  crypto_generichash_update(&stamp->hash, (const guint8 *)&number, sizeof number);
}

static char *stamp_end(Stamp *stamp) {
  guint8 sum[STAMP_BYTES];
  gsize room = 2 * sizeof sum + 1;
  crypto_generichash_final(&stamp->hash, sum, sizeof sum);
  return sodium_bin2hex(g_malloc(room), room, sum, sizeof sum);
}

static void add_registration(Stamp *stamp, const Registration *registration) {
  stamp_number(stamp, registration->id);
  stamp_number(stamp, (guint64)registration->updated);
  stamp_number(stamp, registration->history->len);
  stamp_number(stamp, registration->sequence);
  stamp_text(stamp, registration->status);
  for (guint i = 0; i < registration->fields->len; i++) {
    const StoreField *field = registration->fields->pdata[i];
    stamp_text(stamp, field->name);
    stamp_text(stamp, field->value);
  }
}

char *desk_stamp_registration(const Registration *registration) {
  Stamp stamp;
  stamp_begin(&stamp);
  add_registration(&stamp, registration);
  return stamp_end(&stamp);
}

/* --- what people did -------------------------------------------------------------------------- */

typedef struct {
  guint64 sequence; /* of the last line that a person caused; 0: none */
  gint64 time_us;
  char *text;
} LastLine;

static gboolean note_person(const JournalEntry *entry, void *context) {
  LastLine *last = context;
  if (strcmp(entry->what, "person")) return TRUE;
  last->sequence = entry->sequence;
  last->time_us = entry->time_us;
  g_free(last->text);
  last->text = g_strdup(entry->text);
  return TRUE;
}

static LastLine last_line(StoreTxn *txn, guint64 message) {
  LastLine last = {0};
  (void)journal_foreach(txn, 0, 0, message, note_person, &last, NULL);
  return last;
}

char *desk_stamp_message(StoreTxn *txn, const Message *message) {
  const char *const texts[] = {message->state, message->decision, message->reason,
                               message->kind,  message->event,    message->language};
  LastLine last = last_line(txn, message->id);
  Stamp stamp;
  stamp_begin(&stamp);
  stamp_number(&stamp, message->id);
  stamp_number(&stamp, last.sequence);
  for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) stamp_text(&stamp, texts[i]);
  for (guint i = 0; i < message->registrations->len; i++) {
    g_autoptr(Registration) one =
        registration_get(txn, g_array_index(message->registrations, guint64, i), NULL);
    if (one) add_registration(&stamp, one);
  }
  g_free(last.text);
  return stamp_end(&stamp);
}

/* --- who was quicker -------------------------------------------------------------------------- */

static char *at_time(gint64 seconds, const char *text) {
  g_autofree char *time = json_time_text(seconds);
  return g_strdup_printf("%s at %s", text, time);
}

char *desk_last_of_registration(const Registration *registration) {
  const GPtrArray *history = registration->history;
  if (!history->len) return at_time(registration->updated, "it was changed");
  const HistoryEntry *last = history->pdata[history->len - 1];
  g_autofree char *text =
      g_strdup_printf("%s by %s, it is %s now", last->what, last->who, registration->status);
  return at_time(last->time, text);
}

/* The registration of the message that was changed last, NULL: it has none. */
static Registration *newest_of(StoreTxn *txn, const Message *message) {
  Registration *newest = NULL;
  for (guint i = 0; i < message->registrations->len; i++) {
    Registration *one =
        registration_get(txn, g_array_index(message->registrations, guint64, i), NULL);
    if (!one) continue;
    if (newest && newest->updated >= one->updated) {
      registration_free(one);
      continue;
    }
    registration_free(newest);
    newest = one;
  }
  return newest;
}

char *desk_last_of_message(StoreTxn *txn, const Message *message) {
  LastLine last = last_line(txn, message->id);
  g_autofree char *text = last.text;
  gint64 person = last.time_us / G_USEC_PER_SEC;
  g_autoptr(Registration) newest = newest_of(txn, message);
  if (newest && newest->updated > person) {
    g_autofree char *what = desk_last_of_registration(newest);
    return g_strdup_printf("registration %" G_GUINT64_FORMAT " was %s", newest->id, what);
  }
  return text ? at_time(person, text)
              : g_strdup_printf("it is %s now: %s", message->state, message->reason);
}
