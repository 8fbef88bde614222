/* review_message - one message: beside what came, what was understood. */
#include <string.h>

#include "daemon/commit.h"
#include "daemon/desk/desk_match.h"
#include "daemon/desk/review_view.h"
#include "store/journal.h"

enum { HISTORY_MAX = 200, PAGES_SHOWN_MAX = 20 };

const char *const PAGE_QUEUE_FILTER[] = {"event", "state", "kind", "q", NULL};

QueueFilter page_queue_filter(const PageCall *call) {
  return (QueueFilter){.event = page_arg(call, "event"),
                       .state = page_queue_state(call),
                       .kind = page_arg(call, "kind"),
                       .search = page_arg(call, "q"),
                       .count = 1};
}

/* --- loading ---------------------------------------------------------------------------------- */

static void maybe_free(gpointer data) {
  registration_free(data);
}

/* What is registered of each participant, as desk will find it. */
static void load_stored(const PageCall *call, PageMessage *page) {
  g_autoptr(GPtrArray) taken = g_ptr_array_new_with_free_func(change_free);
  g_autoptr(Participant) nobody = participant_new();
  for (guint i = 0; i < page->count && page->event; i++) {
    DeskMatch match = {.txn = call->txn,
                       .event = page->event,
                       .message = page->message,
                       .participant = page->extraction->participants->len
                                          ? page->extraction->participants->pdata[i]
                                          : nobody,
                       .alone = page->count == 1,
                       .taken = taken};
    Change *change = g_new0(Change, 1);
    change->registration = desk_match(&match);
    g_ptr_array_add(taken, change);
    guint64 id = change->registration->id;
    g_ptr_array_add(page->stored, id ? registration_get(call->txn, id, NULL) : NULL);
  }
}

gboolean page_message_load(PageCall *call, guint64 id, PageMessage *page) {
  g_autoptr(GError) error = NULL;
  *page = (PageMessage){.stored = g_ptr_array_new_with_free_func(maybe_free)};
  page->message = message_get(call->txn, id, &error);
  if (!page->message) {
    page_error_told(call, error, NULL, "/queue");
    return FALSE;
  }
  page->extraction = page->message->extraction
                         ? wire_extraction_read(page->message->extraction, &error)
                         : extraction_new();
  if (!page->extraction) {
    page_error_told(call, error, NULL, "/queue");
    return FALSE;
  }
  page->event = page_event(call, page->message->event);
  page->count = MAX(page->extraction->participants->len, 1);
  load_stored(call, page);
  return TRUE;
}

void page_message_done(PageMessage *page) {
  message_free(page->message);
  extraction_free(page->extraction);
  g_ptr_array_unref(page->stored);
}

PageForm page_message_form(const PageMessage *page, guint index, const char *prefix) {
  const GPtrArray *people = page->extraction->participants;
  return (PageForm){.event = page->event,
                    .prefix = prefix,
                    .read = index < people->len ? people->pdata[index] : NULL,
                    .stored = index < page->stored->len ? page->stored->pdata[index] : NULL,
                    .mark = TRUE};
}

/* --- what came -------------------------------------------------------------------------------- */

static void put_pages(const PageCall *call, TemplateValue *row, const DeskPart *part,
                      const char *name) {
  TemplateValue *list = page_list(call, row, "pages");
  for (guint page = 1; page <= part->pages && page <= PAGES_SHOWN_MAX; page++) {
    TemplateValue *map = page_row(call, list);
    g_autofree char *number = g_strdup_printf("%u", page);
    page_put(call, map, "page", number);
    page_put_take(call, map, "alt",
                  words_fill(call->language, "page_alt", number, name, (char *)NULL));
  }
}

static void put_parts(const PageCall *call, const DeskOriginal *original) {
  TemplateValue *list = page_list(call, call->root, "parts");
  guint attachments = 0, pages = 0;
  for (guint i = 0; i < original->parts->len; i++) {
    const DeskPart *part = original->parts->pdata[i];
    if (part->body) continue;
    pages += part->pages;
    TemplateValue *row = page_row(call, list);
    g_autofree char *number = g_strdup_printf("%u", ++attachments);
    g_autofree char *name = *part->name
                                ? g_strdup(part->name)
                                : words_fill(call->language, "part_unnamed", number, (char *)NULL);
    page_put(call, row, "name", name);
    page_put_number(call, row, "part", part->index);
    page_put_take(call, row, "size", words_bytes(call->language, part->size_bytes));
    put_pages(call, row, part, name);
  }
  page_put_truth(call, call->root, "has_pages", pages > 0);
}

static void put_original(PageCall *call, guint64 id) {
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) raw = message_raw(call->txn, id, NULL);
  Originals *originals = call->review->originals;
  const DeskOriginal *original = raw ? originals_take(originals, id, raw, &error) : NULL;
  page_put_truth(call, call->root, "may_requeue", raw && call->may_review);
  page_put_truth(call, call->root, "has_original", original != NULL);
  page_put(call, call->root, "no_original",
           page_word(call, raw ? "no_original_unreadable" : "no_original_gone"));
  if (!original) return;
  put_parts(call, original);
  originals_release(originals, original);
}

/* --- what was understood ---------------------------------------------------------------------- */

static void put_known(PageCall *call, TemplateValue *row, const Registration *known) {
  if (!known) {
    page_put(call, row, "registration", NULL);
    return;
  }
  page_put_number(call, row, "registration", known->id);
  page_put_take(call, row, "registration_name", page_person_name(call, known));
  page_put(call, row, "registration_status", words_of(call->language, "status", known->status));
}

static void put_people(PageCall *call, const PageMessage *page) {
  TemplateValue *list = page_list(call, call->root, "people");
  for (guint i = 0; i < page->count && i < PAGE_PEOPLE_MAX && page->event; i++) {
    TemplateValue *row = page_row(call, list);
    g_autofree char *number = g_strdup_printf("%u", i + 1);
    g_autofree char *prefix = g_strconcat(number, ".", NULL);
    PageForm form = page_message_form(page, i, prefix);
    form.typed = call->retrying;
    page_put_take(call, row, "heading",
                  page->count > 1
                      ? words_fill(call->language, "participant_n", number, (char *)NULL)
                      : g_strdup(page_word(call, "participant_one")));
    put_known(call, row, form.stored);
    page_put_fields(call, row, &form);
  }
  if (page->count > PAGE_PEOPLE_MAX) {
    g_autofree char *most = g_strdup_printf("%d", PAGE_PEOPLE_MAX);
    page_put_take(call, call->root, "cut",
                  words_fill(call->language, "participants_cut", most, (char *)NULL));
  }
}

static void add_reason(PageCall *call, TemplateValue *list, const PageMessage *page,
                       const char *english, GHashTable *seen) {
  if (!*english || !g_hash_table_add(seen, (gpointer)english)) return;
  TemplateValue *row = page_row(call, list);
  page_put_reason(call, row, "text", page->event, english);
}

/* The reason of the state, and what else the reading was not sure of; each once. */
static void put_reasons(PageCall *call, const PageMessage *page) {
  TemplateValue *list = page_list(call, call->root, "reasons");
  g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
  g_auto(GStrv) pieces = g_strsplit(page->message->reason, "; ", -1);
  for (char **piece = pieces; *piece; piece++) add_reason(call, list, page, *piece, seen);
  const GPtrArray *doubts = page->extraction->review_reasons;
  for (guint i = 0; i < doubts->len; i++) add_reason(call, list, page, doubts->pdata[i], seen);
}

/* --- what happened ---------------------------------------------------------------------------- */

typedef struct {
  PageCall *call;
  const PageMessage *page;
  TemplateValue *list;
  guint count;
} History;

static gboolean put_line(const JournalEntry *entry, void *context) {
  History *history = context;
  TemplateValue *row = page_row(history->call, history->list);
  page_put_time(history->call, row, entry->time_us / G_USEC_PER_SEC);
  page_put(history->call, row, "what", words_of(history->call->language, "what", entry->what));
  page_put_reason(history->call, row, "text", history->page->event, entry->text);
  return ++history->count < HISTORY_MAX;
}

static void put_history(PageCall *call, const PageMessage *page) {
  History history = {call, page, page_list(call, call->root, "history"), 0};
  journal_foreach(call->txn, 0, 0, page->message->id, put_line, &history, NULL);
}

/* --- the view --------------------------------------------------------------------------------- */

static void put_facts(PageCall *call, const PageMessage *page, const char *subject) {
  const Message *message = page->message;
  gboolean open = strcmp(message->state, "settled") != 0;
  TemplateValue *root = call->root;
  page_put_number(call, root, "id", message->id);
  page_put(call, root, "subject", subject);
  page_put(call, root, "from", message->from);
  page_put_time(call, root, message->received);
  page_put(call, root, "kind", words_of(call->language, "kind", message->kind));
  page_put(call, root, "event",
           page->event ? event_text(page->event, words_code(call->language), "name") : NULL);
  page_put(call, root, "state", words_of(call->language, "state", message->state));
  page_put(call, root, "tone", page_tone("state", message->state));
  page_put_truth(call, root, "settled", !open);
  page_put_truth(call, root, "open", open && call->may_review);
  page_put_truth(call, root, "locked", !open || !call->may_review);
  page_put_truth(call, root, "has_event", page->event != NULL);
  /* Nobody registers by a question. */
  page_put_truth(call, root, "reply_first",
                 open && call->may_review && !strcmp(message->kind, mail_kind_name(KIND_QUESTION)));
  page_put(call, root, "own_text", page_field(call, "own_text"));
  page_put_take(call, root, "stamp",
                call->retrying ? g_strdup(page_field(call, "stamp"))
                               : desk_stamp_message(call->txn, message));
}

void review_message_show(PageCall *call) {
  PageMessage page;
  if (page_message_load(call, call->numbers[0], &page)) {
    const char *subject =
        *page.message->subject ? page.message->subject : page_word(call, "no_subject");
    QueueFilter filter = page_queue_filter(call);
    guint64 next = desk_queue_next(call->review->cache, call->txn, &filter, page.message->id);
    put_facts(call, &page, subject);
    put_reasons(call, &page);
    put_people(call, &page);
    put_history(call, &page);
    put_original(call, page.message->id);
    page_put_take(call, call->root, "query", page_query(call, PAGE_QUEUE_FILTER));
    if (next) page_put_number(call, call->root, "next", next);
    page_show(call, "message", subject);
  }
  page_message_done(&page);
}
