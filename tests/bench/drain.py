"""drain - the limit: messages fetched raw over one IMAP connection and thrown away."""
import os
import socket
import time

READ_BYTES = 1 << 20
TAIL_BYTES = 2000  # a tagged line with its capabilities


class Imap:
    """A connection that is logged in and has INBOX open; nothing is read out of the answers."""

    def __init__(self, port, user, password):
        self.link = socket.create_connection(("127.0.0.1", port))
        self.link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer, self.number = bytearray(READ_BYTES), 0
        self.link.recv(READ_BYTES)
        self.command("LOGIN %s %s" % (user, password))
        self.command("SELECT INBOX")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.command("LOGOUT")
        self.link.close()

    def command(self, text):
        """Sends it and reads to the end of its answer: bytes read."""
        self.number += 1
        tag = b"\r\nt%d OK" % self.number
        self.link.sendall(b"t%d %s\r\n" % (self.number, text.encode()))
        total, tail = 0, b"\r\n"
        while True:
            got = self.link.recv_into(self.buffer)
            if not got:
                raise ConnectionError("the server hung up on: " + text)
            total += got
            tail = (tail + bytes(self.buffer[max(0, got - TAIL_BYTES):got]))[-TAIL_BYTES:]
            if tail.endswith(b"\r\n") and tag in tail:
                return total
            if b"\r\nt%d " % self.number in tail and tail.endswith(b"\r\n"):
                raise ConnectionError("%s: %s" % (text, tail[-200:].decode(errors="replace")))

    def drain(self, uids, items="(UID BODY.PEEK[])"):
        return self.command("UID FETCH %s %s" % (uids, items))


def run(house, user):
    """Seconds, processor seconds and bytes of one drain, login and all."""
    begin, before = time.monotonic(), os.times()
    with house.login(user) as imap:
        size = imap.drain("1:*")
    after = os.times()
    spent = after.user + after.system - before.user - before.system
    return time.monotonic() - begin, spent, size
