"""What the tests share that write as participants and read their mailboxes."""
import email
import email.policy
import os
import sys
import time

US = "inscriptions@example.test"
PATIENCE_S = 60.0


def check(holds, what):
    if not holds:
        sys.exit("FAIL: " + what)


def wait_for(ask, what, patience_s=PATIENCE_S):
    """What ask() gives, once it gives something."""
    end = time.monotonic() + patience_s
    while time.monotonic() < end:
        found = ask()
        if found:
            return found
        time.sleep(0.05)
    sys.exit("FAIL: %s: not within %d s" % (what, patience_s))


def mails_of(root, person):
    """The mails in the Maildir of PERSON@example.test."""
    found = []
    for folder in ("new", "cur"):
        path = os.path.join(root, person, folder)
        for name in sorted(os.listdir(path)) if os.path.isdir(path) else []:
            with open(os.path.join(path, name), "rb") as f:
                found.append(email.message_from_binary_file(f, policy=email.policy.default))
    return found


def words(mail):
    return mail.get_body(("plain",)).get_content()


def mail_of(path):
    with open(path, "rb") as f:
        return email.message_from_binary_file(f, policy=email.policy.SMTP)
