/* send_address - see send_address.h. Pure. What passes here goes into a command line: it holds no
 * control character, no space outside quotes, and one mailbox alone (RFC 5321 4.1.2, 6531 3.3). */
#include "daemon/mail/send_address.h"

#include <string.h>

#include "daemon/mail/send_smtp.h"

#define ATOM_PUNCTUATION "!#$%&'*+-/=?^_`{|}~"

/* A character of text beyond ASCII; no space, no control, no mark that turns the line about. */
static gboolean is_foreign(gunichar c) {
  return c >= 0x80 && g_unichar_isgraph(c);
}

static gboolean is_atom_char(gunichar c) {
  return c < 0x80 ? c && (g_ascii_isalnum((char)c) || strchr(ATOM_PUNCTUATION, (int)c))
                  : is_foreign(c);
}

/* Atoms with single dots between them. The end of it, or NULL. */
static const char *skip_dot_atom(const char *at) {
  gboolean dot = TRUE; /* as if one stood before the first atom */
  for (; *at; at = g_utf8_next_char(at)) {
    if (*at == '.' ? dot : !is_atom_char(g_utf8_get_char(at))) break;
    dot = *at == '.';
  }
  return dot ? NULL : at;
}

/* "..." with \ before any printable character. The end of it, or NULL. */
static const char *skip_quoted(const char *at) {
  for (at++; *at != '"'; at = g_utf8_next_char(at)) {
    gboolean pair = *at == '\\';
    if (pair) at++;
    gunichar c = g_utf8_get_char(at);
    if (!is_foreign(c) && (c < 0x20 || c > 0x7e)) return NULL;
    if (pair && c >= 0x80) return NULL;
  }
  return at + 1;
}

/* Letters, digits and inner hyphens in labels of 63 bytes at most. */
static gboolean is_domain(const char *domain) {
  g_auto(GStrv) labels = g_strsplit(domain, ".", -1);
  for (guint i = 0; labels[i]; i++) {
    gsize size = strlen(labels[i]);
    if (size == 0 || size > ADDRESS_LABEL_BYTES_MAX) return FALSE;
    if (labels[i][0] == '-' || labels[i][size - 1] == '-') return FALSE;
    for (gsize k = 0; k < size; k++)
      if (!g_ascii_isalnum(labels[i][k]) && labels[i][k] != '-') return FALSE;
  }
  return *domain != '\0';
}

/* [192.0.2.1] or [IPv6:2001:db8::1]. */
static gboolean is_literal(const char *domain) {
  gsize size = strlen(domain);
  if (size < 3 || domain[0] != '[' || domain[size - 1] != ']') return FALSE;
  g_autofree char *inner = g_strndup(domain + 1, size - 2);
  gboolean six = !g_ascii_strncasecmp(inner, "IPv6:", 5);
  const char *address = six ? inner + 5 : inner;
  if (strspn(address, "0123456789abcdefABCDEF.:") != strlen(address)) return FALSE;
  return g_hostname_is_ip_address(address) && six == (strchr(address, ':') != NULL);
}

/* Checked after the conversion, which may turn one character into several others. */
static char *domain_ascii(const char *domain) {
  if (is_literal(domain)) return g_strdup(domain);
  g_autofree char *ascii = g_str_is_ascii(domain) ? g_strdup(domain) : g_hostname_to_ascii(domain);
  return ascii && is_domain(ascii) ? g_steal_pointer(&ascii) : NULL;
}

char *send_address_path(const char *address, gboolean null_path) {
  if (!address) return NULL;
  if (!*address) return null_path ? g_strdup("") : NULL;
  if (strlen(address) > ADDRESS_BYTES_MAX || !g_utf8_validate(address, -1, NULL)) return NULL;
  const char *end = *address == '"' ? skip_quoted(address) : skip_dot_atom(address);
  if (!end || *end != '@' || end - address > ADDRESS_LOCAL_BYTES_MAX) return NULL;
  g_autofree char *domain = domain_ascii(end + 1);
  if (!domain) return NULL;
  g_autofree char *path = g_strdup_printf("%.*s@%s", (int)(end - address), address, domain);
  return strlen(path) <= ADDRESS_BYTES_MAX ? g_steal_pointer(&path) : NULL;
}

gboolean send_smtp_address_ok(const char *address) {
  g_autofree char *path = send_address_path(address, FALSE);
  return path != NULL;
}
