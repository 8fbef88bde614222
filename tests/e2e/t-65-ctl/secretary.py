#!/usr/bin/env python3
"""secretary.py PART SMTP_PORT MAIL_ROOT BULLETINCTL CONFIG WORK

What a secretary does with bulletinctl, a part at a time. Exit 1 at the first thing that is not as it
must be.
"""
import json
import mailbox
import os
import pty
import re
import select
import signal
import smtplib
import subprocess
import sys
import termios
import time
from email.message import EmailMessage

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from people import US, check, mails_of, wait_for, words  # noqa: E402

PATIENCE_S = 30.0
PART, PORT, ROOT, CTL, CONFIG, WORK = sys.argv[1:7]
ALL = ("Collectivité / organisme : Ville de Nancy", "Nom : {name}", "Prénom : Hélène",
       "Courriel : {address}", "Participera à la réunion du 3 juillet 2019 : Oui")


def until(ask, what):
    return wait_for(ask, what, PATIENCE_S)


def ctl(*arguments, code=0, given=None, **more):
    run = subprocess.run([CTL, *arguments, "--config", CONFIG], input=given or "", text=True,
                         capture_output=True, timeout=60, **more)
    check(run.returncode == code, "bulletinctl %s: %d, not %d: %s%s"
          % (" ".join(arguments), run.returncode, code, run.stdout, run.stderr))
    if code:
        check(run.stderr.count("\n") == 1, "%s: not one line: %s" % (arguments, run.stderr))
    return run.stdout + run.stderr


def rows(*arguments):
    return [json.loads(line) for line in ctl(*arguments, "--json").splitlines()]


def on_terminal(answer, *arguments, prompts=("[y/N]",)):
    """The command on a terminal where somebody types `answer` at each prompt; its code and what was
    seen. A password's prompt drops what was typed before it."""
    child, terminal = pty.fork()
    if child == 0:
        os.execv(CTL, [CTL, *arguments, "--config", CONFIG])
    seen, waiting, end = b"", [prompt.encode() for prompt in prompts], time.monotonic() + PATIENCE_S
    while True:
        if not select.select([terminal], [], [], max(0, end - time.monotonic()))[0]:
            os.kill(child, signal.SIGKILL)
            sys.exit("FAIL: %s hangs: %s" % (arguments, seen.decode(errors="replace")))
        try:
            piece = os.read(terminal, 4096)
        except OSError:
            break
        if not piece:
            break
        seen += piece
        if waiting and waiting[0] in seen:
            del waiting[0]
            until(lambda: quiet_terminal(terminal) or prompts == ("[y/N]",), "the terminal is silenced")
            os.write(terminal, answer.encode())
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), seen.decode()


def quiet_terminal(terminal):
    return not termios.tcgetattr(terminal)[3] & termios.ECHO


def write(person, subject, body, ident=None):
    mail = EmailMessage()
    mail["From"] = "Hélène <%s@example.test>" % person
    mail["To"] = US
    mail["Subject"] = subject
    mail["Date"] = "Mon, 3 Jun 2019 10:00:00 +0200"
    mail["Message-ID"] = "<%s.%d@mail.example>" % (ident or person, time.time_ns())
    mail.set_content("Bonjour,\n\n%s\n" % body)
    return mail


def send(mail):
    with smtplib.SMTP("127.0.0.1", int(PORT)) as smtp:
        smtp.send_message(mail)
    return mail["Message-ID"].strip("<>")


def bulletin(person, name, lines=ALL):
    body = "\n".join(lines).format(name=name, address="%s@example.test" % person)
    return write(person, "Bulletin", body)


def inbox(person):
    return mails_of(ROOT, person)


def message(ident, *wanted):
    """The queue's row of a mail, once it is there and in one of the states."""
    def ask():
        found = [r for r in rows("queue", "--all") if r["message_id"] == ident]
        return found and (not wanted or found[0]["state"] in wanted) and found[0]
    return until(ask, "message %s in state %s" % (ident, wanted))


def registrations(person):
    return [r for r in rows("list") if r["fields"].get("email") == person + "@example.test"]


def answers(person):
    return [r for r in rows("queue", "--outbox") if r["to"] == person + "@example.test"]


def log_of(ident):
    return " / ".join(r["text"] for r in rows("log", "--id", str(ident)))


# --- the parts ------------------------------------------------------------------------------------

def reply():
    ident = send(write("ask1", "Une question ?", "Y a-t-il un vestiaire pour le comité de pilotage ?"))
    row = message(ident, "review")
    own = os.path.join(WORK, "words.txt")
    with open(own, "w", encoding="utf-8") as f:
        f.write("Madame,\n\nIl y a un vestiaire à l'entrée.\n\nBien à vous,\nKarima\n")
    ctl("reply", str(row["id"]), "--text-file", own, "--wait")
    check(message(ident)["state"] == "review", "--wait: it goes on waiting")
    check("answered by admin:" in message(ident)["reason"], "the queue says that somebody wrote")
    mail = until(lambda: [m for m in inbox("ask1") if "vestiaire à l'entrée" in words(m)], "own words")[0]
    check(mail["In-Reply-To"].strip("<> ") == ident, "In-Reply-To")
    check(ident in mail["References"], "References")
    check(mail["Subject"] == "Re: Une question ?", "Subject: %s" % mail["Subject"])
    check(mail["Auto-Submitted"] is None, "a person's words are no automatic answer")
    ctl("reply", str(row["id"]), given="Encore un mot.\n")
    until(lambda: [m for m in inbox("ask1") if "Encore un mot." in words(m)], "words by standard input")
    check(message(ident)["state"] == "settled", "settled with it")
    check(ctl("reply", str(row["id"]), given="\n", code=65).startswith("bulletinctl: there is no text"), "empty")
    ctl("reply", "9999", given="x", code=66)

    # On a terminal: in an editor, shown before it is sent, and sent only by a yes.
    ident = send(write("ask2", "Question", "Y a-t-il un vestiaire pour le comité de pilotage ?"))
    row = message(ident, "review")
    editor = os.path.join(WORK, "editor")
    with open(editor, "w", encoding="utf-8") as f:
        f.write("#!/bin/sh\n{ echo 'Par la Grande Halle.'; cat \"$1\"; } > \"$1.new\"\nmv \"$1.new\" \"$1\"\n")
    os.chmod(editor, 0o755)
    os.environ["EDITOR"] = editor
    code, seen = on_terminal("n\n", "reply", str(row["id"]))
    check(code == 0 and "| Par la Grande Halle." in seen and "Write your answer" not in seen, "shown: " + seen)
    check(message(ident)["state"] == "review", "a no sends nothing")
    code, seen = on_terminal("y\n", "reply", str(row["id"]))
    check(code == 0 and "To: ask2@example.test" in seen, "yes: " + seen)
    until(lambda: [m for m in inbox("ask2") if "Grande Halle" in words(m)], "the editor's words")
    check("answered it in own words" in log_of(row["id"]), "the log tells it")


def merge():
    send(bulletin("luc1", "PETIT"))
    until(lambda: inbox("luc1"), "the first is confirmed")
    send(bulletin("luc2", "PETIT", ALL + ("Téléphone : 06 12 34 56 78",)))
    until(lambda: inbox("luc2"), "the second is confirmed")
    first, second = registrations("luc1")[0], registrations("luc2")[0]
    ids = (str(first["id"]), str(second["id"]))
    check("--yes" in ctl("merge", *ids, code=64), "without a terminal it refuses")
    code, seen = on_terminal("n\n", "merge", *ids)
    check(code == 0 and "email: 'luc1@example.test' stays, 'luc2@example.test' is dropped" in seen
          and "phone is taken over" in seen, "conflicts are named: " + seen)
    check(registrations("luc2")[0]["status"] == "registered", "a no changes nothing")
    ctl("merge", *ids, "--yes")
    first, second = registrations("luc1")[0], registrations("luc2")[0]
    check(first["fields"]["phone"] == "+33612345678", "taken over: %s" % first)
    check((second["status"], second["merged_into"]) == ("cancelled", first["id"]), "it points to it: %s" % second)
    check(first["status"] == "registered", "the first stays")
    history = [h["what"] for h in second["history"]]
    check(history == ["created", "merged into %s" % ids[0]], "history: %s" % history)
    check([h["what"] for h in first["history"]] == ["created", "merged"], "history of the first")
    check("is cancelled already" in ctl("merge", *ids, "--yes", code=65), "not twice")
    check("into itself" in ctl("merge", ids[0], ids[0], "--yes", code=65), "not into itself")
    check(len(answers("luc2")) == 1 and len(answers("luc1")) == 1, "nobody is told")
    # What the second one's sender writes later is for a person, whose yes goes into the first.
    ident = send(bulletin("luc2", "PETIT", ALL + ("Ville : Nancy",)))
    row = message(ident, "review")
    check("was merged into %s" % ids[0] in row["reason"], "the reason: %s" % row["reason"])
    ctl("accept", str(row["id"]))
    check(registrations("luc2") and registrations("luc2")[0]["id"] == first["id"], "into the first")
    check(len([r for r in rows("list") if r["fields"].get("last_name") == "PETIT"]) == 2, "no third one")


def requeue():
    lines = tuple(line.replace("Collectivité / organisme : Ville de Nancy", "Zorglub : Trois Rivières") for line in ALL)
    ident = send(bulletin("anne", "ROUX", lines))
    row = message(ident, "waiting-for-sender")
    until(lambda: inbox("anne"), "she is asked")
    check("nothing would change" in ctl("requeue", str(row["id"]), "--yes"), "the same rules: nothing")
    event = os.path.join(WORK, "events", "copil-2019.yaml")
    with open(event, encoding="utf-8") as f:
        text = f.read()
    with open(event, "w", encoding="utf-8") as f:
        f.write(text.replace("fr: [Collectivité / organisme,", "fr: [Zorglub, Collectivité / organisme,", 1))
    check("--yes" in ctl("requeue", str(row["id"]), code=64), "without a terminal it refuses")
    code, seen = on_terminal("n\n", "requeue", str(row["id"]))
    check(code == 0 and "organization: - → Trois Rivières" in seen and "state: waiting-for-sender → settled" in seen,
          "what would change: " + seen)
    check(message(ident)["state"] == "waiting-for-sender", "a no changes nothing")
    ctl("requeue", str(row["id"]), "--yes")
    check(message(ident)["state"] == "settled", "decided anew")
    found = registrations("anne")
    check(len(found) == 1 and found[0]["status"] == "registered", "registered once: %s" % found)
    check(found[0]["history"][-1]["what"] == "read again", "history")
    until(lambda: len(inbox("anne")) == 2, "the confirmation")
    check("nothing would change" in ctl("requeue", str(row["id"]), "--yes"), "again: nothing")
    check(sorted(a["kind"] for a in answers("anne")) == ["ask", "confirmed"], "nobody is answered twice")
    ctl("edit", str(found[0]["id"]), "city=Nancy")
    check("changed since" in ctl("requeue", str(row["id"]), "--yes", code=65), "what a person did stands")
    ctl("requeue", "9999", "--yes", code=66)


def import_():
    box = os.path.join(WORK, "old.mbox")
    known = bulletin("old0", "LEROY")
    send(known)
    until(lambda: inbox("old0"), "one of them had come before")
    # The very mail that lies in the mailbox, as a server's export has it.
    stored = [m for m in mailbox.Maildir(os.path.join(ROOT, "inscriptions"), create=False)
              if m["Message-ID"] == known["Message-ID"]][0]
    with open(box, "wb") as f:
        for mail in (stored, bulletin("old1", "FABRE"), bulletin("old2", "GIRARD", ALL[1:]),
                     write("old3", "Question", "Y a-t-il un vestiaire pour le comité de pilotage ?")):
            f.write(b"From MAILER-DAEMON Mon Jun  3 10:00:00 2019\n")
            f.write(re.sub(rb"(?m)^(>*From )", rb">\1", mail.as_bytes()) + b"\n")
    check("--yes" in ctl("import", box, code=64), "without a terminal it refuses")
    told = ctl("import", box, "--yes")
    check("imported: 3; there already: 1" in told, told)
    check(registrations("old1")[0]["status"] == "registered", "registered")
    check(registrations("old2")[0]["status"] == "incomplete", "stored")
    found = [r for r in rows("queue") if r["from"] == "old2@example.test"]
    check(found[0]["state"] == "review" and "was not asked" in found[0]["reason"], "a person asks: %s" % found)
    check("nobody is answered" in log_of(found[0]["id"]), "the log says so")
    check("imported: 0; there already: 4" in ctl("import", box, "--yes"), "once more: nothing")
    check(not any(answers(person) for person in ("old1", "old2", "old3")), "nobody is answered")
    check(found[0]["received"].startswith("2019-06-03T"), "received: %s" % found[0]["received"])
    # A line that begins with "From " is quoted in an mbox, and stands in the mail as it was written.
    quoting = write("old5", "Question", "From the first day on?\n>From the second?\nY a-t-il un vestiaire ?")
    ident = send(quoting)
    message(ident)
    stored = [m for m in mailbox.Maildir(os.path.join(ROOT, "inscriptions"), create=False)
              if m["Message-ID"] == quoting["Message-ID"]][0]
    raw = re.sub(rb"(?m)^(>*From )", rb">\1", stored.as_bytes())
    for name, line_end in (("lf", b"\n"), ("crlf", b"\r\n")):
        path = os.path.join(WORK, name + ".mbox")
        with open(path, "wb") as f:
            f.write((b"From MAILER-DAEMON Mon Jun  3 10:00:00 2019\n" + raw + b"\n").replace(b"\n", line_end))
        check("imported: 0; there already: 1" in ctl("import", path, "--yes"), name)
    # The watched mailbox itself: all of it has come already.
    told = ctl("import", os.path.join(ROOT, "inscriptions"), "--yes")
    check(told.startswith("imported: 0; there already: ") and "not readable: 0; not stored: 0" in told, told)
    folder = os.path.join(WORK, "old")
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "1.eml"), "wb") as f:
        f.write(bulletin("old4", "HENRY").as_bytes())
    check("imported: 1" in ctl("import", folder, "--answer", "--yes"), "with --answer")
    until(lambda: inbox("old4"), "it is answered")
    ctl("import", os.path.join(WORK, "nowhere"), "--yes", code=66)
    ctl("import", folder, "--account", "nix", "--yes", code=64)


def users():
    secret = "correct horse battery"
    ctl("user", "add", "marie", "--role", "review", given=secret + "\n")
    check("there is a user" in ctl("user", "add", "marie", given=secret + "\n", code=65), "not twice")
    check("at least 12" in ctl("user", "add", "luc", given="short\n", code=65), "too short")
    check("no user's name" in ctl("user", "add", "a b", given=secret + "\n", code=65), "a name")
    ctl("user", "add", "luc", given=secret + "\n")
    check([(u["name"], u["role"]) for u in rows("user", "list")] == [("luc", "read"), ("marie", "review")], "list")
    ctl("user", "role", "luc", "--role", "review")
    ctl("user", "password", "luc", given=secret + " 2\n")
    check(rows("user", "list")[0]["role"] == "review", "a new password leaves the role")
    check("--yes" in ctl("user", "remove", "luc", code=64), "without a terminal it refuses")
    ctl("user", "remove", "luc", "--yes")
    ctl("user", "remove", "luc", "--yes", code=66)
    code, seen = on_terminal(secret + "\n", "user", "add", "anna",
                             prompts=("Password:", "The same again:"))
    check(code == 0 and "anna: added" in seen and secret not in seen, "on a terminal: " + seen)
    check("did you mean 'list'" in ctl("user", "lst", code=64), "a word")
    log = " / ".join(r["text"] for r in rows("log"))
    check(re.search(r"admin:\S+: user luc was removed", log), "the log tells who")
    with open(os.path.join(WORK, "store", "data.mdb"), "rb") as f:
        data = f.read()
    check(b"$argon2id$" in data and secret.encode() not in data, "no password lies in the store")


def hold_running():
    ctl("hold", "9999", code=66)
    sent = [a for a in rows("queue", "--outbox") if a["state"] == "sent"][0]
    check("is 'sent'" in ctl("hold", str(sent["id"]), code=65), "what is sent cannot be held")
    check("is not held" in ctl("release", str(sent["id"]), code=65), "nor released")
    ctl("hold", code=64)


def stopped():
    one, two = registrations("old0")[0], registrations("old4")[0]
    code, seen = on_terminal("n\n", "cancel", str(one["id"]))
    check(code == 0 and "[y/N]" in seen, "cancel asks on a terminal: " + seen)
    check(registrations("old0")[0]["status"] == "registered", "a no changes nothing")
    ctl("cancel", str(one["id"]))
    ctl("cancel", str(two["id"]), "--yes")
    waiting = [a for a in answers("old0") if a["kind"] == "cancelled"][0]
    ctl("hold", str(waiting["id"]))
    check("held already" in ctl("hold", str(waiting["id"]), code=65), "not twice")
    ctl("hold", "--all")
    for person in ("old0", "old4"):
        held = [a for a in answers(person) if a["kind"] == "cancelled"][0]
        check((held["state"], held["held"]) == ("delayed", True), "held: %s" % held)
        check(held["last_error"].startswith("held by admin:"), "by whom: %s" % held)
    check("held" in ctl("queue", "--outbox"), "the table says so")


def still_held():
    check(all(len(inbox(person)) == 1 for person in ("old0", "old4")), "nothing that is held is sent")


def released():
    held = [a for a in answers("old0") if a["held"]][0]
    ctl("release", str(held["id"]))
    until(lambda: len(inbox("old0")) == 2, "the one that was released")
    check(len(inbox("old4")) == 1, "the other is still held")
    ctl("release", "--all")
    until(lambda: len(inbox("old4")) == 2, "all are released")
    check(not any(a["held"] for a in rows("queue", "--outbox")), "none is held")


{"reply": reply, "merge": merge, "requeue": requeue, "import": import_, "users": users,
 "hold-running": hold_running, "stopped": stopped, "still-held": still_held, "released": released}[PART]()
