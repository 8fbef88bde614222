#!/usr/bin/env python3
"""script_long.py WAY IMAP_PORT USER PASSWORD BASE SMTP_PORT: a long-lived script, in one of three ways.

naive: a FETCH, a commit and an SMTP connection a message. tuned: UID sets of 100, a commit a set, one
SMTP connection by smtplib. strongest: the same with the quicker policy of email, replies written by
hand and SMTP pipelining.
"""
import base64
import email
import email.policy
import imaplib
import smtplib
import socket
import sys
from email.header import decode_header, make_header
from email.message import EmailMessage

import script_common as common

SET = 100


def fetch_sets(imap, uids, size):
    for at in range(0, len(uids), size):
        _, rows = imap.uid("FETCH", b",".join(uids[at:at + size]).decode(), "(BODY.PEEK[])")
        yield [row[1] for row in rows if isinstance(row, tuple)]


def read_mail(raw):
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    return mail, common.read_fields(mail.get_body().get_content())


def reply_to(mail, fields):
    reply = EmailMessage()
    reply["From"], reply["To"] = common.FROM, mail["From"]
    reply["Subject"], reply["In-Reply-To"] = "Re: " + mail["Subject"], mail["Message-ID"]
    reply.set_content(common.reply_text(fields))
    return reply


def naive(imap, uids, base, port):
    for (raw,) in fetch_sets(imap, uids, 1):
        mail, fields = read_mail(raw)
        if not common.store(base, mail["Message-ID"].strip("<>"), fields, raw):
            continue
        base.commit()
        with smtplib.SMTP("127.0.0.1", port) as smtp:
            smtp.send_message(reply_to(mail, fields), common.FROM, [fields["email"]])


def tuned(imap, uids, base, port):
    smtp = smtplib.SMTP("127.0.0.1", port)
    for raws in fetch_sets(imap, uids, SET):
        replies = []
        for raw in raws:
            mail, fields = read_mail(raw)
            if common.store(base, mail["Message-ID"].strip("<>"), fields, raw):
                replies.append((reply_to(mail, fields), fields["email"]))
        base.commit()
        for reply, to in replies:
            smtp.send_message(reply, common.FROM, [to])
    smtp.quit()


class Pipeline:
    """SMTP with MAIL, RCPT and DATA in one write."""

    def __init__(self, port):
        self.link = socket.create_connection(("127.0.0.1", port))
        self.link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.stream = self.link.makefile("rb")
        self.expect(b"2")
        self.put(b"EHLO script\r\n")
        self.expect(b"2")

    def put(self, data):
        self.link.sendall(data)

    def expect(self, code):
        while (line := self.stream.readline())[3:4] == b"-":
            pass
        if line[:1] != code:
            raise smtplib.SMTPException(line.decode(errors="replace"))

    def send(self, to, data):
        self.put(b"MAIL FROM:<%s>\r\nRCPT TO:<%s>\r\nDATA\r\n" % (common.FROM.encode(), to.encode()))
        for code in (b"2", b"2", b"3"):
            self.expect(code)
        self.put(data + b"\r\n.\r\n")
        self.expect(b"2")


def quick_read(raw):
    mail = email.message_from_bytes(raw, policy=email.policy.compat32)
    text = mail.get_payload(decode=True).decode(mail.get_content_charset("utf-8"))
    return mail, common.read_fields(text)


def quick_reply(mail, fields):
    subject = str(make_header(decode_header(mail["Subject"])))
    return "\r\n".join([
        "From: " + common.FROM, "To: " + mail["From"],
        "Subject: =?utf-8?B?%s?=" % base64.b64encode(("Re: " + subject).encode()).decode(),
        "In-Reply-To: " + mail["Message-ID"], "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit", "",
        common.reply_text(fields).replace("\n", "\r\n")]).encode()


def strongest(imap, uids, base, port):
    smtp = Pipeline(port)
    for raws in fetch_sets(imap, uids, SET):
        replies = []
        for raw in raws:
            mail, fields = quick_read(raw)
            if common.store(base, mail["Message-ID"].strip("<>"), fields, raw):
                replies.append((fields["email"], quick_reply(mail, fields)))
        base.commit()
        for to, data in replies:
            smtp.send(to, data)


WAYS = {"naive": naive, "tuned": tuned, "strongest": strongest}


def main():
    way, port, user, password, path, smtp_port = sys.argv[1:]
    base = common.open_base(path)
    imap = imaplib.IMAP4("127.0.0.1", int(port))
    imap.login(user, password)
    imap.select("INBOX", readonly=True)
    _, found = imap.uid("SEARCH", "ALL")
    WAYS[way](imap, found[0].split(), base, int(smtp_port))
    imap.logout()


if __name__ == "__main__":
    main()
