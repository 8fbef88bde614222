/* desk_organizations - which bodies have answered (desk_stats.h). */
#include <string.h>

#include "daemon/desk/desk_fold.h"
#include "daemon/desk/desk_stats.h"
#include "daemon/desk/desk_sums.h"

/* --- the list --------------------------------------------------------------------------------- */

static gboolean list_fails(const char *what, GError **error) {
  g_set_error_literal(error, STATS_ERROR, STATS_ERROR_LIST, what);
  return FALSE;
}

/* Valid UTF-8 without byte order mark; what is none is taken for Windows-1252, as spreadsheets of
 * France write it. */
static char *list_text(const char *csv, gsize size, GError **error) {
  static const char BOM[] = "\xEF\xBB\xBF";
  if (size > ORGANIZATIONS_MAX_BYTES) {
    g_set_error(error, STATS_ERROR, STATS_ERROR_LIST,
                "the list is longer than %d bytes; a name a line is enough",
                ORGANIZATIONS_MAX_BYTES);
    return NULL;
  }
  if (memchr(csv, 0, size)) {
    list_fails("the list is no text; save it as CSV", error);
    return NULL;
  }
  if (size >= strlen(BOM) && !memcmp(csv, BOM, strlen(BOM)))
    csv += strlen(BOM), size -= strlen(BOM);
  if (g_utf8_validate(csv, (gssize)size, NULL)) return g_strndup(csv, size);
  char *text = g_convert(csv, (gssize)size, "UTF-8", "WINDOWS-1252", NULL, NULL, NULL);
  if (!text) list_fails("the list is neither UTF-8 nor Windows-1252", error);
  return text;
}

/* The most frequent of the first line. */
static char separator_of(const char *text) {
  static const char separators[] = {',', ';', '\t'};
  guint counts[G_N_ELEMENTS(separators)] = {0};
  gboolean quoted = FALSE;
  for (; *text && (quoted || *text != '\n'); text++) {
    if (*text == '"') quoted = !quoted;
    for (gsize i = 0; i < G_N_ELEMENTS(separators) && !quoted; i++)
      counts[i] += *text == separators[i];
  }
  gsize best = 0;
  for (gsize i = 1; i < G_N_ELEMENTS(separators); i++)
    if (counts[i] > counts[best]) best = i;
  return separators[best];
}

/* The cell at *at, which moves behind its separator; *ret_last: the row ends with it. A quoted one
 * may hold separators and line ends; "" in it is a quote (RFC 4180). */
static char *next_cell(const char **at, char separator, gboolean *ret_last) {
  GString *cell = g_string_new(NULL);
  gboolean quoted = **at == '"';
  const char *p = *at + (quoted ? 1 : 0);
  for (; *p; p++) {
    if (quoted && *p == '"' && p[1] == '"')
      p++;
    else if (quoted && *p == '"') {
      quoted = FALSE;
      continue;
    } else if (!quoted && (*p == separator || *p == '\n'))
      break;
    g_string_append_c(cell, *p);
  }
  *ret_last = *p != separator;
  *at = *p ? p + 1 : p;
  g_strstrip(cell->str);
  return g_string_free(cell, FALSE);
}

/* The row at *at: char*. */
static GPtrArray *next_row(const char **at, char separator) {
  GPtrArray *row = g_ptr_array_new_with_free_func(g_free);
  gboolean last = FALSE;
  while (!last) g_ptr_array_add(row, next_cell(at, separator, &last));
  return row;
}

/* The column whose heading says that names stand below; -1: the row is no heading. */
static int name_column(const GPtrArray *row) {
  static const char *const headings[] = {
      "organization", "organizations", "organisation", "organisations",
      "organisme",    "organismes",    "collectivite", "collectivites",
      "nom",          "noms",          "name",         "names",
      "団体名",       "自治体名",      "名称",         NULL};
  for (guint i = 0; i < row->len; i++) {
    g_autofree char *folded = desk_fold(row->pdata[i]);
    if (g_strv_contains(headings, folded)) return (int)i;
  }
  return -1;
}

/* --- who has answered ------------------------------------------------------------------------- */

typedef struct {
  const char *field;
  GHashTable *answers; /* folded body → OrganizationAnswer */
} Answers;

static void answer_free(gpointer data) {
  OrganizationAnswer *answer = data;
  g_free(answer->name);
  g_free(answer);
}

static OrganizationAnswer *answer_new(const char *name, guint64 registration) {
  OrganizationAnswer *answer = g_new0(OrganizationAnswer, 1);
  answer->name = g_strdup(name);
  answer->answered = registration != 0;
  answer->registration = registration;
  return answer;
}

static gboolean take_answer(const Registration *registration, void *context) {
  const Answers *answers = context;
  const char *name = registration_value(registration, answers->field);
  g_autofree char *key = name ? desk_fold_body(name) : NULL;
  if (key && *key && !g_hash_table_contains(answers->answers, key))
    g_hash_table_insert(answers->answers, g_steal_pointer(&key),
                        answer_new(name, registration->id));
  return TRUE;
}

typedef struct {
  char *key;
  OrganizationAnswer *answer;
} Keyed;

static gint by_key(gconstpointer a, gconstpointer b) {
  return strcmp(((const Keyed *)a)->key, ((const Keyed *)b)->key);
}

/* Takes the answers out of the table. */
static GPtrArray *all_answers(GHashTable *answers) {
  g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(Keyed));
  GPtrArray *list = g_ptr_array_new_with_free_func(answer_free);
  GHashTableIter iter;
  gpointer key, answer;
  g_hash_table_iter_init(&iter, answers);
  while (g_hash_table_iter_next(&iter, &key, &answer)) {
    Keyed keyed = {key, answer};
    g_array_append_val(all, keyed);
    g_hash_table_iter_steal(&iter);
  }
  g_array_sort(all, by_key);
  for (guint i = 0; i < all->len; i++) {
    const Keyed *keyed = &g_array_index(all, Keyed, i);
    g_ptr_array_add(list, keyed->answer);
    g_free(keyed->key);
  }
  return list;
}

typedef struct {
  GHashTable *answers, *seen;
  GPtrArray *list;
} Comparing;

/* FALSE: the list is too long. */
static gboolean take_name(const Comparing *comparing, const char *name) {
  g_autofree char *key = desk_fold_body(name);
  if (!*key || g_hash_table_contains(comparing->seen, key)) return TRUE;
  if (comparing->list->len == ORGANIZATIONS_MAX) return FALSE;
  const OrganizationAnswer *found = g_hash_table_lookup(comparing->answers, key);
  g_ptr_array_add(comparing->list, answer_new(name, found ? found->registration : 0));
  g_hash_table_add(comparing->seen, g_steal_pointer(&key));
  return TRUE;
}

static gboolean compare_list(const Comparing *comparing, const char *text, GError **error) {
  char separator = separator_of(text);
  int column = -1;
  for (gboolean first = TRUE; *text; first = FALSE) {
    g_autoptr(GPtrArray) row = next_row(&text, separator);
    if (first) {
      column = name_column(row);
      if (column >= 0) continue;
      column = 0;
    }
    if ((guint)column >= row->len || take_name(comparing, row->pdata[column])) continue;
    g_set_error(error, STATS_ERROR, STATS_ERROR_LIST, "the list has more than %d names; split it",
                ORGANIZATIONS_MAX);
    return FALSE;
  }
  return comparing->list->len || list_fails("no name stands in the list", error);
}

GPtrArray *desk_organizations(StoreTxn *txn, const Event *event, const char *csv, gsize size,
                              GError **error) {
  g_autoptr(GHashTable) answered =
      g_hash_table_new_full(g_str_hash, g_str_equal, g_free, answer_free);
  g_autofree char *text = csv ? list_text(csv, size, error) : NULL;
  if (csv && !text) return NULL;
  Answers answers = {desk_sums_role(event, "organization"), answered};
  if (!answers.field) {
    g_set_error(error, STATS_ERROR, STATS_ERROR_EVENT,
                "event '%s' has no field with 'role: organization'; give it to one", event->id);
    return NULL;
  }
  if (!registration_foreach(txn, event->id, take_answer, &answers, error)) return NULL;
  if (!csv) return all_answers(answered);
  g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(answer_free);
  Comparing comparing = {answered, seen, list};
  return compare_list(&comparing, text, error) ? g_steal_pointer(&list) : NULL;
}
