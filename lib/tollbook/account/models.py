"""The rows: customers, carriers, their decks, invoices and the series that number them.

Amounts are exact decimals, instants aware and in UTC, on SQLite and PostgreSQL alike. What a column may
hold is also a constraint of the database, so that no other program can store what this one would misread.
People, what they sign in with and what they did are in `people/models.py`. A change here or there needs a
version in `migrations/`; a test compares the two.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, ClassVar, Final

from sqlalchemy import CheckConstraint, ForeignKey, Index, MetaData, Text, UniqueConstraint, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from tollbook.account.types import Amount, Instant
from tollbook.money import ROUNDINGS, SCALE

CARRIERS_SHOWN: Final = ("aliases", "names", "no")
"""Whether a contact sees its traffic per carrier, and under which names."""
TAX_CATEGORIES: Final = ("", "S", "Z", "E", "AE", "G", "O")
"""Of EN 16931: standard, zero rated, exempt, reverse charge, export, outside; empty: what the tax rate says."""
INVOICE_GROUPINGS: Final = ("destination", "day")
"""What makes one line of an invoice: destination and rate, or a UTC day."""
INVOICE_STATUSES: Final = ("draft", "issued", "part_paid", "paid", "credited")
INVOICE_KINDS: Final = ("invoice", "credit_note", "debit_note")

_LIVE: Final = "status <> 'credited' AND kind = 'invoice'"
_NAMES: Final = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ix": "ix_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}


def now() -> datetime:
    """This instant."""
    return datetime.now(UTC)


def one_of(column: str, words: Iterable[str]) -> CheckConstraint:
    """The rule that a column holds one of these words."""
    listed = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


class Base(DeclarativeBase):
    """All tables of the relational side."""

    metadata = MetaData(naming_convention=_NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {Decimal: Amount, datetime: Instant, str: Text}


class Customer(Base):
    """Whom the account sells to. `id` is what records call it; a currency is fixed once it is used."""

    __tablename__ = "customer"
    __table_args__ = (
        CheckConstraint("channels >= 0", name="channels"),
        CheckConstraint("due_days >= 0", name="due_days"),
        one_of("carriers_shown", CARRIERS_SHOWN),
        one_of("invoice_grouping", INVOICE_GROUPINGS),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    currency: Mapped[str | None]
    channels: Mapped[int | None]
    debit_limit: Mapped[Decimal] = mapped_column(default=Decimal(0))
    zone: Mapped[str] = mapped_column(default="UTC")
    carriers_shown: Mapped[str] = mapped_column(default="aliases")
    due_days: Mapped[int] = mapped_column(default=14)
    tax_rate: Mapped[Decimal | None]
    invoice_grouping: Mapped[str] = mapped_column(default="destination")
    address: Mapped[str] = mapped_column(default="")
    country: Mapped[str] = mapped_column(default="", server_default="")
    postcode: Mapped[str] = mapped_column(default="", server_default="")
    city: Mapped[str] = mapped_column(default="", server_default="")
    tax_id: Mapped[str] = mapped_column(default="", server_default="")
    endpoint: Mapped[str] = mapped_column(default="", server_default="")
    language: Mapped[str] = mapped_column(default="", server_default="")
    reference: Mapped[str] = mapped_column(default="", server_default="")
    tax_category: Mapped[str] = mapped_column(default="", server_default="")
    tax_note: Mapped[str] = mapped_column(default="", server_default="")
    invoice_mail: Mapped[str] = mapped_column(default="", server_default="")
    number_rules: Mapped[str] = mapped_column(default="", server_default="")
    created_at: Mapped[datetime] = mapped_column(default=now)


class Carrier(Base):
    """Whom the account buys from. `id` is what records call it."""

    __tablename__ = "carrier"
    __table_args__ = (CheckConstraint("channels >= 0", name="channels"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    currency: Mapped[str | None]
    channels: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(default=now)


class Deck(Base):
    """One imported version of the rates of a customer (charge) or a carrier (cost).

    The deck of an owner with the highest `id` is in force; older ones are its history.
    """

    __tablename__ = "deck"
    __table_args__ = (
        CheckConstraint("(customer_id IS NULL) <> (carrier_id IS NULL)", name="one_owner"),
        CheckConstraint(f"price_precision BETWEEN 0 AND {SCALE}", name="price_precision"),
        one_of("duration_rounding", ROUNDINGS),
        one_of("price_rounding", ROUNDINGS),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[str | None] = mapped_column(ForeignKey("customer.id"), index=True)
    carrier_id: Mapped[str | None] = mapped_column(ForeignKey("carrier.id"), index=True)
    currency: Mapped[str]
    duration_rounding: Mapped[str] = mapped_column(default="up")
    price_precision: Mapped[int] = mapped_column(default=6)
    price_rounding: Mapped[str] = mapped_column(default="half_up")
    source: Mapped[str]
    imported_at: Mapped[datetime] = mapped_column(default=now)


class DeckRate(Base):
    """One row of a deck: a prefix and what its calls cost from `effective_from` until `effective_to`."""

    __tablename__ = "deck_rate"
    __table_args__ = (
        UniqueConstraint("deck_id", "prefix", "effective_from"),
        Index(
            "uq_deck_rate_always",
            "deck_id",
            "prefix",
            unique=True,
            sqlite_where=text("effective_from IS NULL"),
            postgresql_where=text("effective_from IS NULL"),
        ),
        CheckConstraint("initial_increment_s >= 1", name="initial_increment_s"),
        CheckConstraint("increment_s >= 1", name="increment_s"),
        CheckConstraint("effective_from < effective_to", name="effective"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    deck_id: Mapped[int] = mapped_column(ForeignKey("deck.id", ondelete="CASCADE"))
    prefix: Mapped[str]
    destination: Mapped[str]
    rate_per_min: Mapped[Decimal]
    connect_fee: Mapped[Decimal] = mapped_column(default=Decimal(0))
    initial_increment_s: Mapped[int]
    increment_s: Mapped[int]
    effective_from: Mapped[datetime | None]
    effective_to: Mapped[datetime | None]
    blocked: Mapped[bool] = mapped_column(default=False)


class Invoice(Base):
    """One customer's Summary period, billed, or a note that corrects such an invoice.

    It has a number from the moment it is issued, never before. `record` is the JSON document from which everything
    else of the invoice is made. `exact_charge` is the Summary's charge to the last digit, `net` the sum of rounded
    lines, `rounding` net less exact_charge and what adjusts earlier invoices. A credit note that takes an invoice back
    has its amounts, above zero like them. One of a difference has that alone, also above zero, and is a row of
    `Adjustment` too; a debit note is the same where there is more to pay.
    """

    __tablename__ = "invoice"
    __table_args__ = (
        Index(
            "uq_invoice_live",
            "customer_id",
            "period_name",
            unique=True,
            sqlite_where=text(_LIVE),
            postgresql_where=text(_LIVE),
        ),
        CheckConstraint("period_start < period_end", name="period"),
        CheckConstraint("(kind <> 'invoice') = (corrects_id IS NOT NULL)", name="corrects"),
        one_of("kind", INVOICE_KINDS),
        CheckConstraint("(status = 'draft') = (number IS NULL)", name="numbered"),
        CheckConstraint("(status = 'draft') = (issued_at IS NULL)", name="dated"),
        one_of("status", INVOICE_STATUSES),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[str] = mapped_column(ForeignKey("customer.id"))
    period_name: Mapped[str]
    period_start: Mapped[datetime]
    period_end: Mapped[datetime]
    kind: Mapped[str] = mapped_column(default="invoice")
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("invoice.id"), index=True)
    status: Mapped[str] = mapped_column(default="draft", active_history=True)
    number: Mapped[str | None] = mapped_column(unique=True)
    currency: Mapped[str]
    net: Mapped[Decimal]
    tax: Mapped[Decimal]
    total: Mapped[Decimal]
    exact_charge: Mapped[Decimal]
    rounding: Mapped[Decimal]
    record: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=now)
    issued_at: Mapped[datetime | None]


class InvoiceSeries(Base):
    """The last number taken of a series; raised in the transaction that issues."""

    __tablename__ = "invoice_series"

    name: Mapped[str] = mapped_column(primary_key=True)
    last: Mapped[int] = mapped_column(default=0)


class KeptAnswer(Base):
    """What a write over the API was answered, under its `Idempotency-Key`: asked again, it is answered the same.

    `owner` is whose token asked, `key` and `request` are hashes: of the key, and of what was asked with it.
    """

    __tablename__ = "kept_answer"

    owner: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    request: Mapped[str]
    status: Mapped[int]
    location: Mapped[str] = mapped_column(default="")
    body: Mapped[str]
    at: Mapped[datetime] = mapped_column(index=True)
