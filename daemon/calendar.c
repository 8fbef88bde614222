#include "daemon/calendar.h"

#include <libical/ical.h>
#include <string.h>
#include <time.h>

#include "daemon/reply_data.h"

enum { PLAIN_LINE_BYTES = 70 /* no shorter line is folded */, USUAL_BYTES = 1 << 10 };

typedef enum { ENTRY_NONE, ENTRY_CONFIRMED, ENTRY_CANCELLED } EntryKind;

static gboolean was_registered(const Registration *registration) {
  for (guint i = 0; i < registration->history->len; i++) {
    const HistoryEntry *entry = registration->history->pdata[i];
    if (!strcmp(entry->status, "registered")) return TRUE;
  }
  return FALSE;
}

/* A calendar entry is withdrawn only from somebody who may have been sent one. */
static EntryKind entry_kind(const CalendarRequest *request, const Registration *registration) {
  if (reply_data_attending(request->event, registration)) return ENTRY_CONFIRMED;
  return was_registered(registration) ? ENTRY_CANCELLED : ENTRY_NONE;
}

/* --- lines ------------------------------------------------------------------------------------ */

/* A property, folded (RFC 5545 3.1); takes it. */
static void add_property(GString *out, icalproperty *property) {
  char *line = icalproperty_as_ical_string_r(property);
  g_string_append(out, line);
  icalmemory_free_buffer(line);
  icalproperty_free(property);
}

/* Short, and nothing in it that TEXT escapes (3.3.11). */
static gboolean is_plain(const char *name, const char *value) {
  gsize length = 0;
  while (g_ascii_isalnum(value[length]) || (value[length] && strchr(" @.-_/", value[length])))
    length++;
  return !value[length] && strlen(name) + length <= PLAIN_LINE_BYTES;
}

/* A line of values that stand as they are. */
static void add_line(GString *out, const char *name, const char *value) {
  g_string_append(out, name);
  g_string_append_c(out, ':');
  g_string_append(out, value);
  g_string_append(out, "\r\n");
}

/* libical escapes and folds what is not plain; most of that is the event's, the same each time. */
static void add_text(GString *out, Memo *memo, const char *name,
                     icalproperty *(*make)(const char *), const char *value) {
  if (!value || !*value) return;
  if (is_plain(name, value)) {
    add_line(out, name, value);
    return;
  }
  gsize start = out->len;
  g_autofree char *kept = memo_get(memo, name, value);
  if (kept) {
    g_string_append(out, kept);
    return;
  }
  add_property(out, make(value));
  memo_put(memo, name, value, out->str + start);
}

static void add_moment(GString *out, const char *name, gint64 when) {
  struct tm utc;
  time_t seconds = (time_t)when;
  char text[sizeof "-2147483648-12-31T23:59:59Z"] = "";
  if (gmtime_r(&seconds, &utc)) strftime(text, sizeof text, "%Y%m%dT%H%M%SZ", &utc);
  add_line(out, name, text);
}

/* CN is quoted by libical where it must be; a quote itself cannot stand in a parameter. */
static void make_organizer(GString *out, const CalendarRequest *request) {
  g_autofree char *uri = g_strconcat("mailto:", request->organizer_address, NULL);
  icalproperty *organizer = icalproperty_new_organizer(uri);
  g_autofree char *name = reply_data_clean(request->organizer_name, 100);
  g_strdelimit(name, "\"", '\'');
  if (*name) icalproperty_add_parameter(organizer, icalparameter_new_cn(name));
  add_property(out, organizer);
}

static void add_organizer(GString *out, const CalendarRequest *request) {
  static const char kind[] = "ORGANIZER";
  g_autofree char *words =
      g_strconcat(request->organizer_address, "\n", request->organizer_name, NULL);
  g_autofree char *kept = memo_get(request->memo, kind, words);
  gsize start = out->len;
  if (kept) {
    g_string_append(out, kept);
    return;
  }
  make_organizer(out, request);
  memo_put(request->memo, kind, words, out->str + start);
}

/* --- entries ---------------------------------------------------------------------------------- */

static char *uid_of(const CalendarRequest *request, const Registration *registration) {
  return g_strdup_printf("registration-%" G_GUINT64_FORMAT ".%s@%s", registration->id,
                         request->event->id, request->domain);
}

static char *summary_of(const CalendarRequest *request, const Registration *registration) {
  const char *event = event_text(request->event, request->language, "name");
  if (!*event) event = request->event->id;
  if (request->registrations->len < 2) return g_strdup(event);
  g_autofree char *name = reply_data_name(request->event, request->language, registration);
  return *name ? g_strdup_printf("%s (%s)", event, name) : g_strdup(event);
}

static void add_entry(GString *out, const CalendarRequest *request,
                      const Registration *registration, EntryKind kind) {
  const Event *event = request->event;
  g_autofree char *uid = uid_of(request, registration);
  g_autofree char *summary = summary_of(request, registration);
  char sequence[16];
  g_snprintf(sequence, sizeof sequence, "%d", (int)registration->sequence);
  add_line(out, "BEGIN", "VEVENT");
  add_text(out, NULL, "UID", icalproperty_new_uid, uid);
  add_moment(out, "DTSTAMP", request->now);
  add_line(out, "SEQUENCE", sequence);
  add_moment(out, "DTSTART", event->starts);
  if (event->ends > event->starts) add_moment(out, "DTEND", event->ends);
  add_text(out, request->memo, "SUMMARY", icalproperty_new_summary, summary);
  add_text(out, request->memo, "LOCATION", icalproperty_new_location,
           event_text(event, request->language, "place"));
  add_text(out, request->memo, "CONTACT", icalproperty_new_contact,
           event_text(event, request->language, "contact"));
  add_organizer(out, request);
  add_line(out, "STATUS", kind == ENTRY_CONFIRMED ? "CONFIRMED" : "CANCELLED");
  add_line(out, "END", "VEVENT");
}

char *calendar_write(const CalendarRequest *request, const char **ret_method) {
  guint counts[ENTRY_CANCELLED + 1] = {0};
  if (!request->event->starts || !request->registrations) return NULL;
  for (guint i = 0; i < request->registrations->len; i++)
    counts[entry_kind(request, request->registrations->pdata[i])]++;
  if (!counts[ENTRY_CONFIRMED] && !counts[ENTRY_CANCELLED]) return NULL;
  *ret_method = counts[ENTRY_CONFIRMED] ? "PUBLISH" : "CANCEL";
  GString *out = g_string_sized_new(USUAL_BYTES);
  add_line(out, "BEGIN", "VCALENDAR");
  add_line(out, "PRODID", "-//bulletind//EN");
  add_line(out, "VERSION", "2.0");
  add_line(out, "METHOD", *ret_method);
  for (guint i = 0; i < request->registrations->len; i++) {
    const Registration *registration = request->registrations->pdata[i];
    EntryKind kind = entry_kind(request, registration);
    if (kind != ENTRY_NONE) add_entry(out, request, registration, kind);
  }
  add_line(out, "END", "VCALENDAR");
  return g_string_free(out, FALSE);
}
