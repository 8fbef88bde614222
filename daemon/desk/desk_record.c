/* desk_record - what a registration becomes: whole, confirmed, cancelled. */
#include <string.h>

#include "daemon/desk/desk_call.h"
#include "daemon/util.h"

static gboolean declines(const Event *event, const Registration *registration) {
  if (!event->attendance_field || !*event->attendance_field) return FALSE;
  const char *value = registration_value(registration, event->attendance_field);
  return value && !g_strcmp0(value, event->declined_value);
}

GPtrArray *desk_record_lacking(const DeskCall *call, guint index) {
  const Change *change = call->changes->pdata[index];
  return decide_missing(call->event, change->registration);
}

gboolean desk_record_whole(const DeskCall *call, GError **error) {
  g_autoptr(GString) names = g_string_new(NULL);
  for (guint i = 0; i < call->changes->len; i++) {
    g_autoptr(GPtrArray) missing = desk_record_lacking(call, i);
    for (guint k = 0; k < missing->len; k++) {
      g_string_append(names, names->len ? ", " : "");
      if (call->changes->len > 1) g_string_append_printf(names, "%u.", i + 1);
      g_string_append(names, missing->pdata[k]);
    }
  }
  if (!names->len) return TRUE;
  g_set_error(error, DESK_ERROR, DESK_ERROR_INVALID,
              "required values are lacking: %s; give them as field=value, or 'ask' the sender",
              names->str);
  return FALSE;
}

void desk_record_set_missing(Registration *registration, const GPtrArray *missing) {
  g_ptr_array_set_size(registration->missing, 0);
  for (guint i = 0; missing && i < missing->len; i++)
    g_ptr_array_add(registration->missing, g_strdup(missing->pdata[i]));
}

gboolean desk_record_confirm(const DeskCall *call, Change *change) {
  Registration *registration = change->registration;
  gboolean before = !strcmp(registration->status, "registered");
  change->what = before ? "updated" : registration->id ? "completed" : "created";
  if (before) registration->sequence++;
  string_set(&registration->status,
             declines(call->event, registration) ? "declined" : "registered");
  if (!strcmp(registration->status, "declined")) change->what = "declined";
  desk_record_set_missing(registration, NULL);
  return before;
}

void desk_record_confirm_all(DeskCall *call) {
  gboolean all_before = TRUE, all_decline = TRUE;
  for (guint i = 0; i < call->changes->len; i++) {
    Change *change = call->changes->pdata[i];
    all_before = desk_record_confirm(call, change) && all_before;
    all_decline = all_decline && !strcmp(change->registration->status, "declined");
  }
  call->kind = all_decline ? REPLY_DECLINED : all_before ? REPLY_UPDATED : REPLY_CONFIRMED;
}

void desk_record_cancel(Registration *registration) {
  string_set(&registration->status, "cancelled");
  registration->sequence++;
  desk_record_set_missing(registration, NULL);
}
