#!/usr/bin/env python3
"""generate_mails.py DIR COUNT SEED [--us ADDRESS] [--people USER@DOMAIN]

Writes COUNT mails of mixed kinds into DIR as 00000.eml ... in the order in which they are to
arrive, and DIR/truth.json: for each what must become of it. Every mail and person is made up; the
same SEED gives the same mails. People write from USER+pNNNN@DOMAIN, machines from USER+mNNNN@DOMAIN
where they have an address at all, so that every answer can be found in USER's mailbox.

truth.json: [{"file", "message_id", "class", "from", "kind", "decision", "state",
              "replies": 0 or 1, "fields": null or {...}, "status": null or "..."}]
`fields` and `status` stand with the mail that changed the registration last.
"""
import argparse
import base64
import json
import os
import quopri
import random
from email.header import Header

TOWNS = [("Ville de Nancy", "Nancy", "54000"), ("Ville de Colmar", "Colmar", "68000"),
         ("Mairie de Tours", "Tours", "37000"), ("Ville de Rennes", "Rennes", "35000"),
         ("Mairie de Niort", "Niort", "79000"), ("Ville de Dijon", "Dijon", "21000"),
         ("Métropole de Lyon", "Lyon", "69003"), ("Ville d'Orléans", "Orléans", "45000"),
         ("Mairie de Cahors", "Cahors", "46000"), ("Ville de Saint-Étienne", "Saint-Étienne", "42000")]
LAST = ["DURAND", "PETIT", "LEFÈVRE", "MOREAU", "GARCIA", "ROUX", "FOURNIER", "GIRARD", "BONNET",
        "DUPONT", "LAMBERT", "FONTAINE", "ROUSSEAU", "MERCIER", "GUÉRIN", "BOYER", "CHEVALIER",
        "GAUTHIER", "PERRIN", "MASSON", "HENRY", "NICOLAS", "MATHIEU", "CLÉMENT", "DUVAL"]
FIRST = ["Marie", "Jean", "Hélène", "Paul", "Sophie", "Luc", "Anne", "Pierre", "Chloé", "Marc",
         "Julie", "Louis", "Claire", "Hugo", "Élodie", "Thomas", "Agnès", "Denis", "Camille", "Noël"]
ROLES = ["Maire", "Adjointe au maire", "Directeur général des services", "Chargée de mission",
         "Conseillère municipale", "Responsable des relations internationales"]
LABELS = {
    "fr": {"organization": "Collectivité / organisme", "title": "Civilité", "last_name": "Nom",
           "first_name": "Prénom", "role": "Fonction", "postal_code": "Code postal", "city": "Ville",
           "phone": "Téléphone", "email": "Courriel",
           "attendance": "Participera à la réunion du 3 juillet 2019"},
    "en": {"organization": "Organisation", "title": "Title", "last_name": "Last name",
           "first_name": "First name", "role": "Position", "postal_code": "Postal code",
           "city": "City", "phone": "Phone", "email": "E-mail",
           "attendance": "Will attend the meeting on 3 July 2019"},
    "ja": {"organization": "団体名", "last_name": "姓", "first_name": "名", "role": "役職",
           "email": "メールアドレス", "attendance": "出欠"},
}
WORDS = {"fr": {"yes": "Oui", "no": "Non", "M.": "M.", "Mme": "Mme"},
         "en": {"yes": "Yes", "no": "No", "M.": "Mr", "Mme": "Ms"},
         "ja": {"yes": "出席", "no": "欠席"}}
JA_PEOPLE = [("山田", "太郎"), ("佐藤", "花子"), ("鈴木", "一郎"), ("高橋", "美咲"), ("伊藤", "健")]
JA_TOWNS = ["熊本市", "金沢市", "神戸市", "京都市", "長崎市"]
SUBJECT = {"fr": "Re: Invitation - comité de pilotage des Rencontres franco-japonaises",
           "en": "Re: Invitation - steering committee, Franco-Japanese Meetings",
           "ja": "Re: 日仏自治体交流会議 運営委員会のご案内"}
SHARES = [("accept", 42), ("incomplete", 12), ("decline", 8), ("question", 8), ("cancellation", 4),
          ("auto_reply", 8), ("bounce", 6), ("newsletter", 6), ("duplicate", 3), ("correction", 3)]


class Mails:
    """The mails so far and what must become of them."""

    def __init__(self, folder, seed, us, people):
        self.folder, self.us, self.people = folder, us, people
        self.random = random.Random(seed)
        self.seed = seed
        self.truth, self.raws = [], []

    def address(self, letter):
        user, domain = self.people.split("@")
        return "%s+%s%04d@%s" % (user, letter, len(self.truth), domain)

    def add(self, raw, **truth):
        name = "%05d.eml" % len(self.truth)
        with open(os.path.join(self.folder, name), "wb") as f:
            f.write(raw)
        self.truth.append(dict(truth, file=name))
        self.raws.append(raw)

    def message_id(self):
        return "%d.%d.%06x@mail.example" % (len(self.truth), self.seed, self.random.getrandbits(24))

    def header(self, sender, name, subject, more=()):
        """Top of a mail as the last server hands it over; its Message-ID."""
        ident = self.message_id()
        lines = ["Return-Path: <%s>" % sender, "Delivered-To: %s" % self.us,
                 "From: %s <%s>" % (encode(name), sender), "To: %s" % self.us,
                 "Subject: %s" % encode(subject), "Message-ID: <%s>" % ident,
                 "Date: Mon, 03 Jun 2019 10:%02d:00 +0200" % (len(self.truth) % 60),
                 "MIME-Version: 1.0"]
        return lines + list(more), ident


def encode(text):
    return text if text.isascii() else Header(text, "utf-8", maxlinelen=200).encode()


def whole(header, body):
    """Header lines and a body part (its own header lines and bytes) to a message."""
    lines, content = body
    return "\n".join(header + lines).encode() + b"\n\n" + content


def text_part(rng, text, language):
    """The ways in which mail programs send plain text."""
    way = rng.choice(["8bit", "qp", "base64", "latin", "jis"])
    if way == "jis" and language == "ja":
        return (["Content-Type: text/plain; charset=iso-2022-jp", "Content-Transfer-Encoding: 7bit"],
                text.encode("iso-2022-jp"))
    if way == "latin" and language != "ja":
        return (["Content-Type: text/plain; charset=iso-8859-1", "Content-Transfer-Encoding: 8bit"],
                text.encode("latin-1"))
    data = text.encode()
    if way == "qp":
        data, name = quopri.encodestring(data), "quoted-printable"
    elif way == "base64":
        data, name = base64.encodebytes(data), "base64"
    else:
        name = "8bit"
    return ["Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: " + name], data


def html_part(rows):
    cells = "".join("<tr><td>%s</td><td>%s</td></tr>" % (label, value) for label, value in rows)
    page = "<html><body><p>Bonjour,</p><table>%s</table><p>Cordialement</p></body></html>" % cells
    return (["Content-Type: text/html; charset=utf-8", "Content-Transfer-Encoding: 8bit"],
            page.encode())


def person(mails, language, sender):
    """A participant as the registration must hold it."""
    rng, number = mails.random, len(mails.truth)
    if language == "ja":
        last, first = JA_PEOPLE[number % len(JA_PEOPLE)]
        return {"organization": rng.choice(JA_TOWNS), "last_name": last, "first_name": first,
                "email": sender, "attendance": "yes"}
    town, city, code = rng.choice(TOWNS)
    fields = {"organization": town, "title": rng.choice(["M.", "Mme"]),
              "last_name": LAST[number % len(LAST)], "first_name": FIRST[number // 25 % len(FIRST)],
              "email": sender, "attendance": "yes"}
    if rng.random() < 0.6:
        fields["role"] = rng.choice(ROLES)
    if rng.random() < 0.5:
        fields.update(postal_code=code, city=city)
    if rng.random() < 0.7:
        fields["phone"] = "+336%08d" % rng.randrange(10**8)
    return fields


def written(fields, language):
    """Rows of a bulletin: label and value as a person writes them."""
    rows = []
    for field, label in LABELS[language].items():
        if field not in fields:
            continue
        value = fields[field]
        if field == "phone":
            value = " ".join(["0" + value[3]] + [value[i:i + 2] for i in range(4, 12, 2)])
        rows.append((label, WORDS[language].get(value, value)))
    return rows


def bulletin_body(mails, fields, language, covering=""):
    rows = written(fields, language)
    if language != "ja" and not covering and mails.random.random() < 0.3:
        return html_part(rows)
    colon = {"fr": " : ", "en": ": ", "ja": "："}[language]
    lines = ([covering, ""] if covering else []) + [label + colon + value for label, value in rows]
    return text_part(mails.random, "\n".join(lines) + "\n", language)


def full_name(fields):
    return "%s %s" % (fields["first_name"], fields["last_name"])


def language_of(mails):
    return mails.random.choices(["fr", "en", "ja"], [7, 2, 1])[0]


def bulletin(mails, cls, drop=None):
    language, sender = language_of(mails), mails.address("p")
    fields = person(mails, language, sender)
    name = full_name(fields)
    if cls == "decline":
        fields["attendance"] = "no"
    if drop:
        del fields[drop]
    header, ident = mails.header(sender, name, SUBJECT[language])
    state, decision, status = {"accept": ("settled", "accept", "registered"),
                               "decline": ("settled", "accept", "declined"),
                               "incomplete": ("waiting-for-sender", "ask", "incomplete")}[cls]
    mails.add(whole(header, bulletin_body(mails, fields, language)), message_id=ident, **{
        "class": cls, "from": sender, "kind": "bulletin", "decision": decision, "state": state,
        "replies": 1, "fields": fields, "status": status, "language": language, "name": name})


def accept(mails):
    bulletin(mails, "accept")


def decline(mails):
    bulletin(mails, "decline")


def incomplete(mails):
    bulletin(mails, "incomplete", mails.random.choice(["organization", "attendance"]))


def letter(mails, cls, kind, text):
    sender = mails.address("p")
    fields = person(mails, "fr", sender)
    header, ident = mails.header(sender, full_name(fields), SUBJECT["fr"])
    body = text + "\n\nCordialement,\n" + full_name(fields) + "\n"
    mails.add(whole(header, text_part(mails.random, body, "fr")), message_id=ident, **{
        "class": cls, "from": sender, "kind": kind, "decision": "review", "state": "review",
        "replies": 1, "fields": None, "status": None})


def question(mails):
    letter(mails, "question", "question", mails.random.choice([
        "Bonjour,\n\nY a-t-il un parking près de la Cité des Sciences ?",
        "Bonjour,\n\nPouvez-vous m'envoyer l'ordre du jour ? Merci d'avance.",
        "Bonjour,\n\nQui dois-je contacter pour les ateliers ?"]))


def cancellation(mails):
    letter(mails, "cancellation", "cancellation",
           "Bonjour,\n\nJe vous prie de bien vouloir annuler mon inscription.")


def machine(mails, cls, kind, raw, ident, sender):
    mails.add(raw, message_id=ident, **{
        "class": cls, "from": sender, "kind": kind, "decision": "ignore", "state": "settled",
        "replies": 0, "fields": None, "status": None})


def auto_reply(mails):
    sender = mails.address("m")
    more = mails.random.choice([["Auto-Submitted: auto-replied (vacation)"],
                                ["Auto-Submitted: auto-generated", "X-Auto-Response-Suppress: All"],
                                ["Precedence: auto_reply", "X-Autoreply: yes"], []])
    header, ident = mails.header(sender, "Luc PETIT", "Réponse automatique : Invitation", more)
    text = "Bonjour,\n\nJe suis absent du bureau jusqu'au 15 juin. En cas d'urgence, 03 00 00 00 00.\n"
    machine(mails, "auto_reply", "auto_reply", whole(header, text_part(mails.random, text, "fr")), ident,
            sender)


def bounce(mails):
    ident, mark = mails.message_id(), "=_b%d" % len(mails.truth)
    raw = "\n".join([
        "Return-Path: <>", "Delivered-To: " + mails.us,
        "From: Mail Delivery System <MAILER-DAEMON@mx.example>", "To: " + mails.us,
        "Subject: Undelivered Mail Returned to Sender", "Message-ID: <%s>" % ident,
        "Date: Mon, 03 Jun 2019 10:00:00 +0200", "MIME-Version: 1.0", "Auto-Submitted: auto-replied",
        'Content-Type: multipart/report; report-type=delivery-status; boundary="%s"' % mark, "",
        "--" + mark, "Content-Type: text/plain", "", "This is the mail system at host mx.example.",
        "--" + mark, "Content-Type: message/delivery-status", "", "Reporting-MTA: dns; mx.example", "",
        "Final-Recipient: rfc822; nobody@example.com", "Action: failed", "Status: 5.1.1",
        "--" + mark, "Content-Type: text/rfc822-headers", "", "From: " + mails.us,
        "Message-ID: <invitation-%d@example.org>" % len(mails.truth), "--" + mark + "--", ""])
    machine(mails, "bounce", "bounce", raw.encode(), ident, "")


def newsletter(mails):
    sender = mails.address("m")
    header, ident = mails.header(sender, "La lettre des villes", "La lettre : les rencontres de juin", [
        "List-Id: <lettre.example>", "List-Unsubscribe: <https://lettre.example/u>",
        "Precedence: bulk"])
    text = "Au sommaire : agenda, portrait.\nNom : ........\n\nSe désabonner\n"
    machine(mails, "newsletter", "bulk", whole(header, text_part(mails.random, text, "fr")), ident, sender)


def earlier(mails, classes):
    found = [t for t in mails.truth if t["class"] in classes and not t.get("used")]
    choice = mails.random.choice(found)
    choice["used"] = True
    return choice


def duplicate(mails):
    """The same bytes, delivered again: settled, and nobody is answered a second time."""
    first = earlier(mails, ["accept", "decline", "incomplete"])
    raw = mails.raws[int(first["file"][:5])]
    mails.add(raw, **{"class": "duplicate", "from": first["from"], "message_id": first["message_id"],
                      "kind": "bulletin", "decision": None, "state": "settled", "replies": 0,
                      "fields": None, "status": None, "of": first["file"]})


def correction(mails):
    """A second mail of the same person: the bulletin again, with another phone number."""
    first = earlier(mails, ["accept"])
    language = first["language"]
    fields = dict(first["fields"])
    if language == "ja":
        fields["role"] = "課長"
    else:
        fields["phone"] = "+336%08d" % mails.random.randrange(10**8)
    header, ident = mails.header(first["from"], first["name"], SUBJECT[language])
    covering = {"fr": "Bonjour, voici mon bulletin corrigé.", "en": "Here is my corrected form.",
                "ja": "訂正版をお送りします。"}[language]
    mails.add(whole(header, bulletin_body(mails, fields, language, covering)), message_id=ident, **{
        "class": "correction", "from": first["from"], "kind": "bulletin", "decision": "accept",
        "state": "settled", "replies": 1, "fields": fields, "status": "registered"})
    first["fields"], first["status"] = None, None


def classes_in_order(count, rng):
    """`count` classes by their shares; those that need an earlier mail come in the last two thirds."""
    plain, later = [], []
    total = sum(share for _, share in SHARES)
    for name, share in SHARES:
        (later if name in ("duplicate", "correction") else plain).extend(
            [name] * (count * share // total))
    plain += ["accept"] * (count - len(plain) - len(later))
    rng.shuffle(plain)
    third = count // 3
    rest = plain[third:] + later
    rng.shuffle(rest)
    return plain[:third] + rest


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("folder")
    parser.add_argument("count", type=int)
    parser.add_argument("seed", type=int)
    parser.add_argument("--us", default="inscriptions@example.test")
    parser.add_argument("--people", default="person@example.test")
    args = parser.parse_args()
    os.makedirs(args.folder, exist_ok=True)
    mails = Mails(args.folder, args.seed, args.us, args.people)
    for name in classes_in_order(args.count, mails.random):
        globals()[name](mails)
    for entry in mails.truth:
        for key in ("used", "language", "name"):
            entry.pop(key, None)
    with open(os.path.join(args.folder, "truth.json"), "w", encoding="utf-8") as f:
        json.dump(mails.truth, f, ensure_ascii=False, indent=1)


if __name__ == "__main__":
    main()
