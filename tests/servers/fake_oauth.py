#!/usr/bin/env python3
"""fake_oauth.py DIR: a token server on 127.0.0.1 for the tests (RFC 6749, 7636, 8628, 7662).

Writes DIR/env (OAUTH_PORT) when it listens. POST /token, POST /device, GET /authorize, and
/introspect?access_token=… as Dovecot asks it. What is asked is appended to DIR/asked, a line each.
DIR/mode, read at each request, says how /token behaves:
  ok (default)   short tokens (DIR/lifetime seconds, default 3600); each renewal changes the refresh token, and a
                 refresh token that was used once is refused
  keep           the same, but the refresh token stays
  withdrawn      400 invalid_grant
  busy           503 without JSON
  nonsense       200, no JSON
  huge           200, a body without end
  hang           never answers
  pending        400 authorization_pending
"""
import base64
import hashlib
import http.server
import json
import os
import secrets
import socketserver
import sys
import threading
import time
import urllib.parse

folder = sys.argv[1]
lock = threading.Lock()
refresh, access, codes, devices = {}, {}, {}, {}
USER = "inscriptions@example.test"


def setting(name, fallback):
    try:
        with open(os.path.join(folder, name), encoding="ascii") as file:
            return file.read().strip() or fallback
    except OSError:
        return fallback


def give(mode, old=None):
    lifetime = int(setting("lifetime", "3600"))
    token = "access-" + secrets.token_urlsafe(16)
    access[token] = time.time() + lifetime
    answer = {"token_type": "Bearer", "access_token": token, "expires_in": lifetime}
    if mode != "keep" or not old:
        if old:
            del refresh[old]
        answer["refresh_token"] = "refresh-" + secrets.token_urlsafe(16)
        refresh[answer["refresh_token"]] = True
    return 200, answer


def proves(form):
    """The code's own challenge, and the address that it was given for (RFC 7636 4.6)."""
    known = codes.pop(form.get("code"), None)
    digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    return known == (challenge, form.get("redirect_uri"))


def token(form, mode):
    kind = form.get("grant_type")
    if form.get("client_id") != "test-client" or form.get("client_secret") != "test-secret":
        return 401, {"error": "invalid_client"}
    if mode == "withdrawn":
        return 400, {"error": "invalid_grant", "error_description": "Token has been\nrevoked."}
    if mode == "pending":
        return 400, {"error": "authorization_pending"}
    if kind == "refresh_token" and form.get("refresh_token") in refresh:
        return give(mode, form["refresh_token"])
    if kind == "authorization_code" and proves(form):
        return give(mode)
    if kind == "urn:ietf:params:oauth:grant-type:device_code" and form.get("device_code") in devices:
        devices[form["device_code"]] += 1
        if devices[form["device_code"]] < 2:
            return 400, {"error": "authorization_pending"}
        return give(mode)
    return 400, {"error": "invalid_grant"}


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def say(self, status, body, kind="application/json"):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def note(self, what):
        with open(os.path.join(folder, "asked"), "a", encoding="ascii") as file:
            file.write(what + "\n")

    def do_POST(self):
        form = dict(urllib.parse.parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
        mode = setting("mode", "ok")
        if self.path == "/device":
            code = secrets.token_urlsafe(8)
            devices[code] = 0
            self.say(200, {"device_code": code, "user_code": "ABCD-EFGH", "interval": 1, "expires_in": 60,
                           "verification_uri": "https://login.example/device"})
            return
        self.note(f"token {form.get('grant_type')} {mode}")
        if mode == "hang":
            time.sleep(120)
        elif mode == "busy":
            self.say(503, b"<html>busy</html>", "text/html")
        elif mode == "nonsense":
            self.say(200, b"\x00{]")
        elif mode == "huge":
            self.send_response(200)
            self.end_headers()
            try:
                for _ in range(1000):
                    self.wfile.write(b" " * 4096)
            except OSError:
                pass
        else:
            with lock:
                status, body = token(form, mode)
            self.say(status, body)

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(url.query))
        if url.path == "/authorize":
            code = secrets.token_urlsafe(8)
            codes[code] = (query["code_challenge"], query["redirect_uri"])
            back = urllib.parse.urlencode({"code": code, "state": query["state"]})
            self.send_response(302)
            self.send_header("Location", query["redirect_uri"] + "?" + back)
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif url.path == "/revoke-all":  # every access token ends now
            access.clear()
            self.say(200, {})
        else:  # /introspect/TOKEN
            given = query.get("access_token") or urllib.parse.unquote(url.path.rsplit("/", 1)[-1])
            active = access.get(given, 0) > time.time()
            self.note(f"introspect {active}")
            self.say(200, {"active": active, "email": USER})


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True


with Server(("127.0.0.1", 0), Handler) as server:
    with open(os.path.join(folder, "env.part"), "w", encoding="ascii") as env:
        env.write(f"OAUTH_PORT={server.server_port}\n")
    os.rename(os.path.join(folder, "env.part"), os.path.join(folder, "env"))
    server.serve_forever()
