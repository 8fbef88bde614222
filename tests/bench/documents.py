"""documents - the files that bulletins come in: small writers of docx, odt and pdf, and scans.

Each takes the rows (label, value) of a bulletin and gives the file's bytes. Scans are pages of an
own PDF as pdftoppm paints them, grey, at 200 dpi.
"""
import io
import os
import subprocess
import zipfile
from xml.sax.saxutils import escape

TITLE = "Bulletin de participation"
LEAD = ["Première réunion du comité de pilotage large français des 7es Rencontres franco-japonaises",
        "de la coopération décentralisée, mercredi 3 juillet 2019, Cité des Sciences, Paris"]
DPI = 200
MEDIA = {"docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
         "odt": "application/vnd.oasis.opendocument.text", "pdf": "application/pdf"}


def packed(files, stored=()):
    """A zip of (name, text)."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in files:
            info = zipfile.ZipInfo(name, (2019, 6, 3, 10, 0, 0))
            info.compress_type = zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED
            archive.writestr(info, text)
    return out.getvalue()


def docx(rows):
    def paragraph(text, style=""):
        return "<w:p>%s<w:r><w:t xml:space=\"preserve\">%s</w:t></w:r></w:p>" % (style, escape(text))

    cells = "".join("<w:tr><w:tc>%s</w:tc><w:tc>%s</w:tc></w:tr>" % (paragraph(label), paragraph(value))
                    for label, value in rows)
    body = paragraph(TITLE) + "".join(paragraph(line) for line in LEAD) + "<w:tbl>%s</w:tbl>" % cells
    document = ("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?><w:document xmlns:w="
                "\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body>%s<w:sectPr/>"
                "</w:body></w:document>" % body)
    types = ("<?xml version=\"1.0\" encoding=\"UTF-8\"?><Types xmlns=\"http://schemas.openxmlformats.org/"
             "package/2006/content-types\"><Default Extension=\"xml\" ContentType=\"application/xml\"/>"
             "<Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package."
             "relationships+xml\"/><Override PartName=\"/word/document.xml\" ContentType=\"application/vnd."
             "openxmlformats-officedocument.wordprocessingml.document.main+xml\"/></Types>")
    relations = ("<?xml version=\"1.0\" encoding=\"UTF-8\"?><Relationships xmlns=\"http://schemas."
                 "openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" Type=\"http://"
                 "schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" "
                 "Target=\"word/document.xml\"/></Relationships>")
    return packed([("[Content_Types].xml", types), ("_rels/.rels", relations),
                   ("word/document.xml", document)])


def odt(rows):
    paragraphs = [TITLE] + LEAD + ["%s : %s" % row for row in rows]
    text = "".join("<text:p>%s</text:p>" % escape(line) for line in paragraphs)
    content = ("<?xml version=\"1.0\" encoding=\"UTF-8\"?><office:document-content "
               "xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" "
               "xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\" office:version=\"1.2\">"
               "<office:body><office:text>%s</office:text></office:body></office:document-content>" % text)
    manifest = ("<?xml version=\"1.0\" encoding=\"UTF-8\"?><manifest:manifest xmlns:manifest="
                "\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\"><manifest:file-entry "
                "manifest:full-path=\"/\" manifest:media-type=\"%s\"/><manifest:file-entry manifest:"
                "full-path=\"content.xml\" manifest:media-type=\"text/xml\"/></manifest:manifest>"
                % MEDIA["odt"])
    return packed([("mimetype", MEDIA["odt"]), ("content.xml", content),
                   ("META-INF/manifest.xml", manifest)], stored=("mimetype",))


def pdf_text(x, y, size, text):
    data = text.encode("cp1252")
    for special in (b"\\", b"(", b")"):
        data = data.replace(special, b"\\" + special)
    return b"BT /F1 %d Tf %d %d Td (%s) Tj ET\n" % (size, x, y, data)


def pdf_page(rows):
    drawn = [pdf_text(60, 780, 16, TITLE)]
    drawn += [pdf_text(60, 750 - 14 * i, 10, line) for i, line in enumerate(LEAD)]
    drawn += [pdf_text(60, 690 - 26 * i, 12, "%s : %s" % row) for i, row in enumerate(rows)]
    return b"".join(drawn)


def pdf_of(pages):
    """A PDF of so many pages of rows, in the standard font."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"",
               b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"]
    kids = []
    for rows in pages:
        stream = pdf_page(rows)
        kids.append(b"%d 0 R" % (len(objects) + 1))
        objects.append(b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R "
                       b"/Resources << /Font << /F1 3 0 R >> >> >>" % (len(objects) + 2))
        objects.append(b"<< /Length %d >>\nstream\n%sendstream" % (len(stream), stream))
    objects[1] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(kids), b" ".join(kids))
    out, offsets = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table)
    return bytes(out)


def pdf(rows):
    return pdf_of([rows])


WRITERS = {"docx": docx, "odt": odt, "pdf": pdf}


def scans(folder, pages):
    """[(file name, media type, bytes)], JPEG and PNG in turn."""
    source = os.path.join(folder, "pages.pdf")
    with open(source, "wb") as f:
        f.write(pdf_of(pages))
    for kind in ("jpeg", "png"):
        subprocess.run(["pdftoppm", "-gray", "-r", str(DPI), "-" + kind, source,
                        os.path.join(folder, kind)], check=True, timeout=600)
    digits, found = len(str(len(pages))), []
    for number in range(1, len(pages) + 1):
        kind, ending = (("jpeg", "jpg"), ("png", "png"))[number % 2]
        path = os.path.join(folder, "%s-%0*d.%s" % (kind, digits, number, ending))
        with open(path, "rb") as f:
            found.append(("bulletin." + ending, "image/" + kind, f.read()))
    for name in os.listdir(folder):
        if name.endswith((".jpg", ".png", ".pdf")):
            os.remove(os.path.join(folder, name))
    return found
