/* classify_bulk - mailing lists, newsletters, advertising.
 *
 * List fields (RFC 2369, 2919) and Precedence tell it; else the wording with which a newsletter
 * lets its readers go, at the foot of a mail that answers nobody. "Je souhaite me désinscrire" is a
 * participant's: the phrases are those that speak to the reader. Never certain: a bulletin that
 * came through a list is still a bulletin. */
#include "parsers/classify_internal.h"

#include <string.h>

enum { OPENING_LINES = 3 }; /* "view this mail in your browser" stands first */

static const char *const list_headers[] = {
    "List-Id",        "List-Post",    "List-Unsubscribe",      "List-Help", "List-Owner",
    "List-Subscribe", "List-Archive", "List-Unsubscribe-Post", NULL};

/* Fields of list managers and of mailing services that know no List-*. */
static const char *const bulk_headers[] = {"Mailing-List",      "X-Mailing-List",
                                           "X-BeenThere",       "X-Mailman-Version",
                                           "X-ML-Name",         "X-MLServer",
                                           "X-ML-Info",         "X-ML-Count",
                                           "X-List-Id",         "X-Listprocessor-Version",
                                           "X-Listserver",      "X-LISTSERV",
                                           "X-Sympa-To",        "X-Campaign",
                                           "X-Campaign-Id",     "X-CampaignID",
                                           "X-Mailer-RecptId",  "X-MailingID",
                                           "X-Newsletter",      "X-eMessaging-User",
                                           "X-CSA-Complaints",  "X-Report-Abuse-To",
                                           "X-MC-User",         "X-EMV-CampagneId",
                                           "X-Mailin-Campaign", NULL};

static const char *const bulk_mailers[] = {"campaign",    "accucast",   "mailchimp",  "sendinblue",
                                           "brevo",       "sarbacane",  "phplist",    "emessaging",
                                           "listmanager", "newsletter", "acymailing", NULL};

static const char *const way_out[] = {
    /* French */
    "se desinscrire", "vous desinscrire", "se desabonner", "vous desabonner",
    "lien de desinscription", "lien de desabonnement", "^desinscription$", "^desabonnement$",
    "^desabonnez-vous", "^desinscrivez-vous", "desinscrivez-vous ici", "ne souhaitez plus recevoir",
    "ne plus recevoir", "ne desirez plus recevoir", "vous recevez ce message car",
    "vous recevez ce message parce", "vous recevez cet e-mail car", "vous recevez cet email car",
    "vous recevez ce mail car", "vous recevez ce courriel car", "vous recevez cette lettre",
    "vous recevez cette newsletter", "voir la version en ligne", "consulter la version en ligne",
    "version en ligne", "visualiser ce mail dans votre navigateur", "visualiser cet e-mail dans",
    "s'affiche pas correctement", "gerer vos abonnements", "gerer mes abonnements",
    "gerer vos preferences",
    /* English */
    "to unsubscribe", "click here to unsubscribe", "click to unsubscribe", "unsubscribe here",
    "unsubscribe at", "^unsubscribe$", "^unsubscribe |", "unsubscribe from this", "unsubscribe by",
    "you may unsubscribe", "you can unsubscribe", "be unsubscribed", "please unsubscribe by",
    "to be removed from", "remove me from this list", "to opt out", "to opt-out",
    "you are receiving this", "you're receiving", "you received this email because",
    "you received this message because", "you receive this message because", "you are subscribed",
    "you have subscribed", "because you subscribed", "because you * subscribed",
    "your subscription", "manage my subscription", "manage subscriptions", "subscription is free",
    "if you no longer wish to receive", "do not wish to receive", "view this email in your browser",
    "view in browser", "view this message in", "view online version", "update your preferences",
    "if you can't read this email", "having trouble viewing",
    /* Japanese, German, Spanish, Italian */
    "配信停止", "配信解除", "配信を停止", "登録解除", "購読解除", "購読を解除",
    "配信を希望されない", "解除はこちら", "メールマガジン", "vom newsletter abmelden",
    "newsletter abbestellen", "hier abmelden", "^abmelden$", "darse de baja", "darte de baja",
    "cancelar su suscripcion", "cancellati dalla", "annulla l'iscrizione", NULL};

static const char *list_field(const Look *look) {
  const char *name = look_has_header(look, list_headers);
  return name ? name : look_has_header(look, bulk_headers);
}

static gboolean is_bulk_precedence(const Look *look) {
  g_autofree char *word = look_header_word(look, "Precedence", 0);
  return word && (!strcmp(word, "bulk") || !strcmp(word, "list") || !strcmp(word, "junk"));
}

/* An automatic answer marks itself bulk too; it is one all the same. */
static gboolean is_answer_of_machine(const Look *look) {
  g_autofree char *word = look_header_word(look, "Auto-Submitted", 0);
  return word && g_str_has_prefix(word, "auto-replied");
}

/* A filter's verdict; where the mail answers one of ours it is not believed. */
static gboolean is_called_spam(const Look *look) {
  g_autofree char *flag = look_header_word(look, "X-Spam-Flag", 0);
  g_autofree char *status = look_header_word(look, "X-Spam-Status", 0);
  return (flag && g_str_has_prefix(flag, "yes")) || (status && g_str_has_prefix(status, "yes"));
}

static gboolean is_bulk_mailer(const Look *look) {
  const char *mailer = mime_header(look->mail, "X-Mailer", 0);
  g_autofree char *folded = look_fold(mailer ? mailer : "");
  return look_find(folded, bulk_mailers) != NULL;
}

static gboolean shows_way_out(const Look *look) {
  return look_ends_with(look, LOOK_FOOT_LINES, way_out) || look_says(look, OPENING_LINES, way_out);
}

gboolean classify_bulk(const Look *look, Classification *found) {
  const char *field = list_field(look);
  gboolean precedence = is_bulk_precedence(look);
  if (field || precedence) found->flags |= EXTRACTION_LIST;
  if (!field && is_answer_of_machine(look)) return FALSE;
  if (field) return classify_say(found, MACHINE_BULK, FALSE, field);
  if (precedence) return classify_say(found, MACHINE_BULK, FALSE, "Precedence of a list");
  if (is_called_spam(look)) {
    found->flags |= EXTRACTION_AUTOMATIC;
    if (!look->in_thread) return classify_say(found, MACHINE_BULK, FALSE, "marked as spam");
  }
  if (look->answer || look->in_thread) return FALSE;
  if (is_bulk_mailer(look))
    return classify_say(found, MACHINE_BULK, FALSE, "sent by a mailing program");
  if (shows_way_out(look))
    return classify_say(found, MACHINE_BULK, FALSE, "a newsletter's way out");
  return FALSE;
}
