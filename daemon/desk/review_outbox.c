/* review_outbox - answers: on their way, held, refused, sent; the latest first. A person holds and
 * releases them, and sees what was sent. */
#include <string.h>

#include "daemon/desk/desk_fold.h"
#include "daemon/desk/review_view.h"

enum { OUTBOX_VISITED_MAX = 10000 }; /* answers that a page looks through */

static const char *const states[] = {"open", "held", "failed", "sent"};

static const char *state_of(const PageCall *call) {
  const char *state = page_arg(call, "state");
  for (guint i = 0; i < G_N_ELEMENTS(states); i++)
    if (!strcmp(states[i], state)) return states[i];
  return states[0];
}

/* --- the latest of a state -------------------------------------------------------------------- */

typedef struct {
  PageCall *call;
  TemplateValue *list;
  char **words; /* of the search; NULL: none */
  gboolean held_alone;
  guint shown, visited;
  guint64 before; /* of the next page; 0: there is none */
} Outbox;

static const char *verb_of(const OutboxEntry *entry) {
  if (desk_is_held(entry)) return "release";
  return desk_may_hold(entry) ? "hold" : NULL;
}

/* When it goes out, went out, or was made. */
static gint64 time_of(const PageCall *call, const OutboxEntry *entry) {
  if (entry->sent) return entry->sent;
  gboolean due = !desk_is_held(entry) && strcmp(entry->state, "failed") != 0;
  return due && entry->next > call->now ? entry->next : entry->created;
}

static void put_entry(PageCall *call, TemplateValue *row, const OutboxEntry *entry) {
  const char *state = desk_is_held(entry) ? "held" : entry->state;
  page_put_number(call, row, "id", entry->id);
  page_put(call, row, "to", entry->to);
  page_put(call, row, "kind", words_of(call->language, "reply", entry->kind));
  page_put(call, row, "state", words_of(call->language, "outbox", state));
  page_put(call, row, "tone", page_tone("outbox", state));
  page_put_time(call, row, time_of(call, entry));
  page_put_reason(call, row, "note", NULL, entry->last_error);
  if (entry->message)
    page_put_number(call, row, "message", entry->message);
  else
    page_put(call, row, "message", NULL);
}

static void put_person(PageCall *call, TemplateValue *row, const OutboxEntry *entry) {
  g_autoptr(Registration) person =
      entry->registration ? registration_get(call->txn, entry->registration, NULL) : NULL;
  if (!person) {
    page_put(call, row, "person", NULL);
    return;
  }
  page_put_number(call, row, "person", person->id);
  page_put_take(call, row, "person_name", page_person_name(call, person));
}

static void put_row(Outbox *outbox, const OutboxEntry *entry) {
  PageCall *call = outbox->call;
  TemplateValue *row = page_row(call, outbox->list);
  const char *verb = verb_of(entry);
  put_entry(call, row, entry);
  put_person(call, row, entry);
  page_put(call, row, "verb", verb);
  page_put(call, row, "verb_word",
           !verb ? NULL : page_word(call, !strcmp(verb, "hold") ? "do_hold" : "do_release"));
}

static gboolean is_wanted(const Outbox *outbox, const OutboxEntry *entry) {
  if (outbox->held_alone && !desk_is_held(entry)) return FALSE;
  if (!outbox->words) return TRUE;
  g_autofree char *folded = desk_fold(entry->to);
  return desk_fold_has(folded, outbox->words);
}

static gboolean take(const OutboxEntry *entry, void *context) {
  Outbox *outbox = context;
  if (outbox->shown == PAGE_ROWS || outbox->visited == OUTBOX_VISITED_MAX) {
    outbox->before = entry->id + 1; /* this one is left */
    return FALSE;
  }
  outbox->visited++;
  if (!is_wanted(outbox, entry)) return TRUE;
  outbox->shown++;
  put_row(outbox, entry);
  return TRUE;
}

/* --- the list --------------------------------------------------------------------------------- */

static void put_filters(PageCall *call, const char *state) {
  TemplateValue *list = page_list(call, call->root, "states");
  for (guint i = 0; i < G_N_ELEMENTS(states); i++)
    page_option(call, list, states[i], words_of(call->language, "outbox", states[i]), state);
  page_put(call, call->root, "chosen_state", state);
  page_put(call, call->root, "q", page_arg(call, "q"));
  page_put_truth(call, call->root, "filtered", *page_arg(call, "q") != '\0');
}

/* Older ones, and from there the latest again. */
static void put_ways(PageCall *call, const char *state, guint64 before) {
  g_autoptr(GString) path = g_string_new("/outbox");
  page_query_add(path, "state", state);
  page_query_add(path, "q", page_arg(call, "q"));
  page_put(call, call->root, "latest", *page_arg(call, "before") ? path->str : NULL);
  if (before) {
    g_autofree char *number = g_strdup_printf("%" G_GUINT64_FORMAT, before);
    page_query_add(path, "before", number);
  }
  page_put(call, call->root, "older", before ? path->str : NULL);
  page_put_truth(call, call->root, "ways", before || *page_arg(call, "before"));
}

/* Of those that are held the store knows no number. */
static void put_total(PageCall *call, const Outbox *outbox, const char *state) {
  if (outbox->held_alone || outbox->words) return;
  page_put_take(call, call->root, "total_words",
                words_count(call->language, "outbox_total", outbox_count(call->txn, state)));
}

void review_outbox_show(PageCall *call) {
  g_autoptr(GError) error = NULL;
  const char *state = state_of(call);
  Outbox outbox = {
      .call = call,
      .list = page_list(call, call->root, "rows"),
      .words = desk_fold_words(page_arg(call, "q"), DESK_SEARCH_MAX_BYTES, DESK_SEARCH_WORDS_MAX),
      .held_alone = !strcmp(state, "held")};
  gboolean read = outbox_foreach_back(call->txn, outbox.held_alone ? "open" : state,
                                      page_arg_id(call, "before"), take, &outbox, &error);
  put_total(call, &outbox, state);
  g_strfreev(outbox.words);
  if (!read) {
    page_error_told(call, error, NULL, "/queue");
    return;
  }
  page_put_truth(call, call->root, "any_row", outbox.shown > 0);
  put_ways(call, state, outbox.before);
  put_filters(call, state);
  page_show(call, "outbox", page_word(call, "outbox_title"));
}

/* --- one answer ------------------------------------------------------------------------------- */

/* NULL: the answer is given. */
static OutboxEntry *load(PageCall *call) {
  g_autoptr(GError) error = NULL;
  OutboxEntry *entry = outbox_get(call->txn, call->numbers[0], &error);
  if (!entry) page_error_told(call, error, NULL, "/outbox");
  return entry;
}

void review_answer_show(PageCall *call) {
  g_autoptr(OutboxEntry) entry = load(call);
  if (!entry) return;
  g_autoptr(GBytes) mail = outbox_mail(call->txn, entry->id, NULL);
  const char *heading = words_of(call->language, "reply", entry->kind);
  put_entry(call, call->root, entry);
  put_person(call, call->root, entry);
  page_put(call, call->root, "heading", heading);
  page_put_truth(call, call->root, "any_note", *entry->last_error != '\0');
  page_put_truth(call, call->root, "has_mail", mail != NULL);
  page_show(call, "answer", heading);
}

void review_answer_text(PageCall *call) {
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) mail = outbox_mail(call->txn, call->numbers[0], NULL);
  if (!mail) {
    page_not_found(call);
    return;
  }
  page_end_txn(call);
  g_autoptr(DeskOriginal) original = desk_reader_original(call->review->reader, mail, &error);
  if (original)
    page_frame(call, original->html);
  else
    page_frame_failed(call, error);
}

/* --- hold, release ---------------------------------------------------------------------------- */

void review_outbox_do(PageCall *call) {
  g_autoptr(GError) error = NULL;
  const char *verb = page_field(call, "do");
  gboolean hold = !strcmp(verb, "hold");
  DeskAction action = {.verb = hold ? DESK_HOLD : DESK_RELEASE, .id = call->numbers[0]};
  /* 0 would mean every one of them, which is bulletinctl's alone. */
  if (!action.id) {
    page_not_found(call);
    return;
  }
  if (!hold && strcmp(verb, "release")) {
    page_error(call, 422, "error_nothing_chosen", "/outbox");
    return;
  }
  if (!page_do(call, &action, &error)) {
    page_error_told(call, error, NULL, "/outbox");
    return;
  }
  g_autoptr(GString) path = g_string_new("/outbox");
  page_query_add(path, "state", state_of(call));
  page_query_add(path, "told", verb);
  page_redirect(call, path->str);
}
