#!/usr/bin/env python3
"""reports.py SMTP_PORT MAIL_ROOT BULLETINCTL CONFIG

Two participants write; the answer to one of them comes back. Then reports that somebody made up.
Exit 1 at the first thing that is not as it must be.
"""
import json
import os
import smtplib
import subprocess
import sys
import time
from email.message import EmailMessage

US = "inscriptions@example.test"
GONE = "gone@example.test"
THERE = "there@example.test"
PATIENCE_S = 30.0
BULLETIN = """Bonjour,

Collectivité / organisme : Ville de Nancy
Civilité : Mme
Nom : {last}
Prénom : Hélène
Fonction : Adjointe au maire
Téléphone : 06 12 34 56 78
Courriel : {address}
Participera à la réunion du 3 juillet 2019 : Oui
"""
REPORT = """From: Mail Delivery System <MAILER-DAEMON@mx.example>
To: <{us}>
Subject: {subject}
Message-ID: <{ident}>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

{words}
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; {to}
Action: {action}
Status: {status}
--b
Content-Type: text/rfc822-headers

Message-ID: <{cited}>
Subject: Votre inscription
--b--
"""


def check(holds, what):
    if not holds:
        sys.exit("FAIL: " + what)


def ask(house, *words):
    lines = subprocess.run([house["ctl"], *words, "--json", "--config", house["config"]], check=True,
                           capture_output=True, text=True).stdout.splitlines()
    return [json.loads(line) for line in lines]


def wait_for(what, find):
    """The first true answer of `find`, asked again until it comes."""
    started = time.monotonic()
    while time.monotonic() - started < PATIENCE_S:
        found = find()
        if found:
            return found
        time.sleep(0.05)
    sys.exit("FAIL: not within %d s: %s" % (PATIENCE_S, what))


def send_bulletin(house, address, last):
    mail = EmailMessage()
    mail["From"] = "Hélène <%s>" % address
    mail["To"] = US
    mail["Subject"] = "Bulletin de participation"
    mail["Message-ID"] = "<%d.%d@mail.example>" % (os.getpid(), time.time_ns())
    mail.set_content(BULLETIN.format(last=last, address=address))
    with smtplib.SMTP("127.0.0.1", house["port"]) as smtp:
        smtp.send_message(mail, address, [US])


def send_report(house, ident, to, cited, action, status, subject, words):
    text = REPORT.format(us=US, ident=ident, to=to, cited=cited, action=action, status=status,
                         subject=subject, words=words)
    with smtplib.SMTP("127.0.0.1", house["port"]) as smtp:
        smtp.sendmail("", [US], text.replace("\n", "\r\n"))


def answer_in_state(house, to, state):
    rows = [row for row in ask(house, "queue", "--outbox") if row["to"] == to]
    check(len(rows) <= 1, "%d answers to %s" % (len(rows), to))
    return rows[0] if rows and rows[0]["state"] == state else None


def sent_and_failed(house, to):
    row = answer_in_state(house, to, "failed")
    return row if row and row["sent"] else None


def registration(house, address):
    rows = [row for row in ask(house, "list") if row["fields"].get("email") == address]
    check(len(rows) == 1, "%d registrations of %s" % (len(rows), address))
    return rows[0]


def settled_or_not(house, ident):
    rows = [row for row in ask(house, "queue", "--all") if row["message_id"].strip("<>") == ident]
    return rows[0] if rows else None


def comes_back(house):
    """The real report: the outbox, the history, the queue."""
    send_bulletin(house, GONE, "LEFÈVRE")
    wait_for("the answer came back", lambda: answer_in_state(house, GONE, "failed"))
    # The report may be read before the reply of the submission server is written.
    answer = wait_for("the answer is known to be sent", lambda: sent_and_failed(house, GONE))
    check(answer["last_error"].startswith("bounced: 5.1.1"), "last error: " + answer["last_error"])
    check(answer["attempts"] == 1, "it was sent again: %s" % answer)
    row = registration(house, GONE)
    check(row["status"] == "registered", "status is " + row["status"])
    lines = [line for line in row["history"] if line["who"] == "bounce"]
    check(len(lines) == 1 and GONE in lines[0]["what"] and "5.1.1" in lines[0]["what"],
          "history: %s" % row["history"])
    waiting = ask(house, "queue")
    check(len(waiting) == 1 and waiting[0]["kind"] == "bounce" and waiting[0]["state"] == "review",
          "the queue: %s" % waiting)
    reason = waiting[0]["reason"]
    for words in ("the confirmation to " + GONE, "(registration %d)" % row["id"],
                  "could not be delivered", "there is no such address", "5.1.1"):
        check(words in reason, "'%s' is not in: %s" % (words, reason))
    shown = ask(house, "show", str(waiting[0]["id"]))[0]
    check([one["id"] for one in shown["registrations"]] == [row["id"]], "show: %s" % shown)
    check(any("could not be reached" in note for note in shown["notes"]), "notes: %s" % shown)
    print("came back: " + reason)
    return answer


def change_nothing(house, lost):
    send_bulletin(house, THERE, "GUÉRIN")
    good = wait_for("the other answer", lambda: answer_in_state(house, THERE, "sent"))
    before = ask(house, "list")
    reports = [
        ("warning@mx.example", THERE, good["message_id"], "delayed", "4.4.1", "Delayed Mail",
         "THIS IS A WARNING ONLY. It will be retried.", "is late and still tried"),
        ("second@mx.example", GONE, lost["message_id"], "failed", "5.1.1", "Undelivered Mail",
         "Your message could not be delivered.", "known not to be delivered"),
        ("other@mx.example", THERE, "letter@example.test", "failed", "5.1.1", "Undelivered Mail",
         "Your message could not be delivered.", "a delivery report"),
        ("guessed@mx.example", THERE, "bulletind.2.2.confirmed.aaaaaaaaaaaaaaaaaaaaaaaa@example.test",
         "failed", "5.1.1", "Undelivered Mail", "Could not be delivered.", "a delivery report"),
    ]
    for report in reports:
        send_report(house, *report[:-1])
    for ident, told in ((report[0], report[-1]) for report in reports):
        row = wait_for(ident, lambda: settled_or_not(house, ident))
        check(row["state"] == "settled" and told in row["reason"], "%s: %s" % (ident, row))
    check(ask(house, "list") == before, "a report changed a registration")
    check(len(ask(house, "queue")) == 1, "the queue: %s" % ask(house, "queue"))
    states = sorted((row["to"], row["state"]) for row in ask(house, "queue", "--outbox"))
    check(states == [(GONE, "failed"), (THERE, "sent")], "the outbox: %s" % states)
    print("%d reports changed nothing" % len(reports))


def main():
    house = {"port": int(sys.argv[1]), "root": sys.argv[2], "ctl": sys.argv[3], "config": sys.argv[4]}
    lost = comes_back(house)
    change_nothing(house, lost)


if __name__ == "__main__":
    main()
