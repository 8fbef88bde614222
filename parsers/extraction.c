/* extraction - see extraction.h. Memory only: nothing here reads, decides or checks. */
#include "parsers/extraction.h"

#include <string.h>

static const char *const kind_names[KIND_COUNT] = {
    [KIND_BULLETIN] = "bulletin",     [KIND_CANCELLATION] = "cancellation",
    [KIND_QUESTION] = "question",     [KIND_AUTO_REPLY] = "auto_reply",
    [KIND_BOUNCE] = "bounce",         [KIND_BULK] = "bulk",
    [KIND_UNREADABLE] = "unreadable",
};

const char *mail_kind_name(MailKind kind) {
  g_assert((guint)kind < KIND_COUNT);
  return kind_names[kind];
}

int mail_kind_parse(const char *name) {
  for (int kind = 0; kind < KIND_COUNT; kind++)
    if (g_strcmp0(name, kind_names[kind]) == 0) return kind;
  return -1;
}

Extraction *extraction_new(void) {
  Extraction *e = g_new0(Extraction, 1);
  char **strings[] = {&e->message_id,     &e->from,         &e->from_name, &e->subject,
                      &e->content_digest, &e->auth_results, &e->event,     &e->language};
  for (gsize i = 0; i < G_N_ELEMENTS(strings); i++) *strings[i] = g_strdup("");
  GPtrArray **lists[] = {&e->references, &e->review_reasons, &e->sources, &e->notes};
  for (gsize i = 0; i < G_N_ELEMENTS(lists); i++)
    *lists[i] = g_ptr_array_new_with_free_func(g_free);
  e->participants = g_ptr_array_new_with_free_func((GDestroyNotify)participant_free);
  e->kind = KIND_QUESTION;
  return e;
}

void extraction_free(Extraction *e) {
  if (!e) return;
  char *strings[] = {e->message_id,     e->from,         e->from_name, e->return_path, e->subject,
                     e->content_digest, e->auth_results, e->event,     e->language,    e->text};
  for (gsize i = 0; i < G_N_ELEMENTS(strings); i++) g_free(strings[i]);
  GPtrArray *lists[] = {e->references, e->participants, e->review_reasons,
                        e->sources,    e->notes,        e->lines};
  for (gsize i = 0; i < G_N_ELEMENTS(lists); i++)
    if (lists[i]) g_ptr_array_unref(lists[i]);
  bounce_report_free(e->bounce);
  if (e->page.png) g_bytes_unref(e->page.png);
  if (e->part) g_bytes_unref(e->part);
  original_mail_free(e->original);
  g_free(e);
}

OriginalMail *original_mail_new(void) {
  OriginalMail *original = g_new0(OriginalMail, 1);
  original->html = g_strdup("");
  original->parts = g_ptr_array_new_with_free_func((GDestroyNotify)original_part_free);
  return original;
}

void original_mail_free(OriginalMail *original) {
  if (!original) return;
  g_free(original->html);
  g_ptr_array_unref(original->parts);
  g_free(original);
}

void original_part_free(OriginalPart *part) {
  if (!part) return;
  g_free(part->name);
  g_free(part->type);
  g_free(part);
}

BounceReport *bounce_report_new(void) {
  BounceReport *report = g_new0(BounceReport, 1);
  char **strings[] = {&report->status, &report->final_recipient, &report->original_recipient,
                      &report->diagnostic};
  for (gsize i = 0; i < G_N_ELEMENTS(strings); i++) *strings[i] = g_strdup("");
  return report;
}

void bounce_report_free(BounceReport *report) {
  if (!report) return;
  g_free(report->status);
  g_free(report->final_recipient);
  g_free(report->original_recipient);
  g_free(report->diagnostic);
  g_free(report);
}

const char *bounce_action_name(BounceAction action) {
  static const char *const names[BOUNCE_ACTION_COUNT] = {"",          "failed",  "delayed",
                                                         "delivered", "relayed", "expanded"};
  g_assert((guint)action < BOUNCE_ACTION_COUNT);
  return names[action];
}

Participant *participant_new(void) {
  Participant *participant = g_new0(Participant, 1);
  participant->values = g_ptr_array_new_with_free_func((GDestroyNotify)field_value_free);
  participant->missing = g_ptr_array_new_with_free_func(g_free);
  participant->invalid = g_ptr_array_new_with_free_func((GDestroyNotify)invalid_value_free);
  return participant;
}

void participant_free(Participant *participant) {
  if (!participant) return;
  g_ptr_array_unref(participant->values);
  g_ptr_array_unref(participant->missing);
  g_ptr_array_unref(participant->invalid);
  g_free(participant);
}

const FieldValue *participant_value(const Participant *participant, const char *field) {
  for (guint i = 0; i < participant->values->len; i++) {
    const FieldValue *value = g_ptr_array_index(participant->values, i);
    if (*value->field == *field && strcmp(value->field, field) == 0) return value;
  }
  return NULL;
}

FieldValue *field_value_new(const char *field, const char *value) {
  FieldValue *v = g_new0(FieldValue, 1);
  v->field = g_strdup(field);
  v->value = g_strdup(value);
  v->raw = g_strdup(value);
  v->rule = g_strdup("");
  v->source = g_strdup("");
  v->line = G_MAXUINT;
  v->confidence = 100;
  return v;
}

void field_value_free(FieldValue *value) {
  if (!value) return;
  g_free(value->field);
  g_free(value->value);
  g_free(value->raw);
  g_free(value->rule);
  g_free(value->source);
  g_free(value);
}

FieldValue *field_value_copy(const FieldValue *value) {
  FieldValue *copy = field_value_new(value->field, value->value);
  g_free(copy->raw);
  copy->raw = g_strdup(value->raw);
  g_free(copy->rule);
  copy->rule = g_strdup(value->rule);
  g_free(copy->source);
  copy->source = g_strdup(value->source);
  copy->part = value->part;
  copy->page = value->page;
  copy->line = value->line;
  copy->start = value->start;
  copy->end = value->end;
  copy->confidence = value->confidence;
  return copy;
}

InvalidValue *invalid_value_new(const char *field, const char *value, const char *reason) {
  InvalidValue *invalid = g_new0(InvalidValue, 1);
  invalid->field = g_strdup(field);
  invalid->value = g_strdup(value);
  invalid->reason = g_strdup(reason);
  return invalid;
}

void invalid_value_free(InvalidValue *invalid) {
  if (!invalid) return;
  g_free(invalid->field);
  g_free(invalid->value);
  g_free(invalid->reason);
  g_free(invalid);
}

ExtractionLine *extraction_line_new(const char *text) {
  ExtractionLine *line = g_new0(ExtractionLine, 1);
  line->text = g_strdup(text);
  line->source = g_strdup("");
  return line;
}

void extraction_line_free(ExtractionLine *line) {
  if (!line) return;
  g_free(line->text);
  g_free(line->source);
  g_free(line);
}
