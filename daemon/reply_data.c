#include "daemon/reply_data.h"

#include <string.h>

enum { SUBJECT_PREFIXES_MAX = 20, SUBJECT_MAX_CHARS = 150, NAME_MAX_CHARS = 80 };

#define CUT_MARK "…"
#define LINK_MARK "[…]"

/* --- words of strangers ----------------------------------------------------------------------- */

/* Bytes of the link that begins at `at`; 0: none. The scheme's letters are behind us already, so
 * the caller takes them back. */
static gsize link_length(const char *at) {
  if (strncmp(at, "://", 3) && g_ascii_strncasecmp(at, "www.", 4)) return 0;
  const char *end = at;
  while (*end && !g_unichar_isspace(g_utf8_get_char(end))) end = g_utf8_next_char(end);
  return (gsize)(end - at);
}

static gboolean is_scheme_char(char c) {
  return g_ascii_isalnum(c) || c == '+' || c == '-' || c == '.';
}

static gboolean may_have_link(const GString *text) {
  return strstr(text->str, "://") || strpbrk(text->str, "wW");
}

static void drop_links(GString *text) {
  if (!may_have_link(text)) return;
  for (gsize i = 0; i < text->len;) {
    gsize length = strchr(":wW", text->str[i]) ? link_length(text->str + i) : 0;
    if (!length) {
      i++;
      continue;
    }
    gsize start = i;
    while (start > 0 && is_scheme_char(text->str[start - 1])) start--;
    g_string_erase(text, (gssize)start, (gssize)(i - start + length));
    g_string_insert(text, (gssize)start, LINK_MARK);
    i = start + strlen(LINK_MARK);
  }
}

/* Line ends become " / "; other controls a space; format characters (which turn the direction of
 * writing or hide) go. */
static void append_harmless(GString *out, gunichar c) {
  gboolean blank = !out->len || out->str[out->len - 1] == ' ';
  switch (g_unichar_type(c)) {
  case G_UNICODE_FORMAT:
  case G_UNICODE_SURROGATE:
  case G_UNICODE_UNASSIGNED:
    return;
  case G_UNICODE_CONTROL:
  case G_UNICODE_LINE_SEPARATOR:
  case G_UNICODE_PARAGRAPH_SEPARATOR:
  case G_UNICODE_SPACE_SEPARATOR:
    if (c == '\n' && out->len)
      g_string_append(out, blank ? "/ " : " / ");
    else if (!blank)
      g_string_append_c(out, ' ');
    return;
  default:
    g_string_append_unichar(out, c);
  }
}

static char *cut(const char *text, guint max_chars) {
  if (g_utf8_strlen(text, -1) <= (glong)max_chars) return g_strdup(text);
  g_autofree char *head = g_utf8_substring(text, 0, (glong)max_chars - 1);
  return g_strconcat(g_strchomp(head), CUT_MARK, NULL);
}

/* Nothing in it to be cleaned: most values. */
static gboolean is_harmless(const char *value, guint max_chars) {
  gsize length = 0;
  for (; value[length]; length++) {
    gboolean blank = value[length] == ' ',
             between = length > 0 && g_ascii_isgraph(value[length + 1]);
    if (!g_ascii_isgraph(value[length]) && !(blank && between)) return FALSE;
  }
  return length <= max_chars && !strstr(value, "://") && !strpbrk(value, "wW");
}

char *reply_data_clean(const char *value, guint max_chars) {
  if (is_harmless(value, max_chars)) return g_strdup(value);
  g_autofree char *valid = g_utf8_make_valid(value, -1);
  g_autoptr(GString) out = g_string_sized_new(strlen(valid) + 1);
  for (const char *p = valid; *p;) {
    const char *end = p;
    while (g_ascii_isgraph(*end)) end++;
    g_string_append_len(out, p, end - p);
    if (!*end) break;
    append_harmless(out, g_utf8_get_char(end));
    p = g_utf8_next_char(end);
  }
  drop_links(out);
  return cut(g_strstrip(out->str), max_chars);
}

/* --- the subject ------------------------------------------------------------------------------ */

static const char *const subject_prefixes[] = {"re",
                                               "fw",
                                               "fwd",
                                               "tr",
                                               "réf",

                                               "aw",
                                               "sv",
                                               "auto",
                                               "rép",
                                               "rif",
                                               "antwort",
                                               "rv",
                                               "wg",
                                               "返信",
                                               "転送",
                                               "回复",
                                               "答复",
                                               "enc",
                                               "automatic reply",
                                               "réponse automatique"};

/* Bytes of one prefix ("Re: ", "RE[2]：") at the start; 0: none. */
static gsize subject_prefix(const char *subject) {
  if (!strchr(subject, ':') && !strstr(subject, "：")) return 0;
  for (guint i = 0; i < G_N_ELEMENTS(subject_prefixes); i++) {
    /* An ASCII letter folds to its lower case, and the prefixes are written in it. */
    if (g_ascii_isprint(*subject) && g_ascii_tolower(*subject) != *subject_prefixes[i]) continue;
    g_autofree char *wanted = g_utf8_casefold(subject_prefixes[i], -1);
    glong chars = g_utf8_strlen(subject_prefixes[i], -1);
    if (g_utf8_strlen(subject, -1) < chars) continue;
    const char *end = g_utf8_offset_to_pointer(subject, chars);
    g_autofree char *have = g_utf8_casefold(subject, end - subject);
    if (strcmp(wanted, have)) continue;
    if (*end == '[' || *end == '(') end += strspn(end, "[(0123456789)]");
    while (*end == ' ' || g_str_has_prefix(end, "\302\240")) end += *end == ' ' ? 1 : 2;
    if (*end == ':') return (gsize)(end + 1 - subject);
    if (g_str_has_prefix(end, "：")) return (gsize)(end + strlen("：") - subject);
  }
  return 0;
}

char *reply_data_subject(const char *subject) {
  g_autofree char *line = reply_data_clean(subject, 4 * SUBJECT_MAX_CHARS);
  const char *rest = line;
  for (guint i = 0; i < SUBJECT_PREFIXES_MAX; i++) {
    gsize length = subject_prefix(rest);
    if (!length) break;
    rest += length;
    while (*rest == ' ') rest++;
  }
  return cut(rest, SUBJECT_MAX_CHARS);
}

/* --- moments ---------------------------------------------------------------------------------- */

static const char *const months_fr[] = {"janvier",   "février", "mars",     "avril",
                                        "mai",       "juin",    "juillet",  "août",
                                        "septembre", "octobre", "novembre", "décembre"};
static const char *const months_en[] = {"January",   "February", "March",    "April",
                                        "May",       "June",     "July",     "August",
                                        "September", "October",  "November", "December"};

static char *moment_fr(GDateTime *when, gboolean clock) {
  const char *month = months_fr[g_date_time_get_month(when) - 1];
  int day = g_date_time_get_day_of_month(when);
  g_autofree char *time = clock ? g_date_time_format(when, " à %Hh%M") : g_strdup("");
  return g_strdup_printf("%d%s %s %d%s", day, day == 1 ? "er" : "", month,
                         g_date_time_get_year(when), time);
}

static char *moment_en(GDateTime *when, gboolean clock) {
  const char *month = months_en[g_date_time_get_month(when) - 1];
  g_autofree char *time = clock ? g_date_time_format(when, ", %H:%M") : g_strdup("");
  return g_strdup_printf("%d %s %d%s", g_date_time_get_day_of_month(when), month,
                         g_date_time_get_year(when), time);
}

static char *moment_ja(GDateTime *when, gboolean clock) {
  g_autofree char *time = clock ? g_date_time_format(when, "%H時%M分") : g_strdup("");
  return g_strdup_printf("%d年%d月%d日%s", g_date_time_get_year(when), g_date_time_get_month(when),
                         g_date_time_get_day_of_month(when), time);
}

static const struct {
  const char *language;
  char *(*write)(GDateTime *when, gboolean clock);
} moments[] = {{"fr", moment_fr}, {"en", moment_en}, {"ja", moment_ja}};

char *reply_data_moment(const char *language, GTimeZone *zone, gint64 when) {
  g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(when);
  g_autoptr(GDateTime) local = utc ? g_date_time_to_timezone(utc, zone) : NULL;
  if (!local) return g_strdup("");
  gboolean clock = g_date_time_get_hour(local) || g_date_time_get_minute(local);
  for (guint i = 0; i < G_N_ELEMENTS(moments); i++)
    if (language && !strcmp(moments[i].language, language)) return moments[i].write(local, clock);
  return g_date_time_format(local, clock ? "%Y-%m-%d %H:%M" : "%Y-%m-%d");
}

/* --- people ----------------------------------------------------------------------------------- */

static const char *value_of_role(const Event *event, const Registration *registration,
                                 const char *role) {
  for (size_t i = 0; event->rules && i < event->rules->n_fields; i++) {
    const Wire__Field *field = event->rules->fields[i];
    const EventField *known = event_field(event, field->name);
    if (strcmp(field->role, role) || (known && known->private)) continue;
    const char *value = registration_value(registration, field->name);
    if (value && *value) return value;
  }
  return NULL;
}

static char *identity_name(const Event *event, const Registration *registration) {
  g_autoptr(GString) name = g_string_new(NULL);
  for (char **field = event->identity; field && *field; field++) {
    const char *value = registration_value(registration, *field);
    if (value) g_string_append_printf(name, "%s%s", name->len ? " " : "", value);
  }
  return reply_data_clean(name->str, NAME_MAX_CHARS);
}

char *reply_data_name(const Event *event, const char *language, const Registration *registration) {
  const char *first = value_of_role(event, registration, "first_name");
  const char *last = value_of_role(event, registration, "last_name");
  if (!first && !last) return identity_name(event, registration);
  gboolean family_first = language && !strcmp(language, "ja");
  g_autofree char *name = g_strjoin(" ", (family_first ? last : first) ?: "",
                                    (family_first ? first : last) ?: "", NULL);
  return reply_data_clean(name, NAME_MAX_CHARS);
}

gboolean reply_data_attending(const Event *event, const Registration *registration) {
  if (strcmp(registration->status, "registered")) return FALSE;
  if (!event->attendance_field || !*event->attendance_field) return TRUE;
  const char *attendance = registration_value(registration, event->attendance_field);
  return attendance && g_strcmp0(attendance, event->declined_value);
}

static void put_text(TemplateData *data, TemplateValue *map, const char *name, const char *text) {
  template_data_put(map, name, template_data_text(data, text));
}

static void put_truth(TemplateData *data, TemplateValue *map, const char *name, gboolean truth) {
  template_data_put(map, name, template_data_truth(data, truth));
}

static TemplateValue *add_row(TemplateData *data, TemplateValue *list) {
  TemplateValue *row = template_data_map(data);
  template_data_put(list, NULL, row);
  return row;
}

static const char *text_in(const TemplateValue *row, const char *name) {
  return template_data_get(row, name)->text;
}

static void put_shown(TemplateData *data, TemplateValue *row, const ReplyRequest *request,
                      const EventField *field, const char *value, const ReplyDetail *detail) {
  gboolean choice = field->choices && g_hash_table_size(field->choices) > 0;
  const char *word =
      choice ? event_word(request->event, request->language, field->name, value) : value;
  g_autofree char *clean = reply_data_clean(word, detail->value_chars);
  put_text(data, row, "value", clean);
}

static TemplateValue *person_fields(TemplateData *data, const ReplyRequest *request,
                                    const Registration *registration, const ReplyDetail *detail) {
  TemplateValue *list = template_data_list(data);
  for (guint i = 0; detail->fields && i < request->event->fields->len; i++) {
    const EventField *field = request->event->fields->pdata[i];
    const char *value = registration_value(registration, field->name);
    if (field->private || !value || !*value) continue;
    TemplateValue *row = add_row(data, list);
    put_text(data, row, "name", field->name);
    put_text(data, row, "label", event_label(request->event, request->language, field->name));
    put_shown(data, row, request, field, value, detail);
  }
  return list;
}

static gboolean lists_name(const TemplateValue *list, const char *name) {
  for (const TemplateValue *row = list->first; row; row = row->next)
    if (!strcmp(text_in(row, "name"), name)) return TRUE;
  return FALSE;
}

static void append_missing(TemplateData *data, TemplateValue *list, const ReplyRequest *request,
                           const Registration *registration) {
  for (guint i = 0; i < registration->missing->len; i++) {
    const char *name = registration->missing->pdata[i];
    if (lists_name(list, name)) continue;
    TemplateValue *row = add_row(data, list);
    put_text(data, row, "name", name);
    put_text(data, row, "label", event_label(request->event, request->language, name));
  }
}

/* What was given but is no value; told only while it is still lacking. */
static TemplateValue *person_invalid(TemplateData *data, const ReplyRequest *request, guint index,
                                     const ReplyDetail *detail) {
  TemplateValue *list = template_data_list(data);
  const GPtrArray *participants = request->participants;
  if (!participants || participants->len != request->registrations->len) return list;
  const Participant *participant = participants->pdata[index];
  for (guint i = 0; i < participant->invalid->len; i++) {
    const InvalidValue *invalid = participant->invalid->pdata[i];
    const EventField *field = event_field(request->event, invalid->field);
    if (!field || field->private) continue;
    if (registration_value(request->registrations->pdata[index], invalid->field)) continue;
    g_autofree char *clean = reply_data_clean(invalid->value, detail->value_chars);
    TemplateValue *row = add_row(data, list);
    put_text(data, row, "label", event_label(request->event, request->language, invalid->field));
    put_text(data, row, "value", clean);
  }
  return list;
}

static void add_person(TemplateData *data, TemplateValue *people, const ReplyRequest *request,
                       guint index, const ReplyDetail *detail) {
  const Registration *registration = request->registrations->pdata[index];
  TemplateValue *row = add_row(data, people), *missing = template_data_list(data);
  g_autofree char *name = reply_data_name(request->event, request->language, registration);
  append_missing(data, missing, request, registration);
  put_text(data, row, "name", name);
  put_text(data, row, "status", registration->status);
  put_truth(data, row, "attending", reply_data_attending(request->event, registration));
  template_data_put(row, "fields", person_fields(data, request, registration, detail));
  template_data_put(row, "missing", missing);
  template_data_put(row, "invalid", person_invalid(data, request, index, detail));
}

/* {"first_name": "Marie", …}: fields.NAME of the first person, whatever the detail. */
static TemplateValue *first_fields(TemplateData *data, const ReplyRequest *request,
                                   const ReplyDetail *detail, const TemplateValue *people) {
  TemplateValue *map = template_data_map(data);
  if (!request->registrations || !request->registrations->len) return map;
  ReplyDetail full = *detail;
  full.fields = TRUE;
  const TemplateValue *list =
      detail->fields ? template_data_get(people->first, "fields")
                     : person_fields(data, request, request->registrations->pdata[0], &full);
  for (const TemplateValue *row = list->first; row; row = row->next)
    put_text(data, map, text_in(row, "name"), text_in(row, "value"));
  return map;
}

/* --- the whole -------------------------------------------------------------------------------- */

static void put_event(TemplateData *data, TemplateValue *root, const ReplyRequest *request) {
  static const char *const keys[][2] = {{"event_name", "name"},   {"event_date", "date"},
                                        {"event_place", "place"}, {"event_contact", "contact"},
                                        {"privacy", "privacy"},   {"privacy_url", "privacy_url"}};
  const Event *event = request->event;
  for (guint i = 0; i < G_N_ELEMENTS(keys); i++)
    put_text(data, root, keys[i][0], event_text(event, request->language, keys[i][1]));
  g_autofree char *deadline =
      event->deadline ? reply_data_moment(request->language, event->zone, event->deadline) : NULL;
  put_text(data, root, "event_id", event->id);
  put_text(data, root, "deadline", deadline);
}

TemplateData *reply_data_new(const ReplyRequest *request, const ReplyDetail *detail) {
  TemplateData *data = template_data_new();
  TemplateValue *root = template_data_root(data);
  TemplateValue *people = template_data_list(data), *missing = template_data_list(data);
  guint count = request->registrations ? request->registrations->len : 0;
  gboolean late = request->kind == REPLY_LATE;
  for (guint i = 0; i < count; i++) {
    const Registration *registration = request->registrations->pdata[i];
    if (i < detail->people) add_person(data, people, request, i, detail);
    append_missing(data, missing, request, registration);
    late = late || !strcmp(registration->status, "late");
  }
  put_event(data, root, request);
  g_autofree char *subject = reply_data_subject(request->subject ? request->subject : "");
  put_text(data, root, "subject", subject);
  put_text(data, root, "own_text", request->own_text);
  put_truth(data, root, "late", late);
  put_truth(data, root, "several", count > 1);
  template_data_put(root, "fields", first_fields(data, request, detail, people));
  template_data_put(root, "people", people);
  template_data_put(root, "missing", missing);
  return data;
}
