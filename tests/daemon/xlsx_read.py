#!/usr/bin/env python3
"""xlsx_read FILE: what a workbook holds, a line a cell: sheet, cell, type, number format, value.

Reads the package's XML itself (ECMA-376); a cell of a date format is told as a date. Of each sheet
one line more: how many rows are frozen, what is filtered. At the end, how many formulas and links
there are."""
import datetime
import re
import sys
import xml.etree.ElementTree as ET
import zipfile

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
BUILT_IN = {0: "General", 1: "0", 22: "m/d/yy h:mm", 49: "@"}


def formats(book):
    styles = ET.fromstring(book.read("xl/styles.xml"))
    own = {int(f.get("numFmtId")): f.get("formatCode") for f in styles.iter(MAIN + "numFmt")}
    cells = styles.find(MAIN + "cellXfs")
    return [own.get(int(x.get("numFmtId")), BUILT_IN.get(int(x.get("numFmtId")))) for x in cells]


def value_of(cell, form, shared):
    inline, value = cell.find(MAIN + "is"), cell.find(MAIN + "v")
    kind = cell.get("t", "n")
    if kind in ("inlineStr", "s"):
        node = inline if kind == "inlineStr" else shared[int(value.text)]
        return "s", "".join(t.text or "" for t in node.iter(MAIN + "t"))
    if value is None:
        return None, None
    if kind == "n" and "yy" in form:
        day = datetime.datetime(1899, 12, 30) + datetime.timedelta(days=float(value.text))
        day = (day + datetime.timedelta(milliseconds=500)).replace(microsecond=0)
        return "n", day.isoformat()
    return kind, value.text


def main():
    book = zipfile.ZipFile(sys.argv[1])
    assert book.testzip() is None
    for name in book.namelist():
        if name.endswith((".xml", ".rels")):
            ET.fromstring(book.read(name))
    forms = formats(book)
    shared = []
    if "xl/sharedStrings.xml" in book.namelist():
        shared = list(ET.fromstring(book.read("xl/sharedStrings.xml")))
    targets = {r.get("Id"): r.get("Target") for r in ET.fromstring(book.read("xl/_rels/workbook.xml.rels"))}
    formulas = links = 0
    for sheet in ET.fromstring(book.read("xl/workbook.xml")).iter(MAIN + "sheet"):
        name = sheet.get("name")
        tree = ET.fromstring(book.read("xl/" + targets[sheet.get(REL + "id")]))
        pane, filtered = tree.find(f".//{MAIN}pane"), tree.find(MAIN + "autoFilter")
        print(name, "frozen", pane.get("ySplit") if pane is not None and pane.get("state") == "frozen" else 0,
              "filter", filtered.get("ref") if filtered is not None else "-")
        formulas += len(list(tree.iter(MAIN + "f")))
        links += len(list(tree.iter(MAIN + "hyperlink")))
        for cell in tree.iter(MAIN + "c"):
            form = forms[int(cell.get("s", 0))]
            kind, value = value_of(cell, form, shared)
            if kind:
                print(name, cell.get("r"), kind, form, re.sub(r"\n", "\\\\n", value))
    print("formulas", formulas, "links", links)


sys.stdout.reconfigure(encoding="utf-8")
main()
