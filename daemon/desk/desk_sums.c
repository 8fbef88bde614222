/* desk_sums - see desk_sums.h. */
#include "daemon/desk/desk_sums.h"

#include <string.h>

#include "daemon/desk/desk_fold.h"
#include "daemon/desk/desk_stats.h"

enum { DAY_S = 86400 };

struct SumsRow {
  guint64 id;
  char *status;
  NamedSum *organization, *partner; /* NULL: none, or cancelled */
  guint64 person;
  gint64 day;
  gboolean attending;
  guint count;            /* suggestions */
  GroupMember *members[]; /* the same */
};

/* --- counting by key -------------------------------------------------------------------------- */

/* Add to the count of `key`; one that comes to 0 goes away. */
static void count_status(GHashTable *table, const char *key, gint by) {
  guint count = GPOINTER_TO_UINT(g_hash_table_lookup(table, key)) + (guint)by;
  if (count)
    g_hash_table_insert(table, g_strdup(key), GUINT_TO_POINTER(count));
  else
    g_hash_table_remove(table, key);
}

static void count_person(GHashTable *table, guint64 person, gint by) {
  guint count = GPOINTER_TO_UINT(g_hash_table_lookup(table, &person)) + (guint)by;
  if (count)
    g_hash_table_insert(table, g_memdup2(&person, sizeof person), GUINT_TO_POINTER(count));
  else
    g_hash_table_remove(table, &person);
}

static void count_day(GHashTable *table, gint64 day, gint by) {
  gpointer key = GSIZE_TO_POINTER((gsize)day);
  guint count = GPOINTER_TO_UINT(g_hash_table_lookup(table, key)) + (guint)by;
  if (count)
    g_hash_table_insert(table, key, GUINT_TO_POINTER(count));
  else
    g_hash_table_remove(table, key);
}

static void naming_done(gpointer data) {
  g_free(((Naming *)data)->name);
}

static void named_free(gpointer data) {
  NamedSum *named = data;
  g_free(named->key);
  g_array_unref(named->namings);
  g_free(named);
}

/* Takes `key`. */
static NamedSum *named_new(GHashTable *table, char *key) {
  NamedSum *named = g_new0(NamedSum, 1);
  named->key = key;
  named->namings = g_array_new(FALSE, FALSE, sizeof(Naming));
  g_array_set_clear_func(named->namings, naming_done);
  g_hash_table_insert(table, named->key, named);
  return named;
}

guint desk_sums_place(const GArray *rows, guint64 id) {
  gsize row_size = g_array_get_element_size((GArray *)rows);
  guint low = 0, high = rows->len;
  while (low < high) {
    guint middle = low + (high - low) / 2;
    guint64 there;
    memcpy(&there, rows->data + middle * row_size, sizeof there);
    if (there < id)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

static NamedSum *name_add(GHashTable *table, const char *name, guint64 id) {
  g_autofree char *key = desk_fold_body(name);
  if (!*key) return NULL;
  NamedSum *named = g_hash_table_lookup(table, key);
  if (!named) named = named_new(table, g_steal_pointer(&key));
  Naming naming = {id, g_strdup(name)};
  g_array_insert_val(named->namings, desk_sums_place(named->namings, id), naming);
  return named;
}

static void name_remove(GHashTable *table, NamedSum *named, guint64 id) {
  if (!named) return;
  g_array_remove_index(named->namings, desk_sums_place(named->namings, id));
  if (!named->namings->len) g_hash_table_remove(table, named->key);
}

/* --- an event --------------------------------------------------------------------------------- */

const char *desk_sums_role(const Event *event, const char *role) {
  const Wire__Event *rules = event->rules;
  for (gsize i = 0; rules && i < rules->n_fields; i++)
    if (!g_strcmp0(rules->fields[i]->role, role)) return rules->fields[i]->name;
  return NULL;
}

EventSums *desk_sums_new(const Event *event) {
  EventSums *sums = g_new0(EventSums, 1);
  sums->event = event;
  sums->organization_field = desk_sums_role(event, "organization");
  sums->partner_field = desk_sums_role(event, "partner");
  sums->status = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  sums->organizations = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, named_free);
  sums->partners = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, named_free);
  sums->people = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
  sums->days = g_hash_table_new(NULL, NULL);
  sums->suggestions = desk_groups_new();
  return sums;
}

void desk_sums_free(EventSums *sums) {
  if (!sums) return;
  g_hash_table_unref(sums->status);
  g_hash_table_unref(sums->organizations);
  g_hash_table_unref(sums->partners);
  g_hash_table_unref(sums->people);
  g_hash_table_unref(sums->days);
  desk_groups_free(sums->suggestions);
  g_free(sums);
}

/* --- one registration ------------------------------------------------------------------------- */

static guint64 hash_bytes(guint64 hash, const char *text) {
  for (; *text; text++) hash = (hash ^ (guchar)*text) * 1099511628211u; /* FNV-1a */
  return (hash ^ 0xFF) * 1099511628211u;
}

/* Who is neither known by address nor by name is somebody else each time. */
static guint64 person_of(const Registration *row) {
  guint64 hash = hash_bytes(14695981039346656037u, row->email_key);
  return *row->email_key || *row->name_key ? hash_bytes(hash, row->name_key) : row->id;
}

static gint64 day_of(const Event *event, gint64 seconds) {
  gint interval = g_time_zone_find_interval(event->zone, G_TIME_TYPE_UNIVERSAL, seconds);
  gint32 offset = interval < 0 ? 0 : g_time_zone_get_offset(event->zone, interval);
  gint64 local = seconds + offset;
  return local >= 0 ? local / DAY_S : -((-local + DAY_S - 1) / DAY_S);
}

gint64 desk_sums_midnight(const Event *event, gint64 day) {
  gint64 local = day * DAY_S;
  gint interval = g_time_zone_adjust_time(event->zone, G_TIME_TYPE_STANDARD, &local);
  return local - g_time_zone_get_offset(event->zone, interval);
}

static gboolean comes(const Event *event, const Registration *row) {
  const char *attendance = registration_value(row, event->attendance_field);
  return !strcmp(row->status, "registered") &&
         !(attendance && *event->declined_value && !strcmp(attendance, event->declined_value));
}

static const char *named_value(const Registration *row, const char *field) {
  const char *value = field ? registration_value(row, field) : NULL;
  return value ? value : "";
}

/* One line, without the dash or number of a list in front, cut; NULL: nothing is left. */
static char *clean_line(const char *line) {
  g_autofree char *valid = g_utf8_make_valid(line, -1);
  const char *at = valid;
  while (*at && !g_unichar_isalnum(g_utf8_get_char(at))) at = g_utf8_next_char(at);
  const char *digits = at;
  while (g_ascii_isdigit(*digits)) digits++;
  if (digits > at && digits - at <= 2 && (*digits == '.' || *digits == ')') && digits[1] == ' ')
    at = digits + 2;
  g_autofree char *bare = g_strstrip(g_strdup(at));
  if (!*bare) return NULL;
  if (g_utf8_strlen(bare, -1) <= STATS_SUGGESTION_MAX_CHARS) return g_steal_pointer(&bare);
  const char *end = g_utf8_offset_to_pointer(bare, STATS_SUGGESTION_MAX_CHARS - 1);
  return g_strdup_printf("%.*s…", (int)(end - bare), bare);
}

static void add_lines(EventSums *sums, const Registration *row, const char *field,
                      GPtrArray *members) {
  g_auto(GStrv) lines = g_strsplit_set(named_value(row, field), "\n;", STATS_SUGGESTIONS_MAX + 1);
  for (guint i = 0; i < STATS_SUGGESTIONS_MAX && lines[i]; i++) {
    g_autofree char *line = clean_line(lines[i]);
    if (line)
      g_ptr_array_add(members,
                      desk_groups_add(sums->suggestions, field, line,
                                      named_value(row, sums->organization_field), row->id));
  }
}

static GPtrArray *add_suggestions(EventSums *sums, const Registration *row) {
  GPtrArray *members = g_ptr_array_new();
  for (guint i = 0; i < sums->event->fields->len; i++) {
    const EventField *field = sums->event->fields->pdata[i];
    if (field->suggestion) add_lines(sums, row, field->name, members);
  }
  return members;
}

SumsRow *desk_sums_add(EventSums *sums, const Registration *row) {
  gboolean counts = strcmp(row->status, "cancelled") != 0;
  g_autoptr(GPtrArray) members = counts ? add_suggestions(sums, row) : g_ptr_array_new();
  SumsRow *added = g_malloc0(sizeof *added + members->len * sizeof *added->members);
  added->id = row->id;
  added->count = members->len;
  for (guint i = 0; i < members->len; i++) added->members[i] = members->pdata[i];
  if (counts) {
    added->organization =
        name_add(sums->organizations, named_value(row, sums->organization_field), row->id);
    added->partner = name_add(sums->partners, named_value(row, sums->partner_field), row->id);
  }
  added->status = g_strdup(row->status);
  added->person = person_of(row);
  added->day = day_of(sums->event, row->created);
  added->attending = comes(sums->event, row);
  sums->total++;
  sums->attending += added->attending ? 1 : 0;
  count_status(sums->status, row->status, 1);
  count_person(sums->people, added->person, 1);
  count_day(sums->days, added->day, 1);
  return added;
}

void desk_sums_remove(EventSums *sums, SumsRow *row) {
  for (guint i = 0; i < row->count; i++) desk_groups_remove(sums->suggestions, row->members[i]);
  name_remove(sums->organizations, row->organization, row->id);
  name_remove(sums->partners, row->partner, row->id);
  sums->total--;
  sums->attending -= row->attending ? 1 : 0;
  count_status(sums->status, row->status, -1);
  count_person(sums->people, row->person, -1);
  count_day(sums->days, row->day, -1);
  desk_sums_forget(row);
}

void desk_sums_forget(SumsRow *row) {
  if (!row) return;
  g_free(row->status);
  g_free(row);
}
