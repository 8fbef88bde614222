/* The providers: which address and which server belongs to whom, and that what is proposed can be
 * configured. */
#include "daemon/endpoint.h"
#include "daemon/presets.h"

static void test_whose(void) {
  static const struct {
    const char *address, *host, *name;
  } rows[] = {{"a@gmail.com", "imap.gmail.com", "Gmail"},
              {"A@Hotmail.FR", "Outlook.Office365.com", "Microsoft 365"},
              {"a@wanadoo.fr", "smtp.orange.fr", "Orange"},
              {"a@laposte.net", "imap.laposte.net", "La Poste"},
              {"a@free.fr", "smtp.free.fr", "Free"},
              {"a@ik.me", "mail.infomaniak.com", "Infomaniak"},
              {NULL, "ssl0.ovh.net", "OVH"},
              {NULL, "imap.mail.ovh.net", "OVH"},
              {NULL, "mail.gandi.net", "Gandi"},
              {NULL, "mairie.sakura.ne.jp", "Sakura"},
              {NULL, "sv1234.xserver.jp", "Xserver"},
              {"a@ville-exemple.fr", "imap.example.org", NULL},
              {"a@notgmail.com", "imap.gmail.com.example.org", NULL},
              {"a@", "", NULL},
              {"gmail.com", "gmail.com", NULL}};
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    const Preset *by_host = preset_of_host(rows[i].host);
    const Preset *by_address = rows[i].address ? preset_of_address(rows[i].address) : by_host;
    g_test_message("%s %s", rows[i].address, rows[i].host);
    g_assert_cmpstr(by_host ? by_host->name : NULL, ==, rows[i].name);
    g_assert_cmpstr(by_address ? by_address->name : NULL, ==, rows[i].name);
  }
}

/* The servers that are proposed are the provider's own, and their URLs are such as we take. */
static void test_servers(void) {
  gsize count = 0;
  const Preset *all = preset_all(&count);
  g_assert_cmpuint(count, ==, 10);
  for (gsize i = 0; i < count; i++) {
    Endpoint imap = {0}, submission = {0};
    g_test_message("%s", all[i].name);
    g_assert_true(all[i].advice && *all[i].advice);
    g_assert_cmpint(all[i].imap == NULL, ==, all[i].submission == NULL);
    if (!all[i].imap) continue;
    g_assert_null(endpoint_parse(all[i].imap, ENDPOINT_IMAP, &imap));
    g_assert_null(endpoint_parse(all[i].submission, ENDPOINT_SUBMISSION, &submission));
    g_assert_true(preset_of_host(imap.host) == &all[i]);
    g_assert_true(preset_of_host(submission.host) == &all[i]);
    g_assert_true(imap.security != LINK_CLEAR && submission.security != LINK_CLEAR);
    endpoint_done(&imap);
    endpoint_done(&submission);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/presets/whose", test_whose);
  g_test_add_func("/presets/servers", test_servers);
  return g_test_run();
}
