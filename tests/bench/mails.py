#!/usr/bin/env python3
"""mails.py KIND FOLDER COUNT [--first N]: the mails of the bench, always the same ones.

KIND: inline (typed under each line of a quoted invitation; 8bit, quoted-printable and base64 in
turn), documents (an attached docx, odt or pdf in turn) or scans (a page as a grey JPEG or PNG).
Writes FOLDER/000000.eml ... and FOLDER/truth.json: [{"file", "message_id", "from", "fields"}], where
`fields` are the twelve values of the registration. Every person is made up. --first: number of the
first mail; the mails of different numbers are of different people.
"""
import argparse
import base64
import json
import os
import quopri
import random

import documents

US = "inscriptions@example.test"
SEED = 2019
LABELS = [("organization", "Collectivité / organisme"), ("title", "Civilité"), ("last_name", "Nom"),
          ("first_name", "Prénom"), ("role", "Fonction"), ("address", "Adresse"),
          ("postal_code", "Code postal"), ("city", "Ville"), ("phone", "Téléphone"),
          ("email", "Courriel"), ("attendance", "Participera à la réunion du 3 juillet 2019"),
          ("japanese_partner", "Collectivité japonaise partenaire")]
WORDS = {"yes": "Oui", "no": "Non"}
TOWNS = [("Ville de Nancy", "Nancy", "54000", "Kanazawa"), ("Ville de Colmar", "Colmar", "68000", "Takayama"),
         ("Mairie de Tours", "Tours", "37000", "Takamatsu"), ("Ville de Rennes", "Rennes", "35000", "Sendai"),
         ("Mairie de Niort", "Niort", "79000", "Kobe"), ("Ville de Dijon", "Dijon", "21000", "Koshu"),
         ("Mairie de Cahors", "Cahors", "46000", "Nagasaki"), ("Ville de Reims", "Reims", "51100", "Nagoya"),
         ("Ville de Brive", "Brive", "19100", "Hamamatsu"), ("Mairie de Vannes", "Vannes", "56000", "Wakasa")]
LAST = ["DURAND", "PETIT", "LEFÈVRE", "MOREAU", "GARCIA", "ROUX", "FOURNIER", "GIRARD", "BONNET",
        "DUPONT", "LAMBERT", "FONTAINE", "ROUSSEAU", "MERCIER", "GUÉRIN", "BOYER", "CHEVALIER",
        "GAUTHIER", "PERRIN", "MASSON", "HENRY", "NICOLAS", "MATHIEU", "CLÉMENT", "DUVAL"]
FIRST = [("Marie", "Mme"), ("Jean", "M."), ("Hélène", "Mme"), ("Paul", "M."), ("Sophie", "Mme"),
         ("Luc", "M."), ("Anne", "Mme"), ("Pierre", "M."), ("Chloé", "Mme"), ("Marc", "M.")]
ROLES = ["Maire", "Adjointe au maire", "Directeur général des services", "Chargée de mission",
         "Conseillère municipale", "Responsable des relations internationales"]
STREETS = ["rue de la République", "place de l'Hôtel de Ville", "avenue Jean Jaurès", "quai des Tanneurs"]
HELLO = ["Bonjour,\n\nVoici notre bulletin, rempli ci-dessous. Merci pour cette invitation !",
         "Madame, Monsieur,\n\nVeuillez trouver mes réponses ci-dessous, ligne par ligne.",
         "Bonjour,\n\nNous avons bien reçu votre courrier ; vous trouverez le bulletin ci-dessous."]
INVITATION = """Madame, Monsieur,

Dans la perspective des 7es Rencontres franco-japonaises de la coopération
décentralisée, qui se tiendront à Aix-en-Provence en novembre 2020, nous
avons le plaisir de vous convier à la première réunion du comité de
pilotage large français, qui se tiendra
le mercredi 3 juillet 2019, de 16h30 à 18h00, à la Cité des Sciences et de
l'Industrie à Paris.

Ces Rencontres réunissent depuis 2008 les collectivités territoriales des
deux pays autour de thèmes qu'elles ont choisis ensemble. Le comité de
pilotage retiendra le thème général, les ateliers et le calendrier des
travaux ; il est ouvert à toutes les collectivités qui entretiennent, ou
souhaitent entretenir, une coopération avec une collectivité du Japon.

Un accueil café vous sera proposé à partir de 16h00. La Cité des Sciences
et de l'Industrie se trouve au 30 avenue Corentin Cariou, métro Porte de la
Villette (ligne 7), tramway T3b, bus 139, 150 et 152. Une pièce d'identité
vous sera demandée à l'entrée.

L'ordre du jour comprend une présentation des précédentes éditions, un
échange sur le thème général, un premier tour de table sur les ateliers, la
composition du comité et les questions diverses. Un compte rendu sera
adressé à toutes les collectivités invitées dans les trois semaines.

Les collectivités qui ne pourraient pas se déplacer peuvent nous faire
parvenir leurs propositions par écrit ; elles seront lues en séance. Les
frais de déplacement restent à la charge des participants.

Merci de retourner le bulletin ci-dessous (ou le bulletin joint)
avant le 25 juin 2019 à Cités Unies France par courriel :
k.fotic@cites-unies-france.org

Nous vous prions d'agréer, Madame, Monsieur, nos salutations distinguées.

BULLETIN DE PARTICIPATION
"""


def person(number):
    """The twelve fields of mail `number`."""
    rng = random.Random(SEED * 1000003 + number)
    town, city, code, partner = rng.choice(TOWNS)
    first, title = rng.choice(FIRST)
    return {"organization": town, "title": title, "last_name": LAST[number % len(LAST)],
            "first_name": first, "role": rng.choice(ROLES),
            "address": "%d %s" % (rng.randrange(1, 99), rng.choice(STREETS)), "postal_code": code,
            "city": city, "phone": "+336%08d" % rng.randrange(10**8),
            "email": "p%06d@example.test" % number, "attendance": rng.choice(["yes", "yes", "yes", "no"]),
            "japanese_partner": partner}


def written(fields):
    """(label, value) as a person writes them."""
    rows = []
    for name, label in LABELS:
        value = fields[name]
        if name == "phone":
            value = " ".join(["0" + value[3]] + [value[i:i + 2] for i in range(4, 12, 2)])
        rows.append((label, WORDS.get(value, value)))
    return rows


def word(text):
    if text.isascii():
        return text
    return "=?UTF-8?B?%s?=" % base64.b64encode(text.encode()).decode()


def header(number, fields):
    name = word("%s %s" % (fields["first_name"], fields["last_name"]))
    minute = "%02d:%02d" % (number // 60 % 24, number % 60)
    ident = "bench-%d@mail.example.test" % number
    return ident, "\n".join([
        "Return-Path: <%s>" % fields["email"], "Delivered-To: %s" % US,
        "Received: from smtp.example.test (smtp.example.test [192.0.2.7])",
        "\tby mx.example.test (Postfix) with ESMTPS id 4%09d" % number,
        "\tfor <%s>; Mon,  3 Jun 2019 %s:14 +0200 (CEST)" % (US, minute),
        "From: %s <%s>" % (name, fields["email"]), "To: %s" % US,
        "Subject: =?UTF-8?Q?Re=3A_Invitation_-_comit=C3=A9_de_pilotage_des_7es_Rencontres?=",
        " =?UTF-8?Q?_franco-japonaises?=", "Message-ID: <%s>" % ident,
        "In-Reply-To: <invitation-7es@example.org>", "Date: Mon, 03 Jun 2019 %s:11 +0200" % minute,
        "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:60.0) Thunderbird/60.6.1", "MIME-Version: 1.0"])


def encoded(text, way):
    """A body's header lines and bytes."""
    data = text.encode()
    if way == "quoted-printable":
        data = quopri.encodestring(data)
    elif way == "base64":
        data = base64.encodebytes(data)
    lines = "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: %s\n\n" % way
    return lines.encode() + data


def inline(number, fields):
    quoted = "\n".join(("> " + line).rstrip() for line in INVITATION.split("\n"))
    rows = "".join("> %s : %s\n%s\n" % (label, "." * 34, value) for label, value in written(fields))
    text = "%s\n\n%s %s\n\nLe 16/05/2019 à 10:02, Cités Unies France a écrit :\n%s\n%s" % (
        HELLO[number % len(HELLO)], fields["first_name"], fields["last_name"], quoted, rows)
    return encoded(text, ("8bit", "quoted-printable", "base64")[number % 3])


def with_file(number, name, media, data):
    mark = "=_bench_%d" % number
    text = "Bonjour,\n\nVeuillez trouver ci-joint notre bulletin.\n\nCordialement\n"
    top = "Content-Type: multipart/mixed; boundary=\"%s\"\n\n--%s\n" % (mark, mark)
    part = ("\n--%s\nContent-Type: %s; name=\"%s\"\nContent-Disposition: attachment; filename=\"%s\"\n"
            "Content-Transfer-Encoding: base64\n\n" % (mark, media, name, name))
    return (top.encode() + encoded(text, "8bit") + part.encode() + base64.encodebytes(data) +
            ("--%s--\n" % mark).encode())


def document(number, fields):
    kind = ("docx", "odt", "pdf")[number % 3]
    return with_file(number, "bulletin." + kind, documents.MEDIA[kind],
                     documents.WRITERS[kind](written(fields)))


def scan_pages(folder, first, count):
    pages = [written(person(number)) for number in range(first, first + count)]
    return documents.scans(folder, pages)


def write_all(kind, folder, count, first=0):
    """Writes the mails; their truth."""
    os.makedirs(folder, exist_ok=True)
    pictures = scan_pages(folder, first, count) if kind == "scans" else None
    truth = []
    for number in range(first, first + count):
        fields = person(number)
        ident, top = header(number, fields)
        if kind == "inline":
            body = inline(number, fields)
        elif kind == "documents":
            body = document(number, fields)
        else:
            body = with_file(number, *pictures[number - first])
        name = "%06d.eml" % number
        with open(os.path.join(folder, name), "wb") as f:
            f.write(top.encode() + b"\n" + body)
        truth.append({"file": name, "message_id": ident, "from": fields["email"], "fields": fields})
    with open(os.path.join(folder, "truth.json"), "w", encoding="utf-8") as f:
        json.dump(truth, f, ensure_ascii=False)
    return truth


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("kind", choices=["inline", "documents", "scans"])
    parser.add_argument("folder")
    parser.add_argument("count", type=int)
    parser.add_argument("--first", type=int, default=0)
    args = parser.parse_args()
    write_all(args.kind, args.folder, args.count, args.first)


if __name__ == "__main__":
    main()
