/* replies - templates found by event, language and kind; an event's own folder goes first. */
#include "daemon/replies.h"

#include <string.h>

#include "daemon/paths.h"

enum { REPLIES_NAMES_MAX = 400 };

struct Replies {
  GHashTable *files; /* path → Template*; NULL value: read and refused */
  char *dir;
  Memo *memo;
};

/* What every template may use; "fields.NAME" of each of the event's fields comes on top. */
static const char *const common_names[] = {
    "event_name", "event_date",  "event_place", "event_contact", "event_id",  "deadline",
    "privacy",    "privacy_url", "subject",     "own_text",      "first",     "late",
    "several",    "people",      "name",        "status",        "attending", "fields",
    "label",      "value",       "missing",     "invalid",       NULL};

static char **names_of(const Event *event) {
  GPtrArray *names = g_ptr_array_new();
  for (const char *const *name = common_names; *name; name++)
    g_ptr_array_add(names, g_strdup(*name));
  for (guint i = 0; i < event->fields->len && i < REPLIES_NAMES_MAX; i++)
    g_ptr_array_add(names,
                    g_strconcat("fields.", ((EventField *)event->fields->pdata[i])->name, NULL));
  g_ptr_array_add(names, NULL);
  return (char **)g_ptr_array_free(names, FALSE);
}

static char *path_in(const char *dir, const char *language, ReplyKind kind) {
  g_autofree char *name = g_strconcat(reply_kind_name(kind), ".txt", NULL);
  return g_build_filename(dir, language, name, NULL);
}

/* The overlay's file if it is there, else the common one. */
static char *path_for(const Replies *replies, const Event *event, const char *language,
                      ReplyKind kind) {
  char *own = event->replies_dir ? path_in(event->replies_dir, language, kind) : NULL;
  if (own &&
      (g_hash_table_contains(replies->files, own) || g_file_test(own, G_FILE_TEST_IS_REGULAR)))
    return own;
  g_free(own);
  return path_in(replies->dir, language, kind);
}

static Template *read_template(const char *path, GPtrArray *problems) {
  g_autofree char *text = NULL;
  gsize size = 0;
  g_autoptr(GError) error = NULL;
  if (!g_file_get_contents(path, &text, &size, &error)) {
    g_ptr_array_add(problems, g_strdup_printf("%s:0: no such reply template; %s", path,
                                              "write it or copy the shipped one"));
    return NULL;
  }
  if (!g_str_has_prefix(text, "Subject:")) {
    g_ptr_array_add(problems,
                    g_strdup_printf("%s:1: a template begins with a line 'Subject: …'", path));
    return NULL;
  }
  Template *template = template_parse(text, path, &error);
  if (!template) g_ptr_array_add(problems, g_strdup(error->message));
  return template;
}

static void load_one(Replies *replies, const Event *event, const char *language, ReplyKind kind,
                     const char *const *known, GPtrArray *problems) {
  g_autofree char *path = path_for(replies, event, language, kind);
  Template *template = g_hash_table_lookup(replies->files, path);
  gboolean seen = g_hash_table_contains(replies->files, path);
  if (!seen) {
    template = read_template(path, problems);
    g_hash_table_insert(replies->files, g_strdup(path), template);
  }
  if (template) template_check(template, known, problems);
}

static void load_event(Replies *replies, const Event *event, GPtrArray *problems) {
  g_auto(GStrv) known = names_of(event);
  for (char **language = event->languages; *language; language++)
    for (int kind = REPLY_CONFIRMED; kind < REPLY_COUNT; kind++)
      load_one(replies, event, *language, (ReplyKind)kind, (const char *const *)known, problems);
}

static void free_template(void *template) {
  template_free(template);
}

/* Two events that share a template share its mistakes. */
static void drop_repeated(GPtrArray *problems, guint from) {
  g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
  for (guint i = from; i < problems->len;)
    if (g_hash_table_add(seen, problems->pdata[i]))
      i++;
    else
      g_ptr_array_remove_index(problems, i);
}

Replies *replies_load(const Config *config, GPtrArray *problems) {
  Replies *replies = g_new0(Replies, 1);
  replies->dir = config->replies_dir ? g_strdup(config->replies_dir) : paths_share("replies");
  replies->memo = memo_new();
  replies->files = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_template);
  guint before = problems->len;
  for (guint i = 0; i < config->events->len; i++)
    load_event(replies, config->events->pdata[i], problems);
  drop_repeated(problems, before);
  return replies;
}

void replies_free(Replies *replies) {
  if (!replies) return;
  g_hash_table_unref(replies->files);
  g_free(replies->dir);
  memo_free(replies->memo);
  g_free(replies);
}

Memo *replies_memo(const Replies *replies) {
  return replies->memo;
}

const Template *replies_get(const Replies *replies, const Event *event, const char *language,
                            ReplyKind kind) {
  const char *const tries[] = {language, event->languages[0]};
  for (gsize i = 0; i < G_N_ELEMENTS(tries); i++) {
    if (!tries[i]) continue;
    g_autofree char *path = path_for(replies, event, tries[i], kind);
    const Template *template = g_hash_table_lookup(replies->files, path);
    if (template) return template;
  }
  return NULL;
}
