#!/usr/bin/env python3
"""strangers.py URL BULLETINCTL CONFIG MAIL_ROOT SMTP_PORT

Mails whose every field holds HTML and script; then every view in a browser. Exit 1 when one of them
has run, or stands in a page as markup.
"""
import os
import sys
import urllib.parse
from email.message import EmailMessage

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from desk_web import House, Page  # noqa: E402
from people import check  # noqa: E402

RUN = "document.title='PWNED'"
# Each would leave an element of its own, x-s, or an attribute of that name.
SHOTS = [
    "<x-s></x-s><script>%s</script>" % RUN,
    "\"><img x-s src=x onerror=\"%s\">" % RUN,
    "'><svg/onload=%s><x-s>" % RUN,
    "</textarea></title></style></select></template><x-s><script>%s</script>" % RUN,
    "<!--><x-s><script>%s</script>-->" % RUN,
    "{{{trouble}}}{{#people}}<x-s>[[>head.html]]",
    "javascript:%s" % RUN,
    "=cmd|'/c calc'!A1<x-s>",
    "\u202e<iframe x-s src=javascript:parent.%s>" % RUN,
    "\" x-s autofocus onfocus=\"%s" % RUN,
    "&lt;x-s&gt;&#60;script&#62;%s&#60;/script&#62;" % RUN,
]
# As a page of ours has them: anything else came from a stranger.
ALIVE = """
  const found = [];
  for (const e of document.querySelectorAll('*')) {
    const name = e.tagName.toLowerCase();
    if (name === 'x-s' || e.hasAttribute('x-s')) found.push(e.outerHTML.slice(0, 200));
    if (name === 'script' && !/\\/static\\/desk\\.js(\\?.*)?$/.test(e.src)) found.push(name + ' ' + e.src);
    if (['object', 'embed', 'base', 'applet', 'meta'].includes(name) && e.parentNode !== document.head) found.push(name);
    if (name === 'iframe' && (e.id !== 'original' || e.getAttribute('sandbox') !== '')) found.push(name);
    if (name === 'form' && !e.action.startsWith(location.origin + '/')) found.push(name + ' ' + e.action);
    for (const a of e.attributes) {
      if (/^on/.test(a.name)) found.push(name + ' ' + a.name);
      if (a.name === 'style') found.push(name + ' style');
      if (/^\\s*(javascript|data|vbscript):/i.test(a.value) && ['href', 'src', 'action'].includes(a.name))
        found.push(name + ' ' + a.name + '=' + a.value);
    }
  }
  return found;
"""


def bulletin(shot, number):
    line = shot.replace("\u202e", "")
    mail = EmailMessage()
    mail["Subject"] = "Bulletin %s" % line
    text = ("Collectivité / organisme : Ville %s\nNom : O'Neil %s\nPrénom : Marie\n"
            "Fonction : %s\nCourriel : x%d@example.test\nThématiques : %s\nAteliers : %s\n"
            "Participera à la réunion du 3 juillet : Oui\n" % (shot, shot, shot, number, shot, shot))
    mail.set_content(text)
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace("\n", "<br>")
    mail.add_alternative("<html><head><base href=//evil.example><style>*{color:red}</style></head><body>"
                         "%s<p>%s</p><form action=//evil.example><button autofocus>x</button></form>"
                         "<noscript><p title=\"</noscript><img x-s src=x onerror=%s>\">"
                         "</body></html>" % (shot, escaped, RUN), subtype="html")
    mail.add_attachment(("<x-s></x-s><script>%s</script>" % RUN).encode(), "text", "html",
                        filename="bulletin %s.html" % line.replace("/", "_"))
    return mail


def look(page, name):
    check(page.driver.title != "PWNED", name + ": a stranger's script has run")
    alive = page.driver.execute_script(ALIVE)
    check(not alive, "%s: a stranger's markup stands in the page: %s" % (name, alive))


def decided(page, number, person):
    """What will be sent to a stranger, to one whose values were edited, and its history."""
    page.open("/message/%d" % number)
    if page.has("form#decide button[value=accept]:enabled"):
        page.fill("textarea[name=own_text]", SHOTS[0])
        page.press("form#decide button[value=reply]")
        look(page, "own words to %d" % number)
    page.open("/people/%d" % person)
    page.fill("form#edit [name=role]", "Maire " + SHOTS[number % len(SHOTS)].replace("\u202e", ""))
    page.press("form#edit button[value=edit]")
    check(page.has("#send"), "nothing can be sent: " + page.text())
    look(page, "preview of an edit of %d" % person)
    page.press("#send")
    check(page.has("#history ins"), "the history shows no change")
    look(page, "the history of %d" % person)


def main():
    house = House(*sys.argv[1:6])
    ids = [house.queued(house.send(bulletin(shot, i), "stranger%d" % i))["id"]
           for i, shot in enumerate(SHOTS)]
    people = [row["id"] for row in house.rows("list")]
    answers = [row["id"] for row in house.rows("queue", "--outbox", "--all")]
    check(people, "no hostile bulletin made a registration: nothing would be shown")
    paths = ["/queue", "/queue?state=open", "/queue?state=settled", "/people", "/event/copil-2019", "/outbox", "/log", "/outbox?state=sent"]
    paths += ["/message/%d" % i for i in ids] + ["/message/%d/original" % i for i in ids]
    paths += ["/people/%d%s" % (i, more) for i in people for more in ("", "/merge")]
    paths += ["/outbox/%d%s" % (i, text) for i in answers for text in ("", "/text")]
    for shot in SHOTS:
        word = urllib.parse.quote(shot)
        paths += ["/%s?q=%s&sort=%s&state=%s&told=%s" % (view, word, word, word, word)
                  for view in ("queue", "people", "log", "outbox", "message/%d" % ids[0])]
    with Page(house) as page:
        page.open("/login?name=%s&next=%s" % (word, word))
        look(page, "/login")
        page.login()
        for path in paths:
            page.open(path)
            look(page, path)
        for number, person in zip(ids, people):
            decided(page, number, person)
        blocked = [m for m in page.complaints() if "Content Security Policy" in m]
        check(not blocked, "only the policy kept it out: %s" % blocked[:3])


main()
