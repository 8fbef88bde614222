/* extract - see extract.h. The order of the steps, and what they amount to: the kind.
 *
 * Content decides the record, headers decide the answer: a filled bulletin in a mail that a machine
 * or a list sent is kept and looked at by a person. */
#include "parsers/extract.h"

#include <nettle/base16.h>
#include <nettle/sha2.h>
#include <stdarg.h>
#include <string.h>

#include "parsers/bounce_report.h"
#include "parsers/calendar.h"
#include "parsers/classify.h"
#include "parsers/fields/field.h"
#include "parsers/formats/container.h"
#include "parsers/formats/page_picture.h"
#include "parsers/known.h"
#include "parsers/language.h"
#include "parsers/original.h"
#include "parsers/people.h"
#include "parsers/people_signature.h"
#include "parsers/prose.h"
#include "parsers/reading.h"
#include "parsers/scanned.h"
#include "parsers/signature.h"
#include "parsers/typed.h"

enum {
  LINE_MAX_BYTES = 1000, /* of a note, a reason or a source */
  REFERENCES_MAX = 200,
  MACHINE_VALUES_MIN = 4, /* values that make a bulletin of what a machine sent */
  LABELS_MIN = 4,         /* labels that make a bulletin of a mail about the event */
  UNTIED_VALUES_MIN = 3,  /* values that make a bulletin of a mail that names no event */
  TIE_LINES_MAX = 400     /* lines that are searched for the event's words */
};

struct Extractor {
  const Wire__Setup *setup;
  Wire__Limits limits;
  GPtrArray *rules; /* Rules*, one an event */
  GPtrArray *sent;  /* QuoteSent*, one an event */
  GPtrArray *known; /* Known*, one an event */
  PictureReader pictures;
};

void extractor_read_pictures(Extractor *extractor, PictureReader reader) {
  extractor->pictures = reader;
}

Extractor *extractor_new(const Wire__Setup *setup, GPtrArray *problems) {
  Extractor *extractor = g_new0(Extractor, 1);
  extractor->setup = setup;
  wire__limits__init(&extractor->limits);
  wire_limits_default(&extractor->limits);
  if (setup->limits) extractor->limits = *setup->limits;
  extractor->rules = g_ptr_array_new_with_free_func((GDestroyNotify)rules_free);
  extractor->sent = g_ptr_array_new_with_free_func((GDestroyNotify)quote_sent_free);
  extractor->known = g_ptr_array_new_with_free_func((GDestroyNotify)known_free);
  for (gsize i = 0; i < setup->n_events; i++) {
    g_ptr_array_add(extractor->rules, rules_new(setup->events[i], &extractor->limits, problems));
    g_ptr_array_add(extractor->sent, quote_sent_new(setup->events[i]));
    g_ptr_array_add(extractor->known, known_new());
  }
  return extractor;
}

void extractor_free(Extractor *extractor) {
  if (!extractor) return;
  g_ptr_array_unref(extractor->rules);
  g_ptr_array_unref(extractor->sent);
  g_ptr_array_unref(extractor->known);
  g_free(extractor);
}

/* ---- what the steps share (reading.h) ---- */

void reading_doubt(Reading *reading, const char *format, ...) {
  va_list args;
  va_start(args, format);
  g_autofree char *reason = g_strdup_vprintf(format, args);
  va_end(args);
  GPtrArray *reasons = reading->result->review_reasons;
  for (guint i = 0; i < reasons->len; i++)
    if (strcmp(reasons->pdata[i], reason) == 0) return;
  if (reasons->len < WIRE_STRINGS_MAX) g_ptr_array_add(reasons, g_steal_pointer(&reason));
}

int reading_role(const Reading *reading, const char *role) {
  return rules_role(reading->rules, role);
}

const char *reading_country(const Reading *reading, const char *address) {
  return field_country(reading->event->country, address);
}

/* ---- the header ---- */

static void set(char **target, const char *value) {
  g_free(*target);
  *target = g_strdup(value ? value : "");
}

/* The first "<…>" of a field, or its first word; "" if none. */
static char *bare_id(const char *field) {
  const char *open = field ? strchr(field, '<') : NULL;
  const char *close = open ? strchr(open, '>') : NULL;
  if (close) return g_strstrip(g_strndup(open + 1, (gsize)(close - open - 1)));
  char *copy = g_strstrip(g_strdup(field ? field : ""));
  copy[strcspn(copy, " \t")] = '\0';
  return copy;
}

static void add_reference(GPtrArray *references, const char *id, gsize length) {
  g_autofree char *copy = g_strstrip(g_strndup(id, length));
  if (copy[0] == '\0' || references->len >= REFERENCES_MAX) return;
  for (guint i = 0; i < references->len; i++)
    if (strcmp(references->pdata[i], copy) == 0) return;
  g_ptr_array_add(references, g_utf8_make_valid(copy, -1));
}

static void add_references(const MimeMail *mail, const char *name, GPtrArray *references) {
  const char *field = mime_header_raw(mail, name, 0);
  for (const char *open = field ? strchr(field, '<') : NULL; open; open = strchr(open, '<')) {
    const char *close = strchr(open, '>');
    if (!close) return;
    add_reference(references, open + 1, (gsize)(close - open - 1));
    open = close;
  }
}

static void read_sender(const MimeMail *mail, Extraction *result) {
  GPtrArray *names = NULL;
  g_autoptr(GPtrArray) from = mime_addresses(mail, "From", &names);
  if (from->len > 0) {
    set(&result->from, from->pdata[0]);
    set(&result->from_name, names->pdata[0]);
  }
  g_ptr_array_unref(names);
  if (!mime_header_raw(mail, "Return-Path", 0)) return;
  g_autoptr(GPtrArray) path = mime_addresses(mail, "Return-Path", NULL);
  set(&result->return_path, path->len > 0 ? path->pdata[0] : "");
}

static char *valid(char *take) {
  char *clean = g_utf8_make_valid(take, -1);
  g_free(take);
  return clean;
}

static void read_header(const MimeMail *mail, Extraction *result) {
  g_free(result->message_id);
  result->message_id = valid(bare_id(mime_header_raw(mail, "Message-ID", 0)));
  set(&result->subject, mime_header(mail, "Subject", 0));
  set(&result->auth_results, mime_header(mail, "Authentication-Results", 0));
  read_sender(mail, result);
  add_references(mail, "In-Reply-To", result->references);
  add_references(mail, "References", result->references);
}

/* The same mail has the same digest, whatever way it came. Nettle, since GLib's SHA-256 knows none
 * of the processor's own instructions. */
static void digest(const MimeMail *mail, Extraction *result) {
  static const char *const fields[] = {"From", "Date", "Subject"};
  struct sha256_ctx sum;
  sha256_init(&sum);
  for (guint i = 0; i < G_N_ELEMENTS(fields); i++) {
    const char *raw = mime_header_raw(mail, fields[i], 0);
    if (raw) sha256_update(&sum, strlen(raw), (const guint8 *)raw);
    sha256_update(&sum, 1, (const guint8 *)"\n");
  }
  for (guint i = 0; i < mail->parts->len; i++) {
    const MimePart *part = mail->parts->pdata[i];
    gsize size = 0;
    const guint8 *data = g_bytes_get_data(part->content, &size);
    if (size > 0) sha256_update(&sum, size, data);
    sha256_update(&sum, 1, (const guint8 *)"\n");
  }
  guint8 bytes[SHA256_DIGEST_SIZE];
  char hex[BASE16_ENCODE_LENGTH(SHA256_DIGEST_SIZE) + 1] = "";
  sha256_digest(&sum, sizeof bytes, bytes);
  base16_encode_update(hex, sizeof bytes, bytes);
  set(&result->content_digest, hex);
}

/* ---- the event ---- */

static Rules *rules_by_id(const Extractor *extractor, const char *id) {
  for (gsize i = 0; id && *id && i < extractor->setup->n_events; i++)
    if (strcmp(extractor->setup->events[i]->id, id) == 0) return extractor->rules->pdata[i];
  return NULL;
}

/* What `of_events` has for the event of `rules`; NULL: those are of none. */
static gpointer of_event(const Extractor *extractor, const GPtrArray *of_events,
                         const Rules *rules) {
  for (guint i = 0; i < extractor->rules->len; i++)
    if (extractor->rules->pdata[i] == rules) return of_events->pdata[i];
  return NULL;
}

static gboolean matches_text(Rules *rules, RulesSet set, const char *text) {
  g_auto(Fold) fold = {0};
  if (!text || !*text) return FALSE;
  fold_init(&fold);
  fold_line(&fold, text, -1);
  return rules_matches(rules, set, &fold, NULL);
}

static gboolean matches_recipient(Rules *rules, const MimeMail *mail) {
  static const char *const fields[] = {"To", "Cc", "Delivered-To"};
  for (guint f = 0; f < G_N_ELEMENTS(fields); f++) {
    g_autoptr(GPtrArray) found = mime_addresses(mail, fields[f], NULL);
    for (guint i = 0; i < found->len && i < REFERENCES_MAX; i++)
      if (matches_text(rules, RULES_MATCH_RECIPIENT, found->pdata[i])) return TRUE;
  }
  return FALSE;
}

/* The contract's order: asked for, the account's, the events' own match, the only one. */
static Rules *choose_rules(const Extractor *extractor, const Wire__Request *request,
                           const MimeMail *mail, const char *subject) {
  Rules *rules = rules_by_id(extractor, request->event);
  if (!rules) rules = rules_by_id(extractor, request->account_event);
  for (guint i = 0; !rules && i < extractor->rules->len; i++)
    if (matches_text(extractor->rules->pdata[i], RULES_MATCH_SUBJECT, subject))
      rules = extractor->rules->pdata[i];
  for (guint i = 0; !rules && i < extractor->rules->len; i++)
    if (matches_recipient(extractor->rules->pdata[i], mail)) rules = extractor->rules->pdata[i];
  if (!rules && extractor->rules->len == 1) rules = extractor->rules->pdata[0];
  return rules;
}

/* ---- who may be answered ---- */

/* Exchange stamps "DR, OOF, AutoReply" on what people write, so that no absence notice answers it;
 * whoever sends a bulletin waits for its confirmation. "All" is what programs write of themselves
 * (DEVIATIONS.md). */
static guint answer_flags(const MimeMail *mail, const Classification *found) {
  const char *value = NULL;
  if (found->machine != MACHINE_NONE || !(found->flags & EXTRACTION_SUPPRESS)) return found->flags;
  for (guint n = 0; (value = mime_header(mail, "X-Auto-Response-Suppress", n)); n++) {
    g_autofree char *words = fold_words(value);
    g_auto(GStrv) split = g_strsplit(words, " ", -1);
    if (g_strv_contains((const char *const *)split, "all")) return found->flags;
  }
  return found->flags & ~(guint)EXTRACTION_SUPPRESS;
}

/* ---- ties to the event ---- */

static gboolean holds_word(char **words, guint n, const char *line) {
  g_autofree char *bare = fold_words(line);
  g_autofree char *folded = g_strconcat(" ", bare, " ", NULL);
  for (guint i = 0; i < n; i++)
    if (words[i][0] && strstr(folded, words[i])) return TRUE;
  return FALSE;
}

/* Does a line that is looked at repeat what the organiser sent? */
static gboolean holds_sent_line(const Text *text) {
  for (guint i = 0; i < text->lines->len && i < TIE_LINES_MAX; i++)
    if (((const TextLine *)text->lines->pdata[i])->sent) return TRUE;
  return FALSE;
}

/* The event's words stand in the subject or in the text, quoted or not. */
static gboolean is_tied(const Reading *reading) {
  const Wire__Event *event = reading->event;
  if (matches_text(reading->rules, RULES_MATCH_SUBJECT, reading->result->subject)) return TRUE;
  if (holds_sent_line(reading->text)) return TRUE;
  guint n = (guint)event->n_words;
  g_auto(GStrv) words = g_new0(char *, n + 1);
  for (guint i = 0; i < n; i++) {
    g_autofree char *bare = fold_words(event->words[i]);
    words[i] = (guchar)bare[0] < 0x80 ? g_strconcat(" ", bare, " ", NULL) : g_steal_pointer(&bare);
  }
  if (holds_word(words, n, reading->result->subject)) return TRUE;
  for (guint i = 0; i < reading->text->lines->len && i < TIE_LINES_MAX; i++) {
    const TextLine *line = reading->text->lines->pdata[i];
    if (holds_word(words, n, line->text)) return TRUE;
  }
  return FALSE;
}

/* ---- participants ---- */

static void add_sender_address(Reading *reading) {
  Extraction *result = reading->result;
  int email = reading_role(reading, "email");
  if (email < 0 || result->participants->len != 1 || result->from[0] == '\0') return;
  const char *name = reading->event->fields[email]->name;
  Participant *person = result->participants->pdata[0];
  if (participant_value(person, name)) return;
  for (guint i = 0; i < person->invalid->len; i++)
    if (strcmp(((InvalidValue *)person->invalid->pdata[i])->field, name) == 0) return;
  FieldValue *value = field_value_new(name, result->from);
  set(&value->rule, "from-header");
  set(&value->source, "header:From");
  people_add(person, value);
}

static void list_missing(const Reading *reading, Participant *person) {
  for (gsize f = 0; f < reading->event->n_fields; f++) {
    const Wire__Field *field = reading->event->fields[f];
    if (field->required && !participant_value(person, field->name))
      g_ptr_array_add(person->missing, g_strdup(field->name));
  }
}

static void list_sources(const Reading *reading) {
  GPtrArray *sources = reading->result->sources;
  for (guint p = 0; p < reading->result->participants->len; p++) {
    const Participant *person = reading->result->participants->pdata[p];
    for (guint i = 0; i < person->values->len; i++) {
      const FieldValue *value = person->values->pdata[i];
      gboolean known = sources->len >= WIRE_STRINGS_MAX;
      for (guint s = 0; s < sources->len && !known; s++)
        known = strcmp(sources->pdata[s], value->source) == 0;
      if (!known) g_ptr_array_add(sources, g_strdup(value->source));
    }
  }
}

/* ---- the kind ---- */

static const MailKind machine_kinds[] = {[MACHINE_NONE] = KIND_QUESTION,
                                         [MACHINE_AUTO_REPLY] = KIND_AUTO_REPLY,
                                         [MACHINE_BOUNCE] = KIND_BOUNCE,
                                         [MACHINE_BULK] = KIND_BULK};

static void forget_participants(Reading *reading) {
  g_ptr_array_set_size(reading->result->participants, 0);
  g_ptr_array_set_size(reading->result->review_reasons, 0);
}

/* A machine sent it: what it is, unless a filled bulletin is in it. */
static gboolean settle_machine(Reading *reading, const Classification *found, guint values) {
  if (found->machine == MACHINE_NONE) return FALSE;
  if (!found->certain && values >= MACHINE_VALUES_MIN) {
    reading_doubt(reading, "a filled bulletin in a mail that looks like %s",
                  mail_kind_name(machine_kinds[found->machine]));
    return FALSE;
  }
  forget_participants(reading);
  reading->result->kind = machine_kinds[found->machine];
  if (found->reason[0]) g_ptr_array_add(reading->result->notes, g_strdup(found->reason));
  return TRUE;
}

static gboolean has_text(const Text *text) {
  for (guint i = 0; i < text->lines->len; i++)
    if (*((const TextLine *)text->lines->pdata[i])->text) return TRUE;
  return FALSE;
}

/* Nothing could be taken from it: encrypted, over a limit, or no text at all. */
static const char *why_unreadable(const Reading *reading) {
  if (reading->mail->encrypted) return "the message is encrypted";
  if (reading->result->participants->len > 0 || has_text(reading->text)) return NULL;
  if (reading->mail->over_limit) return "over a limit: nothing could be read";
  return reading->text->review_reasons->len > 0 ? NULL : "no text in it";
}

/* How many fields are asked for, filled in or not, outside the signature. */
static guint labelled_fields(const Reading *reading) {
  g_autofree gboolean *seen = g_new0(gboolean, reading->event->n_fields + 1);
  guint n = 0;
  for (guint i = 0; i < reading->form->entries->len; i++) {
    const FormEntry *entry = &g_array_index(reading->form->entries, FormEntry, i);
    gboolean *field = &seen[entry->label->fields[0]];
    const TextLine *line = reading->text->lines->pdata[entry->label_line];
    if (entry->signature || *field || (line->quoted && line->sent)) continue;
    *field = TRUE;
    n++;
  }
  return n;
}

/* Labels such as "Name:" stand in many mails. A bulletin speaks of the event, or says whether
 * somebody comes and who. */
static gboolean is_bulletin(const Reading *reading, guint values) {
  int attendance = reading_role(reading, "attendance");
  const GPtrArray *people = reading->result->participants;
  if (people->len == 0) return FALSE;
  if (is_tied(reading) && (labelled_fields(reading) >= LABELS_MIN || values >= LABELS_MIN ||
                           reading->result->flags & EXTRACTION_CORRECTION))
    return TRUE;
  for (guint i = 0; attendance >= 0 && i < people->len; i++)
    if (participant_value(people->pdata[i], reading->event->fields[attendance]->name))
      return is_tied(reading) || values >= UNTIED_VALUES_MIN;
  return FALSE;
}

static void settle_kind(Reading *reading, const Classification *found, guint values) {
  Extraction *result = reading->result;
  if (settle_machine(reading, found, values)) return;
  ProseSaying saying = prose_read(reading);
  const char *unreadable = why_unreadable(reading);
  if (unreadable) {
    result->kind = KIND_UNREADABLE;
    g_ptr_array_add(result->notes, g_strdup(unreadable));
  } else if (saying == PROSE_CANCELS && !people_are_own(reading)) {
    forget_participants(reading);
    result->kind = KIND_CANCELLATION;
  } else if (is_bulletin(reading, values) && !(saying == PROSE_ASKS && reading->quoted_only)) {
    result->kind = KIND_BULLETIN;
    people_signature(reading);
    scanned_settle(reading);
  } else {
    g_ptr_array_set_size(result->participants, 0);
    result->kind = KIND_QUESTION;
  }
  if (result->kind == KIND_BULLETIN && found->machine != MACHINE_NONE &&
      result->review_reasons->len == 0)
    reading_doubt(reading, "a filled bulletin in an automatic mail");
}

/* ---- what was asked for besides ---- */

/* The sender's own words of the body, without quote and signature, trimmed of empty lines. */
static char *own_text(const Text *text) {
  GString *out = g_string_new(NULL);
  guint gap = 0;
  for (guint i = 0; i < text->lines->len; i++) {
    const TextLine *line = text->lines->pdata[i];
    const char *source = g_ptr_array_index(text->sources, line->source);
    if (line->quoted || line->signature || !g_str_has_prefix(source, "body:")) continue;
    if (*line->text == '\0') {
      gap++;
      continue;
    }
    if (out->len > 0) g_string_append(out, gap ? "\n\n" : "\n");
    g_string_append(out, line->text);
    gap = 0;
  }
  return g_string_free(out, FALSE);
}

static GPtrArray *all_lines(const Text *text) {
  GPtrArray *lines = g_ptr_array_new_with_free_func((GDestroyNotify)extraction_line_free);
  for (guint i = 0; i < text->lines->len; i++) {
    const TextLine *line = text->lines->pdata[i];
    ExtractionLine *copy = extraction_line_new(line->text);
    set(&copy->source, text->sources->len ? g_ptr_array_index(text->sources, line->source) : "");
    copy->part = line->part;
    copy->page = line->page;
    copy->quoted = line->quoted;
    copy->signature = line->signature;
    g_ptr_array_add(lines, copy);
  }
  return lines;
}

static void append_strings(GPtrArray *to, const GPtrArray *from) {
  for (guint i = 0; i < from->len && to->len < WIRE_STRINGS_MAX; i++)
    g_ptr_array_add(to, g_strdup(from->pdata[i]));
}

/* ---- one message ---- */

static void read_content(Reading *reading, const Classification *found) {
  for (guint i = 0; i < reading->text->review_reasons->len; i++)
    reading_doubt(reading, "%s", (char *)reading->text->review_reasons->pdata[i]);
  if (reading->text->over_limit)
    reading_doubt(reading, "over the limit %s: read in part", reading->text->over_limit);
  if (reading->mail->over_limit)
    reading_doubt(reading, "over the limit %s: read in part", reading->mail->over_limit);
  rules_begin(reading->rules);
  g_autoptr(Form) form = form_read(reading->rules, reading->text, reading->quote);
  reading->form = form;
  guint values = people_read(reading);
  calendar_read(reading);
  settle_kind(reading, found, values);
  reading->form = NULL;
  if (rules_limited(reading->rules))
    reading_doubt(reading, "a pattern was stopped: %s", rules_limited(reading->rules));
}

static void finish(Reading *reading) {
  Extraction *result = reading->result;
  add_sender_address(reading);
  for (guint i = 0; i < result->participants->len; i++)
    list_missing(reading, result->participants->pdata[i]);
  list_sources(reading);
  if (result->kind == KIND_BULLETIN || is_tied(reading)) result->flags |= EXTRACTION_TIED;
}

/* Notes and reasons quote names that a stranger chose: each is one line of UTF-8, of bounded
 * length. */
static void make_lines(GPtrArray *strings) {
  for (guint i = 0; i < strings->len; i++) {
    char *line = g_utf8_make_valid(strings->pdata[i], -1);
    for (char *at = line; *at; at++)
      if ((guchar)*at < ' ' || *at == 0x7f) *at = ' ';
    if (strlen(line) > LINE_MAX_BYTES)
      *g_utf8_find_prev_char(line, line + LINE_MAX_BYTES + 1) = '\0';
    g_free(strings->pdata[i]);
    strings->pdata[i] = line;
  }
}

static void read_bounce(const MimeMail *mail, const Text *text, char *const *addresses,
                        Extraction *result) {
  result->bounce = bounce_report_read(mail, text, addresses);
  g_ptr_array_add(result->notes, bounce_report_note(result->bounce));
}

static void read_body(const Extractor *extractor, const Wire__Request *request,
                      const MimeMail *mail, Extraction *result) {
  g_autoptr(Text) text = text_read(mail, &extractor->limits, extractor->pictures);
  make_lines(text->sources);
  g_autofree char **addresses = g_new0(char *, request->n_addresses + 1);
  for (gsize i = 0; i < request->n_addresses; i++) addresses[i] = request->addresses[i];
  Classification *found = classify(mail, text, addresses);
  Rules *rules = choose_rules(extractor, request, mail, result->subject);
  const Wire__Event *event = rules ? rules_event(rules) : NULL;
  if (event) scanned_boxes(text, event);
  if (event) known_begin(of_event(extractor, extractor->known, rules), text);
  QuotePeople people = {result->from, result->from_name, addresses, event,
                        of_event(extractor, extractor->sent, rules)};
  g_autoptr(Quote) quote = quote_mark(text, mail, &people);
  signature_mark(text, result->from_name);
  Reading reading = {.rules = rules,
                     .event = event,
                     .limits = &extractor->limits,
                     .mail = mail,
                     .text = text,
                     .quote = quote,
                     .result = result};
  result->flags |= answer_flags(mail, found);
  append_strings(result->notes, text->notes);
  append_strings(result->references, found->references);
  result->kind = machine_kinds[found->machine];
  if (found->machine == MACHINE_BOUNCE) read_bounce(mail, text, addresses, result);
  if (event) {
    set(&result->event, event->id);
    set(&result->language, language_of(event, text, result->subject));
    read_content(&reading, found);
    finish(&reading);
  }
  if (text->pictures && found->machine == MACHINE_NONE) result->flags |= EXTRACTION_PICTURES;
  if (request->want_text) result->text = own_text(text);
  if (request->want_lines) result->lines = all_lines(text);
  classification_free(found);
}

/* The picture of a page, and nothing else. */
static void show_page(const Extractor *extractor, const Wire__PageWish *wish, const MimeMail *mail,
                      Extraction *result) {
  PagePicture wanted = {.wish = wish};
  g_autoptr(Text) text = text_show(mail, &extractor->limits, extractor->pictures, &wanted);
  append_strings(result->notes, text->notes);
  result->page = (PageShown){wanted.png, wanted.width, wanted.height};
  if (text->pictures && !wanted.png) result->flags |= EXTRACTION_PICTURES;
}

/* The bytes of a part, and nothing else. */
static void take_part(guint index, const MimeMail *mail, Extraction *result) {
  const MimePart *part = index < mail->parts->len ? mail->parts->pdata[index] : NULL;
  if (part && g_bytes_get_size(part->content) <= WIRE_PART_MAX_BYTES)
    result->part = g_bytes_ref(part->content);
  else
    g_ptr_array_add(result->notes, g_strdup(part ? "part left out: longer than a reply may be"
                                                 : "there is no such part"));
}

static void read_wanted(const Extractor *extractor, const Wire__Request *request,
                        const MimeMail *mail, Extraction *result) {
  if (request->wish)
    show_page(extractor, request->wish, mail, result);
  else if (request->want_original)
    result->original = original_read(mail, &extractor->limits, result->notes);
  else if (request->want_part)
    take_part(request->part, mail, result);
  else
    read_body(extractor, request, mail, result);
}

Extraction *extract(const Extractor *extractor, const Wire__Request *request) {
  Extraction *result = extraction_new();
  if (request->n_typed) {
    typed_read(rules_by_id(extractor, request->event), request, result);
    return result;
  }
  g_autoptr(GBytes) raw = g_bytes_new_static(request->message.data, request->message.len);
  g_autoptr(MimeMail) mail = mime_read(raw, &extractor->limits);
  read_header(mail, result);
  digest(mail, result);
  container_expand(mail, &extractor->limits);
  read_wanted(extractor, request, mail, result);
  if (request->header_only) {
    forget_participants(&(Reading){.result = result});
    result->flags |= EXTRACTION_HEADER_ONLY;
    if (result->kind == KIND_BULLETIN || result->kind == KIND_QUESTION)
      result->kind = KIND_UNREADABLE;
  }
  make_lines(result->notes);
  make_lines(result->review_reasons);
  make_lines(result->sources);
  return result;
}
