"""figures.py PORT FILE SMTP_PORT MAIL_ROOT MONITORING - see run.sh."""
import json
import os
import re
import smtplib
import sys
import urllib.error
import urllib.request
from email.message import EmailMessage

from prometheus_client.openmetrics.parser import text_string_to_metric_families

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from people import US, check, mails_of, wait_for  # noqa: E402

BULLETIN = """Collectivité / organisme : Ville de Nancy
Nom : Roux
Prénom : Hélène
Fonction : Adjointe au maire
Courriel : helene@example.test
Participera à la réunion du 3 juillet 2019 : Oui
"""


def samples(text):
    """{(name, labels): value}; the parser refuses what is not OpenMetrics."""
    return {(s.name, tuple(sorted(s.labels.items()))): s.value
            for family in text_string_to_metric_families(text) for s in family.samples}


def fetch(port, path="/metrics"):
    with urllib.request.urlopen("http://127.0.0.1:%d%s" % (port, path), timeout=10) as answer:
        return answer.headers["Content-Type"], answer.read().decode()


def value(found, name, **labels):
    return found.get((name, tuple(sorted(labels.items()))))


def check_page(port):
    kind, text = fetch(port)
    check(kind.startswith("application/openmetrics-text; version=1.0.0"), "the type is " + kind)
    try:
        fetch(port, "/")
        check(False, "another path is answered")
    except urllib.error.HTTPError as error:
        check(error.code == 404, "another path: %d" % error.code)
    return samples(text)


def send(port):
    mail = EmailMessage()
    mail["From"] = "Hélène Roux <helene@example.test>"
    mail["To"] = US
    mail["Subject"] = "Bulletin de participation"
    mail["Message-ID"] = "<figures@example.test>"
    mail.set_content(BULLETIN)
    with smtplib.SMTP("127.0.0.1", port) as smtp:
        smtp.send_message(mail, "helene@example.test", [US])


def wanted(folder):
    """The names that the rules and the dashboard ask for."""
    with open(os.path.join(folder, "bulletind.rules.yml"), encoding="utf-8") as f:
        text = "\n".join(line for line in f if line.lstrip().startswith("expr:"))
    with open(os.path.join(folder, "grafana-dashboard.json"), encoding="utf-8") as f:
        text += "\n".join(target["expr"] for panel in json.load(f)["panels"] for target in panel["targets"])
    return set(re.findall(r"bulletind_[a-z_]+", text))


def main():
    port, file, smtp_port, root, folder = int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4], sys.argv[5]
    check_page(port)
    labels = {"account": "inscriptions", "folder": "INBOX"}
    wait_for(lambda: value(check_page(port), "bulletind_imap_connected", **labels) == 1.0, "connected")
    wait_for(lambda: value(check_page(port), "bulletind_imap_seen_timestamp_seconds", **labels), "read")
    check(value(check_page(port), "bulletind_answer_seconds_count") == 0, "an answer before any mail")
    send(smtp_port)
    wait_for(lambda: mails_of(root, "helene"), "the answer")
    found = wait_for(lambda: (f := check_page(port)) and value(
        f, "bulletind_answers_total", kind="confirmed", outcome="sent") == 1.0 and f, "the answer's figure")
    check(value(found, "bulletind_answer_seconds_count") == 1, "the histogram counts one")
    check(0 < value(found, "bulletind_answer_seconds_sum") < 30, "an answer's time")
    check(value(found, "bulletind_messages", event="copil-2019", kind="bulletin", decision="accept") == 1,
          "the message")
    check(value(found, "bulletind_registrations") == 1, "the registration")
    check(value(found, "bulletind_outbox_answers", state="sent") == 1, "the outbox")
    check(value(found, "bulletind_submission_up") == 1, "the submission server")
    names = {name for name, _ in found} | {"bulletind_imap_lost_total", "bulletind_log_lines_total"}
    check(not wanted(folder) - names, "asked for, not given: %s" % sorted(wanted(folder) - names))
    with open(file, encoding="utf-8") as f:
        check(value(samples(f.read()), "bulletind_store_readable") == 1, "the file")


main()
