/* fuzz_records - any bytes as a record of the store: decoded or refused; what is decoded, written
 * and read again is the same. */
#include <stdint.h>

#include "store/internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static MDB_val row_of(GBytes *bytes) {
  gsize size;
  const void *data = g_bytes_get_data(bytes, &size);
  return (MDB_val){.mv_size = size, .mv_data = (void *)(uintptr_t)data};
}

static void same(GBytes *first, GBytes *second) {
  g_assert_true(g_bytes_equal(first, second));
}

static void check_message(const MDB_val *value) {
  g_autoptr(Message) message = codec_message_read(value);
  if (!message) return;
  g_autoptr(GBytes) bytes = codec_message_write(message);
  MDB_val row = row_of(bytes);
  g_autoptr(Message) again = codec_message_read(&row);
  g_assert_nonnull(again);
  g_autoptr(GBytes) written = codec_message_write(again);
  same(bytes, written);
}

static void check_registration(const MDB_val *value) {
  g_autoptr(Registration) registration = codec_registration_read(value);
  if (!registration) return;
  g_autoptr(Registration) copy = registration_copy(registration);
  g_assert_nonnull(copy);
  g_autoptr(GBytes) bytes = codec_registration_write(registration);
  g_autoptr(GBytes) written = codec_registration_write(copy);
  same(bytes, written);
}

static void check_outbox(const MDB_val *value) {
  g_autoptr(OutboxEntry) entry = codec_outbox_read(value);
  if (!entry) return;
  g_autoptr(GBytes) bytes = codec_outbox_write(entry);
  MDB_val row = row_of(bytes);
  g_autoptr(OutboxEntry) again = codec_outbox_read(&row);
  g_assert_nonnull(again);
  g_autoptr(GBytes) written = codec_outbox_write(again);
  same(bytes, written);
}

static void check_cursor(const MDB_val *value) {
  g_autoptr(Cursor) cursor = codec_cursor_read(value);
  if (!cursor) return;
  g_autoptr(Cursor) copy = cursor_copy(cursor);
  g_autoptr(GBytes) bytes = codec_cursor_write(cursor);
  g_autoptr(GBytes) written = codec_cursor_write(copy);
  same(bytes, written);
  cursor_add(copy, 7);
  g_assert_true(cursor_has(copy, 7));
}

static void check_journal(const MDB_val *value) {
  JournalEntry line, again;
  if (!codec_journal_read(value, &line)) return;
  g_autoptr(GBytes) bytes = codec_journal_write(&line);
  MDB_val row = row_of(bytes);
  g_assert_true(codec_journal_read(&row, &again));
  g_autoptr(GBytes) written = codec_journal_write(&again);
  same(bytes, written);
  codec_journal_clear(&line);
  codec_journal_clear(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  MDB_val value = {.mv_size = size, .mv_data = (void *)(uintptr_t)data};
  check_message(&value);
  check_registration(&value);
  check_outbox(&value);
  check_cursor(&value);
  check_journal(&value);
  return 0;
}
