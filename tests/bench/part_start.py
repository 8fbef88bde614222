"""part_start - a start with 200,000 old messages in the mailbox: none of them is fetched again."""
import imaplib
import os
import re

import daemon
import mails
import meter
import relay

NAME = "start"
WHAT = "a start with 200,000 old messages in the mailbox"
COUNT, QUICK = 200000, 2000
LINKS = 20000  # of one file: the file system bounds them
BYTES = 100000  # from the server, at most: 200,000 messages are some hundred megabytes


def old_mailbox(house, count):
    """`count` messages, of few files."""
    inbox, owner = house.maildir("old"), os.stat(house.env["MAIL_ROOT"])
    for number in range(count):
        if number % LINKS == 0:
            source = house.path("old-%d.eml" % number)
            with open(source, "wb") as f:
                f.write(mails.header(number, mails.person(number))[1].encode() + b"\n\nBonjour\n")
            os.chown(source, owner.st_uid, owner.st_gid)
            size = os.stat(source).st_size
        os.link(source, os.path.join(inbox, "cur", "%d.M%07dP1.host,S=%d:2,S" % (
            1600000000 + number, number, size)))
    imap = imaplib.IMAP4("127.0.0.1", house.imap_port())
    imap.login("old@example.test", house.env["MAIL_PASSWORD"])
    imap.select("INBOX")
    _, answer = imap.status("INBOX", "(UIDVALIDITY UIDNEXT)")
    imap.logout()
    told = dict(re.findall(r"(UID[A-Z]+) (\d+)", answer[0].decode()))
    return told["UIDVALIDITY"], str(int(told["UIDNEXT"]) - 1)


def run(bench, report):
    house, count = bench.house, QUICK if bench.quick else COUNT
    validity, last = old_mailbox(house, count)
    house.maildir("empty")
    between = relay.Relay(house.imap_port())
    contest = meter.Contest(NAME, report)

    def once(user):
        ours = daemon.Daemon(house, "start-" + user, [user], ports={user: between.port})
        ours.exit_code = 0  # nothing is sent
        ours.empty()
        if user == "old":
            meter.output([house.bench("bench_fill"), ours.store, "cursor", user, "INBOX", validity, last])
        between.bytes = 0
        done = ours.once()
        done.checked = "%d stored, %d bytes fetched" % (len(ours.ctl("queue", "--all", "--json")),
                                                        between.bytes)
        fetched[user] = between.bytes
        return done

    fetched = {}
    contest.add("start, empty mailbox", 1, lambda: once("empty"))
    contest.add("start, %d old messages" % count, 1, lambda: once("old"))
    contest.run(bench.rounds)
    between.close()
    for name, _, _, runs in contest.contenders:
        report.say("%s: %.0f ms" % (name, min(one.seconds for one in runs) * 1000))
    report.goal("bytes from the server at a start with %d old messages" % count, fetched["old"], BYTES,
                most=True)
