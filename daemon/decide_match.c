/* decide_match - people told apart by the event's identity fields, with case and marks folded. */
#include <string.h>

#include "daemon/decide_auth.h"
#include "daemon/decide_match.h"
#include "daemon/util.h"

/* --- names ------------------------------------------------------------------------------------ */

static char *fold_ascii(const char *value) {
  char *folded = g_malloc(strlen(value) + 1), *to = folded;
  for (; *value; value++)
    if (g_ascii_isalnum(*value)) *to++ = g_ascii_tolower(*value);
  *to = '\0';
  return folded;
}

/* Letters and digits alone, without case and marks: "Jean-Élie" and "JEAN ELIE" are one. */
static char *fold(const char *value) {
  if (g_str_is_ascii(value)) return fold_ascii(value);
  g_autofree char *cased = g_utf8_casefold(value, -1);
  g_autofree char *split = g_utf8_normalize(cased, -1, G_NORMALIZE_ALL);
  GString *folded = g_string_new(NULL);
  for (const char *at = split ? split : ""; *at; at = g_utf8_next_char(at)) {
    gunichar c = g_utf8_get_char(at);
    if (g_unichar_isalnum(c)) g_string_append_unichar(folded, c);
  }
  return g_string_free(folded, FALSE);
}

static const char *given(const Participant *participant, const char *field) {
  const FieldValue *value = participant_value(participant, field);
  return value ? value->value : NULL;
}

static gboolean is_name(const Event *event, const char *field) {
  return strcmp(field, event->email_field) != 0;
}

static char *join_key(GPtrArray *parts, gboolean any) {
  if (!any) return g_strdup("");
  g_ptr_array_add(parts, NULL);
  return g_strjoinv("|", (char **)parts->pdata);
}

static char *name_key(const Event *event, const Participant *participant,
                      const Registration *registration) {
  g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func(g_free);
  gboolean any = FALSE;
  for (char **field = event->identity; field && *field; field++) {
    if (!is_name(event, *field)) continue;
    const char *value =
        participant ? given(participant, *field) : registration_value(registration, *field);
    char *part = fold(value ? value : "");
    any |= *part != '\0';
    g_ptr_array_add(parts, part);
  }
  return join_key(parts, any);
}

char *decide_name_key(const Event *event, const Participant *participant) {
  return name_key(event, participant, NULL);
}

char *match_name_key(const Event *event, const Registration *registration) {
  return name_key(event, NULL, registration);
}

/* Nothing in the names says that these are two people: equal, or not given on one side. */
static gboolean compatible(const Event *event, const Registration *registration,
                           const Participant *participant) {
  for (char **field = event->identity; field && *field; field++) {
    if (!is_name(event, *field)) continue;
    const char *stored = registration_value(registration, *field);
    const char *said = given(participant, *field);
    if (!stored || !said) continue;
    g_autofree char *left = fold(stored);
    g_autofree char *right = fold(said);
    if (strcmp(left, right) != 0) return FALSE;
  }
  return TRUE;
}

/* --- who may -----------------------------------------------------------------------------------*/

static gboolean in_thread(const DecideInput *input, const Registration *registration) {
  return input->thread && registration->thread == input->thread;
}

/* A message that is read again made it. */
static gboolean is_own(const DecideInput *input, const Registration *registration) {
  return input->again && registration->message == input->again;
}

gboolean match_belongs(const DecideInput *input, const Registration *registration) {
  const char *from = input->extraction->from;
  return is_own(input, registration) || in_thread(input, registration) ||
         (*from && !strcmp(registration->sender, from));
}

/* Anybody can write an address into From. Where somebody is trusted to check it, it must have been
 * found right. */
static gboolean is_proved(const DecideInput *input) {
  const Extraction *extraction = input->extraction;
  const char *trusted = input->trusted_authserv_id;
  return !trusted || !*trusted ||
         decide_auth_proves(extraction->auth_results, trusted, extraction->from);
}

static gboolean is_address_of(const DecideInput *input, const Registration *registration) {
  const char *from = input->extraction->from;
  return *from && (!strcmp(registration->sender, from) || !strcmp(registration->email_key, from));
}

gboolean match_may_change(const DecideInput *input, const Registration *registration) {
  return is_own(input, registration) || in_thread(input, registration) ||
         (is_address_of(input, registration) && is_proved(input));
}

/* Why match_may_change says no. */
static char *why_not(const DecideInput *input, const Registration *registration) {
  return g_strdup_printf(is_address_of(input, registration)
                             ? "registration %" G_GUINT64_FORMAT
                               " is of that address, but nothing proves that the mail is"
                             : "registration %" G_GUINT64_FORMAT " was made from another address",
                         registration->id);
}

/* Whether what it says is meant for the other one, a person knows. */
static char *was_merged(const Registration *registration) {
  return g_strdup_printf("registration %" G_GUINT64_FORMAT " was merged into %" G_GUINT64_FORMAT,
                         registration->id, registration->merged);
}

/* --- matching ----------------------------------------------------------------------------------*/

static gboolean of_event(const DecideInput *input, const Registration *registration) {
  return !strcmp(registration->event, input->event->id);
}

static gboolean is_same_person(const DecideInput *input, const Registration *registration,
                               const Participant *participant, const char *key) {
  if (!*key || strcmp(registration->name_key, key) != 0) return FALSE;
  const char *email = given(participant, input->event->email_field);
  return !email || !*registration->email_key || !strcmp(registration->email_key, email) ||
         match_belongs(input, registration);
}

static const Registration *find_same(const DecideInput *input, const Participant *participant,
                                     const char *key) {
  const Registration *cancelled = NULL;
  for (guint i = 0; i < input->known->len; i++) {
    const Registration *registration = input->known->pdata[i];
    if (!of_event(input, registration) || !is_same_person(input, registration, participant, key))
      continue;
    if (strcmp(registration->status, "cancelled") != 0) return registration;
    cancelled = registration;
  }
  return cancelled;
}

typedef gboolean (*Filter)(const DecideInput *input, const Registration *registration,
                           const Participant *participant);

static gboolean is_active(const DecideInput *input, const Registration *registration) {
  return of_event(input, registration) && strcmp(registration->status, "cancelled") != 0;
}

static gboolean awaits_this(const DecideInput *input, const Registration *registration,
                            const Participant *participant) {
  return is_active(input, registration) && !strcmp(registration->status, "incomplete") &&
         match_belongs(input, registration) && compatible(input->event, registration, participant);
}

static gboolean may_mean(const DecideInput *input, const Registration *registration,
                         const Participant *participant) {
  (void)participant;
  return is_active(input, registration) && match_belongs(input, registration);
}

static gboolean of_thread(const DecideInput *input, const Registration *registration,
                          const Participant *participant) {
  (void)participant;
  return is_active(input, registration) && in_thread(input, registration);
}

/* The only one that passes; NULL where there is none or more than one. */
static const Registration *find_only(const DecideInput *input, const Participant *participant,
                                     Filter passes, guint *ret_count) {
  const Registration *found = NULL;
  *ret_count = 0;
  for (guint i = 0; i < input->known->len; i++)
    if (passes(input, input->known->pdata[i], participant)) {
      found = input->known->pdata[i];
      ++*ret_count;
    }
  return *ret_count == 1 ? found : NULL;
}

/* The mail gives no name that is known: an answer to our question, a correction, or somebody new.
 */
static const Registration *find_meant(const DecideInput *input, const Participant *participant,
                                      const char *key, char **ret_doubt) {
  gboolean alone = input->extraction->participants->len == 1;
  guint count = 0;
  const Registration *found = find_only(input, participant, awaits_this, &count);
  if (found && (alone || *key)) return found;
  gboolean correction = (input->extraction->flags & EXTRACTION_CORRECTION) != 0;
  if (alone && (!*key || correction)) {
    found = find_only(input, participant, may_mean, &count);
    if (found) return found;
    if (count) *ret_doubt = g_strdup("which of the sender's registrations is meant is not told");
    return NULL;
  }
  found = find_only(input, participant, of_thread, &count);
  if (found && alone)
    *ret_doubt = g_strdup_printf("another name than in registration %" G_GUINT64_FORMAT
                                 ", which its thread is about",
                                 found->id);
  return NULL;
}

void match_participant(const DecideInput *input, const Participant *participant, Match *ret_match) {
  *ret_match = (Match){.participant = participant};
  if (!input->known->len) return;
  g_autofree char *key = decide_name_key(input->event, participant);
  ret_match->known = find_same(input, participant, key);
  if (!ret_match->known) ret_match->known = find_meant(input, participant, key, &ret_match->doubt);
  if (ret_match->known && !match_may_change(input, ret_match->known))
    ret_match->doubt = why_not(input, ret_match->known);
  else if (ret_match->known && ret_match->known->merged && !ret_match->doubt)
    ret_match->doubt = was_merged(ret_match->known);
}

void match_clear(Match *match) {
  g_clear_pointer(&match->doubt, g_free);
}

/* --- merging ---------------------------------------------------------------------------------- */

static void merge_fields(Registration *registration, const Event *event,
                         const Participant *participant) {
  g_autoptr(GPtrArray) before = registration->fields;
  registration->fields = g_ptr_array_new_with_free_func((GDestroyNotify)store_field_free);
  Registration old = {.fields = before};
  for (guint i = 0; i < event->fields->len; i++) {
    const EventField *field = event->fields->pdata[i];
    const char *value = given(participant, field->name);
    if (!value) value = registration_value(&old, field->name);
    if (value) g_ptr_array_add(registration->fields, store_field_new(field->name, value));
  }
}

static Registration *new_registration(const DecideInput *input) {
  Registration *registration = registration_new();
  string_set(&registration->event, input->event->id);
  string_set(&registration->sender, input->extraction->from);
  return registration;
}

Registration *match_merge(const DecideInput *input, const Match *match) {
  const Event *event = input->event;
  Registration *registration =
      match->known ? registration_copy(match->known) : new_registration(input);
  merge_fields(registration, event, match->participant);
  const char *email = registration_value(registration, event->email_field);
  string_set(&registration->email_key, email ? email : "");
  g_free(registration->name_key);
  registration->name_key = match_name_key(event, registration);
  if (*input->extraction->language)
    string_set(&registration->language, input->extraction->language);
  return registration;
}

gboolean match_differs(const Registration *before, const Registration *after) {
  if (before->fields->len != after->fields->len) return TRUE;
  for (guint i = 0; i < after->fields->len; i++) {
    const StoreField *field = after->fields->pdata[i];
    const char *value = registration_value(before, field->name);
    if (!value || strcmp(value, field->value) != 0) return TRUE;
  }
  return FALSE;
}
