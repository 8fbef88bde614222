/* config_events - the event files of a configuration, and what the parser workers are told.
 *
 * Internal to config; declared in config_internal.h. */
#include <string.h>

#include "daemon/config_internal.h"
#include "daemon/event.h"
#include "daemon/paths.h"

enum { CONFIG_EVENTS_MAX = 500 };

static gint compare_names(gconstpointer a, gconstpointer b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static gboolean is_event_file(const char *name) {
  return *name != '.' && (g_str_has_suffix(name, ".yaml") || g_str_has_suffix(name, ".yml"));
}

/* Names of the event files in a folder, sorted; NULL where it cannot be read. */
static GPtrArray *event_names(const char *folder) {
  g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
  if (!dir) return NULL;
  GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
  for (const char *name; (name = g_dir_read_name(dir)) && names->len <= CONFIG_EVENTS_MAX;)
    if (is_event_file(name)) g_ptr_array_add(names, g_strdup(name));
  g_ptr_array_sort(names, compare_names);
  return names;
}

static void add_event(Config *config, Event *event, GPtrArray *problems) {
  const Event *other = event_find(config->events, event->id);
  if (!other) {
    g_ptr_array_add(config->events, event);
    return;
  }
  yaml_problem(problems, event->file, 1, "event '%s' is that of %s already; give it another id",
               event->id, other->file);
  event_free(event);
}

void config_load_events(Config *config, guint line, GPtrArray *problems) {
  g_autofree char *folder =
      config->events_dir ? g_strdup(config->events_dir) : paths_share("events");
  g_autoptr(GPtrArray) names = event_names(folder);
  const char *file = config->file ? config->file : folder;
  if (!names) {
    yaml_problem(problems, file, line, "events: %s is no folder that can be read", folder);
    return;
  }
  if (names->len == 0 || names->len > CONFIG_EVENTS_MAX)
    yaml_problem(problems, file, line, "events: %s holds %s", folder,
                 names->len ? "more than 500 event files" : "no event file (*.yaml)");
  for (guint i = 0; i < MIN(names->len, (guint)CONFIG_EVENTS_MAX); i++) {
    g_autofree char *path = g_build_filename(folder, names->pdata[i], NULL);
    Event *event = event_load(path, problems);
    if (event) add_event(config, event, problems);
  }
}

void config_free_event(gpointer event) {
  event_free(event);
}

char **config_addresses(const Config *config) {
  GPtrArray *addresses = g_ptr_array_new();
  for (guint i = 0; i < config->accounts->len; i++) {
    const Account *account = config->accounts->pdata[i];
    for (char **at = account->addresses; at && *at; at++) g_ptr_array_add(addresses, g_strdup(*at));
  }
  g_ptr_array_add(addresses, NULL);
  return (char **)g_ptr_array_free(addresses, FALSE);
}

Wire__Setup *config_worker_setup(const Config *config) {
  Wire__Setup *setup = g_new(Wire__Setup, 1);
  wire__setup__init(setup);
  setup->n_events = config->events->len;
  setup->events = g_new0(Wire__Event *, config->events->len + 1);
  for (guint i = 0; i < config->events->len; i++)
    setup->events[i] = ((const Event *)config->events->pdata[i])->rules;
  setup->limits = g_new(Wire__Limits, 1);
  *setup->limits = config->limits;
  return setup;
}

void config_worker_setup_free(Wire__Setup *setup) {
  if (!setup) return;
  g_free(setup->events);
  g_free(setup->limits);
  g_free(setup);
}
