/* reading - see reading.h. Touches no mailbox and no store. */
#include "daemon/ctl/reading.h"

#include <sysexits.h>

#include "daemon/ctl/json.h"
#include "daemon/ctl/mail_files.h"
#include "daemon/ctl/rows.h"

/* --- configuration ---------------------------------------------------------------------------- */

/* Mistakes in the rules would give wrong results, so there is none instead. */
static Config *load(const Options *options, int *ret_code) {
  g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(Config) config =
      options->config ? config_load(options->config, problems) : config_default(problems);
  if (config && problems->len == 0) return g_steal_pointer(&config);
  *ret_code = ctl_problems(problems);
  return NULL;
}

gboolean reading_open(Reading *reading, const Options *options, int *ret_code) {
  *reading = (Reading){.config = load(options, ret_code),
                       .event = options->event ? options->event : "",
                       .want_text = options->text};
  if (!reading->config) return FALSE;
  const GPtrArray *accounts = reading->config->accounts;
  reading->addresses = config_addresses(reading->config);
  reading->account = accounts->len == 1 ? accounts->pdata[0] : NULL;
  if (ctl_event_known(reading->config, options->event)) return TRUE;
  *ret_code = EX_USAGE;
  return FALSE;
}

void reading_done(Reading *reading) {
  g_strfreev(reading->addresses);
  config_free(reading->config);
}

/* --- reading ---------------------------------------------------------------------------------- */

ParsePool *reading_pool(const Reading *reading, guint workers, ParseDone done, void *context,
                        int *ret_code) {
  const Config *config = reading->config;
  g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GError) error = NULL;
  json_object_seed(0); /* before there are threads */
  Wire__Setup *setup = config_worker_setup(config);
  ParsePool *pool = parse_pool_new(NULL, workers, setup, config->events, config->worker_timeout_s,
                                   done, context, problems, &error);
  config_worker_setup_free(setup);
  if (pool)
    parse_pool_set_scans(pool, config->scan_workers);
  else
    *ret_code = error ? ctl_error(error) : ctl_problems(problems);
  return pool;
}

ParseJob *reading_job_raw(const Reading *reading, GBytes *raw, void *tag) {
  ParseJob *job = parse_job_new(raw, tag);
  g_free(job->event);
  job->event = g_strdup(reading->event);
  if (reading->account) {
    g_free(job->account_event);
    job->account_event = g_strdup(reading->account->event);
  }
  job->addresses = g_strdupv(reading->addresses);
  job->want_text = reading->want_text;
  job->want_lines = reading->want_lines;
  return job;
}

ParseJob *reading_job_as(GBytes *raw, const Account *account, const char *event, void *tag) {
  ParseJob *job = parse_job_new(raw, tag);
  g_free(job->event);
  job->event = g_strdup(event);
  if (!account) return job;
  g_free(job->account_event);
  job->account_event = g_strdup(account->event ? account->event : "");
  job->addresses = g_strdupv(account->addresses);
  return job;
}

ParseJob *reading_job(const Reading *reading, const char *path, void *tag, GError **error) {
  const Wire__Limits *limits = &reading->config->limits;
  gboolean header_only = FALSE;
  g_autoptr(GBytes) raw = mail_files_read(path, (gsize)limits->message_bytes,
                                          (gsize)limits->header_bytes, &header_only, error);
  if (!raw) return NULL;
  ParseJob *job = reading_job_raw(reading, raw, tag);
  job->header_only = header_only;
  return job;
}

Extraction *reading_unreadable(const char *reason) {
  Extraction *extraction = extraction_new();
  extraction->kind = KIND_UNREADABLE;
  g_ptr_array_add(extraction->notes, g_utf8_make_valid(reason, -1));
  return extraction;
}

Verdict *reading_decide(const Reading *reading, const Extraction *extraction) {
  const Account *account = reading->account;
  const Event *event = event_find(reading->config->events, extraction->event);
  g_autoptr(GPtrArray) known = g_ptr_array_new();
  DecideInput input = {.extraction = extraction,
                       .event = event,
                       .personal = account && account->personal,
                       .trusted_authserv_id = account ? account->trusted_authserv_id : NULL,
                       .received = event && event->deadline ? event->deadline - 1 : 1,
                       .asks_max = reading->config->submission.limits.asks,
                       .addresses_known = *reading->addresses != NULL,
                       .known = known};
  return decide(&input);
}

/* --- writing ---------------------------------------------------------------------------------- */

/* A language is told in any case: the event's first where nothing could be read. */
static const char *language_of(const Reading *reading, const Extraction *extraction) {
  if (*extraction->language) return extraction->language;
  const GPtrArray *events = reading->config->events;
  const Event *event = event_find(events, extraction->event);
  if (!event && events->len) event = events->pdata[0];
  return event && event->languages[0] ? event->languages[0] : "";
}

/* Why a person must look belongs to what an admin wants to know. */
static json_t *notes_json(const Extraction *extraction) {
  json_t *notes = json_texts(extraction->notes);
  json_t *reasons = json_texts(extraction->review_reasons);
  json_array_extend(notes, reasons);
  json_decref(reasons);
  return notes;
}

json_t *reading_json(const Reading *reading, const char *path, const Extraction *extraction,
                     const Verdict *verdict) {
  json_t *object = json_pack(
      "{s:o,s:o,s:o,s:s,s:s,s:o,s:o,s:o,s:o,s:o}", "file", json_text(path), "message_id",
      json_text(extraction->message_id), "event", json_text(extraction->event), "kind",
      mail_kind_name(extraction->kind), "decision", decision_name(verdict->decision), "from",
      json_text(extraction->from), "language", json_text(language_of(reading, extraction)),
      "participants", rows_participants(extraction->participants), "sources",
      json_texts(extraction->sources), "notes", notes_json(extraction));
  if (reading->want_text) json_object_set_new(object, "text", json_text(extraction->text));
  return object;
}
