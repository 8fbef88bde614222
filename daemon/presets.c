/* presets - see presets.h. The user is the whole address with each of them. */
#include "daemon/presets.h"

#include <string.h>

static const Preset presets[] = {
    {"OVH", "", "ssl0.ovh.net .mail.ovh.net", "imaps://ssl0.ovh.net", "submissions://ssl0.ovh.net",
     NULL,
     "take the password of the mailbox itself (OVH's console, E-mails), not that of the "
     "customer account"},
    {"Gandi", "", "mail.gandi.net", "imaps://mail.gandi.net", "submissions://mail.gandi.net", NULL,
     "take the password of the mailbox itself (Gandi's console, Email), not that of the customer "
     "account"},
    {"Infomaniak", "ik.me ikmail.com etik.com", "mail.infomaniak.com",
     "imaps://mail.infomaniak.com", "submissions://mail.infomaniak.com", NULL,
     "make a password for a device in Infomaniak's mail settings; the account's own does not do"},
    {"Gmail", "gmail.com googlemail.com", "imap.gmail.com smtp.gmail.com", "imaps://imap.gmail.com",
     "submissions://smtp.gmail.com", "google",
     "use oauth with provider: google, or switch on 2-step verification and make an app password; "
     "the account's own password does not do"},
    {"Microsoft 365", "outlook.com outlook.fr hotmail.com hotmail.fr live.com live.fr msn.com",
     ".office365.com .outlook.com", "imaps://outlook.office365.com",
     "submission://smtp.office365.com", "microsoft",
     "use oauth with provider: microsoft (passwords are refused), and let an administrator switch "
     "on "
     "IMAP and Authenticated SMTP for the mailbox (Microsoft 365 admin center, Mail apps)"},
    {"Orange", "orange.fr wanadoo.fr", "imap.orange.fr smtp.orange.fr .wanadoo.fr",
     "imaps://imap.orange.fr", "submissions://smtp.orange.fr", NULL,
     "see in Orange's webmail settings whether IMAP for mail programs is switched on"},
    {"La Poste", "laposte.net", "imap.laposte.net smtp.laposte.net", "imaps://imap.laposte.net",
     "submissions://smtp.laposte.net", NULL,
     "see in laposte.net's webmail settings whether IMAP for mail programs is switched on"},
    {"Free", "free.fr", "imap.free.fr smtp.free.fr", "imaps://imap.free.fr",
     "submissions://smtp.free.fr", NULL,
     "switch on authenticated SMTP in the subscriber's space of Free"},
    {"Sakura", "", ".sakura.ne.jp", NULL, NULL, NULL,
     "the server is the contract's initial domain, NAME.sakura.ne.jp, and the user the whole "
     "address; see that access from abroad is allowed"},
    {"Xserver", "", ".xserver.jp", NULL, NULL, NULL,
     "the server is the contract's, svNNNN.xserver.jp, and the user the whole address; see that "
     "access from abroad is allowed"},
};

/* "a.example" itself, or with ".example" all below it. */
static gboolean is_among(const char *list, const char *name) {
  g_auto(GStrv) words = g_strsplit(list, " ", -1);
  g_autofree char *lower = g_ascii_strdown(name, -1);
  for (guint i = 0; words[i]; i++)
    if (*words[i] == '.' ? g_str_has_suffix(lower, words[i]) : !strcmp(lower, words[i]))
      return TRUE;
  return FALSE;
}

const Preset *preset_of_address(const char *address) {
  const char *at = strrchr(address, '@');
  for (gsize i = 0; at && at[1] && i < G_N_ELEMENTS(presets); i++)
    if (is_among(presets[i].domains, at + 1)) return &presets[i];
  return NULL;
}

const Preset *preset_of_host(const char *host) {
  for (gsize i = 0; host && *host && i < G_N_ELEMENTS(presets); i++)
    if (is_among(presets[i].hosts, host)) return &presets[i];
  return NULL;
}

const Preset *preset_all(gsize *ret_count) {
  *ret_count = G_N_ELEMENTS(presets);
  return presets;
}
