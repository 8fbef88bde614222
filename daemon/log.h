/* log - one line to the journal (with fields) or to standard error, once, at the top.
 *
 * Rooms below never print. A value is cleaned of control characters before it is logged. */
#pragma once
#include <glib.h>

#include "daemon/metrics.h"

typedef enum {
  LOG_LEVEL_ERROR = 3,
  LOG_LEVEL_WARNING = 4,
  LOG_LEVEL_NOTICE = 5,
  LOG_LEVEL_INFO = 6,
  LOG_LEVEL_DEBUG = 7
} LogLevel;

/* To the journal when standard error is connected to it (JOURNAL_STREAM), else to standard error.
 * Errors and warnings are counted in `metrics`, borrowed for good; NULL: they are not. */
void log_init(const char *program, LogLevel max_level, Metrics *metrics);

/* `fields`: NULL-terminated "KEY=value" strings beside MESSAGE= (BULLETIND_MESSAGE_ID=, …), or
 * NULL. */
void log_line(LogLevel level, const char *const *fields, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
#define log_error(...) log_line(LOG_LEVEL_ERROR, NULL, __VA_ARGS__)
#define log_warning(...) log_line(LOG_LEVEL_WARNING, NULL, __VA_ARGS__)
#define log_notice(...) log_line(LOG_LEVEL_NOTICE, NULL, __VA_ARGS__)
#define log_info(...) log_line(LOG_LEVEL_INFO, NULL, __VA_ARGS__)
#define log_debug(...) log_line(LOG_LEVEL_DEBUG, NULL, __VA_ARGS__)

/* Controls (C0, C1), line and paragraph separators and the marks that reorder what is shown. */
gboolean log_is_unsafe(gunichar c);

/* A copy of `text` on one line, without control characters, at most max_chars characters. */
char *log_clean(const char *text, guint max_chars);
