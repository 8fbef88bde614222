#!/usr/bin/env python3
"""take.py URL BULLETINCTL CONFIG MAIL_ROOT SMTP_PORT SOURCE OUT - see take.

All persons and mails are made up.
"""
import os
import random
import sys
import time
from email.message import EmailMessage
from email.utils import format_datetime
from datetime import datetime, timezone

sys.path.append(os.path.join(sys.argv[6], "tests", "e2e"))
from desk_web import House, Page  # noqa: E402
from people import check, mail_of, wait_for  # noqa: E402

DAY_S = 86400
FIRST = "Marie Jean Anne Paul Claire Luc Sophie Hugo Inès Karim Élodie Yann Naoko Léa Marc Aïcha".split()
LAST = ("Lefèvre Moreau Garnier Petit Roux Fontaine Blanc Guérin Boyer Chevalier Robin Masson Tanaka Denis "
        "Lemaire Benali Noël Mercier Colin Rey").split()
TOWNS = [("Ville de Nancy", "Kanazawa"), ("Ville de Tours", "Takamatsu"), ("Grand Poitiers", "Kaga"),
         ("Département du Finistère", "Préfecture de Fukui"), ("Ville de Rennes", "Sendai"), ("Ville de Colmar", ""),
         ("Métropole de Lyon", "Yokohama"), ("Ville de Dole", "Minoh"), ("Ville de Chartres", "Sakurai"),
         ("Région Occitanie", "Kyoto"), ("Aix-Marseille-Provence", "Kobe"), ("Ville d'Issy-les-Moulineaux", "Ichikawa")]
THEMES = ["Transition écologique", "transition écologique", "Vieillissement de la population", "Économie du littoral",
          "Jeunesse et mobilité", "Patrimoine et tourisme durable", "Silver économie", ""]
SHOPS = ["Comment animer un jumelage ?", "Financer un projet commun", "financer un projet commun", "", ""]


def bulletin(number, rng):
    town, partner = TOWNS[min(int(rng.expovariate(0.25)), len(TOWNS) - 1)]
    last, first = LAST[number % len(LAST)], rng.choice(FIRST)
    address = "%s%d@example.test" % (last.lower().replace("é", "e").replace("è", "e").replace("ë", "e"), number)
    comes = rng.random() < 0.85
    mail = EmailMessage()
    mail["Subject"] = "Bulletin de participation - %s" % town
    mail["From"] = "%s %s <%s>" % (first, last, address)
    mail["To"] = "inscriptions@example.test"
    mail["Message-ID"] = "<bulletin.%d@example.test>" % number
    mail.set_content(
        "Collectivité / organisme : %s\nCivilité : %s\nNom : %s\nPrénom : %s\nFonction : %s\nTéléphone : 06 12 34 %02d %02d\n"
        "Courriel : %s\nParticipera à la réunion du 3 juillet : %s\nCollectivité japonaise partenaire : %s\n"
        "Thématiques suggérées : %s\nAteliers suggérés : %s\n" % (
            town, rng.choice(("Mme", "M.")), last, first,
            rng.choice(("Maire adjointe", "Chargé de mission", "Directrice des relations internationales")),
            number % 100, rng.randrange(100), address, "Oui" if comes else "Non", partner,
            rng.choice(THEMES), rng.choice(SHOPS)))
    return mail


def deliver(house, mail, when, number):
    """Into the mailbox with a time of its own: Dovecot's INTERNALDATE is the file's."""
    mail["Date"] = format_datetime(datetime.fromtimestamp(when, timezone.utc))
    inbox = os.path.join(house.mail_root, "inscriptions")
    name = "%d.M%dP1.host" % (when, number)
    path = os.path.join(inbox, "tmp", name)
    with open(path, "wb") as f:
        f.write(mail.as_bytes())
    owner = os.stat(house.mail_root)
    os.chown(path, owner.st_uid, owner.st_gid)
    os.utime(path, (when, when))
    os.rename(path, os.path.join(inbox, "new", name))


def fill(house, source):
    rng, now = random.Random(7), int(time.time())
    for number in range(70):
        deliver(house, bulletin(number, rng), now - int(rng.triangular(0, 34, 4) * DAY_S), number)
    wait_for(lambda: len(house.rows("list")) >= 60, "the bulletins")
    samples = os.path.join(source, "contrib", "samples")
    for name in sorted(os.listdir(samples)):
        if name.startswith(("04", "07", "09")):
            mail = mail_of(os.path.join(samples, name))
            house.send(mail, mail["From"].addresses[0].username)
    documents = os.path.join(source, "tests", "cases", "documents")
    scan = house.queued(house.send(mail_of(os.path.join(documents, "scan-table-deux-colonnes.eml")), "maryvonne"))
    wait_for(lambda: len(house.rows("queue")) >= 3, "what waits for a person")
    return scan["id"]


def shoot(page, out, name):
    height = page.driver.execute_script("return document.documentElement.scrollHeight")
    page.driver.set_window_size(page.width, max(min(height, 2400), 640))
    check(page.driver.save_screenshot(os.path.join(out, name + ".png")), name + " cannot be written")


def main():
    house = House(*sys.argv[1:6])
    source, out = sys.argv[6:]
    scan = fill(house, source)
    person = house.rows("list")[0]["id"]
    views = {"queue": "/queue", "message": "/message/%d" % scan, "people": "/people", "person": "/people/%d" % person,
             "event": "/event/copil-2019", "outbox": "/outbox?state=sent", "log": "/log"}
    for width, mark in ((1280, ""), (500, "-small")):
        with Page(house, width=width) as page:
            page.width = width
            page.open("/login")
            shoot(page, out, "login" + mark)
            page.login()
            for name, path in views.items():
                page.open(path)
                wait_for(lambda: page.driver.execute_script(
                    "return [...document.images].every(i => i.complete)"), "pictures of " + path)
                shoot(page, out, name + mark)
            page.open(views["message"])
            page.press("form#decide button[value=accept]")
            shoot(page, out, "preview" + mark)


main()
