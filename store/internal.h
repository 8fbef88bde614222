/* internal - what the files of this room share and nobody else sees: tables, keys, raw get and put.
 */
#pragma once
#include <lmdb.h>

#include "store/counter.h"
#include "store/cursor.h"
#include "store/journal.h"
#include "store/message.h"
#include "store/outbox.h"
#include "store/registration.h"
#include "store/store.h"
#include "store/tally.h"
#include "store/user.h"

/* For store_open: the caller holds the file's lock itself (rewrite.c). */
enum { STORE_SWAPPING = 1 << 8 };

enum {
  STORE_VERSION = 3,
  STORE_MAP_START_BYTES = 256 << 20, /* the map's first size (addresses, not disk); it doubles */
  STORE_MAP_SPARE_BYTES = 128 << 20, /* what a writer finds free at its start, at least */
  STORE_RESIZE_WAIT_S = 5,        /* a writer waits so long for readers before it grows the map */
  STORE_DISK_LOW_BYTES = 8 << 20, /* less than this: a failed write is called a full disk */
  STORE_READERS = 256,
  STORE_KEY_TEXT_MAX = 200 /* longer texts stand in a key as their SHA-256 (LMDB's limit is 511) */
};

/* One row a table in schema.c. */
typedef enum {
  TABLE_META,
  TABLE_MESSAGE,                /* id → Message */
  TABLE_RAW,                    /* id → zstd of the raw mail */
  TABLE_RAW_TIME,               /* stored, id → nothing */
  TABLE_MESSAGE_BY_MID,         /* Message-ID, id */
  TABLE_MESSAGE_BY_DIGEST,      /* digest, id */
  TABLE_MESSAGE_BY_STATE,       /* state, id; settled ones are not in it */
  TABLE_REGISTRATION,           /* id → Registration */
  TABLE_REGISTRATION_BY_EMAIL,  /* event, e-mail, id */
  TABLE_REGISTRATION_BY_SENDER, /* event, sender, id */
  TABLE_REGISTRATION_BY_THREAD, /* thread, id */
  TABLE_OUTBOX,                 /* id → Outbox */
  TABLE_OUTBOX_MAIL,            /* id → the mail, as it is sent */
  TABLE_OUTBOX_BY_STATE,        /* state, id; sent ones are not in it */
  TABLE_OUTBOX_DUE,             /* next, id: ready, delayed, deferred */
  TABLE_OUTBOX_BY_MID,          /* our Message-ID, id */
  TABLE_JOURNAL,                /* sequence → Journal */
  TABLE_JOURNAL_BY_MESSAGE,     /* message, sequence */
  TABLE_CURSOR,                 /* account, folder → Cursor */
  TABLE_COUNTER,                /* time, address, sequence → hash */
  TABLE_COUNTER_BY_ADDRESS,     /* address, time, sequence → hash */
  TABLE_TALLY,                  /* event, kind, decision, state, day → number of messages */
  TABLE_USER,                   /* name → User */
  TABLE_MESSAGE_BY_CHANGE,      /* change, id: of the messages that were updated */
  TABLE_REGISTRATION_BY_CHANGE, /* likewise */
  TABLE_TOMBSTONE,              /* keyed hash of who or what was erased → when */
  TABLE_COUNT
} Table;

struct Store {
  MDB_env *env;
  MDB_dbi tables[TABLE_COUNT];
  char *path, *wake_path;
  guint8 secret[32];
  struct ZSTD_CCtx_s *packer; /* of raw mails; NULL: not used yet. One writes at a time */
  guint found_version;        /* what the store had before it was opened */
  gboolean read_only;
  int lock_fd; /* of the daemon's lock; -1: not taken */
  int swap_fd; /* shared with all who have the file open, so that none is left with the old one */
  GMutex lock; /* guards open_txns: the map is resized only while it is 0 */
  GCond idle;
  guint open_txns;
  gboolean want_growth; /* the last writer ran out of map */
};

typedef struct Verify Verify;

struct StoreTxn {
  Store *store;
  MDB_txn *txn;
  gboolean write;
  Verify *verify;             /* NULL, or table_mark looks instead of writing (verify.c) */
  guint64 given[TABLE_COUNT]; /* the last number that table_next gave; 0: none yet */
};

/* --- schema.c --- */
const char *table_name(Table table);
/* Open (and with STORE_CREATE make) every table, check the version, read or make the secret; with
 * STORE_DAEMON bring an older version to ours, in the same transaction. */
gboolean schema_open(Store *store, guint flags, GError **error);

/* --- store.c --- */
/* An LMDB error as a GError: "PATH: what; what would be right". Returns FALSE. */
gboolean store_fail(Store *store, int code, const char *doing, GError **error);
/* A record that cannot be decoded. Returns FALSE. */
gboolean store_corrupt(const Store *store, const char *table, guint64 id, GError **error);
/* No such record. Returns FALSE. */
gboolean store_not_found(const Store *store, const char *table, guint64 id, GError **error);

/* --- key.c: keys of several parts --- */
typedef struct {
  guint8 bytes[511];
  gsize size;
} Key;
void key_add_number(Key *key, guint64 number); /* 8 bytes, big-endian */
void key_add_text(Key *key, const char *text); /* the text or, if long, its hash; and a NUL */
guint64 key_last_number(const MDB_val *key);   /* the last 8 bytes; 0 if shorter */
guint64 key_first_number(const MDB_val *key);  /* the first 8 bytes; 0 if shorter */
Key key_of_number(guint64 number);
Key key_of_texts(const char *first, const char *second); /* second NULL: one part */
/* As key_of_texts with a number behind. */
Key key_of_texts_number(const char *first, const char *second, guint64 number);
Key key_of_numbers(guint64 first, guint64 second);

/* --- table.c: rows --- */
gboolean table_put(StoreTxn *txn, Table table, const Key *key, const void *data, gsize size,
                   GError **error);
/* A row whose key is behind all others of the table: no search, and full pages. */
gboolean table_append(StoreTxn *txn, Table table, const Key *key, const void *data, gsize size,
                      GError **error);
typedef gboolean (*PutRow)(StoreTxn *, Table, const Key *, const void *, gsize, GError **);
/* TRUE with *ret_value pointing into the map until the next write; FALSE without error: no row. */
gboolean table_get(StoreTxn *txn, Table table, const Key *key, MDB_val *ret_value, GError **error);
/* A row that is not there is no error. */
gboolean table_delete(StoreTxn *txn, Table table, const Key *key, GError **error);
/* For indexes: a row without a value where `wanted`, none where not. */
gboolean table_mark(StoreTxn *txn, Table table, const Key *key, gboolean wanted, GError **error);
/* While a transaction verifies: is the row there as `wanted`? TRUE. */
gboolean verify_mark(Verify *verify, Table table, const Key *key, gboolean wanted);
/* Number of the last key of a table whose keys are one number; 0: empty. */
guint64 table_last(StoreTxn *txn, Table table);
/* The number for the next row of such a table: a writer's own, each call another. */
guint64 table_next(StoreTxn *txn, Table table);
/* Row `id` is to be deleted: no later row may have its number. */
gboolean table_keep_last(StoreTxn *txn, Table table, guint64 id, GError **error);
guint64 table_rows(StoreTxn *txn, Table table);
/* Visit rows whose key begins with `prefix` (NULL: all), from the key `from` on (NULL: the
 * prefix's first). The visitor returns FALSE to stop; it must not write to this table. */
typedef gboolean (*RowVisitor)(const MDB_val *key, const MDB_val *value, void *context);
gboolean table_scan(StoreTxn *txn, Table table, const Key *prefix, const Key *from,
                    RowVisitor visit, void *context, GError **error);
/* The same from the last such row backwards. */
gboolean table_scan_back(StoreTxn *txn, Table table, const Key *prefix, RowVisitor visit,
                         void *context, GError **error);
/* The same from the last row before the key `until`. */
gboolean table_scan_before(StoreTxn *txn, Table table, const Key *prefix, const Key *until,
                           RowVisitor visit, void *context, GError **error);
guint64 table_count(StoreTxn *txn, Table table, const Key *prefix);
/* The last numbers of the keys that begin with `prefix` (NULL: all), at most max: GArray of
 * guint64. Never NULL. */
GArray *table_ids(StoreTxn *txn, Table table, const Key *prefix, guint max);
/* The first of them, 0: none. */
guint64 table_first_id(StoreTxn *txn, Table table, const Key *prefix);

/* --- the rows of a record in the indexes --- */
gboolean message_index(StoreTxn *txn, const Message *message, GError **error);
gboolean message_is_settled(const char *state);
gboolean registration_index(StoreTxn *txn, const Registration *row, GError **error);
gboolean outbox_index(StoreTxn *txn, const OutboxEntry *entry, GError **error);
/* Write the row of that id in TABLE_OUTBOX or TABLE_OUTBOX_MAIL. */
gboolean outbox_put_bytes(StoreTxn *txn, Table table, guint64 id, GBytes *bytes, GError **error);
gboolean journal_index(StoreTxn *txn, guint64 message, guint64 sequence, GError **error);

/* --- change.c: what was added or updated since a mark --- */
/* The number of the next update: greater than every one before, whatever the clock says. To be
 * asked for before the record's former row leaves the index. */
guint64 change_next(StoreTxn *txn, Table changes);
/* The row of a record in the index; none for a record that was only added (change 0). */
gboolean change_mark(StoreTxn *txn, Table changes, guint64 change, guint64 id, gboolean wanted,
                     GError **error);
StoreMark change_now(StoreTxn *txn, Table rows, Table changes);
/* Ids of what was updated or added since `mark`, each once: guint64. NULL with an error. */
GArray *change_ids(StoreTxn *txn, Table rows, Table changes, const StoreMark *mark, GError **error);

/* --- counter.c: drop every entry of an address ---
 */
gboolean counter_forget(StoreTxn *txn, const char *address, guint *ret_count, GError **error);

/* --- store.c: the lock that a swap of the file takes alone. -1 with errno. */
int store_open_swap_lock(const char *folder, gboolean read_only);
/* --- backup.c */
gboolean store_sync_folder(const char *path);

/* --- tally.c: messages by event, kind, decision, state and day --- */
Key tally_key(const Message *message);
gboolean tally_add(StoreTxn *txn, const Message *message, GError **error);
gboolean tally_move(StoreTxn *txn, const Message *before, const Message *after, GError **error);

/* --- codec.c: records to bytes and back; a read gives NULL (FALSE) for what is no such record ---
 */
GBytes *codec_message_write(const Message *message);
Message *codec_message_read(const MDB_val *value);
GBytes *codec_registration_write(const Registration *registration);
Registration *codec_registration_read(const MDB_val *value);
GBytes *codec_outbox_write(const OutboxEntry *entry);
OutboxEntry *codec_outbox_read(const MDB_val *value);
/* The mail in a row of version 2. FALSE: no such record; TRUE and NULL: it has none. */
gboolean codec_outbox_read_mail(const MDB_val *value, GBytes **ret_mail);
GBytes *codec_cursor_write(const Cursor *cursor);
Cursor *codec_cursor_read(const MDB_val *value);
GBytes *codec_journal_write(const JournalEntry *entry);
/* Fills *ret_entry; its strings are freed with codec_journal_clear. */
gboolean codec_journal_read(const MDB_val *value, JournalEntry *ret_entry);
void codec_journal_clear(JournalEntry *entry);
GBytes *codec_user_write(const User *user);
User *codec_user_read(const MDB_val *value);
