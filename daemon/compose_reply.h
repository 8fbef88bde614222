/* compose_reply - a decision to an RFC 5322 message, header by header as RFC 3834 3, 5230 5.8 and
 * MS-OXCMAIL say. The only file of the daemon that knows GMime, with calendar.c for libical. */
#pragma once
#include "daemon/decide.h"
#include "daemon/replies.h"

enum {
  REPLY_TEXT_MAX_BYTES = 4096, /* of an answer with its subject */
  REPLY_OWN_MAX_BYTES = 16384, /* of a person's own words, which stand beside that */
  REPLY_VALUE_MAX_CHARS = 200,
  REPLY_REFERENCES_MAX_BYTES = 998
};

typedef struct {
  const Config *config;
  const Replies *replies;
  const Event *event;
  const char *language;
  ReplyKind kind;
  const char *to;                 /* one addr-spec */
  const GPtrArray *registrations; /* Registration*: what is echoed, only the sender's own */
  const GPtrArray *participants;  /* Participant*, a registration each, for what was given but is no
                                     value; NULL or another length: nothing invalid is told */
  const char *subject;            /* theirs, decoded; "" if none */
  const char *message_id;         /* theirs; "" if none */
  const GPtrArray *references;    /* theirs: char* */
  const guint8 *secret;           /* 32 bytes */
  guint64 thread, message;        /* for the token */
  guint round;
  const char *reply_to; /* the watched address; NULL: config->submission.from_address */
  gboolean first;       /* first answer to this address: with the privacy notice */
  const char *own_text; /* REPLY_OWN, else NULL or what a person adds */
  gint64 now;
} ReplyRequest;

typedef struct {
  char *to, *envelope_from, *message_id, *text_hash;
  char *subject, *text; /* as a person reads them; text: "\n", not yet folded */
  GBytes *mail;         /* CRLF, 7bit or quoted-printable/base64, no line over 998 */
} Reply;

/* NULL with an error: an address that RFC 5321 4.1.2 does not allow, no template, text too long. */
Reply *compose_reply(const ReplyRequest *request, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void reply_free(Reply *reply);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Reply, reply_free)
