"""Extensions and blocks as files that can be read in again: CSV and XLSX, with every digit and every name as it is."""

import csv
import io
from collections.abc import Collection, Iterable, Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from tollbook.account.numbering.intake import escaped
from tollbook.account.numbering.lines import BLOCK_COLUMNS, COLUMNS
from tollbook.account.numbering.models import Extension, NumberBlock


def rows(session: Session, customers: Collection[str] | None = None) -> Iterator[tuple[str, str, str]]:
    """Number, customer and name of each extension in the order of their numbers, of these customers or of all."""
    wanted = select(Extension.number, Extension.customer_id, Extension.name).order_by(Extension.key)
    if customers is not None:
        wanted = wanted.where(Extension.customer_id.in_(customers))
    for row in session.execute(wanted.execution_options(yield_per=1000)):
        yield row.number, row.customer_id, row.name


def block_rows(session: Session, customers: Collection[str] | None = None) -> Iterator[tuple[str, str, str]]:
    """First and last number and customer of each block in the order of their numbers, of these customers or of all."""
    columns = NumberBlock.start_number, NumberBlock.end_number, NumberBlock.customer_id
    wanted = select(*columns).order_by(NumberBlock.start_key)
    if customers is not None:
        wanted = wanted.where(NumberBlock.customer_id.in_(customers))
    for row in session.execute(wanted.execution_options(yield_per=1000)):
        yield row.start_number, row.end_number, row.customer_id


def csv_file(session: Session, customers: Collection[str] | None = None) -> bytes:
    """Extensions as CSV in UTF-8."""
    return _csv(COLUMNS, rows(session, customers))


def xlsx_file(session: Session, customers: Collection[str] | None = None) -> bytes:
    """Extensions as a workbook of one sheet, whose columns are text: no spreadsheet makes numbers of the digits."""
    return _xlsx("Extensions", COLUMNS, rows(session, customers))


def blocks_csv(session: Session, customers: Collection[str] | None = None) -> bytes:
    """Blocks as CSV in UTF-8."""
    return _csv(BLOCK_COLUMNS, block_rows(session, customers))


def blocks_xlsx(session: Session, customers: Collection[str] | None = None) -> bytes:
    """Blocks as a workbook of one sheet, whose columns are text."""
    return _xlsx("Number blocks", BLOCK_COLUMNS, block_rows(session, customers))


def _csv(head: Sequence[str], lines: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(map(escaped, row) for row in lines)
    return text.getvalue().encode()


def _xlsx(title: str, head: Sequence[str], lines: Iterable[Sequence[str]]) -> bytes:
    from xlsxwriter import Workbook  # noqa: PLC0415 - heavy, and only here

    file = io.BytesIO()
    with Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet(title)
        kept = book.add_format({"num_format": "@"})
        sheet.set_column(0, len(head) - 1, 20, kept)
        for line, cells in enumerate((head, *lines)):
            for place, cell in enumerate(cells):
                sheet.write_string(line, place, escaped(cell), kept)
        sheet.freeze_panes(1, 0)
    return file.getvalue()
