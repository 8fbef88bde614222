#!/usr/bin/env python3
"""forged.py BULLETIND BULLETINCTL CONFIG MAIL_ROOT WORK

A person registers and gets our answer. Then each row writes twice, a correction and a cancellation, as
header fields that are not hers; a token is hers with one thing changed. Last, the rows that are hers:
they must go through, else the others would say nothing. Exit 1 with all that is wrong.
"""
import glob
import json
import os
import re
import subprocess
import sys
import time

PATIENCE_S = 60
SHE, OTHER, THIRD = "h.martin@example.test", "mallory@example.org", "third@example.org"
US = "inscriptions@example.test"
PROVED = "Authentication-Results: mx.example.test; dmarc=pass header.from=example.test"
OTHER_PROVED = "Authentication-Results: mx.example.test; dmarc=pass header.from=example.org"
BULLETIN = ("Collectivité / organisme : Ville de Nancy\nCivilité : Mme\nNom : Martin\nPrénom : Hélène\n"
            "Fonction : Maire\nCourriel : %s\nParticipera à la réunion du 3 juillet 2019 : %%s\n" % SHE)
CANCELS = "Bonjour,\n\nJe souhaite annuler mon inscription à la réunion.\n\nHélène Martin\n"
FORGED = {  # header fields beside To, Subject and Message-ID; TOKEN: of our answer to her
    "another address": ["From: " + OTHER, OTHER_PROVED],
    "her name": ['From: "Hélène Martin" <%s>' % OTHER, OTHER_PROVED],
    "her address as a name": ['From: "%s" <%s>' % (SHE, OTHER), OTHER_PROVED],
    "her address as an encoded name": ["From: =?utf-8?q?h.martin=40example.test?= <%s>" % OTHER,
                                       OTHER_PROVED],
    "her address in a comment": ["From: %s (%s)" % (OTHER, SHE), OTHER_PROVED],
    "her address as a route": ["From: <@example.test,@h.martin:%s>" % OTHER, OTHER_PROVED],
    "she is Sender": ["From: " + OTHER, "Sender: " + SHE, OTHER_PROVED],
    "she is Reply-To": ["From: " + OTHER, "Reply-To: " + SHE, OTHER_PROVED],
    "a third is Reply-To": ["From: " + OTHER, "Reply-To: " + THIRD, OTHER_PROVED],
    "a list is Reply-To": ["From: " + OTHER, "Reply-To: tous@example.org, %s" % THIRD, OTHER_PROVED],
    "she is Return-Path": ["Return-Path: <%s>" % SHE, "From: " + OTHER, OTHER_PROVED],
    "two in From": ["From: %s, %s" % (OTHER, SHE), OTHER_PROVED],
    "two in From, she first": ["From: %s, %s" % (SHE, OTHER), OTHER_PROVED],
    "two From": ["From: " + OTHER, "From: " + SHE, OTHER_PROVED],
    "two From, hers first": ["From: " + SHE, "From: " + OTHER, OTHER_PROVED],
    "Cyrillic a": ["From: h.m\u0430rtin@example.test", PROVED],
    "Cyrillic a in the domain": ["From: h.martin@ex\u0430mple.test", PROVED],
    "full width": ["From: \uff48.martin@example.test", PROVED],
    "full width at": ["From: <h.martin\uff20example.test@example.org>", OTHER_PROVED],
    "Greek omicron for nothing": ["From: h.martin@example.test\u03bf", PROVED],
    "combining dot": ["From: h.mart\u0131\u0307n@example.test", PROVED],
    "dotless i": ["From: h.mart\u0131n@example.test", PROVED],
    "long s": ["From: h.martin@example.te\u017ft", PROVED],
    "zero width": ["From: h.mar\u200btin@example.test", PROVED],
    "soft hyphen": ["From: h.mar\u00adtin@example.test", PROVED],
    "a digit": ["From: h.mart1n@example.test", PROVED],
    "no dot": ["From: hmartin@example.test", PROVED],
    "a longer domain": ["From: h.martin@example.test.example.org", OTHER_PROVED],
    "a tag": ["From: h.martin+x@example.test", PROVED],
    "quoted, with a space": ['From: "h.martin "@example.test', PROVED],
    "not checked": ["From: " + SHE],
    "no proof": ["From: " + SHE, "Authentication-Results: mx.example.test; none"],
    "its own proof": ["From: " + SHE, "Authentication-Results: mx.example.org; dmarc=pass "
                      "header.from=example.test"],
    "proof of another": ["From: " + SHE, OTHER_PROVED],
    "failed": ["From: " + SHE, "Authentication-Results: mx.example.test; dmarc=fail"],
    "proof below the failure": ["Authentication-Results: mx.example.test; dmarc=fail", PROVED,
                                "From: " + SHE],
    "quoted proof": ["From: " + SHE, "Authentication-Results: mx.example.test; spf=fail "
                     'smtp.mailfrom="x; dmarc=pass header.from=example.test "@example.org'],
    "a letter of the token": ["From: " + OTHER, "In-Reply-To: LETTER", OTHER_PROVED],
    "a shorter token": ["From: " + OTHER, "In-Reply-To: SHORT", OTHER_PROVED],
    "a longer token": ["From: " + OTHER, "In-Reply-To: LONG", OTHER_PROVED],
    "no MAC": ["From: " + OTHER, "In-Reply-To: <bulletind.1.1.confirmed.@example.test>", OTHER_PROVED],
    "another kind": ["From: " + OTHER, "References: KIND", OTHER_PROVED],
    "a MAC of letters": ["From: " + OTHER, "References: <bulletind.1.1.confirmed.%s@example.test>" %
                         ("a" * 24), OTHER_PROVED],
    "the token in the subject alone": ["From: " + OTHER, "Subject: TOKEN", OTHER_PROVED],
    "the token in another field": ["From: " + OTHER, "X-In-Reply-To: TOKEN", OTHER_PROVED],
}
FAILED = "the mail failed authentication"
WHY = {"correction": r"registration 1 (was made from another|is of that) address|" + FAILED +
       "|there is no address",
       "cancellation": "a cancellation, but of which registration is not certain|" + FAILED +
       "|there is no address"}
HERS = [  # header fields, what she says, and what becomes of it
    (["From: H.Martin@Example.TEST", PROVED], BULLETIN % "Non", "declined"),
    (["From: " + OTHER, "In-Reply-To: TOKEN", OTHER_PROVED], BULLETIN % "Oui", "registered"),
    (["From: " + SHE, PROVED], CANCELS, "cancelled"),
]


class Forged:
    def __init__(self, bulletind, bulletinctl, config, mail_root, work):
        self.bulletind, self.bulletinctl, self.config = bulletind, bulletinctl, config
        self.mail_root, self.work = mail_root, work
        self.found, self.count = [], 0
        self.inbox = os.path.join(mail_root, "inscriptions")
        for folder in ("tmp", "new", "cur"):
            os.makedirs(os.path.join(self.inbox, folder))

    def check(self, holds, what):
        if not holds:
            self.found.append(what)

    def put(self, ident, fields, text):
        """Into the mailbox, as it would lie there."""
        if not any(field.startswith("Subject:") for field in fields):
            fields = fields + ["Subject: Bulletin de participation"]
        fields = fields + ["To: " + US, "Message-ID: <%s@example.test>" % ident, "MIME-Version: 1.0",
                           "Content-Type: text/plain; charset=utf-8",
                           "Content-Transfer-Encoding: 8bit"]
        self.count += 1
        path = os.path.join(self.inbox, "new", "%d.M1P1.host" % (1700000000 + self.count))
        with open(path, "wb") as f:
            f.write(("\r\n".join(fields) + "\r\n\r\n" + text).encode())
        owner = os.stat(self.mail_root)
        for folder, names, files in os.walk(self.inbox):
            for name in [folder] + [os.path.join(folder, name) for name in names + files]:
                os.chown(name, owner.st_uid, owner.st_gid)

    def run(self):
        with open(os.path.join(self.work, "log"), "ab") as log:
            code = subprocess.run([self.bulletind, "--config", self.config, "--once"], stdout=log,
                                  stderr=log, timeout=PATIENCE_S).returncode
        if code:
            sys.exit("FAIL: exit %d" % code)
        end = time.monotonic() + PATIENCE_S
        while any(files for folder, _, files in os.walk(os.path.join(self.work, "p"))
                  if set(folder.split(os.sep)) & {"maildrop", "incoming", "active", "deferred"}):
            if time.monotonic() > end:
                sys.exit("FAIL: Postfix still holds mail")
            time.sleep(0.02)

    def ask(self, *arguments):
        out = subprocess.run([self.bulletinctl, *arguments, "--json", "--config", self.config],
                             check=True, stdout=subprocess.PIPE).stdout
        return [json.loads(line) for line in out.splitlines()]

    def hers(self):
        return [row for row in self.ask("list") if row["message_id"].strip("<>") == "hers@example.test"
                or row["id"] == 1]

    def registers(self):
        self.put("hers", ["From: " + SHE], BULLETIN % "Oui")
        self.run()
        rows, sent = self.hers(), self.ask("queue", "--outbox", "--all")
        if len(rows) != 1 or rows[0]["status"] != "registered" or len(sent) != 1:
            sys.exit("FAIL: she is not registered: %s %s" % (rows, sent))
        self.before, self.token = rows[0], "<%s>" % sent[0]["message_id"].strip("<>")

    def with_token(self, field):
        local, domain = self.token.strip("<>").split("@")
        last = "b" if local[-1] == "a" else "a"
        variants = {"TOKEN": self.token, "LETTER": "<%s@%s>" % (local[:-1] + last, domain),
                    "SHORT": "<%s@%s>" % (local[:-1], domain), "LONG": "<%s@%s>" % (local + "a", domain),
                    "KIND": "<%s@%s>" % (local.replace(".confirmed.", ".updated."), domain)}
        return re.sub(r"\b(TOKEN|LETTER|SHORT|LONG|KIND)\b", lambda match: variants[match[0]], field)

    def write(self, rows):
        for number, fields in enumerate(rows.values()):
            fields = [self.with_token(field) for field in fields]
            self.put("correction%d" % number, fields, BULLETIN % "Non")
            self.put("cancellation%d" % number, fields, CANCELS)
        self.run()

    def nothing_changed(self):
        rows = self.hers()
        self.check(rows == [self.before], "her registration: %s" % rows)
        queue = {row["message_id"].strip("<>").split("@")[0]: row
                 for row in self.ask("queue", "--all")}
        for number, name in enumerate(FORGED):
            for kind in ("correction", "cancellation"):
                row = queue.get("%s%d" % (kind, number), {"state": "lost", "reason": ""})
                self.check(row["state"] == "review" and re.match(WHY[kind], row["reason"]),
                           "%s, %s: %s" % (name, kind, row))

    def nobody_else_is_answered(self):
        mails = {row["id"]: row for row in self.ask("queue", "--all")}
        for row in self.ask("queue", "--outbox", "--all"):
            self.check(row["to"] == mails[row["message"]]["from"], "answered elsewhere: %s" % row)
        for name in ("third", "tous"):
            got = glob.glob(os.path.join(self.mail_root, name, "new", "*"))
            self.check(not got, "%s got %d mails" % (name, len(got)))

    def hers_go_through(self):
        for number, (fields, text, status) in enumerate(HERS):
            self.put("hers%d" % number, [self.with_token(field) for field in fields], text)
            self.run()
            rows = self.hers()
            self.check([row["status"] for row in rows] == [status],
                       "%s: not %s: %s" % (fields, status, rows))


def main():
    forged = Forged(*sys.argv[1:])
    forged.registers()
    forged.write(FORGED)
    forged.nothing_changed()
    forged.nobody_else_is_answered()
    forged.hers_go_through()
    print("\n".join(forged.found) if forged.found else "%d forged mails change nothing" % (2 * len(FORGED)))
    sys.exit(1 if forged.found else 0)


if __name__ == "__main__":
    main()
