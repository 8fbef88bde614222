/* review_view - what the views of the page share: one request, its values, its answer. Internal to
 * review_*.c. */
#pragma once
#include "daemon/desk/desk.h"
#include "daemon/desk/desk_reader.h"
#include "daemon/desk/desk_typed.h"
#include "daemon/desk/desk_view.h"
#include "daemon/desk/review_http.h"
#include "daemon/desk/review_loop.h"
#include "daemon/desk/review_originals.h"
#include "daemon/desk/review_page.h"
#include "daemon/desk/review_session.h"
#include "daemon/desk/review_templates.h"
#include "daemon/desk/review_warm.h"

enum {
  PAGE_ROWS = 50,                   /* of a list, a page of it */
  PAGE_MAX_BYTES = 8 << 20,         /* of HTML */
  PAGE_PEOPLE_MAX = 100,            /* participants of a message that its form shows */
  PAGE_VALUE_SHOWN_MAX_CHARS = 300, /* of a value in a list */
  PAGE_ARGUMENTS_MAX = 3
};

/* Who may: everybody, who is logged in, who may change something. */
typedef enum { PAGE_OPEN, PAGE_READ, PAGE_REVIEW } PageAccess;

typedef struct PageCall PageCall;
typedef struct {
  const char *method;
  const char *path; /* ":" stands for a number, "*" for a word */
  PageAccess access;
  HttpLane lane;
  gboolean quiet; /* no page but a part of one: without a session 401, not the login */
  void (*show)(PageCall *call);
} PageRoute;
extern const PageRoute PAGE_ROUTES[];
extern const guint PAGE_ROUTES_COUNT;

struct Review {
  Store *store;
  Sessions *sessions;
  Templates *templates;
  /* From start to stop. */
  const Config *config;
  const Replies *replies;
  DeskCache *cache;
  DeskReader *reader;
  Originals *originals;
  ReviewLoop *loop;
  HttpServer *server;
  Warm *warm;
  char *base;        /* path before every link, without a "/" at its end */
  char *url_host;    /* host[:port] of the URL; NULL: none is set */
  char *listen_host; /* the same of the place; "localhost" of a Unix socket */
  gboolean secure;   /* the browser sees https */
};

struct PageCall {
  Review *review;
  const PageRoute *route;
  const HttpRequest *request;
  HttpResponse *response;
  const char *path; /* of the request, without the base */
  WordsLanguage language;
  gint64 now;   /* seconds since 1970 */
  gint64 clock; /* seconds of the clock that sessions go by */
  gboolean logged_in, may_review;
  Session session; /* where logged_in */
  StoreTxn *txn;   /* a reader; NULL once ended */
  guint64 numbers[PAGE_ARGUMENTS_MAX];
  char word[128];
  TemplateData *data;
  TemplateValue *root;
  const char *told, *trouble; /* static or as long as the call; NULL: none */
  GPtrArray *typed;           /* DeskTyped*; NULL: nothing was typed */
  void (*again)(
      PageCall *call); /* shows the form that was sent, to be mended; NULL: there is none */
  gboolean retrying;   /* it does: with what was typed */
};

/* --- what was asked --------------------------------------------------------------------------- */
/* A value of the query or of the form, "" where it is not there. Borrowed. */
const char *page_arg(const PageCall *call, const char *name);
const char *page_field(const PageCall *call, const char *name);
guint64 page_arg_id(const PageCall *call, const char *name); /* 0: none */
guint page_arg_number(const PageCall *call, const char *name);
/* "?a=b&c=d" of those of `names` (NULL-terminated) that the query has, "" if none. Freed by caller.
 */
char *page_query(const PageCall *call, const char *const *names);
/* Append "&name=value", or "?" before the first one. Nothing where value is "". */
void page_query_add(GString *query, const char *name, const char *value);
/* A path of ours, and none that a browser takes for another place. */
gboolean page_is_own_path(const char *path);

/* --- values ----------------------------------------------------------------------------------- */
const char *page_word(const PageCall *call, const char *key);
void page_put(const PageCall *call, TemplateValue *to, const char *name, const char *text);
void page_put_take(const PageCall *call, TemplateValue *to, const char *name, char *text);
void page_put_truth(const PageCall *call, TemplateValue *to, const char *name, gboolean truth);
void page_put_number(const PageCall *call, TemplateValue *to, const char *name, guint64 number);
TemplateValue *page_list(const PageCall *call, TemplateValue *to, const char *name);
TemplateValue *page_row(const PageCall *call, TemplateValue *list);
/* iso, when, since. */
void page_put_time(const PageCall *call, TemplateValue *to, gint64 time);
/* `name` and, TRUE where it stayed English, `foreign`. */
void page_put_reason(const PageCall *call, TemplateValue *to, const char *name, const Event *event,
                     const char *english);
/* A row of a choice: value, word, chosen. */
void page_option(const PageCall *call, TemplateValue *list, const char *value, const char *word,
                 const char *chosen);
/* The events to choose from, under `events` with `rows`; nothing where there is one alone. */
void page_put_events(const PageCall *call, const char *chosen);
/* before, after, shown of a list. */
void page_put_pager(const PageCall *call, const char *path, const char *query, guint offset,
                    guint shown, guint total);
const char *page_tone(const char *group, const char *word);
/* The first event's, else the machine's. Freed by caller. */
GTimeZone *page_zone(const PageCall *call);
const Event *page_event(const PageCall *call, const char *id);
/* Is it one of the columns of the list of participants? */
gboolean page_is_column(const EventField *field);
/* The name that people go by: the event's fields of names, else the number. Freed by caller. */
char *page_person_name(const PageCall *call, const Registration *registration);

/* --- answers ---------------------------------------------------------------------------------- */
/* Render `view` with what call->root has; ends the transaction. */
void page_show(PageCall *call, const char *view, const char *title);
/* 303 to a path of ours. */
void page_redirect(PageCall *call, const char *path);
/* A page that tells what went wrong. `key`: of review_words; back: where to go from there. A
 * mistake that a person can put right (422) is told above the form, with what was typed
 * (call->again). */
void page_error(PageCall *call, guint status, const char *key, const char *back);
/* The same for a mistake that a room told in English. */
void page_error_told(PageCall *call, const GError *error, const Event *event, const char *back);
/* Somebody else's HTML, harmless by desk_reader's promise, as the document of a frame. */
void page_frame(PageCall *call, const char *html);
/* Why there is none: 404, or a worker that cannot be had. Begins a transaction of its own. */
void page_frame_failed(PageCall *call, const GError *error);
/* No such message, event, …: 404. */
void page_not_found(PageCall *call);
void page_end_txn(PageCall *call);

/* Have what action->changes say read by the worker, into action->typed, which lives as long as the
 * call. Nothing where there are none. FALSE: the answer is given. */
gboolean page_read_typed(PageCall *call, DeskAction *action, const Event *event, const char *back);

/* --- the desk, in the main loop --------------------------------------------------------------- */
/* FALSE without an error: the loop did not come to it; nothing was done. */
gboolean page_do(PageCall *call, const DeskAction *action, GError **error);
DeskPreview *page_preview(PageCall *call, const DeskAction *action, GError **error);

/* --- the form of a record (review_form) ------------------------------------------------------- */
typedef struct {
  const Event *event;
  const char *prefix;         /* of the names: "1." or "" */
  const Participant *read;    /* what a message says; NULL: none */
  const Registration *stored; /* what is registered; NULL: none */
  gboolean mark;              /* tell what is doubtful */
  gboolean typed;             /* show what the request's form has, where it has something */
} PageForm;
void page_put_fields(const PageCall *call, TemplateValue *to, const PageForm *form);
/* What the request's form has other than `form` shows: StoreField*, added to `changes`. */
void page_form_changes(const PageCall *call, const PageForm *form, GPtrArray *changes);

/* --- a message, as its form shows it (review_message) ------------------------------------------
 */
typedef struct {
  Message *message;
  Extraction *extraction;
  const Event *event; /* NULL: it belongs to none that is configured */
  guint count;        /* participants, one at least */
  GPtrArray *stored;  /* Registration* of each, NULL: a new one */
} PageMessage;
/* FALSE: the answer is given (404, 500). */
gboolean page_message_load(PageCall *call, guint64 id, PageMessage *ret_message);
void page_message_done(PageMessage *message);
/* The form of participant `index` (0..); `prefix` is kept by the caller. */
PageForm page_message_form(const PageMessage *message, guint index, const char *prefix);
/* What stands in the query of a message: the queue's filter. */
extern const char *const PAGE_QUEUE_FILTER[];
const char *page_queue_state(const PageCall *call);
QueueFilter page_queue_filter(const PageCall *call);
/* The path of the record that the call is about: "/people/12". Lives as long as call->data. */
const char *page_path_of(const PageCall *call, const char *folder);
/* What a preview would change (DeskChanged*): for page_show_preview. */
void page_put_changes(PageCall *call, const GPtrArray *changes, const Event *event);
/* Show a preview, with the form's values once more as hidden fields, so that what was previewed is
 * what is done at `back`/do. */
void page_show_preview(PageCall *call, const DeskPreview *preview, const Event *event,
                       const char *verb, const char *back);
/* Show what `action` would do; or, without `preview`, do it. TRUE: it is done, and the caller says
 * where to go; FALSE: the answer is given. */
gboolean page_act(PageCall *call, const DeskAction *action, const Event *event, const char *verb,
                  const char *back, gboolean preview);

/* --- the views -------------------------------------------------------------------------------- */
void review_login_show(PageCall *call);
void review_login_do(PageCall *call);
void review_logout(PageCall *call);
void review_queue_show(PageCall *call);
void review_message_show(PageCall *call);
void review_decide_preview(PageCall *call);
void review_decide_do(PageCall *call);
/* Of review_decide_preview and review_decide_do. */
void review_requeue(PageCall *call, gboolean preview);
void review_original_show(PageCall *call);
void review_original_part(PageCall *call);
void review_original_page(PageCall *call);
void review_people_show(PageCall *call);
void review_person_show(PageCall *call);
void review_merge_show(PageCall *call);
void review_person_preview(PageCall *call);
void review_person_do(PageCall *call);
void review_export(PageCall *call);
void review_event_show(PageCall *call);
void review_outbox_show(PageCall *call);
void review_answer_show(PageCall *call);
void review_answer_text(PageCall *call);
void review_outbox_do(PageCall *call);
void review_log_show(PageCall *call);
void review_home(PageCall *call);
void review_count(PageCall *call);
void review_language(PageCall *call);
void review_static(PageCall *call);

/* The request's answer: access, then the view. In a thread of a lane. */
void review_answer(const HttpRequest *request, HttpResponse *response, void *review);
HttpLane review_lane(const HttpRequest *request, void *review);
/* Names of our cookies, as `secure` and `base` allow. */
const char *review_cookie(const Review *review, const char *name);
void page_set_cookie(PageCall *call, const char *name, const char *value, gint64 max_age_s,
                     gboolean script);
