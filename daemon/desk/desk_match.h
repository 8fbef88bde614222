/* desk_match - the registration that a participant of a message means, when a person decides.
 *
 * Reads the store, changes nothing. */
#pragma once
#include "daemon/desk/desk.h"

typedef struct {
  StoreTxn *txn;
  const Event *event;
  const Message *message;
  const Participant *participant;
  gboolean alone;         /* the only one of the message: the sender's address may stand in */
  const GPtrArray *taken; /* Change*: registrations that others of the message have; NULL: none */
} DeskMatch;

/* The record that is known for the participant (made by the message, waiting in its thread, or of
 * the same address and name), else a new one (id 0, status ""), with the participant's values set.
 * Never NULL; the caller frees. */
Registration *desk_match(const DeskMatch *match);

/* Set what follows from the values: order of fields, the sender's address where none was given,
 * e-mail and name key. `participant` and `txn` are not used. */
void desk_match_keys(const DeskMatch *match, Registration *registration);

/* Registrations that a mail which withdraws may mean: those that it was tied to, of its thread or
 * of its sender, not cancelled yet. Registration*, never NULL. */
GPtrArray *desk_match_active(StoreTxn *txn, const Event *event, const Message *message);
