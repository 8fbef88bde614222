/* settings - what a row of a table of settings is, and how a map of YAML is read by such a table.
 *
 * A row says key, type, default, bounds and a line of manual; every mistake becomes a problem with
 * its line and the default is taken in place of what was wrong. Internal to config and event. */
#pragma once
#include "daemon/config.h"
#include "daemon/yaml_node.h"

typedef enum { CONFIG_ERROR_SECRET, CONFIG_ERROR_FILE } ConfigError;
#define CONFIG_ERROR (config_error_quark())
GQuark config_error_quark(void);

typedef struct {
  const char *file;
  GPtrArray *problems;
  void *context; /* the caller's, for types of its own */
} SettingReader;

typedef struct Setting Setting;

/* Reads `node` into the member at `at`. FALSE: wrong, and told. */
typedef gboolean (*SettingRead)(SettingReader *reader, const Setting *setting, const YamlNode *node,
                                void *at);
typedef struct {
  const char *name; /* for the manual */
  NodeKind kind;    /* what the node must be */
  SettingRead read;
} SettingType;

struct Setting {
  const char *group; /* "": top; "accounts", "submission", … */
  const char *key;
  const SettingType *type;
  const char *fallback; /* default as YAML; NULL: must be given; "": may be absent, left as it is */
  guint64 minimum, maximum; /* of numbers, durations (in unit_s), sizes */
  guint unit_s;             /* of durations: what 1 stands for, in seconds */
  const char *const *words; /* of SETTING_WORD, NULL-terminated */
  gsize offset;             /* of the member in the group's struct */
  const char *manual;
};

/* Types, with the member's C type. */
extern const SettingType SETTING_TEXT;     /* char *: any scalar; one line */
extern const SettingType SETTING_FULLTEXT; /* char *: may have lines */
extern const SettingType SETTING_PATH;     /* char *: relative to the file that names it */
extern const SettingType SETTING_STRINGS;  /* char **: at least one text */
extern const SettingType SETTING_COUNT;    /* guint */
extern const SettingType SETTING_INTEGER;  /* gint64 */
extern const SettingType SETTING_BOOLEAN;  /* gboolean */
extern const SettingType SETTING_DURATION; /* guint, in unit_s */
extern const SettingType SETTING_SIZE;     /* guint64, bytes */
extern const SettingType SETTING_SIZE32;   /* guint32, bytes */
extern const SettingType SETTING_WORD;     /* char *: one of `words` */

/* Read the rows of `group` from `map` into `base`. `map` NULL: defaults alone. */
void settings_read(SettingReader *reader, const Setting *rows, guint count, const char *group,
                   const YamlNode *map, void *base);
/* The node's kind, or FALSE and told. `what`: the key or "an account". */
gboolean settings_expect(SettingReader *reader, const YamlNode *node, NodeKind kind,
                         const char *what);
void settings_problem(SettingReader *reader, const YamlNode *node, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
/* "; did you mean 'x'?" or "; known: a, b, c". The caller frees. */
char *settings_hint(const char *word, const char *const *known);
/* The rows for people and for the manual's test: "key<tab>type<tab>default<tab>line" each. */
void settings_describe(GString *out, const Setting *rows, guint count);

/* An addr-spec (RFC 5321 in ASCII: local part, "@", domain), checked by form. */
gboolean settings_is_address(const char *text);
/* "Name <a@b>" or "a@b": the addr-spec, lower-case domain; NULL where there is none. */
char *settings_mailbox_address(const char *text);

/* The rows of an event file, as config_describe. */
char *event_describe(void);

/* Can the secret be read, and not by others? Runs no command. */
gboolean secret_check(const Secret *secret, GError **error);
