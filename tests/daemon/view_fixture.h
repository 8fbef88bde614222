/* view_fixture - a store with registrations and mails of the shipped event: what the tests of
 * desk_view, desk_stats and desk_export share. */
#pragma once
#include "store/journal.h"
#include "tests/daemon/reply_fixture.h"

typedef struct {
  Fixture fixture;
  Store *store;
} Desks;

static inline void desks_open(Desks *desks) {
  fixture_open(&desks->fixture);
  desks->store = fixture_store(&desks->fixture);
}

static inline void desks_close(Desks *desks) {
  store_close(desks->store);
  fixture_close(&desks->fixture);
}

static inline StoreTxn *desks_begin(const Desks *desks, gboolean write) {
  g_autoptr(GError) error = NULL;
  StoreTxn *txn = store_begin(desks->store, write, &error);
  g_assert_no_error(error);
  return txn;
}

static inline void desks_commit(StoreTxn *txn) {
  g_autoptr(GError) error = NULL;
  g_assert_true(store_commit(txn, &error));
  g_assert_no_error(error);
}

/* Set what "organization=Ville de Nancy|status=registered|…" says; status, event, sender, created
 * and updated are the record's own. */
static inline void desks_set(Registration *row, const char *text) {
  g_auto(GStrv) pairs = g_strsplit(text, "|", -1);
  for (char **pair = pairs; *pair && **pair; pair++) {
    g_auto(GStrv) halves = g_strsplit(*pair, "=", 2);
    const char *value = halves[1];
    if (!strcmp(halves[0], "status"))
      fixture_string(&row->status, value);
    else if (!strcmp(halves[0], "event"))
      fixture_string(&row->event, value);
    else if (!strcmp(halves[0], "sender"))
      fixture_string(&row->sender, value);
    else if (!strcmp(halves[0], "created"))
      row->created = g_ascii_strtoll(value, NULL, 10);
    else if (!strcmp(halves[0], "updated"))
      row->updated = g_ascii_strtoll(value, NULL, 10);
    else
      registration_set(row, halves[0], *value ? value : NULL);
    if (!strcmp(halves[0], "email")) fixture_string(&row->email_key, value);
    if (!strcmp(halves[0], "last_name")) fixture_string(&row->name_key, value);
  }
}

static inline guint64 desks_add(const Desks *desks, const char *text) {
  g_autoptr(Registration) row = registration_new();
  fixture_string(&row->event, FIXTURE_ID);
  fixture_string(&row->status, "registered");
  row->created = row->updated = 1559554200; /* 2019-06-03, 11:30 in Paris */
  desks_set(row, text);
  StoreTxn *txn = desks_begin(desks, TRUE);
  g_assert_true(registration_add(txn, row, NULL));
  desks_commit(txn);
  return row->id;
}

static inline void desks_change(const Desks *desks, guint64 id, const char *text) {
  StoreTxn *txn = desks_begin(desks, TRUE);
  g_autoptr(Registration) row = registration_get(txn, id, NULL);
  desks_set(row, text);
  g_assert_true(registration_update(txn, row, NULL));
  desks_commit(txn);
}

/* "from|subject|state|kind|event". */
static inline guint64 desks_mail(const Desks *desks, const char *text) {
  g_autoptr(Message) mail = message_new();
  g_auto(GStrv) parts = g_strsplit(text, "|", 5);
  char **const to[] = {&mail->from, &mail->subject, &mail->state, &mail->kind, &mail->event};
  for (guint i = 0; i < g_strv_length(parts); i++) fixture_string(to[i], parts[i]);
  mail->extraction = g_bytes_new_static("x", 1);
  StoreTxn *txn = desks_begin(desks, TRUE);
  mail->received = 1559554200 + (gint64)message_count(txn, NULL);
  g_assert_true(message_add(txn, mail, NULL, NULL));
  desks_commit(txn);
  return mail->id;
}

static inline void desks_mail_state(const Desks *desks, guint64 id, const char *state) {
  StoreTxn *txn = desks_begin(desks, TRUE);
  g_autoptr(Message) mail = message_get(txn, id, NULL);
  fixture_string(&mail->state, state);
  g_assert_true(message_update(txn, mail, NULL));
  desks_commit(txn);
}
