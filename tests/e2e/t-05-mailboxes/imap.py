#!/usr/bin/env python3
"""imap.py PORT PASSWORD USER create FOLDER | put FOLDER NAME [KIB] | list FOLDER

What the participants' side and the administrator do by IMAP: make a folder, put a bulletin of NAME
into it (KIB: with so much ballast), list the subjects and flags of a folder.
"""
import imaplib
import sys

BULLETIN = """From: {name} <{name}@example.test>\r
To: inscriptions@example.test, accueil@example.test\r
Subject: Bulletin de participation {name}\r
Message-ID: <{name}@mail.example>\r
Date: Mon, 3 Jun 2019 10:00:00 +0200\r
Content-Type: text/plain; charset=utf-8\r
\r
Collectivité / organisme : Ville de Nancy\r
Nom : {upper}\r
Prénom : Paul\r
Courriel : {name}@example.test\r
Participera à la réunion du 3 juillet 2019 : Oui\r
"""


def main():
    port, password, user, what, folder = sys.argv[1:6]
    imap = imaplib.IMAP4("127.0.0.1", int(port))
    imap.login(user, password)
    if what == "create":
        imap.create(folder)
    elif what == "put":
        name = sys.argv[6]
        mail = BULLETIN.format(name=name, upper=name.upper())
        if len(sys.argv) > 7:
            mail += "\r\n".join(["x" * 70] * (int(sys.argv[7]) * 1024 // 72)) + "\r\n"
        status, _ = imap.append(folder, None, None, mail.encode())
        assert status == "OK", status
    elif what == "list":
        imap.select(folder, readonly=True)
        _, found = imap.search(None, "ALL")
        for number in found[0].split():
            _, rows = imap.fetch(number, "(FLAGS BODY.PEEK[HEADER.FIELDS (SUBJECT)])")
            flags = b" ".join(imaplib.ParseFlags(b"".join(
                part if isinstance(part, bytes) else part[0] for part in rows)))
            print(rows[0][1].decode().strip(), flags.decode())
    imap.logout()


main()
