/* desk_typed - see desk_typed.h. One question to the worker for each participant. */
#include "daemon/desk/desk_typed.h"

#include "daemon/desk/desk_values.h"
#include "store/message.h"

/* Whose values are typed. */
typedef struct {
  const Event *event;
  GPtrArray *known; /* GPtrArray* of StoreField*, one a participant */
} Subject;

static void typed_free(gpointer data) {
  DeskTyped *typed = data;
  g_free(typed->value);
  g_free(typed->reason);
  g_free(typed);
}

static void field_free(gpointer field) {
  store_field_free(field);
}

static gpointer copy_field(gconstpointer data, gpointer context) {
  (void)context;
  const StoreField *field = data;
  return store_field_new(field->name, field->value);
}

static GPtrArray *values_of(const Participant *participant) {
  GPtrArray *known = g_ptr_array_new_with_free_func(field_free);
  for (guint i = 0; participant && i < participant->values->len; i++) {
    const FieldValue *value = participant->values->pdata[i];
    g_ptr_array_add(known, store_field_new(value->field, value->value));
  }
  return known;
}

static void find_message(Subject *subject, const Config *config, StoreTxn *txn, guint64 id) {
  g_autoptr(Message) message = message_get(txn, id, NULL);
  g_autoptr(Extraction) extraction =
      message && message->extraction ? wire_extraction_read(message->extraction, NULL) : NULL;
  if (!message) return;
  subject->event = event_find(config->events, message->event);
  guint count = extraction ? extraction->participants->len : 0;
  for (guint i = 0; i < MAX(count, 1); i++)
    g_ptr_array_add(subject->known,
                    values_of(i < count ? extraction->participants->pdata[i] : NULL));
}

static void find_registration(Subject *subject, const Config *config, StoreTxn *txn, guint64 id) {
  g_autoptr(Registration) registration = registration_get(txn, id, NULL);
  if (!registration) return;
  subject->event = event_find(config->events, registration->event);
  g_ptr_array_add(subject->known, g_ptr_array_ref(registration->fields));
}

static Subject subject_of(const Config *config, StoreTxn *txn, const DeskAction *action) {
  Subject subject = {.known = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref)};
  if (action->verb == DESK_ACCEPT)
    find_message(&subject, config, txn, action->id);
  else
    find_registration(&subject, config, txn, action->id);
  return subject;
}

/* The reading of the value `at` in `extraction`. */
static void take(DeskTyped *typed, const Extraction *extraction, guint at) {
  const Participant *participant = extraction->participants->pdata[at];
  if (participant->invalid->len) {
    typed->reason = g_strdup(((const InvalidValue *)participant->invalid->pdata[0])->reason);
    return;
  }
  const FieldValue *value = participant->values->len ? participant->values->pdata[0] : NULL;
  typed->value = g_strdup(value ? value->value : "");
}

/* Those of the changes that are meant for participant `number` (1..). What needs no reading is
 * known of the person from now on: a new town tells the country of the number beside it. */
static gboolean read_person(DeskReader *reader, const Subject *subject, const GPtrArray *changes,
                            guint number, GPtrArray *typed, GError **error) {
  g_autoptr(GPtrArray) asked = g_ptr_array_new_with_free_func(field_free);
  g_autoptr(GPtrArray) known =
      g_ptr_array_copy(subject->known->pdata[number - 1], copy_field, NULL);
  g_autoptr(GPtrArray) answers = g_ptr_array_new();
  for (guint i = 0; i < changes->len; i++) {
    const StoreField *change = changes->pdata[i];
    const char *name = NULL;
    if (desk_values_place(change->name, &name) != number) continue;
    g_autofree char *text = desk_value_asked(subject->event, name, change->value);
    if (!text && g_utf8_validate(change->value, -1, NULL))
      g_ptr_array_add(known, store_field_new(name, change->value));
    if (!text) continue;
    g_ptr_array_add(asked, store_field_new(name, text));
    g_ptr_array_add(answers, typed->pdata[i]);
  }
  if (!asked->len) return TRUE;
  g_autoptr(Extraction) extraction =
      desk_reader_typed(reader, subject->event->id, asked, known, error);
  for (guint i = 0; extraction && i < answers->len; i++) take(answers->pdata[i], extraction, i);
  return extraction != NULL;
}

GPtrArray *desk_typed_read(DeskReader *reader, const Config *config, StoreTxn *txn,
                           const DeskAction *action, GError **error) {
  const GPtrArray *changes = action->changes;
  if (changes->len > DESK_READER_TYPED_MAX) {
    g_set_error(error, DESK_ERROR, DESK_ERROR_INVALID,
                "%u values at once are too many; right would be up to %d", changes->len,
                (int)DESK_READER_TYPED_MAX);
    return NULL;
  }
  g_autoptr(GPtrArray) typed = g_ptr_array_new_with_free_func(typed_free);
  for (guint i = 0; i < changes->len; i++) g_ptr_array_add(typed, g_new0(DeskTyped, 1));
  Subject subject = subject_of(config, txn, action);
  gboolean good = TRUE;
  for (guint number = 1; good && subject.event && number <= subject.known->len; number++)
    good = read_person(reader, &subject, changes, number, typed, error);
  g_ptr_array_unref(subject.known);
  return good ? g_steal_pointer(&typed) : NULL;
}
