"""Where an invoice's files lie, and its record as it was filed there."""

import os
from pathlib import Path
from typing import Final

from tollbook.billing.record import Record
from tollbook.errors import TollbookError
from tollbook.workspace import Workspace

RECORD: Final = "record.json"
RENDERING: Final = "TOLLBOOK_RECORD"
"""Environment variable: the record that is being rendered just now and is not filed yet."""


def report_folder(workspace: Workspace, customer: str, period: str) -> Path:
    """The folder of one customer's period."""
    return workspace.reports / customer / period


def folder_of(workspace: Workspace, record: Record) -> Path:
    """The folder of an invoice, a draft or a note; that of a note has its number in its name."""
    folder = report_folder(workspace, record.customer.id, record.period.name)
    return folder if record.kind == "invoice" else aside(folder, record.number or "")


def aside(folder: Path, number: str) -> Path:
    """Beside a period's folder that of one number: of a note, or of an invoice that has been replaced."""
    return folder.with_name(f"{folder.name}_{number}")


def filed_record(workspace: Workspace, customer: str = "", period: str = "") -> Record:
    """The record of a customer's period as filed; without either the one that was filed last.

    Raises:
        TollbookError: nothing is filed there.
    """
    rendering = os.environ.get(RENDERING)
    path = Path(rendering) if rendering else _latest(workspace, customer, period)
    return Record.model_validate_json(path.read_text(encoding="utf-8"))


def _latest(workspace: Workspace, customer: str, period: str) -> Path:
    filed = [
        path
        for path in workspace.reports.glob(f"*/*/{RECORD}")
        if customer in {"", path.parts[-3]} and period in {"", path.parts[-2]}
    ]
    if not filed:
        wanted = " ".join(part for part in ("no invoice", customer, period) if part)
        raise TollbookError(f"{wanted} is filed in {workspace.reports}: `tollbook invoice run` makes one")
    return max(filed, key=lambda path: (path.stat().st_mtime_ns, path))
