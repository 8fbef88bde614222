/* log - one line to the journal (with fields) or to standard error.
 *
 * GLib's log writer holds the state, so this file has none, and a library's g_warning takes the
 * same way as our own lines. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <systemd/sd-journal.h>
#include <unistd.h>

#include "daemon/log.h"

enum { LOG_LINE_MAX_CHARS = 4000, LOG_FIELDS_MAX = 16 };

typedef struct {
  char *program;
  LogLevel max_level;
  gboolean journal;
  Metrics *metrics;
} Log;

static void log_free(void *data) {
  Log *log = data;
  g_free(log->program);
  g_free(log);
}

/* systemd.exec(5): JOURNAL_STREAM holds device and inode of the standard error that it opened. */
static gboolean stderr_is_journal(void) {
  const char *stream = g_getenv("JOURNAL_STREAM");
  unsigned long long device, inode;
  struct stat st;
  return stream && sscanf(stream, "%llu:%llu", &device, &inode) == 2 &&
         fstat(STDERR_FILENO, &st) == 0 && st.st_dev == device && st.st_ino == inode;
}

static const char *field_of(const GLogField *fields, gsize count, const char *key) {
  for (gsize i = 0; i < count; i++)
    if (g_str_equal(fields[i].key, key) && fields[i].length < 0) return fields[i].value;
  return NULL;
}

static void to_stderr(const Log *log, const char *message) {
  g_autofree char *line = g_strdup_printf("%s: %s\n", log->program, message);
  gsize size = strlen(line), done = 0;
  while (done < size) {
    ssize_t count = write(STDERR_FILENO, line + done, size - done);
    if (count <= 0) return; /* nowhere left to tell it */
    done += (gsize)count;
  }
}

static gboolean to_journal(const Log *log, LogLevel level, const char *message,
                           const GLogField *fields, gsize count) {
  GPtrArray *entries = g_ptr_array_new_with_free_func(g_free);
  g_ptr_array_add(entries, g_strdup_printf("MESSAGE=%s", message));
  g_ptr_array_add(entries, g_strdup_printf("PRIORITY=%d", level));
  g_ptr_array_add(entries, g_strdup_printf("SYSLOG_IDENTIFIER=%s", log->program));
  for (gsize i = 0; i < count; i++)
    if (g_str_has_prefix(fields[i].key, "BULLETIND_") && fields[i].length < 0)
      g_ptr_array_add(entries,
                      g_strdup_printf("%s=%s", fields[i].key, (const char *)fields[i].value));
  g_autofree struct iovec *vector = g_new(struct iovec, entries->len);
  for (guint i = 0; i < entries->len; i++)
    vector[i] = (struct iovec){entries->pdata[i], strlen(entries->pdata[i])};
  gboolean sent = sd_journal_sendv(vector, (int)entries->len) >= 0;
  g_ptr_array_unref(entries);
  return sent;
}

static LogLevel level_of(GLogLevelFlags flags, const GLogField *fields, gsize count) {
  const char *priority = field_of(fields, count, "PRIORITY");
  if (priority) return (LogLevel)CLAMP(atoi(priority), LOG_LEVEL_ERROR, LOG_LEVEL_DEBUG);
  if (flags & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL)) return LOG_LEVEL_ERROR;
  return flags & G_LOG_LEVEL_WARNING ? LOG_LEVEL_WARNING : LOG_LEVEL_DEBUG;
}

static GLogWriterOutput log_write(GLogLevelFlags flags, const GLogField *fields, gsize count,
                                  void *data) {
  const Log *log = data;
  const char *text = field_of(fields, count, "MESSAGE");
  LogLevel level = level_of(flags, fields, count);
  if (!text || level > log->max_level) return G_LOG_WRITER_HANDLED;
  if (level <= LOG_LEVEL_WARNING)
    metrics_add(log->metrics, METRIC_LOG_LINES, 1, level == LOG_LEVEL_ERROR ? "error" : "warning");
  g_autofree char *message = log_clean(text, LOG_LINE_MAX_CHARS);
  if (!log->journal || !to_journal(log, level, message, fields, count)) to_stderr(log, message);
  return G_LOG_WRITER_HANDLED;
}

void log_init(const char *program, LogLevel max_level, Metrics *metrics) {
  Log *log = g_new0(Log, 1);
  log->program = g_strdup(program);
  log->max_level = max_level;
  log->metrics = metrics;
  log->journal = stderr_is_journal();
  g_log_set_writer_func(log_write, log, log_free);
}

/* "KEY=value" to a field whose two strings `keep` owns. */
static GLogField split_field(const char *pair, GPtrArray *keep) {
  const char *equals = strchr(pair, '=');
  gsize length = equals ? (gsize)(equals - pair) : strlen(pair);
  char *key = g_strndup(pair, length);
  char *value = log_clean(equals ? equals + 1 : "", LOG_LINE_MAX_CHARS);
  g_ptr_array_add(keep, key);
  g_ptr_array_add(keep, value);
  return (GLogField){key, value, -1};
}

void log_line(LogLevel level, const char *const *fields, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *message = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  g_autoptr(GPtrArray) keep = g_ptr_array_new_with_free_func(g_free);
  char priority[4];
  g_snprintf(priority, sizeof priority, "%d", level);
  GLogField all[LOG_FIELDS_MAX] = {{"MESSAGE", message, -1}, {"PRIORITY", priority, -1}};
  gsize count = 2;
  for (; fields && *fields && count < LOG_FIELDS_MAX; fields++)
    all[count++] = split_field(*fields, keep);
  /* One level for all: GLib's own levels abort (ERROR) or may be made fatal. */
  g_log_structured_array(G_LOG_LEVEL_MESSAGE, all, count);
}

gboolean log_is_unsafe(gunichar c) {
  return g_unichar_iscntrl(c) || c == 0x2028 || c == 0x2029 || (c >= 0x202a && c <= 0x202e) ||
         (c >= 0x2066 && c <= 0x2069);
}

/* Most lines: nothing in them to be cleaned. */
static gboolean is_clean(const char *text, guint max_chars) {
  gsize length = 0;
  while (g_ascii_isprint(text[length])) length++;
  return !text[length] && length <= max_chars;
}

char *log_clean(const char *text, guint max_chars) {
  if (text && is_clean(text, max_chars)) return g_strdup(text);
  g_autofree char *valid = g_utf8_make_valid(text ? text : "", -1);
  GString *clean = g_string_new(NULL);
  guint count = 0;
  for (const char *at = valid; *at; at = g_utf8_next_char(at)) {
    if (count++ == max_chars) {
      /* The ellipsis takes the place of the last character. */
      if (max_chars)
        g_string_truncate(
            clean,
            (gsize)(g_utf8_find_prev_char(clean->str, clean->str + clean->len) - clean->str));
      if (max_chars) g_string_append(clean, "…");
      break;
    }
    gunichar c = g_utf8_get_char(at);
    g_string_append_unichar(clean, log_is_unsafe(c) ? ' ' : c);
  }
  return g_string_free(clean, FALSE);
}
