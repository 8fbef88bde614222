#!/usr/bin/env python3
"""proxy.py URL BULLETINCTL CONFIG MAIL_ROOT SMTP_PORT CASES PERSON TLS_PORT CLEAR_PORT

A secretary, and somebody who guesses passwords, come by a proxy. Exit 1 at the first thing that is not
as it must be.
"""
import http.client
import os
import sys
import urllib.parse

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from desk_web import Client, House, Page  # noqa: E402
from people import check, mail_of, wait_for, words  # noqa: E402

GUESSES = 40


def secretary(house, cases, person, port):
    mail = mail_of(os.path.join(cases, "documents", "scan-table-deux-colonnes.eml"))
    row = house.queued(house.send(mail, person))
    with Page(house, port=port) as page:
        page.login()
        page.wait_view("queue")
        check(page.driver.current_url == house.url + "/queue", "the login leads to " + page.driver.current_url)
        check(all(cookie["secure"] for cookie in page.driver.get_cookies()), "a cookie goes in clear text, too")
        page.press('table#queue tr[data-id="%s"] a' % row["id"])
        picture = page.find("img.page")
        wait_for(lambda: page.driver.execute_script("return arguments[0].naturalWidth", picture) > 300,
                 "the picture of the scan")
        page.press("form#decide button[value=accept]")
        page.press("#send")
        check(page.has("#told"), "nothing is accepted: " + page.text())
        check(not page.complaints(), "the browser complains: %s" % page.complaints())
    wait_for(lambda: [mail for mail in house.answers(person) if "LEBRETON" in words(mail)], "the confirmation")


def doors(house, port, clear):
    host = urllib.parse.urlsplit(house.url).hostname
    connection = http.client.HTTPConnection("127.0.0.1", clear)
    connection.request("GET", "/desk/", headers={"Host": host})
    answer = connection.getresponse()
    check(answer.status == 301 and answer.headers["Location"].startswith("https://%s/" % host),
          "clear text is not sent on: %d %s" % (answer.status, answer.headers["Location"]))
    client = Client(house.url, port)
    status, fields, _ = client.ask("GET", "/login")
    check(status == 200 and fields["Strict-Transport-Security"], "no HSTS: %d" % status)
    status, fields, _ = client.ask("GET", "")
    check(status == 301 and fields["Location"].endswith("/desk/"), "without its last '/': %d" % status)
    status = client.ask("POST", "/login", {"name": "x" * 2_000_000})[0]
    check(status in (413, 502), "2 MB are taken: %d" % status)  # 502: Apache, cut off while it sends


def guesses(house, port):
    """Whoever says to come from elsewhere is counted all the same."""
    client = Client(house.url, port)
    statuses = []
    while len(statuses) < GUESSES and 429 not in statuses:
        statuses.append(client.ask("POST", "/login", {"name": "marie", "password": "non", "csrf": client.csrf()},
                                   {"X-Forwarded-For": "192.0.2.%d" % len(statuses)})[0])
    check(429 in statuses, "%d guesses are all heard: %s" % (GUESSES, statuses))


def main():
    house = House(*sys.argv[1:6])
    cases, person, port, clear = sys.argv[6:]
    secretary(house, cases, person, int(port))
    doors(house, int(port), int(clear))
    guesses(house, int(port))


main()
