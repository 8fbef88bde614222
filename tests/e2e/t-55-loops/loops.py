#!/usr/bin/env python3
"""loops.py BULLETIND BULLETINCTL CONFIG MAIL_ROOT WORK SMTP_PORT

Each meeting is played until nothing moves any more; how many mails went to and fro is counted at the
relay that all of them pass. Exit 1 at the first that goes on for longer than it may.
"""
import email
import email.policy
import email.utils
import glob
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
SERVERS = os.path.join(HERE, "..", "..", "servers")
sys.path.insert(0, SERVERS)
from strip_relay import StripRelay  # noqa: E402

US = "inscriptions@example.test"
ROBOT = "h.martin@example.test"
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
        for user in users + ["h.martin"]:
            shutil.rmtree(os.path.join(options.mail_root, user), ignore_errors=True)
        for user in users:
            shutil.rmtree(self.path(user, "store"), ignore_errors=True)
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
        return sum(author == US for author, _, _ in self.relay.passed)

    def held(self):
        """Which limits hold answers back, as the queue, its log and a later run say it."""
        rows = [row for row in self.ask("inscriptions", "queue", "--outbox", "--all")
                if row["state"] != "sent"]
        check(all(row["state"] == "delayed" for row in rows), "not sent: %s" % rows)
        log = [line["text"] for line in self.ask("inscriptions", "log", "--since", "1h")]
        for row in rows:
            check(any(row["message_id"].strip("<>") in text and row["last_error"] in text
                      for text in log), "the log does not say it: %s" % row)
        return sorted({row["last_error"] for row in rows})

    def ends(self, name, answers, want, limit=None):
        """It ended after `want` answers; `limit` holds the next one, whoever starts us again."""
        check(answers == want, "%s: %d answers, not %d: %s" % (
            name, answers, want, self.relay.passed))
        check(not any(re.match(r"(?i)((auto|re)\s*:\s*){3}", subject)
                      for author, _, subject in self.relay.passed if author == US),
              "%s: our subject grows: %s" % (name, self.relay.passed))
        expected = ["held by limit " + limit] if limit else []
        check(self.held() == expected, "%s: %s, not %s" % (name, self.held(), expected))
        before = len(self.relay.passed)
        self.run("inscriptions")
        self.wait_for_delivery()
        check(len(self.relay.passed) == before and self.held() == expected,
              "%s: started again, it goes on: %s" % (name, self.relay.passed))
        print("%s: %d answers of ours%s" % (name, answers, ", the next is " + expected[0]
                                            if expected else ""))


def check(holds, what):
    if not holds:
        sys.exit("FAIL: " + what)


def two_of_us(options, renames, want, theirs):
    """renames: the relay gives each mail a Message-ID of its own, too."""
    meeting = Meeting(options, ["inscriptions", "autres"])
    meeting.relay.renames = renames
    meeting.send("autres@example.test", "Bulletin", BULLETIN % "autres@example.test")
    answers = meeting.play(lambda: [meeting.run(user) for user in meeting.users])
    others = sum(author == "autres@example.test" for author, _, _ in meeting.relay.passed) - 1
    check(others == theirs, "the other one answers: %s" % meeting.relay.passed)
    meeting.ends("two bulletind%s" % (", Message-IDs changed" if renames else ""), answers, want)


def robot(options, name, text, want, limit=None):
    """Somebody's robot answers each mail; text(n, mail) makes its n-th subject and body."""
    meeting, said = Meeting(options, ["inscriptions"]), []
    meeting.send(ROBOT, "Bulletin", BULLETIN % ROBOT)

    def respond():
        meeting.run("inscriptions")
        meeting.wait_for_delivery()
        for mail in meeting.new_mails("h.martin"):
            said.append(mail)
            subject, body = text(len(said), mail)
            meeting.send(ROBOT, subject, body, mail)

    meeting.ends(name, meeting.play(respond), want, limit)


def vacation(options, strips, want, limit=None):
    """Sieve's vacation (RFC 5230), set to answer each and every mail."""
    meeting = Meeting(options, ["inscriptions"])
    meeting.relay.strips = strips
    house = os.path.join(options.work, "d")
    with open(os.path.join(house, "h.martin.sieve"), "w", encoding="utf-8") as f:
        f.write('require ["vacation", "vacation-seconds"];\n'
                'vacation :seconds 0 "Je suis absent du bureau.";\n')
    with open(os.path.join(house, "local.conf"), "w", encoding="utf-8") as f:
        f.write("submission_host = 127.0.0.1:%d\n" % meeting.relay.port +
                "protocol lmtp {\n  mail_plugins = sieve\n}\n"
                "plugin {\n  sieve = file:%s/%%n.sieve\n" % house +
                "  sieve_extensions = +vacation-seconds\n  sieve_vacation_min_period = 0\n}\n")
    for step in ("down", "up"):
        subprocess.run([os.path.join(SERVERS, "dovecot-" + step), house], check=True)
    meeting.send(ROBOT, "Bulletin", BULLETIN % ROBOT)
    answers = meeting.play(lambda: meeting.run("inscriptions"))
    theirs = len(meeting.relay.passed) - answers - 1
    check(theirs == (answers if strips else 0), "vacation: %s" % meeting.relay.passed)
    meeting.ends("Sieve's vacation, %s" % ("nothing marks a mail" if strips else "as it is"),
                 answers, want, limit)


ROBOTS = [
    ("a robot with one text", lambda n, mail: ("Absent", "Je suis absent du bureau."),
     2, "same_text_days"),
    ("a robot that quotes us, Re: Re:",
     lambda n, mail: ("Re: " + str(mail["Subject"]), "Merci de votre message.\n\n> " +
                      mail.get_body(("plain",)).get_content().replace("\n", "\n> ")),
     1, "same_text_days"),
    ("a robot with a new text each time",
     lambda n, mail: ("Ticket %d" % n, "Votre demande %d est enregistrée. Répondez-nous : qui "
                      "vient, et quand ?" % n), 2, "same_text_days"),
    ("a robot that sends our bulletin back",
     lambda n, mail: ("Bulletin %d" % n, BULLETIN % ROBOT + "\n%d" % n), 1, "same_text_days"),
    ("a robot that registers somebody else each time",
     lambda n, mail: ("Bulletin %d" % n, (BULLETIN % ROBOT).replace(
         "Martin", "Martin" + "abcdefghijklmnopqrstuvwxyz"[n % 26])), 20, "address_hour"),
]


def main():
    class Options:
        pass
    options = Options()
    (options.bulletind, options.bulletinctl, options.config, options.mail_root, options.work,
     options.smtp_port) = sys.argv[1:]
    two_of_us(options, False, 1, 0)
    two_of_us(options, True, 2, 1)
    for name, text, want, limit in ROBOTS:
        robot(options, name, text, want, limit)
    if not glob.glob("/usr/lib/dovecot/modules/*sieve_plugin.so"):
        print("skipped: Sieve's vacation: dovecot-sieve is not installed")
        return
    vacation(options, False, 1)
    vacation(options, True, 1)


if __name__ == "__main__":
    main()
