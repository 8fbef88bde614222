#!/usr/bin/env python3
"""script_each.py BASE SMTP_PORT: one mail on standard input, as fetchmail and getmail hand it over."""
import email
import email.policy
import smtplib
import sys
from email.message import EmailMessage

import script_common as common


def main():
    raw = sys.stdin.buffer.read()
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    fields = common.read_fields(mail.get_body().get_content())
    base = common.open_base(sys.argv[1])
    if not common.store(base, mail["Message-ID"].strip("<>"), fields, raw):
        return
    base.commit()
    reply = EmailMessage()
    reply["From"], reply["To"] = common.FROM, mail["From"]
    reply["Subject"], reply["In-Reply-To"] = "Re: " + mail["Subject"], mail["Message-ID"]
    reply.set_content(common.reply_text(fields))
    with smtplib.SMTP("127.0.0.1", int(sys.argv[2])) as smtp:
        smtp.send_message(reply, common.FROM, [fields["email"]])


if __name__ == "__main__":
    main()
