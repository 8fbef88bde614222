"""script_common - what the scripts share: the twelve lines of a bulletin, the base, the reply."""
import json
import re
import sqlite3

FROM = "inscriptions@example.test"
LABELS = {"organization": "Collectivité / organisme", "title": "Civilité", "last_name": "Nom",
          "first_name": "Prénom", "role": "Fonction", "address": "Adresse", "postal_code": "Code postal",
          "city": "Ville", "phone": "Téléphone", "email": "Courriel",
          "attendance": "Participera à la réunion du 3 juillet 2019",
          "japanese_partner": "Collectivité japonaise partenaire"}
LINE = re.compile(r"^> (%s) : \.*\n(.+)$" % "|".join(map(re.escape, LABELS.values())), re.M)
NAMES = {label: name for name, label in LABELS.items()}
REPLY = """Bonjour,

Nous vous remercions de votre réponse. L'inscription suivante est bien
enregistrée :

%s

Cordialement,
Cités Unies France
"""


def read_fields(text):
    text = text.replace("\r\n", "\n")
    fields = {NAMES[label]: value.strip() for label, value in LINE.findall(text)}
    if "phone" in fields:
        fields["phone"] = "+33" + re.sub(r"\D", "", fields["phone"])[1:]
    if "attendance" in fields:
        fields["attendance"] = {"Oui": "yes", "Non": "no"}.get(fields["attendance"], "")
    return fields


def reply_text(fields):
    return REPLY % "\n".join("%s : %s" % (LABELS[name], value) for name, value in fields.items())


def open_base(path):
    base = sqlite3.connect(path)
    base.execute("CREATE TABLE IF NOT EXISTS registration "
                 "(message_id TEXT PRIMARY KEY, fields TEXT, raw BLOB)")
    base.commit()
    return base


def store(base, ident, fields, raw):
    """No new row for a mail that was seen."""
    done = base.execute("INSERT OR IGNORE INTO registration VALUES (?, ?, ?)",
                        (ident, json.dumps(fields), raw))
    return done.rowcount == 1
