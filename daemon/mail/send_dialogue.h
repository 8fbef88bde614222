/* send_dialogue - one mail over a session: MAIL, RCPT, DATA, content. Private to send_*.c.
 *
 * With PIPELINING the three commands go out at once, and those of the next mail behind the content
 * of this one (RFC 2920 3.1): a mail costs one round trip. */
#pragma once
#include "daemon/mail/send_session.h"
#include "daemon/mail/send_smtp.h"

/* What became of an item. */
typedef struct {
  int code;        /* as in SendResult */
  gboolean server; /* as in SendResult */
  gboolean again;  /* nothing was done: the same item over a fresh session, at once */
  char *text;
} SendOutcome;
void send_outcome_done(SendOutcome *outcome);

/* May the item go over this session (NULL: over any)? FALSE: *ret_outcome, 5yz of our own. */
gboolean send_dialogue_may(const SendSession *session, const SendItem *item,
                           SendOutcome *ret_outcome) G_GNUC_WARN_UNUSED_RESULT;

/* The item to come after this one, or NULL: asked for when its commands can go with the content,
 * and it may go over the session. The caller keeps what it gave until it was run. */
typedef const SendItem *(*SendNext)(void *context);

/* Send the item; *begun: its commands are already out, and whether the next one's are, when this
 * returns. The session may be lost then: nothing is begun. */
void send_dialogue_run(SendSession *session, const SendItem *item, gboolean *begun, SendNext next,
                       void *context, SendOutcome *ret_outcome);

/* `mail` with CR LF at each line's end, dots doubled (RFC 5321 4.5.2), and the dot that ends it. */
void send_dialogue_stuff(GString *out, const char *mail, gsize size);
