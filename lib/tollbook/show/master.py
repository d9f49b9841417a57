"""The page of master data: customers, carriers and contacts, a form for one of them, and files of them.

What the page asks for is checked here against what its reader may do, in the transaction that does it.
"""

import tempfile
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any, ClassVar, Final

from babel.numbers import list_currencies
from sqlalchemy import select
from sqlalchemy.orm import Session

from tollbook.account import intake, outgo, parties
from tollbook.account.audit import Actor
from tollbook.account.database import Database
from tollbook.account.fields import FieldError
from tollbook.account.lines import Line
from tollbook.account.models import Carrier, Customer, now
from tollbook.account.people import persons
from tollbook.account.register import Register
from tollbook.checklist import seen
from tollbook.errors import UsageError
from tollbook.language import tr, trn, use
from tollbook.params import MasterData
from tollbook.show import master_form, reader
from tollbook.show.choices import Choices
from tollbook.show.controls import Controls, Tabs, bar, zones
from tollbook.show.grid import Grid, RowAction
from tollbook.show.grid_export import FORMATS
from tollbook.show.home import workspace
from tollbook.show.master_rows import columns, decks_since, frame, plan_columns, plan_frame
from tollbook.show.master_words import TITLES, adding, words
from tollbook.show.number_files import LARGEST_FILE, MOST_UNPACKED
from tollbook.show.part import Part
from tollbook.show.widget import Message
from tollbook.workspace import Workspace

MOST_ROWS: Final = 20_000
"""Of a file that the page takes."""
LONGEST: Final = intake.LONGEST
OPEN: Final = "open"
"""Name of the entry of a row's menu that opens it."""
REGISTERS: Final[dict[str, Register]] = {
    "customer": parties.register(Customer),
    "carrier": parties.register(Carrier),
    "contact": persons.register("contact"),
}


class MasterPart(Part):
    """One part of the page: the form, or where a file is chosen."""

    module_file: ClassVar[str] = "master.js"


class Master:
    """The parts of the page; each follows the reader's choices and whatever anybody changes."""

    def __init__(self, place: Workspace, choices: Choices[MasterData]) -> None:
        self._place, self._db, self._choices = place, Database.of(place), choices
        self._seen = self._db.committed()
        self._form: master_form.Opened | None = None
        self._typed: master_form.Texts = {}
        self._serial = self._asked = 0
        self._file: tuple[str, list[Line]] | None = None
        self._plan: intake.Plan | None = None
        said = words()
        self._entry = MasterPart(part="form", label=tr("Add and change"), words=said)
        self._intake = MasterPart(part="intake", label=tr("From a file"), words=said)
        self._bar = bar(choices, [Tabs("kind", tr("Kind"), options=self._tabs())])
        self._grid = Grid.of(
            self._frame(),
            columns(self._register),
            label=tr("Master Data"),
            key="master_data",
            row_key=("key",),
            row_actions=[RowAction(OPEN, tr("Open"))],
            file_name=f"{self._register.word}s",
        )
        self._dry = Grid.of(
            plan_frame(self._register, None),
            plan_columns(self._register),
            label=tr("Dry run"),
            key="dry_run",
            row_key=("line", "field"),
            file_name="dry_run",
        )
        for grid in (self._grid, self._dry):
            grid.on_export(lambda what: reader.note_export(self._db, self._register.resource, what))
        self._grid.on_action(lambda _name, rows: self._go(rows[0]["key"]))
        for part, kind, action in (
            (self._entry, "new", self._new),
            (self._entry, "close", self._close),
            (self._entry, "check", self._check),
            (self._entry, "save", self._save),
            (self._entry, "disable", self._disable),
            (self._entry, "enable", self._enable),
            (self._intake, "plan", self._read),
            (self._intake, "enter", self._enter),
            (self._intake, "export", self._export),
        ):
            part.answer(kind, action)
        choices.watch(self._chosen)
        choices.each_tick(self._tick)
        self._bar.tell(as_of=now())
        self._tell_plan()
        self._chosen(choices.value, frozenset({"entry"}))

    def controls(self) -> Controls:
        """Customers, carriers or contacts."""
        return self._bar

    def form(self) -> MasterPart:
        """Where one is entered or changed, and what would change."""
        return self._entry

    def grid(self) -> Grid:
        """All of them, those included that only records name."""
        return self._grid

    def files(self) -> MasterPart:
        """Where a file is chosen, what it would do, and where that is done."""
        return self._intake

    def dry_run(self) -> Grid:
        """Each change and each conflict of the file, by its line."""
        return self._dry

    @property
    def _register(self) -> Register:
        return REGISTERS[self._choices.value.kind]

    @property
    def _may(self) -> bool:
        return reader.may_change(self._register.resource)

    @staticmethod
    def _tabs() -> list[tuple[str, str]]:
        scope = reader.scope()
        return [
            (name, tr(title)) for name, title in TITLES.items() if scope.may("see", REGISTERS[name].resource)
        ]

    def _frame(self) -> Any:  # noqa: ANN401 - a frame of Polars
        register = self._register
        with self._db.reading() as session:
            rows, decks = register.listing(session), decks_since(session, register.word)
        known = {row[register.key] for row in rows}
        return frame(register, rows, self._in_records() - known, decks)

    def _in_records(self) -> frozenset[str]:
        """Ids that calls name."""
        if self._register.word == "contact":
            return frozenset()
        found = seen(self._place)
        return found.customers if self._register.word == "customer" else found.carriers

    def _chosen(self, new: MasterData, changed: Collection[str]) -> None:
        reader.may_see(REGISTERS[new.kind].resource)
        if "kind" in changed:
            self._grid.replace(self._frame(), columns=columns(self._register))
            self._grid.file_name = f"{self._register.word}s"
            self._forget_file()
            self._bar.tell(as_of=now())
        if new.entry and "entry" not in changed:  # of the kind before
            self._go("")
        elif new.entry:
            self._open(new.entry)
        else:
            self._form = None
            self._tell_form()

    def _tick(self) -> None:
        if self._db.committed() != self._seen:
            self._show()

    def _show(self) -> None:
        self._seen = self._db.committed()
        self._grid.show(self._frame())
        self._bar.tell(as_of=now())

    def _go(self, key: str) -> None:
        """Open a row; the address says so too."""
        widget = self._choices.widget
        if key and widget.values["entry"] == key:
            self._open(key)
        widget.values = {**widget.values, "entry": key}

    def _open(self, key: str) -> None:
        with self._db.reading() as session:
            self._form = master_form.opened(session, self._register, key)
        self._typed, self._entry.said = dict(self._form.texts), ""
        self._serial += 1
        self._tell_form()

    def _new(self, _message: Message, _buffers: object) -> None:
        if self._choices.widget.values["entry"]:
            self._go("")
        self._open("")

    def _close(self, _message: Message, _buffers: object) -> None:
        self._entry.said, self._form = "", None
        self._go("")
        self._tell_form()

    def _tell_form(self, **more: Any) -> None:  # noqa: ANN401 - of the page
        form, register = self._form, self._register
        self._asked += 1  # so that the page hears of it, even if it is the same as before
        told = {
            "serial": self._serial,
            "asked": self._asked,
            "may": self._may,
            "add": adding(register.word),
        }
        if form is not None:
            told |= {
                **master_form.told(form, self._lists()),
                "open": "change" if form.row else "add",
                "name": form.key,
                "title": form.key if form.row else adding(register.word),
                "door": master_form.door(form),
                "values": self._typed,
                "faults": {},
                "notes": {},
                "changes": [],
                "lists": self._lists(),
                **more,
            }
        self._entry.told = told

    def _lists(self) -> dict[str, list[str]]:
        """What an input of a kind, or of a name, suggests."""
        made = {"zone": ["UTC", *zones()], "currency": sorted(list_currencies())}
        if self._register.word == "contact":
            with self._db.reading() as session:
                made["customer"] = list(session.scalars(select(Customer.id).order_by(Customer.id)))
        return made

    def _typed_in(self, message: Message) -> tuple[master_form.Opened, str]:
        """The form that is open, and the key, of what the page sends; the texts are kept.

        Raises:
            UsageError: nothing is open, it is another one, or these are no texts of its fields.
        """
        texts, key, form = message.get("values"), message.get("key", ""), self._form
        if form is None or message.get("serial") != self._serial or not isinstance(texts, dict):
            raise UsageError(tr("There is no such row."))
        told = (key, *texts, *texts.values())
        if not all(isinstance(text, str) and len(text) <= LONGEST for text in told):
            raise UsageError(tr("Too long: use at most {count} characters").format(count=LONGEST))
        self._typed = {name: texts[name] for name in form.register.fields if name in texts}
        return form, key

    def _check(self, message: Message, _buffers: object) -> None:
        reader.changing(self._db, self._register.resource)
        self._entry.said = ""
        form, key = self._typed_in(message)
        with self._db.reading() as session:
            found = master_form.check(session, form, key, self._typed)
        if not (found.faults or found.changes):
            raise UsageError(tr("Nothing is changed yet."))
        self._tell_form(faults=dict(found.faults), changes=[vars(change) for change in found.changes])

    def _save(self, message: Message, _buffers: object) -> None:
        by = reader.changing(self._db, self._register.resource)
        form, key = self._typed_in(message)
        try:
            with self._db.session() as session:
                row = master_form.save(session, by, form, key, self._typed)
        except master_form.StaleError as error:
            self._form, self._typed = error.now, error.typed
            self._serial += 1
            self._tell_form(notes=error.notes)
            raise
        except FieldError as error:
            self._tell_form(faults=error.faults)
            raise UsageError(tr("Nothing was saved.")) from None
        self._show()
        self._go(row[form.register.key])
        self._entry.said = tr("Saved.")

    def _disable(self, message: Message, _buffers: object) -> None:
        self._let(message, persons.disable)
        self._entry.said = tr("Nobody can sign in so any more, and whoever was signed in no longer is.")

    def _enable(self, message: Message, _buffers: object) -> None:
        self._let(message, persons.enable)
        self._entry.said = tr("Whoever has the password can sign in again.")

    def _let(self, message: Message, work: Callable[[Session, str, Actor], Any]) -> None:
        """Let the contact that is open in or no longer; what was typed into its form is forgotten."""
        by, form = reader.changing(self._db, self._register.resource), self._form
        if form is None or not master_form.door(form) or message.get("serial") != self._serial:
            raise UsageError(tr("There is no such row."))
        with self._db.session() as session:
            work(session, form.key, by)
        self._show()
        self._open(form.key)

    def _read(self, message: Message, buffers: list[memoryview]) -> None:
        reader.changing(self._db, self._register.resource)
        name = message.get("name")
        if (
            len(buffers) != 1
            or not isinstance(name, str)
            or Path(name).suffix.lower() not in {".csv", ".xlsx"}
        ):
            raise UsageError(tr("Choose a CSV or an XLSX file."))
        if buffers[0].nbytes > LARGEST_FILE:
            raise UsageError(tr("The file is larger than {most} KB.").format(most=LARGEST_FILE // 1024))
        self._forget_file()
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / Path(name).name
            path.write_bytes(buffers[0])
            self._file = path.name, intake.lines_of(path, self._register, MOST_ROWS, MOST_UNPACKED)
        with self._db.reading() as session:
            self._plan = intake.plan(session, self._register, *self._file)
        self._tell_plan()

    def _enter(self, _message: Message, _buffers: object) -> None:
        by, shown = reader.changing(self._db, self._register.resource), self._plan
        if self._file is None or shown is None:
            raise UsageError(tr("Choose a CSV or an XLSX file."))
        with self._db.session() as session:
            plan = intake.plan(session, self._register, *self._file)
            if plan == shown:
                intake.carry_out(session, self._register, by, plan)
        if plan != shown:
            self._plan = plan
            self._tell_plan()
            raise UsageError(tr("The rows have changed meanwhile: look at the dry run again."))
        self._forget_file()
        self._show()
        count = len(plan.entries)
        done = trn("{count} row was entered or changed.", "{count} rows were entered or changed.", count)
        self._intake.said = done.format(count=count)
        if self._form is not None and self._form.row is not None:
            self._open(self._form.key)

    def _export(self, message: Message, _buffers: object) -> None:
        kind, register = str(message.get("format")), self._register
        if kind not in outgo.FORMATS:
            raise UsageError(tr("An export is CSV or XLSX."))
        with self._db.reading() as session:
            rows = register.listing(session)
        reader.note_export(
            self._db, register.resource, {"format": kind, "file": f"{register.word}s", "rows": len(rows)}
        )
        told = {"kind": "file", "name": f"{register.word}s.{kind}", "type": FORMATS[kind]}
        self._intake.send(told, [outgo.file_of(register, rows, kind)])

    def _forget_file(self) -> None:
        self._file = self._plan = None
        self._intake.said = ""
        self._tell_plan()

    def _tell_plan(self) -> None:
        plan, register = self._plan, self._register
        counts = {} if plan is None else {**plan.counts, "conflicts": len(plan.conflicts), "file": plan.file}
        export = reader.scope().may("export", register.resource)
        self._intake.told = {
            **counts,
            "may": self._may,
            "whole": True,
            "export": export,
            "largest": LARGEST_FILE,
            "columns": ", ".join(register.columns),
        }
        self._dry.replace(plan_frame(register, plan), columns=plan_columns(register))


def read(**given: Any) -> Master:  # noqa: ANN401 - checked by the page's parameters
    """The master data of a notebook's workspace; what is given are the page's parameters by name.

    Raises:
        TollbookError: no workspace, a parameter that means nothing, or a reader who may not see them.
    """
    lacks = reader.lacking(reader.may_see("master_data"))
    chosen = MasterData.of(given, "this notebook", lacks)
    use(chosen.language)
    return Master(workspace(), Choices(chosen, lacks))
