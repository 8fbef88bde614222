#!/usr/bin/env python3
"""words.py BULLETIND BULLETINCTL CONFIG MAIL_ROOT WORK

Each row is words that stand in a bulletin's display name, subject, file name and values at once. The
mails lie in the mailbox as they are; `bulletind --once` answers. Exit 1 with all that is wrong.
"""
import base64
import csv
import email
import email.policy
import glob
import io
import json
import os
import re
import subprocess
import sys
import time
import unicodedata

PATIENCE_S = 60
ESC, BELL, CSI, RLO, ZWSP = "\x1b", "\x07", "\x9b", "\u202e", "\u200b"
ROWS = {
    "crlf": "x\r\nBcc: victim@example.org\r\n\r\nbody",
    "lf": "x\nBcc: victim@example.org\n\nbody",
    "cr": "x\rBcc: victim@example.org\r\rbody",
    "separators": "x\u2028Bcc: victim@example.org\u2029\u0085Bcc: victim@example.org",
    "encoded": "=?utf-8?Q?x=0D=0ABcc:_victim@example.org?=",
    "screen": ESC + "[2J" + ESC + "]0;owned" + BELL + "red",
    "c1": CSI + "31m" + CSI + "2J red\x8d\x90",
    "turned": RLO + "gnp.exe" + ZWSP + "\u2066x\u2069",
    "template": "{{needs}} {{#people}}{{last_name}}{{/people}} {{>other}} {{=<% %>=}}",
    "equals": "=HYPERLINK(\"http://evil.example\";\"x\")",
    "plus": "+1+cmd|' /C calc'!A0",
    "minus": "-2+3",
    "at": "@SUM(1+1)",
    "semicolon": "x;=1+1;\"=1+1\";@SUM(1)",
    "wide": "＝1+1",
    "tab": "\t=1+1",
    "html": "<script>alert(1)</script><img src=http://evil.example/x>",
    "calendar": "x\\nEND:VEVENT\nATTENDEE:mailto:victim@example.org;X=\"y",
    "json": "\"}\n{\"id\": 1, \"event\": \"forged\"}\\",
    "nul": "x\0y\xffz",
    "parts": "x\n--=-=\nContent-Type: text/html\n\n<b>y</b>",
}
FIELDS = {"auto-submitted", "content-disposition", "content-language", "content-transfer-encoding",
          "content-type", "date", "delivered-to", "from", "in-reply-to", "message-id",
          "mime-version", "precedence", "received", "references", "reply-to", "return-path",
          "subject", "to", "x-auto-response-suppress"}
NEEDS = "sans arachides"
US = "inscriptions@example.test"


def word(text):
    """An encoded word: bytes of any kind are wrapped in it."""
    return "=?utf-8?B?%s?=" % base64.b64encode(text.encode()).decode()


def mail(name, evil):
    """A bulletin; in odd rows the display name and the subject stand raw as far as a line can."""
    line = " ".join(evil.split()) if "\n" in evil or "\r" in evil else evil
    shown = word(evil) if len(name) % 2 else '"%s"' % line.replace("\\", "\\\\").replace('"', '\\"')
    body = "\n".join([
        "Collectivité / organisme : Ville " + line, "Civilité : Mme", "Nom : Martin " + line,
        "Prénom : Hélène " + line, "Fonction : " + line, "Téléphone : 06 12 34 56 78 " + line,
        "Courriel : %s@example.test" % name, "Besoins particuliers : " + NEEDS,
        "Participera à la réunion du 3 juillet 2019 : Oui", "", evil, ""])
    page = "<html><body><p>%s</p></body></html>" % body.replace("\n", "<br>")
    head = ["From: %s <%s@example.test>" % (shown, name), "To: " + US,
            "Subject: Bulletin " + (word(evil) if len(name) % 2 else line),
            "Message-ID: <%s@example.test>" % name, "MIME-Version: 1.0",
            "Content-Type: multipart/mixed; boundary=us"]
    parts = [("text/plain; charset=utf-8", body), ("text/html; charset=utf-8", page),
             ('text/plain; name="%s"; charset=utf-8' % word(evil + ".txt"), "Bonjour")]
    text = "\r\n".join(head) + "\r\n\r\n"
    for kind, content in parts:
        text += "--us\r\nContent-Type: %s\r\nContent-Transfer-Encoding: base64\r\n\r\n%s\r\n" % (
            kind, base64.encodebytes(content.encode()).decode().replace("\n", "\r\n"))
    return (text + "--us--\r\n").encode("utf-8", "surrogateescape")


def unsafe(text, may=""):
    """Characters that a terminal obeys, or that turn the reading round."""
    return sorted({"U+%04X" % ord(c) for c in text if c not in may and
                   (unicodedata.category(c) == "Cc" or c in "\u2028\u2029" or
                    "\u202a" <= c <= "\u202e" or "\u2066" <= c <= "\u2069")})


class Words:
    def __init__(self, bulletind, bulletinctl, config, mail_root, work):
        self.bulletind, self.bulletinctl, self.config = bulletind, bulletinctl, config
        self.mail_root, self.work, self.found = mail_root, work, []

    def check(self, holds, what):
        if not holds:
            self.found.append(what)

    def deliver(self):
        inbox = os.path.join(self.mail_root, "inscriptions")
        owner = os.stat(self.mail_root)
        for folder in ("", "tmp", "new", "cur"):
            os.makedirs(os.path.join(inbox, folder), exist_ok=True)
        for number, (name, evil) in enumerate(ROWS.items()):
            with open(os.path.join(inbox, "new", "17000000%02d.M1P1.host" % number), "wb") as f:
                f.write(mail(name, evil))
            with open(os.path.join(self.work, name + ".eml"), "wb") as f:
                f.write(mail(name, evil))
        for folder, names, files in os.walk(inbox):
            for path in [folder] + [os.path.join(folder, f) for f in names + files]:
                os.chown(path, owner.st_uid, owner.st_gid)

    def run(self):
        done = subprocess.run([self.bulletind, "--verbose", "--config", self.config, "--once"],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=PATIENCE_S)
        self.check(done.returncode == 0, "exit %d: %s" % (done.returncode, done.stdout[-2000:]))
        self.printed("the log", done.stdout)
        end = time.monotonic() + PATIENCE_S
        while any(files for folder, _, files in os.walk(os.path.join(self.work, "p"))
                  if set(folder.split(os.sep)) & {"maildrop", "incoming", "active", "deferred"}):
            if time.monotonic() > end:
                sys.exit("FAIL: Postfix still holds mail")
            time.sleep(0.02)

    def printed(self, what, raw, may="\n"):
        text = raw.decode("utf-8", "surrogateescape")
        self.check(not re.search("[\udc80-\udcff]", text), "%s: not UTF-8" % what)
        self.check(not unsafe(text, may), "%s prints %s" % (what, unsafe(text, may)))
        return text

    def ask(self, *arguments, may="\n"):
        done = subprocess.run([self.bulletinctl, *arguments, "--config", self.config],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=PATIENCE_S)
        name = " ".join(arguments).replace(self.work + "/", "")
        self.check(not done.stderr or done.returncode, "%s: %s" % (name, done.stderr))
        self.printed(name + " (errors)", done.stderr)
        return self.printed(name, done.stdout, may)

    # --- answers

    def answers(self):
        for name in ROWS:
            paths = glob.glob(os.path.join(self.mail_root, name, "new", "*"))
            self.check(len(paths) == 1, "%s: %d answers" % (name, len(paths)))
            for path in paths:
                with open(path, "rb") as f:
                    self.answer(name, f.read())
        others = set(os.listdir(self.mail_root)) - set(ROWS) - {"inscriptions"}
        self.check(not others, "somebody else got mail: %s" % others)

    def answer(self, name, raw):
        self.check(not re.search(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\xff]", raw),
                   name + ": bytes that no mail may hold")
        got = email.message_from_bytes(raw, policy=email.policy.default)
        odd = {field.lower() for field in got.keys()} - FIELDS
        self.check(not odd, "%s: fields %s" % (name, odd))
        for field in ("to", "from", "subject", "reply-to", "message-id"):
            self.check(len(got.get_all(field, [])) <= 1, "%s: %s twice" % (name, field))
            self.check(not unsafe(str(got[field])), "%s: %s: %s" % (name, field, got[field]))
        self.check([a.addr_spec for a in got["To"].addresses] == [name + "@example.test"],
                   "%s: to %s" % (name, got["To"]))
        kinds = [part.get_content_type() for part in got.walk() if not part.is_multipart()]
        self.check(kinds in (["text/plain"], ["text/plain", "text/calendar"]),
                   "%s: parts %s" % (name, kinds))
        text = got.get_body(("plain",)).get_content()
        self.check(not unsafe(text, "\n"), "%s: its text has %s" % (name, unsafe(text, "\n")))
        self.check(NEEDS not in text, name + ": health data is told")
        self.check("evil.example" not in text, name + ": a stranger's link is told")
        self.check(not re.search(r"(?m)^Bcc", text), name + ": a field in the text")
        for part in got.walk():
            if part.get_content_type() == "text/calendar":
                lines = part.get_content().splitlines()
                self.check(lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") == 1 and
                           not any(line.startswith("ATTENDEE:mailto:victim") for line in lines),
                           "%s: calendar %s" % (name, lines))

    # --- what the administrator sees

    def commands(self):
        for words in (("list",), ("queue", "--all"), ("queue", "--outbox", "--all"), ("log",)):
            self.ask(*words)
            for line in self.ask(*words, "--json").splitlines():
                json.loads(line)
        rows = [json.loads(line) for line in self.ask("queue", "--all", "--json").splitlines()]
        self.check(len(rows) == len(ROWS), "%d mails in the queue" % len(rows))
        for row in rows:
            self.ask("show", str(row["id"]))
            self.ask("show", str(row["id"]), "--json")
        for name in ROWS:
            path = os.path.join(self.work, name + ".eml")
            for words in (("parse", path), ("explain", path)):
                self.ask(*words)
                self.ask(*words, "--json")
        registered = [json.loads(line) for line in self.ask("list", "--json").splitlines()]
        self.check(len(registered) >= len(ROWS) / 2, "%d registrations" % len(registered))
        self.check(all(row["event"] == "copil-2019" for row in registered), "a forged row")

    def export(self):
        """Spreadsheets take "," or ";" as the separator, as the country has it."""
        text = self.ask("export", may="\r\n")
        for separator in ",;\t":
            for cells in csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""),
                                    delimiter=separator):
                bad = [cell for cell in cells if cell[:1] and cell[0] in "=+-@＝＋－＠\t\r"]
                self.check(not bad, "export read with '%s': formulas %s" % (separator, bad))


def main():
    words = Words(*sys.argv[1:])
    words.deliver()
    words.run()
    words.answers()
    words.commands()
    words.export()
    print("\n".join(words.found) if words.found else "%d strangers' words: ok" % len(ROWS))
    sys.exit(1 if words.found else 0)


if __name__ == "__main__":
    main()
