"""part_pages - the organiser's page with 100,000 registrations and 10,000 mails in the queue.

Each page is asked over HTTP on loopback of a running bulletind by somebody who is logged in, and timed
from the request to the last byte. Between two requests another process changes 32 records of the store
in one commit, so that each has something to catch up with. The first time counts like any other;
somebody logs in once the daemon has read its store, which it begins with at its start.
"""
import http.client
import os
import re
import signal
import socket
import statistics
import subprocess
import time
import urllib.parse

import daemon
import mails
import meter

NAME = "pages"
WHAT = "the organiser's page with 100,000 registrations, 10,000 of their mails in the queue"
SIZES, QUICK = (100000, 10000), (2000, 600)
ROUNDS, QUICK_ROUNDS = 15, 2
GOAL_MS = 50
PASSWORD = "un long mot de passe"
START_S = 60
TOKEN = re.compile(r'name="csrf" value="([^"]*)"')
COLUMNS = ("last_name", "first_name", "organization", "email", "attendance", "status", "updated")


class Web:
    """One connection to the page, kept open as a browser keeps it."""

    def __init__(self, port):
        self.port, self.cookies, self.token = port, {}, ""
        self.link = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def ask(self, path, form=None):
        """(milliseconds, status, text)"""
        fields = {"Cookie": "; ".join("%s=%s" % pair for pair in self.cookies.items())}
        body = None
        if form is not None:
            body = urllib.parse.urlencode(dict(form, csrf=self.token))
            fields["Content-Type"] = "application/x-www-form-urlencoded"
        begin = time.monotonic()
        self.link.request("GET" if form is None else "POST", path, body, fields)
        answer = self.link.getresponse()
        text = answer.read()
        spent = (time.monotonic() - begin) * 1000
        for value in answer.headers.get_all("Set-Cookie") or []:
            name, rest = value.split("=", 1)
            self.cookies[name] = rest.split(";", 1)[0]
        return spent, answer.status, text.decode("utf-8")

    def login(self):
        self.token = TOKEN.search(self.ask("/login")[2]).group(1)
        spent, status, _ = self.ask("/login", {"name": "marie", "password": PASSWORD, "next": "/queue"})
        if status != 303:
            raise SystemExit("bench: the login at the page: %d" % status)
        return spent


def free_port():
    """Free now; the daemon takes it a moment later."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


class Served:
    """bulletind with its page, on a store that is filled."""

    def __init__(self, bench, people, queued):
        house = self.house = bench.house
        self.people, self.queued = people, queued
        house.maildir("empty")
        self.daemon = daemon.Daemon(house, "pages", ["empty"])
        self.port = free_port()
        with open(self.daemon.config, "a", encoding="utf-8") as f:
            f.write("review:\n  listen: 127.0.0.1:%d\n" % self.port)
        self.daemon.empty()
        meter.output([house.bench("bench_desk"), self.daemon.store, "fill", str(people), str(queued),
                      *self.mails()])
        os.sync()
        meter.output([house.program("bulletinctl"), "user", "add", "marie", "--role", "review", "--config",
                      self.daemon.config], input=(PASSWORD + "\n").encode())

    def mails(self):
        """Typed bulletins, and some in documents."""
        files = []
        for kind, count in (("inline", 9), ("documents", 3)):
            folder = self.house.path("pages-" + kind)
            files += [os.path.join(folder, row["file"]) for row in mails.write_all(kind, folder, count)]
        return files

    def start(self):
        """Returns the seconds until a page was there."""
        log = open(self.daemon.log, "ab")
        begin = self.begin = time.monotonic()
        self.process = subprocess.Popen([self.house.program("bulletind"), "--config", self.daemon.config],
                                        stdout=log, stderr=log)
        self.changer = subprocess.Popen([self.house.bench("bench_desk"), self.daemon.store, "change",
                                         str(self.people), str(self.queued)],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        while True:
            try:
                Web(self.port).ask("/login")
                return time.monotonic() - begin
            except OSError:
                if time.monotonic() - begin > START_S or self.process.poll() is not None:
                    raise SystemExit("bench: the page is not there; see " + self.daemon.log)
                time.sleep(0.01)

    def wait_read(self):
        """Until the daemon says that it has read the store. Returns its seconds."""
        while True:
            with open(self.daemon.log, encoding="utf-8") as f:
                found = re.search(r"page: all is read and sorted after ([0-9.]+) s", f.read())
            if found:
                return float(found.group(1))
            if time.monotonic() - self.begin > START_S:
                raise SystemExit("bench: the store is not read; see " + self.daemon.log)
            time.sleep(0.01)

    def change(self):
        self.changer.stdin.write(b"\n")
        self.changer.stdin.flush()
        self.changer.stdout.readline()

    def memory_mb(self):
        with open("/proc/%d/status" % self.process.pid, encoding="ascii") as f:
            return int(re.search(r"RssAnon:\s+(\d+)", f.read()).group(1)) / 1024

    def stop(self):
        self.changer.stdin.close()
        self.changer.wait(10)
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)


def same(path):
    return lambda number: path


def views(people, queued):
    """(what it is, the path of the round)"""
    last_mails, last_people = (queued * 6 // 10) // 50, people // 50
    rows = [("the queue", same("/queue")),
            ("the queue, page %d" % last_mails, same("/queue?state=open&page=%d" % last_mails)),
            ("the queue, of a state and kind", same("/queue?state=review&kind=bulletin")),
            ("the queue, searched", same("/queue?q=ville12+comit%C3%A9")),
            ("all mails, searched", same("/queue?state=settled&q=ville12+comit%C3%A9")),
            ("a message", lambda number: "/message/%d" % (number + 1)),
            ("a message, its original", lambda number: "/message/%d/original" % (number + 1)),
            ("a message, again", same("/message/1")),
            ("participants", same("/people")),
            ("participants, page %d" % last_people, same("/people?page=%d" % last_people)),
            ("participants, of a status", same("/people?status=declined")),
            ("participants, searched", same("/people?q=eluard+republique")),
            ("participants, searched, none", same("/people?q=zzzz"))]
    for column in COLUMNS:
        rows.append(("participants by " + column, same("/people?sort=" + column)))
        rows.append(("participants by %s, down" % column, same("/people?sort=%s&desc=1" % column)))
    rows += [("participants by name, searched, down", same("/people?sort=last_name&desc=1&q=nancy")),
             ("participants by name, page %d" % last_people, same("/people?sort=last_name&page=%d" % last_people)),
             ("a participant", lambda number: "/people/%d" % (number * 977 % people + 1)),
             ("the event", same("/event/copil-2019")),
             ("outgoing mail, waiting", same("/outbox")),
             ("outgoing mail, failed", same("/outbox?state=failed")),
             ("outgoing mail, sent", same("/outbox?state=sent")),
             ("outgoing mail, sent, the oldest", same("/outbox?state=sent&before=70")),
             ("outgoing mail, sent, searched", same("/outbox?state=sent&q=p7%40")),
             ("an answer", lambda number: "/outbox/%d" % (number + 1)),
             ("the log", same("/log")),
             ("the log, searched", same("/log?q=p77777")),
             ("the log of a message", same("/log?id=77")),
             ("the count", same("/count"))]
    return rows


def forms(web):
    """(what it is, path, the form of the round): what will be sent is shown, nothing is done."""
    def stamp(number):
        return re.search(r'name="stamp" value="([^"]*)"', web.ask("/message/%d" % number)[2]).group(1)

    def accept(number):
        # Mails in review at the end of the queue, which nobody settles meanwhile.
        return "/message/%d/preview" % number, {"do": "accept", "stamp": stamp(number),
                                                "1.first_name": "Anne", "1.phone": "06 12 34 56 78"}

    def edit(number):
        text = web.ask("/people/%d" % number)[2]
        found = re.search(r'name="stamp" value="([^"]*)"', text).group(1)
        return "/people/%d/preview" % number, {"do": "edit", "stamp": found, "phone": "06 98 76 54 32"}

    return [("accept, what will be sent", accept), ("edit, what will be sent", edit)]


class Timed:
    def __init__(self, name):
        self.name, self.times = name, []

    def add(self, answer):
        spent, status, text = answer
        if status != 200:
            raise SystemExit("bench: page '%s': %d\n%s" % (self.name, status, text[:2000]))
        self.times.append(spent)


def measure(served, web, rounds):
    timed = []
    for name, path in views(served.people, served.queued):
        timed.append(Timed(name))
        for number in range(rounds):
            served.change()
            timed[-1].add(web.ask(path(number)))
    for name, form in forms(web):
        timed.append(Timed(name))
        for number in range(rounds):
            where, fields = form(served.queued - 3 * number - 1)
            served.change()
            timed[-1].add(web.ask(where, fields))
    return timed


def run(bench, report):
    served = Served(bench, *(QUICK if bench.quick else SIZES))
    try:
        until = served.start()
        web = Web(served.port)
        read = served.wait_read()
        login = web.login()
        report.note("%s: a page after %.1f s, all read after %.1f s, the login %.0f ms" % (
            NAME, until, read, login))
        first = Timed("the first page after the login")
        first.add(web.ask("/queue"))
        web.token = TOKEN.search(web.ask("/queue")[2]).group(1)
        timed = measure(served, web, QUICK_ROUNDS if bench.quick else ROUNDS)
        memory = served.memory_mb()
    finally:
        served.stop()
    report.say("%s: the page is there %.2f s after the start, its store is read and sorted %.1f s later; "
               "the daemon has %.0f MB then" % (NAME, until, read, memory))
    report.say("%-52s %8s %8s %8s  ms" % ("page", "first", "median", "worst"))
    for one in [first] + timed:
        report.say("%-52s %8.1f %8.1f %8.1f" % (one.name, one.times[0], statistics.median(one.times),
                                                max(one.times)))
    for one in [first] + timed:
        report.goal("page: %s, the slowest of %d" % (one.name, len(one.times)), max(one.times), GOAL_MS,
                    " ms", most=True)
