/* read_one - a mail that is at hand, read by a sandboxed worker while the caller waits. */
#pragma once
#include "daemon/config.h"
#include "parsers/extraction.h"

typedef struct ReadOne ReadOne;

/* Start a worker with the rules of `config`, which is borrowed. NULL: told, *ret_code is the exit
 * code. */
ReadOne *read_one_new(const Config *config, int *ret_code);
void read_one_free(ReadOne *reader);

/* What it reads; never NULL. account: for its event and addresses, may be NULL. event: forced, or
 * "". */
Extraction *read_one(ReadOne *reader, GBytes *raw, const Account *account, const char *event);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ReadOne, read_one_free)
