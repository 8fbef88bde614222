/* classify_auto - receipts, absences and other automatic answers.
 *
 * Certain are read receipts and absence notices that two witnesses name: header and words, or
 * subject and words. The words alone need three of their habits together, and none of the words
 * with which a person declines: "je serai absent le 3 juillet" is a refusal, not a machine. */
#include "parsers/classify_internal.h"

#include <string.h>

enum {
  ABSENCE_FIRST_LINES = 12, /* an absence notice says so at once */
  ABSENCE_MAX_LINES = 14,   /* and is short; told by words alone */
  AUTOMATIC_FIRST_LINES = 60
};

/* Subjects that only a machine writes, as long as no Re: or Fwd: stands before them. */
static const char *const absence_subjects[] = {"^reponse automatique",
                                               "^reponse auto:",
                                               "^reponse auto :",
                                               "^message d'absence",
                                               "^absence du bureau",
                                               "^avis d'absence",
                                               "^notification d'absence",
                                               "^absent du bureau",
                                               "^absente du bureau",
                                               "^absent(e) du bureau",
                                               "est absent(e)$",
                                               "est absent(e).$",
                                               "est absente du bureau$",
                                               "est absent du bureau$",
                                               "^repondeur",
                                               "^accuse de reception automatique",
                                               "^[absence]",
                                               "^automatic reply",
                                               "^autoreply",
                                               "^auto-reply",
                                               "^auto reply",
                                               "^auto response",
                                               "^auto-response",
                                               "^autoresponse",
                                               "^autorespons",
                                               "^automated reply",
                                               "^automated response",
                                               "^automatic response",
                                               "^out of office",
                                               "^out-of-office",
                                               "^out of the office",
                                               "is out of the office$",
                                               "is out of the office.$",
                                               "is out of office$",
                                               "^vacation reply",
                                               "^vacation message",
                                               "^away from my mail",
                                               "^away from the office",
                                               "^i am out of office",
                                               "^i am out of the office",
                                               "^auto:",
                                               "^auto :",
                                               "自動応答",
                                               "自動返信",
                                               "不在通知",
                                               "不在のお知らせ",
                                               "不在応答",
                                               "自動送信",
                                               "^automatische antwort",
                                               "^abwesenheitsnotiz",
                                               "^abwesenheit:",
                                               "^abwesenheitsnachricht",
                                               "^abwesenheitsassistent",
                                               "ist ausser haus",
                                               "ist nicht im buro",
                                               "^respuesta automatica",
                                               "^fuera de la oficina",
                                               "^ausente de la oficina",
                                               "^risposta automatica",
                                               "^fuori sede",
                                               "^automatisch antwoord",
                                               "^resposta automatica",
                                               NULL};

static const char *const receipt_subjects[] = {"^lu :",
                                               "^lu:",
                                               "^read:",
                                               "^read :",
                                               "^accuse de lecture",
                                               "^confirmation de lecture",
                                               "^return receipt",
                                               "^read receipt",
                                               "^read-receipt",
                                               "^not read:",
                                               "^non lu :",
                                               "^non lu:",
                                               "^gelesen:",
                                               "^lesebestatigung",
                                               "^leido:",
                                               "開封済み",
                                               "^開封",
                                               "^disposition notification",
                                               "^message disposition notification",
                                               NULL};

static const char *const receipt_words[] = {"a ete lu le",
                                            "a ete affiche",
                                            "a ete supprime sans",
                                            "was read on",
                                            "was displayed on",
                                            "was deleted without being read",
                                            "has been displayed",
                                            "this is a receipt for",
                                            "is a return receipt",
                                            "accuse de reception de lecture",
                                            "ceci est un accuse de reception",
                                            "ceci est un accuse de lecture",
                                            "note: this return receipt",
                                            "wurde gelesen",
                                            "wurde am*gelesen",
                                            "fue leido",
                                            "開封されました",
                                            "表示されました",
                                            NULL};

/* I am away. */
static const char *const absent_words[] = {"je suis*absent",
                                           "je suis*en conge",
                                           "je suis*en vacances",
                                           "je suis*en deplacement",
                                           "je suis*en arret",
                                           "je suis*indisponible",
                                           "je serai*absent",
                                           "je serai*en conge",
                                           "je serai*en vacances",
                                           "nous sommes*ferme",
                                           "actuellement absent",
                                           "actuellement en conge",
                                           "absent du bureau",
                                           "absente du bureau",
                                           "absent(e)",
                                           "absent jusqu'au",
                                           "absente jusqu'au",
                                           "absent du *au",
                                           "absente du *au",
                                           "en conge du *au",
                                           "en conges du *au",
                                           "en conge jusqu'",
                                           "en conges jusqu'",
                                           "en conge maternite",
                                           "en conge parental",
                                           "hors du bureau",
                                           "ne suis plus en poste",
                                           "n'occupe plus",
                                           "a quitte la collectivite",
                                           "a quitte ses fonctions",
                                           "en deplacement",
                                           "i am*out of the office",
                                           "i am*out of office",
                                           "i'm*out of the office",
                                           "i will be*out of the office",
                                           "i am*on leave",
                                           "i'm*on leave",
                                           "i am*on vacation",
                                           "i am*on holiday",
                                           "i am*away",
                                           "i'm*away",
                                           "i am*on annual leave",
                                           "i will be*away",
                                           "i am*travelling",
                                           "i am*traveling",
                                           "currently out of",
                                           "out of the office",
                                           "on maternity leave",
                                           "no longer work",
                                           "不在",
                                           "休暇",
                                           "休業",
                                           "出張",
                                           "留守",
                                           "外出",
                                           "ich bin*nicht im",
                                           "ich bin*ausser haus",
                                           "ich bin*abwesend",
                                           "ich bin*im urlaub",
                                           "estoy*fuera de",
                                           "estare*fuera de",
                                           "estoy*de vacaciones",
                                           "estoy*ausente",
                                           "sono*fuori",
                                           "sono*assente",
                                           NULL};

/* Until then. */
static const char *const until_words[] = {
    "jusqu'au",      "jusqu'a",       "du * au ",     "de retour",  "a compter du", "a partir du",
    "je reviendrai", "mon retour",    "until",        "from * to ", "from * until", "returning",
    "i return",      "i will return", "will be back", "back on",    "まで",         "から",
    "bis zum",       "bis ",          "zuruck",       "hasta",      "fino al",      NULL};

/* Your mail has to wait, or: ask somebody else. */
static const char *const deferral_words[] = {"a mon retour",
                                             "des mon retour",
                                             "en cas d'urgence",
                                             "en mon absence",
                                             "pour toute urgence",
                                             "pour toute demande",
                                             "si urgence",
                                             "vous pouvez contacter",
                                             "vous pouvez joindre",
                                             "merci de contacter",
                                             "veuillez contacter",
                                             "veuillez vous adresser",
                                             "merci de vous adresser",
                                             "acces limite a ma messagerie",
                                             "acces limite a mes",
                                             "acces a ma messagerie",
                                             "acces a mes mails",
                                             "sera lu",
                                             "sera traite",
                                             "sera pas lu",
                                             "ne sera pas transfere",
                                             "n'est pas transfere",
                                             "je vous repond",
                                             "je repondrai",
                                             "je prendrai connaissance",
                                             "votre message a bien ete recu",
                                             "une reponse automatique",
                                             "for urgent",
                                             "in case of emergency",
                                             "if urgent",
                                             "if your matter is urgent",
                                             "in urgent cases",
                                             "limited access to",
                                             "no access to",
                                             "when i return",
                                             "upon my return",
                                             "on my return",
                                             "as soon as i return",
                                             "please contact",
                                             "will be read",
                                             "will be answered",
                                             "i will respond",
                                             "i will reply",
                                             "i'll respond",
                                             "i'll reply",
                                             "in my absence",
                                             "will not be forwarded",
                                             "至急",
                                             "お急ぎ",
                                             "緊急",
                                             "戻り次第",
                                             "改めて",
                                             "後日",
                                             "返信が遅れ",
                                             "ご返信いたします",
                                             "ご連絡ください",
                                             "in dringenden",
                                             "nach meiner ruckkehr",
                                             "wenden sie sich",
                                             "weitergeleitet",
                                             "en caso de urgencia",
                                             "a mi regreso",
                                             "acceso limitado",
                                             "in caso di urgenza",
                                             NULL};

/* What a person writes about the event: with it, words alone never make a machine. */
static const char *const person_words[] = {"ne pourrai",
                                           "ne pourra",
                                           "ne pourrons",
                                           "ne peux",
                                           "ne peut",
                                           "pourrai pas",
                                           "ne participe",
                                           "ne serai",
                                           "ne serons",
                                           "participer",
                                           "participation",
                                           "participe",
                                           "assister",
                                           "presence",
                                           "representer",
                                           "represente",
                                           "regret",
                                           "malheureusement",
                                           "decliner",
                                           "empeche",
                                           "excuser",
                                           "excuse",
                                           "votre invitation",
                                           "inscri",
                                           "reunion",
                                           "bulletin",
                                           "rencontre",
                                           "comite",
                                           "ci-joint",
                                           "en piece jointe",
                                           "oui",
                                           "non",
                                           "unable to",
                                           "cannot",
                                           "can't",
                                           "won't be able",
                                           "not be able",
                                           "regrets",
                                           "attend",
                                           "meeting",
                                           "invitation",
                                           "unfortunately",
                                           "register",
                                           "registration",
                                           "attached",
                                           "decline",
                                           "on my behalf",
                                           "represent",
                                           "欠席",
                                           "出席",
                                           "参加",
                                           "申し込み",
                                           "申込",
                                           "会議",
                                           "残念",
                                           "teilnehmen",
                                           "leider",
                                           "asistir",
                                           NULL};

/* Said by a program of itself. */
static const char *const machine_words[] = {"ceci est un message automatique",
                                            "ceci est un mail automatique",
                                            "ceci est un courriel automatique",
                                            "ceci est un e-mail automatique",
                                            "ceci est une reponse automatique",
                                            "il s'agit d'une reponse automatique",
                                            "il s'agit d'un message automatique",
                                            "message d'absence automatique",
                                            "message automatique, merci",
                                            "message automatique - ",
                                            "message automatique, ne",
                                            "message genere automatiquement",
                                            "mail genere automatiquement",
                                            "courriel genere automatiquement",
                                            "e-mail genere automatiquement",
                                            "message a ete genere automatiquement",
                                            "mail a ete genere automatiquement",
                                            "courriel a ete genere automatiquement",
                                            "message est genere automatiquement",
                                            "mail est genere automatiquement",
                                            "message envoye automatiquement",
                                            "mail envoye automatiquement",
                                            "message a ete envoye automatiquement",
                                            "courriel a ete envoye automatiquement",
                                            "mail a ete envoye automatiquement",
                                            "message est envoye automatiquement",
                                            "ne pas repondre a cet e-mail",
                                            "ne pas repondre a cet email",
                                            "ne pas repondre a ce mail",
                                            "ne pas repondre a ce message automatique",
                                            "ne repondez pas a ce message automatique",
                                            "this is an automatic",
                                            "this is an automated",
                                            "this is an auto-generated",
                                            "this is an auto generated",
                                            "this is an autoreply",
                                            "this is an auto-reply",
                                            "this message was generated automatically",
                                            "this email was generated automatically",
                                            "this e-mail was generated automatically",
                                            "this message was automatically generated",
                                            "this email was automatically generated",
                                            "this message was sent automatically",
                                            "this email was sent automatically",
                                            "this message has been automatically",
                                            "automatically generated message",
                                            "automatically generated email",
                                            "automatically generated e-mail",
                                            "automatically-generated",
                                            "please do not reply to this email",
                                            "please do not reply to this e-mail",
                                            "please do not reply to this automated",
                                            "do not reply to this email",
                                            "you have received this automated",
                                            "generated by an automatic",
                                            "このメールは自動",
                                            "本メールは自動",
                                            "このメールはシステム",
                                            "本メールはシステム",
                                            "自動配信",
                                            "自動送信",
                                            "自動応答",
                                            "自動返信",
                                            "送信専用",
                                            "返信できません",
                                            "返信いただいても",
                                            "diese nachricht wurde automatisch",
                                            "diese e-mail wurde automatisch",
                                            "dies ist eine automatische",
                                            "este es un mensaje automatico",
                                            "este mensaje ha sido generado automatic",
                                            "questo e un messaggio automatico",
                                            NULL};

/* Acknowledgements of a service's machine; alone they may be a secretary's, so with a second sign.
 */
static const char *const ticket_words[] = {"votre demande a bien ete enregistree",
                                           "votre demande a ete enregistree",
                                           "votre message a bien ete recu",
                                           "votre courriel a bien ete recu",
                                           "votre mail a bien ete recu",
                                           "nous avons bien recu votre",
                                           "accusons reception",
                                           "numero de ticket",
                                           "numero de dossier",
                                           "sous le numero",
                                           "sous la reference",
                                           "dans les meilleurs delais",
                                           "your request has been received",
                                           "your ticket has been",
                                           "ticket id",
                                           "ticket number",
                                           "has been received and",
                                           "has been created",
                                           "we have received your",
                                           "we'll get back to you",
                                           "受け付けました",
                                           "受付番号",
                                           "お問い合わせ番号",
                                           NULL};

static const char *const ticket_subjects[] = {"^accuse de reception",
                                              "^votre demande",
                                              "^ticket",
                                              "^[ticket",
                                              "ticket #",
                                              "[#",
                                              "^your request",
                                              "^request received",
                                              "^case #",
                                              "^confirmation de reception",
                                              "^受付",
                                              NULL};

static const char *const automatic_headers[] = {
    "X-Autoreply",      "X-Auto-Reply",     "X-Autorespond",   "X-Autoresponder",
    "X-AutoReply-From", "X-Mail-Autoreply", "X-Autogenerated", "X-Auto-Generated",
    "X-AutoGenerated",  "X-Cron-Env",       "X-Vacation",      NULL};

/* Programs that mail their own output. */
static const char *const job_subjects[] = {"^cron <", "^anacron job", "^logwatch for", "^[cron]",
                                           NULL};

/* Set by helpdesks on everything, an agent's own words included: no answer, but not yet a kind. */
static const char *const ticket_headers[] = {"X-RT-Loop-Prevention",
                                             "X-RT-Ticket",
                                             "X-OTRS-Loop",
                                             "X-GLPI",
                                             "X-GLPI-Ticket",
                                             "X-Redmine-Host",
                                             "X-Redmine-Issue-Id",
                                             "X-JIRA-FingerPrint",
                                             "X-GitHub-Reason",
                                             "X-Bugzilla-Type",
                                             "X-FreeScout-Mail-Type",
                                             "X-Zammad-Ticket-Id",
                                             "X-osTicket-Id",
                                             "X-GitLab-Project",
                                             "X-Zendesk-Priority-Mail",
                                             NULL};

static gboolean header_is_yes(const Look *look, const char *name) {
  g_autofree char *word = look_header_word(look, name, 0);
  return word && strcmp(word, "no") && strcmp(word, "false") && strcmp(word, "0");
}

/* RFC 3834 5: two such fields contradict each other at best, so a machine had a hand in it. */
static gboolean auto_submitted(const Look *look) {
  const char *first = mime_header_raw(look->mail, "Auto-Submitted", 0);
  if (!first) return FALSE;
  return classify_auto_submitted(first) || mime_header_raw(look->mail, "Auto-Submitted", 1);
}

/* "<bulletind.7.12.confirmed.MAC@ville.example>": an answer of another bulletind. A relay may take
 * every mark of an automatic mail away, but not its name. */
static gboolean is_of_bulletind(const Look *look) {
  const char *raw = mime_header_raw(look->mail, "Message-ID", 0);
  if (!raw) return FALSE;
  raw += strspn(raw, " \t\r\n<");
  guint dots = 0;
  for (const char *at = raw; *at && *at != '@'; at++) dots += *at == '.' ? 1 : 0;
  return g_str_has_prefix(raw, "bulletind.") && dots >= 4;
}

/* The header that says "a machine answers"; NULL: none. */
static const char *automatic_header(const Look *look) {
  if (auto_submitted(look)) return "Auto-Submitted";
  if (is_of_bulletind(look)) return "Message-ID of a bulletind";
  g_autofree char *precedence = look_header_word(look, "Precedence", 0);
  if (precedence &&
      (g_str_has_prefix(precedence, "auto_reply") || g_str_has_prefix(precedence, "auto-reply")))
    return "Precedence: auto_reply";
  for (const char *const *name = automatic_headers; *name; name++)
    if (header_is_yes(look, *name)) return *name;
  g_autofree char *delivered = look_header_word(look, "Delivered-To", 0);
  return delivered && !strcmp(delivered, "autoresponder") ? "Delivered-To: Autoresponder" : NULL;
}

static gboolean says(const Look *look, const char *const *phrases) {
  return look_says(look, ABSENCE_FIRST_LINES, phrases);
}

static gboolean is_receipt(const Look *look) {
  if (!strcmp(look->mail->report_type, "disposition-notification")) return TRUE;
  for (guint i = 0; i < look->mail->parts->len; i++) {
    const MimePart *part = look->mail->parts->pdata[i];
    if (!part->message && !strcmp(part->type, "message/disposition-notification")) return TRUE;
  }
  return !look->answer && look_find(look->subject, receipt_subjects) && says(look, receipt_words);
}

/* Words alone: short, away, until when, and what becomes of the mail; nothing about the event. */
static gboolean is_absence_by_words(const Look *look) {
  return look->lines->len <= ABSENCE_MAX_LINES && says(look, absent_words) &&
         says(look, until_words) && says(look, deferral_words) && !says(look, person_words);
}

gboolean classify_receipt_or_absence(const Look *look, Classification *found) {
  if (is_receipt(look)) return classify_say(found, MACHINE_AUTO_REPLY, TRUE, "read receipt");
  const char *header = automatic_header(look);
  gboolean subject = !look->answer && look_find(look->subject, absence_subjects);
  gboolean machine = subject || header || look_null_sender(look);
  if (header && subject)
    return classify_say(found, MACHINE_AUTO_REPLY, TRUE, "absence notice, by header and subject");
  if (machine && says(look, absent_words) &&
      (subject || says(look, until_words) || says(look, deferral_words)))
    return classify_say(found, MACHINE_AUTO_REPLY, TRUE, "absence notice");
  return FALSE;
}

static gboolean mark(Classification *found, const char *reason) {
  found->flags |= EXTRACTION_AUTOMATIC;
  return classify_say(found, MACHINE_AUTO_REPLY, FALSE, reason);
}

/* A second sign beside a helpdesk's words. */
static gboolean is_ticket_robot(const Look *look, const char *ticket_header) {
  gboolean words = look_says(look, AUTOMATIC_FIRST_LINES, ticket_words);
  gboolean subject = !look->answer && look_find(look->subject, ticket_subjects);
  return (words && subject && !look->in_thread) || (ticket_header && (words || subject));
}

gboolean classify_automatic(const Look *look, Classification *found) {
  const char *header = automatic_header(look);
  if (header) return mark(found, header);
  const char *ticket = look_has_header(look, ticket_headers);
  if (ticket) found->flags |= EXTRACTION_AUTOMATIC;
  if (!look->answer && look_find(look->subject, absence_subjects))
    return mark(found, "subject of an automatic answer");
  if (look_says(look, AUTOMATIC_FIRST_LINES, machine_words))
    return mark(found, "calls itself automatic");
  if (is_ticket_robot(look, ticket)) return mark(found, "acknowledgement of a ticket system");
  if (is_absence_by_words(look)) return mark(found, "words of an absence notice");
  if (!look->answer && look_find(look->subject, job_subjects))
    return mark(found, "output of a scheduled job");
  if (look_null_sender(look)) {
    mark(found, "null return path");
    /* An answer names what it answers; what does not is sent out unasked. */
    if (!look->in_thread && !look->answer) found->machine = MACHINE_BULK;
    return TRUE;
  }
  if (look->robot) return mark(found, "sent from a robot's address");
  return FALSE;
}
