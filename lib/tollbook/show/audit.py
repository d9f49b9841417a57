"""The page of the audit: a page of entries at a time, what narrows them, and one of them opened."""

from datetime import UTC, datetime
from typing import Any, ClassVar, Final
from urllib.parse import urlencode

import traitlets
from sqlalchemy.orm import Session

from tollbook.account import audited
from tollbook.account.audited import KINDS, Wanted
from tollbook.account.database import Database
from tollbook.account.people.models import AuditEvent
from tollbook.language import tr, trn, use
from tollbook.params import Audit
from tollbook.periods import parse_instant, parse_zone
from tollbook.show import audit_words, reader
from tollbook.show.choices import Choices
from tollbook.show.controls import Controls, Many, Range, Text, Zone, bar
from tollbook.show.grid import Grid
from tollbook.show.home import workspace
from tollbook.show.widget import View
from tollbook.show.words import number
from tollbook.values import parse_back, separated
from tollbook.workspace import Workspace

ROWS: Final = 200
"""Entries of a page."""
OLDEST: Final = "before:0"
"""The place of the page that ends with the oldest entry."""
_OF_QUERY: Final = frozenset(Audit.names()) - {"place", "entry", "zone"}


class Turns(View):
    """The way to other pages, files of all entries, and the one that is opened.

    `newer` and `older` are where the neighbouring pages start, empty where there is none; `count` is how many entries
    there are in all, empty until that is asked for.
    """

    module_file: ClassVar[str] = "audit.js"
    label = traitlets.Unicode().tag(sync=True)
    newer = traitlets.Unicode().tag(sync=True)
    older = traitlets.Unicode().tag(sync=True)
    count = traitlets.Unicode().tag(sync=True)
    query = traitlets.Unicode().tag(sync=True)
    names_of_query = traitlets.List(traitlets.Unicode()).tag(sync=True)
    opened = traitlets.Dict().tag(sync=True)


class Page:
    """The parts of the page; each follows the reader's choices, and the newest page what is added."""

    def __init__(self, home: Workspace, choices: Choices[Audit]) -> None:
        self._db, self._choices = Database.of(home), choices
        self._seen = self._db.committed()
        self._bar = bar(choices, _controls(), as_of=datetime.now(UTC), **self._ends())
        self._grid = Grid.of(
            audit_words.frame([], ""),
            audit_words.columns(),
            label=tr("Audit"),
            key="audit",
            row_key=("number",),
            zone=choices.value.zone,
            file_name="audit",
        )
        self._grid.on_export(lambda what: reader.note_export(self._db, "audit", what))
        self._turns = Turns(
            label=tr("Entries of the audit"),
            words=audit_words.words(),
            names_of_query=sorted(_OF_QUERY),
        )
        self._turns.answer("count", lambda _message, _buffers: self._count())
        self._show()
        self._turns.attempt(self._open)
        choices.watch(self._chosen)
        choices.each_tick(self._tick)

    def controls(self) -> Controls:
        """The span, who, what, and what became of it."""
        return self._bar

    def turns(self) -> Turns:
        """The pages before and after, and files."""
        return self._turns

    def grid(self) -> Grid:
        """The entries of this page."""
        return self._grid

    def _ends(self) -> dict[str, datetime | None]:
        with self._db.reading() as session:
            first, latest = audited.ends(session)
        return {"first": first, "latest": latest}

    def _chosen(self, _new: Audit, changed: frozenset[str]) -> None:
        if changed - {"entry"}:
            self._show(as_many=not changed & _OF_QUERY)
        if changed & {"entry", "zone"}:
            self._open()

    def _tick(self) -> None:
        if self._choices.value.place or self._db.committed() == self._seen:
            return
        self._show()

    def _show(self, *, as_many: bool = False) -> None:
        """Read, and only then show; with `as_many` it is another page of the same entries, whose number is known."""
        chosen = self._choices.value
        seen = self._db.committed()
        with self._db.reading() as session:
            found = _page(session, chosen)
        self._seen = seen
        told = {name: value for name, value in address_of(chosen).items() if name != "entry"}
        frame = audit_words.frame(found.entries, f"audit?{urlencode({**told, 'entry': ''})}")
        with self._turns.hold_sync():
            self._turns.newer, self._turns.older = _neighbours(found, chosen.place)
            self._turns.query = urlencode({name: told[name] for name in told if name != "place"})
            if not as_many:
                self._turns.count = ""
        self._grid.replace(frame, columns=self._grid.given, zone=chosen.zone)
        self._bar.tell(as_of=datetime.now(UTC))

    def _count(self) -> None:
        with self._db.reading() as session:
            entries = audited.count(session, wanted(self._choices.value))
        self._turns.count = trn("{count} entry", "{count} entries", entries).format(count=number(entries))

    def _open(self) -> None:
        chosen = self._choices.value
        if not chosen.entry:
            self._turns.opened = {}
            return
        with self._db.reading() as session:
            self._turns.opened = audit_words.opened(audited.entry(session, int(chosen.entry)), chosen.zone)


def read(**given: Any) -> Page:  # noqa: ANN401 - checked by the page's parameters
    """The audit of a notebook's workspace; what is given are the page's parameters by name.

    Raises:
        TollbookError: no workspace, a parameter that means nothing, or a reader who may not see it.
    """
    lacks = reader.lacking(reader.may_see("audit"))
    chosen = Audit.of(given, "this notebook", lacks)
    use(chosen.language)
    return Page(workspace(), Choices(chosen, lacks))


def wanted(chosen: Audit, now: datetime | None = None) -> Wanted:
    """What is asked for by the page's parameters, which those of its files are too."""
    clock = parse_zone(chosen.zone)
    until = parse_instant(chosen.end, clock) if chosen.end else None
    back = parse_back(chosen.start) if chosen.start else None
    since = (until or now or datetime.now(UTC)) - back if back else None
    if chosen.start and not back:
        since = parse_instant(chosen.start, clock)
    kinds, outcomes = separated(chosen.kind), separated(chosen.outcome)
    return Wanted(since, until, chosen.who.strip(), kinds, chosen.which.strip(), outcomes)


def address_of(chosen: Audit) -> dict[str, str]:
    """What of the choices an address has to hold."""
    usual = Audit.defaults().texts()
    return {name: value for name, value in chosen.texts().items() if value != usual[name]}


def _controls() -> list[Range | Zone | Text | Many]:
    kinds = [(name, tr(label)) for name, label in KINDS.items()]
    return [
        Range("start", empty=""),
        Zone(),
        Text("who", tr("Who"), hint=tr("how the login name begins")),
        Many("kind", tr("What"), options=kinds),
        Text(
            "which",
            tr("Which"),
            hint=tr("the id, number or login name of what was changed"),
            placeholder="acme",
        ),
        Many("outcome", tr("Outcome"), options=list(audit_words.outcome_words().items())),
    ]


def _page(session: Session, chosen: Audit) -> audited.Page:
    way, _, place = chosen.place.partition(":")
    return audited.page(session, wanted(chosen), rows=ROWS, **({way: int(place)} if way else {}))


def _neighbours(found: audited.Page, place: str) -> tuple[str, str]:
    """Where the page of newer ones and that of older ones start; empty where there is none."""
    entries: list[AuditEvent] = found.entries
    if not entries:
        return "", ""
    newer, older = f"before:{entries[0].id}", f"after:{entries[-1].id}"
    if place.startswith("before"):
        return (newer if found.more else ""), ("" if place == OLDEST else older)
    return (newer if place else ""), (older if found.more else "")
