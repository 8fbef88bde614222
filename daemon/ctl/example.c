/* example - see example.h. Pure. */
#include "daemon/ctl/example.h"

#include <string.h>

#include "daemon/encoded_word.h"
#include "daemon/settings.h"

/* --- the mail --------------------------------------------------------------------------------- */

static void add_header(GString *mail, const char *name, const char *text, const char *rest) {
  g_autofree char *words = encoded_word_needed(text)
                               ? encoded_word_write(text, strlen(name) + strlen(": "))
                               : g_strdup(text);
  g_string_append_printf(mail, "%s: %s%s\n", name, words, rest);
}

/* "Jeanne Martin <jm@example.org>": a name with a comma in it is written in quotes. */
static void add_from(GString *mail, const char *from) {
  const char *open = strrchr(from, '<');
  g_autofree char *address = settings_mailbox_address(from);
  g_autofree char *name = g_strndup(from, open ? (gsize)(open - from) : 0);
  g_strstrip(name);
  g_autofree char *rest = g_strdup_printf(*name ? " <%s>" : "%s", address);
  if (*name && *name != '"' && !encoded_word_needed(name) && strpbrk(name, "()<>[]:;@\\,.\"")) {
    g_autofree char *plain = g_strescape(name, NULL);
    g_autofree char *quoted = g_strdup_printf("\"%s\"", plain);
    g_string_append_printf(mail, "From: %s%s\n", quoted, rest);
  } else {
    add_header(mail, "From", name, rest);
  }
}

GBytes *example_mail(const Event *event, const EventExample *example, const char *to) {
  GString *mail = g_string_new(NULL);
  add_from(mail, example->from);
  g_string_append_printf(mail, "To: %s\n", to);
  add_header(mail, "Subject",
             *example->subject ? example->subject : event_text(event, NULL, "name"), "");
  g_string_append_printf(mail, "Message-ID: <line-%u@example.org>\n", example->line);
  g_string_append(mail, "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n"
                        "Content-Transfer-Encoding: 8bit\n\n");
  g_string_append(mail, example->text);
  g_string_replace(mail, "\r\n", "\n", 0);
  g_string_replace(mail, "\n", "\r\n", 0);
  return g_string_free_to_bytes(mail);
}

/* --- what was read ---------------------------------------------------------------------------- */

static void fault_free(gpointer data) {
  ExampleFault *fault = data;
  g_free(fault->expected);
  g_free(fault->got);
  g_free(fault);
}

static void add_fault(GPtrArray *faults, guint participant, const char *what, const char *expected,
                      const char *got, const FieldValue *value) {
  ExampleFault *fault = g_new(ExampleFault, 1);
  *fault = (ExampleFault){participant, what, g_strdup(expected), g_strdup(got), value};
  g_ptr_array_add(faults, fault);
}

static void compare_words(GPtrArray *faults, const char *what, const char *expected,
                          const char *got) {
  if (*expected && strcmp(expected, got) != 0) add_fault(faults, 0, what, expected, got, NULL);
}

/* What was written there but is no value, with the reason; "" for nothing. */
static char *invalid_text(const Participant *participant, const char *field) {
  for (guint i = 0; i < participant->invalid->len; i++) {
    const InvalidValue *invalid = participant->invalid->pdata[i];
    if (strcmp(invalid->field, field) == 0)
      return g_strdup_printf("%s: %s", invalid->value, invalid->reason);
  }
  return g_strdup("");
}

static void compare_person(GPtrArray *faults, const Event *event, GHashTable *expected,
                           const Participant *participant, guint number) {
  for (guint i = 0; i < event->fields->len; i++) {
    const EventField *field = event->fields->pdata[i];
    const char *wanted = g_hash_table_lookup(expected, field->name);
    if (!wanted) continue;
    const FieldValue *value = participant_value(participant, field->name);
    g_autofree char *got = value ? g_strdup(value->value) : invalid_text(participant, field->name);
    gboolean same = value ? strcmp(wanted, value->value) == 0 : !*wanted;
    if (!same) add_fault(faults, number, field->name, wanted, got, value);
  }
}

static void compare_people(GPtrArray *faults, const Event *event, const GPtrArray *expected,
                           const GPtrArray *got) {
  if (expected->len != got->len) {
    g_autofree char *wanted = g_strdup_printf("%u", expected->len);
    g_autofree char *found = g_strdup_printf("%u", got->len);
    add_fault(faults, 0, "participants", wanted, found, NULL);
  }
  g_autoptr(Participant) nobody = participant_new();
  for (guint i = 0; i < expected->len; i++)
    compare_person(faults, event, expected->pdata[i], i < got->len ? got->pdata[i] : nobody, i + 1);
}

/* The worker says so in these words (parsers/extract.c). */
static void find_stopped(GPtrArray *faults, const Extraction *extraction) {
  for (guint i = 0; i < extraction->review_reasons->len; i++) {
    const char *reason = extraction->review_reasons->pdata[i];
    if (g_str_has_prefix(reason, "a pattern was stopped"))
      add_fault(faults, 0, "rule", "within the limit of steps", reason, NULL);
  }
}

GPtrArray *example_faults(const Event *event, const EventExample *example,
                          const Extraction *extraction, const Verdict *verdict) {
  GPtrArray *faults = g_ptr_array_new_with_free_func(fault_free);
  find_stopped(faults, extraction);
  compare_words(faults, "kind", example->kind, mail_kind_name(extraction->kind));
  compare_words(faults, "decision", example->decision, decision_name(verdict->decision));
  if (example->people) compare_people(faults, event, example->people, extraction->participants);
  return faults;
}
