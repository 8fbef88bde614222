#!/usr/bin/env python3
"""ways_in.py BULLETIND CONFIG WORK MAIL_ROOT

Each row is two runs of `bulletind --once`, with an impostor in the place of the server that is read
from and of the one that sends. Each ends with a code and one line that says why, and nothing is heard in
clear but what comes before a handshake.
"""
import base64
import concurrent.futures
import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "servers"))
from impostor import Impostor  # noqa: E402

RUN_MAX_S = 60
AT_ONCE = 8  # they wait more than they work
IN_CLEAR = {"imap": r"\S+ (CAPABILITY|STARTTLS|LOGOUT)$", "smtp": r"(EHLO \S+|STARTTLS|QUIT)$"}
BULLETIN = ("From: h.martin@example.test\r\nTo: inscriptions@example.test\r\nSubject: Bulletin\r\n"
            "Message-ID: <one@example.test>\r\nMIME-Version: 1.0\r\n"
            "Content-Type: text/plain; charset=utf-8\r\n\r\n"
            "Collectivité / organisme : Ville de Nancy\r\nCivilité : Mme\r\nNom : Martin\r\n"
            "Prénom : Hélène\r\nFonction : Maire\r\nCourriel : h.martin@example.test\r\n"
            "Participera à la réunion du 3 juillet 2019 : Oui\r\n")
EXPIRED, FUTURE = "certificate expired (its last day is ", "certificate is not valid before "
ELSEWHERE = "certificate is for 'mail.example.org', not 'localhost'"
SELF = "certificate is signed by 'CN=localhost', which "
INJECTED = "sent more in clear after STARTTLS; somebody may be injecting it"
NO_TLS = "the server does not speak TLS 1.2 or later on this port"
ROWS = [  # mode, what the line says of reading, and of sending
    ("expired", EXPIRED, EXPIRED),
    ("expired+", EXPIRED, EXPIRED),
    ("future", FUTURE, FUTURE),
    ("future+", FUTURE, FUTURE),
    ("elsewhere", ELSEWHERE, ELSEWHERE),
    ("elsewhere+", ELSEWHERE, ELSEWHERE),
    ("self", SELF, SELF),
    ("self+", SELF, SELF),
    ("stripped+", "STARTTLS: the server refuses: not here", "does not offer STARTTLS, nothing is sent in clear"),
    ("refused+", "STARTTLS: the server refuses: not here", "STARTTLS was refused: 454 4.7.0 not here"),
    ("injected+", INJECTED, INJECTED),
    ("late+", NO_TLS, NO_TLS),
    ("forgets+", "neither PLAIN nor LOGIN", "neither PLAIN nor LOGIN"),
]
SCHEMES = {"imap": ("imaps", "imap+starttls"), "smtp": ("submissions", "submission")}


class House:
    def __init__(self, bulletind, config, work, mail_root):
        self.bulletind, self.work, self.mail_root = bulletind, work, mail_root
        with open(config, encoding="utf-8") as f:
            self.config = f.read()
        with open(os.path.join(work, "password"), encoding="utf-8") as f:
            self.password = f.read().strip()

    def fill_inbox(self, user):
        inbox = os.path.join(self.mail_root, user)
        owner = os.stat(self.mail_root)
        shutil.rmtree(inbox, ignore_errors=True)
        for name in ("tmp", "new", "cur"):
            os.makedirs(os.path.join(inbox, name))
        path = os.path.join(inbox, "new", "1700000000.M1P1.host")
        with open(path, "w", encoding="utf-8", newline="") as f:
            f.write(BULLETIN.replace("inscriptions@", user + "@"))
        for folder in (inbox, path, *(os.path.join(inbox, name) for name in ("tmp", "new", "cur"))):
            os.chown(folder, owner.st_uid, owner.st_gid)

    def run(self, protocol, impostor):
        """Exit code and log of a run that meets the impostor where `protocol` is spoken."""
        url = "%s://localhost:%d" % (SCHEMES[protocol][impostor.starttls], impostor.port)
        pattern = r"imap: imaps://\S+" if protocol == "imap" else r"url: submission://\S+"
        user = "%s-%s" % (protocol, impostor.mode + "s" * impostor.starttls)
        store, config = (os.path.join(self.work, user + end) for end in (".store", ".yaml"))
        text = re.sub(pattern, pattern.split(" ")[0] + " " + url, self.config)
        text = re.sub("^store: .*$", "store: " + store, text, flags=re.M)
        with open(config, "w", encoding="utf-8") as f:
            f.write(text.replace("inscriptions@", user + "@"))
        os.mkdir(store)
        self.fill_inbox(user)
        done = subprocess.run([self.bulletind, "--config", config, "--once"], text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=RUN_MAX_S)
        return done.returncode, done.stdout


def faults(house, protocol, mode, says):
    impostor = Impostor(protocol, mode, os.path.join(house.work, "tls"))
    code, log = house.run(protocol, impostor)
    impostor.stop()
    lines = [line for line in log.splitlines() if says in line]
    if len(lines) != 1:
        yield "%d lines say '%s':\n%s" % (len(lines), says, log)
    elif "localhost:%d" % impostor.port not in lines[0]:
        yield "the line does not say where: " + lines[0]
    refuses_us = says.startswith("neither") and protocol == "imap"
    if code != (os.EX_NOPERM if refuses_us else os.EX_UNAVAILABLE):
        yield "exit %d:\n%s" % (code, log)
    odd = [line for line in impostor.clear if not re.match(IN_CLEAR[protocol], line)]
    if odd:
        yield "said in clear: %s" % odd
    secrets = (house.password, base64.b64encode(house.password.encode()).decode()[:8], "AUTH ",
               "AUTHENTICATE", "LOGIN", "MAIL FROM")
    told = [line for line in impostor.clear + impostor.hidden for secret in secrets if secret in line]
    if told:
        yield "told the impostor: %s" % told
    if mode != "forgets+" and impostor.hidden:
        yield "spoke to it in TLS: %s" % impostor.hidden


def good_servers_are_spoken_to(house):
    """Else the rows above would say nothing."""
    for protocol in SCHEMES:
        for mode in ("good", "good+"):
            impostor = Impostor(protocol, mode, os.path.join(house.work, "tls"))
            house.run(protocol, impostor)
            impostor.stop()
            if not any("AUTH" in line for line in impostor.hidden):
                yield "%s %s: no login came: %s" % (protocol, mode, impostor.hidden)


def main():
    house = House(*sys.argv[1:])
    jobs = [(protocol, mode, says) for mode, reading, sending in ROWS
            for protocol, says in (("imap", reading), ("smtp", sending))]
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        several = list(pool.map(lambda job: list(faults(house, *job)), jobs))
    found = ["%s %s: %s" % (*job[:2], fault) for job, of_it in zip(jobs, several) for fault in of_it]
    found += good_servers_are_spoken_to(house)
    print("\n".join(found) if found else "%d ways in: shut" % len(jobs))
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
