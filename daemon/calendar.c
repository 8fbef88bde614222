#include "daemon/calendar.h"

#include <libical/ical.h>
#include <string.h>

#include "daemon/reply_data.h"

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

static icaltimetype utc(gint64 when) {
  return icaltime_from_timet_with_zone((time_t)when, 0, icaltimezone_get_utc_timezone());
}

static void add_text(icalcomponent *entry, icalproperty *(*make)(const char *), const char *value) {
  if (value && *value) icalcomponent_add_property(entry, make(value));
}

static char *uid_of(const CalendarRequest *request, const Registration *registration) {
  return g_strdup_printf("registration-%" G_GUINT64_FORMAT ".%s@%s", registration->id,
                         request->event->id, request->domain);
}

/* CN is quoted by libical where it must be; a quote itself cannot stand in a parameter. */
static void add_organizer(icalcomponent *entry, const CalendarRequest *request) {
  g_autofree char *uri = g_strconcat("mailto:", request->organizer_address, NULL);
  icalproperty *organizer = icalproperty_new_organizer(uri);
  g_autofree char *name = reply_data_clean(request->organizer_name, 100);
  g_strdelimit(name, "\"", '\'');
  if (*name) icalproperty_add_parameter(organizer, icalparameter_new_cn(name));
  icalcomponent_add_property(entry, organizer);
}

static char *summary_of(const CalendarRequest *request, const Registration *registration) {
  const char *event = event_text(request->event, request->language, "name");
  if (!*event) event = request->event->id;
  if (request->registrations->len < 2) return g_strdup(event);
  g_autofree char *name = reply_data_name(request->event, request->language, registration);
  return *name ? g_strdup_printf("%s (%s)", event, name) : g_strdup(event);
}

static icalcomponent *new_entry(const CalendarRequest *request, const Registration *registration,
                                EntryKind kind) {
  const Event *event = request->event;
  icalcomponent *entry = icalcomponent_new(ICAL_VEVENT_COMPONENT);
  g_autofree char *uid = uid_of(request, registration);
  g_autofree char *summary = summary_of(request, registration);
  icalcomponent_add_property(entry, icalproperty_new_uid(uid));
  icalcomponent_add_property(entry, icalproperty_new_dtstamp(utc(request->now)));
  icalcomponent_add_property(entry, icalproperty_new_sequence((int)registration->sequence));
  icalcomponent_add_property(entry, icalproperty_new_dtstart(utc(event->starts)));
  if (event->ends > event->starts)
    icalcomponent_add_property(entry, icalproperty_new_dtend(utc(event->ends)));
  add_text(entry, icalproperty_new_summary, summary);
  add_text(entry, icalproperty_new_location, event_text(event, request->language, "place"));
  add_text(entry, icalproperty_new_contact, event_text(event, request->language, "contact"));
  add_organizer(entry, request);
  icalcomponent_add_property(entry, icalproperty_new_status(kind == ENTRY_CONFIRMED
                                                                ? ICAL_STATUS_CONFIRMED
                                                                : ICAL_STATUS_CANCELLED));
  return entry;
}

static icalcomponent *new_calendar(gboolean publish) {
  icalcomponent *calendar = icalcomponent_new(ICAL_VCALENDAR_COMPONENT);
  icalcomponent_add_property(calendar, icalproperty_new_prodid("-//bulletind//EN"));
  icalcomponent_add_property(calendar, icalproperty_new_version("2.0"));
  icalcomponent_add_property(
      calendar, icalproperty_new_method(publish ? ICAL_METHOD_PUBLISH : ICAL_METHOD_CANCEL));
  return calendar;
}

char *calendar_write(const CalendarRequest *request, const char **ret_method) {
  guint counts[ENTRY_CANCELLED + 1] = {0};
  if (!request->event->starts || !request->registrations) return NULL;
  for (guint i = 0; i < request->registrations->len; i++)
    counts[entry_kind(request, request->registrations->pdata[i])]++;
  if (!counts[ENTRY_CONFIRMED] && !counts[ENTRY_CANCELLED]) return NULL;
  gboolean publish = counts[ENTRY_CONFIRMED] > 0;
  icalcomponent *calendar = new_calendar(publish);
  for (guint i = 0; i < request->registrations->len; i++) {
    const Registration *registration = request->registrations->pdata[i];
    EntryKind kind = entry_kind(request, registration);
    if (kind != ENTRY_NONE)
      icalcomponent_add_component(calendar, new_entry(request, registration, kind));
  }
  char *text = icalcomponent_as_ical_string_r(calendar);
  char *copy = g_strdup(text);
  icalmemory_free_buffer(text);
  icalcomponent_free(calendar);
  *ret_method = publish ? "PUBLISH" : "CANCEL";
  return copy;
}
