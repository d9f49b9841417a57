"""Master data from a file: first a plan with every change and every conflict by its line, then all of it or nothing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final, Self

from sqlalchemy.orm import Session

from tollbook.account.audit import Actor, record
from tollbook.account.fields import Field, FieldError
from tollbook.account.lines import Line, read
from tollbook.account.register import Register, Row
from tollbook.account.workbook import MOST_BYTES, Cell
from tollbook.errors import UsageError
from tollbook.language import tr, trn
from tollbook.spreadsheets import exact

MOST_ROWS: Final = 100_000
"""Of a file."""
LONGEST: Final = 2000
"""Characters of a cell."""


@dataclass(frozen=True)
class Conflict:
    """What of a line cannot be entered, and why; `column` is empty where it is the line as a whole."""

    line: int
    name: str
    column: str
    value: str
    why: str

    @property
    def told(self) -> str:
        """Why, with the column before it where the words do not begin with it."""
        return self.why if self.why.startswith(self.column) else f"{self.column}: {self.why}"


@dataclass(frozen=True)
class Entry:
    """A line that can be entered: what of it changes, as texts before and after; all of it where `new`."""

    line: int
    name: str
    new: bool
    entered: dict[str, str]
    changes: dict[str, tuple[str, str]]


@dataclass
class Plan:
    """What a file would do."""

    file: str
    rows: int = 0
    unchanged: int = 0
    entries: list[Entry] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """How many of what."""
        added = sum(entry.new for entry in self.entries)
        return {
            "rows": self.rows,
            "added": added,
            "changed": len(self.entries) - added,
            "unchanged": self.unchanged,
        }

    def told(self) -> dict[str, Any]:
        """A dry run in counts, with each change and each conflict."""
        changes = [
            {"line": entry.line, "name": entry.name, "column": column, "before": before, "after": after}
            for entry in self.entries
            if not entry.new
            for column, (before, after) in entry.changes.items()
        ]
        conflicts = [asdict(conflict) for conflict in self.conflicts]
        return {**self.counts, "changes": changes, "conflicts": conflicts, "dry_run": True}

    def refuse_conflicts(self) -> None:
        """Keep a file that conflicts from being entered in part.

        Raises:
            UsageError: it does: the first, with its line, and how many there are.
        """
        if self.conflicts:
            first, count = self.conflicts[0], len(self.conflicts) - 1
            more = trn(" (and {count} more)", " (and {count} more)", count).format(count=count)
            words = tr("{file}: line {line}: {why}").format(file=self.file, line=first.line, why=first.told)
            raise UsageError(words + (more if count else ""))


def lines_of(
    path: Path, register: Register, most_rows: int = MOST_ROWS, most_bytes: int = MOST_BYTES
) -> list[Line]:
    """The lines of a CSV or XLSX file with the register's key and any of its fields.

    Raises:
        UsageError: the file cannot be read, its header is none, or nothing stands below it.
    """
    found = read(path, register.columns, (register.key,), most_rows, most_bytes)
    if not found:
        raise UsageError(tr("{file}: no rows below the header").format(file=path.name))
    return found


def plan(session: Session, register: Register, file: str, lines: Sequence[Line]) -> Plan:
    """What a file of these lines would do; nothing is changed. An empty cell says nothing."""
    made, check = Plan(file), _Check.of(session, register, whole=not file.lower().endswith(".xlsx"))
    for line in lines:
        made.rows += 1
        name = exact(_cell(line, register.key).text.strip())
        try:
            entry = check.entry(line, name)
        except FieldError as error:
            made.conflicts += [
                Conflict(line.number, name, column, _cell(line, column).text[:LONGEST], why)
                for column, why in error.faults.items()
            ]
        except UsageError as error:
            made.conflicts.append(Conflict(line.number, name[:LONGEST], "", "", str(error)))
        else:
            if entry is None:
                made.unchanged += 1
            else:
                made.entries.append(entry)
    return made


@dataclass
class _Check:
    """What a line is compared with: the rows that are there, and the lines before it. `whole` ones have every cell."""

    session: Session
    register: Register
    known: Mapping[str, Row]
    whole: bool
    seen: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, session: Session, register: Register, *, whole: bool) -> Self:
        known = {row[register.key]: row for row in register.listing(session)}
        return cls(session, register, known, whole)

    def entry(self, line: Line, text: str) -> Entry | None:
        """What a line would do to the row of a key; null if nothing.

        Raises:
            FieldError: what of it cannot be entered, by column.
            UsageError: it cannot be entered at all.
        """
        faults = dict(_refused(line, self.register, whole=self.whole))
        name = self.register.named(text)
        if self.seen.setdefault(name, line.number) != line.number:
            words = tr("{key} '{name}' is on line {line} already")
            raise UsageError(words.format(key=self.register.key, name=name, line=self.seen[name]))
        before = self.known.get(name)
        entered = {
            column: text for column, text in _entered(line, self.register.key).items() if column not in faults
        }
        try:
            values = self.register.check(self.session, name, before, entered)
        except FieldError as error:
            raise FieldError(faults | error.faults) from None
        if faults:
            raise FieldError(faults)
        changes = _changes(before, values)
        return (
            None
            if before is not None and not changes
            else Entry(line.number, name, before is None, entered, changes)
        )


def carry_out(session: Session, register: Register, by: Actor, made: Plan) -> list[Row]:
    """Enter a plan, in the transaction that it was made in. Returns the rows as they are then, those that stay left out.

    Raises:
        UsageError: it has conflicts.
    """
    made.refuse_conflicts()
    rows = [
        (register.add if entry.new else register.change)(session, entry.name, entry.entered, by)
        for entry in made.entries
    ]
    record(session, by, "import", register.resource, after={"file": made.file, **made.counts})
    return rows


def import_file(session: Session, register: Register, path: Path, by: Actor) -> list[Row]:
    """Enter or change one per line of a CSV or XLSX file: all or nothing. Returns the rows as they are then.

    Raises:
        UsageError: the file, the line, the value, and the nearest right answer.
    """
    lines = lines_of(path, register)
    carry_out(session, register, by, plan(session, register, path.name, lines))
    names = [line.cells[register.key].text for line in lines]
    found = (register.find(session, register.named(exact(name.strip()))) for name in names)
    return [row for row in found if row is not None]


def _changes(before: Row | None, values: Row) -> dict[str, tuple[str, str]]:
    """Of values those that differ from a row, as texts before and after."""
    told = {
        column: (Field.text(before[column]) if before else "", Field.text(value))
        for column, value in values.items()
    }
    return {column: (old, new) for column, (old, new) in told.items() if old != new}


def _cell(line: Line, column: str) -> Cell:
    return line.cells.get(column, Cell(""))


def _entered(line: Line, key: str) -> dict[str, str]:
    told = {column: exact(cell.text.strip()) for column, cell in line.cells.items() if column != key}
    return {column: text for column, text in told.items() if text}


def _refused(line: Line, register: Register, *, whole: bool) -> Iterator[tuple[str, str]]:
    """What of a line is no text that somebody typed, by column.

    Raises:
        UsageError: it has more or fewer cells than the header.
    """
    count = line.too_many or (len(line.cells) if whole and len(line.cells) < line.columns else 0)
    if count:
        words = tr("{count} cells, the header has {columns}")
        raise UsageError(words.format(count=count, columns=line.columns))
    for column, cell in line.cells.items():
        if len(cell.text) > LONGEST:
            yield column, tr("Too long: use at most {count} characters").format(count=LONGEST)
        elif cell.doubt and not _is_amount(register, column, cell):
            words = tr("'{number}' may not be what was typed ({why}): make its column text")
            yield column, words.format(number=cell.text, why=cell.doubt)


def _is_amount(register: Register, column: str, cell: Cell) -> bool:
    """Whether it is a number with decimals where one may stand; a date is none."""
    amounts = {"amount", "whole"}
    return cell.doubt.startswith("it is the number") and (
        column != register.key and register.fields[column].form in amounts
    )
