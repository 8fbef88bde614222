#!/usr/bin/env python3
"""converse.py SMTP_PORT MAIL_ROOT BULLETINCTL CONFIG

A participant writes, reads the answer in the mailbox, and writes again. Exit 1 at the first thing
that is not as it must be.
"""
import email
import email.policy
import email.utils
import json
import os
import smtplib
import subprocess
import sys
import time
from email.message import EmailMessage

US = "inscriptions@example.test"
ANSWER_MAX_S = 5.0
PATIENCE_S = 30.0
BULLETIN = """Bonjour,

Collectivité / organisme : Ville de Nancy
Civilité : Mme
Nom : {last}
Prénom : Hélène
Fonction : Adjointe au maire
Téléphone : 06 12 34 56 78
Courriel : {address}
{attendance}
"""
ATTENDS = "Participera à la réunion du 3 juillet 2019 : Oui"


def check(holds, what):
    if not holds:
        sys.exit("FAIL: " + what)


def send(port, sender, subject, body, answers=None, more=()):
    mail = EmailMessage()
    mail["From"] = "Hélène <%s>" % sender
    mail["To"] = US
    mail["Subject"] = subject
    mail["Message-ID"] = "<%d.%d@mail.example>" % (os.getpid(), time.time_ns())
    for name in more:
        del mail[name]
        mail[name] = more[name]
    if answers is not None:
        mail["In-Reply-To"] = answers["Message-ID"]
        mail["References"] = "%s %s" % (answers["References"] or "", answers["Message-ID"])
    mail.set_content(body)
    with smtplib.SMTP("127.0.0.1", port) as smtp:
        smtp.send_message(mail, sender, [US])
    return mail["Message-ID"]


def find_answer(root, person, ident):
    found = []
    for folder in ("new", "cur"):
        path = os.path.join(root, person.split("@")[0], folder)
        for name in os.listdir(path) if os.path.isdir(path) else []:
            with open(os.path.join(path, name), "rb") as f:
                mail = email.message_from_binary_file(f, policy=email.policy.default)
            if (mail["In-Reply-To"] or "").strip() == ident:
                found.append(mail)
    check(len(found) <= 1, "%d answers to %s" % (len(found), ident))
    return found[0] if found else None


def wait_for_answer(root, person, ident):
    started = time.monotonic()
    while time.monotonic() - started < PATIENCE_S:
        mail = find_answer(root, person, ident)
        if mail:
            return mail, time.monotonic() - started
        time.sleep(0.02)
    sys.exit("FAIL: no answer to %s within %d s" % (ident, PATIENCE_S))


def text_of(mail):
    return mail.get_body(("plain",)).get_content()


def check_headers(mail, ident, sender):
    """The parts of an automatic answer that a receiver's machine looks at (RFC 3834, 5230)."""
    check(mail["Return-Path"].strip() == "<>", "Return-Path is %s" % mail["Return-Path"])
    check(mail["To"].addresses[0].addr_spec == sender, "To is %s" % mail["To"])
    check(len(mail["To"].addresses) == 1 and not mail["Cc"], "more than one recipient")
    check(mail["Reply-To"] is None or US in mail["Reply-To"], "Reply-To is %s" % mail["Reply-To"])
    check(mail["Auto-Submitted"] == "auto-replied", "Auto-Submitted is %s" % mail["Auto-Submitted"])
    check("All" in (mail["X-Auto-Response-Suppress"] or ""), "no X-Auto-Response-Suppress: All")
    check(ident in (mail["References"] or ""), "References lack the mail that is answered")
    check(mail["Message-ID"] and mail["Message-ID"] != ident, "no Message-ID of its own")
    check(mail["Date"] is not None and mail["MIME-Version"] == "1.0", "no Date or MIME-Version")
    for name in mail.keys():
        check(not name.lower().startswith("list-"), "has " + name)
        check(name.lower() not in ("disposition-notification-to", "return-receipt-to"), "has " + name)


def ask(ctl, config, *words):
    lines = subprocess.run([ctl, *words, "--json", "--config", config], check=True,
                           capture_output=True, text=True).stdout.splitlines()
    return [json.loads(line) for line in lines]


def registration(ctl, config, address):
    rows = [row for row in ask(ctl, config, "list") if row["fields"].get("email") == address]
    check(len(rows) == 1, "%d registrations of %s" % (len(rows), address))
    return rows[0]


def confirmed_at_once(port, root, ctl, config):
    sender = "once@example.test"
    ident = send(port, sender, "Bulletin de participation",
                 BULLETIN.format(last="LEFÈVRE", address=sender, attendance=ATTENDS))
    mail, seconds = wait_for_answer(root, sender, ident)
    check(seconds < ANSWER_MAX_S, "the confirmation took %.1f s" % seconds)
    check_headers(mail, ident, sender)
    check("LEFÈVRE" in text_of(mail), "the confirmation does not show the name")
    calendars = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    check(len(calendars) == 1, "%d calendar parts" % len(calendars))
    check("METHOD:PUBLISH" in calendars[0].get_content(), "the calendar is not published")
    row = registration(ctl, config, sender)
    check(row["status"] == "registered", "status is %s" % row["status"])
    check(row["fields"]["phone"] == "+33612345678", "fields are %s" % row["fields"])
    print("confirmed %.2f s after it was sent" % seconds)


def asked_and_completed(port, root, ctl, config):
    sender = "twice@example.test"
    ident = send(port, sender, "Bulletin de participation",
                 BULLETIN.format(last="GUÉRIN", address=sender, attendance=""))
    asked, seconds = wait_for_answer(root, sender, ident)
    check_headers(asked, ident, sender)
    check(not any(p.get_content_type() == "text/calendar" for p in asked.walk()), "a calendar to a question")
    check(registration(ctl, config, sender)["status"] == "incomplete", "is not incomplete")
    quoted = "".join("> %s\n" % line for line in text_of(asked).splitlines())
    answer = send(port, sender, "Re: " + asked["Subject"], ATTENDS + "\n\nLe 3 mai, nous avons écrit :\n"
                  + quoted, asked)
    mail, again = wait_for_answer(root, sender, answer)
    check_headers(mail, answer, sender)
    row = registration(ctl, config, sender)
    check(row["status"] == "registered", "the answer left it %s" % row["status"])
    check(row["fields"]["last_name"] == "GUÉRIN" and row["fields"]["attendance"] == "yes",
          "fields are %s" % row["fields"])
    check(any(p.get_content_type() == "text/calendar" for p in mail.walk()), "no calendar with it")
    print("asked after %.2f s, completed after %.2f s" % (seconds, again))


def wait_until_read(ctl, config, ident, times):
    """Until the mail stands in the queue log so many times, and no reply is under way."""
    started = time.monotonic()
    while time.monotonic() - started < PATIENCE_S:
        rows = ask(ctl, config, "queue", "--all")
        outbox = ask(ctl, config, "queue", "--outbox")
        if sum(row["message_id"].strip("<>") == ident.strip("<>") for row in rows) >= times and all(
                row["state"] == "sent" for row in outbox):
            return
        time.sleep(0.05)
    sys.exit("FAIL: %s not read %d times within %d s" % (ident, times, PATIENCE_S))


def wait_for_log(ctl, config, text, times):
    """Until so many lines of the journal hold the text."""
    started = time.monotonic()
    while time.monotonic() - started < PATIENCE_S:
        if sum(text in row["text"] for row in ask(ctl, config, "log")) >= times:
            return
        time.sleep(0.05)
    sys.exit("FAIL: '%s' is not %d times in the log within %d s" % (text, times, PATIENCE_S))


def never_answered(port, root, ctl, config):
    """A machine's mail; a mail that comes twice; another mail under the same Message-ID."""
    body = BULLETIN.format(last="PETIT", address="machine@example.test", attendance=ATTENDS)
    machine = send(port, "machine@example.test", "Réponse automatique", body,
                   more={"Auto-Submitted": "auto-replied"})
    again = "again@example.test"
    body = BULLETIN.format(last="ROUX", address=again, attendance=ATTENDS)
    date = {"Date": email.utils.formatdate()}
    first = send(port, again, "Bulletin de participation", body, more=date)
    wait_for_answer(root, again, first)
    same = dict(date, **{"Message-ID": first})
    send(port, again, "Bulletin de participation", body, more=same)
    wait_for_log(ctl, config, "the same mail again", 1)
    send(port, again, "Bulletin de participation", body.replace("Nancy", "Metz"), more=same)
    wait_until_read(ctl, config, machine, 1)
    wait_until_read(ctl, config, first, 2)
    check(find_answer(root, "machine@example.test", machine) is None, "a machine was answered")
    find_answer(root, again, first)
    check(registration(ctl, config, again)["fields"]["organization"] == "Ville de Nancy",
          "a mail under a used Message-ID changed a registration")
    print("no machine answered, nobody twice")


def main():
    port, root, ctl, config = int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4]
    confirmed_at_once(port, root, ctl, config)
    asked_and_completed(port, root, ctl, config)
    never_answered(port, root, ctl, config)


if __name__ == "__main__":
    main()
