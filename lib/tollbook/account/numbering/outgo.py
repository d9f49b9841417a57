"""Extensions and blocks as files that can be read in again: CSV and XLSX, with every digit and every name as it is."""

from collections.abc import Collection, Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from tollbook.account.numbering.lines import BLOCK_COLUMNS, COLUMNS
from tollbook.account.numbering.models import Extension, NumberBlock
from tollbook.account.outgo import csv_of, xlsx_of


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
    return csv_of(COLUMNS, rows(session, customers))


def xlsx_file(session: Session, customers: Collection[str] | None = None) -> bytes:
    """Extensions as a workbook of one sheet."""
    return xlsx_of(COLUMNS, rows(session, customers), "Extensions")


def blocks_csv(session: Session, customers: Collection[str] | None = None) -> bytes:
    """Blocks as CSV in UTF-8."""
    return csv_of(BLOCK_COLUMNS, block_rows(session, customers))


def blocks_xlsx(session: Session, customers: Collection[str] | None = None) -> bytes:
    """Blocks as a workbook of one sheet."""
    return xlsx_of(BLOCK_COLUMNS, block_rows(session, customers), "Number blocks")
