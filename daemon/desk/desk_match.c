#include "daemon/desk/desk_match.h"

#include <string.h>

#include "daemon/util.h"

enum { MATCH_MAX = 100 };

/* --- which record ----------------------------------------------------------------------------- */

static gboolean is_taken(const DeskMatch *match, guint64 id) {
  for (guint i = 0; match->taken && i < match->taken->len; i++)
    if (((const Change *)match->taken->pdata[i])->registration->id == id) return TRUE;
  return FALSE;
}

static gboolean is_open(const DeskMatch *match, const Registration *registration) {
  return strcmp(registration->status, "cancelled") != 0 &&
         !strcmp(registration->event, match->event->id) && !is_taken(match, registration->id);
}

/* Same name; or one of the two has none and there is nobody else whom it could mean. */
static gboolean same_person(const DeskMatch *match, const char *key, const Registration *known,
                            gboolean only) {
  if (*key && *known->name_key) return !strcmp(key, known->name_key);
  return match->alone && only;
}

/* What was merged stands for the one that it went into. */
static Registration *stands_for(StoreTxn *txn, const Registration *registration) {
  Registration *target =
      registration->merged ? registration_get(txn, registration->merged, NULL) : NULL;
  return target ? target : registration_copy(registration);
}

static Registration *pick(const DeskMatch *match, const char *key, GPtrArray *known) {
  Registration *found = NULL;
  for (guint i = 0; i < known->len && !found; i++) {
    g_autoptr(Registration) one = stands_for(match->txn, known->pdata[i]);
    if (is_open(match, one) && same_person(match, key, one, known->len == 1))
      found = g_steal_pointer(&one);
  }
  g_ptr_array_unref(known);
  return found;
}

/* The registrations that the message itself made or changed. */
static GPtrArray *of_message(StoreTxn *txn, const Message *message) {
  GPtrArray *list = g_ptr_array_new_with_free_func((GDestroyNotify)registration_free);
  for (guint i = 0; i < message->registrations->len && i < MATCH_MAX; i++) {
    Registration *one =
        registration_get(txn, g_array_index(message->registrations, guint64, i), NULL);
    if (one) g_ptr_array_add(list, one);
  }
  return list;
}

static Registration *find_known(const DeskMatch *match, const char *key) {
  const Message *message = match->message;
  Registration *found = pick(match, key, of_message(match->txn, message));
  if (!found && message->thread)
    found = pick(match, key, registration_by_thread(match->txn, message->thread, MATCH_MAX));
  const FieldValue *email = participant_value(match->participant, match->event->email_field);
  const char *address = email ? email->value : match->alone ? message->from : "";
  if (!found && *address)
    found =
        pick(match, key, registration_by_email(match->txn, match->event->id, address, MATCH_MAX));
  return found;
}

static Registration *new_record(const DeskMatch *match) {
  Registration *registration = registration_new();
  const char *language = match->message->language;
  string_set(&registration->event, match->event->id);
  string_set(&registration->sender, match->message->from);
  string_set(&registration->language, *language ? language : match->event->languages[0]);
  registration->thread = match->message->thread;
  return registration;
}

Registration *desk_match(const DeskMatch *match) {
  g_autofree char *key = decide_name_key(match->event, match->participant);
  Registration *registration = find_known(match, key ? key : "");
  if (!registration) registration = new_record(match);
  for (guint i = 0; i < match->participant->values->len; i++) {
    const FieldValue *value = match->participant->values->pdata[i];
    if (event_field(match->event, value->field))
      registration_set(registration, value->field, value->value);
  }
  return registration;
}

/* --- what follows from the values ------------------------------------------------------------- */

static void order_fields(const Event *event, Registration *registration) {
  GPtrArray *ordered = g_ptr_array_new_with_free_func((GDestroyNotify)store_field_free);
  for (guint i = 0; i < event->fields->len; i++) {
    const char *name = ((const EventField *)event->fields->pdata[i])->name;
    const char *value = registration_value(registration, name);
    if (value) g_ptr_array_add(ordered, store_field_new(name, value));
  }
  for (guint i = 0; i < registration->fields->len; i++) { /* of an older event file: kept, last */
    const StoreField *field = registration->fields->pdata[i];
    if (!event_field(event, field->name))
      g_ptr_array_add(ordered, store_field_new(field->name, field->value));
  }
  g_ptr_array_unref(registration->fields);
  registration->fields = ordered;
}

static Participant *as_participant(const Registration *registration) {
  Participant *participant = participant_new();
  for (guint i = 0; i < registration->fields->len; i++) {
    const StoreField *field = registration->fields->pdata[i];
    g_ptr_array_add(participant->values, field_value_new(field->name, field->value));
  }
  return participant;
}

void desk_match_keys(const DeskMatch *match, Registration *registration) {
  const char *email_field = match->event->email_field;
  gboolean asked = email_field && *email_field;
  if (asked && match->alone && !registration_value(registration, email_field) &&
      *registration->sender)
    registration_set(registration, email_field, registration->sender);
  order_fields(match->event, registration);
  const char *email = asked ? registration_value(registration, email_field) : NULL;
  g_free(registration->email_key);
  registration->email_key = g_ascii_strdown(email ? email : "", -1);
  g_autoptr(Participant) participant = as_participant(registration);
  g_free(registration->name_key);
  registration->name_key = decide_name_key(match->event, participant);
  if (!registration->name_key) registration->name_key = g_strdup("");
}

/* --- withdrawing ------------------------------------------------------------------------------ */

static void add_active(GPtrArray *active, const Event *event, GPtrArray *found) {
  for (guint i = 0; i < found->len; i++) {
    const Registration *one = found->pdata[i];
    gboolean skip = !strcmp(one->status, "cancelled") || strcmp(one->event, event->id) != 0;
    for (guint k = 0; k < active->len && !skip; k++)
      skip = ((const Registration *)active->pdata[k])->id == one->id;
    if (!skip) g_ptr_array_add(active, registration_copy(one));
  }
  g_ptr_array_unref(found);
}

GPtrArray *desk_match_active(StoreTxn *txn, const Event *event, const Message *message) {
  GPtrArray *active = g_ptr_array_new_with_free_func((GDestroyNotify)registration_free);
  add_active(active, event, of_message(txn, message));
  if (!active->len && message->thread)
    add_active(active, event, registration_by_thread(txn, message->thread, MATCH_MAX));
  if (active->len || !*message->from) return active;
  add_active(active, event, registration_by_sender(txn, event->id, message->from, MATCH_MAX));
  add_active(active, event, registration_by_email(txn, event->id, message->from, MATCH_MAX));
  return active;
}
