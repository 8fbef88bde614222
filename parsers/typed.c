/* typed - see typed.h. */
#include "parsers/typed.h"

#include <string.h>

#include "parsers/fields/field.h"

static const char *typed_value(Wire__Typed *const *pairs, gsize count, const char *field) {
  for (gsize i = count; i > 0; i--)
    if (strcmp(pairs[i - 1]->field, field) == 0) return pairs[i - 1]->value;
  return NULL;
}

/* Street, code and town of the person, as typed, else as known. */
static char *address_of(const Wire__Event *event, const Wire__Request *request) {
  static const char *const roles[] = {"street", "postal_code", "city", NULL};
  GString *address = g_string_new(NULL);
  for (gsize i = 0; i < event->n_fields; i++) {
    const Wire__Field *field = event->fields[i];
    if (!g_strv_contains(roles, field->role)) continue;
    const char *value = typed_value(request->typed, request->n_typed, field->name);
    if (!value) value = typed_value(request->known, request->n_known, field->name);
    if (value) g_string_append_printf(address, " %s", value);
  }
  return g_string_free(address, FALSE);
}

static Participant *read_one(const FieldContext *context, const Wire__Typed *typed) {
  Participant *person = participant_new();
  FieldResult result = field_parse(context, typed->value);
  if (result.status == FIELD_VALID) {
    g_ptr_array_add(person->values, field_value_new(typed->field, result.value));
  } else if (result.status == FIELD_INVALID) {
    g_ptr_array_add(person->invalid, invalid_value_new(typed->field, typed->value, result.reason));
  }
  field_result_clear(&result);
  return person;
}

static void refuse(Extraction *result, const char *why) {
  result->kind = KIND_UNREADABLE;
  g_ptr_array_add(result->notes, g_strdup(why));
}

void typed_read(Rules *rules, const Wire__Request *request, Extraction *result) {
  if (!rules || request->n_typed > WIRE_PARTICIPANTS_MAX) {
    refuse(result, rules ? "too many values at once" : "there is no such event");
    return;
  }
  const Wire__Event *event = rules_event(rules);
  g_autofree char *address = address_of(event, request);
  rules_begin(rules);
  for (gsize i = 0; i < request->n_typed; i++) {
    int field = rules_field(rules, request->typed[i]->field);
    FieldContext context = {rules, (guint)field, field_country(event->country, address)};
    g_ptr_array_add(result->participants,
                    field < 0 ? participant_new() : read_one(&context, request->typed[i]));
  }
}
