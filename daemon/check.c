/* check - see check.h. Connects nowhere; starts one parser worker and ends it again. */
#include "daemon/check.h"

#include <string.h>

#include "daemon/parse_pool.h"
#include "daemon/yaml_node.h"

/* The place before "FILE:LINE: ": how long FILE is, and the line (0: none). */
static gsize place_of(const char *problem, guint64 *ret_line) {
  const char *colon = strstr(problem, ": ");
  const char *end = colon ? colon : problem + strlen(problem);
  const char *digits = end;
  while (digits > problem && g_ascii_isdigit(digits[-1])) digits--;
  gboolean lined = digits < end && digits > problem && digits[-1] == ':';
  *ret_line = lined ? g_ascii_strtoull(digits, NULL, 10) : 0;
  return (gsize)((lined ? digits - 1 : end) - problem);
}

/* By file, then line; else as they came. */
static gint compare_problems(gconstpointer a, gconstpointer b) {
  const char *x = *(const char *const *)a, *y = *(const char *const *)b;
  guint64 line_x, line_y;
  gsize size_x = place_of(x, &line_x), size_y = place_of(y, &line_y);
  int order = strncmp(x, y, MIN(size_x, size_y));
  if (order == 0 && size_x != size_y) order = size_x < size_y ? -1 : 1;
  if (order) return order;
  return line_x < line_y ? -1 : line_x > line_y;
}

static void drop(ParseJob *job, Extraction *extraction, void *context) {
  (void)job, (void)context;
  extraction_free(extraction);
}

/* The patterns, as the worker compiles them. */
static void check_patterns(const Config *config, GPtrArray *problems) {
  g_autoptr(GError) error = NULL;
  Wire__Setup *setup = config_worker_setup(config);
  ParsePool *pool = parse_pool_new(NULL, 1, setup, config->events, config->worker_timeout_s, drop,
                                   NULL, problems, &error);
  if (error) yaml_problem(problems, config->file, 0, "%s", error->message);
  parse_pool_free(pool, FALSE);
  config_worker_setup_free(setup);
}

gboolean check_load(const char *file, GPtrArray *problems, Config **ret_config,
                    Replies **ret_replies) {
  g_autoptr(Config) config = config_load(file, problems);
  if (!config) return FALSE;
  guint before = problems->len;
  g_autoptr(Replies) replies = replies_load(config, problems);
  if (config->accounts->len == 0 && before == 0)
    yaml_problem(problems, file, 1, "no account; the daemon would have no mailbox to read");
  check_patterns(config, problems);
  g_ptr_array_sort(problems, compare_problems);
  if (problems->len) return FALSE;
  *ret_config = g_steal_pointer(&config);
  *ret_replies = g_steal_pointer(&replies);
  return TRUE;
}
