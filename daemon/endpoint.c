/* endpoint - see endpoint.h. Pure: no name is looked up. */
#include "daemon/endpoint.h"

#include <arpa/inet.h>
#include <string.h>

#include "daemon/settings.h"
#include "daemon/util.h"

enum {
  HOST_MAX_CHARS = 253,
  LABEL_MAX_CHARS = 63,
  SCHEMES_MAX = 8,
  SOCKET_PATH_MAX_BYTES = 107, /* sun_path without its NUL */
  PAGE_PATH_MAX_BYTES = 200
};

/* RFC 8314: TLS at once, or STARTTLS that is demanded; the plain ports for this machine alone. */
const EndpointScheme ENDPOINT_IMAP[] = {
    {"imaps", 993, LINK_TLS},
    {"imap+starttls", 143, LINK_STARTTLS},
    {"imap", 143, LINK_CLEAR},
    {NULL, 0, LINK_CLEAR},
};
const EndpointScheme ENDPOINT_SUBMISSION[] = {
    {"submissions", 465, LINK_TLS},
    {"submission", 587, LINK_STARTTLS},
    {"smtp", 25, LINK_CLEAR},
    {NULL, 0, LINK_CLEAR},
};

static gboolean is_ipv6(const char *host) {
  struct in6_addr six;
  return inet_pton(AF_INET6, host, &six) == 1;
}

gboolean endpoint_is_loopback(const char *host) {
  struct in_addr four;
  struct in6_addr six;
  if (inet_pton(AF_INET, host, &four) == 1) return ntohl(four.s_addr) >> 24 == 127;
  if (inet_pton(AF_INET6, host, &six) == 1) return IN6_IS_ADDR_LOOPBACK(&six);
  return g_ascii_strcasecmp(host, "localhost") == 0;
}

/* Letters, digits and inner hyphens between dots (RFC 1123 2.1). */
static gboolean is_host_name(const char *host) {
  gsize label = 0;
  if (!*host || strlen(host) > HOST_MAX_CHARS) return FALSE;
  for (const char *p = host;; p++) {
    if (*p == '.' || !*p) {
      if (label == 0 || label > LABEL_MAX_CHARS || p[-1] == '-') return FALSE;
      if (!*p || !p[1]) return TRUE;
      label = 0;
    } else if (g_ascii_isalnum(*p) || (*p == '-' && label) || *p == '_') {
      label++;
    } else {
      return FALSE;
    }
  }
}

static const EndpointScheme *find_scheme(const EndpointScheme *schemes, const char *name) {
  for (; schemes->scheme; schemes++)
    if (g_ascii_strcasecmp(schemes->scheme, name) == 0) return schemes;
  return NULL;
}

static char *unknown_scheme(const char *name, const EndpointScheme *schemes) {
  const char *known[SCHEMES_MAX + 1] = {NULL};
  for (guint i = 0; i < SCHEMES_MAX && schemes[i].scheme; i++) known[i] = schemes[i].scheme;
  g_autofree char *hint = settings_hint(name, known);
  return g_strdup_printf("unknown scheme '%s://'%s", name, hint);
}

static char *no_scheme(const char *url, const EndpointScheme *schemes) {
  return g_strdup_printf("'%s' is no URL; one like %s://HOST", url, schemes->scheme);
}

/* "host", "host:993", "[::1]:993" to host and what follows the colon (NULL: nothing). */
static char *split_port(char *authority, char **ret_port) {
  char *close = *authority == '[' ? strchr(authority, ']') : NULL;
  char *colon = strchr(close ? close : authority, ':');
  *ret_port = NULL;
  if (*authority == '[' && (!close || (close[1] && close[1] != ':'))) return NULL;
  if (colon) {
    *colon = '\0';
    *ret_port = colon + 1;
  }
  if (close) *close = '\0';
  return close ? authority + 1 : authority;
}

static char *parse_authority(const char *text, const EndpointScheme *scheme, char **ret_host,
                             guint16 *ret_port) {
  g_autofree char *authority = g_strdup(text);
  gsize length = strlen(authority);
  if (length && authority[length - 1] == '/') authority[length - 1] = '\0';
  if (strchr(authority, '@'))
    return g_strdup("a user name stands in the URL; it belongs in 'user:'");
  if (strpbrk(authority, "/?#"))
    return g_strdup_printf("a path stands in the URL; %s://HOST or HOST:PORT is all",
                           scheme->scheme);
  gboolean bracket = *authority == '[';
  char *port, *host = split_port(authority, &port);
  guint64 number = scheme->port;
  if (port && !g_ascii_string_to_unsigned(port, 10, 1, 65535, &number, NULL))
    return g_strdup_printf("'%s' is no port; a number from 1 to 65535", port);
  g_autofree char *ascii = host ? g_hostname_to_ascii(host) : NULL;
  if (!ascii || (bracket ? !is_ipv6(ascii) : !is_host_name(ascii)))
    return g_strdup_printf("'%s' is no host name or address (IPv6 stands in [ ])", text);
  *ret_host = g_steal_pointer(&ascii);
  *ret_port = (guint16)number;
  return NULL;
}

char *endpoint_parse(const char *url, const EndpointScheme *schemes, Endpoint *ret_endpoint) {
  const char *colon = strstr(url, "://");
  if (!colon || colon == url) return no_scheme(url, schemes);
  g_autofree char *name = g_strndup(url, (gsize)(colon - url));
  const EndpointScheme *scheme = find_scheme(schemes, name);
  if (!scheme) return unknown_scheme(name, schemes);
  g_autofree char *host = NULL;
  guint16 port = 0;
  char *problem = parse_authority(colon + 3, scheme, &host, &port);
  if (problem) return problem;
  if (scheme->security == LINK_CLEAR && !endpoint_is_loopback(host))
    return g_strdup_printf("%s:// is clear text, for loopback alone; use %s:// or %s://",
                           scheme->scheme, schemes[0].scheme, schemes[1].scheme);
  string_set(&ret_endpoint->url, url);
  string_set(&ret_endpoint->host, host);
  ret_endpoint->port = port;
  ret_endpoint->security = scheme->security;
  return NULL;
}

/* --- the page --------------------------------------------------------------------------------- */

static gboolean is_loopback_number(const char *host) {
  return endpoint_is_loopback(host) && g_ascii_strcasecmp(host, "localhost");
}

char *endpoint_check_listen(const char *listen) {
  if (!*listen) return NULL;
  if (g_str_has_prefix(listen, "unix:")) {
    const char *path = listen + strlen("unix:");
    if (*path == '/' && strlen(path) <= SOCKET_PATH_MAX_BYTES) return NULL;
    return g_strdup_printf("'%s' is no absolute path of at most %d bytes", path,
                           SOCKET_PATH_MAX_BYTES);
  }
  g_autofree char *authority = g_strdup(listen);
  gboolean bracket = *authority == '[';
  char *port, *host = split_port(authority, &port);
  if (!host || !port || bracket != is_ipv6(host) ||
      !g_ascii_string_to_unsigned(port, 10, 1, 65535, NULL, NULL))
    return g_strdup_printf("'%s' is no place to listen on; 127.0.0.1:8025, [::1]:8025 or "
                           "unix:/run/bulletind/review.socket",
                           listen);
  if (is_loopback_number(host)) return NULL;
  return g_strdup_printf("'%s' is no loopback address; the page is reached from other machines "
                         "through a reverse proxy with TLS",
                         host);
}

static gboolean is_page_path(const char *path) {
  gsize length = strlen(path);
  if (*path != '/' || path[length - 1] != '/' || length > PAGE_PATH_MAX_BYTES ||
      strstr(path, "//") || strstr(path, "/."))
    return FALSE;
  for (const char *p = path; *p; p++)
    if (!g_ascii_isalnum(*p) && !strchr("-._~/", *p)) return FALSE;
  return TRUE;
}

char *endpoint_check_page(const char *url) {
  static const EndpointScheme schemes[] = {
      {"https", 443, LINK_TLS}, {"http", 80, LINK_CLEAR}, {NULL, 0, LINK_CLEAR}};
  if (!*url) return NULL;
  const char *colon = strstr(url, "://"), *path = colon ? strchr(colon + 3, '/') : NULL;
  g_autofree char *scheme = colon ? g_strndup(url, (gsize)(colon - url)) : g_strdup("");
  gboolean clear = !strcmp(scheme, "http");
  if ((!clear && strcmp(scheme, "https")) || !path || !is_page_path(path))
    return g_strdup_printf("'%s' is no URL of the page; one like https://example.org/desk/, with "
                           "'/' at its end",
                           url);
  g_autofree char *authority = g_strndup(colon + 3, (gsize)(path - colon - 3)), *host = NULL;
  guint16 port = 0;
  char *problem = parse_authority(authority, &schemes[clear], &host, &port);
  if (!problem && clear && !endpoint_is_loopback(host))
    problem =
        g_strdup("http:// is clear text, for loopback alone; use https:// and a reverse proxy");
  return problem;
}

void endpoint_done(Endpoint *endpoint) {
  g_free(endpoint->url);
  g_free(endpoint->host);
}
