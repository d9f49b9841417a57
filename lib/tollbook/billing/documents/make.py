"""Every document of an invoice at once. Nothing is asked of any other machine."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tollbook.billing.documents.document import Document
from tollbook.billing.documents.einvoice import FACTURX, PEPPOL, XRECHNUNG, einvoices, lacking, profiles_of
from tollbook.billing.documents.html import html
from tollbook.billing.documents.listing import calls_csv, lines_csv
from tollbook.billing.documents.pdf import pdf
from tollbook.billing.documents.words import words_of
from tollbook.billing.record import Record
from tollbook.language import tr

PDF: Final = "invoice.pdf"
PAGE: Final = "invoice.html"
LINES: Final = "lines.csv"
CALLS: Final = "calls.csv"
ALWAYS: Final = (PDF, PAGE, LINES)
NAMES: Final = (PDF, PAGE, FACTURX.file, PEPPOL.file, XRECHNUNG.file, LINES, CALLS)
"""Files that a document may have, in the order in which they are offered."""


def documents(document: Document) -> Mapping[str, bytes]:
    """The files by name. An electronic invoice for which something is not known is left out; see `absent_of`.

    Raises:
        TollbookError: a character that no font has, or a template that is wrong.
    """
    files = einvoices(document, [one for one in profiles_of(document) if not lacking(document, one)])
    words = words_of(document)
    files[PDF] = pdf(document, words, files.get(FACTURX.file))
    files[PAGE] = html(document, words)
    files[LINES] = lines_csv(document)
    if document.calls is not None:
        files[CALLS] = calls_csv(document.calls)
    return {name: files[name] for name in NAMES if name in files}


def absent_of(record: Record, folder: Path) -> list[str]:
    """What an invoice filed in `folder` has not: each file by name, and why, in the language in use."""
    document = Document(record)
    told = [
        f"{profile.file}: {'; '.join(missing)}"
        for profile in profiles_of(document)
        if (missing := lacking(document, profile))
    ]
    if not record.is_part and not (folder / CALLS).is_file():
        told.append(f"{CALLS}: {tr('the calls are not any more what the invoice was made of')}")
    return told
