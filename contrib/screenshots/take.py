#!/usr/bin/env python3
"""take.py URL BULLETINCTL CONFIG MAIL_ROOT SMTP_PORT SOURCE OUT - see take.

All persons and mails are made up.
"""
import os
import random
import struct
import subprocess
import sys
import time
from email.message import EmailMessage

sys.path.append(os.path.join(sys.argv[6], "tests", "e2e"))
from desk_web import House, Page  # noqa: E402
from people import US, check, mail_of, wait_for  # noqa: E402

BULLETINS, DAYS, DAY_S = 70, 24, 86400  # the servers' certificates last 30 days
WIDTH, TELEPHONE, TALLEST = 1280, 320, 1150  # pixels
FIRST = [("Mme", name) for name in "Marie Anne Claire Sophie Inès Élodie Naoko Léa Aïcha".split()] + [
    ("M.", name) for name in "Jean Paul Luc Hugo Karim Yann Marc Kenji".split()]
LAST = ("Lefèvre Moreau Garnier Petit Roux Fontaine Blanc Guérin Boyer Chevalier Robin Masson Tanaka Denis "
        "Lemaire Benali Noël Mercier Colin Rey").split()
TOWNS = [("Ville de Nancy", "Kanazawa"), ("Ville de Tours", "Takamatsu"), ("Grand Poitiers", "Kaga"),
         ("Département du Finistère", "Préfecture de Fukui"), ("Ville de Rennes", "Sendai"), ("Ville de Colmar", ""),
         ("Métropole de Lyon", "Yokohama"), ("Ville de Dole", "Minoh"), ("Ville de Chartres", "Sakurai"),
         ("Région Occitanie", "Kyoto"), ("Aix-Marseille-Provence", "Kobe"), ("Ville d'Issy-les-Moulineaux", "Ichikawa")]
ROLES = ["Chargé(e) de mission", "Responsable des relations internationales", "Conseil municipal", "Direction générale"]
THEMES = ["Transition écologique", "transition écologique", "Vieillissement de la population", "Économie du littoral",
          "Jeunesse et mobilité", "Patrimoine et tourisme durable", "Silver économie", ""]
SHOPS = ["Comment animer un jumelage ?", "Financer un projet commun", "financer un projet commun", "", ""]


def bulletin(number, rng):
    """A mail, and who writes it."""
    town, partner = TOWNS[min(int(rng.expovariate(0.25)), len(TOWNS) - 1)]
    last, (title, first) = LAST[number % len(LAST)], rng.choice(FIRST)
    person = "%s%d" % (last.lower().translate(str.maketrans("éèë", "eee")), number)
    mail = EmailMessage()
    mail["Subject"] = "Bulletin de participation - %s" % town
    mail.set_content(
        "Collectivité / organisme : %s\nCivilité : %s\nNom : %s\nPrénom : %s\nFonction : %s\n"
        "Téléphone : 06 12 34 %02d %02d\nCourriel : %s@example.test\nParticipera à la réunion du 3 juillet : %s\n"
        "Collectivité japonaise partenaire : %s\nThématiques suggérées : %s\nAteliers suggérés : %s\n" % (
            town, title, last, first, rng.choice(ROLES), number % 100, rng.randrange(100), person,
            "Oui" if rng.random() < 0.85 else "Non", partner, rng.choice(THEMES), rng.choice(SHOPS)))
    return mail, person


def set_clock(day):
    """The daemon's, so many days on (tests/e2e/t-53-clock)."""
    with open(os.environ["CLOCK_FILE"], "r+b") as f:
        f.write(struct.pack("=q", day * DAY_S))


def fill(house, source):
    """Some weeks of bulletins, and what waits for a person. Returns the numbers of three messages."""
    rng = random.Random(7)
    for number, day in enumerate(sorted(int(rng.triangular(0, DAYS, DAYS - 4)) for _ in range(BULLETINS))):
        deliver(house, *bulletin(number, rng), day)
    for number in range(BULLETINS, BULLETINS + 8):  # of one address: the last answers wait
        deliver(house, bulletin(number, rng)[0], "mairie", DAYS)
    samples, cases = os.path.join(source, "contrib", "samples"), os.path.join(source, "tests", "cases", "documents")
    return [deliver(house, mail_of(os.path.join(folder, name)), person, DAYS) for folder, name, person in (
        (samples, "07-out-of-office.eml", "luc.petit"), (samples, "09-question.eml", "agnes.roux"),
        (samples, "04-incomplete.eml", "chantal.besson"), (cases, "pdf-incomplet.eml", "secretariat"),
        (cases, "scan-table-deux-colonnes.eml", "m.lebreton"))][2:]


def deliver(house, mail, person, day):
    """On that day, which is Dovecot's INTERNALDATE, too. Returns the message's number."""
    set_clock(day)
    house.sent += 1
    for name in ("From", "To", "Message-ID"):
        del mail[name]
    mail["From"], mail["To"] = "%s@example.test" % person, US
    mail["Message-ID"] = "<%s.%d@example.test>" % (person, house.sent)
    inbox, name = os.path.join(house.mail_root, "inscriptions"), "%d.M%dP1.host" % (time.time(), house.sent)
    path, owner = os.path.join(inbox, "tmp", name), os.stat(house.mail_root)
    with open(path, "wb") as f:
        f.write(mail.as_bytes())
    os.chown(path, owner.st_uid, owner.st_gid)
    os.utime(path, (time.time() + day * DAY_S,) * 2)
    os.rename(path, os.path.join(inbox, "new", name))
    return house.queued(mail["Message-ID"].strip("<>"))["id"]


def edited(house):
    """A participant with a history, edited at the page."""
    row = [row for row in house.rows("list") if row["status"] == "registered"][0]
    with Page(house) as page:
        page.login()
        for name, value in (("role", "Conseil municipal, relations internationales"), ("phone", "+33612345678")):
            page.open("/people/%d" % row["id"])
            page.fill("form#edit [name=%s]" % name, value)
            page.press("form#edit button[value=edit]")
            page.press("#send")
    return row["id"]


def window(page, height, telephone):
    page.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
        "width": TELEPHONE if telephone else WIDTH, "height": height, "deviceScaleFactor": 1, "mobile": telephone})


def shoot(page, out, name, telephone):
    driver = page.driver
    wait_for(lambda: driver.execute_script("return [...document.images].every(i => i.complete)"), "pictures of " + name)
    height = driver.execute_script("return document.documentElement.scrollHeight")
    window(page, min(max(height, 480), TALLEST), telephone)
    path = os.path.join(out, name + ".png")
    check(driver.save_screenshot(path), name + " cannot be written")
    subprocess.run(["pngquant", "--force", "--ext", ".png", "--strip", "32", path], check=True)


def main():
    house = House(*sys.argv[1:6])
    source, out = sys.argv[6:]
    typed, pdf, scan = fill(house, source)
    views = {"queue": "/queue?state=open", "message-typed": "/message/%d" % typed, "message-pdf": "/message/%d" % pdf,
             "message-scan": "/message/%d" % scan, "people": "/people?sort=last_name",
             "person": "/people/%d" % edited(house), "event": "/event/copil-2019",
             "outbox": "/outbox?state=sent", "log": "/log"}

    def take(language, names, mark=""):
        with Page(house, language=language) as page:
            telephone = mark.endswith(str(TELEPHONE))
            window(page, 640, telephone)
            page.open("/login")
            if "login" in names:
                shoot(page, out, "login" + mark, telephone)
            page.login()
            for name in names:
                if name in views:
                    window(page, 640, telephone)
                    page.open(views[name])
                    shoot(page, out, name + mark, telephone)
            if "preview" in names:
                window(page, 640, telephone)
                page.open(views["message-scan"])
                page.press("form#decide button[value=accept]")
                shoot(page, out, "preview" + mark, telephone)

    take("fr", ["login", *views, "preview"])
    take("en", ["queue", "message-scan"], "-en")
    take("ja", ["event", "people", "message-typed"], "-ja")
    take("fr", ["queue", "message-scan", "people"], "-%d" % TELEPHONE)


main()
