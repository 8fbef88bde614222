"""hostile_mails - mails that are made to exhaust, hang or crash whoever reads them.

`MAILS` is a row a mail: name, a function that returns its bytes, and what the reason for review must
match. They are made when asked for; each is small on the wire beside what it unfolds to.
"""
import base64
import gzip
import io
import struct
import zipfile
import zlib

US = "inscriptions@example.test"
BULLETIN = ("Collectivité / organisme : Ville de Nancy\nCivilité : Mme\nNom : Martin%s\nPrénom : Hélène\n"
            "Fonction : Maire\nCourriel : %s\nParticipera à la réunion du 3 juillet 2019 : Oui\n")
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
X = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
SECRET = "bulletind-secret-of-this-machine"  # a file of the test holds it


def letters(number):
    """A name for a number, of letters alone."""
    return "abcdefghij"[number // 10 % 10] + "abcdefghij"[number % 10]


def head(name, *fields):
    lines = ["From: %s@example.test" % name, "To: " + US, "Subject: Bulletin de participation",
             "Message-ID: <%s@example.test>" % name, "MIME-Version: 1.0"]
    return "\r\n".join(lines + list(fields)).encode() + b"\r\n"


def good(name, number):
    return (head(name, "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit") +
            b"\r\n" + (BULLETIN % (letters(number), name + "@example.test")).encode())


def with_text(kind, text):
    return lambda name: head(name, "Content-Type: text/%s; charset=utf-8" % kind,
                             "Content-Transfer-Encoding: 8bit") + b"\r\n" + text() + b"\r\n"


def with_file(kind, file_name, content):
    """The bulletin is said to be in the attachment."""
    return lambda name: b"".join([
        head(name, "Content-Type: multipart/mixed; boundary=us"), b"\r\n--us\r\n",
        b"Content-Type: text/plain\r\n\r\nBonjour,\r\n\r\nCi-joint notre bulletin.\r\n\r\n--us\r\n",
        ('Content-Type: %s; name="%s"\r\nContent-Disposition: attachment; filename="%s"\r\n'
         "Content-Transfer-Encoding: base64\r\n\r\n" % (kind, file_name, file_name)).encode(),
        base64.encodebytes(content()), b"\r\n--us--\r\n"])


# --- archives and Office documents

def archive(*files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made:
        for name, content in files:
            made.writestr(name, content)
    return out.getvalue()


def docx(document):
    types = ('<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override '
             'PartName="/word/document.xml" ContentType="%s.main+xml"/></Types>' % WORD)
    return archive(("[Content_Types].xml", types), ("word/document.xml", document))


def docx_bomb():
    line = b"<w:p><w:r><w:t>Nom : Martin</w:t></w:r></w:p>"
    return docx(b"<w:document %s><w:body>" % W.encode() + line * (300 << 20 >> 6) + b"</w:body></w:document>")


def docx_nested():
    deep = 200000
    return docx("<w:document %s><w:body>%s%s</w:body></w:document>" % (
        W, "<w:tbl><w:tr><w:tc>" * deep, "</w:tc></w:tr></w:tbl>" * deep))


def docx_entities():
    """Each entity is ten of the one before; the last would be ten billion."""
    rows = "".join('<!ENTITY l%d "%s">' % (n, "&l%d;" % (n - 1) * 10) for n in range(1, 11))
    return docx('<!DOCTYPE w:document [<!ENTITY l0 "Nom : Martin ">%s]><w:document %s><w:body><w:p><w:r>'
                "<w:t>&l10;</w:t></w:r></w:p></w:body></w:document>" % (rows, W))


def docx_outside(path):
    return docx('<!DOCTYPE w:document [<!ENTITY out SYSTEM "file://%s">]><w:document %s><w:body><w:p><w:r>'
                "<w:t>Nom : &out;</w:t></w:r></w:p></w:body></w:document>" % (path, W))


def zip_in_zip():
    content = archive(("bulletin.txt", b"Nom : Martin"))
    for n in range(60):
        content = archive(("%d.zip" % n, content))
    return content


def zip_of_zips():
    """Wide and deep: sixteen copies of sixteen copies..."""
    content = archive(("bulletin.txt", b"\0" * (1 << 20)))
    for _ in range(4):
        content = archive(*(("%d.zip" % n, content) for n in range(16)))
    return content


def xlsx(sheet, strings=b""):
    book = ('<workbook %s xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
            '<sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>' % X)
    where = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    links = ('<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
             '<Relationship Id="rId1" Type="%s/worksheet" Target="worksheets/sheet1.xml"/>'
             '<Relationship Id="rId2" Type="%s/sharedStrings" Target="sharedStrings.xml"/>'
             "</Relationships>" % (where, where))
    types = ('<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override '
             'PartName="/xl/workbook.xml" ContentType="%s.main+xml"/></Types>' % SHEET)
    return archive(("[Content_Types].xml", types), ("xl/workbook.xml", book),
                   ("xl/_rels/workbook.xml.rels", links), ("xl/worksheets/sheet1.xml", sheet),
                   ("xl/sharedStrings.xml", strings))


def xlsx_strings():
    """One long string, a hundred thousand times."""
    rows = "".join('<row r="%d"><c r="A%d" t="s"><v>0</v></c></row>' % (n, n) for n in range(1, 100001))
    return xlsx("<worksheet %s><sheetData>%s</sheetData></worksheet>" % (X, rows),
                "<sst %s><si><t>%s</t></si></sst>" % (X, "Nom : Martin " * 5000))


def ods_repeated():
    """A cell that stands on each place of the largest sheet."""
    names = "".join(' xmlns:%s="urn:oasis:names:tc:opendocument:xmlns:%s:1.0"' % (n, n)
                    for n in ("office", "table", "text"))
    return archive(("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"), (
        "content.xml", "<office:document-content%s><office:body><office:spreadsheet><table:table>"
        '<table:table-row table:number-rows-repeated="1048576"><table:table-cell '
        'table:number-columns-repeated="16384"><text:p>Nom : Martin</text:p></table:table-cell>'
        "</table:table-row></table:table></office:spreadsheet></office:body>"
        "</office:document-content>" % names))


# --- PDF

def pdf(*objects, trailer=b""):
    out, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n" % (
        len(places) + 1, table, len(places) + 1, trailer, len(out))


CATALOG, PAGES = b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
PAGE = (b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
        b"/Resources<</Font<</F 5 0 R>>/XObject<</X 6 0 R>>>>>>")


def stream(content, filters=b"/FlateDecode", more=b""):
    return b"<</Length %d/Filter[%s]%s>>stream\n%s\nendstream" % (
        len(content), filters, more, content)


def pdf_bomb():
    """A thousand times smaller, twice."""
    words = b"BT /F 12 Tf 72 720 Td " + b"(Nom : Martin) Tj 0 -1 Td\n" * (8 << 20) + b"ET"
    packed = zlib.compress(zlib.compress(words, 1), 9)
    return pdf(CATALOG, PAGES, PAGE, stream(packed, b"/FlateDecode/FlateDecode"), FONT, FONT)


def pdf_forms():
    """A form that paints ten of the next, ten levels deep, the last one the first again."""
    forms = []
    for n in range(10):
        then = 6 + (n + 1) % 10
        forms.append(stream(zlib.compress(b"/X Do " * 10 + b"BT /F 9 Tf (Nom) Tj ET"), more=(
            b"/Type/XObject/Subtype/Form/BBox[0 0 595 842]/Resources<</Font<</F 5 0 R>>"
            b"/XObject<</X %d 0 R>>>>" % then)))
    return pdf(CATALOG, PAGES, PAGE, stream(zlib.compress(b"/X Do")), FONT, *forms)


def pdf_loops():
    return pdf(CATALOG, b"<</Type/Pages/Kids[2 0 R 2 0 R 2 0 R]/Count 100000>>")


def pdf_many_pages():
    kids = b" ".join(b"3 0 R" for _ in range(200000))
    return pdf(CATALOG, b"<</Type/Pages/Kids[%s]/Count 200000>>" % kids, PAGE,
               stream(zlib.compress(b"BT /F 9 Tf (Nom : Martin) Tj ET")), FONT, FONT)


def pdf_nested():
    return pdf(b"<</Type/Catalog/Pages 2 0 R/Deep " + b"[" * 500000 + b"]" * 500000 + b">>", PAGES, PAGE,
               stream(zlib.compress(b"q " * 2000000)), FONT, FONT)


def pdf_previous():
    """Its table of objects is continued by itself."""
    content = pdf(CATALOG, PAGES, PAGE, stream(zlib.compress(b"BT ET")), FONT, FONT,
                  trailer=b"/Prev 0000000000")
    at = content[content.rindex(b"startxref\n") + 10:].split(b"\n")[0]
    return content.replace(b"/Prev 0000000000", b"/Prev " + at.rjust(10, b"0"))


# --- pictures

def chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(
        ">I", zlib.crc32(kind + content))


def png(width, height, rows):
    line = zlib.compress(b"\0" * ((width + 7) // 8 + 1) * rows, 9)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)) +
            chunk(b"IDAT", line) + chunk(b"IEND", b""))


def tiff_loop():
    """A page whose next page is itself."""
    rows = [(256, 4, 1, 1000), (257, 4, 1, 1000), (258, 3, 1, 1), (259, 3, 1, 1), (262, 3, 1, 0),
            (273, 4, 1, 8), (277, 3, 1, 1), (278, 4, 1, 1000), (279, 4, 1, 125000)]
    return (b"II*\0\x08\0\0\0" + struct.pack("<H", len(rows)) +
            b"".join(struct.pack("<HHII", *row) for row in rows) + struct.pack("<I", 8) + b"\0" * 125000)


def jpeg_large():
    frame = struct.pack(">HBHHB", 17, 8, 65500, 65500, 3) + b"\x01\x22\0\x02\x11\x01\x03\x11\x01"
    return b"\xff\xd8\xff\xc0" + frame + b"\xff\xda\0\x0c\x03\x01\0\x02\x11\x03\x11\0\x3f\0" + b"\0" * 4000


# --- the message itself

def many_parts(name):
    part = b"--us\r\nContent-Type: text/plain\r\n\r\nNom : Martin\r\n"
    return head(name, "Content-Type: multipart/mixed; boundary=us") + b"\r\n" + part * 10000 + b"--us--\r\n"


def nested_parts(name):
    inner = b"".join(b"--b%d\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n" % (n, n + 1)
                     for n in range(20000))
    return head(name, "Content-Type: multipart/mixed; boundary=b0") + b"\r\n" + inner


def nested_mails(name):
    return (head(name, "Content-Type: message/rfc822") + b"\r\n" +
            b"Content-Type: message/rfc822\r\n\r\n" * 40000 + b"Nom : Martin\r\n")


def header_line(name):
    return head(name, "X-Long: " + "a" * (2 << 20)) + b"\r\nBonjour\r\n"


def header_lines(name):
    return head(name) + b"X-More: a\r\n" * 200000 + b"\r\nBonjour\r\n"


def many_receivers(name):
    return head(name, "Cc: " + ",\r\n ".join("a%d@example.org" % n for n in range(100000))) + b"\r\nBonjour\r\n"


def comments(name):
    return head(name, "Reply-To: " + "(" * 200000 + "a@example.org") + b"\r\nBonjour\r\n"


def html_nested():
    return b"<div>" * 300000 + b"Nom : Martin"


def html_table():
    row = b"<tr>" + b"<td rowspan=65534 colspan=1000>Nom</td>" * 100 + b"</tr>"
    return b"<table>" + row * 500 + b"</table>"


def blow_up():
    """For patterns with a repetition in a repetition."""
    lines = [b"a" * 60000 + b"!", b"Nom : " * 20000, b" " * 100000 + b"x", b"\t:" * 50000,
             b"1 2 3 4 5 " * 20000 + b"x", b"a@" * 50000, b"a." * 50000 + b"@", b"- " * 50000,
             b"Nom :" + b" a" * 50000, b"(" * 50000, b"01/" * 50000, b"Participera " * 20000]
    return b"\n".join(lines)


def quotes():
    return b"\n".join(b">" * depth + b" Nom : Martin" for depth in range(0, 20000, 40))


def richtext():
    return b"{\\rtf1" + b"{\\b " * 300000 + b"Nom : Martin"


def compound_loop():
    """An old Office file whose table of sectors says that each is followed by itself."""
    header = bytearray(512)
    header[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<HHHHH", header, 24, 0x3e, 3, 0xfffe, 9, 6)
    struct.pack_into("<IIIIIIIII", header, 44, 1, 1, 0, 4096, 1, 1, 1, 0xffffff, 0)
    fat = b"".join(struct.pack("<I", n) for n in range(128))
    return bytes(header) + fat + "WordDocument".encode("utf-16-le").ljust(64, b"\0") * 8


def tnef_lies():
    return struct.pack("<IHBIIH", 0x223e9f78, 1, 1, 0x00069800, 0x7fffffff, 0) + b"\xff" * 2000


def calendar():
    return b"BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\n" + b"ATTENDEE:x\r\n " * 200000


def mails(secret_path):
    """(name, function of the sender's name that makes the mail, pattern of the reason)"""
    return [
        ("docx-bomb", with_file(WORD, "bulletin.docx", docx_bomb), "archive_size: bulletin.docx"),
        ("docx-nested", with_file(WORD, "bulletin.docx", docx_nested), "cannot be read: damaged"),
        ("docx-laughs", with_file(WORD, "bulletin.docx", docx_entities), "cannot be read: damaged"),
        ("docx-outside", with_file(WORD, "bulletin.docx", lambda: docx_outside(secret_path)), "written by"),
        ("zip-in-zip", with_file("application/zip", "bulletin.zip", zip_in_zip), "limit depth"),
        ("zip-of-zips", with_file("application/zip", "bulletin.zip", zip_of_zips), "archive_size"),
        ("zip-of-many", with_file("application/zip", "bulletin.zip", lambda: archive(
            *(("%d.txt" % n, b"Nom : Martin") for n in range(20000)))), "archive_entries"),
        ("gzip-bomb", with_file("application/gzip", "bulletin.txt.gz", lambda: gzip.compress(
            b"Nom : Martin\n" * (20 << 20), 1)), "archive_size"),
        ("xlsx-strings", with_file(SHEET, "bulletin.xlsx", xlsx_strings), "sheet_cells"),
        ("ods-repeated", with_file("application/vnd.oasis.opendocument.spreadsheet", "bulletin.ods",
                                   ods_repeated), "more labels"),
        ("pdf-bomb", with_file("application/pdf", "bulletin.pdf", pdf_bomb), "processor time|written by"),
        ("pdf-forms", with_file("application/pdf", "bulletin.pdf", pdf_forms), "processor time"),
        ("pdf-loops", with_file("application/pdf", "bulletin.pdf", pdf_loops), "shows no text"),
        ("pdf-many-pages", with_file("application/pdf", "bulletin.pdf", pdf_many_pages), "shows no text"),
        ("pdf-nested", with_file("application/pdf", "bulletin.pdf", pdf_nested), "gave up on it|processor time"),
        ("pdf-previous", with_file("application/pdf", "bulletin.pdf", pdf_previous), "shows no text"),
        ("png-large", with_file("image/png", "bulletin.png", lambda: png(60000, 60000, 100)), "page_pixels"),
        ("png-bomb", with_file("image/png", "bulletin.png", lambda: png(30000, 30000, 30000)), "page_pixels"),
        ("jpeg-large", with_file("image/jpeg", "bulletin.jpg", jpeg_large), "page_pixels"),
        ("tiff-loop", with_file("image/tiff", "bulletin.tif", tiff_loop), "written by"),
        ("rtf-nested", with_file("application/rtf", "bulletin.rtf", richtext), "cannot be read: damaged"),
        ("doc-loop", with_file("application/msword", "bulletin.doc", compound_loop), "cannot be read yet"),
        ("tnef-lies", with_file("application/ms-tnef", "winmail.dat", tnef_lies), "cannot be read: damaged"),
        ("calendar", with_file("text/calendar", "bulletin.ics", calendar), "a calendar entry over"),
        ("blow-up", with_text("plain", blow_up), "written by"),
        ("quotes", with_text("plain", quotes), "text_bytes"),
        ("html-nested", with_text("html", html_nested), "written by"),
        ("html-table", with_text("html", html_table), "more labels"),
        ("many-parts", many_parts, "limit parts"),
        ("nested-parts", nested_parts, "limit parts"),
        ("nested-mails", nested_mails, "over a limit"),
        ("header-line", header_line, "header_bytes"),
        ("header-lines", header_lines, "header_bytes"),
        ("many-receivers", many_receivers, "header_bytes"),
        ("comments", comments, "written by"),
    ]
