"""Extensions from the lines of a file: first a plan with every conflict and its line, then, if wanted, what fits of it."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from tollbook.account.audit import Actor, Change, record, record_each
from tollbook.account.lines import Line
from tollbook.account.models import Customer, now
from tollbook.account.numbering.book import Book, ConflictError
from tollbook.account.numbering.digits import checked_number, key_of, number_of
from tollbook.account.numbering.extensions import Room, checked_name, named
from tollbook.account.numbering.models import Extension
from tollbook.account.workbook import EMPTY, Cell
from tollbook.errors import UsageError, did_you_mean
from tollbook.language import tr
from tollbook.spreadsheets import exact

LONGEST: Final = 1000
"""Characters of a cell."""
_MOST_GUESSES: Final = 100
"""Unknown customers for whom a known one is sought that is like them."""
_SHORTENED: Final = re.compile(r"[0-9]+([.,][0-9]+)?E[+-]?[0-9]+", re.IGNORECASE)


@dataclass(frozen=True)
class Conflict:
    """A line that cannot be entered, and why."""

    line: int
    number: str
    customer: str
    why: str


@dataclass
class Plan:
    """What a file would change: new extensions, names of those that are there, and the lines that do not fit."""

    file: str
    rows: int = 0
    added: list[dict[str, Any]] = field(default_factory=list)
    changed: list[dict[str, Any]] = field(default_factory=list)
    unchanged: int = 0
    conflicts: list[Conflict] = field(default_factory=list)

    def told(self, *, dry_run: bool) -> dict[str, Any]:
        """The plan in counts, with each conflict."""
        return {
            "rows": self.rows,
            "added": len(self.added),
            "changed": len(self.changed),
            "unchanged": self.unchanged,
            "conflicts": [vars(conflict) for conflict in self.conflicts],
            "dry_run": dry_run,
        }


def plan(
    session: Session,
    name: str,
    lines: Sequence[Line],
    customers: Collection[str] | None = None,
    most: int | None = None,
) -> Plan:
    """What a file of these lines would do; nothing is changed.

    A reader of some `customers` alone has no others; one without a block may have `most` extensions (`Room`).
    """
    made, check = Plan(name), _Check.of(session, customers, Room(session, most))
    for line in lines:
        made.rows += 1
        number, customer = cut(line, "number"), exact(cut(line, "customer"))
        try:
            refuse_more(line)
            check.line(made, line.number, number, customer, line.cells)
        except (UsageError, ConflictError) as error:
            made.conflicts.append(Conflict(line.number, number, customer, str(error)))
    return made


def settle(
    session: Session,
    by: Actor,
    made: Plan,
    enter: Callable[[Session, Actor, Plan], None],
    *,
    dry_run: bool,
    strict: bool,
) -> dict[str, Any]:
    """Enter what a plan has that fits, unless it is a dry run, or `strict` and a line does not fit; tells the plan.

    Where nothing was entered it is told as that of a dry run: its counts are what would have been done.
    """
    dry_run = dry_run or (strict and bool(made.conflicts))
    if not dry_run:
        enter(session, by, made)
    return made.told(dry_run=dry_run)


def carry_out(session: Session, by: Actor, made: Plan) -> None:
    """Enter what a plan has that fits. The transaction has to be that of the plan, and `alone`."""
    at = now()
    if made.added:
        kept = [{**row, "created_at": at, "changed_at": at, "created_by": by.login} for row in made.added]
        session.execute(insert(Extension.__table__), kept)  # type: ignore[arg-type]  # a table, which takes many rows
        record_each(session, by, "add", map(_added, made.added), at)
    if made.changed:
        kept = [{"key": row["key"], "name": row["name"], "changed_at": at} for row in made.changed]
        session.execute(update(Extension), kept)
        record_each(session, by, "change", map(_renamed, made.changed), at)
    note(session, by, "extensions", made, at)


def note(session: Session, by: Actor, resource: str, made: Plan, at: datetime) -> None:
    """Write into the audit which file was entered, and what became of its lines; nothing if it changes nothing."""
    if made.added or made.changed:
        counts = {name: value for name, value in made.told(dry_run=False).items() if isinstance(value, int)}
        after = {"file": made.file, **counts, "conflicts": len(made.conflicts)}
        record(session, by, "import", resource, after=after, at=at)


def _added(row: Mapping[str, Any]) -> Change:
    values = {"customer": row["customer_id"], "name": row["name"], "block": row["block_id"]}
    told = {name: value for name, value in values.items() if value not in ("", None)}
    return f"extension {row['number']}", None, told


def _renamed(row: Mapping[str, Any]) -> Change:
    before, after = (named(row["customer"], name) for name in (row["was"], row["name"]))
    return f"extension {number_of(row['key'])}", before, after


def key_in(number: str, doubt: str) -> int:
    """The key of the number in a cell; `doubt` is why a spreadsheet may have made another one of it.

    Raises:
        UsageError: it is no number, or may not be the one that was typed.
    """
    if _SHORTENED.fullmatch(number):
        raise UsageError(
            tr("'{number}' is a number that a spreadsheet has shortened: make its column text").format(
                number=number
            )
        )
    if doubt:
        raise UsageError(
            tr("'{number}' may not be what was typed ({why}): make its column text").format(
                number=number, why=doubt
            )
        )
    return key_of(checked_number(number))


@dataclass
class Owners:
    """The customers that are entered, as far as the reader has them."""

    entered: Collection[str]
    _strangers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, session: Session, customers: Collection[str] | None) -> "Owners":
        """Those of `customers`, or all."""
        entered = set(session.scalars(select(Customer.id)))
        return cls(entered if customers is None else entered & set(customers))

    def refuse_stranger(self, customer: str) -> None:
        """Nothing, if it is one of them.

        Raises:
            UsageError: it is none; with the nearest one.
        """
        if customer in self.entered:
            return
        if customer not in self._strangers:
            near = did_you_mean(customer, self.entered) if len(self._strangers) < _MOST_GUESSES else ""
            self._strangers[customer] = tr("there is no customer '{name}'").format(name=customer) + near
        raise UsageError(self._strangers[customer])


@dataclass
class _Check:
    """What a line is compared with."""

    book: Book
    known: Mapping[int, tuple[str, str]]
    owners: Owners
    lengths: Collection[int]
    room: Room
    seen: dict[int, int] = field(default_factory=dict)

    @classmethod
    def of(cls, session: Session, customers: Collection[str] | None, room: Room) -> "_Check":
        book = Book.of(session)
        rows = session.execute(select(Extension.key, Extension.customer_id, Extension.name))
        known = {key: (customer, name) for key, customer, name in rows}
        ends = (held.span.first for held in book.blocks)
        lengths = {len(text) for key in (*known, *ends) if (text := number_of(key)).startswith("0")}
        return cls(book, known, Owners.of(session, customers), sorted(lengths), room)

    def line(self, made: Plan, line: int, number: str, customer: str, told: Mapping[str, Cell]) -> None:
        """Add a line to the plan.

        Raises:
            UsageError, ConflictError: why it cannot be entered.
        """
        key = key_in(number, told.get("number", EMPTY).doubt)
        name = checked_name(exact(told.get("name", EMPTY).text.strip()))
        self.owners.refuse_stranger(customer)
        if self.seen.setdefault(key, line) != line:
            raise ConflictError(
                tr("{number} is on line {line} already").format(number=number, line=self.seen[key])
            )
        if there := self.known.get(key):
            self._there(made, key, there, customer, name)
            return
        self._refuse_lost_zeros(number, customer)
        block = self.book.place(customer, key)
        self.room.take(customer, block)
        row = {"key": key, "number": number, "customer_id": customer, "block_id": block}
        made.added.append({**row, "name": name, "sip_realm": ""})

    def _there(self, made: Plan, key: int, there: tuple[str, str], customer: str, name: str) -> None:
        owner, before = there
        if owner != customer:
            told = f" ({owner})" if owner in self.owners.entered else ""
            raise ConflictError(tr("{number} is taken already").format(number=number_of(key)) + told)
        if name in {"", before}:
            made.unchanged += 1
        else:
            made.changed.append({"key": key, "customer": owner, "name": name, "was": before})

    def _refuse_lost_zeros(self, number: str, customer: str) -> None:
        """A number that is one already with zeros before it has lost them, unless the customer's blocks have it."""
        found = self.book.at(key_of(number))
        if found and found.customer == customer:
            return
        for length in self.lengths:
            longer = key_of(number.zfill(length))
            held = self.book.at(longer)
            if length > len(number) and (longer in self.known or (held and held.customer == customer)):
                raise ConflictError(
                    tr("'{number}' has lost its leading zeros: there is {longer}").format(
                        number=number, longer=number_of(longer)
                    )
                )


def cut(line: Line, name: str) -> str:
    """The text of a cell, of one that is too long its beginning."""
    text = line.cells.get(name, EMPTY).text
    return (text if len(text) <= LONGEST else text[:40]).strip()


def refuse_more(line: Line) -> None:
    """Nothing, if a line has no more cells than the header, and none too long.

    Raises:
        UsageError: it has.
    """
    if line.too_many:
        raise UsageError(
            tr("{count} cells, the header has {columns}").format(count=line.too_many, columns=line.columns)
        )
    if any(len(cell.text) > LONGEST for cell in line.cells.values()):
        raise UsageError(tr("Too long: use at most {count} characters").format(count=LONGEST))
