"""part_scans - scanned bulletins, against what leptonica and Tesseract take for the same pictures.

What a picture says is shown to a person first: so that all are stored is checked, not each letter.
"""
import part_documents

NAME = "scans"
WHAT = "scanned pages, against the bare libraries on the same cores"


def run(bench, report):
    part_documents.against_libraries(bench, report, "scans", False)
