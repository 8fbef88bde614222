/* config - see config.h. */
#include "daemon/config_internal.h"

static Config *config_new(const char *file) {
  Config *config = g_new0(Config, 1);
  config->file = g_strdup(file);
  config->accounts = g_ptr_array_new();
  config->events = g_ptr_array_new_with_free_func(config_free_event);
  wire__limits__init(&config->limits);
  wire_limits_default(&config->limits);
  return config;
}

Config *config_default(GPtrArray *problems) {
  Config *config = config_new(NULL);
  config->worker_timeout_s = 20;
  config_load_events(config, 0, problems);
  return config;
}

void config_free(Config *config) {
  if (!config) return;
  g_free(config->file);
  g_ptr_array_unref(config->accounts);
  g_ptr_array_unref(config->events);
  g_free(config);
}
