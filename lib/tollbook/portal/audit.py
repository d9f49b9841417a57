"""`/audit.csv`, `/audit.xlsx`: the entries that a page of the audit asks for, all of them."""

import asyncio
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Final

from tollbook.account import audited
from tollbook.account.audit import COLUMNS
from tollbook.account.audited import Wanted
from tollbook.account.database import Database
from tollbook.errors import UsageError, did_you_mean
from tollbook.language import tr
from tollbook.params import Audit
from tollbook.portal.access import asks
from tollbook.portal.downloads import Download
from tollbook.show.audit import wanted
from tollbook.spreadsheets import csv_lines

AT_ONCE: Final = 2
"""Files that are read at the same time; others wait."""
LINES: Final = 5_000
"""Of a piece of a file, after which anything else of the server has its turn."""
MOST_ROWS: Final = 200_000
"""Entries of a workbook; CSV has all there are."""
_OF_PAGE: Final = ("place", "entry")
_TYPES: Final = {
    "csv": "text/csv; charset=UTF-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_turns: Final = asyncio.Semaphore(AT_ONCE)


class AuditFile(Download):
    """The entries as a file: what the page whose address has the same query tells, the newest first, in UTC."""

    @asks("export", "audit")
    async def get(self, kind: str) -> None:
        """Check everything, then send piece by piece."""
        told = {name: self.get_query_argument(name) for name in self.request.query_arguments}
        asked = wanted(checked(told))
        async with _turns:
            pieces = csv_pieces(self.database, asked) if kind == "csv" else await self._workbook(asked)
            await self.note_export(f"audit: audit.{kind}")
            self.set_header("Content-Type", _TYPES[kind])
            self.set_header("Content-Disposition", f'attachment; filename="audit.{kind}"')
            self.set_header("Cache-Control", "no-store")
            await self.send(pieces)

    async def _workbook(self, asked: Wanted) -> Iterator[bytes]:
        return iter([await asyncio.to_thread(workbook, self.database, asked)])


def checked(told: Mapping[str, str]) -> Audit:
    """The parameters; a name that is misspelt is refused: without its condition the file would hold too much.

    Raises:
        UsageError: a name that means nothing here, or a value of the wrong kind.
    """
    known = [name for name in Audit.names() if name not in _OF_PAGE]
    for name in told:
        if name not in known:
            raise UsageError(f"/audit: unknown '{name}'{did_you_mean(name, known)}")
    return Audit.of_texts(told, "/audit")


def csv_pieces(db: Database, asked: Wanted) -> Iterator[bytes]:
    """The entries as CSV, head first, a piece at a time, each read in a transaction of its own: none is ever changed."""
    yield csv_lines([COLUMNS]).encode()
    after, more = None, True
    while more:
        with db.reading() as session:
            found = audited.page(session, asked, rows=LINES, after=after)
            rows = [audited.cells(event) for event in found.entries]
        yield csv_lines(rows).encode()
        more = found.more
        after = found.entries[-1].id if more else None


def workbook(db: Database, asked: Wanted) -> bytes:
    """The entries as a workbook of one sheet, all its cells text.

    Raises:
        UsageError: they are more than MOST_ROWS.
    """
    with db.reading() as session:
        if audited.count(session, asked) > MOST_ROWS:
            words = tr("These are more than {most} entries: narrow them, or take CSV.")
            raise UsageError(words.format(most=MOST_ROWS))
        return _sheet(map(audited.cells, audited.entries(session, asked, newest=True)))


def _sheet(rows: Iterable[Iterable[object]]) -> bytes:
    from xlsxwriter import Workbook  # noqa: PLC0415 - heavy, and only here

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "audit.xlsx"
        # Row by row, so that a workbook of many takes no more memory than one of few.
        with Workbook(path, {"constant_memory": True, "tmpdir": folder}) as book:
            sheet = book.add_worksheet("Audit")
            sheet.set_column(0, len(COLUMNS) - 1, 20)
            sheet.freeze_panes(1, 0)
            for line, values in enumerate(chain([COLUMNS], rows)):
                for place, value in enumerate(values):
                    if value is not None:
                        sheet.write_string(line, place, str(value))
        return path.read_bytes()


ROUTES: Final = ((r"/audit\.(csv|xlsx)", AuditFile),)
