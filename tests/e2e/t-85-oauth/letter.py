#!/usr/bin/env python3
"""letter.py SMTP_PORT MAIL_ROOT NAME: NAME@example.test sends a bulletin; exit 0 once its answer came."""
import os
import smtplib
import sys
import time
from email.message import EmailMessage

PATIENCE_S = 40.0
port, root, name = int(sys.argv[1]), sys.argv[2], sys.argv[3]
mail = EmailMessage()
mail["From"] = f"Hélène <{name}@example.test>"
mail["To"] = "inscriptions@example.test"
mail["Subject"] = "Bulletin"
mail["Message-ID"] = f"<{name}@mail.example>"
mail.set_content(f"""Collectivité : Ville de Nancy
Nom : {name}
Prénom : Hélène
Courriel : {name}@example.test
Participera à la réunion : Oui
""")
with smtplib.SMTP("127.0.0.1", port) as smtp:
    smtp.send_message(mail)
end = time.monotonic() + PATIENCE_S
while time.monotonic() < end:
    for folder in ("new", "cur"):
        place = os.path.join(root, name, folder)
        if os.path.isdir(place) and os.listdir(place):
            sys.exit(0)
    time.sleep(0.05)
sys.exit(f"{name} has no answer")
