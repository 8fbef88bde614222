"""house - the private servers and mailboxes that every contender of the bench works on.

    house = House(source, build); house.up(); house.mailbox("inline", folder, files); house.down()

Dovecot and Postfix are those of tests/servers, on loopback, in clear text for all alike. A mailbox is
the Maildir of USER@example.test, its indexes warm; nobody changes it.
"""
import os
import re
import shutil
import socket
import subprocess
import tempfile
import time

import drain

SINK_FROM = "inscriptions@example.test"


def read_env(path):
    with open(path, encoding="utf-8") as f:
        return dict(line.rstrip("\n").split("=", 1) for line in f if "=" in line)


class Sink:
    """bench_sink and what it remembers."""

    def __init__(self, program):
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.port = int(self.process.stdout.readline())

    def ask(self, command):
        with socket.create_connection(("127.0.0.1", self.port)) as link:
            stream = link.makefile("rwb")
            stream.readline()
            stream.write(command.encode() + b"\r\n")
            stream.flush()
            lines = []
            while (line := stream.readline()) and line != b".\r\n":
                lines.append(line)
            return lines

    def taken(self):
        """[(moment in seconds, recipient)] since the last call."""
        rows = [line.decode().split(" ", 1) for line in self.ask("XLIST")]
        return [(int(us) / 1e6, to.strip()) for us, to in rows]

    def last(self):
        return b"".join(self.ask("XLAST"))

    def close(self):
        self.process.stdin.close()
        self.process.wait(10)


class House:
    def __init__(self, source, build):
        self.source, self.build = source, build
        self.work = tempfile.mkdtemp(prefix="bulletind-bench-")
        os.chmod(self.work, 0o755)
        self.servers = os.path.join(source, "tests", "servers")
        self.env, self.sinks, self.postfix = {}, [], False

    def program(self, name):
        return os.path.join(self.build, "bin", name)

    def bench(self, name):
        return os.path.join(self.build, "bench", name)

    def path(self, *names):
        return os.path.join(self.work, *names)

    def up(self):
        subprocess.run([os.path.join(self.servers, "dovecot-up"), self.path("d")], check=True, timeout=60)
        self.env.update(read_env(self.path("d", "env")))
        with open(self.path("password"), "w", opener=lambda p, f: os.open(p, f, 0o600)) as f:
            f.write(self.env["MAIL_PASSWORD"] + "\n")
        self.write_event()

    def write_event(self):
        """The shipped event, a year ahead: dates are moved, not the clock."""
        name = os.path.join(self.source, "contrib", "events", "copil-2019.yaml")
        with open(name, encoding="utf-8") as f:
            text = f.read()
        year = time.localtime().tm_year + 1
        text = re.sub(r"(?m)^(starts|ends|deadline): \d+", r"\1: %d" % year, text)
        os.mkdir(self.path("events"))
        with open(self.path("events", "copil-2019.yaml"), "w", encoding="utf-8") as f:
            f.write(text)

    def postfix_up(self):
        """Postfix, which takes and syncs each mail; what it took it discards."""
        if self.postfix:
            return
        self.postfix = True
        command = [os.path.join(self.servers, "postfix-up"), self.path("p"), self.path("d")]
        subprocess.run(command, check=True, timeout=60)
        self.env.update(read_env(self.path("p", "env")))
        conf = self.env["POSTFIX_CONF"]
        subprocess.run(["/usr/sbin/postconf", "-c", conf, "-e", "virtual_transport=discard:"], check=True)
        subprocess.run(["/usr/sbin/postfix", "-c", conf, "reload"], check=True, stderr=subprocess.DEVNULL)
        time.sleep(1)

    def postfix_settle(self):
        """Until Postfix has discarded what it took."""
        for _ in range(1200):
            if not any(files for queue in ("incoming", "active", "maildrop")
                       for _, _, files in os.walk(os.path.join(self.env["POSTFIX_QUEUE"], queue))):
                return
            time.sleep(0.1)

    def sink(self):
        self.sinks.append(Sink(self.bench("bench_sink")))
        return self.sinks[-1]

    def imap_port(self):
        return int(self.env["IMAP_PORT"])

    def login(self, user):
        return drain.Imap(self.imap_port(), user + "@example.test", self.env["MAIL_PASSWORD"])

    def maildir(self, user):
        """Its Maildir, made where it is not there."""
        root = self.env["MAIL_ROOT"]
        owner = os.stat(root)
        inbox = os.path.join(root, user)
        for folder in (inbox, *(os.path.join(inbox, name) for name in ("tmp", "new", "cur"))):
            os.makedirs(folder, exist_ok=True)
            os.chown(folder, owner.st_uid, owner.st_gid)
        return inbox

    def deliver(self, user, files, number=0):
        """Into the Maildir as an MDA does. Names rise, and so do the UIDs."""
        inbox, owner = self.maildir(user), os.stat(self.env["MAIL_ROOT"])
        for file in files:
            aside = os.path.join(inbox, "tmp", "%07d" % number)
            os.link(file, aside)
            os.chown(aside, owner.st_uid, owner.st_gid)
            size = os.stat(aside).st_size
            os.rename(aside, os.path.join(inbox, "new", "%d.M%07dP1.host,S=%d" %
                                          (1700000000 + number, number, size)))
            number += 1

    def mailbox(self, user, files):
        self.deliver(user, files)
        for _ in range(2):  # the indexes: names and sizes, then nothing is left to do
            with self.login(user) as imap:
                imap.drain("1:*", "(UID INTERNALDATE RFC822.SIZE)")
                imap.drain("1:*")
        os.sync()

    def down(self):
        for sink in self.sinks:
            sink.close()
        if self.postfix:
            subprocess.run([os.path.join(self.servers, "postfix-down"), self.path("p")], timeout=60)
        subprocess.run([os.path.join(self.servers, "dovecot-down"), self.path("d")], timeout=60)
        shutil.rmtree(self.work, ignore_errors=True)
