"""`decks`: what customers pay and carriers charge, their versions, and new ones from files. For the account alone."""

from base64 import b64decode
from typing import Annotated, Any, Final, Literal, Self
from urllib.parse import quote

from pydantic import Field, PrivateAttr, model_validator
from sqlalchemy.orm import Session

from tollbook.account.number_rules import written
from tollbook.api.asked import Asked
from tollbook.api.operations import ROOT, Operation, operation
from tollbook.api.problems import ProblemError
from tollbook.api.resources.customers import Currency
from tollbook.api.texts import LINE
from tollbook.api.types import WHOLE, Amount, Instant, Listed, Moment, Page, Part, example
from tollbook.billing.deckdiff import counts, differences
from tollbook.billing.deckfile import DeckFile, read_content
from tollbook.billing.deckimport import carry_out
from tollbook.billing.deckimport import plan as plan_of
from tollbook.billing.decks import Side, Terms, rules_of, stored_deck
from tollbook.billing.prefixes import DIGITS
from tollbook.billing.versions import NoDeckError, Version, newest, parse_deck, rate_row, rates_of, version_of
from tollbook.billing.versions import versions as versions_of
from tollbook.errors import UsageError
from tollbook.lake.store import Lake
from tollbook.money import SCALE, Rounding

PATH: Final = f"{ROOT}/decks"
DECK: Final = f"{PATH}/{{deck}}"
LARGEST: Final = 16 * 1024 * 1024
"""Bytes of a request with a file."""
MOST_UNPACKED: Final = 64 * 1024 * 1024
"""Bytes of a part of a workbook in it."""
Name = Annotated[str, "Whose it is: customer:ID or carrier:ID."]
Digits = Annotated[str, Field(pattern=rf"^[0-9]{{0,{DIGITS}}}$")]
Dialled = Annotated[str, Field(pattern=r"^[0-9*#]{0,40}$")]
Number = Annotated[int, Field(ge=1, le=2**31 - 1)]
Kind = Literal["new", "raised", "lowered", "changed", "ended", "unchanged"]
_NO_OWNER: Final = "There is no such customer or carrier."


class Deck(Part):
    """One version of a deck. `since` and `until` are null where its rates are open, `replaced_at` while it is in force."""

    model_config = example(
        {
            "deck": "customer:acme", "side": "customer", "owner": "acme", "version": 2, "versions": 2,
            "currency": "EUR", "rates": 2, "since": None, "until": None, "duration_rounding": "up",
            "price_precision": 6, "price_rounding": "half_up", "source": "acme.csv",
            "imported_at": "2026-10-01T08:00:00Z", "replaced_at": None,
        }
    )  # fmt: skip

    deck: str
    side: Side
    owner: str
    version: Annotated[int, Field(description="Its number among those of this deck, from 1.")]
    versions: Annotated[int, Field(description="How many there are.")]
    currency: str
    rates: int
    since: Annotated[Instant | None, Field(description="From when on the first of its rates counts.")]
    until: Annotated[Instant | None, Field(description="When the last of its rates ends.")]
    duration_rounding: Rounding
    price_precision: int
    price_rounding: Rounding
    source: str
    imported_at: Instant
    replaced_at: Instant | None


class Decks(Page[Deck]):
    """A page of a list of decks or of versions."""


class Rate(Part):
    """What calls to a prefix cost, from `effective_from` until before `effective_to`; null is open."""

    prefix: str
    destination: str
    rate_per_min: Amount
    connect_fee: Amount
    initial_increment_s: int
    increment_s: int
    effective_from: Instant | None
    effective_to: Instant | None
    blocked: bool


class Rates(Page[Rate]):
    """A page of the rates of a version."""


class Difference(Part):
    """What becomes of a prefix in a span of time. Null: that version has no price for it then."""

    prefix: str
    destination: str
    kind: Kind
    since: Instant | None
    until: Instant | None
    rate_before: Amount | None
    rate_after: Amount | None
    change: Amount | None
    change_ratio: float | None
    connect_fee_before: Amount | None
    connect_fee_after: Amount | None
    initial_increment_s_before: int | None
    initial_increment_s_after: int | None
    increment_s_before: int | None
    increment_s_after: int | None


class Differences(Page[Difference]):
    """A page of the difference of two versions; `counts` are of all of it."""

    counts: dict[Kind, int]


class Affected(Part):
    """A customer whose calls of the last 30 days went by the deck, and how their amount would change."""

    customer: str | None
    minutes: Amount
    amount: Annotated[Amount, Field(description="Charge, or with a carrier's deck cost.")]
    change: Amount
    without_rate: Annotated[int, Field(description="Destinations of which the change is not known.")]
    exact: Annotated[bool, Field(description="Whether the change is exact; else it is an estimate.")]


class DeckImport(Part):
    """What a file became, or would become."""

    deck: str
    version: int
    stored: bool
    rows: int
    currency: str
    effective_from: Instant | None
    new: int
    raised: int
    lowered: int
    changed: int
    ended: int
    unchanged: int
    gaps: Annotated[int, Field(description="Prefixes with a rate now that will have none for a while.")]
    biggest: list[Difference]
    affected: list[Affected]


class NewDeck(Part):
    """A file with rates: as `text` (CSV, JSON rate card) or in `base64` (XLSX too). What is not told is the file's."""

    model_config = example(
        {"file": "acme.csv", "text": "prefix,destination,rate_per_min\n44,UK,0.010\n", "dry_run": True}
    )

    file: Annotated[str, Field(min_length=1, max_length=200, pattern=LINE)]
    text: str | None = None
    base64: Annotated[str, Field(pattern=r"^[A-Za-z0-9+/=\s]*$")] | None = None
    card: Annotated[str, Field(max_length=200)] = ""
    currency: Currency | None = None
    duration_rounding: Rounding | None = None
    price_precision: Annotated[int, Field(ge=0, le=SCALE), WHOLE] | None = None
    price_rounding: Rounding | None = None
    dry_run: Annotated[
        bool, Field(description="Store nothing; tell what would change and who is affected.")
    ] = False

    _read: DeckFile | str = PrivateAttr()

    @model_validator(mode="after")
    def _readable(self) -> Self:
        """Read the file, before the transaction that stores it: meanwhile nobody has to wait."""
        try:
            self._read = read_content(self.file, self._content(), self.card, MOST_UNPACKED)
        except UsageError as error:
            self._read = str(error)
        return self

    def _content(self) -> bytes:
        if (self.text is None) == (self.base64 is None):
            raise UsageError("send the file as text or in base64")
        try:
            return b64decode(self.base64) if self.base64 is not None else (self.text or "").encode()
        except ValueError as error:
            raise UsageError(f"base64: {error}") from None

    @property
    def sent(self) -> DeckFile:
        """What the file holds.

        Raises:
            UsageError: it cannot be read.
        """
        if isinstance(self._read, str):
            raise UsageError(self._read)
        return self._read

    @property
    def terms(self) -> Terms:
        """What is told beside it."""
        return Terms(self.currency, self.duration_rounding, self.price_precision, self.price_rounding)


class DecksAsked(Listed):
    """Which decks to list."""

    side: Annotated[Side | None, Field(description="Only those of customers, or of carriers.")] = None


class RatesAsked(Listed):
    """Which rates of a deck to list."""

    version: Annotated[Number | None, Field(description="Default the one in force.")] = None
    prefix: Annotated[Digits, Field(description="Only prefixes that begin so.")] = ""
    number: Annotated[
        Dialled,
        Field(
            description="Only prefixes that this number, as its customer's rules write it, begins with; "
            "the longest in force counts."
        ),
    ] = ""
    at: Annotated[Moment | None, Field(description="Only those in force at this instant.")] = None


class DifferencesAsked(Listed):
    """Which versions to compare."""

    before: Annotated[Number | None, Field(description="Default the one before `after`.")] = None
    after: Annotated[Number | None, Field(description="Default the one in force.")] = None
    since: Annotated[Moment | None, Field(description="Only what differs from this instant on.")] = None
    kind: Annotated[list[Kind] | None, Field(description="Only such; may be repeated.")] = None


@operation("GET", PATH, "see", "decks")
def list_decks(asked: Asked, session: Session, query: DecksAsked) -> Decks:
    """List decks: of each customer and carrier the version in force."""
    found = [one for one in newest(session) if query.side in {None, one.side}]
    after = asked.after(query)
    start = next((i + 1 for i, one in enumerate(found) if after == [one.side, one.owner]), 0)
    return _page(asked, query, found[start:], lambda one: [one.side, one.owner])


@operation("GET", DECK, "see", "decks", problems=(404,))
def show_deck(asked: Asked, session: Session, deck: Name) -> Deck:  # noqa: ARG001 - as every operation has them
    """Show the version of a deck that is in force."""
    return _shown(_version(session, deck))


@operation("GET", f"{DECK}/versions", "see", "decks", problems=(404,))
def list_versions(asked: Asked, session: Session, deck: Name, query: Listed) -> Decks:
    """List the versions of a deck, the newest first."""
    found = versions_of(session, *_whose(deck))
    if not found:
        raise ProblemError(404)
    after = asked.after(query)
    left = [one for one in found if after is None or one.version < int(after[0] or 0)]
    return _page(asked, query, left, lambda one: [one.version])


@operation("GET", f"{DECK}/rates", "see", "decks", problems=(404,))
def list_rates(asked: Asked, session: Session, deck: Name, query: RatesAsked) -> Rates:
    """List the rates of a deck by prefix: all, those of a prefix, or those that could fit a number."""
    found = _version(session, deck, query.version)
    key = asked.after(query)
    rules = rules_of(session, found.side, found.owner)
    rows = rates_of(
        session,
        found.id,
        prefix=query.prefix,
        number=written(rules, query.number) if query.number else None,
        at=query.at,
        limit=query.limit + 1,
        after=(str(key[0]), int(key[1] or 0)) if key else None,
    )
    shown, more, following = asked.page(query, rows, lambda row: [row.prefix, row.id])
    data = [Rate.model_validate(rate_row(row)) for row in shown]
    return Rates(data=data, has_more=more, next=following)


@operation("GET", f"{DECK}/differences", "see", "decks", problems=(404,))
def list_differences(asked: Asked, session: Session, deck: Name, query: DifferencesAsked) -> Differences:
    """Compare two versions of a deck by prefix and time: without `before` with the one before, if there is any."""
    after = _version(session, deck, query.after)
    number = query.before if query.before is not None else after.version - 1
    new = stored_deck(session, after.id).rates
    old = stored_deck(session, _version(session, deck, number).id).rates if number else new.clear()
    told = differences(old, new, query.since)
    chosen = told.filter(told["kind"].is_in(query.kind)) if query.kind else told
    key = asked.after(query)
    start = int(key[0] or 0) if key else 0
    rows = list(enumerate(chosen.slice(start, query.limit + 1).iter_rows(named=True), start + 1))
    shown, more, following = asked.page(query, rows, lambda row: [row[0]])
    data = [Difference.model_validate(row) for _, row in shown]
    return Differences(data=data, has_more=more, next=following, counts=counts(told))


@operation("POST", f"{DECK}/versions", "change", "decks", problems=(404,), longest=LARGEST)
def import_deck(asked: Asked, session: Session, deck: Name, body: NewDeck) -> DeckImport:
    """Make a file the version in force of a deck, or with `dry_run` tell what that would change."""
    side, owner = _whose(deck)
    try:
        made = plan_of(session, body.sent, side, owner, body.terms, asked.at)
    except UsageError as error:
        known = str(error).startswith(f"no {side} ")
        raise ProblemError(404, _NO_OWNER) if known else ProblemError(409, str(error)) from None
    told = made.preview(Lake(asked.workspace))
    if not body.dry_run:
        carry_out(session, made, asked.actor)
        asked.told["Location"] = f"{quote(deck, safe='')}/rates?version={made.version}"
    told.pop("destinations")
    return DeckImport.model_validate({"deck": deck, "stored": not body.dry_run, **told})


def _whose(deck: str) -> tuple[Side, str]:
    try:
        return parse_deck(deck)
    except UsageError as error:
        raise ProblemError(404, str(error)) from None


def _version(session: Session, deck: str, number: int | None = None) -> Version:
    try:
        return version_of(session, *_whose(deck), number)
    except NoDeckError as error:
        raise ProblemError(404, str(error).partition(": `")[0]) from None


def _page(asked: Asked, query: Listed, found: list[Version], key: Any) -> Decks:  # noqa: ANN401 - of a version
    rows, more, following = asked.page(query, found, key)
    return Decks(data=[_shown(row) for row in rows], has_more=more, next=following)


def _shown(row: Version) -> Deck:
    told = {name: value for name, value in vars(row).items() if name in Deck.model_fields}
    return Deck.model_validate({"deck": row.name, **told})


OPERATIONS: Final[tuple[Operation, ...]] = (
    list_decks,
    show_deck,
    list_versions,
    list_rates,
    list_differences,
    import_deck,
)
