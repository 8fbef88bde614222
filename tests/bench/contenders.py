"""contenders - what a user would put together today, from what Debian has.

fetchmail and getmail6 start script_each.py a message; script_long.py is the long-lived one, in three
ways. Each run begins with no database; what it stored and answered is compared with truth.
"""
import json
import os
import sqlite3
import sys

import daemon
import meter

TUNED = "imaplib script, tuned"
FAST = "imaplib script, strongest"
FETCHMAILRC = """defaults
poll 127.0.0.1 service {port} protocol imap auth password
  user "{user}" password "{password}" fetchall keep no rewrite sslproto "" mda "{script}"
"""
GETMAILRC = """[retriever]
type = SimpleIMAPRetriever
server = 127.0.0.1
port = {port}
username = {user}
password = {password}
mailboxes = ("INBOX",)
[destination]
type = MDA_external
path = {python}
arguments = {arguments}
allow_root_commands = true
[options]
read_all = true
delete = false
delivered_to = false
received = false
verbose = 0
"""


def here(name):
    return os.path.join(os.path.dirname(os.path.abspath(__file__)), name)


class Contender:
    def __init__(self, bench, sink, name, kind):
        self.bench, self.sink, self.kind = bench, sink, kind
        self.folder = bench.house.path("script-" + name)
        os.makedirs(self.folder)
        os.chmod(self.folder, 0o777)
        self.base = os.path.join(self.folder, "base.sqlite")

    def checked(self):
        truth = self.bench.mails(self.kind).truth
        base = sqlite3.connect(self.base)
        found = {ident: json.loads(fields) for ident, fields in
                 base.execute("SELECT message_id, fields FROM registration")}
        base.close()
        right = sum(found.get(row["message_id"]) == row["fields"] for row in truth)
        return daemon.verdict(len(truth), len(found), right, [to for _, to in self.sink.taken()], truth)

    def run(self, command):
        for name in os.listdir(self.folder):
            if name.startswith(("base.sqlite", "oldmail")):
                os.remove(os.path.join(self.folder, name))
        self.sink.taken()
        run = meter.run(command, os.path.join(self.folder, "log"))
        run.checked = self.checked()
        return run

    def write(self, name, text):
        env = self.bench.house.env
        words = [here("script_each.py"), self.base, str(self.sink.port)]
        path = os.path.join(self.folder, name)
        with open(path, "w", opener=lambda p, f: os.open(p, f, 0o600), encoding="utf-8") as f:
            f.write(text.format(port=env["IMAP_PORT"], user=self.kind + "@example.test",
                                password=env["MAIL_PASSWORD"], python=sys.executable,
                                script=" ".join([sys.executable] + words), arguments=repr(tuple(words))))
        return path


def fetchmail(bench, sink):
    this = Contender(bench, sink, "fetchmail", "few")
    rc = this.write("fetchmailrc", FETCHMAILRC)
    command = ["fetchmail", "--fetchmailrc", rc, "--idfile", os.path.join(this.folder, "ids"), "--nosyslog",
               "--silent", "--pidfile", os.path.join(this.folder, "pid")]
    return lambda: this.run(command)


def getmail(bench, sink):
    this = Contender(bench, sink, "getmail", "few")
    this.write("getmailrc", GETMAILRC)
    return lambda: this.run(["getmail", "--getmaildir", this.folder, "--rcfile", "getmailrc", "--quiet"])


def script(bench, sink, way, kind):
    this = Contender(bench, sink, way, kind)
    env = bench.house.env
    command = [sys.executable, here("script_long.py"), way, env["IMAP_PORT"], kind + "@example.test",
               env["MAIL_PASSWORD"], this.base, str(sink.port)]
    return lambda: this.run(command)


def all_of(bench, sink):
    """[(name, mailbox, action)]."""
    return [(FAST, "inline", script(bench, sink, "strongest", "inline")),
            (TUNED, "inline", script(bench, sink, "tuned", "inline")),
            ("imaplib script, naive", "inline", script(bench, sink, "naive", "inline")),
            ("fetchmail, a script a message", "few", fetchmail(bench, sink)),
            ("getmail6, a script a message", "few", getmail(bench, sink))]
