/* classify_bounce - delivery reports, whatever their form, and the mails they speak of.
 *
 * RFC 3464 reports tell it by their type. The others need two witnesses: a sender that mail systems
 * use (null return path, mailer-daemon, postmaster) and their words, so that a person who forwards
 * or complains of a bounce is still a person. */
#include "parsers/classify_internal.h"

#include <string.h>

enum {
  BOUNCE_OPENING_LINES = 15,    /* where they stand when nothing but a subject goes with them */
  BOUNCE_FIRST_LINES = 40,      /* where the words of a report are looked for */
  REPORT_SCAN_BYTES = 256 << 10 /* of a part, searched for Message-IDs */
};

static const char *const bounce_subjects[] = {
    /* English */
    "^undeliver", "^undelivered mail", "^undeliverable", "^returned mail", "^mail delivery failed",
    "^mail delivery failure", "^delivery status notification", "^delivery failure",
    "^failure notice", "^delivery notification", "^delivery report", "^mail system error",
    "^mail could not be delivered", "^message could not be delivered", "^could not deliver",
    "^warning: could not send", "^delivery status", "^warning: message*delayed", "^delayed mail",
    "^message delayed", "^non delivery", "^nondeliverable", "^non-delivery",
    "^error sending message", "^mail failure", "^delivery problem", "^bounce",
    "^message delivery failure", "^email delivery failure", "^unable to deliver",
    "^returned to sender", "^returned message", "^message undeliverable", "^message not delivered",
    "^delivery has failed", "^mail delivery problem", "^message status - undeliverable",
    "^mail not delivered", "^notification d'etat de remise", "^the user(s) account is",
    /* French */
    "^non remis", "^non delivre", "^message non distribue", "^message non delivre",
    "^message non remis", "^courrier non distribue", "^courrier non delivre", "^avis de non-remise",
    "^avis de non remise", "^avis de non distribution", "^avis de non-distribution",
    "^echec de remise", "^echec de la remise", "^echec d'envoi", "^echec de l'envoi",
    "^echec de distribution", "^echec de la distribution", "^mail non delivre",
    "^mail non distribue", "^message en erreur", "^retour de mail", "^rapport de non-remise",
    "^notification d'etat de la distribution", "^notification de distribution", "^non distribuable",
    "^impossible de remettre", "^erreur de distribution", "^retard de distribution",
    "^remise retardee",
    /* Japanese */
    "配信不能", "配信できません", "送信できません", "配送できません", "配信エラー", "送信エラー",
    "エラーメール", "不達", "未達", "配達できません", "配信不可", "送達できません", "配信の失敗",
    /* German, Spanish, Italian, Dutch */
    "^unzustellbar", "^nicht zugestellt", "^zustellung fehlgeschlagen", "^zustellungsfehler",
    "^nicht zustellbar", "^fehlgeschlagene zustellung", "^no se puede entregar", "^no entregado",
    "^no se pudo entregar", "^mensaje no entregado", "^correo devuelto", "^fallo de entrega",
    "^mancato recapito", "^non recapitabile", "^onbestelbaar", "^niet te bezorgen", NULL};

static const char *const bounce_words[] = {
    /* English */
    "this is the qmail-send program", "i'm afraid i wasn't able to deliver",
    "this is the mail system at host", "could not be delivered", "couldn't be delivered",
    "wasn't delivered to", "could not deliver", "delivery to the following", "delivery has failed",
    "delivery failed", "did not reach the following", "was not delivered", "has not been delivered",
    "unable to deliver", "undeliverable to", "undelivered mail returned", "could not be sent to",
    "not be delivered", "not deliverable", "the following addresses had", "the following recipient",
    "the following address", "failed recipient", "returned to sender",
    "returning message to sender", "permanent error", "permanent fatal errors",
    "recipient's mailbox is full", "mailbox is full", "mailbox full", "quota exceeded",
    "over quota", "user unknown", "unknown user", "no such user", "invalid user",
    "mailbox unavailable", "recipient address rejected", "does not have a",
    "address couldn't be found", "delivery failure", "original message follows",
    "diagnostic-code:", "diagnostic information for administrators", "final-recipient:", "550 5.",
    "554 5.", "552 5.", "<<< 550", "<<< 554", "said: 550", "said: 554", "said: 552",
    "invalid final delivery userid", "\"notificationtype\":\"bounce\"", "notificationtype*bounce",
    "notificationtype*complaint", "this message is a warning only",
    "this is a warning message only", "will continue to be attempted", "has been rejected by",
    "not listed in", "have reached their quota", "host unknown", "was undeliverable",
    /* French */
    "n'a pas pu etre remis", "n'a pas pu etre delivre", "n'a pas pu etre distribue",
    "n'a pas pu etre transmis", "n'a pas pu etre envoye", "n'a pas ete remis",
    "n'a pas ete delivre", "n'a pas ete distribue", "n'a pas ete transmis", "n'est pas parvenu",
    "ne peut pas etre delivre", "ne peut etre delivre", "impossible de remettre",
    "impossible de delivrer", "impossible de distribuer", "echec de la remise", "echec de remise",
    "la remise a echoue", "boite aux lettres pleine", "boite aux lettres est pleine",
    "boite mail pleine", "adresse est introuvable", "destinataire inconnu", "utilisateur inconnu",
    "adresse inconnue", "n'existe pas. <", "boite*n'existe pas", "compte*n'existe pas",
    "message non delivre", "message non distribue", "message non remis",
    "impossible de contacter le",
    /* Japanese */
    "配信できません", "送信できません", "配信されません", "配送できません", "お届けできません",
    "届けることができません", "配信に失敗", "送信に失敗", "配送に失敗", "宛先不明",
    "宛先が見つかりません", "メールボックスが一杯", "エラーメッセージ", "存在しません",
    "送信できなかった", "配信できなかった",
    /* German, Spanish, Italian */
    "konnte nicht zugestellt", "nicht zugestellt werden", "unzustellbar", "empfanger unbekannt",
    "no se ha podido entregar", "no pudo ser entregado", "no se pudo entregar",
    "non e stato recapitato", "impossibile recapitare", NULL};

/* Names of mail systems in From, for the servers that write from an odd address. */
static const char *const system_names[] = {"^mail delivery sys",
                                           "^mail delivery sub",
                                           "^mailer-daemon",
                                           "^mail administrator",
                                           "^postmaster",
                                           "^system administrator",
                                           "^administrateur systeme",
                                           "^internet mail delivery",
                                           "^systemadministrator",
                                           "^mail system",
                                           "^microsoft outlook$",
                                           "^delivery subsystem",
                                           "^mta",
                                           "^systeme de messagerie",
                                           NULL};

/* Subject and text of services that report by other ways than mail's own. */
static const char *const report_subjects[] = {
    "^complaint about message from", "^email feedback report for ip", "^abuse report", NULL};

static gboolean starts_local(const char *address, const char *local) {
  gsize length = strlen(local);
  return g_str_has_prefix(address, local) && (!address[length] || address[length] == '@');
}

static gboolean is_postmaster(const char *address) {
  return starts_local(address, "postmaster") || starts_local(address, "post_master") ||
         starts_local(address, "post-master");
}

static gboolean from_daemon(const Look *look) {
  return look_is_daemon(look->from) || look_is_daemon(look->from_name) ||
         (look->return_path && look_is_daemon(look->return_path));
}

/* Somebody whom a mail system writes as; never enough alone. */
static gboolean from_system(const Look *look) {
  return look_null_sender(look) || from_daemon(look) || is_postmaster(look->from) || !*look->from ||
         (look->return_path && is_postmaster(look->return_path)) || look->robot ||
         look_find(look->from_name, system_names);
}

static gboolean has_outer_part(const MimeMail *mail, const char *type) {
  for (guint i = 0; i < mail->parts->len; i++) {
    const MimePart *part = mail->parts->pdata[i];
    if (part->message == 0 && !strcmp(part->type, type)) return TRUE;
  }
  return FALSE;
}

static gboolean is_report(const Look *look, const char *kind) {
  g_autofree char *part = g_strconcat("message/", kind, NULL);
  if (!strcmp(look->mail->report_type, kind)) return TRUE;
  return has_outer_part(look->mail, part) &&
         (!strcmp(look->mail->top_type, "multipart/report") || from_system(look));
}

static gboolean by_words(const Look *look, Classification *found) {
  gboolean subject = !look->answer && look_find(look->subject, bounce_subjects);
  gboolean words = look_says(look, BOUNCE_FIRST_LINES, bounce_words);
  if (from_system(look) && (words || subject))
    return classify_say(found, MACHINE_BOUNCE, TRUE, "delivery report of a mail system");
  if (subject && !look->in_thread && look_says(look, BOUNCE_OPENING_LINES, bounce_words))
    return classify_say(found, MACHINE_BOUNCE, TRUE, "subject and text of a delivery report");
  return FALSE;
}

gboolean classify_bounce(const Look *look, Classification *found) {
  if (is_report(look, "delivery-status"))
    return classify_say(found, MACHINE_BOUNCE, TRUE, "delivery status report");
  if (is_report(look, "feedback-report") || look_find(look->subject, report_subjects))
    return classify_say(found, MACHINE_BULK, TRUE, "feedback report");
  if (mime_header_raw(look->mail, "X-Failed-Recipients", 0))
    return classify_say(found, MACHINE_BOUNCE, TRUE, "X-Failed-Recipients");
  if (is_report(look, "disposition-notification")) return FALSE;
  if (from_daemon(look))
    return classify_say(found, MACHINE_BOUNCE, TRUE, "sent by a mailer-daemon");
  return by_words(look, found);
}

/* ---- the mails that a report speaks of ---- */

static gboolean is_wanted_field(const char *line, gsize length) {
  static const char *const names[] = {
      "message-id:", "original-message-id:", "x-original-message-id:"};
  for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
    gsize size = strlen(names[i]);
    if (length >= size && !g_ascii_strncasecmp(line, names[i], size)) return TRUE;
  }
  return FALSE;
}

static void add_id(GPtrArray *ids, const char *start, gsize length) {
  g_autofree char *raw = g_strndup(start, length);
  g_autofree char *id = g_utf8_make_valid(raw, -1);
  if (!*id || strlen(id) > 998 || ids->len >= LOOK_IDS_MAX) return;
  if (!g_ptr_array_find_with_equal_func(ids, id, g_str_equal, NULL))
    g_ptr_array_add(ids, g_steal_pointer(&id));
}

/* The <id> behind a field's name, on this line or the folded next one. */
static void take_id(const char *line, const char *end, GPtrArray *ids) {
  const char *p = memchr(line, ':', (gsize)(end - line));
  if (!p) return;
  for (p++; p < end && g_ascii_isspace(*p); p++) continue;
  if (p >= end || *p != '<') return;
  const char *close = memchr(p, '>', MIN((gsize)(end - p), 1000));
  if (close && !memchr(p, '\n', (gsize)(close - p)) && !memchr(p, '\r', (gsize)(close - p)))
    add_id(ids, p + 1, (gsize)(close - p - 1));
}

static void scan_part(const MimePart *part, GPtrArray *ids) {
  gsize size;
  const char *data = g_bytes_get_data(part->content, &size);
  if (size == 0) return; /* of an empty part there are no data to point to */
  const char *end = data + MIN(size, REPORT_SCAN_BYTES);
  for (const char *line = data; line && line < end;) {
    const char *start = line;
    while (start < end && strchr("> \t|", *start) && *start) start++;
    if (is_wanted_field(start, (gsize)(end - start))) take_id(start, end, ids);
    const char *next = memchr(start, '\n', (gsize)(end - start));
    line = next ? next + 1 : NULL;
  }
}

void classify_references(const MimeMail *mail, GPtrArray *ret_references) {
  for (guint i = 0; i < mail->parts->len; i++) {
    const MimePart *part = mail->parts->pdata[i];
    if (!g_str_has_prefix(part->type, "text/") && !g_str_has_prefix(part->type, "message/"))
      continue;
    if (part->content) scan_part(part, ret_references);
  }
}
