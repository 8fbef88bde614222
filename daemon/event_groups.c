/* event_groups - the named groups of an event's patterns, each of which must be a field.
 *
 * A misspelt one would never give a value and never tell; the worker, which compiles the patterns,
 * passes it over. Reads the pattern's source, since PCRE2 is the parsers' alone. */
#include <string.h>

#include "daemon/event_internal.h"

/* Behind a character class that opens at `at`; a "]" that stands first in it is a character. */
static const char *class_end(const char *at) {
  at += at[1] == '^' ? 2 : 1;
  if (*at == ']') at++;
  for (; *at && *at != ']'; at++) {
    const char *posix = at[0] == '[' && at[1] == ':' ? strstr(at + 2, ":]") : NULL;
    if (posix)
      at = posix + 1;
    else if (*at == '\\' && at[1])
      at++;
  }
  return *at ? at + 1 : at;
}

/* Behind what a backslash stands before, "\Q...\E" as a whole. */
static const char *escape_end(const char *at) {
  if (at[1] != 'Q') return at[1] ? at + 2 : at + 1;
  const char *end = strstr(at, "\\E");
  return end ? end + 2 : at + strlen(at);
}

/* The name of the group that opens at `at`: (?<name>, (?P<name> or (?'name'. NULL: it has none. */
static char *group_name(const char *at) {
  if (!g_str_has_prefix(at, "(?")) return NULL;
  at += at[2] == 'P' ? 3 : 2;
  char close = *at == '<' ? '>' : *at == '\'' ? '\'' : '\0';
  if (!close || at[1] == '=' || at[1] == '!') return NULL;
  const char *end = strchr(at + 1, close);
  return end ? g_strndup(at + 1, (gsize)(end - at - 1)) : NULL;
}

/* The next named group from *at on, with *at behind its opening; NULL: none is left. */
static char *next_group(const char **at) {
  while (**at) {
    const char *here = *at;
    *at = *here == '\\' ? escape_end(here) : *here == '[' ? class_end(here) : here + 1;
    char *name = *here == '(' ? group_name(here) : NULL;
    if (name) return name;
  }
  return NULL;
}

static void tell_group(SettingReader *reader, const Wire__Pattern *pattern, const char *where,
                       const char *name) {
  const Event *event = ((EventDraft *)reader->context)->event;
  g_autofree const char **names = g_new0(const char *, event->fields->len + 1);
  for (guint i = 0; i < event->fields->len; i++)
    names[i] = ((const EventField *)event->fields->pdata[i])->name;
  g_autofree char *hint = settings_hint(name, names);
  yaml_problem(reader->problems, reader->file, pattern->line,
               "pattern of %s: the group '%s' is no field of event '%s'%s", where, name, event->id,
               hint);
}

static void check_patterns(SettingReader *reader, Wire__Pattern *const *patterns, gsize n,
                           const char *where) {
  const Event *event = ((EventDraft *)reader->context)->event;
  for (gsize i = 0; i < n; i++) {
    const char *at = patterns[i]->regex;
    for (char *name; (name = next_group(&at)); g_free(name))
      if (!event_field(event, name)) tell_group(reader, patterns[i], where, name);
  }
}

void event_check_groups(SettingReader *reader) {
  const Wire__Event *rules = ((EventDraft *)reader->context)->event->rules;
  for (gsize i = 0; i < rules->n_fields; i++) {
    const Wire__Field *field = rules->fields[i];
    g_autofree char *where = g_strdup_printf("field '%s'", field->name);
    check_patterns(reader, field->patterns, field->n_patterns, where);
  }
  check_patterns(reader, rules->facts, rules->n_facts, "the facts");
  check_patterns(reader, rules->attendance_yes, rules->n_attendance_yes, "attendance_yes");
  check_patterns(reader, rules->attendance_no, rules->n_attendance_no, "attendance_no");
  check_patterns(reader, rules->cancellation, rules->n_cancellation, "cancellation");
}
