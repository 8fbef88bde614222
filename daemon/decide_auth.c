/* decide_auth - the few words of Authentication-Results (RFC 8601 2.2) that decide anything. */
#include <string.h>

#include "daemon/decide_auth.h"

/* Comments out (nested, RFC 5322 3.2.2), the rest in lower case. */
static char *without_comments(const char *text) {
  GString *plain = g_string_new(NULL);
  guint depth = 0;
  for (const char *at = text; *at; at++) {
    if (*at == '\\' && at[1] && depth) {
      at++;
      continue;
    }
    if (*at == '(') depth++;
    if (!depth) g_string_append_c(plain, g_ascii_tolower(*at));
    if (*at == ')' && depth) depth--;
  }
  return g_string_free(plain, FALSE);
}

/* "dmarc=fail header.from=…" → does method have that result? The first word alone counts. */
static gboolean says(char *const *parts, const char *method, const char *result) {
  for (; *parts; parts++) {
    g_auto(GStrv) words = g_strsplit_set(*parts, " \t\r\n", 2);
    g_autofree char *wanted = g_strdup_printf("%s=%s", method, result);
    if (words[0] && strcmp(words[0], wanted) == 0) return TRUE;
  }
  return FALSE;
}

static gboolean says_any(char *const *parts, const char *method) {
  g_autofree char *prefix = g_strconcat(method, "=", NULL);
  for (; *parts; parts++)
    if (g_str_has_prefix(*parts, prefix)) return TRUE;
  return FALSE;
}

/* authserv-id [ version ] */
static gboolean is_by(const char *head, const char *trusted) {
  g_auto(GStrv) words = g_strsplit_set(head, " \t\r\n", 2);
  return words[0] && g_ascii_strcasecmp(words[0], trusted) == 0;
}

gboolean decide_auth_failed(const char *results, const char *trusted) {
  if (!trusted || !*trusted || !results || !*results) return FALSE;
  g_autofree char *plain = without_comments(results);
  g_auto(GStrv) parts = g_strsplit(plain, ";", -1);
  for (char **part = parts; *part; part++) g_strstrip(*part);
  if (!parts[0] || !is_by(parts[0], trusted)) return FALSE;
  char *const *methods = parts + 1;
  if (says_any(methods, "dmarc")) return says(methods, "dmarc", "fail");
  if (says(methods, "spf", "pass") || says(methods, "dkim", "pass")) return FALSE;
  return says(methods, "spf", "fail") || says(methods, "spf", "softfail") ||
         says(methods, "dkim", "fail");
}
