"""The page of rate decks: all of them, one with its versions and rates, two versions beside each other, and new ones.

What the page asks for is checked here against what its reader may do, in the transaction that does it.
"""

from datetime import datetime
from typing import Any, ClassVar, Final
from urllib.parse import quote

import polars as pl
from sqlalchemy.orm import Session

from tollbook.account.database import Database
from tollbook.account.models import now
from tollbook.account.number_rules import written
from tollbook.billing.deckdiff import differences
from tollbook.billing.deckout import FORMATS
from tollbook.billing.decks import RATES, stored_deck
from tollbook.billing.explain import find_row
from tollbook.billing.versions import Version, newest, parse_deck, rates_of, versions
from tollbook.errors import UsageError
from tollbook.lake.store import Lake
from tollbook.language import tr, use
from tollbook.params import Decks
from tollbook.periods import parse_instant
from tollbook.show import deck_rows, deck_told, deck_words, reader
from tollbook.show.choices import Choices
from tollbook.show.controls import Control, Controls, Number, One, Text, bar
from tollbook.show.deck_intake import LARGEST_FILE, PIECE, Pieces, Waiting, done, owners, waiting
from tollbook.show.grid import Grid
from tollbook.show.home import workspace
from tollbook.show.part import Part
from tollbook.show.widget import Message, text_of
from tollbook.workspace import Workspace

MOST_ROWS: Final = 20_000
"""Of a grid; a search by prefix leaves fewer."""
_ADDRESS: Final = "decks?deck={deck}"


class DeckPart(Part):
    """One part of the page: `part` says which, `told` what it shows, `said` what was done last."""

    module_file: ClassVar[str] = "decks.js"


class Page:
    """The parts of the page; each follows the reader's choices and whatever anybody changes."""

    def __init__(self, home: Workspace, choices: Choices[Decks]) -> None:
        self._home, self._choices = home, choices
        self._db = Database.of(home)
        self._seen = self._db.committed()
        self._pieces, self._held = Pieces(), _NOTHING
        self._opened: Version | None = None
        words = deck_words.words()
        self._open = DeckPart(part="open", label=tr("The deck that is open"), words=words)
        self._counts = DeckPart(part="counts", label=tr("Differences"), words=words)
        self._intake = DeckPart(part="intake", label=tr("A new version from a file"), words=words)
        self._bar = bar(choices, self._controls())
        nothing = differences(pl.DataFrame(schema=RATES), pl.DataFrame(schema=RATES))
        versions_of = deck_rows.version_frame([], now(), _ADDRESS)
        changes = deck_rows.difference_frame(nothing, "", 0)
        self._decks = self._grid("decks", tr("Rate decks"), versions_of, deck_words.deck_columns(), "deck")
        self._versions = self._grid(
            "versions", tr("Versions"), versions_of, deck_words.version_columns(), "version"
        )
        rates = deck_rows.rate_frame([])
        self._rates = self._grid(
            "rates", tr("Rates"), rates, deck_words.rate_columns(), "prefix", "effective_from"
        )
        columns = deck_words.difference_columns()
        self._differences = self._grid("differences", tr("Differences"), changes, columns, "prefix", "since")
        self._changes = self._grid(
            "changes", tr("What the file changes"), changes, columns, "prefix", "since"
        )
        affected = deck_rows.affected_frame([], "")
        self._affected = self._grid(
            "affected", tr("Who is affected"), affected, deck_words.affected_columns()
        )
        self._open.answer("download", self._download)
        for kind, action in (("piece", self._piece), ("enter", self._enter), ("drop", self._drop)):
            self._intake.answer(kind, action)
        choices.watch(lambda _new, _changed: self._show())
        choices.each_tick(self._tick)
        self._show()

    def controls(self) -> Controls:
        """Which deck and which of its versions are shown, and what is looked for in it."""
        return self._bar

    def decks(self) -> Grid:
        """All decks, the version in force of each."""
        return self._decks

    def opened(self) -> DeckPart:
        """The deck that is open, which rate a number gets, and its rates as a file."""
        return self._open

    def rates(self) -> Grid:
        """The rates of the version that is shown."""
        return self._rates

    def versions(self) -> Grid:
        """The versions of the deck that is open."""
        return self._versions

    def counts(self) -> DeckPart:
        """How many rates differ between the two versions, and how."""
        return self._counts

    def differences(self) -> Grid:
        """The difference of the two versions."""
        return self._differences

    def intake(self) -> DeckPart:
        """Where a file is chosen, what it would do, and where it is put in force."""
        return self._intake

    def changes(self) -> Grid:
        """What the file changes against the version in force, from now on."""
        return self._changes

    def affected(self) -> Grid:
        """Whose calls of the last 30 days went by the deck, and what they would come to."""
        return self._affected

    def _grid(self, key: str, label: str, frame: pl.DataFrame, columns: list[Any], *row_key: str) -> Grid:
        grid = Grid.of(frame, columns, label=label, key=f"decks-{key}", row_key=row_key, file_name=key)
        grid.on_export(lambda what: reader.note_export(self._db, "decks", what))
        return grid

    def _controls(self) -> list[Control]:
        with self._db.reading() as session:
            names = [(one.name, deck_told.named(one.name)) for one in newest(session)]
        return [
            One("deck", tr("Deck"), options=[("", tr("The first")), *names]),
            Number("version", tr("Version"), hint=tr("0: the one in force"), least=0),
            Number("against", tr("Compared with"), hint=tr("0: the version before"), least=0),
            Text("prefix", tr("Prefix"), placeholder="44"),
            Text("number", tr("Number"), placeholder="447700900123"),
            Text("at", tr("At"), hint=tr("UTC; empty: now"), placeholder="2026-10-05T13:00"),
        ]

    def _show(self) -> None:
        """Read, and only then show: what cannot be read leaves the page as it was."""
        self._seen = self._db.committed()
        at = now()
        with self._db.reading() as session:
            found = newest(session)
            name = self._choices.value.deck or (found[0].name if found else "")
            known = versions(session, *parse_deck(name)) if name else []
            shown = _chosen(known, self._choices.value.version)
            against = (
                _chosen(known, self._choices.value.against)
                if self._choices.value.against
                else _before(known, shown)
            )
            rates, told = self._read(session, shown, at)
            compared = _compared(session, against, shown)
            whose = owners(session)
        self._opened = shown
        self._bar.tell(as_of=at)
        self._decks.show(deck_rows.version_frame(found, at, _ADDRESS))
        address = f"decks?deck={quote(name)}&version={{version}}"
        self._versions.show(deck_rows.version_frame(known, at, address))
        self._open.told = told
        self._rates.show(rates)
        currency = shown.currency if shown else ""
        self._differences.show(deck_rows.difference_frame(compared, currency, MOST_ROWS))
        self._counts.told = {
            "title": deck_told.between(against, shown),
            "counts": deck_told.counted(compared),
            "note": deck_told.cut(compared, MOST_ROWS),
        }
        self._intake.told = {**self._intake.told, **self._offered(whose, name)}

    def _offered(self, whose: list[str], name: str) -> dict[str, Any]:
        limits = {"may": reader.may_change("decks"), "largest": LARGEST_FILE, "piece": PIECE}
        return {**limits, "owners": [(one, deck_told.named(one)) for one in whose], "deck": name}

    def _read(
        self, session: Session, shown: Version | None, at: datetime
    ) -> tuple[pl.DataFrame, dict[str, Any]]:
        """The rates that are looked for, and what is said of them."""
        if shown is None:
            return deck_rows.rate_frame([]), {"title": "", "lines": [], "note": ""}
        chosen = self._choices.value
        when = parse_instant(chosen.at) if chosen.at else at
        prefix, number = _digits(chosen.prefix), _digits(chosen.number)
        deck = stored_deck(session, shown.id) if number else None
        sought = written(deck.number_rules, number) if deck else None
        in_force = when if number else None
        rows = rates_of(session, shown.id, prefix=prefix, number=sought, at=in_force, limit=MOST_ROWS)
        row: dict[str, Any] | None = None
        lines: list[str] = []
        if deck and sought is not None:
            row = find_row(deck, sought, when)[0]
            lines = deck_told.looked_up(number, sought, when, row, shown.currency)
        more = shown.rates > len(rows) == MOST_ROWS
        note = tr("The first {count} rates; a prefix leaves fewer.").format(count=MOST_ROWS) if more else ""
        told = {"title": deck_told.title(shown), "lines": lines, "note": note}
        return deck_rows.rate_frame(rows, row["prefix"] if row else None), told

    def _tick(self) -> None:
        if self._db.committed() != self._seen:
            self._show()

    def _download(self, message: Message, _buffers: object) -> None:
        kind = text_of(message, "format")
        if kind not in FORMATS or self._opened is None:
            raise UsageError(tr("An export is CSV or XLSX."))
        opened = self._opened
        reader.note_export(
            self._db, "decks", {"deck": opened.name, "version": opened.version, "format": kind}
        )
        with self._db.reading() as session:
            rates = stored_deck(session, opened.id).rates
        media, write = FORMATS[kind]
        name = f"{opened.owner}-{opened.version}.{kind}"
        self._open.send({"kind": "file", "name": name, "type": media}, [write(rates)])

    def _piece(self, message: Message, buffers: list[memoryview]) -> None:
        reader.changing(self._db, "decks")
        self._intake.said = ""
        content = self._pieces.add(message, buffers)
        if content is None:
            return
        self._drop(message, buffers)
        with self._db.reading() as session:
            held = waiting(session, message, content)
        self._held = held
        self._tell(held)

    def _tell(self, held: Waiting) -> None:
        made = held.seen
        touched = made.touched(Lake(self._home))
        currency = made.deck.currency
        told = {
            "file": made.source,
            "planned": deck_told.planned(made),
            "counts": deck_told.counted(made.told),
            "note": deck_told.gaps(made.gaps),
        }
        self._changes.show(deck_rows.difference_frame(made.told, currency, MOST_ROWS))
        self._affected.show(deck_rows.affected_frame(touched, currency))
        self._intake.told = {**self._intake.told, **told}

    def _drop(self, _message: Message, _buffers: object) -> None:
        self._held, nothing = _NOTHING, dict.fromkeys(("file", "planned", "note"), "")
        self._intake.told = {**self._intake.told, **nothing, "counts": []}
        self._changes.show(self._changes.frame.clear())
        self._affected.show(self._affected.frame.clear())

    def _enter(self, message: Message, buffers: object) -> None:
        if self._held is None:
            raise UsageError(tr("Choose a CSV, XLSX or JSON file."))
        by = reader.changing(self._db, "decks")
        with self._db.session() as session:
            said = done(session, self._held, by)
        self._drop(message, buffers)
        self._show()
        self._intake.said = said


def read(**given: Any) -> Page:  # noqa: ANN401 - checked by the page's parameters
    """The decks of a notebook's workspace; what is given are the page's parameters by name.

    Raises:
        TollbookError: no workspace, a parameter that means nothing, or a reader who may not see them.
    """
    reader.may_see("decks")
    chosen = Decks.of(given, "this notebook")
    use(chosen.language)
    return Page(workspace(), Choices(chosen))


_NOTHING: Final[Waiting | None] = None


def _chosen(known: list[Version], number: int) -> Version | None:
    """The version of that number, 0 being the one in force; null where there is no deck.

    Raises:
        UsageError: the deck has no such version.
    """
    if not known:
        return None
    for one in known:
        if number in {0, one.version}:
            return one
    raise UsageError(
        tr("There is no version {number}: there are 1 to {last}.").format(number=number, last=len(known))
    )


def _before(known: list[Version], shown: Version | None) -> Version | None:
    return next((one for one in known if shown and one.version == shown.version - 1), None)


def _compared(session: Session, before: Version | None, after: Version | None) -> pl.DataFrame:
    nothing = pl.DataFrame(schema=RATES)
    one, other = (stored_deck(session, each.id).rates if each else nothing for each in (before, after))
    return differences(one, other) if before else differences(nothing, nothing)


def _digits(text: str) -> str:
    return text.replace(" ", "").removeprefix("+")
