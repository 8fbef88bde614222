/* quote - whose words a line is: the sender's own, the organiser's, somebody else's.
 *
 * Sees attribution lines, forwarded and replied-to header blocks, dividers, quote marks and nested
 * messages in French, English and Japanese; compares with what the organiser sent. Relies on text
 * and fold; knows no labels. Linear in the text. */
#pragma once
#include "parsers/fold.h"
#include "parsers/text.h"

typedef enum {
  VOICE_OWN,       /* written for this mail */
  VOICE_ORGANISER, /* quoted from the sender of the invitation */
  VOICE_SELF,      /* quoted from an earlier mail of the sender */
  VOICE_OTHER,     /* quoted from or forwarded for somebody else */
  VOICE_UNKNOWN    /* quoted, nothing says from whom */
} Voice;

typedef struct {
  Voice voice;
  gboolean forwarded; /* a forward's divider or a message/rfc822 introduced it */
  guint sent_lines;   /* its lines that repeat prose of what was sent */
} QuoteSegment;

typedef struct {
  GArray *segments; /* QuoteSegment; 0: the sender's own words */
  guint *line;      /* segment of each line of the text */
} Quote;

/* The letters of all that the organiser sent, and what tells most other lines from them. */
typedef struct QuoteSent QuoteSent;

/* Who is who, for the attribution lines. All borrowed. */
typedef struct {
  const char *from;       /* the sender's address, lower case */
  const char *from_name;  /* the sender's display name */
  char *const *addresses; /* what counts as us, NULL-terminated; may be NULL */
  const Wire__Event *event;
  const QuoteSent *sent; /* of the event; NULL: worked out anew */
} QuotePeople;

/* For QuotePeople, once an event; copies what it needs. `event` may be NULL: nothing was sent. */
QuoteSent *quote_sent_new(const Wire__Event *event);
void quote_sent_free(QuoteSent *sent);

/* Set quoted, sent and header of every line. */
Quote *quote_mark(Text *text, const MimeMail *mail, const QuotePeople *people);
void quote_free(Quote *quote);
const QuoteSegment *quote_segment(const Quote *quote, guint line);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(QuoteSent, quote_sent_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Quote, quote_free)
