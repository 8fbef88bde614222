"""daemon - bulletind as the bench runs it: its configuration, a run of --once, what came of it."""
import json
import os
import shutil

import meter

CONFIG = """store: %(store)s
events: %(events)s
replies: %(replies)s
accounts:
%(accounts)ssubmission:
  url: smtp://localhost:%(smtp)d
  from: Cités Unies France <inscriptions@example.test>
  connections: %(connections)d
  limits: { address_hour: 0, address_day: 0, all_10min: 0, same_text_days: 0, asks: 0 }
"""
ACCOUNT = """  - name: %(name)s
    imap: imap://localhost:%(port)d
    user: %(user)s@example.test
    %(secret)s
    folders: [INBOX]
    addresses: [inscriptions@example.test]
    event: copil-2019
    start: all
    responder: service
"""
NOBODY_PORT = 1
UNAVAILABLE = 69  # sysexits: answers wait for a server


class Daemon:
    """bulletind for the mailboxes of `users`; submission to `smtp_port`. None: where nobody
    listens, so that the answers stay in the outbox."""

    def __init__(self, house, name, users, smtp_port=None, connections=2, ports=None, secrets=None):
        self.house, self.name, self.connections = house, name, connections
        self.store = house.path(name, "store")
        self.config = house.path(name, "bulletind.yaml")
        self.log = house.path(name, "log")
        self.exit_code = 0 if smtp_port else UNAVAILABLE
        os.makedirs(house.path(name), exist_ok=True)
        self.write(users, smtp_port, ports or {}, secrets or {})

    def write(self, users, smtp_port, ports, secrets):
        plain = "password_file: " + self.house.path("password")
        accounts = "".join(ACCOUNT % {
            "name": user, "user": user, "port": ports.get(user, self.house.imap_port()),
            "secret": secrets.get(user, plain)} for user in users)
        with open(self.config, "w", encoding="utf-8") as f:
            f.write(CONFIG % {
                "store": self.store, "events": self.house.path("events"), "accounts": accounts,
                "replies": os.path.join(self.house.source, "contrib", "replies"),
                "smtp": smtp_port or NOBODY_PORT, "connections": self.connections})

    def empty(self):
        shutil.rmtree(self.store, ignore_errors=True)
        os.mkdir(self.store)

    def once(self):
        """A run from start to end."""
        command = [self.house.program("bulletind"), "--config", self.config, "--once"]
        return meter.run(command, self.log, good=self.exit_code)

    def ctl(self, *words):
        text = meter.output([self.house.program("bulletinctl"), *words, "--config", self.config])
        return [json.loads(line) for line in text.splitlines()]

    def check(self, truth, sent_to=None):
        """"yes" where each mail is stored, each field equal to truth, each person answered once."""
        found = {row["message_id"].strip("<>"): row["fields"] for row in self.ctl("list", "--json")}
        right = sum(found.get(row["message_id"]) == row["fields"] for row in truth)
        if sent_to is None:
            sent_to = [row["to"] for row in self.ctl("queue", "--outbox", "--json")]
        return verdict(len(truth), len(found), right, sent_to, truth)


def verdict(count, stored, right, sent_to, truth):
    answered = sorted(sent_to) == sorted(row["from"] for row in truth)
    if stored == count and right == count and answered:
        return "yes"
    return "%d of %d stored, %d right, %d answers" % (stored, count, right, len(sent_to))
