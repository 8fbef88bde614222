"""What the tests of the organiser's page share: the house it stands in, a browser, a bare client."""
import http.client
import http.cookies
import json
import os
import re
import smtplib
import ssl
import subprocess
import sys
import urllib.parse

from people import PATIENCE_S, US, check, mails_of, wait_for

PASSWORD = "un long mot de passe"


class House:
    """The daemon's mailboxes, and bulletinctl."""

    def __init__(self, url, bulletinctl, config, mail_root, smtp_port):
        self.url, self.program, self.config = url, bulletinctl, config
        self.mail_root, self.smtp_port, self.sent = mail_root, int(smtp_port), 0

    def rows(self, *arguments):
        out = subprocess.run([self.program, "--config", self.config, *arguments, "--json"],
                             check=True, stdout=subprocess.PIPE).stdout
        return [json.loads(line) for line in out.splitlines()]

    def send(self, mail, person):
        """From PERSON@example.test, through the real server. Returns the Message-ID."""
        self.sent += 1
        for name in ("From", "To", "Message-ID", "Return-Path", "Received"):
            del mail[name]
        mail["From"] = "%s@example.test" % person
        mail["To"] = US
        mail["Message-ID"] = "<%s.%d.%d@example.test>" % (person, os.getpid(), self.sent)
        with smtplib.SMTP("127.0.0.1", self.smtp_port) as smtp:
            smtp.send_message(mail, "%s@example.test" % person, [US])
        return mail["Message-ID"].strip("<>")

    def queued(self, message_id):
        """The queue's row of a mail, once it is there."""
        def ask():
            return [row for row in self.rows("queue", "--all") if row["message_id"] == message_id]
        return wait_for(ask, "mail %s in the queue" % message_id)[0]

    def answers(self, person):
        return mails_of(self.mail_root, person)


class Client:
    """A bare HTTP client with one cookie jar: what a browser would not send can be sent. With a port, by
    the proxy that listens there."""

    def __init__(self, url, port=None):
        at = urllib.parse.urlsplit(url)
        self.host, self.base, self.port, self.cookies = at.netloc, at.path, port, {}
        self.origin = "%s://%s" % (at.scheme, at.netloc)

    def connect(self):
        if not self.port:
            return http.client.HTTPConnection(self.host, timeout=PATIENCE_S)
        return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=PATIENCE_S,
                                           context=ssl._create_unverified_context())

    def ask(self, method, path, form=None, headers=None):
        """Returns (status, header fields, text)."""
        connection = self.connect()
        fields = {"Host": self.host, "Cookie": "; ".join("%s=%s" % pair for pair in self.cookies.items())}
        body = None
        if form is not None:
            body = urllib.parse.urlencode(form)
            fields["Content-Type"] = "application/x-www-form-urlencoded"
            fields["Origin"] = self.origin
        fields.update(headers or {})
        connection.request(method, self.base + path, body, {k: v for k, v in fields.items() if v})
        answer = connection.getresponse()
        text = answer.read()
        for value in answer.headers.get_all("Set-Cookie") or []:
            for name, morsel in http.cookies.SimpleCookie(value).items():
                self.cookies[name] = morsel.value
        connection.close()
        return answer.status, answer.headers, text.decode("utf-8", "replace")

    def csrf(self, path="/login"):
        found = re.search(r'name="csrf"\s+value="([^"]*)"', self.ask("GET", path)[2])
        return found.group(1) if found else ""

    def login(self, name, password=PASSWORD):
        return self.ask("POST", "/login", {"name": name, "password": password, "next": "/queue",
                                           "csrf": self.csrf()})


def browser(width=1280, height=900, script=True, language="fr", letters=16, host="", port=None):
    """Headless Chromium, with letters of so many pixels; exits 77 where there is none. With a port, it
    finds `host` by the proxy that listens there."""
    try:
        from selenium import webdriver
        from selenium.webdriver.chrome.service import Service
    except ImportError:
        print("skipped: python3-selenium is not installed")
        sys.exit(77)
    options = webdriver.ChromeOptions()
    for word in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                 "--window-size=%d,%d" % (width, height), "--hide-scrollbars", "--lang=" + language):
        options.add_argument(word)
    if port:
        options.add_argument("--host-resolver-rules=MAP %s:443 127.0.0.1:%d" % (host, port))
        options.add_argument("--ignore-certificate-errors")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    options.add_experimental_option("prefs", {
        "intl.accept_languages": language,
        "webkit.webprefs.default_font_size": letters,
        "profile.managed_default_content_settings.javascript": 1 if script else 2})
    return webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))


class Page:
    """A person in front of a browser."""

    def __init__(self, house, **wishes):
        self.house = house
        self.driver = browser(host=urllib.parse.urlsplit(house.url).hostname, **wishes)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.driver.quit()

    def open(self, path):
        self.driver.get(self.house.url + path)

    def find(self, css):
        found = self.all(css)
        check(found, "%s: there is no %s on the page:\n%s" % (
            self.driver.current_url, css, self.text()[:2000]))
        return found[0]

    def has(self, css):
        return bool(self.all(css))

    def all(self, css):
        return self.driver.find_elements("css selector", css)

    def text(self):
        return " ".join(body.text for body in self.all("body"))

    def is_view(self, view):
        return self.has('body[data-view="%s"]' % view)

    def wait_view(self, view):
        wait_for(lambda: self.is_view(view), "the view '%s' (here is %s: %s)" % (
            view, self.driver.current_url, self.text()[:800]))

    def fill(self, css, value):
        field = self.find(css)
        if field.tag_name == "select":
            from selenium.webdriver.support.ui import Select
            Select(field).select_by_value(value)
            return
        field.clear()
        field.send_keys(value)

    def press(self, css):
        """Click, and wait for the next page."""
        before = self.document()
        self.find(css).click()
        wait_for(lambda: self.document() not in (None, before), "a page after " + css)

    def document(self):
        """Tells the pages that are shown apart; None between two of them."""
        found = self.all("html")
        return found[0].id if found else None

    def key(self, key, what, is_there):
        """A key on the page, and wait for what it must bring."""
        self.driver.switch_to.active_element.send_keys(key)
        wait_for(is_there, "%s by the key %s (here is %s)" % (what, key, self.driver.current_url))

    def login(self, name="marie", password=PASSWORD):
        self.open("/login")
        self.fill("form#login [name=name]", name)
        self.fill("form#login [name=password]", password)
        self.press("form#login button")

    def complaints(self):
        """What the browser's console holds against the page."""
        return [entry["message"] for entry in self.driver.get_log("browser")
                if entry["level"] in ("SEVERE", "WARNING") and "favicon" not in entry["message"]]
