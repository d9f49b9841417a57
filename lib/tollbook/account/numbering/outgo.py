"""Extensions as files that can be read in again: CSV and XLSX, with every digit and every name as it is."""

import csv
import io
from collections.abc import Collection, Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from tollbook.account.numbering.lines import COLUMNS
from tollbook.account.numbering.models import Extension
from tollbook.spreadsheets import escaped


def rows(session: Session, customers: Collection[str] | None = None) -> Iterator[tuple[str, str, str]]:
    """Number, customer and name of each extension in the order of their numbers, of these customers or of all."""
    wanted = select(Extension.number, Extension.customer_id, Extension.name).order_by(Extension.key)
    if customers is not None:
        wanted = wanted.where(Extension.customer_id.in_(customers))
    for row in session.execute(wanted.execution_options(yield_per=1000)):
        yield row.number, row.customer_id, row.name


def csv_file(session: Session, customers: Collection[str] | None = None) -> bytes:
    """Extensions as CSV in UTF-8."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(map(escaped, row) for row in rows(session, customers))
    return text.getvalue().encode()


def xlsx_file(session: Session, customers: Collection[str] | None = None) -> bytes:
    """Extensions as a workbook of one sheet, whose columns are text: no spreadsheet makes numbers of the digits."""
    from xlsxwriter import Workbook  # noqa: PLC0415 - heavy, and only here

    file = io.BytesIO()
    with Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet("Extensions")
        sheet.set_column(0, len(COLUMNS) - 1, 20, book.add_format({"num_format": "@"}))
        kept = book.add_format({"num_format": "@"})
        for line, cells in enumerate((COLUMNS, *rows(session, customers))):
            for place, cell in enumerate(cells):
                sheet.write_string(line, place, escaped(cell), kept)
        sheet.freeze_panes(1, 0)
    return file.getvalue()
