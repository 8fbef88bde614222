/* test_classify - kinds of mail and who may be answered, by tables of whole messages.
 *
 * Every fixture was written for this file. `P` marks the rows that matter most: a person's mail
 * that looks like a machine's. */
#include "parsers/classify.h"

#include <string.h>

typedef struct {
  const char *name;
  const char *raw; /* header and body, LF line ends */
  MachineKind machine;
  gboolean certain;
} KindRow;

static Classification *read_raw(const char *raw, char *const *addresses) {
  Wire__Limits limits;
  wire__limits__init(&limits);
  wire_limits_default(&limits);
  g_autoptr(GBytes) bytes = g_bytes_new_static(raw, strlen(raw));
  g_autoptr(MimeMail) mail = mime_read(bytes, &limits);
  g_autoptr(Text) text = text_read(mail, &limits, NULL);
  return classify(mail, text, addresses);
}

/* ---- Auto-Submitted ---- */

static void test_auto_submitted(void) {
  static const struct {
    const char *value;
    gboolean machine;
  } rows[] = {
      {"no", FALSE},
      {"No", FALSE},
      {"NO", FALSE},
      {" no ", FALSE},
      {"\tno", FALSE},
      {"no\r\n", FALSE},
      {"no (human)", FALSE},
      {"no; x-a=b", FALSE},
      {"no;x-a=b", FALSE},
      {"no ; x-a=\"auto-replied\"", FALSE},
      {"(auto-replied) no", FALSE},
      {"(a (nested) comment) no", FALSE},
      {"(with \\) a quoted pair) no", FALSE},
      {"no (never closed", FALSE},
      {"", FALSE},
      {"  ", FALSE},
      {"(only a comment)", FALSE},
      {"auto-replied", TRUE},
      {"Auto-Replied", TRUE},
      {"auto-replied (vacation)", TRUE},
      {"auto-replied (zimbra; vacation-end=2031-06-10)", TRUE},
      {"auto-replied; owner-email=\"x@y\"", TRUE},
      {"(no) auto-replied", TRUE},
      {"auto-generated", TRUE},
      {"auto-generated; type=calendar", TRUE},
      {"auto-notified", TRUE},
      {"auto-notified; owner-email=\"me@example.com\"", TRUE},
      {"x-robot", TRUE},
      {"auto-something-new", TRUE},
      {"not-a-person", TRUE},
      {"none", TRUE},
      {"yes", TRUE},
      {"true", TRUE},
  };
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_test_message("'%s'", rows[i].value);
    g_assert_cmpint(classify_auto_submitted(rows[i].value), ==, rows[i].machine);
  }
}

/* ---- kinds ---- */

#define TO "To: inscriptions@example.org\n"
#define MARIE "From: Marie Durand <m.durand@ville-a.example>\n" TO
#define PLAIN "Content-Type: text/plain; charset=utf-8\n\n"

static const KindRow people[] = {
    {"bulletin", MARIE "Subject: Re: Invitation\n" PLAIN "Nom : DURAND\nPrénom : Marie\n",
     MACHINE_NONE, FALSE},
    {"declines with the date",
     MARIE
     "Subject: Re: Invitation\n" PLAIN
     "Bonjour,\nJe serai absent le 3 juillet et ne pourrai donc pas participer.\nCordialement\n",
     MACHINE_NONE, FALSE},
    {"declines and names a deputy",
     MARIE "Subject: Re: Invitation\n" PLAIN
           "Je suis en congé jusqu'au 10 juillet, je ne pourrai pas assister à la réunion.\n"
           "En mon absence, merci de contacter M. Petit.\n",
     MACHINE_NONE, FALSE},
    {"absent in a bulletin",
     MARIE "Subject: bulletin\n" PLAIN "Présent(e) : ☐   Absent(e) : ☒\nNom : DURAND\n",
     MACHINE_NONE, FALSE},
    {"short absence in words",
     MARIE "Subject: Absence le 3 juillet\n" PLAIN
           "Bonjour, je serai absente. Cordialement, Marie\n",
     MACHINE_NONE, FALSE},
    {"speaks of a colleague's absence",
     MARIE "Subject: Re: Invitation\n" PLAIN
           "Mme Petit est en congé jusqu'au 15 : elle vous répondra à son retour.\n",
     MACHINE_NONE, FALSE},
    {"answers our robot's answer",
     MARIE "Subject: Re: Réponse automatique : Invitation\n" PLAIN
           "Merci, c'est bien noté. Peut-on venir à deux ?\n",
     MACHINE_NONE, FALSE},
    {"forwards a bounce",
     MARIE "Subject: TR: Undelivered Mail Returned to Sender\n" PLAIN
           "Bonjour, mon courriel m'est revenu, voici l'erreur :\n"
           "This is the mail system at host mx. Your message could not be delivered.\n",
     MACHINE_NONE, FALSE},
    {"complains of a bounce",
     MARIE
     "Subject: mail non reçu\n" PLAIN
     "Mon message n'a pas pu être remis, boîte aux lettres pleine. Est-ce la bonne adresse ?\n",
     MACHINE_NONE, FALSE},
    {"Auto-Submitted: no",
     MARIE "Auto-Submitted: no (human)\nSubject: question\n" PLAIN "Y a-t-il un parking ?\n",
     MACHINE_NONE, FALSE},
    {"X-Auto-Response-Suppress is no sign",
     MARIE "X-Auto-Response-Suppress: DR, OOF, AutoReply\nSubject: question\n" PLAIN
           "Y a-t-il un parking ?\n",
     MACHINE_NONE, FALSE},
    {"wants to be taken off",
     MARIE "Subject: inscription\n" PLAIN
           "Bonjour,\nJe souhaite me désinscrire de la réunion.\nMerci de me désinscrire.\n",
     MACHINE_NONE, FALSE},
    {"quotes a newsletter",
     MARIE "Subject: Re: La lettre\nIn-Reply-To: <a@b>\n" PLAIN
           "Intéressant !\n\n> Pour vous désabonner, cliquez ici.\n",
     MACHINE_NONE, FALSE},
    {"answers a newsletter without marks",
     MARIE "Subject: Re: La lettre\n" PLAIN
           "Intéressant !\n\nLe 3 mai, La lettre a écrit :\nPour vous désabonner, cliquez ici.\n",
     MACHINE_NONE, FALSE},
    {"asks for a read receipt",
     MARIE "Disposition-Notification-To: m.durand@ville-a.example\n"
           "Subject: Lu et approuvé\n" PLAIN "Bonjour, voici mon bulletin.\n",
     MACHINE_NONE, FALSE},
    {"forwarded by SRS",
     "Return-Path: <bounces+SRS=AbCd=EF@fwd.example>\n" MARIE "Subject: question\n" PLAIN
     "Y a-t-il un parking ?\n",
     MACHINE_NONE, FALSE},
    {"postmaster is read by people",
     "From: Jean <postmaster@ville-a.example>\n" TO "Subject: question\n" PLAIN
     "Y a-t-il un parking ?\n",
     MACHINE_NONE, FALSE},
    {"name that sounds like noreply",
     "From: Bruno Reply <bruno.reply@ville-a.example>\n" TO "Subject: question\n" PLAIN
     "Y a-t-il un parking ?\n",
     MACHINE_NONE, FALSE},
    {"an answer that a filter calls spam",
     MARIE "X-Spam-Flag: YES\nIn-Reply-To: <1@example.org>\nSubject: Re: Invitation\n" PLAIN
           "Oui, je viens.\n",
     MACHINE_NONE, FALSE},
    {"not spam", MARIE "X-Spam-Status: No, score=0.1\nX-Spam-Flag: NO\nSubject: q\n" PLAIN "Oui.\n",
     MACHINE_NONE, FALSE},
    {"Precedence: normal", MARIE "Precedence: normal\nSubject: q\n" PLAIN "Oui.\n", MACHINE_NONE,
     FALSE},
    {"a secretary acknowledges",
     MARIE "Subject: Re: Invitation\nIn-Reply-To: <1@example.org>\n" PLAIN
           "Nous avons bien reçu votre invitation, Mme le Maire vous répondra sous peu.\n",
     MACHINE_NONE, FALSE},
    {"Japanese decline",
     MARIE "Subject: 会議について\n" PLAIN
           "当日は出張のため欠席いたします。後日改めてご連絡ください。\n",
     MACHINE_NONE, FALSE},
    {"English decline",
     MARIE
     "Subject: Re: Invitation\n" PLAIN
     "I will be out of the office until 5 July and cannot attend. Please contact my deputy.\n",
     MACHINE_NONE, FALSE},
    {"nothing at all", "\n", MACHINE_NONE, FALSE},
};

static const KindRow bounces[] = {
    {"RFC 3464",
     "Return-Path: <>\nFrom: Mail Delivery System <MAILER-DAEMON@mx.example>\n" TO
     "Subject: Undelivered Mail Returned to Sender\n"
     "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
     "--b\n" PLAIN "sorry\n--b\nContent-Type: message/delivery-status\n\n"
     "Reporting-MTA: dns; mx.example\n\nAction: failed\nStatus: 5.1.1\n--b--\n",
     MACHINE_BOUNCE, TRUE},
    {"delay report from a person's address",
     "From: x@mx.example\n" TO "Subject: y\n"
     "Content-Type: multipart/report; report-type=\"delivery-status\"; boundary=b\n\n"
     "--b\n" PLAIN "late\n--b\nContent-Type: message/delivery-status\n\nAction: delayed\n--b--\n",
     MACHINE_BOUNCE, TRUE},
    {"qmail",
     "Return-Path: <>\nFrom: MAILER-DAEMON@mx.example\n" TO "Subject: failure notice\n" PLAIN
     "Hi. This is the qmail-send program at mx.example.\n"
     "I'm afraid I wasn't able to deliver your message.\n",
     MACHINE_BOUNCE, TRUE},
    {"qmail in French",
     "Return-Path: <>\nFrom: postmaster@mx.example\n" TO "Subject: Avis de non-remise\n" PLAIN
     "Le message n'a pas pu être délivré à : <a@b>\n",
     MACHINE_BOUNCE, TRUE},
    {"old Exchange, French",
     "From: Administrateur système <postmaster@ville.example>\n" TO
     "Subject: Non remis: Invitation\n" PLAIN
     "Votre message n'a pas été transmis à certains ou à tous les destinataires.\n",
     MACHINE_BOUNCE, TRUE},
    {"old Exchange, English",
     "From: System Administrator <x@ville.example>\n" TO
     "Subject: Undeliverable: Invitation\n" PLAIN
     "Your message did not reach some or all of the intended recipients.\n",
     MACHINE_BOUNCE, TRUE},
    {"Postfix, plain",
     "From: MAILER-DAEMON (Mail Delivery System)\n" TO
     "Subject: Undelivered Mail Returned to Sender\n" PLAIN
     "This is the mail system at host mx.example.\n",
     MACHINE_BOUNCE, TRUE},
    {"Gmail",
     "From: Mail Delivery Subsystem <mailer-daemon@mail.example>\n" TO
     "X-Failed-Recipients: a@b.example\nSubject: Delivery Status Notification (Failure)\n" PLAIN
     "Address not found\n",
     MACHINE_BOUNCE, TRUE},
    {"X-Failed-Recipients alone",
     "From: mx@host.example\n" TO "X-Failed-Recipients: a@b.example\nSubject: hm\n" PLAIN "hm\n",
     MACHINE_BOUNCE, TRUE},
    {"French operator",
     "Return-Path: <postmaster@fai.example>\nFrom: postmaster@fai.example\n" TO
     "Subject: Message non distribué\n" PLAIN
     "Votre message n’a pas pu être remis : sa boîte aux lettres est pleine. FAI_506\n",
     MACHINE_BOUNCE, TRUE},
    {"French operator, odd sender",
     "From: service-mail@fai.example\n" TO "Subject: Échec de la remise\n" PLAIN
     "L'adresse est introuvable : destinataire inconnu.\n",
     MACHINE_BOUNCE, TRUE},
    {"Japanese",
     "Return-Path: <>\nFrom: postmaster@mx.example\n" TO
     "Subject: =?UTF-8?B?6YWN5L+h5LiN6IO9?=\n" PLAIN
     "メールを配信できませんでした。宛先不明です。\n",
     MACHINE_BOUNCE, TRUE},
    {"German",
     "From: postmaster@mx.example\n" TO "Subject: Unzustellbar: Einladung\n" PLAIN
     "Diese Nachricht konnte nicht zugestellt werden.\n",
     MACHINE_BOUNCE, TRUE},
};

static const KindRow automatics[] = {
    {"read receipt",
     MARIE "Subject: Lu : Invitation\n"
           "Content-Type: multipart/report; report-type=disposition-notification; boundary=b\n\n"
           "--b\n" PLAIN "Votre message a été lu.\n--b\n"
           "Content-Type: message/disposition-notification\n\n"
           "Original-Message-ID: <7@example.org>\nDisposition: manual-action; displayed\n--b--\n",
     MACHINE_AUTO_REPLY, TRUE},
    {"read receipt, plain Outlook",
     MARIE
     "Subject: Lu : Invitation\n" PLAIN
     "Votre message\n\nÀ : Marie Durand\nObjet : Invitation\n\na été lu le 22/05/2031 10:12.\n",
     MACHINE_AUTO_REPLY, TRUE},
    {"absence with header",
     MARIE "Auto-Submitted: auto-replied\nSubject: Re: Invitation\n" PLAIN
           "Je suis en congé du 27 mai au 10 juin.\nNom : Durand\nPrénom : Marie\n",
     MACHINE_AUTO_REPLY, TRUE},
    {"absence with header and subject",
     MARIE "X-Autoreply: yes\nSubject: Réponse automatique : Invitation\n" PLAIN "Bonjour.\n",
     MACHINE_AUTO_REPLY, TRUE},
    {"absence by subject and words, no header",
     MARIE "Subject: Réponse automatique : Invitation\n" PLAIN
           "Je suis actuellement absent du bureau, avec un accès limité à ma messagerie.\n",
     MACHINE_AUTO_REPLY, TRUE},
    {"absence from a null sender",
     "Return-Path: <>\n" MARIE "Subject: Re: Invitation\n" PLAIN
     "Je suis absente jusqu'au 3 juin.\n",
     MACHINE_AUTO_REPLY, TRUE},
    {"absence by words alone",
     MARIE "Subject: Re: Invitation\n" PLAIN
           "Bonjour,\nJe suis absente du 20 mai au 3 juin. En cas d'urgence, merci de contacter\n"
           "l'accueil au 03 00 00 00 00.\n",
     MACHINE_AUTO_REPLY, FALSE},
    {"Notes",
     MARIE "Subject: Marie DURAND est absent(e)\n" PLAIN
           "Je serai absente à partir du 24/05 et je reviendrai le 03/06.\n",
     MACHINE_AUTO_REPLY, TRUE},
    {"English, Exchange",
     MARIE "Subject: Automatic reply: Invitation\n" PLAIN
           "I am out of the office until June 12. For urgent matters call 03.\n",
     MACHINE_AUTO_REPLY, TRUE},
    {"English, by words alone",
     MARIE "Subject: Re: Invitation\n" PLAIN
           "I'm on leave until 12 June with limited access to e-mail.\n",
     MACHINE_AUTO_REPLY, FALSE},
    {"Japanese",
     MARIE "Subject: =?UTF-8?B?6Ieq5YuV5b+c562U?=: RE\n" PLAIN
           "休暇のため不在です。6月12日まで。\n",
     MACHINE_AUTO_REPLY, TRUE},
    {"German",
     MARIE "Subject: Automatische Antwort: Einladung\n" PLAIN
           "Ich bin bis zum 12. Juni nicht im Büro und antworte nach meiner Rückkehr.\n",
     MACHINE_AUTO_REPLY, TRUE},
    {"Spanish",
     MARIE "Auto-Submitted: auto-replied\nSubject: Respuesta automática: x\n" PLAIN
           "Estoy fuera de la oficina hasta el 12.\n",
     MACHINE_AUTO_REPLY, TRUE},
    {"the Message-ID of another bulletind's answer, all else taken away",
     MARIE
     "Message-ID: <bulletind.1.12.confirmed.AbC-d_e@ville.example>\nSubject: Re: Bulletin\n" PLAIN
     "Votre inscription est enregistrée.\n",
     MACHINE_AUTO_REPLY, FALSE},
    {"a Message-ID that only begins so",
     MARIE "Message-ID: <bulletind.1@ville.example>\nSubject: merci\n" PLAIN "Bien reçu.\n",
     MACHINE_NONE, FALSE},
    {"Precedence: auto_reply",
     MARIE "Precedence: auto_reply\nSubject: merci\n" PLAIN "Bien reçu.\n", MACHINE_AUTO_REPLY,
     FALSE},
    {"X-Autorespond", MARIE "X-Autorespond: Invitation\nSubject: merci\n" PLAIN "Bien reçu.\n",
     MACHINE_AUTO_REPLY, FALSE},
    {"a bulletin in a marked mail is not certain",
     MARIE "Auto-Submitted: auto-generated\n"
           "Subject: formulaire\n" PLAIN "Nom : DURAND\nPrénom : Marie\n",
     MACHINE_AUTO_REPLY, FALSE},
    {"two Auto-Submitted fields",
     MARIE "Auto-Submitted: no\nAuto-Submitted: no\nSubject: x\n" PLAIN "x\n", MACHINE_AUTO_REPLY,
     FALSE},
    {"says so itself",
     MARIE "Subject: Votre courriel\n" PLAIN "Votre courriel a bien été reçu.\nCeci est un message "
           "automatique, merci de ne pas y répondre.\n",
     MACHINE_AUTO_REPLY, FALSE},
    {"says so in Japanese",
     MARIE "Subject: x\n" PLAIN "このメールは自動送信されています。返信できません。\n",
     MACHINE_AUTO_REPLY, FALSE},
    {"ticket robot",
     "From: Support <support@ville.example>\n" TO "Subject: [Ticket#2031] Votre demande\n" PLAIN
     "Votre demande a bien été enregistrée sous le numéro 2031.\n",
     MACHINE_AUTO_REPLY, FALSE},
    {"noreply",
     "From: Mairie <ne-pas-repondre@ville.example>\n" TO "Subject: x\n" PLAIN "Bonjour\n",
     MACHINE_AUTO_REPLY, FALSE},
    {"null sender that answers",
     "Return-Path: <>\n" MARIE "Subject: Re: Invitation\n" PLAIN "Merci de votre message.\n",
     MACHINE_AUTO_REPLY, FALSE},
    {"cron", "From: root@host.example\n" TO "Subject: Cron <root@host> run-parts\n" PLAIN "done\n",
     MACHINE_AUTO_REPLY, FALSE},
};

static const KindRow bulks[] = {
    {"List-Id", MARIE "List-Id: <a.example>\nSubject: x\n" PLAIN "Bonjour à tous\n", MACHINE_BULK,
     FALSE},
    {"List-Unsubscribe", MARIE "List-Unsubscribe: <https://a.example/u>\nSubject: x\n" PLAIN "x\n",
     MACHINE_BULK, FALSE},
    {"Precedence: list", MARIE "Precedence: List\nSubject: x\n" PLAIN "x\n", MACHINE_BULK, FALSE},
    {"Precedence: junk", MARIE "Precedence: junk\nSubject: x\n" PLAIN "x\n", MACHINE_BULK, FALSE},
    {"X-Spam-Flag", MARIE "X-Spam-Flag: YES\nSubject: x\n" PLAIN "x\n", MACHINE_BULK, FALSE},
    {"X-Spam-Status", MARIE "X-Spam-Status: Yes, score=12.1 required=5\nSubject: x\n" PLAIN "x\n",
     MACHINE_BULK, FALSE},
    {"way out, French",
     MARIE "Subject: La lettre n° 12\n" PLAIN
           "Au sommaire : agenda.\n\nPour vous désabonner, cliquez ici.\n",
     MACHINE_BULK, FALSE},
    {"way out, English", MARIE "Subject: Deals\n" PLAIN "Book now.\n\nUnsubscribe\n", MACHINE_BULK,
     FALSE},
    {"way out, Japanese", MARIE "Subject: news\n" PLAIN "最新情報\n配信停止はこちら\n",
     MACHINE_BULK, FALSE},
    {"way out behind a long letter", NULL, MACHINE_BULK, FALSE}, /* built below */
    {"generated and from a list",
     MARIE "Auto-Submitted: auto-generated\nList-Id: <a>\n"
           "Subject: x\n" PLAIN "x\n",
     MACHINE_BULK, FALSE},
    {"feedback report",
     "From: fbl@isp.example\n" TO "Subject: x\n"
     "Content-Type: multipart/report; report-type=feedback-report; boundary=b\n\n"
     "--b\n" PLAIN "x\n--b\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\n--b--\n",
     MACHINE_BULK, TRUE},
};

static char *long_letter(void) {
  GString *raw = g_string_new(MARIE "Subject: La lettre\n" PLAIN);
  for (int i = 0; i < 500; i++) g_string_append_printf(raw, "Brève numéro %d.\n", i);
  g_string_append(raw, "Se désabonner\n");
  return g_string_free(raw, FALSE);
}

static void check_rows(const KindRow *rows, guint count) {
  g_autofree char *letter = long_letter();
  for (guint i = 0; i < count; i++) {
    g_autoptr(Classification) found = read_raw(rows[i].raw ? rows[i].raw : letter, NULL);
    if (found->machine != rows[i].machine || found->certain != rows[i].certain)
      g_error("'%s': kind %d certain %d (%s), wanted %d certain %d", rows[i].name, found->machine,
              found->certain, found->reason, rows[i].machine, rows[i].certain);
    g_assert_cmpint(*found->reason != '\0', ==, found->machine != MACHINE_NONE);
  }
}

static void test_people(void) {
  check_rows(people, G_N_ELEMENTS(people));
}
static void test_bounces(void) {
  check_rows(bounces, G_N_ELEMENTS(bounces));
}
static void test_automatics(void) {
  check_rows(automatics, G_N_ELEMENTS(automatics));
}
static void test_bulks(void) {
  check_rows(bulks, G_N_ELEMENTS(bulks));
}

/* ---- flags ---- */

static void test_flags(void) {
  static const struct {
    const char *raw;
    guint mask, want;
  } rows[] = {
      {MARIE "\nx\n", EXTRACTION_UNANSWERABLE | EXTRACTION_TO_US, EXTRACTION_TO_US},
      {"From: a@b.example\nTo: other@example.org\n\nx\n", EXTRACTION_TO_US, 0},
      {"From: a@b.example\nTo: x@y.example\nCc: Us <INSCRIPTIONS@Example.org>\n\nx\n",
       EXTRACTION_TO_US, EXTRACTION_TO_US},
      {"From: a@b.example\nBcc: inscriptions@example.org\n\nx\n", EXTRACTION_TO_US,
       EXTRACTION_TO_US},
      {"From: a@b.example\nResent-To: inscriptions@example.org\n\nx\n", EXTRACTION_TO_US,
       EXTRACTION_TO_US},
      {"From: a@b.example\nDelivered-To: x@y.example\nDelivered-To: "
       "inscriptions@example.org\n\nx\n",
       EXTRACTION_TO_US, EXTRACTION_TO_US},
      {"From: a@b.example\nX-Original-To: inscriptions@example.org\n\nx\n", EXTRACTION_TO_US,
       EXTRACTION_TO_US},
      {"From: a@b.example\n\nx\n", EXTRACTION_TO_US, 0},
      {"From: Us <inscriptions@example.org>\n" TO "\nx\n", EXTRACTION_FROM_US, EXTRACTION_FROM_US},
      {MARIE "X-Auto-Response-Suppress: All\n\nx\n", EXTRACTION_UNANSWERABLE, EXTRACTION_SUPPRESS},
      {MARIE "X-Auto-Response-Suppress: DR, RN, autoreply\n\nx\n", EXTRACTION_UNANSWERABLE,
       EXTRACTION_SUPPRESS},
      {MARIE "X-Auto-Response-Suppress: OOF\nX-Auto-Response-Suppress: all\n\nx\n",
       EXTRACTION_UNANSWERABLE, EXTRACTION_SUPPRESS},
      {MARIE "X-Auto-Response-Suppress: OOF\n\nx\n", EXTRACTION_UNANSWERABLE, 0},
      {MARIE "X-Auto-Response-Suppress: DR, RN, NRN\n\nx\n", EXTRACTION_UNANSWERABLE, 0},
      {MARIE "X-Auto-Response-Suppress: None\n\nx\n", EXTRACTION_UNANSWERABLE, 0},
      {"Return-Path: <>\n" MARIE "\nx\n", EXTRACTION_NULL_SENDER, EXTRACTION_NULL_SENDER},
      {"Return-Path: < >\n" MARIE "\nx\n", EXTRACTION_NULL_SENDER, EXTRACTION_NULL_SENDER},
      {"Return-Path: <m.durand@ville-a.example>\n" MARIE "\nx\n", EXTRACTION_UNANSWERABLE, 0},
      {"Return-Path: m.durand@ville-a.example\n" MARIE "\nx\n", EXTRACTION_UNANSWERABLE, 0},
      {"Return-Path: <owner-coop@liste.example>\n" MARIE "\nx\n", EXTRACTION_ROBOT_SENDER,
       EXTRACTION_ROBOT_SENDER},
      {"Return-Path: <coop-bounces+x=y@liste.example>\n" MARIE "\nx\n", EXTRACTION_ROBOT_SENDER,
       EXTRACTION_ROBOT_SENDER},
      {"From: coop-request@liste.example\n" TO "\nx\n", EXTRACTION_ROBOT_SENDER,
       EXTRACTION_ROBOT_SENDER},
      {"From: No_Reply+12@ville.example\n" TO "\nx\n", EXTRACTION_ROBOT_SENDER,
       EXTRACTION_ROBOT_SENDER},
      {"From: mairie-noreply@ville.example\n" TO "\nx\n", EXTRACTION_ROBOT_SENDER,
       EXTRACTION_ROBOT_SENDER},
      {"From: Nepasrepondre@ville.example\n" TO "\nx\n", EXTRACTION_ROBOT_SENDER,
       EXTRACTION_ROBOT_SENDER},
      {"From: notifications@ville.example\n" TO "\nx\n", EXTRACTION_ROBOT_SENDER,
       EXTRACTION_ROBOT_SENDER},
      {"From: postmaster@ville.example\n" TO "\nx\n", EXTRACTION_ROBOT_SENDER, 0},
      {MARIE "List-Post: <mailto:a@b>\n\nx\n", EXTRACTION_UNANSWERABLE, EXTRACTION_LIST},
      {MARIE "Auto-Submitted: auto-replied\nPrecedence: bulk\n\nx\n", EXTRACTION_AUTOMATIC,
       EXTRACTION_AUTOMATIC},
      {MARIE "X-RT-Loop-Prevention: rt\nSubject: Re: x\n\nOui, je viens.\n", EXTRACTION_AUTOMATIC,
       EXTRACTION_AUTOMATIC},
      {MARIE "X-Spam-Flag: YES\nIn-Reply-To: <1@e>\n\nx\n", EXTRACTION_AUTOMATIC,
       EXTRACTION_AUTOMATIC},
  };
  char *addresses[] = {"inscriptions@example.org", "copil@example.org", NULL};
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(Classification) found = read_raw(rows[i].raw, addresses);
    if ((found->flags & rows[i].mask) != rows[i].want)
      g_error("row %u: flags %x, wanted %x of %x:\n%s", i, found->flags, rows[i].want, rows[i].mask,
              rows[i].raw);
  }
}

static void test_no_addresses(void) {
  char *none[] = {NULL};
  g_autoptr(Classification) found = read_raw("From: a@b.example\n\nx\n", none);
  g_assert_cmpuint(found->flags & EXTRACTION_TO_US, ==, EXTRACTION_TO_US);
  g_assert_cmpuint(found->flags & EXTRACTION_FROM_US, ==, 0);
}

/* ---- the mails that a report speaks of ---- */

#define DSN                                                                                        \
  "Return-Path: <>\nFrom: MAILER-DAEMON@mx.example\n" TO                                           \
  "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"                    \
  "--b\n" PLAIN "sorry\n--b\nContent-Type: message/delivery-status\n\nAction: failed\n--b\n"

static void test_references(void) {
  static const struct {
    const char *name, *raw, *ids; /* joined by blanks */
  } rows[] = {
      {"header of the returned mail",
       DSN "Content-Type: text/rfc822-headers\n\nSubject: x\n"
           "Message-ID: <1.abc@example.org>\n--b--\n",
       "1.abc@example.org"},
      {"the returned mail",
       DSN "Content-Type: message/rfc822\n\nSubject: x\n"
           "Message-Id:\n <2.abc@example.org>\n\nbody\n--b--\n",
       "2.abc@example.org"},
      {"quoted in the text",
       "Return-Path: <>\nFrom: MAILER-DAEMON@mx.example\n" TO PLAIN
       "Hi. This is the qmail-send program.\n\n--- Below this line is a copy\n"
       "> Message-ID: <3@example.org>\nMESSAGE-ID: <3@example.org>\n",
       "3@example.org"},
      {"receipt",
       MARIE "Subject: Lu : x\n"
             "Content-Type: multipart/report; report-type=disposition-notification; boundary=b\n\n"
             "--b\n" PLAIN "lu\n--b\nContent-Type: message/disposition-notification\n\n"
             "Original-Message-ID: <7@example.org>\n--b--\n",
       "7@example.org"},
      {"without brackets, cut off, elsewhere",
       DSN "Content-Type: text/rfc822-headers\n\n"
           "X-Message-ID: <8@example.org>\nMessage-ID: 9@example.org\nMessage-ID: <10@example.org\n"
           "X: <y>\nMessage-ID:\n <11@exam\n ple.org>\n--b--\n",
       ""},
  };
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autoptr(Classification) found = read_raw(rows[i].raw, NULL);
    g_ptr_array_add(found->references, NULL);
    g_autofree char *ids = g_strjoinv(" ", (char **)found->references->pdata);
    g_test_message("%s", rows[i].name);
    g_assert_cmpstr(ids, ==, rows[i].ids);
  }
}

static void test_reference_limit(void) {
  GString *raw = g_string_new("Return-Path: <>\nFrom: MAILER-DAEMON@mx.example\n" TO PLAIN);
  for (int i = 0; i < 500; i++) g_string_append_printf(raw, "Message-ID: <%d@example.org>\n", i);
  g_autoptr(Classification) found = read_raw(raw->str, NULL);
  g_assert_cmpuint(found->references->len, ==, 50);
  g_string_free(raw, TRUE);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/classify/auto-submitted", test_auto_submitted);
  g_test_add_func("/classify/people", test_people);
  g_test_add_func("/classify/bounces", test_bounces);
  g_test_add_func("/classify/automatics", test_automatics);
  g_test_add_func("/classify/bulks", test_bulks);
  g_test_add_func("/classify/flags", test_flags);
  g_test_add_func("/classify/no-addresses", test_no_addresses);
  g_test_add_func("/classify/references", test_references);
  g_test_add_func("/classify/reference-limit", test_reference_limit);
  return g_test_run();
}
