"""Files on the page of number blocks: what one would do, its conflicts, entering what fits, and files of what there is."""

import tempfile
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Final

from sqlalchemy.orm import Session

from tollbook.account.audit import Actor
from tollbook.account.database import Database
from tollbook.account.lines import Line
from tollbook.account.numbering import block_intake, intake, lines, outgo
from tollbook.account.numbering.intake import Plan
from tollbook.errors import UsageError
from tollbook.language import tr, trn
from tollbook.show import number_words, reader
from tollbook.show.grid import Grid
from tollbook.show.grid_export import FORMATS
from tollbook.show.number_rows import conflict_frame
from tollbook.show.part import Part
from tollbook.show.widget import Message, text_of

LARGEST_FILE: Final = 900 * 1024
"""Bytes of a file that the page takes: the portal ends a connection on which more than 1 MiB comes at once."""
MOST_ROWS: Final = 20_000
"""Of such a file."""
MOST_UNPACKED: Final = 16 * 1024 * 1024
"""Bytes of a part of a workbook."""

Work = Callable[[Session, Any], str]


class NumberPart(Part):
    """A part of the page of number blocks."""

    module_file: ClassVar[str] = "numbers.js"


@dataclass(frozen=True)
class Kind:
    """What files are of: the resource that is asked about, how they are read, planned, entered and written."""

    resource: str
    read: Callable[[Path, int, int], list[Line]]
    plan: Callable[[Session, str, Sequence[Line], Collection[str] | None, int | None], Plan]
    enter: Callable[[Session, Actor, Plan], None]
    write: Mapping[str, Callable[[Session, Collection[str] | None], bytes]]
    columns: tuple[str, ...]


EXTENSIONS: Final = Kind(
    "extensions",
    lines.read,
    intake.plan,
    intake.carry_out,
    {"csv": outgo.csv_file, "xlsx": outgo.xlsx_file},
    lines.COLUMNS,
)
BLOCKS: Final = Kind(
    "blocks",
    lines.read_blocks,
    lambda session, name, told, customers, _most: block_intake.plan(session, name, told, customers),
    block_intake.carry_out,
    {"csv": outgo.blocks_csv, "xlsx": outgo.blocks_xlsx},
    lines.BLOCK_COLUMNS,
)


class Files:
    """A part where a file is chosen, planned and entered, and the grid of its conflicts. `do` changes something."""

    def __init__(
        self,
        kind: Kind,
        db: Database,
        do: Callable[[Part, str, Work], None],
        *,
        label: str,
        most: Callable[[], int | None],
    ) -> None:
        self._kind, self._db, self._do, self._most = kind, db, do, most
        self._customers = reader.scope().customers
        self._file: tuple[str, list[Line]] | None = None
        self.part = NumberPart(part="intake", label=label, words=number_words.file_words(kind.resource))
        self.conflicts = Grid.of(
            conflict_frame([]),
            number_words.conflict_columns(),
            label=tr("Conflicts"),
            key=f"{kind.resource}-conflicts",
            row_key=("line",),
        )
        self.part.answer("plan", self._plan)
        self.part.answer("enter", self._enter)
        self.part.answer("write", self._write)
        self.part.told = self._usual()

    def _usual(self) -> dict[str, Any]:
        return {"may": reader.may_change(self._kind.resource), "largest": LARGEST_FILE}

    def _plan(self, message: Message, buffers: list[memoryview]) -> None:
        reader.changing(self._db, self._kind.resource)
        name = text_of(message, "name")
        if len(buffers) != 1 or Path(name).suffix.lower() not in {".csv", ".xlsx"}:
            raise UsageError(tr("Choose a CSV or an XLSX file."))
        if buffers[0].nbytes > LARGEST_FILE:
            raise UsageError(tr("The file is larger than {most} KB.").format(most=LARGEST_FILE // 1024))
        self._file, self.part.said = None, ""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / Path(name).name
            path.write_bytes(buffers[0])
            file = path.name, self._kind.read(path, MOST_ROWS, MOST_UNPACKED)
        with self._db.reading() as session:
            plan = self._planned(session, file)
        self._file = file
        self._tell(plan)

    def _planned(self, session: Session, file: tuple[str, list[Line]]) -> Plan:
        return self._kind.plan(session, *file, self._customers, self._most())

    def _tell(self, plan: Plan) -> None:
        counts = plan.told(dry_run=True)
        self.part.told = {
            **{name: counts[name] for name in ("rows", "added", "changed", "unchanged")},
            "conflicts": len(plan.conflicts),
            "file": plan.file,
            **self._usual(),
        }
        self.conflicts.show(conflict_frame(plan.conflicts))

    def _enter(self, _message: Message, _buffers: object) -> None:
        if self._file is None:
            raise UsageError(tr("Choose a CSV or an XLSX file."))
        file, done = self._file, []

        def work(session: Session, by: Any) -> str:  # noqa: ANN401 - an actor
            plan = self._planned(session, file)
            self._kind.enter(session, by, plan)
            done.append(plan)
            return entered(self._kind.resource, len(plan.added))

        self._do(self.part, self._kind.resource, work)
        self._file = None
        self.part.told = self._usual()
        self.conflicts.show(conflict_frame(done[0].conflicts))

    def _write(self, message: Message, _buffers: object) -> None:
        """Send a file of what the reader has, which can be read in again."""
        kind = text_of(message, "format")
        if kind not in FORMATS:
            raise UsageError(tr("An export is CSV or XLSX."))
        what = {"format": kind, "columns": list(self._kind.columns)}
        reader.note_export(self._db, self._kind.resource, what)
        with self._db.reading() as session:
            made = self._kind.write[kind](session, self._customers)
        name = f"{self._kind.resource}.{kind}"
        self.part.send({"kind": "file", "name": name, "type": FORMATS[kind]}, [made])


def entered(resource: str, count: int) -> str:
    """How many were entered."""
    if resource == BLOCKS.resource:
        words = trn("{count} block was entered.", "{count} blocks were entered.", count)
    else:
        words = trn("{count} extension was entered.", "{count} extensions were entered.", count)
    return words.format(count=count)
