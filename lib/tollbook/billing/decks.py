"""Decks: what a customer pays or a carrier charges, by prefix and time; stored, and the newest ones in force.

Each deck that is imported is a version of its owner's, and none is ever changed: `versions` tells them apart.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, cast

import polars as pl
import sqlalchemy as sql
from sqlalchemy.orm import Session

from tollbook.account.audit import Actor, command_line, record
from tollbook.account.database import Database
from tollbook.account.models import Carrier, Customer, DeckRate
from tollbook.account.models import Deck as DeckRow
from tollbook.errors import UsageError, did_you_mean
from tollbook.money import MONEY, SCALE, Rounding, known_currency
from tollbook.tables import INSTANT

Side = Literal["customer", "carrier"]
Party = Customer | Carrier

RATES: Final = pl.Schema(
    {
        "prefix": pl.String(),
        "destination": pl.String(),
        "rate_per_min": MONEY,
        "connect_fee": MONEY,
        "initial_increment_s": pl.Int64(),
        "increment_s": pl.Int64(),
        "effective_from": INSTANT,
        "effective_to": INSTANT,
        "blocked": pl.Boolean(),
    }
)
"""Columns of a deck's rows. An instant that is null is open: from always, or until further notice."""


@dataclass(frozen=True)
class Terms:
    """What counts for all rates of a deck. Null: the currency of its owner, and the usual roundings."""

    currency: str | None = None
    duration_rounding: Rounding | None = None
    price_precision: int | None = None
    price_rounding: Rounding | None = None

    def otherwise(self, other: "Terms") -> "Terms":
        """These, and of others what these are silent about."""
        own = {name: value for name, value in vars(self).items() if value is not None}
        return replace(other, **own)


SILENT: Final = Terms()
USUAL: Final = Terms(None, "up", 6, "half_up")


@dataclass(frozen=True, eq=False)
class Deck:
    """The rates of one customer or carrier in one currency, and how durations and prices are rounded.

    `rates` has the columns of RATES; spans of the same prefix do not overlap.
    """

    id: int
    owner: str
    side: Side
    currency: str
    rates: pl.DataFrame
    duration_rounding: Rounding = "up"
    price_precision: int = 6
    price_rounding: Rounding = "half_up"
    number_rules: str = ""
    """How the numbers that its customer calls are written for it (`account/number_rules.py`)."""

    @property
    def named(self) -> str:
        """Which deck this is, and how numbers are written for it."""
        return _named(self.side, self.id, self.number_rules)


def as_rules_are_and_were(deck: Deck) -> list[Deck]:
    """A deck with its customer's rules, and without: a call may have been rated before there were any."""
    return [deck, replace(deck, number_rules="")] if deck.number_rules else [deck]


@dataclass(frozen=True)
class DeckBook:
    """The decks in force: the newest of each customer and of each carrier, by their ids."""

    customers: Mapping[str, Deck]
    carriers: Mapping[str, Deck]

    @property
    def named(self) -> str:
        """Which decks these are, so that two books can be told apart."""
        return " ".join(deck.named for deck in (*self.customers.values(), *self.carriers.values()))


def _named(side: Side, number: int, rules: str) -> str:
    written = rules.replace(" ", ",")
    return f"{side}:{number}{'/' if written else ''}{written}"


def import_deck(
    db: Database,
    rates: pl.DataFrame,
    *,
    side: Side,
    owner: str,
    source: str,
    currency: str | None = None,
    duration_rounding: Rounding = "up",
    price_precision: int = 6,
    price_rounding: Rounding = "half_up",
    by: Actor | None = None,
    dry_run: bool = False,
) -> Deck:
    """Store `rates` (columns of RATES) as the owner's deck, in force from now on. `source` names the file.

    Without `currency` the deck has its owner's; an owner without one gets the deck's. A dry run checks
    everything and stores nothing: its deck has the id 0. `by` is the command line where nobody else.

    Raises:
        UsageError: the owner is unknown, or the currency is not the owner's.
    """
    terms = Terms(currency, duration_rounding, price_precision, price_rounding)
    with db.reading() if dry_run else db.session() as session:
        deck = checked_deck(session, rates, side=side, owner=owner, terms=terms)
        return deck if dry_run else store(session, deck, source, by or command_line())


def checked_deck(session: Session, rates: pl.DataFrame, *, side: Side, owner: str, terms: Terms) -> Deck:
    """The deck that could be stored; its id is 0.

    Raises:
        UsageError: the owner is unknown, or the currency is not the owner's.
    """
    whole = terms.otherwise(USUAL)
    precision = whole.price_precision if whole.price_precision is not None else SCALE
    if not 0 <= precision <= SCALE:
        raise UsageError(f"price precision {precision}: write 0 to {SCALE} decimals")
    return Deck(
        id=0,
        owner=owner,
        side=side,
        currency=_currency(_party(session, side, owner), whole.currency),
        rates=rates.select(*RATES).sort("prefix", "effective_from", nulls_last=False),
        duration_rounding=whole.duration_rounding or "up",
        price_precision=precision,
        price_rounding=whole.price_rounding or "half_up",
    )


def _party(session: Session, side: Side, owner: str) -> Party:
    party = session.get(Customer, owner) if side == "customer" else session.get(Carrier, owner)
    if party is None:
        known = session.scalars(sql.select(Customer.id if side == "customer" else Carrier.id)).all()
        raise UsageError(f"no {side} '{owner}'{did_you_mean(owner, known)}; `tollbook {side} add` enters one")
    return party


def _currency(party: Party, currency: str | None) -> str:
    code = known_currency(currency) if currency else party.currency
    if not code:
        raise UsageError(f"'{party.id}' has no currency yet: name the deck's, as in --currency EUR")
    if party.currency not in {None, code}:
        raise UsageError(f"'{party.id}' has the currency {party.currency}, the deck would have {code}")
    return code


_RATE_TABLE: Final = cast("sql.Table", DeckRate.__table__)


def store(session: Session, deck: Deck, source: str, by: Actor) -> Deck:
    """Store a deck that was checked, in force from now on; the audit says so in the same transaction."""
    party = _party(session, deck.side, deck.owner)
    if party.currency != deck.currency:
        was, became = {"currency": party.currency}, {"currency": deck.currency}
        record(session, by, "change", f"{deck.side} {party.id}", before=was, after=became)
        party.currency = deck.currency
    terms = {
        "currency": deck.currency,
        "duration_rounding": deck.duration_rounding,
        "price_precision": deck.price_precision,
        "price_rounding": deck.price_rounding,
        "source": source,
    }
    row = DeckRow(
        customer_id=party.id if isinstance(party, Customer) else None,
        carrier_id=party.id if isinstance(party, Carrier) else None,
        **terms,
    )
    session.add(row)
    session.flush()
    # Of the table: the class would make a statement of its own of each run of rows that are open alike.
    session.execute(sql.insert(_RATE_TABLE), deck.rates.with_columns(deck_id=row.id).to_dicts())
    told = {"deck": row.id, "rates": deck.rates.height, **terms}
    record(session, by, "import", f"deck of {deck.side} {deck.owner}", after=told)
    return replace(deck, id=row.id)


_NEWEST: Final = sql.select(sql.func.max(DeckRow.id)).group_by(DeckRow.customer_id, DeckRow.carrier_id)


def deck_book(db: Database) -> DeckBook:
    """The newest deck of each customer and each carrier."""
    with db.reading() as session:
        rows = session.scalars(sql.select(DeckRow).where(DeckRow.id.in_(_NEWEST)).order_by(DeckRow.id)).all()
        rates = _rates(session, [row.id for row in rows])
        rules = all_rules(session)
    decks = [_deck(row, rates.get(row.id, pl.DataFrame(schema=RATES)), rules) for row in rows]
    return DeckBook(
        customers={deck.owner: deck for deck in decks if deck.side == "customer"},
        carriers={deck.owner: deck for deck in decks if deck.side == "carrier"},
    )


def named_decks(db: Database) -> str:
    """How the book of the newest decks is named, without reading a rate of them."""
    columns = sql.select(DeckRow.id, DeckRow.customer_id, DeckRow.carrier_id)
    with db.reading() as session:
        rows = session.execute(columns.where(DeckRow.id.in_(_NEWEST)).order_by(DeckRow.id)).all()
        rules = all_rules(session)
    of_customers = [
        _named("customer", row.id, rules.get(row.customer_id, "")) for row in rows if row.customer_id
    ]
    of_carriers = [_named("carrier", row.id, "") for row in rows if not row.customer_id]
    return " ".join((*of_customers, *of_carriers))


def all_decks(db: Database) -> list[dict[str, Any]]:
    """Every deck ever imported, the newest first: its terms, where it came from and how many rows it has."""
    rows = sql.func.count(DeckRate.id).label("rows")
    columns = [column for column in DeckRow.__table__.columns if column.key != "id"]
    found = sql.select(DeckRow.id, *columns, rows).outerjoin(DeckRate).group_by(DeckRow.id)
    with db.reading() as session:
        return [dict(row) for row in session.execute(found.order_by(DeckRow.id.desc())).mappings()]


def decks_of(db: Database, side: Side, owner: str, *, prefixes: Collection[str] | None = None) -> list[Deck]:
    """Every deck that the owner ever had, the newest first; with `prefixes` only their rows of them.

    Raises:
        UsageError: there is no such owner.
    """
    column = DeckRow.customer_id if side == "customer" else DeckRow.carrier_id
    with db.reading() as session:
        _party(session, side, owner)
        rows = session.scalars(sql.select(DeckRow).where(column == owner).order_by(DeckRow.id.desc())).all()
        rates = _rates(session, [row.id for row in rows], prefixes)
        rules = all_rules(session)
    return [_deck(row, rates.get(row.id, pl.DataFrame(schema=RATES)), rules) for row in rows]


def rules_of(session: Session, side: Side, owner: str) -> str:
    """How the numbers that a customer calls are written for rating; nothing for a carrier, or one that is unknown."""
    if side == "carrier":
        return ""
    return session.scalar(sql.select(Customer.number_rules).where(Customer.id == owner)) or ""


def all_rules(session: Session) -> dict[str, str]:
    """The rules of each customer that has any."""
    having = sql.select(Customer.id, Customer.number_rules).where(Customer.number_rules != "")
    return {row.id: row.number_rules for row in session.execute(having)}


def stored_deck(session: Session, number: int) -> Deck:
    """The deck of this id, which there is."""
    row = session.get_one(DeckRow, number)
    rates = _rates(session, [number]).get(number, pl.DataFrame(schema=RATES))
    return _deck(row, rates, all_rules(session))


def _deck(row: DeckRow, rates: pl.DataFrame, rules: Mapping[str, str]) -> Deck:
    return Deck(
        id=row.id,
        owner=row.customer_id or row.carrier_id or "",
        side="customer" if row.customer_id else "carrier",
        currency=row.currency,
        rates=rates,
        duration_rounding=cast("Rounding", row.duration_rounding),
        price_precision=row.price_precision,
        price_rounding=cast("Rounding", row.price_rounding),
        number_rules=rules.get(row.customer_id, "") if row.customer_id else "",
    )


def _rates(
    session: Session, decks: list[int], prefixes: Collection[str] | None = None
) -> dict[int, pl.DataFrame]:
    """The rows of each deck. Amounts travel as text, which both databases write in full: that is faster."""
    amounts = ("rate_per_min", "connect_fee")
    columns: list[Any] = [getattr(DeckRate, name) for name in RATES]
    texts = [sql.cast(column, sql.Text) if column.key in amounts else column for column in columns]
    chosen = sql.select(DeckRate.deck_id, *texts).where(DeckRate.deck_id.in_(decks))
    if prefixes is not None:
        chosen = chosen.where(DeckRate.prefix.in_(prefixes))
    found = session.execute(chosen)
    schema = pl.Schema({"deck": pl.Int64(), **RATES, **dict.fromkeys(amounts, pl.String())})
    frame = pl.DataFrame([tuple(row) for row in found], schema=schema, orient="row")
    parts = frame.with_columns(pl.col(amounts).cast(MONEY)).partition_by(
        "deck", as_dict=True, include_key=False
    )
    return {int(key[0]): part for key, part in parts.items()}
