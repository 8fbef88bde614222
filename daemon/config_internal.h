/* config_internal - what the files of config share. */
#pragma once
#include "daemon/config.h"
#include "daemon/settings.h"

/* Read the event files of config->events_dir (NULL: the shipped ones) into config->events. `line`
 * of the key in config->file, for messages; 0: none. */
void config_load_events(Config *config, guint line, GPtrArray *problems);
void config_free_event(gpointer event);

/* What the reading of a configuration needs beside it: SettingReader.context. */
typedef struct {
  GPtrArray *account_nodes; /* YamlNode*, borrowed: where each of config->accounts stands */
} ConfigDraft;

/* Read the whole map into config by the table; `map` NULL: the defaults. */
void config_read_rows(SettingReader *reader, const YamlNode *map, Config *config);
void config_free_account(gpointer account);
