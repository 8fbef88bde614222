/* calendar - see calendar.h. */
#include "parsers/calendar.h"

#include <libical/ical.h>
#include <string.h>

#include "parsers/nameblock.h"
#include "parsers/people.h"

typedef struct {
  Reading *reading;
  const MimePart *part;
  Participant *person;
} Reply;

static gboolean is_reply(const MimePart *part) {
  gboolean calendar =
      !strcmp(part->type, "text/calendar") || !strcmp(part->type, "application/ics");
  return calendar && (!*part->method || !g_ascii_strcasecmp(part->method, "REPLY"));
}

static void add(const Reply *reply, const char *role, const char *value, const char *property) {
  int field = reading_role(reply->reading, role);
  if (field < 0 || !value || !*value) return;
  const char *name = reply->reading->event->fields[field]->name;
  if (participant_value(reply->person, name)) return;
  FieldValue *v = field_value_new(name, value);
  g_free(v->rule);
  v->rule = g_strconcat("calendar:", property, NULL);
  g_free(v->source);
  v->source = g_strdup("calendar:REPLY");
  v->part = reply->part->index;
  people_add(reply->person, v);
}

/* Beside a form's answer, another one in the calendar is a doubt. */
static void add_attendance(const Reply *reply, const char *value) {
  Reading *reading = reply->reading;
  int field = reading_role(reading, "attendance");
  if (field < 0) return;
  const FieldValue *given = participant_value(reply->person, reading->event->fields[field]->name);
  if (given && strcmp(given->value, value) != 0)
    reading_doubt(reading, "the calendar says %s, the text %s", value, given->value);
  add(reply, "attendance", value, "PARTSTAT");
}

static void add_status(const Reply *reply, icalparameter_partstat status) {
  if (status == ICAL_PARTSTAT_ACCEPTED)
    add_attendance(reply, "yes");
  else if (status == ICAL_PARTSTAT_DECLINED)
    add_attendance(reply, "no");
  else
    reading_doubt(reply->reading, "the calendar's answer is neither yes nor no");
}

/* "mailto:x@y" (RFC 5545 3.3.3). */
static char *address_of(const char *uri) {
  if (!uri || g_ascii_strncasecmp(uri, "mailto:", 7) != 0 || !strchr(uri, '@')) return NULL;
  g_autofree char *lower = g_ascii_strdown(uri + 7, -1);
  return g_utf8_make_valid(g_strstrip(lower), -1);
}

static void add_attendee(const Reply *reply, icalproperty *attendee) {
  icalparameter *status = icalproperty_get_first_parameter(attendee, ICAL_PARTSTAT_PARAMETER);
  icalparameter *named = icalproperty_get_first_parameter(attendee, ICAL_CN_PARAMETER);
  g_autofree char *email = address_of(icalproperty_get_attendee(attendee));
  g_autofree char *name = g_utf8_make_valid(
      named && icalparameter_get_cn(named) ? icalparameter_get_cn(named) : "", -1);
  const char *from = reply->reading->result->from_name;
  const char *person = nameblock_is_person(name) ? name : nameblock_is_person(from) ? from : "";
  add_status(reply, status ? icalparameter_get_partstat(status) : ICAL_PARTSTAT_NONE);
  if (*person) nameblock_add_name(reply->reading, reply->person, person, G_MAXUINT, "calendar:CN");
  add(reply, "email", email, "ATTENDEE");
}

/* The attendee of the part's reply; NULL: it is none. `calendar` owns it. */
static icalproperty *attendee_of(icalcomponent *calendar) {
  if (!calendar || icalcomponent_get_method(calendar) != ICAL_METHOD_REPLY) return NULL;
  icalcomponent *event = icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT);
  return event ? icalcomponent_get_first_property(event, ICAL_ATTENDEE_PROPERTY) : NULL;
}

static void read_part(Reading *reading, const MimePart *part) {
  gsize size = 0;
  const char *data = g_bytes_get_data(part->content, &size);
  if (!data || size == 0) return;
  if (size > CALENDAR_MAX_BYTES) {
    reading_doubt(reading, "a calendar entry over %d bytes", CALENDAR_MAX_BYTES);
    return;
  }
  g_autofree char *text = g_strndup(data, size);
  icalcomponent *calendar = icalparser_parse_string(text);
  icalproperty *attendee = attendee_of(calendar);
  GPtrArray *people = reading->result->participants;
  if (attendee && people->len < 2) {
    if (people->len == 0) g_ptr_array_add(people, participant_new());
    Reply reply = {reading, part, people->pdata[0]};
    add_attendee(&reply, attendee);
    reading->result->flags |= EXTRACTION_CALENDAR;
  }
  if (calendar) icalcomponent_free(calendar);
}

void calendar_read(Reading *reading) {
  icalerror_set_errors_are_fatal(0);
  for (guint i = 0; i < reading->mail->parts->len; i++) {
    const MimePart *part = reading->mail->parts->pdata[i];
    if (!is_reply(part)) continue;
    read_part(reading, part);
    if (reading->result->flags & EXTRACTION_CALENDAR) return;
  }
}
