"""fault_proxy - a TCP proxy on 127.0.0.1 in front of a real server that can be told to fail.

    proxy = FaultProxy(server_port)
    proxy.fault = cut_after(100)   # for each connection from now on; None: pass everything on

A fault is called for each connection and returns a function: it is given each piece of bytes from the
server and returns what the client gets instead (bytes, or a list of them to be sent one by one); Cut
ends the connection, Stall leaves it without another byte. Only standard modules; no TLS.
"""
import re
import select
import socket
import threading


class Cut(Exception):
    """Both ends of the connection are closed now; `last` still goes to the client."""

    def __init__(self, last=b""):
        super().__init__()
        self.last = last


class Stall(Exception):
    """Nothing more comes, but the connection stays; `last` still goes to the client."""

    def __init__(self, last=b""):
        super().__init__()
        self.last = last


class FaultProxy:
    def __init__(self, server_port):
        self.server_port, self.fault, self.connections = server_port, None, 0
        self.longest = 0  # bytes from the server in one connection, of the longest
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            client, _ = self.listener.accept()
            self.connections += 1
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client):
        fault = self.fault() if self.fault else lambda piece: piece
        with client, socket.create_connection(("127.0.0.1", self.server_port)) as server:
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            try:
                self.pass_on(client, server, fault)
            except Cut as cut:
                send(client, cut.last)
            except Stall as stall:
                send(client, stall.last)
                while client.recv(65536):  # until the client has had enough
                    pass
            except OSError:
                pass

    def pass_on(self, client, server, fault):
        sent = 0
        while True:
            for ready in select.select([client, server], [], [])[0]:
                piece = ready.recv(65536)
                if not piece:
                    return
                if ready is client:
                    server.sendall(piece)
                    continue
                sent += len(piece)
                self.longest = max(self.longest, sent)
                given = fault(piece)
                for part in given if isinstance(given, list) else [given]:
                    client.sendall(part)


def send(client, piece):
    try:
        client.sendall(piece)
    except OSError:
        pass


hits = 0  # how often any fault did anything


def hit():
    global hits
    hits += 1


def both(*faults):
    """One fault after the other, on the same bytes."""
    def new():
        made = [fault() for fault in faults]

        def fault(piece):
            for one in made:
                piece = one(piece)
            return piece
        return fault
    return new


def after(limit, end):
    """`limit` bytes are passed on, then `end` (Cut, Stall) is raised."""
    def new():
        left = limit

        def fault(piece):
            nonlocal left
            if len(piece) >= left:
                hit()
                raise end(piece[:left])
            left -= len(piece)
            return piece
        return fault
    return new


def rewrite(pattern, replacement, times=None):
    """Each match in a piece of the server's bytes (the first `times` of them) is replaced."""
    expression = re.compile(pattern)

    def new():
        left = times

        def fault(piece):
            nonlocal left
            if left == 0:
                return piece
            changed, count = expression.subn(replacement, piece, left or 0)
            if count:
                hit()
            if left is not None:
                left -= count
            return changed
        return fault
    return new


def nth_line(number, line, end=None):
    """The server's line number `number` (from 0) becomes `line`; then `end`, if any, is raised."""
    def new():
        seen, done = 0, False

        def fault(piece):
            nonlocal seen, done
            lines = piece.split(b"\n")
            for at in range(len(lines) - 1):
                if seen == number and not done:
                    done = True
                    hit()
                    if end:
                        raise end(b"\n".join(lines[:at] + [line, b""]) if line else
                                  b"\n".join(lines[:at] + [b""]))
                    lines[at] = line
                seen += 1
            return b"\n".join(lines)
        return fault
    return new


def before_match(pattern, inserted):
    """`inserted` comes once before the first match."""
    expression = re.compile(pattern)

    def new():
        done = False

        def fault(piece):
            nonlocal done
            found = None if done else expression.search(piece)
            if not found:
                return piece
            done = True
            hit()
            return piece[:found.start()] + inserted + piece[found.start():]
        return fault
    return new


def cut_before(pattern):
    """The connection is cut right before the first match is passed on."""
    expression = re.compile(pattern)

    def new():
        def fault(piece):
            found = expression.search(piece)
            if found:
                hit()
                raise Cut(piece[:found.start()])
            return piece
        return fault
    return new


def drip():
    """Every byte by itself."""
    hit()
    return lambda piece: [bytes([byte]) for byte in piece]
