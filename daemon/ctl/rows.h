/* rows - records of the store, and what was read, as the contract's JSON objects. */
#pragma once
#include <jansson.h>

#include "parsers/extraction.h"
#include "store/journal.h"
#include "store/message.h"
#include "store/outbox.h"

json_t *rows_message(const Message *message);
json_t *rows_outbox(const OutboxEntry *entry);
json_t *rows_journal(const JournalEntry *entry);
/* A list of {"fields", "missing", "invalid"}, from Participant*. */
json_t *rows_participants(const GPtrArray *participants);
