/* extraction - what was read from one message: plain data, the room's product.
 *
 * Filled in by extract (in the worker), carried by wire, read by decide. Every pointer is owned by
 * the Extraction; strings are valid UTF-8 in NFC. Nothing here is trusted by the daemon before
 * wire_reply_read has checked it against the bounds in wire.h. */
#pragma once
#include <glib.h>

/* The contract's kinds of message. */
typedef enum {
  KIND_BULLETIN,
  KIND_CANCELLATION,
  KIND_QUESTION,
  KIND_AUTO_REPLY,
  KIND_BOUNCE,
  KIND_BULK,
  KIND_UNREADABLE,
  KIND_COUNT
} MailKind;

/* Facts about the message that decide whether anybody may be answered. */
typedef enum {
  EXTRACTION_AUTOMATIC = 1 << 0, /* headers mark it automatic (RFC 3834 5, Precedence, MDN, …) */
  EXTRACTION_LIST = 1 << 1,      /* came through a list (RFC 2369, 2919) */
  EXTRACTION_SUPPRESS = 1 << 2,  /* X-Auto-Response-Suppress asks for no automatic answer */
  EXTRACTION_NULL_SENDER = 1 << 3,  /* Return-Path: <> (RFC 5321 4.5.5) */
  EXTRACTION_ROBOT_SENDER = 1 << 4, /* mailer-daemon, noreply, owner-…, …-request */
  EXTRACTION_TO_US = 1 << 5,        /* one of our addresses is in To, Cc, Bcc or Resent-* */
  EXTRACTION_FROM_US = 1 << 6,      /* From is one of our addresses: our own mail came back */
  EXTRACTION_TIED = 1 << 7,         /* tied to the event by its words, subject or a bulletin */
  EXTRACTION_CORRECTION = 1 << 8,   /* the sender calls it a correction of an earlier bulletin */
  EXTRACTION_HEADER_ONLY = 1 << 9,  /* over the size limit: only its header was fetched */
  EXTRACTION_CALENDAR = 1 << 10,    /* values come from a text/calendar METHOD:REPLY */
  EXTRACTION_PICTURES = 1 << 11     /* pictures may hold a bulletin: for bulletin-scan to read */
} ExtractionFlags;
#define EXTRACTION_UNANSWERABLE                                                                    \
  (EXTRACTION_AUTOMATIC | EXTRACTION_LIST | EXTRACTION_SUPPRESS | EXTRACTION_NULL_SENDER |         \
   EXTRACTION_ROBOT_SENDER | EXTRACTION_FROM_US)

/* One value that the sender gave, and where it stood. */
typedef struct {
  char *field;      /* name of a field of the event */
  char *value;      /* normalised, as the contract's table says */
  char *raw;        /* as written */
  char *rule;       /* what took it: "label:Prénom", "pattern:3", "signature", "from-header" */
  char *source;     /* "body:text/plain", "attachment:bulletin.docx", "header:From" */
  guint part;       /* part of the message, counted from 0 in depth-first order */
  guint page;       /* page in that part, from 1; 0: no pages */
  guint line;       /* index into Extraction.lines, G_MAXUINT: not from the text */
  guint start, end; /* bytes of that line, end exclusive */
  double x, y, width, height; /* rectangle on the page in points; width 0: none */
  guint confidence;           /* 0..100; 100 where nothing was guessed */
} FieldValue;

/* The picture of a page. */
typedef struct {
  GBytes *png;          /* NULL: none was asked for, or it could not be made */
  double width, height; /* of the page, points */
} PageShown;

/* A part of the message, for a person who looks at it. */
typedef struct {
  guint index; /* as FieldValue.part */
  char *name;  /* of the file: one line without a path or what could turn it round; may be "" */
  char *type;  /* "application/pdf", as its content shows */
  guint64 size_bytes; /* decoded */
  guint pages;        /* that can be shown; 0: none */
  gboolean body;      /* its text stands in OriginalMail.html */
} OriginalPart;

/* The mail as its sender sees it. */
typedef struct {
  char *html;       /* a fragment of elements that do no harm (parsers/harmless.h) */
  GPtrArray *parts; /* OriginalPart*, by index */
} OriginalMail;

/* A value that was given but is not one: the reason is a short English phrase ("too short"). */
typedef struct {
  char *field, *value, *reason;
} InvalidValue;

typedef struct {
  GPtrArray *values;  /* FieldValue*, at most one a field */
  GPtrArray *missing; /* char*, required fields that are absent or invalid */
  GPtrArray *invalid; /* InvalidValue* */
} Participant;

/* What a delivery report says became of the mail (RFC 3464 2.3.3). */
typedef enum {
  BOUNCE_UNKNOWN, /* it does not say */
  BOUNCE_FAILED,
  BOUNCE_DELAYED, /* a warning: the mail system still tries */
  BOUNCE_DELIVERED,
  BOUNCE_RELAYED,
  BOUNCE_EXPANDED,
  BOUNCE_ACTION_COUNT
} BounceAction;

/* What a bounce reports of one recipient. Anybody can send one: it proves nothing. */
typedef struct {
  BounceAction action;
  char *status; /* "5.1.1" (RFC 3463), else the SMTP reply code "550"; "" if none */
  char *final_recipient, *original_recipient; /* addr-spec in lower case; "" if none */
  char *diagnostic;                           /* the mail system's words, one line; "" if none */
} BounceReport;

/* A line of the one text that the rules saw; kept only when the request asked for it. */
typedef struct {
  char *text;
  char *source;
  guint part, page;
  gboolean quoted;    /* somebody else's words: no values are taken from it */
  gboolean signature; /* below a signature mark: the weaker source */
} ExtractionLine;

typedef struct {
  char *message_id; /* raw bytes of the first Message-ID, white space and <> stripped; "" if none */
  char *from;       /* addr-spec of From in lower case; "" if none */
  char *from_name;  /* decoded display name; "" if none */
  char *return_path;     /* addr-spec; "" for <>; NULL: the fetched copy has no Return-Path */
  char *subject;         /* decoded, one line; "" if none */
  char *content_digest;  /* hex SHA-256 over From, Date, Subject and the bodies: same mail, same
                            digest */
  char *auth_results;    /* topmost Authentication-Results, unfolded; "" if none */
  GPtrArray *references; /* char*: In-Reply-To, References; of a bounce, the ids that it quotes */
  char *event;           /* id of the event whose rules were used; "" if none matched */
  char *language;        /* one of the event's */
  MailKind kind;
  guint flags;               /* ExtractionFlags */
  GPtrArray *participants;   /* Participant* */
  GPtrArray *review_reasons; /* char*: why a person must decide although the values are there */
  GPtrArray *sources;        /* char*: parts that gave values */
  GPtrArray *notes;     /* char*: what an admin may want to know ("charset windows-1252 guessed") */
  BounceReport *bounce; /* of KIND_BOUNCE; NULL else */
  char *text;           /* --text: what the sender newly wrote; NULL unless asked for */
  GPtrArray *lines;     /* ExtractionLine*; NULL unless asked for */
  PageShown page;       /* of a request for a page: nothing else was read */
  OriginalMail *original; /* of a request for the original: the same; NULL else */
  GBytes *part; /* of a request for a part: its decoded bytes; NULL else, or no such part */
} Extraction;

/* An empty extraction of kind `question`, every array empty, every char* "" (return_path NULL). */
Extraction *extraction_new(void);
void extraction_free(Extraction *extraction);

Participant *participant_new(void);
void participant_free(Participant *participant);

/* The value of `field`, or NULL. Borrowed. */
const FieldValue *participant_value(const Participant *participant, const char *field);

FieldValue *field_value_new(const char *field, const char *value);
FieldValue *field_value_copy(const FieldValue *value);
void field_value_free(FieldValue *value);
InvalidValue *invalid_value_new(const char *field, const char *value, const char *reason);
void invalid_value_free(InvalidValue *invalid);
ExtractionLine *extraction_line_new(const char *text);
void extraction_line_free(ExtractionLine *line);

OriginalMail *original_mail_new(void); /* nothing in it */
void original_mail_free(OriginalMail *original);
void original_part_free(OriginalPart *part);

BounceReport *bounce_report_new(void); /* every char* "" */
void bounce_report_free(BounceReport *report);
/* RFC 3464's word for an action ("failed"); "" for BOUNCE_UNKNOWN. */
const char *bounce_action_name(BounceAction action);

/* The contract's word for a kind ("auto_reply"); the other way -1 is an unknown word. */
const char *mail_kind_name(MailKind kind);
int mail_kind_parse(const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Extraction, extraction_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Participant, participant_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BounceReport, bounce_report_free)
