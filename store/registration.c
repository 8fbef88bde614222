/* registration - rows by id; found by event with e-mail or sender, and by thread. */
#include <string.h>

#include "store/internal.h"

/* --- plain data ------------------------------------------------------------------------------- */

StoreField *store_field_new(const char *name, const char *value) {
  StoreField *field = g_new0(StoreField, 1);
  field->name = g_strdup(name);
  field->value = g_strdup(value);
  return field;
}

void store_field_free(StoreField *field) {
  if (!field) return;
  g_free(field->name);
  g_free(field->value);
  g_free(field);
}

static GPtrArray *fields_new(void) {
  return g_ptr_array_new_with_free_func((GDestroyNotify)store_field_free);
}

HistoryEntry *history_entry_new(void) {
  HistoryEntry *entry = g_new0(HistoryEntry, 1);
  entry->who = g_strdup("");
  entry->what = g_strdup("");
  entry->message_id = g_strdup("");
  entry->status = g_strdup("");
  entry->before = fields_new();
  return entry;
}

void history_entry_free(HistoryEntry *entry) {
  if (!entry) return;
  g_free(entry->who);
  g_free(entry->what);
  g_free(entry->message_id);
  g_free(entry->status);
  g_ptr_array_unref(entry->before);
  g_free(entry);
}

Registration *registration_new(void) {
  Registration *registration = g_new0(Registration, 1);
  char **const texts[] = {&registration->event,     &registration->status, &registration->email_key,
                          &registration->name_key,  &registration->sender, &registration->language,
                          &registration->message_id};
  for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) *texts[i] = g_strdup("");
  registration->fields = fields_new();
  registration->missing = g_ptr_array_new_with_free_func(g_free);
  registration->history = g_ptr_array_new_with_free_func((GDestroyNotify)history_entry_free);
  return registration;
}

void registration_free(Registration *registration) {
  if (!registration) return;
  char *const texts[] = {registration->event,     registration->status, registration->email_key,
                         registration->name_key,  registration->sender, registration->language,
                         registration->message_id};
  for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) g_free(texts[i]);
  g_ptr_array_unref(registration->fields);
  g_ptr_array_unref(registration->missing);
  g_ptr_array_unref(registration->history);
  g_free(registration);
}

/* Through its record: what is not in the record is not in the copy. */
Registration *registration_copy(const Registration *registration) {
  g_autoptr(GBytes) bytes = codec_registration_write(registration);
  MDB_val value;
  value.mv_data = (void *)g_bytes_get_data(bytes, &value.mv_size);
  return codec_registration_read(&value);
}

const char *store_fields_value(const GPtrArray *fields, const char *name) {
  for (guint i = 0; i < fields->len; i++) {
    const StoreField *field = fields->pdata[i];
    if (strcmp(field->name, name) == 0) return field->value;
  }
  return NULL;
}

const char *registration_value(const Registration *registration, const char *name) {
  return store_fields_value(registration->fields, name);
}

gboolean registration_same_fields(const Registration *a, const Registration *b) {
  if (a->fields->len != b->fields->len) return FALSE;
  for (guint i = 0; i < a->fields->len; i++) {
    const StoreField *field = a->fields->pdata[i];
    if (g_strcmp0(field->value, registration_value(b, field->name))) return FALSE;
  }
  return TRUE;
}

void registration_set(Registration *registration, const char *name, const char *value) {
  for (guint i = 0; i < registration->fields->len; i++) {
    StoreField *field = registration->fields->pdata[i];
    if (strcmp(field->name, name) != 0) continue;
    if (!value) {
      g_ptr_array_remove_index(registration->fields, i);
      return;
    }
    char *copy = g_strdup(value);
    g_free(field->value);
    field->value = copy;
    return;
  }
  if (value) g_ptr_array_add(registration->fields, store_field_new(name, value));
}

/* --- rows ------------------------------------------------------------------------------------- */

static gboolean put_row(StoreTxn *txn, const Registration *registration, PutRow put,
                        GError **error) {
  while (registration->history->len > REGISTRATION_HISTORY_MAX)
    g_ptr_array_remove_index(registration->history, 1); /* the first says where it came from */
  g_autoptr(GBytes) bytes = codec_registration_write(registration);
  Key key = key_of_number(registration->id);
  gsize size;
  const void *data = g_bytes_get_data(bytes, &size);
  return put(txn, TABLE_REGISTRATION, &key, data, size, error);
}

static gboolean index_row(StoreTxn *txn, const Registration *row, gboolean wanted, GError **error) {
  Key email = key_of_texts_number(row->event, row->email_key, row->id);
  Key sender = key_of_texts_number(row->event, row->sender, row->id);
  Key thread = key_of_numbers(row->thread, row->id);
  return table_mark(txn, TABLE_REGISTRATION_BY_EMAIL, &email, wanted && *row->email_key, error) &&
         table_mark(txn, TABLE_REGISTRATION_BY_SENDER, &sender, wanted && *row->sender, error) &&
         table_mark(txn, TABLE_REGISTRATION_BY_THREAD, &thread, wanted && row->thread, error) &&
         change_mark(txn, TABLE_REGISTRATION_BY_CHANGE, row->change, row->id, wanted, error);
}

gboolean registration_index(StoreTxn *txn, const Registration *row, GError **error) {
  return index_row(txn, row, TRUE, error);
}

gboolean registration_add(StoreTxn *txn, Registration *registration, GError **error) {
  registration->id = table_next(txn, TABLE_REGISTRATION);
  return put_row(txn, registration, table_append, error) &&
         index_row(txn, registration, TRUE, error);
}

gboolean registration_update(StoreTxn *txn, const Registration *registration, GError **error) {
  g_autoptr(Registration) before = registration_get(txn, registration->id, error);
  Registration row = *registration;
  row.change = change_next(txn, TABLE_REGISTRATION_BY_CHANGE);
  return before && index_row(txn, before, FALSE, error) && put_row(txn, &row, table_put, error) &&
         index_row(txn, &row, TRUE, error);
}

Registration *registration_get(StoreTxn *txn, guint64 id, GError **error) {
  Key key = key_of_number(id);
  MDB_val value;
  g_autoptr(GError) failed = NULL;
  if (!table_get(txn, TABLE_REGISTRATION, &key, &value, &failed)) {
    if (failed)
      g_propagate_error(error, g_steal_pointer(&failed));
    else
      store_not_found(txn->store, "registration", id, error);
    return NULL;
  }
  Registration *registration = codec_registration_read(&value);
  if (!registration) store_corrupt(txn->store, "registration", id, error);
  return registration;
}

static GPtrArray *by_key(StoreTxn *txn, Table table, const Key *key, guint max) {
  GPtrArray *found = g_ptr_array_new_with_free_func((GDestroyNotify)registration_free);
  g_autoptr(GArray) ids = table_ids(txn, table, key, max);
  for (guint i = 0; i < ids->len; i++) {
    Registration *registration = registration_get(txn, g_array_index(ids, guint64, i), NULL);
    if (registration) g_ptr_array_add(found, registration);
  }
  return found;
}

GPtrArray *registration_by_email(StoreTxn *txn, const char *event, const char *email, guint max) {
  Key key = key_of_texts(event, email);
  return by_key(txn, TABLE_REGISTRATION_BY_EMAIL, &key, *email ? max : 0);
}

GPtrArray *registration_by_sender(StoreTxn *txn, const char *event, const char *sender, guint max) {
  Key key = key_of_texts(event, sender);
  return by_key(txn, TABLE_REGISTRATION_BY_SENDER, &key, *sender ? max : 0);
}

GPtrArray *registration_by_thread(StoreTxn *txn, guint64 thread, guint max) {
  Key key = key_of_number(thread);
  return by_key(txn, TABLE_REGISTRATION_BY_THREAD, &key, thread ? max : 0);
}

typedef struct {
  const char *event;
  RegistrationVisitor visit;
  void *context;
  guint64 broken;
} Walk;

static gboolean walk_row(const MDB_val *key, const MDB_val *value, void *context) {
  Walk *walk = context;
  g_autoptr(Registration) registration = codec_registration_read(value);
  if (!registration) {
    walk->broken = key_last_number(key);
    return FALSE;
  }
  if (walk->event && strcmp(walk->event, registration->event) != 0) return TRUE;
  return walk->visit(registration, walk->context);
}

gboolean registration_foreach(StoreTxn *txn, const char *event, RegistrationVisitor visit,
                              void *context, GError **error) {
  Walk walk = {event, visit, context, 0};
  return table_scan(txn, TABLE_REGISTRATION, NULL, NULL, walk_row, &walk, error) &&
         (!walk.broken || store_corrupt(txn->store, "registration", walk.broken, error));
}

guint64 registration_count(StoreTxn *txn) {
  return table_rows(txn, TABLE_REGISTRATION);
}

StoreMark registration_mark(StoreTxn *txn) {
  return change_now(txn, TABLE_REGISTRATION, TABLE_REGISTRATION_BY_CHANGE);
}

gboolean registration_changed_since(StoreTxn *txn, StoreMark *mark, RegistrationVisitor visit,
                                    void *context, GError **error) {
  g_autoptr(GArray) ids =
      change_ids(txn, TABLE_REGISTRATION, TABLE_REGISTRATION_BY_CHANGE, mark, error);
  for (guint i = 0; ids && i < ids->len; i++) {
    g_autoptr(Registration) row = registration_get(txn, g_array_index(ids, guint64, i), error);
    if (!row) return FALSE;
    if (!visit(row, context)) return TRUE;
  }
  if (ids) *mark = registration_mark(txn);
  return ids != NULL;
}
