#!/usr/bin/env python3
"""send_scan.py SMTP_PORT MAIL_ROOT BULLETINCTL CONFIG SCAN.eml

A scanned bulletin, then a typed one. Exit 1 at the first thing that is not as it must be.
"""
import json
import os
import smtplib
import subprocess
import sys
from email.message import EmailMessage

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from people import US, check, mail_of, mails_of, wait_for, words  # noqa: E402


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

    send(int(port), mail_of(scan), "maryvonne")
    typed = EmailMessage()
    typed["Subject"] = "Bulletin"
    typed.set_content("Collectivité / organisme : Ville de Nancy\nNom : Martin\nPrénom : Paul\n"
                      "Courriel : paul@example.test\nParticipera à la réunion du 3 juillet : Oui\n")
    send(int(port), typed, "paul")
    confirmed = wait_for(lambda: mails_of(root, "paul"), "the typed bulletin's answer")
    check("Martin" in words(confirmed[0]), "the typed bulletin is not confirmed")

    waiting = wait_for(lambda: rows("queue"), "the scan in the queue")
    check(len(waiting) == 1, "%d mails wait, not the scan alone" % len(waiting))
    shown = rows("show", str(waiting[0]["id"]))[0]
    text = json.dumps(shown, ensure_ascii=False)
    check("read from a picture" in text, "nobody is told that it comes from a picture: " + text)
    check("LEBRETON" in text and "Maryvonne" in text, "the scan's values are not there: " + text)
    told = wait_for(lambda: mails_of(root, "maryvonne"), "the scan's answer")
    check(len(told) == 1, "%d answers to the scan" % len(told))
    check("LEBRETON" not in words(told[0]), "what was guessed from a picture was confirmed")
    check(status("LEBRETON") == "review", "the scan was registered without a person")

    ident = str(waiting[0]["id"])
    subprocess.run([program, "--config", config, "accept", ident], check=True)
    check(status("LEBRETON") == "registered", "it is not registered once a person accepted it")
    wait_for(lambda: any("LEBRETON" in words(mail) for mail in mails_of(root, "maryvonne")),
             "the confirmation after a person accepted it")


main()
