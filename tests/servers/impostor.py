"""impostor - IMAP and SMTP servers on 127.0.0.1 that stand in somebody's way.

    impostor = Impostor("imap", "expired", tls_folder)
    impostor.port; impostor.clear, impostor.hidden     # lines that were heard before and in TLS

MODE is the leaf that is shown (tls_folder/MODE.pem, MODE.key), or else, with the good leaf, one of:
stripped (STARTTLS is not offered, and refused); refused (offered and refused); injected (an answer to
what was not asked comes with the one to STARTTLS); late (it comes in place of the handshake); forgets
(what was offered in clear is not offered in TLS). Everybody may log in. Modes that end in "+" begin
with STARTTLS, the others with TLS.
"""
import os
import socketserver
import ssl
import threading

ALERT, HANDSHAKE = 0x15, 0x16  # the first byte of a record (RFC 8446 5.1)
OFFERS = {"imap": "AUTH=PLAIN", "smtp": "AUTH PLAIN"}


class Session(socketserver.BaseRequestHandler):
    def handle(self):
        self.impostor = self.server.impostor
        self.protocol, self.mode = self.impostor.protocol, self.impostor.mode
        self.request.settimeout(30)
        self.hidden = False
        try:
            if not self.impostor.starttls:
                self.wrap()
            self.say("* OK imap" if self.protocol == "imap" else "220 smtp ESMTP")
            while self.command(self.line()):
                pass
        except OSError:
            pass

    def wrap(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        leaf = os.path.join(self.impostor.tls, self.impostor.leaf)
        context.load_cert_chain(leaf + ".pem", leaf + ".key")
        self.request = context.wrap_socket(self.request, server_side=True)
        self.hidden = True

    def say(self, *lines):
        self.request.sendall("".join(line + "\r\n" for line in lines).encode())

    def line(self):
        line = b""
        while not line.endswith(b"\n"):
            byte = self.request.recv(1)
            if not byte:
                raise ConnectionError
            line += byte
        text = line.decode("latin-1").rstrip("\r\n")
        (self.impostor.hidden if self.hidden else self.impostor.clear).append(text)
        return text

    def offers(self):
        """Capabilities; STARTTLS in clear, the mechanism as the mode has it."""
        offers = ["STARTTLS"] if not self.hidden and self.mode != "stripped" else []
        return offers + ([OFFERS[self.protocol]] if self.mode != "forgets" or not self.hidden else [])

    def command(self, line):
        return self.imap(line) if self.protocol == "imap" else self.smtp(line)

    def imap(self, line):
        tag, verb = (line.split(" ") + [""])[:2]
        verb = verb.upper()
        if verb == "CAPABILITY":
            login = ["LOGINDISABLED"] if self.mode == "forgets" and self.hidden else []
            self.say("* CAPABILITY " + " ".join(["IMAP4rev1"] + self.offers() + login), tag + " OK done")
        elif verb == "STARTTLS":
            self.starttls(tag + " OK go on", tag + " NO not here", "* CAPABILITY IMAP4rev1 AUTH=PLAIN")
        elif verb == "AUTHENTICATE":
            self.say("+ ")
            self.line()
            self.say(tag + " OK in")
        elif verb == "LOGOUT":
            self.say("* BYE", tag + " OK done")
            return False
        else:
            self.say(tag + " OK done")
        return True

    def smtp(self, line):
        verb = line.split(" ")[0].upper()
        if verb == "EHLO":
            offers = ["smtp"] + self.offers()
            self.say(*["250%s%s" % ("- "[i == len(offers) - 1], offer) for i, offer in enumerate(offers)])
        elif verb == "STARTTLS":
            self.starttls("220 go on", "454 4.7.0 not here", "250 AUTH PLAIN")
        elif verb == "AUTH":
            self.say("235 in")
        elif verb == "DATA":
            self.say("354 go on")
            while self.line() != ".":
                pass
            self.say("250 taken")
        else:
            self.say("221 bye" if verb == "QUIT" else "250 fine")
        return verb != "QUIT"

    def starttls(self, agreed, refused, slipped_in):
        if self.mode in ("stripped", "refused"):
            self.say(refused)
        elif self.mode == "injected":
            self.say(agreed, slipped_in)
        else:
            self.say(agreed)
            if self.mode == "late":
                self.answer_in_clear(slipped_in)
            else:
                self.wrap()

    def answer_in_clear(self, slipped_in):
        """Records of a handshake and an alert are no words; all else was said in clear."""
        said = self.request.recv(65536)
        self.say(slipped_in)
        while said:
            if said[0] not in (ALERT, HANDSHAKE):
                self.impostor.clear.append(said.decode("latin-1"))
            said = self.request.recv(65536)
        raise ConnectionError


class Impostor:
    def __init__(self, protocol, mode, tls):
        self.protocol, self.tls = protocol, tls
        self.mode, self.starttls = mode.rstrip("+"), mode.endswith("+")
        self.leaf = self.mode if os.path.exists(os.path.join(tls, self.mode + ".pem")) else "good"
        self.clear, self.hidden = [], []
        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Session)
        self.server.daemon_threads, self.server.impostor = True, self
        self.server.handle_error = lambda request, address: None
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
