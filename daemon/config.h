/* config - bulletind.yaml: one table of settings (type, default, bounds, a line of manual each),
 * read with libyaml's document API so that every mistake is reported at once with its line. */
#pragma once
#include <glib.h>

#include "parsers/wire.h"

typedef enum {
  SECRET_NONE,
  SECRET_FILE,
  SECRET_COMMAND,
  SECRET_CREDENTIAL,
  SECRET_TOKEN_COMMAND,
  SECRET_OAUTH /* the daemon keeps the login itself: the OauthSettings beside it */
} SecretKind;
typedef struct {
  SecretKind kind;
  char *source; /* path, shell command, or name under $CREDENTIALS_DIRECTORY */
} Secret;

/* Where and how tokens are had (OAuth 2, RFC 6749). Counted: a thread may outlive its account. */
typedef struct {
  char *provider; /* microsoft, google, custom */
  char *tenant;   /* of microsoft */
  char *client_id;
  char *client_secret_file;                             /* NULL: a public client has none */
  char *authorize_url, *token_url, *device_url, *scope; /* the provider's, or given; NULL: none */
  char *ca_file;                                        /* NULL: the system's */
  char *user;                                           /* who logs in */
  char *file;    /* where the login is kept, in the store's folder */
  char *command; /* what to run: bulletinctl oauth login NAME */
} OauthSettings;

typedef enum { LINK_TLS, LINK_STARTTLS, LINK_CLEAR } LinkSecurity;
typedef struct {
  char *url; /* as configured, for messages */
  char *host;
  guint16 port;
  LinkSecurity security; /* LINK_CLEAR only where host is loopback */
} Endpoint;

typedef enum { AFTER_LEAVE, AFTER_FLAG, AFTER_MOVE } AfterKind;

typedef struct {
  char *name;
  Endpoint imap;
  char *user;
  Secret secret;
  OauthSettings *oauth; /* of SECRET_OAUTH */
  char *ca_file;        /* NULL: the system's */
  char **folders;
  char **addresses; /* lower case */
  char *event;      /* "" : by match, or the only event */
  gboolean start_all;
  gboolean personal; /* responder: personal */
  AfterKind after;
  char *after_folder;        /* of AFTER_MOVE */
  guint poll_s;              /* full check beside IDLE, default 60 */
  guint idle_renew_s;        /* IDLE is renewed, default 1500 (RFC 2177: below 29 minutes) */
  guint timeout_s;           /* a command, default 60 */
  guint64 message_bytes;     /* larger mails are not fetched, default 30 MiB */
  guint set_messages;        /* UIDs a FETCH, default 100 */
  guint64 set_bytes;         /* bytes a FETCH, default 8 MiB */
  char *trusted_authserv_id; /* RFC 8601; "" : no mail is judged by authentication */
} Account;

typedef struct {
  guint address_hour, address_day, all_10min, same_text_days, asks; /* 0: none */
} ReplyLimits;

typedef struct {
  Endpoint url; /* host NULL: no submission configured (parse only) */
  char *user;   /* "" : no AUTH */
  Secret secret;
  OauthSettings *oauth; /* of SECRET_OAUTH */
  char *ca_file;
  char *from;          /* "Cités Unies France <a@b>" */
  char *from_address;  /* its addr-spec */
  char *envelope_from; /* "" : the null return path */
  char *helo;          /* EHLO name, default: the machine's FQDN or an address literal */
  guint connections;   /* default 2 */
  guint timeout_s;     /* a reply, default 120 */
  guint lifetime_h;    /* transient failures are tried so long, default 120 (five days) */
  ReplyLimits limits;
} Submission;

/* The page on which a person reviews (bulletind(8), THE PAGE). */
typedef struct {
  char *listen;    /* "": off; "127.0.0.1:8025", "[::1]:8025" or "unix:/run/…" */
  char *url;       /* as the browser sees it, with its last "/"; "": http on `listen` */
  guint session_s; /* a session ends so long after the login, default 12 h */
  guint idle_s;    /* and so long after it was last used, default 1 h */
} ReviewConfig;

/* Figures for a monitoring system (daemon/metrics.h). */
typedef struct {
  char *listen; /* "": off; as that of the page */
  char *file;   /* NULL: none; written anew every METRICS_FILE_EVERY_S */
} MetricsConfig;

/* A mail to the administrator when something waits too long (daemon/notice.h). */
typedef struct {
  char *to;       /* "": nobody is told; lower case */
  char *language; /* "fr", "en" or "ja" */
  guint after_s;  /* waiting for a person so long, default a day */
  guint every_s;  /* told again no sooner, default a day */
} NoticeConfig;

typedef struct {
  char *file;
  char *store;
  char *events_dir;    /* NULL: installed or beside the build */
  char *replies_dir;   /* NULL: the same */
  GPtrArray *accounts; /* Account* */
  Submission submission;
  ReviewConfig review;
  MetricsConfig metrics;
  NoticeConfig notice;
  guint workers;           /* 0: one a core */
  guint scan_workers;      /* at most */
  guint worker_timeout_s;  /* a message, default 20 */
  Wire__Limits limits;     /* of the workers */
  guint raw_days;          /* raw mail is kept, default 365 */
  guint journal_days;      /* default 730 */
  guint registration_days; /* after the end of their event; 0, the default: for ever */
  guint needs_days;        /* likewise of private fields, default 30; 0: as the registration */
  GPtrArray *events;       /* Event* (daemon/event.h) */
} Config;

/* Read `file` and the events that it names. Every mistake is appended to `problems` (char*,
 * "FILE:LINE: what is wrong; what would be right"). NULL only when the file cannot be read or is no
 * YAML; otherwise the result is complete with defaults in place of what was wrong. Reads no secret
 * but checks that each can be read and is not readable by others. */
Config *config_load(const char *file, GPtrArray *problems);
/* The built-in configuration of a program that has no file (`bulletinctl parse` without --config):
 * no account, shipped events. */
Config *config_default(GPtrArray *problems);
void config_free(Config *config);
/* The account of that name; NULL: none. Borrowed. */
const Account *config_account(const Config *config, const char *name);

/* What counts as us, of every account, lower case. The caller frees with g_strfreev. */
char **config_addresses(const Config *config);

/* The setup of the parser workers: every event's rules and the limits. Borrows from config. */
Wire__Setup *config_worker_setup(const Config *config);
void config_worker_setup_free(Wire__Setup *setup);

/* Read a secret now (file, command's first line, credential). Never logged. The caller frees it
 * with secret_wipe. NULL with an error. */
char *secret_read(const Secret *secret, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void secret_wipe(char *value);

/* The table of settings as text for --help and the manual's test:
 * "key<tab>type<tab>default<tab>line". */
char *config_describe(void);

/* The nearest of `known` (NULL-terminated) to `word` by edit distance, or NULL if none is near. */
const char *config_nearest(const char *word, const char *const *known);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Config, config_free)
