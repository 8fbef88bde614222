#!/usr/bin/env python3
"""fake_smtp.py MODE...: SMTP servers on 127.0.0.1 that hang, lie, refuse or drop as their MODE says.

Prints each one's port, a line each in order, then "MODE: there" whenever one begins to hang, and
serves until its standard input ends. Then prints "MODE: COMMAND" for each command that it was sent, with "MODE: GROUP n" where n lines came at once.
What MODE does not say, it does right. The user's password is "good", the XOAUTH2 token
"good-token". In every mode a recipient cNNN@... is refused with NNN, and a mail to lNNN@... after
its content.

Modes: fine; bare (offers nothing); no-pipelining; login, xoauth2 (offer that alone); small (SIZE 200);
hang-AT, drop-AT and say-AT-CODE, AT one of greeting, ehlo, auth, mail, rcpt, data, content, quit;
data-anyway (354 without a recipient); drop-after, leave-after (421), each with the second mail of a
connection; cut (552 and an end in the midst of content); one (421 to a second connection); flood,
long-line, mixed, garbage, drip (at MAIL); inject (a line in clear behind the answer to STARTTLS);
stripped (no STARTTLS).
"""
import base64
import socket
import socketserver
import sys
import threading
import time

ALL = ["PIPELINING", "SIZE 10240000", "8BITMIME", "SMTPUTF8", "DSN", "AUTH PLAIN LOGIN XOAUTH2"]
OFFERS = {
    "bare": [],
    "no-pipelining": [offer for offer in ALL if offer != "PIPELINING"],
    "login": ["PIPELINING", "AUTH=LOGIN"],
    "xoauth2": ["PIPELINING", "AUTH XOAUTH2"],
    "small": ["PIPELINING", "SIZE 200"],
    "inject": ALL + ["STARTTLS"],
}
FLOOD_SECONDS = 20
CUT_BYTES = 20000
GRANTED = {
    "PLAIN": b"\0user@example.test\0good",
    "XOAUTH2": b"user=user@example.test\1auth=Bearer good-token\1\1",
}


class Drop(Exception):
    """The connection ends here, without a word."""


class Session(socketserver.BaseRequestHandler):
    def handle(self):
        self.mode = self.server.mode
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.input = b""
        self.mails = 0
        self.reset()
        with self.server.lock:
            self.server.now += 1
            alone = self.server.now == 1
        try:
            if self.mode == "one" and not alone:
                self.say("421 4.7.0 one connection at a time")
                return
            self.at("greeting", "220 fake ESMTP")
            while True:
                self.command(self.line())
        except (Drop, OSError):
            pass
        finally:
            with self.server.lock:
                self.server.now -= 1

    def reset(self):
        self.sender = self.recipient = None

    # --- bytes

    def line(self):
        while b"\r\n" not in self.input:
            more = self.request.recv(65536)
            if not more:
                raise Drop
            self.input += more
            lines = self.input.count(b"\r\n")
            if lines > 1:
                self.tell("GROUP %d" % lines)
        line, self.input = self.input.split(b"\r\n", 1)
        return line.decode("utf-8", "replace")

    def say(self, text):
        self.request.sendall((text + "\r\n").encode())

    def tell(self, text):
        self.server.heard.append("%s: %s" % (self.mode, text))

    def there(self):
        print("%s: there" % self.mode, flush=True)

    def hang(self):
        self.there()
        while self.request.recv(65536):  # until the client has had enough
            pass
        raise Drop

    def at(self, place, answer):
        """Answer, if the mode has nothing else for this place. True: as it should be."""
        if self.mode == "hang-" + place:
            self.hang()
        if self.mode == "drop-" + place:
            raise Drop
        if self.mode.startswith("say-%s-" % place):
            code = self.mode.rsplit("-", 1)[1]
            self.say("%s 0.0.0 as told" % code)
            if code == "421":
                raise Drop
            return False
        self.say(answer)
        return True

    # --- commands

    def command(self, line):
        self.tell(line)
        verb = line.split(" ", 1)[0].upper()
        getattr(self, "do_" + verb.lower(), self.unknown)(line)

    def unknown(self, _line):
        self.say("500 5.5.2 what?")

    def do_ehlo(self, _line):
        offers = OFFERS.get(self.mode, ALL)
        last = len(offers)
        lines = ["250%s%s" % (" -"[i < last], text) for i, text in enumerate(["fake"] + offers)]
        self.at("ehlo", "\r\n".join(lines))

    def do_starttls(self, _line):
        if self.mode == "inject":
            self.say("220 go on\r\n250 2.0.0 said by somebody else")
        else:
            self.say("220 go on")

    def do_auth(self, line):
        words = line.split(" ")
        mechanism = words[1].upper()
        if mechanism == "LOGIN":
            answers = [self.challenge(b"Username:"), self.challenge(b"Password:")]
            good = answers == [b"user@example.test", b"good"]
        else:
            answer = base64.b64decode(words[2]) if len(words) > 2 else self.challenge(b"")
            good = answer == GRANTED.get(mechanism)
        if not good and mechanism == "XOAUTH2":
            self.challenge(b'{"status":"400"}')
        self.at("auth", "235 2.7.0 in" if good else "535 5.7.8 no such user or password")

    def challenge(self, text):
        self.say("334 " + base64.b64encode(text).decode())
        answer = self.line()
        self.tell("ANSWER " + answer)
        return base64.b64decode(answer)

    def do_mail(self, line):
        if self.sender is not None:
            self.say("503 5.5.1 nested MAIL")
            return
        if self.mails and self.mode == "drop-after":
            raise Drop
        if self.mails and self.mode == "leave-after":
            self.say("421 4.7.0 enough mails")
            raise Drop
        self.trouble()
        if self.at("mail", "250 2.1.0 Ok"):
            self.sender = line

    def trouble(self):
        """The modes that answer MAIL strangely."""
        if self.mode in ("flood", "drip"):
            self.there()
        if self.mode == "flood":
            until = time.monotonic() + FLOOD_SECONDS
            while time.monotonic() < until:
                self.say("250-and more")
        if self.mode == "long-line":
            self.say("250 " + "x" * 100000)
        if self.mode == "mixed":
            self.say("250-yes\r\n550 no")
        if self.mode == "garbage":
            self.say("HTTP/1.1 400 Bad Request")
        if self.mode == "drip":
            for _ in range(1000):
                self.request.sendall(b"2")
                time.sleep(0.02)

    def do_rcpt(self, line):
        local = line.split("<", 1)[1].split("@", 1)[0]
        if self.sender is None:
            self.say("503 5.5.1 MAIL first")
        elif local[:1] == "c" and local[1:].isdigit():
            self.say("%s 0.0.0 <%s> is not taken" % (local[1:], local))
        elif self.at("rcpt", "250 2.1.5 Ok"):
            self.recipient = local

    def do_data(self, _line):
        if self.recipient is None and self.mode != "data-anyway":
            self.say("554 5.5.1 no recipients")
            return
        if self.at("data", "354 go on"):
            self.content()

    def content(self):
        size = 0
        while True:
            while b"\r\n" not in self.input:
                more = self.request.recv(65536)
                if not more:
                    raise Drop
                self.input += more
            line, self.input = self.input.split(b"\r\n", 1)
            size += len(line) + 2
            if self.mode == "cut" and size > CUT_BYTES:
                self.say("552 5.3.4 that is enough")
                raise Drop
            if line == b".":
                break
        self.tell("CONTENT %d %s" % (size, self.recipient))
        if self.input:
            self.tell("BEHIND")
        local = self.recipient or ""
        self.reset()
        self.mails += 1
        if local[:1] == "l" and local[1:].isdigit():
            self.say("%s 0.0.0 not this content" % local[1:])
        else:
            self.at("content", "250 2.0.0 taken as %d" % self.mails)

    def do_rset(self, _line):
        self.reset()
        self.say("250 2.0.0 Ok")

    def do_quit(self, _line):
        self.at("quit", "221 2.0.0 bye")
        raise Drop


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = 50


def main():
    heard = []
    for mode in sys.argv[1:]:
        server = Server(("127.0.0.1", 0), Session)
        server.mode = mode
        server.now = 0
        server.lock = threading.Lock()
        server.heard = heard
        print(server.server_address[1], flush=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()
    try:
        print("\n".join(heard))
    except BrokenPipeError:
        pass


main()
