/* decide_auth - the few words of Authentication-Results (RFC 8601 2.2) that decide anything. */
#include <string.h>

#include "daemon/decide_auth.h"

/* Without comments (nested, RFC 5322 3.2.2) and without what stands in quotes: a sender may have
 * chosen it (smtp.mailfrom="x; dkim=pass "@…). In lower case. *ret_whole: each of them ended. */
static char *bare(const char *text, gboolean *ret_whole) {
  GString *plain = g_string_new(NULL);
  gboolean quoted = FALSE;
  guint depth = 0;
  for (const char *at = text; *at; at++) {
    if (*at == '\\' && at[1] && (depth || quoted)) {
      at++;
      continue;
    }
    if (*at == '"' && !depth) quoted = !quoted;
    if (*at == '(' && !quoted) depth++;
    if (!depth && !quoted) g_string_append_c(plain, g_ascii_tolower(*at));
    if (*at == ')' && !quoted && depth) depth--;
  }
  *ret_whole = !depth && !quoted;
  return g_string_free(plain, FALSE);
}

/* authserv-id [ version ] */
static gboolean is_by(const char *head, const char *trusted) {
  g_auto(GStrv) words = g_strsplit_set(head, " \t\r\n", 2);
  return words[0] && g_ascii_strcasecmp(words[0], trusted) == 0;
}

/* The parts between ";" of what `trusted` wrote, itself first; NULL: somebody else wrote it. */
static char **parts_by(const char *results, const char *trusted, gboolean *ret_whole) {
  if (!trusted || !*trusted || !results) return NULL;
  g_autofree char *plain = bare(results, ret_whole);
  g_auto(GStrv) parts = g_strsplit(plain, ";", -1);
  for (char **part = parts; *part; part++) g_strstrip(*part);
  if (!parts[0] || !is_by(parts[0], trusted)) return NULL;
  return g_steal_pointer(&parts);
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

gboolean decide_auth_failed(const char *results, const char *trusted) {
  gboolean whole = TRUE;
  g_auto(GStrv) parts = parts_by(results, trusted, &whole);
  if (!parts) return FALSE;
  if (!whole) return TRUE; /* a sender's words may hide the rest */
  char *const *methods = parts + 1;
  if (says_any(methods, "dmarc")) return says(methods, "dmarc", "fail");
  if (says(methods, "spf", "pass") || says(methods, "dkim", "pass")) return FALSE;
  return says(methods, "spf", "fail") || says(methods, "spf", "softfail") ||
         says(methods, "dkim", "fail");
}

/* --- proof ------------------------------------------------------------------------------------ */

/* What a pass is about: the domain in these properties. */
static const struct {
  const char *verdict, *properties[2];
} proofs[] = {
    {"dmarc=pass", {"header.from=", NULL}},
    {"dkim=pass", {"header.d=", "header.i="}},
    {"spf=pass", {"smtp.mailfrom=", NULL}},
};

/* Is `domain` that of the sender, or one above it? */
static gboolean covers(const char *domain, const char *senders) {
  gsize size = strlen(domain), whole = strlen(senders);
  if (!strchr(domain, '.') || size > whole || strcmp(senders + whole - size, domain) != 0)
    return FALSE;
  return size == whole || senders[whole - size - 1] == '.';
}

static gboolean is_about(char *const *words, const char *property, const char *senders) {
  for (; *words; words++) {
    if (!g_str_has_prefix(*words, property)) continue;
    const char *value = *words + strlen(property), *sign = strrchr(value, '@');
    if (covers(sign ? sign + 1 : value, senders)) return TRUE;
  }
  return FALSE;
}

/* "dkim=pass header.d=ville.example header.s=mail" */
static gboolean is_proof(const char *part, const char *senders) {
  g_auto(GStrv) words = g_strsplit_set(part, " \t\r\n", -1);
  for (gsize i = 0; i < G_N_ELEMENTS(proofs); i++) {
    if (g_strcmp0(words[0], proofs[i].verdict) != 0) continue;
    for (gsize k = 0; k < G_N_ELEMENTS(proofs[i].properties); k++)
      if (proofs[i].properties[k] && is_about(words, proofs[i].properties[k], senders)) return TRUE;
  }
  return FALSE;
}

gboolean decide_auth_proves(const char *results, const char *trusted, const char *from) {
  const char *sign = strrchr(from, '@');
  gboolean whole = TRUE;
  g_auto(GStrv) parts = parts_by(results, trusted, &whole);
  if (!parts || !whole || !sign || decide_auth_failed(results, trusted)) return FALSE;
  g_autofree char *senders = g_ascii_strdown(sign + 1, -1);
  for (char **part = parts + 1; *part; part++)
    if (is_proof(*part, senders)) return TRUE;
  return FALSE;
}
