#!/usr/bin/env python3
"""desk.py URL BULLETINCTL CONFIG MAIL_ROOT SMTP_PORT CASES AXE.js

A secretary at the organiser's page. Exit 1 at the first thing that is not as it must be.
"""
import json
import os
import sys
import tempfile
import zipfile
from email.message import EmailMessage

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from barriers import Barriers  # noqa: E402
from desk_web import House, Page  # noqa: E402
from people import check, mail_of, wait_for, words  # noqa: E402

EVENT = "copil-2019"
ENTER = "\ue007"
# What is seen in them: pixels across, of which device pixels each, letters' size (16: as shipped).
WINDOWS = {"a telephone": (320, 1, 16), "a zoom of 200 %": (640, 2, 16), "letters twice as big": (1280, 1, 32)}


def scan(house, cases, person):
    path = os.path.join(cases, "documents", "scan-table-deux-colonnes.eml")
    return house.queued(house.send(mail_of(path), person))


def question(house, person):
    mail = EmailMessage()
    mail["Subject"] = "Comité de pilotage du 3 juillet : une question"
    mail.set_content("Bonjour,\n\nFaut-il apporter une pièce d'identité ?\n")
    return house.queued(house.send(mail, person))


def bulletin(house, person, last_name, first_name, attendance="Oui"):
    mail = EmailMessage()
    mail["Subject"] = "Bulletin de participation"
    mail.set_content("Collectivité / organisme : Ville de Nancy\nNom : %s\nPrénom : %s\n"
                     "Participera à la réunion du 3 juillet : %s\n" % (last_name, first_name, attendance))
    return house.queued(house.send(mail, person))


def registration(house, last_name):
    found = [row for row in house.rows("list") if row["fields"].get("last_name") == last_name]
    check(len(found) == 1, "%d registrations of %s" % (len(found), last_name))
    return found[0]


def of_words(house, person, text):
    return [mail for mail in house.answers(person) if text in words(mail)]


# --- messages -------------------------------------------------------------------------------------


def accept_a_scan(house, page, cases):
    row = scan(house, cases, "maryvonne")
    page.login()
    page.wait_view("queue")
    page.press('table#queue tr[data-id="%s"] a' % row["id"])
    page.wait_view("message")
    picture = page.find("img.page")
    wait_for(lambda: page.driver.execute_script("return arguments[0].naturalWidth", picture) > 300,
             "the picture of the scan")
    check(page.find('[name="1.last_name"]').get_attribute("value") == "LEBRETON",
          "the form does not hold what was read")
    page.fill('[name="1.first_name"]', "Maryvonne Anne")
    page.press("form#decide button[value=accept]")
    page.wait_view("preview")
    shown = page.find("#answer").text
    check("LEBRETON" in shown and "Maryvonne Anne" in shown, "the answer is not shown first: " + page.text())
    check(not of_words(house, "maryvonne", "LEBRETON"), "something was sent before it was confirmed")
    page.press("#send")
    check(page.has("#told"), "nobody says that it is done: " + page.text())
    wait_for(lambda: of_words(house, "maryvonne", "Maryvonne Anne"), "the participant's confirmation")
    person = registration(house, "LEBRETON")
    check(person["status"] == "registered" and person["fields"]["first_name"] == "Maryvonne Anne",
          "it is not registered: %s" % person)
    told = [line for line in house.rows("log", "--id", str(row["id"])) if line["what"] == "person"]
    check(told and "page:marie" in told[0]["text"], "the log does not tell who did it: %s" % told)
    page.open("/log?id=%s" % row["id"])
    check("marie" in page.find("table#log").text, "the page's log does not tell who did it")


def answer_in_own_words(house, page):
    row, text = question(house, "paul"), "Bonjour, non, la présente réponse suffit."
    page.open("/message/%s" % row["id"])
    page.fill("textarea[name=own_text]", text)
    page.press("form#decide button[value=reply]")
    page.wait_view("preview")
    check(text in page.find("#answer").text, "own words are not shown")
    check(not of_words(house, "paul", text), "they were sent before they were confirmed")
    page.press("#send")
    own = wait_for(lambda: of_words(house, "paul", text), "the own words")
    check(own[0]["In-Reply-To"] == "<%s>" % row["message_id"], "it is not in the thread")
    check(house.queued(row["message_id"])["state"] == "settled", "it still waits")


# --- participants ---------------------------------------------------------------------------------


def names(page):
    return [cell.text for cell in page.all("table#people tbody th a")]


def find_people(house, page):
    bulletin(house, "zoe", "Abadie", "Zoé")
    bulletin(house, "ines", "Zola", "Inès", "Non")
    bulletin(house, "elodie", "Éluard", "Élodie")
    page.open("/people")
    check(sorted(names(page)) == sorted(["LEBRETON", "Abadie", "Zola", "Éluard"]), "listed: %s" % names(page))
    for order, wanted in (("ascending", ["Abadie", "Éluard", "LEBRETON", "Zola"]),
                          ("descending", ["Zola", "LEBRETON", "Éluard", "Abadie"])):
        page.press('table#people thead a[href*="sort=last_name"]')
        check(names(page) == wanted, "%s: %s" % (order, names(page)))
        check(page.has('th[aria-sort="%s"]' % order), "no column says that it is " + order)
    page.fill("select[name=status]", "declined")
    page.press("form.filter button")
    check(names(page) == ["Zola"], "declined: %s" % names(page))
    page.fill("select[name=status]", "")
    page.fill("input[name=q]", "eluard")
    page.press("form.filter button")
    check(names(page) == ["Éluard"], "found without accents: %s" % names(page))


def export(page):
    page.open("/people")
    with tempfile.TemporaryDirectory() as folder:
        page.driver.execute_cdp_cmd("Page.setDownloadBehavior", {"behavior": "allow", "downloadPath": folder})
        for kind in ("csv", "json", "xlsx"):
            path = os.path.join(folder, "%s.%s" % (EVENT, kind))
            page.find('.exports a[href$=".%s"]' % kind).click()
            wait_for(lambda path=path: os.path.exists(path), "the download of " + os.path.basename(path))
            with open(path, "rb") as f:
                data = f.read()
            if kind == "xlsx":
                with zipfile.ZipFile(path) as book:
                    data = book.read("xl/worksheets/sheet1.xml")
            if kind == "json":
                check(len([json.loads(line) for line in data.splitlines()]) == 4, "not four lines of JSON")
            check("Éluard" in data.decode("utf-8-sig"), "%s: Éluard is not in it" % os.path.basename(path))


def edit_and_cancel(house, page):
    person = registration(house, "LEBRETON")
    page.open("/people?q=lebretón")
    check(names(page) == ["LEBRETON"], "the search finds %s" % names(page))
    page.press("table#people tbody tr a")
    page.wait_view("person")
    page.fill('form#edit [name="phone"]', "06 12 34 56 78")
    page.press("form#edit button[value=edit]")
    page.wait_view("preview")
    page.press("#send")
    wait_for(lambda: of_words(house, "maryvonne", "+33612345678"), "the confirmation of the change")
    history = page.find("#history").text
    check("marie" in history and "+33612345678" in history,
          "the history tells neither who nor what: " + history)
    page.find("form#edit details summary").click()
    page.fill("form#edit [name=own_text]", "À une prochaine fois, bien cordialement.")
    page.press("form#edit button[value=cancel]")
    page.wait_view("preview")
    page.press("#send")
    now = registration(house, "LEBRETON")
    check(now["id"] == person["id"] and now["status"] == "cancelled" and now["fields"]["phone"] == "+33612345678",
          "it is not changed and cancelled: %s" % now)
    wait_for(lambda: of_words(house, "maryvonne", "À une prochaine fois"), "the cancellation")


def hold_and_release(house, page):
    """Whoever has had six answers in an hour waits for the seventh."""
    for _ in range(7):
        question(house, "insistante")
    for state, verb, seen in (("open", "hold", "retenu"), ("held", "release", "libéré")):
        wait_for(lambda state=state: page.open("/outbox?state=" + state) or page.has("#outbox button[value]"),
                 "an answer that waits")
        page.press("#outbox button[value=%s]" % verb)
        check(seen in page.find("#told").text, "nobody says that it is done: " + page.text())
    last = [row for row in house.rows("queue", "--outbox") if row["to"].startswith("insistante@")][-1]
    check(last["state"] == "delayed" and not last["held"], "it is not released: %s" % last)


# --- both at once ---------------------------------------------------------------------------------


def second_is_told(first, second):
    """Both have what will be sent before their eyes, and send."""
    first.press("#send")
    second.press("#send")
    check(second.has("#trouble") and "marie" in second.find("#trouble").text,
          "the second is not told who was quicker: " + second.text())


def two_at_once(house, first, cases):
    row = scan(house, cases, "maryvonne2")
    person = registration(house, "Abadie")
    with Page(house) as second:
        second.login()
        for page in (first, second):
            page.open("/message/%s" % row["id"])
            page.press("form#decide button[value=accept]")
        second_is_told(first, second)
        for page, role in ((first, "Maire"), (second, "Adjointe")):
            page.open("/people/%s" % person["id"])
            page.fill("form#edit [name=role]", role)
            page.press("form#edit button[value=edit]")
        second_is_told(first, second)
    wait_for(lambda: of_words(house, "maryvonne2", "LEBRETON"), "the confirmation")
    for to, kinds in (("maryvonne2", ("confirmed", "updated")), ("zoe", ("updated",))):
        answers = [r for r in house.rows("queue", "--outbox", "--all")
                   if r["to"].startswith(to + "@") and r["kind"] in kinds]
        check(len(answers) == 1, "%s is answered twice: %s" % (to, answers))
    check(registration(house, "Abadie")["fields"]["role"] == "Maire", "the second has overwritten the first")


# --- without a mouse, without a script, small -----------------------------------------------------


def on_view_of(row):
    return 'body[data-view="message"] iframe[src*="/message/%s/"]' % row["id"]


def by_keyboard(house, page, cases):
    """The queue is worked through from its top: next, ask, next, accept."""
    rows = [bulletin(house, "jean", "Petit", "Jean", ""), question(house, "anne"), scan(house, cases, "keys")]
    page.open("/queue?state=open")
    page.key("n", "a message", lambda: page.is_view("message"))
    page.open("/message/%s" % rows[0]["id"])
    page.find("textarea[name=own_text]").send_keys("naq")
    check(page.has(on_view_of(rows[0])), "what is typed into a text does something else")
    page.open("/message/%s?state=open" % rows[0]["id"])
    page.key("n", "the next message", lambda: page.has(on_view_of(rows[1])))
    page.key("n", "the one after it", lambda: page.has(on_view_of(rows[2])))
    page.key("a", "what will be sent", lambda: page.is_view("preview"))
    check(page.driver.execute_script("return scrollY") == 0, "what will be sent is scrolled past")
    page.key(ENTER, "the end of it", lambda: page.has("#told"))
    check(house.queued(rows[2]["message_id"])["state"] == "settled", "nothing is accepted: " + page.text())
    page.open("/message/%s" % rows[0]["id"])
    page.key("q", "what will be asked", lambda: page.is_view("preview") and page.has("#answer"))
    before = len(house.answers("jean"))
    page.key(ENTER, "the end of it", lambda: page.has("#told"))
    wait_for(lambda: len(house.answers("jean")) > before, "the question to him")


def without_script(house, cases):
    row = scan(house, cases, "nojs")
    with Page(house, script=False) as page:
        page.login()
        page.open("/message/%s" % row["id"])
        page.press("form#decide button[value=accept]")
        page.press("#send")
        page.open("/people?q=abadie")
        check(names(page) == ["Abadie"], "without script the search finds %s" % names(page))
    check(house.queued(row["message_id"])["state"] == "settled", "without script nothing is accepted")


def every_view(house, cases):
    """Paths; a scan and a form that was typed, a participant with a history, one who is cancelled."""
    shown = [scan(house, cases, "views"), bulletin(house, "luc", "Doré", "Luc", "")]
    people = [registration(house, name) for name in ("Abadie", "Doré")]
    cancelled = [r for r in house.rows("list") if r["status"] == "cancelled"]
    answer = house.rows("queue", "--outbox", "--all")[0]
    return (["/queue", "/queue?state=open", "/queue?state=settled", "/queue?q=nothing", "/people", "/people?sort=last_name",
             "/event/" + EVENT, "/outbox", "/outbox?state=sent", "/log", "/nothing"] +
            ["/message/%s" % row["id"] for row in shown] + ["/outbox/%s" % answer["id"]] +
            ["/people/%s/merge" % people[0]["id"]] + ["/people/%s" % row["id"] for row in people + cancelled])


def each_shown(page, paths, look):
    """look(NAME) at every view, those of the login and of what will be sent among them."""
    page.open("/login")
    look("/login")
    page.login()
    for path in paths:
        page.open(path)
        look(path)
        if page.has("form#decide button[value=accept]:enabled") and page.has("img.page"):
            page.press("form#decide button[value=accept]")
            look("preview of " + path)


def small(house, paths):
    for what, (width, pixels, letters) in WINDOWS.items():
        with Page(house, width=width * pixels, letters=letters) as page:
            page.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
                "width": width, "height": 640, "deviceScaleFactor": pixels, "mobile": width < 400})

            def look(name):
                wide = page.driver.execute_script("return document.documentElement.scrollWidth")
                check(wide <= width, "%s: %s is %d pixels wide, the window %d" % (what, name, wide, width))
                check(page.driver.execute_script("return scrollY") == 0, "%s: %s is scrolled past" % (what, name))
            each_shown(page, paths, look)


def speaks(house):
    for language, word in (("fr", "À examiner"), ("en", "To review"), ("ja", "確認待ち")):
        with Page(house, language=language) as page:
            page.login()
            check(page.find("html").get_attribute("lang") == language, "the page is not in " + language)
            check(word in page.find("h1").text, "no '%s' on the page in %s" % (word, language))


def barriers(house, paths, axe):
    if not os.path.exists(axe):
        print("skipped: axe-core cannot be had; barriers are not looked for")
        return
    for scheme in ("light", "dark"):
        with Page(house) as page:
            page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {
                "features": [{"name": "prefers-color-scheme", "value": scheme}]})
            seen = Barriers(page, axe)
            each_shown(page, paths, seen.look)
        print("axe-core: %d views in %s: nothing serious; %s" % (
            seen.views, scheme, ", ".join(sorted(seen.minor)) or "nothing else"))


def main():
    house = House(*sys.argv[1:6])
    cases, axe = sys.argv[6:]
    with Page(house) as page:
        accept_a_scan(house, page, cases)
        answer_in_own_words(house, page)
        find_people(house, page)
        export(page)
        edit_and_cancel(house, page)
        hold_and_release(house, page)
        two_at_once(house, page, cases)
        by_keyboard(house, page, cases)
        without_script(house, cases)
        paths = every_view(house, cases)
        check(not page.complaints(), "the browser complains: %s" % page.complaints())
        small(house, paths)
        speaks(house)
        barriers(house, paths, axe)


main()
