/* people_signature - see people_signature.h. */
#include "parsers/people_signature.h"

#include <string.h>

#include "parsers/fields/field.h"
#include "parsers/mention.h"
#include "parsers/nameblock.h"
#include "parsers/people.h"

/* What makes one address: taken together, or not at all. */
static const char *const address_roles[] = {"street", "postal_code", "city", NULL};

/* The sender's address is that of the From field; a name is no fact that a signature may add. */
static const char *const not_taken[] = {"email", "last_name", "first_name", "title", NULL};

static const FieldValue *by_role(const Reading *reading, const Participant *person,
                                 const char *role) {
  int field = reading_role(reading, role);
  return field < 0 ? NULL : participant_value(person, reading->event->fields[field]->name);
}

static char *name_of(const Reading *reading, const Participant *person) {
  const FieldValue *first = by_role(reading, person, "first_name");
  const FieldValue *last = by_role(reading, person, "last_name");
  char *name = g_strjoin(" ", first ? first->value : "", last ? last->value : "", NULL);
  return g_strstrip(name);
}

static gboolean is_same(const char *a, const char *b) {
  return *a && *b && (mention_same_name(a, b) || mention_same_name(b, a));
}

/* Is the signature the participant's? One without a name is the sender's. */
static gboolean is_own(const Reading *reading, const Participant *person,
                       const Participant *block) {
  g_autofree char *name = name_of(reading, person), *signer = name_of(reading, block);
  return is_same(name, *signer ? signer : reading->result->from_name);
}

static gboolean has_address(const Reading *reading, const Participant *person) {
  for (guint i = 0; address_roles[i]; i++)
    if (by_role(reading, person, address_roles[i])) return TRUE;
  return FALSE;
}

static gboolean is_invalid(const Participant *person, const char *field) {
  for (guint i = 0; i < person->invalid->len; i++)
    if (strcmp(((InvalidValue *)person->invalid->pdata[i])->field, field) == 0) return TRUE;
  return FALSE;
}

static const Wire__Field *field_named(const Reading *reading, const char *name) {
  for (gsize i = 0; i < reading->event->n_fields; i++)
    if (strcmp(reading->event->fields[i]->name, name) == 0) return reading->event->fields[i];
  return NULL;
}

/* Does the bulletin ask for a name? Then a blank one is asked for again. */
static gboolean asks_name(const Reading *reading) {
  int last = reading_role(reading, "last_name");
  if (last < 0) return TRUE;
  for (guint i = 0; i < reading->form->entries->len; i++) {
    const FormEntry *entry = &g_array_index(reading->form->entries, FormEntry, i);
    for (guint f = 0; f < entry->label->n_fields; f++)
      if (entry->label->fields[f] == (guint)last) return TRUE;
  }
  return FALSE;
}

/* A bulletin that asks for no name is the sender's own. */
static void add_name(Reading *reading, Participant *person) {
  const char *from = reading->result->from_name;
  g_autofree char *name = name_of(reading, person);
  const FieldValue *email = by_role(reading, person, "email");
  gboolean other = email && strcmp(email->value, reading->result->from) != 0;
  if (*name || other || asks_name(reading) || !nameblock_is_person(from)) return;
  if (nameblock_add_name(reading, person, from, G_MAXUINT, "from-header"))
    reading_doubt(reading, "the name stands in the From field alone");
}

/* May the signature say of the field what the bulletin leaves open? */
static gboolean may_take(const Participant *person, const Wire__Field *field, gboolean placed) {
  if (g_strv_contains(not_taken, field->role)) return FALSE;
  if (placed && g_strv_contains(address_roles, field->role)) return FALSE;
  return !participant_value(person, field->name) && !is_invalid(person, field->name);
}

/* Is there anything that the signature may say? */
static gboolean may_take_any(const Reading *reading, const Participant *person, gboolean placed) {
  for (guint i = 0; nameblock_roles[i]; i++) {
    int field = reading_role(reading, nameblock_roles[i]);
    if (field >= 0 && may_take(person, reading->event->fields[field], placed)) return TRUE;
  }
  return FALSE;
}

void people_signature(Reading *reading) {
  GPtrArray *people = reading->result->participants;
  if (people->len != 1) return;
  Participant *person = people->pdata[0];
  add_name(reading, person);
  gboolean placed = has_address(reading, person);
  if (!may_take_any(reading, person, placed)) return;
  g_autoptr(Participant) block = nameblock_read(reading);
  if (block->values->len == 0 || !is_own(reading, person, block)) return;
  for (guint i = 0; i < block->values->len; i++) {
    const FieldValue *value = block->values->pdata[i];
    const Wire__Field *field = field_named(reading, value->field);
    if (!field || !may_take(person, field, placed)) continue;
    people_add(person, field_value_copy(value));
    if (field->required) reading_doubt(reading, "%s stands in the signature alone", field->name);
  }
}
