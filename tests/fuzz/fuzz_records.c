/* Any bytes as a record of the store: decoded or refused, and what is decoded can be written. */
#include <stdint.h>

#include "store/internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  MDB_val value = {.mv_size = size, .mv_data = (void *)data};
  g_autoptr(Message) message = codec_message_read(&value);
  g_autoptr(GBytes) first = message ? codec_message_write(message) : NULL;
  g_autoptr(Registration) registration = codec_registration_read(&value);
  g_autoptr(Registration) copy = registration ? registration_copy(registration) : NULL;
  g_assert_true((registration == NULL) == (copy == NULL));
  g_autoptr(OutboxEntry) entry = codec_outbox_read(&value);
  g_autoptr(GBytes) second = entry ? codec_outbox_write(entry) : NULL;
  g_autoptr(Cursor) cursor = codec_cursor_read(&value);
  g_autoptr(GBytes) third = cursor ? codec_cursor_write(cursor) : NULL;
  JournalEntry line;
  if (codec_journal_read(&value, &line)) codec_journal_clear(&line);
  return 0;
}
