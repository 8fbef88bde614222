/* reply_data - what a reply template sees: the names that README and template_check
 * promise, made from the event, the sender's own registrations and nothing of anybody else.
 *
 * Pure. Private fields (health data) never enter it; what a sender wrote comes in as one line,
 * without control characters and links, cut to a length. */
#pragma once
#include "daemon/compose_reply.h"
#include "daemon/template_data.h"

/* How much is told: the reply is written again with less when its text is too long. */
typedef struct {
  guint value_chars; /* a value is cut to so many */
  guint people;      /* so many are listed */
  gboolean fields;   /* their values are listed */
} ReplyDetail;

/* All but `first` (is the privacy notice to be told?). The caller frees. */
TemplateData *reply_data_new(const ReplyRequest *request, const ReplyDetail *detail);

/* A value of a stranger as one harmless line of at most max_chars. The caller frees. */
char *reply_data_clean(const char *value, guint max_chars);
/* `subject` without its prefixes (Re:, TR:, Auto:, 返信：, …), so that they never pile up. */
char *reply_data_subject(const char *subject);
/* "Marie DURAND", in the language's order; "" where the event asks for no name. */
char *reply_data_name(const Event *event, const char *language, const Registration *registration);
/* Does this registration mean that the person comes? */
gboolean reply_data_attending(const Event *event, const Registration *registration);
/* A moment for people: "25 juin 2019", with the time where it is not midnight there. */
char *reply_data_moment(const char *language, GTimeZone *zone, gint64 when);
