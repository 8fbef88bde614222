/* test_bounce_report - delivery reports in the styles of many mail systems, to what they report.
 *
 * Every report was written for this file. */
#include "parsers/bounce_report.h"

#include <string.h>

#define TO "To: inscriptions@example.org\n"
#define DAEMON "Return-Path: <>\nFrom: Mail Delivery System <MAILER-DAEMON@mx.example>\n" TO
#define PLAIN "Content-Type: text/plain; charset=utf-8\n\n"
#define REPORT "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
#define STATUS "\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n"
#define RETURNED                                                                                   \
  "\n--b\nContent-Type: message/rfc822\n\nMessage-ID: <ours@example.org>\n"                        \
  "From: inscriptions@example.org\nSubject: x\n\n550 5.7.1 <no@such.example> in our own letter\n"  \
  "--b--\n"

typedef struct {
  const char *name, *raw;
  BounceAction action;
  const char *status, *final, *diagnostic;
} Row;

static const Row rows[] = {
    {"Postfix",
     DAEMON "Subject: Undelivered Mail Returned to Sender\n" REPORT "--b\n" PLAIN
            "This is the mail system at host mx.example.\n\nI'm sorry to have to inform you that "
            "your message could not\nbe delivered to one or more recipients.\n\n"
            "<anne@ville.example>: host mail.ville.example[192.0.2.7] said: 550 5.1.1\n"
            "    <anne@ville.example>: User unknown (in reply to RCPT TO command)\n" STATUS
            "Final-Recipient: rfc822; anne@ville.example\n"
            "Original-Recipient: rfc822;Anne@Ville.example\nAction: failed\nStatus: 5.1.1\n"
            "Diagnostic-Code: smtp; 550 5.1.1 <anne@ville.example>: User\n    unknown\n" RETURNED,
     BOUNCE_FAILED, "5.1.1", "anne@ville.example", "550 5.1.1 <anne@ville.example>: User unknown"},
    {"Postfix, delayed",
     DAEMON "Subject: Delayed Mail (still being retried)\n" REPORT "--b\n" PLAIN
            "# THIS IS A WARNING ONLY.  YOU DO NOT NEED TO RESEND YOUR MESSAGE. #\n\n"
            "Your message could not be delivered for more than 1 hour(s).\n"
            "It will be retried until it is 5 day(s) old.\n" STATUS
            "Final-Recipient: rfc822; anne@ville.example\nAction: delayed\nStatus: 4.4.1\n"
            "Diagnostic-Code: X-Postfix; connect to mail.ville.example: timed out\n" RETURNED,
     BOUNCE_DELAYED, "4.4.1", "anne@ville.example", "connect to mail.ville.example: timed out"},
    {"delivered, and expired for another", /* who was not reached comes first */
     DAEMON "Subject: DSN\n" REPORT "--b\n" PLAIN "see below\n" STATUS
            "Final-Recipient: rfc822; one@ville.example\nAction: delivered\nStatus: 2.0.0\n\n"
            "Final-Recipient: rfc822; two@ville.example\r\nAction: Failed (expired)\r\n"
            "Status: 4.4.7 (delivery time expired)\n" RETURNED,
     BOUNCE_FAILED, "4.4.7", "two@ville.example", ""},
    {"delivered",
     DAEMON
     "Subject: Successful Mail Delivery Report\n" REPORT "--b\n" PLAIN
     "Your message was successfully delivered.\n" STATUS
     "Final-Recipient: rfc822; one@ville.example\nAction: delivered\nStatus: 2.0.0\n" RETURNED,
     BOUNCE_DELIVERED, "2.0.0", "one@ville.example", ""},
    {"Exchange: a status that says nothing",
     "From: postmaster@ville.example\n" TO "Subject: Undeliverable: Confirmation\n" REPORT
     "--b\nContent-Type: text/html; charset=utf-8\n\n<p>Delivery has failed to these recipients or "
     "groups:</p><p><a href=\"mailto:anne@ville.example\">anne@ville.example</a></p>\n" STATUS
     "Final-recipient: RFC822; anne@ville.example\nAction: failed\nStatus: 5.0.0\n"
     "Remote-MTA: dns; mx.ville.example\n"
     "Diagnostic-Code: smtp;550 5.2.2 mailbox full\n" RETURNED,
     BOUNCE_FAILED, "5.2.2", "anne@ville.example", "550 5.2.2 mailbox full"},
    {"a report in UTF-8 (RFC 6533)",
     DAEMON "Subject: echec\n" REPORT "--b\n" PLAIN "x\n--b\n"
            "Content-Type: message/global-delivery-status\n\nReporting-MTA: dns; mx.example\n\n"
            "Final-Recipient: rfc822; anne@ville.example\nAction: failed\nStatus: 5.1.1\n"
            "Diagnostic-Code: smtp; 550 boîte inconnue\n--b--\n",
     BOUNCE_FAILED, "5.1.1", "anne@ville.example", "550 boîte inconnue"},
    {"a report without status",
     DAEMON "Subject: failure\n" REPORT "--b\n" PLAIN "x\n" STATUS
            "Final-Recipient: rfc822; anne@ville.example\nAction: failed\n"
            "Diagnostic-Code: smtp; 553 sorry\n" RETURNED,
     BOUNCE_FAILED, "553", "anne@ville.example", "553 sorry"},
    {"qmail",
     "Return-Path: <>\nFrom: MAILER-DAEMON@mx.example\n" TO "Subject: failure notice\n" PLAIN
     "Hi. This is the qmail-send program at mx.example.\n"
     "I'm afraid I wasn't able to deliver your message to the following addresses.\n"
     "This is a permanent error; I've given up. Sorry it didn't work out.\n\n"
     "<anne@ville.example>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n"
     "--- Below this line is a copy of the message.\n\n"
     "Return-Path: <inscriptions@example.org>\nMessage-ID: <ours@example.org>\n",
     BOUNCE_FAILED, "5.1.1", "anne@ville.example", "Sorry, no mailbox here by that name. (#5.1.1)"},
    {"qmail, too long in the queue",
     "Return-Path: <>\nFrom: MAILER-DAEMON@mx.example\n" TO "Subject: notice\n" PLAIN
     "<anne@ville.example>:\nSorry, I wasn't able to establish an SMTP connection. (#4.4.1)\n"
     "I'm not going to try again; this message has been in the queue too long.\n",
     BOUNCE_FAILED, "4.4.1", "anne@ville.example", "Sorry, I wasn't able"},
    {"Exim",
     "Return-Path: <>\nFrom: Mail Delivery System <Mailer-Daemon@mx.example>\n" TO
     "X-Failed-Recipients: Anne@ville.example\n"
     "Subject: Mail delivery failed: returning message to sender\n" PLAIN
     "This message was created automatically by mail delivery software.\n\n"
     "A message that you sent could not be delivered to one or more of its\nrecipients.\n\n"
     "  anne@ville.example\n    host mail.ville.example [192.0.2.7]\n"
     "    SMTP error from remote mail server after RCPT TO:<anne@ville.example>:\n"
     "    552 quota exceeded\n\n"
     "------ This is a copy of the message, including all the headers. ------\n\n"
     "Received: by x with id 5.9.9\n",
     BOUNCE_FAILED, "552", "anne@ville.example", "552 quota exceeded"},
    {"Exim, delayed",
     "Return-Path: <>\nFrom: Mail Delivery System <Mailer-Daemon@mx.example>\n" TO
     "Subject: Warning: message 1abc-00 delayed 24 hours\n" PLAIN
     "The following message has not been delivered after more than 24 hours:\n\n"
     "  anne@ville.example\n\nNo action is required on your part. Delivery attempts will continue\n"
     "for some time, and this warning may be repeated if the message remains undelivered.\n",
     BOUNCE_DELAYED, "", "anne@ville.example", ""},
    {"sendmail",
     "Return-Path: <>\nFrom: MAILER-DAEMON@mx.example\n" TO "Subject: Returned mail: see\n" PLAIN
     "   ----- The following addresses had permanent fatal errors -----\n<anne@ville.example>\n\n"
     "   ----- Transcript of session follows -----\n... while talking to 5.4.3.2:\n"
     ">>> RCPT To:<anne@ville.example>\n<<< 550 5.7.1 Access denied\n",
     BOUNCE_FAILED, "5.7.1", "anne@ville.example", "550 5.7.1 Access denied"},
    {"Gmail, delayed",
     "From: Mail Delivery Subsystem <mailer-daemon@mail.example>\n" TO
     "Subject: Delivery Status Notification (Delay)\n" PLAIN
     "** Delivery incomplete **\n\nThere was a temporary problem delivering your message to "
     "anne@ville.example. We will retry for 46 more hours. You'll be notified if the delivery "
     "fails permanently.\n",
     BOUNCE_DELAYED, "", "anne@ville.example", ""},
    {"French operator",
     "From: postmaster@fai.example\n" TO "Subject: Message non distribué\n" PLAIN
     "Message de postmaster@fai.example à inscriptions@example.org :\n"
     "Votre message à anne@ville.example n’a pas pu être remis : sa boîte aux lettres est "
     "pleine.\n",
     BOUNCE_FAILED, "", "anne@ville.example", "Votre message à anne@ville.example n’a pas pu"},
    {"Japanese",
     DAEMON "Subject: =?UTF-8?B?6YWN5L+h5LiN6IO9?=\n" PLAIN
            "メールを配信できませんでした。\n<anne@ville.example>\n",
     BOUNCE_FAILED, "", "anne@ville.example", "メールを配信できませんでした。"},
    {"words that say nothing", DAEMON "Subject: notice\n" PLAIN "Message-ID: <a@b.example>\nHm.\n",
     BOUNCE_UNKNOWN, "", "", ""},
    {"nothing", DAEMON "Subject: notice\n\n", BOUNCE_UNKNOWN, "", "", ""},
};

static BounceReport *read_raw(const char *raw) {
  char *addresses[] = {"inscriptions@example.org", NULL};
  Wire__Limits limits;
  wire__limits__init(&limits);
  wire_limits_default(&limits);
  g_autoptr(GBytes) bytes = g_bytes_new_static(raw, strlen(raw));
  g_autoptr(MimeMail) mail = mime_read(bytes, &limits);
  g_autoptr(Text) text = text_read(mail, &limits, NULL);
  return bounce_report_read(mail, text, addresses);
}

static void test_styles(void) {
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    const Row *row = &rows[i];
    g_autoptr(BounceReport) got = read_raw(row->raw);
    gboolean words = *row->diagnostic ? strstr(got->diagnostic, row->diagnostic) != NULL
                                      : row->action != BOUNCE_UNKNOWN || !*got->diagnostic;
    if (got->action != row->action || strcmp(got->status, row->status) != 0 ||
        strcmp(got->final_recipient, row->final) != 0 || !words)
      g_test_fail_printf("'%s': '%s' '%s' '%s' '%s'", row->name, bounce_action_name(got->action),
                         got->status, got->final_recipient, got->diagnostic);
  }
}

static void test_original_recipient(void) {
  g_autoptr(BounceReport) got = read_raw(rows[0].raw);
  g_assert_cmpstr(got->original_recipient, ==, "anne@ville.example");
}

/* What a stranger writes at length is one short line of UTF-8. */
static void test_bounds(void) {
  g_autofree char *long_words = g_strnfill(5000, 'x');
  g_autofree char *raw =
      g_strconcat(DAEMON "Subject: failed\n" REPORT "--b\n" PLAIN "x\n" STATUS "Action: failed\n"
                         "Final-Recipient: rfc822; ",
                  long_words,
                  "@ville.example\n"
                  "Diagnostic-Code: smtp; \xff\xe9\x01 550 ",
                  long_words, "\n--b--\n", NULL);
  g_autoptr(BounceReport) got = read_raw(raw);
  g_assert_cmpstr(got->final_recipient, ==, "");
  g_assert_cmpuint(strlen(got->diagnostic), <=, 300);
  g_assert_true(g_utf8_validate(got->diagnostic, -1, NULL));
  g_assert_null(strpbrk(got->diagnostic, "\r\n\x01"));
}

static void test_note(void) {
  static const struct {
    BounceAction action;
    const char *status, *original, *final, *diagnostic, *note;
  } notes[] = {
      {BOUNCE_FAILED, "5.1.1", "", "a@b.example", "no such user",
       "reports that a@b.example could not be reached: 5.1.1 no such user"},
      {BOUNCE_FAILED, "5.1.1", "c@b.example", "a@b.example", "550 5.1.1 no such user",
       "reports that c@b.example could not be reached: 550 5.1.1 no such user"},
      {BOUNCE_DELAYED, "4.4.1", "", "a@b.example", "",
       "reports that the mail to a@b.example is delayed: 4.4.1"},
      {BOUNCE_UNKNOWN, "", "", "", "", "reports on the mail to somebody"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(notes); i++) {
    BounceReport report = {notes[i].action, (char *)notes[i].status, (char *)notes[i].final,
                           (char *)notes[i].original, (char *)notes[i].diagnostic};
    g_autofree char *note = bounce_report_note(&report);
    g_assert_cmpstr(note, ==, notes[i].note);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/bounce_report/styles", test_styles);
  g_test_add_func("/bounce_report/original-recipient", test_original_recipient);
  g_test_add_func("/bounce_report/bounds", test_bounds);
  g_test_add_func("/bounce_report/note", test_note);
  return g_test_run();
}
