"""strip_relay - an SMTP relay on 127.0.0.1 that takes away every mark of an automatic mail.

    relay = StripRelay(server_port)     # relay.port; relay.passed: (author, recipient, subject)

What it takes it hands to the real server; while relay.strips, which it does at first, without the
header fields of RFC 3834, RFC 2369, RFC 2919 and their neighbours, and with an address of the
sender's where the return path was null. While relay.renames, which it does not at first, each mail
gets a new Message-ID.
"""
import email
import email.policy
import email.utils
import smtplib
import socketserver
import threading

MARKS = ("auto-submitted", "precedence", "x-auto-response-suppress", "x-autoreply", "x-autorespond",
         "x-loop", "x-mailer", "return-path", "feedback-id")


class Session(socketserver.StreamRequestHandler):
    def say(self, line):
        self.wfile.write(line.encode() + b"\r\n")

    def handle(self):
        sender, recipients = "", []
        self.say("220 relay")
        for raw in self.rfile:
            line = raw.decode("utf-8", "replace").strip()
            verb = line[:4].upper()
            if verb == "MAIL":
                sender, recipients = line.split("<", 1)[1].split(">", 1)[0], []
            elif verb == "RCPT":
                recipients.append(line.split("<", 1)[1].split(">", 1)[0])
            elif verb == "DATA":
                self.say("354 go on")
                self.server.relay.pass_on(sender, recipients, self.content())
            self.say("221 bye" if verb == "QUIT" else "250 relay")
            if verb == "QUIT":
                return

    def content(self):
        lines = []
        for line in self.rfile:
            if line == b".\r\n":
                return b"".join(lines)
            lines.append(line[1:] if line.startswith(b".") else line)
        raise ConnectionError


class StripRelay:
    def __init__(self, server_port):
        self.server_port, self.passed, self.lock = server_port, [], threading.Lock()
        self.strips, self.renames = True, False
        server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Session)
        server.daemon_threads, server.relay = True, self
        self.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()

    def pass_on(self, sender, recipients, content):
        mail = email.message_from_bytes(content, policy=email.policy.SMTP)
        author = email.utils.parseaddr(str(mail["From"]))[1]
        if self.renames:
            del mail["Message-ID"]
            mail["Message-ID"] = email.utils.make_msgid(domain="relay.example.test")
        if self.strips:
            for name in list(mail.keys()):
                if name.lower() in MARKS or name.lower().startswith("list-"):
                    del mail[name]
            sender = sender or author
        with smtplib.SMTP("127.0.0.1", self.server_port) as smtp:
            smtp.send_message(mail, sender, recipients)
        with self.lock:
            self.passed += [(author, to, str(mail["Subject"])) for to in recipients]
