"""relay - stands between a client and an IMAP server, counts, and notes when EXISTS passes."""
import re
import socket
import threading
import time

EXISTS = re.compile(rb"^\* \d+ EXISTS\r$", re.M)
READ_BYTES = 256 << 10


class Relay:
    """relay.port; relay.bytes: from the server; relay.idles: how often IDLE began; relay.exists:
    [seconds, monotonic] at which a "* N EXISTS" went to a client in IDLE."""

    def __init__(self, server_port):
        self.server_port, self.bytes, self.idles, self.exists = server_port, 0, 0, []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self.server_port))
            for link in (client, server):
                link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for action in (self.upwards, self.downwards):
                threading.Thread(target=action, args=(client, server), daemon=True).start()

    def upwards(self, client, server):
        self.copy(client, server, lambda data: None)

    def downwards(self, client, server):
        self.copy(server, client, self.look)

    def look(self, data):
        self.bytes += len(data)
        self.idles += data.count(b"+ idling")
        if EXISTS.search(data) and b"FETCH" not in data and b"FLAGS" not in data:
            self.exists.append(time.monotonic())

    def copy(self, source, target, look):
        try:
            while data := source.recv(READ_BYTES):
                look(data)
                target.sendall(data)
        except OSError:
            pass
        for link in (source, target):
            try:
                link.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def close(self):
        self.listener.close()
