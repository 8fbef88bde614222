#!/usr/bin/env python3
"""fake_imap.py MODE...: IMAP servers on 127.0.0.1 that hang, lie or drop as their MODE says.

Prints each one's port, a line each in order, then "MODE: COMMAND" for each command that it was
sent, and serves until its standard input ends. INBOX holds five messages, UID 1 to 5; what MODE
does not say, it does right. The user's password is "good", the XOAUTH2 token "good-token".

Modes: fine; hang-AT and drop-AT, AT one of greeting, login, select, list, body, literal, idle;
poison (drops when UID 3 alone is asked for whole); poison-header (its header too); refuse-body
(NO to UID 3); drip (a byte every 20 ms); flood (untagged lines for ever);
huge-literal, long-literal (more bytes than were announced as the message's size), deep, long-line,
garbage, wrong-tag, other-uids, no-uidnext, no-uidvalidity, login-only, login-disabled, preauth,
inject (a line in clear behind the OK of STARTTLS), xoauth2, late-mail (UID 6 comes after 0.2 s of
IDLE), still-here (OK lines in IDLE), bye-idle, no-delete, read-only.
"""
import base64
import socketserver
import sys
import threading
import time

CAPABILITIES = {
    "login-only": "IMAP4rev1 IDLE",
    "login-disabled": "IMAP4rev1 LOGINDISABLED STARTTLS",
    "xoauth2": "IMAP4rev1 IDLE AUTH=XOAUTH2 AUTH=PLAIN",
    "inject": "IMAP4rev1 STARTTLS",
    "preauth": "IMAP4rev1 IDLE STARTTLS",
}
DAY = '"20-Jan-2019 10:00:00 +0100"'
FLOOD_SECONDS = 20


def message(uid):
    text = "From: p%d@example.test\r\nSubject: mail %d\r\n\r\nI come, number %d.\r\n"
    return (text % (uid, uid, uid)).encode()


class Drop(Exception):
    """The connection ends here, without a word."""


class Session(socketserver.StreamRequestHandler):
    def handle(self):
        self.mode = self.server.mode
        self.at = self.mode[5:] if self.mode.startswith(("hang-", "drop-")) else None
        self.uids = [1, 2, 3, 4, 5]
        try:
            self.trouble("greeting")
            self.say("* %s fake" % ("PREAUTH" if self.mode == "preauth" else "OK"))
            for line in self.rfile:
                self.command(line.decode("utf-8", "replace").rstrip("\r\n"))
        except (Drop, OSError):
            pass

    def trouble(self, at):
        if self.at != at:
            return
        if self.mode.startswith("drop-"):
            raise Drop
        self.rfile.read()  # until the client has had enough
        raise Drop

    def tell(self, text):
        print("%s: %s" % (self.mode, text), flush=True)

    def send(self, data):
        if self.mode == "drip":
            for at in range(len(data)):
                self.wfile.write(data[at : at + 1])
                time.sleep(0.02)
        else:
            self.wfile.write(data)

    def say(self, line):
        self.send(line.encode() + b"\r\n")

    def ok(self, tag, text="done"):
        wrong = self.mode == "wrong-tag" and "done" in text
        self.say("%s OK %s" % ("other" if wrong else tag, text))

    def command(self, line):
        self.tell(line)
        tag, _, rest = line.partition(" ")
        name, _, arguments = rest.partition(" ")
        if name.upper() == "UID":
            name, _, arguments = arguments.partition(" ")
            name = "UID_" + name
        action = getattr(self, "do_" + name.lower(), None)
        if action:
            action(tag, arguments)
        else:
            self.say("%s BAD what?" % tag)

    # --- before the folder -----------------------------------------------------------------------

    def do_capability(self, tag, _):
        self.say("* CAPABILITY " + CAPABILITIES.get(self.mode, "IMAP4rev1 IDLE AUTH=PLAIN"))
        self.ok(tag, "capabilities")

    def do_starttls(self, tag, _):
        self.send(b"%s OK begin\r\n* CAPABILITY IMAP4rev1 AUTH=EVIL\r\n" % tag.encode())

    def do_login(self, tag, arguments):
        good = arguments.endswith('good"') or arguments.endswith(" good")
        self.say("%s %s" % (tag, "OK in" if good else "NO [AUTHENTICATIONFAILED] wrong"))

    def do_authenticate(self, tag, mechanism):
        self.trouble("login")
        self.say("+ ")
        text = base64.b64decode(self.rfile.readline()).decode()
        self.tell("AUTH " + repr(text))
        if mechanism == "XOAUTH2" and text.endswith("auth=Bearer good-token\x01\x01"):
            self.say("%s OK in" % tag)
        elif mechanism == "XOAUTH2":
            self.say("+ " + base64.b64encode(b'{"status":"401"}').decode())
            self.rfile.readline()
            self.say("%s NO [AUTHENTICATIONFAILED] the token does not hold" % tag)
        elif text.endswith("\0good"):
            self.say("%s OK in" % tag)
        else:
            self.say("%s NO [AUTHENTICATIONFAILED] wrong" % tag)

    def do_logout(self, tag, _):
        self.say("* BYE bye")
        self.ok(tag)
        raise Drop

    # --- the folder ------------------------------------------------------------------------------

    def do_select(self, tag, _):
        self.trouble("select")
        if self.mode == "flood":
            end = time.monotonic() + FLOOD_SECONDS
            while time.monotonic() < end:
                self.wfile.write(b"* 5 EXISTS\r\n" * 100)
                time.sleep(0.001)
            raise Drop
        if self.mode == "garbage":
            self.say("%#! no IMAP at all")
        if self.mode == "long-line":
            self.send(b"* OK " + b"a" * 700000)
        self.say("* %d EXISTS" % len(self.uids))
        if self.mode != "no-uidvalidity":
            self.say("* OK [UIDVALIDITY 77] .")
        if self.mode != "no-uidnext":
            self.say("* OK [UIDNEXT %d] ." % (self.uids[-1] + 1))
        if self.mode == "no-delete":
            self.say("* OK [PERMANENTFLAGS (\\Seen)] .")
        self.ok(tag, "[READ-ONLY] done" if self.mode == "read-only" else "[READ-WRITE] done")

    do_examine = do_select

    def wanted(self, text):
        for part in text.split(","):
            first, _, last = part.partition(":")
            for uid in self.uids:
                if int(first) <= uid <= int(last or first):
                    yield uid

    def do_fetch(self, tag, arguments):
        number = int(arguments.split(" ")[0])
        self.say("* %d FETCH (UID %d)" % (number, self.uids[number - 1]))
        self.ok(tag)

    def do_uid_fetch(self, tag, arguments):
        uids, _, items = arguments.partition(" ")
        wanted = list(self.wanted(uids))
        if "BODY" in items.upper():
            self.bodies(tag, wanted, "HEADER" in items.upper())
        else:
            self.trouble("list")
            for uid in wanted:
                size = len(message(uid))
                items = "UID %d RFC822.SIZE %d INTERNALDATE %s" % (uid, size, DAY)
                self.say("* %d FETCH (%s)" % (uid, items))
        self.ok(tag)

    def bodies(self, tag, wanted, header):
        self.trouble("body")
        poisoned = self.mode == "poison-header" or (self.mode == "poison" and not header)
        if poisoned and 3 in wanted:
            raise Drop
        for uid in wanted:
            if self.mode == "refuse-body" and uid == 3:
                continue
            self.body(uid, header)

    def body(self, uid, header):
        text = message(uid)
        if header:
            text = text[: text.index(b"\r\n\r\n") + 4]
        told = uid + 100 if self.mode == "other-uids" else uid
        size = {"huge-literal": 4294967295, "long-literal": 300000}.get(self.mode, len(text))
        section = b"HEADER]<0>" if header else b"]"
        begin = b"* %d FETCH (UID %d BODY[%s {%d}\r\n" % (uid, told, section, size)
        if self.mode == "deep":
            begin = b"* %d FETCH (BODYSTRUCTURE " % uid + b"(" * 100000
        if self.at == "literal":
            self.send(begin + text[:10])
            self.trouble("literal")
        self.send(begin + text + b"a" * (300000 - len(text) if self.mode == "long-literal" else 0))
        self.send(b")\r\n")

    def do_uid_store(self, tag, _):
        self.ok(tag)

    def do_idle(self, tag, _):
        self.trouble("idle")
        self.say("+ idling")
        if self.mode == "late-mail" and self.uids[-1] == 5:
            threading.Timer(0.2, self.late_mail).start()
        if self.mode == "still-here":
            self.say("* OK still here")
        if self.mode == "bye-idle":
            self.say("* BYE restart")
            raise Drop
        line = self.rfile.readline()
        self.tell(line.decode().strip())
        self.ok(tag)

    def late_mail(self):
        self.uids.append(6)
        self.say("* 6 EXISTS")


class Server(socketserver.ThreadingTCPServer):
    def __init__(self, mode):
        self.mode = mode
        super().__init__(("127.0.0.1", 0), Session)

    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, request, client_address):
        pass


if __name__ == "__main__":
    for server in [Server(mode) for mode in sys.argv[1:] or ["fine"]]:
        print(server.server_address[1], flush=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()
