/* classify - what kind of mail this is: the order of the questions, and the flags.
 *
 * Relies on classify_look for the folded words and on classify_bounce, _auto and _bulk for the
 * kinds. The most telling question comes first: a report, then an absence, then bulk, then what
 * else a machine says of itself. Where nothing is found a person wrote: to lose a person's mail is
 * the worst fault here, so a word alone decides nothing that a person could have written. */
#include "parsers/classify_internal.h"

#include <string.h>

gboolean classify_say(Classification *found, MachineKind machine, gboolean certain,
                      const char *reason) {
  found->machine = machine;
  found->certain = certain;
  g_free(found->reason);
  found->reason = g_strdup(reason);
  return TRUE;
}

/* Copy `value` without comments (nested, with quoted pairs), up to the first ';'. */
static char *keyword_of(const char *value) {
  GString *out = g_string_new(NULL);
  guint depth = 0;
  for (const char *p = value; *p; p++) {
    if (*p == '\\' && depth && p[1])
      p++;
    else if (*p == '(')
      depth++;
    else if (*p == ')' && depth)
      depth--;
    else if (!depth && *p == ';')
      break;
    else if (!depth)
      g_string_append_c(out, *p);
  }
  g_strstrip(out->str);
  return g_string_free(out, FALSE);
}

gboolean classify_auto_submitted(const char *value) {
  g_autofree char *keyword = keyword_of(value);
  return *keyword && g_ascii_strcasecmp(keyword, "no") != 0;
}

char *look_header_word(const Look *look, const char *name, guint n) {
  const char *value = mime_header(look->mail, name, n);
  if (!value) return NULL;
  g_autofree char *keyword = keyword_of(value);
  return g_ascii_strdown(keyword, -1);
}

/* MS-OXCMAIL 2.1.3.2.20: a comma list; only these two words ask for no answer of ours. */
static gboolean asks_for_silence(const Look *look) {
  const char *value;
  for (guint n = 0; (value = mime_header(look->mail, "X-Auto-Response-Suppress", n)); n++) {
    g_auto(GStrv) words = g_strsplit_set(value, ", \t", -1);
    for (char **word = words; *word; word++)
      if (!g_ascii_strcasecmp(*word, "All") || !g_ascii_strcasecmp(*word, "AutoReply")) return TRUE;
  }
  return FALSE;
}

static gboolean is_ours(const char *address, char *const *addresses) {
  return addresses && g_strv_contains((const char *const *)addresses, address);
}

/* RFC 5230 4.5: one of our addresses in a recipient field; Delivered-To and X-Original-To are what
 * the last server wrote, and stand in for a Bcc. */
static gboolean to_us(const MimeMail *mail, char *const *addresses) {
  static const char *const fields[] = {"To",        "Cc",         "Bcc",          "Resent-To",
                                       "Resent-Cc", "Resent-Bcc", "Delivered-To", "X-Original-To"};
  if (!addresses || !*addresses) return TRUE;
  for (guint f = 0; f < G_N_ELEMENTS(fields); f++) {
    g_autoptr(GPtrArray) found = mime_addresses(mail, fields[f], NULL);
    for (guint i = 0; i < found->len; i++)
      if (is_ours(found->pdata[i], addresses)) return TRUE;
  }
  return FALSE;
}

static guint who_flags(const Look *look, char *const *addresses) {
  guint flags = 0;
  if (asks_for_silence(look)) flags |= EXTRACTION_SUPPRESS;
  if (look_null_sender(look)) flags |= EXTRACTION_NULL_SENDER;
  if (look->robot || (look->return_path && strcmp(look->return_path, look->from) != 0 &&
                      look_is_robot(look->return_path)))
    flags |= EXTRACTION_ROBOT_SENDER;
  if (is_ours(look->from, addresses)) flags |= EXTRACTION_FROM_US;
  if (to_us(look->mail, addresses)) flags |= EXTRACTION_TO_US;
  return flags;
}

Classification *classify(const MimeMail *mail, const Text *text, char *const *addresses) {
  Classification *found = g_new0(Classification, 1);
  found->reason = g_strdup("");
  found->references = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(Look) look = look_new(mail, text);
  found->flags = who_flags(look, addresses);
  if (classify_bounce(look, found) || classify_receipt_or_absence(look, found)) {
    found->flags |= EXTRACTION_AUTOMATIC;
    classify_references(mail, found->references);
    return found;
  }
  if (!classify_bulk(look, found)) classify_automatic(look, found);
  return found;
}

void classification_free(Classification *classification) {
  if (!classification) return;
  g_free(classification->reason);
  g_ptr_array_unref(classification->references);
  g_free(classification);
}
