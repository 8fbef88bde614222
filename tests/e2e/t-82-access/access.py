#!/usr/bin/env python3
"""access.py URL BULLETINCTL CONFIG MAIL_ROOT SMTP_PORT CASES

Exit 1 at the first door that is open, or shut to who may enter.
"""
import http.client
import os
import sys
from email.message import EmailMessage

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from desk_web import Client, House  # noqa: E402
from people import check, mail_of  # noqa: E402

GUESSES = 40


def fill(house, cases):
    """A scan that waits for a person, and a participant."""
    path = os.path.join(cases, "documents", "scan-table-deux-colonnes.eml")
    message = house.queued(house.send(mail_of(path), "maryvonne"))["id"]
    typed = EmailMessage()
    typed["Subject"] = "Bulletin"
    typed.set_content("Collectivité / organisme : Ville de Nancy\nNom : Martin\nPrénom : Paul\n"
                      "Courriel : paul@example.test\nParticipera à la réunion du 3 juillet : Oui\n")
    house.queued(house.send(typed, "paul"))
    person = [r for r in house.rows("list") if r["fields"]["last_name"] == "Martin"][0]["id"]
    answer = house.rows("queue", "--outbox", "--all")
    return message, person, answer[0]["id"] if answer else 1


def routes(message, person, answer):
    """(method, path, form, does it need the role review)"""
    decide = {"do": "ignore", "1.last_name": "Personne"}
    return [
        ("GET", "/", None, False), ("GET", "/queue", None, False),
        ("GET", "/message/%d" % message, None, False),
        ("GET", "/message/%d/original" % message, None, False),
        ("GET", "/message/%d/part/1" % message, None, False),
        ("GET", "/message/%d/part/1/page/1" % message, None, False),
        ("GET", "/people", None, False), ("GET", "/people/%d" % person, None, False),
        ("GET", "/export/copil-2019.csv", None, False), ("GET", "/export/copil-2019.json", None, False),
        ("GET", "/export/copil-2019.xlsx", None, False), ("GET", "/event/copil-2019", None, False),
        ("GET", "/outbox", None, False), ("GET", "/outbox/%d" % answer, None, False),
        ("GET", "/outbox/%d/text" % answer, None, False), ("GET", "/log", None, False), ("GET", "/count", None, False),
        ("POST", "/message/%d/preview" % message, decide, True),
        ("POST", "/message/%d/do" % message, decide, True),
        ("POST", "/message/%d/preview" % message, {"do": "requeue"}, True),
        ("POST", "/message/%d/do" % message, {"do": "requeue"}, True),
        ("GET", "/people/%d/merge" % person, None, False),
        ("GET", "/people/%d/merge?q=a" % person, None, False),
        ("POST", "/people/%d/preview" % person, {"do": "merge", "other": "2"}, True),
        ("POST", "/people/%d/do" % person, {"do": "merge", "other": "2"}, True),
        ("POST", "/people/%d/preview" % person, {"do": "cancel"}, True),
        ("POST", "/people/%d/do" % person, {"do": "cancel"}, True),
        ("POST", "/outbox/%d/do" % answer, {"do": "hold"}, True),
    ]


def state(house):
    return house.rows("list"), [(r["id"], r["state"]) for r in house.rows("queue", "--all")]


def nobody(house, all_routes):
    before = state(house)
    for method, path, form, _ in all_routes:
        status, fields, text = Client(house.url).ask(method, path, form)
        sent_away = status == 303 and "/login" in (fields["Location"] or "")
        check(status in (401, 403) or sent_away, "%s %s is open to everybody: %d" % (method, path, status))
        check("Martin" not in text and "LEBRETON" not in text, "%s %s tells names to everybody" % (method, path))
    check(state(house) == before, "somebody without a login has changed something")


def reader(house, all_routes):
    before = state(house)
    client = Client(house.url)
    check(client.login("lecteur")[0] == 303, "the reader cannot log in")
    for method, path, form, needs_review in all_routes:
        form = None if form is None else dict(form, csrf=client.csrf("/queue"))
        status = client.ask(method, path, form)[0]
        if needs_review:
            check(status == 403, "%s %s is open to a reader: %d" % (method, path, status))
        else:
            check(status in (200, 303), "%s %s is shut to a reader: %d" % (method, path, status))
    check(state(house) == before, "a reader has changed something")


def forged(house, all_routes):
    """Forms of a reviewer's browser that no page of ours has made."""
    before = state(house)
    client = Client(house.url)
    check(client.login("marie")[0] == 303, "marie cannot log in")
    good = client.csrf("/queue")
    check(len(good) >= 32, "a page has no token of its own")
    for method, path, form, _ in all_routes:
        if form is None:
            continue
        for token in ("", "0" * len(good), good[:-1]):
            status = client.ask(method, path, dict(form, csrf=token))[0]
            check(status == 403, "%s takes the token '%s': %d" % (path, token, status))
        status = client.ask(method, path, dict(form, csrf=good), {"Origin": "https://evil.example"})[0]
        check(status == 403, "%s takes a form of another site: %d" % (path, status))
        status = client.ask(method, path, dict(form, csrf=good), {"Host": "evil.example"})[0]
        check(status in (400, 403, 421), "%s answers to another host: %d" % (path, status))
        status = client.ask("GET", path)[0]
        check(status in (404, 405), "%s can be had by GET: %d" % (path, status))
    other = Client(house.url)
    other.login("marie")
    for method, path, form, _ in all_routes:
        if form is not None:
            status = client.ask(method, path, dict(form, csrf=other.csrf("/queue")))[0]
            check(status == 403, "%s takes the token of another session: %d" % (path, status))
    check(state(house) == before, "a forged form has changed something")


def fixed(house):
    """A session that an attacker has chosen is not the one that the login makes."""
    for name in list(visited(house).cookies):
        client = Client(house.url)
        client.cookies[name] = "A" * 43
        client.login("marie")
        check(client.cookies[name] != "A" * 43, "the login keeps a session that was given to it")
        attacker = Client(house.url)
        attacker.cookies[name] = "A" * 43
        check(attacker.ask("GET", "/queue")[0] != 200, "a session that was given is logged in")


def visited(house):
    client = Client(house.url)
    client.login("marie")
    return client


def ended(house):
    client = visited(house)
    old = dict(client.cookies)
    check(client.ask("POST", "/logout", {"csrf": client.csrf("/queue")})[0] == 303, "no logout")
    client.cookies = old
    check(client.ask("GET", "/queue")[0] != 200, "the session lives on after the logout")


def cookies(house):
    client = Client(house.url)
    _, fields, _ = client.ask("POST", "/login", {"name": "marie", "password": "un long mot de passe",
                                                 "next": "//evil.example/", "csrf": client.csrf()})
    check("evil" not in fields["Location"], "the login sends away to another site")
    for cookie in fields.get_all("Set-Cookie"):
        check("HttpOnly" in cookie and "SameSite=" in cookie, "a cookie without care: " + cookie)


def header_fields(house, all_routes):
    client = visited(house)
    for method, path, form, _ in all_routes:
        if form is not None:
            continue
        _, fields, _ = client.ask(method, path)
        policy = fields["Content-Security-Policy"] or ""
        check("default-src 'none'" in policy and "unsafe-inline" not in policy and "*" not in policy,
              "%s: Content-Security-Policy: %s" % (path, policy))
        check(fields["X-Content-Type-Options"] == "nosniff", path + " may be sniffed")
        check("no-store" in (fields["Cache-Control"] or ""), path + " may be kept")
        if "/part/" in path and "/page/" not in path:
            check((fields["Content-Disposition"] or "").startswith("attachment"), path + " is shown")


def guesses(house):
    client, statuses = Client(house.url), set()
    for _ in range(GUESSES):
        statuses.add(client.login("marie", "non")[0])
        if 429 in statuses:
            break
    check(429 in statuses, "%d guesses are all heard: %s" % (GUESSES, statuses))
    status, fields, _ = client.login("marie")
    check(status == 429 and int(fields["Retry-After"]) > 0, "the right guess is heard at once: %d" % status)


def announced(client, size):
    """The status for a form of so many bytes, of which the server need not read any."""
    connection = http.client.HTTPConnection(client.host, timeout=30)
    connection.putrequest("POST", "/login")
    connection.putheader("Content-Type", "application/x-www-form-urlencoded")
    connection.putheader("Content-Length", str(size))
    connection.endheaders()
    status = connection.getresponse().status
    connection.close()
    return status


def strange(house):
    client = visited(house)
    for path in ("/message/0", "/message/99999", "/message/-1", "/message/1e3", "/people/18446744073709551616",
                 "/message/1/part/999", "/message/1/part/0/page/999", "/export/nothing.csv", "/event/nothing",
                 "/static/../bulletind.yaml", "/static/%2e%2e/x", "/nothing", "/queue/"):
        status = client.ask("GET", path)[0]
        check(status in (400, 404, 410), "%s: %d, not 'not found'" % (path, status))
    check(announced(client, 2_000_000) == 413, "2 MB are taken")
    check(client.ask("PUT", "/queue")[0] in (405, 501), "PUT is known")
    check(client.ask("GET", "/queue?page=99999999999999999999&q=%00%ff")[0] in (200, 400), "a strange query")


def main():
    house = House(*sys.argv[1:6])
    all_routes = routes(*fill(house, sys.argv[6]))
    nobody(house, all_routes)
    reader(house, all_routes)
    forged(house, all_routes)
    fixed(house)
    ended(house)
    cookies(house)
    header_fields(house, all_routes)
    strange(house)
    guesses(house)


main()
