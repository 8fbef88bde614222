#!/usr/bin/env python3
"""loops.py BULLETIND BULLETINCTL CONFIG MAIL_ROOT WORK SMTP_PORT

Each meeting is played until nothing moves any more; how many mails went to and fro is counted at the
relay that all of them pass. Exit 1 at the first that goes on for longer than it may.
"""
import email
import email.policy
import email.utils
import json
import os
import re
import shutil
import smtplib
import subprocess
import sys
import time
from email.message import EmailMessage

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "servers"))
from strip_relay import StripRelay  # noqa: E402

US = "inscriptions@example.test"
PATIENCE_S = 60
ROUNDS_MAX = 40
BULLETIN = ("Collectivité / organisme : Ville de Nancy\nCivilité : Mme\nNom : Martin\nPrénom : Hélène\n"
            "Fonction : Maire\nCourriel : %s\nParticipera à la réunion du 3 juillet 2019 : Oui\n")


class Meeting:
    """One daemon for each of `users`, all answers through the relay, empty stores and mailboxes."""

    def __init__(self, options, users):
        self.options, self.users = options, users
        self.relay = StripRelay(int(options.smtp_port))
        with open(options.config, encoding="utf-8") as f:
            config = f.read()
        config = re.sub(r"url: submission://localhost:\d+\n +user: .*\n +password_file: .*\n"
                        r" +ca_file: .*\n", "url: smtp://localhost:%d\n" % self.relay.port, config)
        for user in users:
            shutil.rmtree(self.path(user, "store"), ignore_errors=True)
            shutil.rmtree(os.path.join(options.mail_root, user), ignore_errors=True)
            os.makedirs(self.path(user, "store"))
            mine = config.replace("inscriptions", user)
            mine = re.sub(r"^store: .*$", "store: " + self.path(user, "store"), mine, flags=re.M)
            with open(self.path(user, "yaml"), "w", encoding="utf-8") as f:
                f.write(mine)

    def path(self, user, what):
        return os.path.join(self.options.work, "%s.%s" % (user, what))

    def run(self, user):
        with open(os.path.join(self.options.work, "log"), "ab") as log:
            code = subprocess.run([self.options.bulletind, "--config", self.path(user, "yaml"),
                                   "--once"], stdout=log, stderr=log, timeout=PATIENCE_S).returncode
        check(code == 0, "%s ended with %d" % (user, code))

    def ask(self, user, *arguments):
        out = subprocess.run([self.options.bulletinctl, *arguments, "--json", "--config",
                              self.path(user, "yaml")], check=True, stdout=subprocess.PIPE).stdout
        return [json.loads(line) for line in out.splitlines()]

    def send(self, sender, subject, text, answers=None):
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = sender, US, subject
        mail["Message-ID"] = email.utils.make_msgid(domain="example.test")
        if answers is not None:
            mail["In-Reply-To"] = answers["Message-ID"]
            mail["References"] = answers["Message-ID"]
        mail.set_content(text)
        with smtplib.SMTP("127.0.0.1", self.relay.port) as smtp:
            smtp.send_message(mail, sender, [US])

    def wait_for_delivery(self):
        """Until Postfix has handed everything on."""
        waiting = {"maildrop", "incoming", "active", "deferred"}
        end = time.monotonic() + PATIENCE_S
        while any(files for folder, _, files in os.walk(os.path.join(self.options.work, "p"))
                  if set(folder.split(os.sep)) & waiting):
            check(time.monotonic() < end, "Postfix still holds mail")
            time.sleep(0.02)

    def new_mails(self, user):
        """What lies in the mailbox and was not looked at yet, oldest first."""
        found, folder = [], os.path.join(self.options.mail_root, user, "new")
        for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
            path = os.path.join(folder, name)
            with open(path, "rb") as f:
                found.append(email.message_from_binary_file(f, policy=email.policy.default))
            os.rename(path, os.path.join(folder, "..", "cur", name + ":2,S"))
        return found

    def play(self, respond):
        """respond() answers what came; until a round brings nothing. Answers of ours in all."""
        for _ in range(ROUNDS_MAX):
            before = len(self.relay.passed)
            self.wait_for_delivery()
            respond()
            self.wait_for_delivery()
            if len(self.relay.passed) == before:
                break
        else:
            sys.exit("FAIL: it does not end: %s" % self.relay.passed)
        return sum(sender == US for sender, _, _ in self.relay.passed)


def check(holds, what):
    if not holds:
        sys.exit("FAIL: " + what)


def two_of_us(options):
    meeting = Meeting(options, ["inscriptions", "autres"])
    meeting.send("autres@example.test", "Bulletin", BULLETIN % "autres@example.test")
    answers = meeting.play(lambda: [meeting.run(user) for user in meeting.users])
    others = sum(sender == "autres@example.test" for sender, _, _ in meeting.relay.passed) - 1
    check(answers == 1 and others <= 1, "two of us: %s" % meeting.relay.passed)
    return "two bulletind: %d answer of ours, %d of the other's" % (answers, others)


def robot(options, name, text, restart=False):
    """Somebody's robot answers each mail; text(n) makes its n-th subject and body."""
    meeting, said = Meeting(options, ["inscriptions"]), []
    address = "h.martin@example.test"
    shutil.rmtree(os.path.join(options.mail_root, "h.martin"), ignore_errors=True)
    meeting.send(address, "Bulletin", BULLETIN % address)

    def respond():
        meeting.run("inscriptions")
        meeting.wait_for_delivery()
        for mail in meeting.new_mails("h.martin"):
            said.append(mail)
            subject, body = text(len(said), mail)
            meeting.send(address, subject, body, mail)

    answers = meeting.play(respond)
    held = [row for row in meeting.ask("inscriptions", "queue", "--outbox", "--all")
            if row["state"] in ("delayed", "ready")]
    check(answers <= 4, "%s: %d answers: %s" % (name, answers, meeting.relay.passed))
    return "%s: %d answers of ours, %d held back%s" % (
        name, answers, len(held), ": " + held[0]["last_error"] if held else "")


def main():
    class Options:
        pass
    options = Options()
    (options.bulletind, options.bulletinctl, options.config, options.mail_root, options.work,
     options.smtp_port) = sys.argv[1:]
    print(two_of_us(options))
    print(robot(options, "a robot with one text",
                lambda n, mail: ("Absent", "Je suis absent du bureau.")))
    print(robot(options, "a robot that quotes, Re: Re:",
                lambda n, mail: ("Re: " + str(mail["Subject"]), "Merci de votre message.\n\n> " +
                                 mail.get_body(("plain",)).get_content().replace("\n", "\n> "))))
    print(robot(options, "a robot with a new text each time",
                lambda n, mail: ("Ticket %d" % n, "Votre demande %d est enregistrée. Répondez-nous : "
                                 "qui vient, et quand ?" % n)))
    print(robot(options, "a robot that sends our bulletin back",
                lambda n, mail: ("Bulletin %d" % n, BULLETIN % "h.martin@example.test" + "\n%d" % n)))


if __name__ == "__main__":
    main()
