"""Filed invoices: one is looked up by its number, and a reader has of it what its scope holds.

No part of what is asked for ever becomes part of a path unseen.
"""

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from tollbook.account.database import Database
from tollbook.account.scope import Scope
from tollbook.billing.documents.make import NAMES
from tollbook.billing.filed import RECORD, aside, report_folder
from tollbook.billing.invoices import invoice
from tollbook.billing.record import Record
from tollbook.errors import TollbookError
from tollbook.language import tr
from tollbook.workspace import Workspace

KEPT: Final = (".pdf", ".html", ".xml", ".csv", ".json", ".ipynb")
"""What a reader may take from an invoice's folder, in the order shown."""
SENT: Final = (".pdf", ".html", ".xml", ".csv")
"""Of these what is the customer's too."""


class NotFiledError(TollbookError):
    """There is no such invoice, or its files are not there."""


@dataclass(frozen=True)
class Paper:
    """A filed invoice or draft: its record, and its files by name."""

    record: Record
    files: Mapping[str, Path]


def shown_to(scope: Scope, paper: Paper) -> Paper | None:
    """What this reader has of an invoice: a contact its own, once issued, without what it was computed with."""
    if scope.customers is None:
        return paper
    if not paper.record.number or paper.record.customer.id not in scope.customers:
        return None
    return replace(paper, files={name: path for name, path in paper.files.items() if path.suffix in SENT})


def names_filed(
    workspace: Workspace, customer: str, period: str, number: str | None, scope: Scope
) -> list[str]:
    """Names of the files that this reader has of an invoice, by its folder alone, in the order shown."""
    folder = report_folder(workspace, customer, period)
    if number and (own := aside(folder, number)).is_dir():
        folder = own
    ours = KEPT if scope.customers is None else SENT
    with suppress(FileNotFoundError):
        found = [Path(entry.name) for entry in os.scandir(folder) if entry.is_file()]
        return [path.name for path in sorted((path for path in found if path.suffix in ours), key=_order)]
    return []


def numbered(workspace: Workspace, db: Database, number: str) -> Paper:
    """The invoice of that number.

    Raises:
        NotFiledError: there is none, or its files are not there.
    """
    try:
        record = invoice(db, number)
    except TollbookError as error:
        raise NotFiledError(str(error)) from None
    return filed(workspace, record.customer.id, record.period.name, number)


def filed(workspace: Workspace, customer: str, period: str, number: str | None) -> Paper:
    """What is filed for a customer's period, if it is the invoice of that number (null: its draft).

    Raises:
        NotFiledError: it is not there.
    """
    folder = report_folder(workspace, customer, period)
    if number and aside(folder, number).is_dir():
        folder = aside(folder, number)
    folder = folder.resolve()
    record = folder / RECORD
    inside = folder.is_relative_to(workspace.reports.resolve()) and record.is_file()
    told = Record.model_validate_json(record.read_text(encoding="utf-8")) if inside else None
    if told is None or told.number != number:
        words = tr(
            "Its files are not there: `tollbook invoice run` for {customer} and {period} makes them again."
        )
        raise NotFiledError(words.format(customer=customer, period=period))
    files = (path for path in folder.iterdir() if path.suffix in KEPT and path.is_file())
    return Paper(told, {path.name: path for path in sorted(files, key=_order)})


def _order(path: Path) -> tuple[int, int, str]:
    place = NAMES.index(path.name) if path.name in NAMES else len(NAMES)
    return KEPT.index(path.suffix), place, path.name
