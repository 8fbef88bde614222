#!/usr/bin/env python3
"""send_scan.py SMTP_PORT MAIL_ROOT BULLETINCTL CONFIG SCAN.eml

A scanned bulletin, then a typed one. Exit 1 at the first thing that is not as it must be.
"""
import email
import email.policy
import json
import os
import smtplib
import subprocess
import sys
import time
from email.message import EmailMessage

US = "inscriptions@example.test"
PATIENCE_S = 60.0


def check(holds, what):
    if not holds:
        sys.exit("FAIL: " + what)


def wait_for(ask, what):
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        found = ask()
        if found:
            return found
        time.sleep(0.05)
    sys.exit("FAIL: %s: not within %d s" % (what, PATIENCE_S))


def answers(root, person):
    found = []
    for folder in ("new", "cur"):
        path = os.path.join(root, person, folder)
        for name in os.listdir(path) if os.path.isdir(path) else []:
            with open(os.path.join(path, name), "rb") as f:
                found.append(email.message_from_binary_file(f, policy=email.policy.default))
    return found


def words(mail):
    return mail.get_body(("plain",)).get_content()


def send(port, mail, person):
    for name in ("From", "To", "Message-ID", "Return-Path", "Received"):
        del mail[name]
    mail["From"] = "%s@example.test" % person
    mail["To"] = US
    mail["Message-ID"] = "<%s.%d@example.test>" % (person, os.getpid())
    with smtplib.SMTP("127.0.0.1", port) as smtp:
        smtp.send_message(mail, "%s@example.test" % person, [US])


def main():
    port, root, program, config, scan = sys.argv[1:]

    def rows(*arguments):
        out = subprocess.run([program, "--config", config, *arguments, "--json"], check=True,
                             stdout=subprocess.PIPE).stdout
        return [json.loads(line) for line in out.splitlines()]

    def status(name):
        return [row["status"] for row in rows("list") if row["fields"]["last_name"] == name][0]

    with open(scan, "rb") as f:
        picture = email.message_from_binary_file(f, policy=email.policy.SMTP)
    send(int(port), picture, "maryvonne")
    typed = EmailMessage()
    typed["Subject"] = "Bulletin"
    typed.set_content("Collectivité / organisme : Ville de Nancy\nNom : Martin\nPrénom : Paul\n"
                      "Courriel : paul@example.test\nParticipera à la réunion du 3 juillet : Oui\n")
    send(int(port), typed, "paul")
    confirmed = wait_for(lambda: answers(root, "paul"), "the typed bulletin's answer")
    check("Martin" in words(confirmed[0]), "the typed bulletin is not confirmed")

    waiting = wait_for(lambda: rows("queue"), "the scan in the queue")
    check(len(waiting) == 1, "%d mails wait, not the scan alone" % len(waiting))
    shown = rows("show", str(waiting[0]["id"]))[0]
    text = json.dumps(shown, ensure_ascii=False)
    check("read from a picture" in text, "nobody is told that it comes from a picture: " + text)
    check("LEBRETON" in text and "Maryvonne" in text, "the scan's values are not there: " + text)
    told = wait_for(lambda: answers(root, "maryvonne"), "the scan's answer")
    check(len(told) == 1, "%d answers to the scan" % len(told))
    check("LEBRETON" not in words(told[0]), "what was guessed from a picture was confirmed")
    check(status("LEBRETON") == "review", "the scan was registered without a person")

    ident = str(waiting[0]["id"])
    subprocess.run([program, "--config", config, "accept", ident], check=True)
    check(status("LEBRETON") == "registered", "it is not registered once a person accepted it")
    wait_for(lambda: any("LEBRETON" in words(mail) for mail in answers(root, "maryvonne")),
             "the confirmation after a person accepted it")


main()
