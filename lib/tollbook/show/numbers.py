"""The page of number blocks: a map of the account's numbers, what can be taken, extensions, and files of them.

What the page asks for is checked here against what its reader may do, in the transaction that does it.
"""

from collections.abc import Callable, Collection
from typing import Any, Final

import polars as pl
from sqlalchemy import select
from sqlalchemy.orm import Session

from tollbook.account.database import Database
from tollbook.account.models import Customer, now
from tollbook.account.numbering import blocks, extensions
from tollbook.account.numbering.book import Book, ConflictError, alone
from tollbook.errors import UsageError
from tollbook.language import tr, trn, use
from tollbook.params import NumberBlocks, Site
from tollbook.params import read as params_of
from tollbook.show import number_words, reader
from tollbook.show.choices import Choices
from tollbook.show.controls import Controls, Many, bar
from tollbook.show.grid import Grid, GridAction
from tollbook.show.home import workspace
from tollbook.show.number_files import BLOCKS, EXTENSIONS, Files, NumberPart
from tollbook.show.number_history import HISTORY, history_columns, history_frame
from tollbook.show.number_rows import extension_frame, free_numbers, segments
from tollbook.show.part import Part
from tollbook.show.widget import Message, text_of
from tollbook.values import separated
from tollbook.workspace import Workspace

REMOVE: Final = "remove"
"""Name of the action that takes the ticked extensions away."""


class Numbers:
    """The parts of the page; each follows the reader's choices and whatever anybody changes."""

    def __init__(self, place: Workspace, choices: Choices[NumberBlocks]) -> None:
        self._db = Database.of(place)
        self._scope = reader.scope()
        self._choices = choices
        self._seen = self._db.committed()
        self._for = ""
        words = number_words.words()
        self._map = NumberPart(part="map", label=tr("Number blocks"), words=words)
        self._taking = NumberPart(part="take", label=tr("Take an extension"), words=words)
        self._files = Files(
            EXTENSIONS, self._db, self._do, label=tr("Extensions from a file"), most=self._most
        )
        self._block_files = Files(
            BLOCKS, self._db, self._do, label=tr("Blocks from a file"), most=lambda: None
        )
        self._bar = bar(choices, self._controls())
        may = reader.may_change("extensions")
        self._grid = Grid.of(
            extension_frame([], may=may),
            number_words.columns(all_customers=self._scope.customer is None),
            label=tr("Extensions"),
            key="extensions",
            row_key=("number",),
            checkable="removable" if may else None,
            actions=[GridAction(REMOVE, tr("Free"), tr("takes the ticked extensions away"))] if may else [],
            file_name="extensions",
        )
        self._history = Grid.of(
            pl.DataFrame(schema=HISTORY),
            history_columns(),
            label=tr("History"),
            key="number-history",
            row_key=("entry",),
            file_name="number-history",
        )
        self._grid.on_export(lambda what: reader.note_export(self._db, "extensions", what))
        self._history.on_export(lambda what: reader.note_export(self._db, "extensions", what))
        self._grid.on_action(self._remove)
        for part, kind, action in (
            (self._map, "allocate", self._allocate),
            (self._map, "release", self._release),
            (self._map, "set up", self._set_up),
            (self._taking, "free", self._free),
            (self._taking, "take", self._take),
            (self._taking, "rename", self._rename),
        ):
            part.answer(kind, action)
        choices.watch(lambda _new, _changed: self._show())
        choices.each_tick(self._tick)
        self._show()

    def controls(self) -> Controls:
        """Whose numbers are shown."""
        return self._bar

    def map(self) -> Part:
        """Who has what and how full it is, where a block can be given or taken back, and where the account's range is set."""
        return self._map

    def taking(self) -> Part:
        """The numbers that a customer can take, and where one that it has gets another name."""
        return self._taking

    def extensions(self) -> Grid:
        """The extensions, those outside of their customer's blocks marked."""
        return self._grid

    def intake(self) -> Part:
        """Where a file is chosen, what it would do, and where that is done."""
        return self._files.part

    def conflicts(self) -> Grid:
        """Each line of the file that cannot be entered, and why."""
        return self._files.conflicts

    def block_intake(self) -> Part:
        """The same for a file of blocks."""
        return self._block_files.part

    def block_conflicts(self) -> Grid:
        """Each line of the file of blocks that cannot be entered, and why."""
        return self._block_files.conflicts

    def history(self) -> Grid:
        """Who did what with numbers, the newest first."""
        return self._history

    def _controls(self) -> list[Many]:
        if self._scope.customer is not None:
            return []
        with self._db.reading() as session:
            return [Many("customer", tr("Customer"), options=self._customers(session))]

    def _customers(self, session: Session) -> list[str]:
        """Whose numbers the reader has."""
        wanted = select(Customer.id).order_by(Customer.id)
        if self._scope.customers is not None:
            wanted = wanted.where(Customer.id.in_(self._scope.customers))
        return list(session.scalars(wanted))

    def _show(self) -> None:
        """Read, and only then show: what cannot be read leaves the page as it was."""
        self._seen = self._db.committed()
        self._bar.tell(as_of=now())
        chosen = separated(self._choices.value.customer)
        with self._db.reading() as session:
            customers = self._customers(session)
            whose = [name for name in customers if name in chosen] if chosen else self._scope.customers
            rows, known = blocks.listing(session, whose), blocks.settings(session)
            whole = self._scope.customers is None and not chosen
            following = blocks.next_fit(session, Book.of(session)) if self._scope.customers is None else None
            listed = extensions.listing(session, whose)
            free = self._free_told(session, customers)
            done = history_frame(session, self._scope)
        may = {"blocks": reader.may_change("blocks"), "extensions": reader.may_change("extensions")}
        told = {
            "segments": segments(rows, known["start"] if whole else None, whole=whole),
            "customers": customers,
            "may": may["blocks"],
            "next": str(following) if following else "",
            **{name: str(known[name] or "") if may["blocks"] else "" for name in ("start", "size")},
        }
        with self._map.hold_sync():
            self._map.told = told
        self._taking.told = {"customers": customers, "may": may["extensions"], **free}
        self._grid.show(extension_frame(listed, may=may["extensions"]))
        self._history.show(done)

    def _tick(self) -> None:
        if self._db.committed() != self._seen:
            self._show()

    def _free_told(self, session: Session, customers: Collection[str]) -> dict[str, Any]:
        if self._for not in customers:
            own = [held.customer for held in Book.of(session).blocks if held.customer in customers]
            self._for = next(iter([*own, *customers]), "")
        return {"customer": self._for, **free_numbers(session, self._for)}

    def _most(self) -> int | None:
        """Extensions that a customer without a block may have, if it is the customer itself that takes them."""
        return params_of("site", Site).extensions_each if self._scope.customer is not None else None

    def _whose(self, session: Session, message: Message) -> str:
        """The customer that a message names, if the reader has it.

        Raises:
            UsageError: it names none, or another's.
        """
        name = text_of(message, "customer")
        if name not in self._customers(session):
            raise UsageError(tr("there is no customer '{name}'").format(name=name))
        return name

    def _do(self, part: Part, resource: str, work: Callable[[Session, Any], str]) -> None:
        """Change something in the reader's name, say so, and show what there is then.

        Raises:
            UsageError: the reader may not, or it does not fit.
        """
        by = reader.changing(self._db, resource)
        part.said = ""
        try:
            with self._db.session() as session:
                alone(session)
                said = work(session, by)
        except ConflictError as error:
            raise UsageError(str(error)) from None
        self._show()
        part.said = said

    def _allocate(self, message: Message, _buffers: object) -> None:
        def work(session: Session, by: Any) -> str:  # noqa: ANN401 - an actor
            start, end = text_of(message, "start"), text_of(message, "end")
            row = blocks.allocate(session, by, self._whose(session, message), start, end)
            return tr("{start}-{end} is now a block of {customer}.").format(**row)

        self._do(self._map, "blocks", work)

    def _release(self, message: Message, _buffers: object) -> None:
        def work(session: Session, by: Any) -> str:  # noqa: ANN401 - an actor
            number = message.get("id")
            if type(number) is not int:
                raise UsageError(tr("There is no such row."))
            row = blocks.show(session, number)
            if self._scope.customers is not None and row["customer"] not in self._scope.customers:
                raise UsageError(tr("There is no such row."))
            blocks.release(session, by, number)
            return tr("{start}-{end} is no longer a block of {customer}.").format(**row)

        self._do(self._map, "blocks", work)

    def _set_up(self, message: Message, _buffers: object) -> None:
        def work(session: Session, by: Any) -> str:  # noqa: ANN401 - an actor
            start, size = text_of(message, "start"), text_of(message, "size")
            if size and not (size.isascii() and size.isdecimal()):
                raise UsageError(tr("'{text}' is no number: write digits alone").format(text=size))
            row = blocks.set_up(session, by, start=start, size=int(size) if size else None)
            if row["start"] is None:
                raise UsageError(tr("start and size belong together: name both"))
            return tr("Blocks begin at {start}, and the next has {size} numbers.").format(**row)

        self._do(self._map, "blocks", work)

    def _free(self, message: Message, _buffers: object) -> None:
        with self._db.reading() as session:
            self._for = self._whose(session, message)
            told = self._free_told(session, [self._for])
        self._taking.told = {**self._taking.told, **told}

    def _take(self, message: Message, _buffers: object) -> None:
        def work(session: Session, by: Any) -> str:  # noqa: ANN401 - an actor
            number, name = text_of(message, "number"), text_of(message, "name")
            customer = self._whose(session, message)
            row = extensions.add(session, by, customer, number, name, most=self._most())
            return tr("{number} is now an extension of {customer}.").format(**row)

        self._do(self._taking, "extensions", work)

    def _rename(self, message: Message, _buffers: object) -> None:
        def work(session: Session, by: Any) -> str:  # noqa: ANN401 - an actor
            number, name = text_of(message, "number"), text_of(message, "name")
            self._refuse_other(session, number)
            row = extensions.rename(session, by, number, name)
            words = tr("{number} is now called {name}.") if row["name"] else tr("{number} now has no name.")
            return words.format(**row)

        self._do(self._taking, "extensions", work)

    def _refuse_other(self, session: Session, number: str) -> None:
        """Nothing, if the reader has this extension.

        Raises:
            UsageError: there is none, or it is another's: in the same words.
        """
        owner = extensions.found(session, number).customer_id
        if self._scope.customers is not None and owner not in self._scope.customers:
            raise UsageError(tr("there is no extension {number}").format(number=number))

    def _remove(self, action: str, rows: list[dict[str, Any]]) -> None:
        def work(session: Session, by: Any) -> str:  # noqa: ANN401 - an actor
            for row in rows:
                self._refuse_other(session, row["number"])
                extensions.remove(session, by, row["number"])
            return trn(
                "{count} extension is free again.", "{count} extensions are free again.", len(rows)
            ).format(count=len(rows))

        if action == REMOVE:
            self._do(self._taking, "extensions", work)


def read(**given: Any) -> Numbers:  # noqa: ANN401 - checked by the page's parameters
    """The number blocks of a notebook's workspace; what is given are the page's parameters by name.

    Raises:
        TollbookError: no workspace, a parameter that means nothing, or a reader who may not see them.
    """
    lacks = reader.lacking(reader.may_see("blocks"))
    chosen = NumberBlocks.of(given, "this notebook", lacks)
    use(chosen.language)
    return Numbers(workspace(), Choices(chosen, lacks))
