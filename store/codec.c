/* codec - records to bytes (protobuf, records.proto) and back.
 *
 * Writing borrows every pointer of the record for the length of the call; reading copies. */
#include <stddef.h>
#include <string.h>

#include "store/internal.h"
#include "store/records.pb-c.h"

#define PACK(prefix, row)                                                                          \
  __extension__({                                                                                  \
    gsize size = prefix##__get_packed_size(row);                                                   \
    guint8 *packed = g_malloc(size ? size : 1);                                                    \
    prefix##__pack(row, packed);                                                                   \
    g_bytes_new_take(packed, size);                                                                \
  })

/* Most records unpack into a block on the stack; what has no room there is allocated. */
typedef struct {
  guint8 *at;
  _Alignas(max_align_t) guint8 block[4 << 10];
} Memory;

static void *memory_alloc(void *data, size_t size) {
  Memory *memory = data;
  gsize rounded = (size + _Alignof(max_align_t) - 1) & ~(_Alignof(max_align_t) - 1);
  if (rounded > (gsize)(memory->block + sizeof memory->block - memory->at) || rounded < size)
    return g_try_malloc(size);
  void *piece = memory->at;
  memory->at += rounded;
  return piece;
}

static void memory_free(void *data, void *piece) {
  const Memory *memory = data;
  const guint8 *at = piece;
  if (at < memory->block || at >= memory->block + sizeof memory->block) g_free(piece);
}

/* `allocator` draws on `memory` from here on. */
#define MEMORY(memory, allocator)                                                                  \
  Memory memory;                                                                                   \
  memory.at = memory.block;                                                                        \
  ProtobufCAllocator allocator = {memory_alloc, memory_free, &memory}

static char *text(char *value) {
  return value ? value : (char *)"";
}

static ProtobufCBinaryData blob(GBytes *bytes) {
  gsize size = 0;
  const void *data = bytes ? g_bytes_get_data(bytes, &size) : NULL;
  return (ProtobufCBinaryData){size, (guint8 *)data};
}

static GBytes *unblob(gboolean has, ProtobufCBinaryData data) {
  return has ? g_bytes_new(data.data, data.len) : NULL;
}

static void take_numbers(GArray *to, const void *data, gsize count) {
  if (count) g_array_append_vals(to, data, (guint)count);
}

/* --- message --------------------------------------------------------------------------------- */

GBytes *codec_message_write(const Message *message) {
  Records__Message row = RECORDS__MESSAGE__INIT;
  row.id = message->id;
  row.account = text(message->account);
  row.folder = text(message->folder);
  row.uidvalidity = message->uidvalidity;
  row.uid = message->uid;
  row.received = message->received;
  row.stored = message->stored;
  row.size_bytes = message->size_bytes;
  row.message_id = text(message->message_id);
  row.digest = text(message->digest);
  row.from = text(message->from);
  row.subject = text(message->subject);
  row.event = text(message->event);
  row.language = text(message->language);
  row.kind = text(message->kind);
  row.decision = text(message->decision);
  row.state = text(message->state);
  row.reason = text(message->reason);
  row.thread = message->thread;
  row.n_registrations = message->registrations->len;
  row.registrations = (guint64 *)(void *)message->registrations->data;
  row.extraction = blob(message->extraction);
  row.has_extraction = message->extraction != NULL;
  return PACK(records__message, &row);
}

static void fill_message(Message *message, const Records__Message *row) {
  char **const to[] = {&message->account,  &message->folder,   &message->message_id,
                       &message->digest,   &message->from,     &message->subject,
                       &message->event,    &message->language, &message->kind,
                       &message->decision, &message->state,    &message->reason};
  char *const from[] = {row->account, row->folder,   row->message_id, row->digest,
                        row->from,    row->subject,  row->event,      row->language,
                        row->kind,    row->decision, row->state,      row->reason};
  for (gsize i = 0; i < G_N_ELEMENTS(to); i++) {
    g_free(*to[i]);
    *to[i] = g_strdup(from[i]);
  }
  message->id = row->id;
  message->uidvalidity = row->uidvalidity;
  message->uid = row->uid;
  message->received = row->received;
  message->stored = row->stored;
  message->size_bytes = row->size_bytes;
  message->thread = row->thread;
  take_numbers(message->registrations, row->registrations, row->n_registrations);
  message->extraction = unblob(row->has_extraction, row->extraction);
}

Message *codec_message_read(const MDB_val *value) {
  MEMORY(memory, allocator);
  Records__Message *row = records__message__unpack(&allocator, value->mv_size, value->mv_data);
  if (!row) return NULL;
  Message *message = message_new();
  fill_message(message, row);
  records__message__free_unpacked(row, &allocator);
  return message;
}

/* --- registration ---------------------------------------------------------------------------- */

/* The rows that a repeated field points to while it is packed: all freed together. */
typedef struct {
  GPtrArray *owned;
} Rows;

static void *rows_new(Rows *rows, gsize size) {
  void *row = g_malloc0(size ? size : 1);
  g_ptr_array_add(rows->owned, row);
  return row;
}

static Records__Field **fields_write(Rows *rows, const GPtrArray *fields) {
  Records__Field **list = rows_new(rows, fields->len * sizeof *list);
  Records__Field *all = rows_new(rows, fields->len * sizeof *all);
  for (guint i = 0; i < fields->len; i++) {
    const StoreField *field = fields->pdata[i];
    list[i] = &all[i];
    records__field__init(list[i]);
    list[i]->name = text(field->name);
    list[i]->value = text(field->value);
  }
  return list;
}

static Records__History **history_write(Rows *rows, const GPtrArray *history) {
  Records__History **list = rows_new(rows, history->len * sizeof *list);
  Records__History *all = rows_new(rows, history->len * sizeof *all);
  for (guint i = 0; i < history->len; i++) {
    const HistoryEntry *entry = history->pdata[i];
    list[i] = &all[i];
    records__history__init(list[i]);
    list[i]->time = entry->time;
    list[i]->who = text(entry->who);
    list[i]->what = text(entry->what);
    list[i]->message_id = text(entry->message_id);
    list[i]->status = text(entry->status);
    list[i]->n_before = entry->before->len;
    list[i]->before = fields_write(rows, entry->before);
  }
  return list;
}

GBytes *codec_registration_write(const Registration *registration) {
  g_autoptr(GPtrArray) owned = g_ptr_array_new_with_free_func(g_free);
  Rows rows = {owned};
  Records__Registration row = RECORDS__REGISTRATION__INIT;
  row.id = registration->id;
  row.event = text(registration->event);
  row.status = text(registration->status);
  row.n_fields = registration->fields->len;
  row.fields = fields_write(&rows, registration->fields);
  row.n_missing = registration->missing->len;
  row.missing = (char **)registration->missing->pdata;
  row.email_key = text(registration->email_key);
  row.name_key = text(registration->name_key);
  row.sender = text(registration->sender);
  row.language = text(registration->language);
  row.message_id = text(registration->message_id);
  row.message = registration->message;
  row.thread = registration->thread;
  row.asks = registration->asks;
  row.sequence = registration->sequence;
  row.created = registration->created;
  row.updated = registration->updated;
  row.n_history = registration->history->len;
  row.history = history_write(&rows, registration->history);
  return PACK(records__registration, &row);
}

static void fields_read(GPtrArray *to, Records__Field *const *list, gsize count) {
  for (gsize i = 0; i < count; i++)
    g_ptr_array_add(to, store_field_new(list[i]->name, list[i]->value));
}

static void history_read(GPtrArray *to, Records__History *const *list, gsize count) {
  for (gsize i = 0; i < count; i++) {
    HistoryEntry *entry = history_entry_new();
    char **const texts[] = {&entry->who, &entry->what, &entry->message_id, &entry->status};
    char *const from[] = {list[i]->who, list[i]->what, list[i]->message_id, list[i]->status};
    for (gsize k = 0; k < G_N_ELEMENTS(texts); k++) {
      g_free(*texts[k]);
      *texts[k] = g_strdup(from[k]);
    }
    entry->time = list[i]->time;
    fields_read(entry->before, list[i]->before, list[i]->n_before);
    g_ptr_array_add(to, entry);
  }
}

static void fill_registration(Registration *registration, const Records__Registration *row) {
  char **const to[] = {&registration->event,     &registration->status, &registration->email_key,
                       &registration->name_key,  &registration->sender, &registration->language,
                       &registration->message_id};
  char *const from[] = {row->event,  row->status,   row->email_key, row->name_key,
                        row->sender, row->language, row->message_id};
  for (gsize i = 0; i < G_N_ELEMENTS(to); i++) {
    g_free(*to[i]);
    *to[i] = g_strdup(from[i]);
  }
  registration->id = row->id;
  registration->message = row->message;
  registration->thread = row->thread;
  registration->asks = row->asks;
  registration->sequence = row->sequence;
  registration->created = row->created;
  registration->updated = row->updated;
  fields_read(registration->fields, row->fields, row->n_fields);
  for (gsize i = 0; i < row->n_missing; i++)
    g_ptr_array_add(registration->missing, g_strdup(row->missing[i]));
  history_read(registration->history, row->history, row->n_history);
}

Registration *codec_registration_read(const MDB_val *value) {
  MEMORY(memory, allocator);
  Records__Registration *row =
      records__registration__unpack(&allocator, value->mv_size, value->mv_data);
  if (!row) return NULL;
  Registration *registration = registration_new();
  fill_registration(registration, row);
  records__registration__free_unpacked(row, &allocator);
  return registration;
}

/* --- outbox ----------------------------------------------------------------------------------- */

GBytes *codec_outbox_write(const OutboxEntry *entry) {
  Records__Outbox row = RECORDS__OUTBOX__INIT;
  row.id = entry->id;
  row.message = entry->message;
  row.registration = entry->registration;
  row.to = text(entry->to);
  row.envelope_from = text(entry->envelope_from);
  row.kind = text(entry->kind);
  row.state = text(entry->state);
  row.attempts = entry->attempts;
  row.created = entry->created;
  row.next = entry->next;
  row.sent = entry->sent;
  row.message_id = text(entry->message_id);
  row.text_hash = text(entry->text_hash);
  row.last_error = text(entry->last_error);
  row.n_others = entry->others->len;
  row.others = (guint64 *)(void *)entry->others->data;
  return PACK(records__outbox, &row);
}

static void fill_outbox(OutboxEntry *entry, const Records__Outbox *row) {
  char **const to[] = {&entry->to,         &entry->envelope_from, &entry->kind,      &entry->state,
                       &entry->message_id, &entry->text_hash,     &entry->last_error};
  char *const from[] = {row->to,         row->envelope_from, row->kind,      row->state,
                        row->message_id, row->text_hash,     row->last_error};
  for (gsize i = 0; i < G_N_ELEMENTS(to); i++) {
    g_free(*to[i]);
    *to[i] = g_strdup(from[i]);
  }
  entry->id = row->id;
  entry->message = row->message;
  entry->registration = row->registration;
  entry->attempts = row->attempts;
  entry->created = row->created;
  entry->next = row->next;
  entry->sent = row->sent;
  take_numbers(entry->others, row->others, row->n_others);
}

OutboxEntry *codec_outbox_read(const MDB_val *value) {
  MEMORY(memory, allocator);
  Records__Outbox *row = records__outbox__unpack(&allocator, value->mv_size, value->mv_data);
  if (!row) return NULL;
  OutboxEntry *entry = outbox_entry_new();
  fill_outbox(entry, row);
  records__outbox__free_unpacked(row, &allocator);
  return entry;
}

gboolean codec_outbox_read_mail(const MDB_val *value, GBytes **ret_mail) {
  Records__OutboxMail *row = records__outbox_mail__unpack(NULL, value->mv_size, value->mv_data);
  if (!row) return FALSE;
  *ret_mail = unblob(row->has_mail, row->mail);
  records__outbox_mail__free_unpacked(row, NULL);
  return TRUE;
}

/* --- cursor and journal ----------------------------------------------------------------------- */

GBytes *codec_cursor_write(const Cursor *cursor) {
  Records__Cursor row = RECORDS__CURSOR__INIT;
  row.uidvalidity = cursor->uidvalidity;
  row.base_uid = cursor->base;
  row.since = cursor->since;
  row.n_above = cursor->above->len;
  row.above = (guint32 *)(void *)cursor->above->data;
  row.n_unmarked = cursor->unmarked->len;
  row.unmarked = (guint32 *)(void *)cursor->unmarked->data;
  return PACK(records__cursor, &row);
}

static gboolean is_ascending(const guint32 *uids, gsize count, guint32 above) {
  for (gsize i = 0; i < count; above = uids[i], i++)
    if (uids[i] <= above) return FALSE;
  return TRUE;
}

Cursor *codec_cursor_read(const MDB_val *value) {
  MEMORY(memory, allocator);
  Records__Cursor *row = records__cursor__unpack(&allocator, value->mv_size, value->mv_data);
  if (!row) return NULL;
  if (!is_ascending(row->above, row->n_above, row->base_uid) ||
      !is_ascending(row->unmarked, row->n_unmarked, 0)) {
    records__cursor__free_unpacked(row, &allocator);
    return NULL;
  }
  Cursor *cursor = cursor_new();
  cursor->uidvalidity = row->uidvalidity;
  cursor->base = row->base_uid;
  cursor->since = row->since;
  take_numbers(cursor->above, row->above, row->n_above);
  take_numbers(cursor->unmarked, row->unmarked, row->n_unmarked);
  records__cursor__free_unpacked(row, &allocator);
  return cursor;
}

GBytes *codec_journal_write(const JournalEntry *entry) {
  Records__Journal row = RECORDS__JOURNAL__INIT;
  row.sequence = entry->sequence;
  row.time_us = entry->time_us;
  row.message = entry->message;
  row.what = text(entry->what);
  row.text = text(entry->text);
  return PACK(records__journal, &row);
}

gboolean codec_journal_read(const MDB_val *value, JournalEntry *ret_entry) {
  MEMORY(memory, allocator);
  Records__Journal *row = records__journal__unpack(&allocator, value->mv_size, value->mv_data);
  if (!row) return FALSE;
  *ret_entry = (JournalEntry){.sequence = row->sequence,
                              .time_us = row->time_us,
                              .message = row->message,
                              .what = g_strdup(row->what),
                              .text = g_strdup(row->text)};
  records__journal__free_unpacked(row, &allocator);
  return TRUE;
}

void codec_journal_clear(JournalEntry *entry) {
  g_free(entry->what);
  g_free(entry->text);
}
