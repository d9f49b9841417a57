"""Customers, carriers, decks, invoices and number series.

A version is history: it spells out its types and rules and imports none of today's.
"""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

AMOUNT: Final = sa.Numeric(38, 9).with_variant(sa.Text(), "sqlite")
INSTANT: Final = sa.DateTime(timezone=True)
ROUNDING: Final = "IN ('up', 'down', 'half_up', 'half_down')"


def upgrade() -> None:
    _parties()
    _decks()
    _invoices()


def _parties() -> None:
    op.create_table(
        "customer",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("currency", sa.Text),
        sa.Column("channels", sa.Integer),
        sa.Column("debit_limit", AMOUNT, nullable=False),
        sa.Column("zone", sa.Text, nullable=False),
        sa.Column("carriers_shown", sa.Text, nullable=False),
        sa.Column("due_days", sa.Integer, nullable=False),
        sa.Column("tax_rate", AMOUNT),
        sa.Column("invoice_grouping", sa.Text, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_customer"),
        _check("customer", "channels", "channels >= 0"),
        _check("customer", "due_days", "due_days >= 0"),
        _check("customer", "carriers_shown", "carriers_shown IN ('aliases', 'names', 'no')"),
        _check("customer", "invoice_grouping", "invoice_grouping IN ('destination', 'day')"),
    )
    op.create_table(
        "carrier",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("currency", sa.Text),
        sa.Column("channels", sa.Integer),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_carrier"),
        _check("carrier", "channels", "channels >= 0"),
    )


def _decks() -> None:
    op.create_table(
        "deck",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("customer_id", sa.Text),
        sa.Column("carrier_id", sa.Text),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("duration_rounding", sa.Text, nullable=False),
        sa.Column("price_precision", sa.Integer, nullable=False),
        sa.Column("price_rounding", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("imported_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_deck"),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name="fk_deck_customer_id"),
        sa.ForeignKeyConstraint(["carrier_id"], ["carrier.id"], name="fk_deck_carrier_id"),
        _check("deck", "one_owner", "(customer_id IS NULL) <> (carrier_id IS NULL)"),
        _check("deck", "price_precision", "price_precision BETWEEN 0 AND 9"),
        _check("deck", "duration_rounding", f"duration_rounding {ROUNDING}"),
        _check("deck", "price_rounding", f"price_rounding {ROUNDING}"),
    )
    op.create_index("ix_deck_customer_id", "deck", ["customer_id"])
    op.create_index("ix_deck_carrier_id", "deck", ["carrier_id"])
    _rates()


def _rates() -> None:
    op.create_table(
        "deck_rate",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("deck_id", sa.Integer, nullable=False),
        sa.Column("prefix", sa.Text, nullable=False),
        sa.Column("destination", sa.Text, nullable=False),
        sa.Column("rate_per_min", AMOUNT, nullable=False),
        sa.Column("connect_fee", AMOUNT, nullable=False),
        sa.Column("initial_increment_s", sa.Integer, nullable=False),
        sa.Column("increment_s", sa.Integer, nullable=False),
        sa.Column("effective_from", INSTANT),
        sa.Column("effective_to", INSTANT),
        sa.Column("blocked", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_deck_rate"),
        sa.ForeignKeyConstraint(["deck_id"], ["deck.id"], name="fk_deck_rate_deck_id", ondelete="CASCADE"),
        sa.UniqueConstraint("deck_id", "prefix", "effective_from", name="uq_deck_rate_deck_id"),
        _check("deck_rate", "initial_increment_s", "initial_increment_s >= 1"),
        _check("deck_rate", "increment_s", "increment_s >= 1"),
        _check("deck_rate", "effective", "effective_from < effective_to"),
    )
    _unique_where("uq_deck_rate_always", "deck_rate", ["deck_id", "prefix"], "effective_from IS NULL")


def _invoices() -> None:
    amounts = ("net", "tax", "total", "exact_charge", "rounding")
    op.create_table(
        "invoice",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("customer_id", sa.Text, nullable=False),
        sa.Column("period_name", sa.Text, nullable=False),
        sa.Column("period_start", INSTANT, nullable=False),
        sa.Column("period_end", INSTANT, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("number", sa.Text),
        sa.Column("currency", sa.Text, nullable=False),
        *(sa.Column(name, AMOUNT, nullable=False) for name in amounts),
        sa.Column("record", sa.Text, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("issued_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_invoice"),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name="fk_invoice_customer_id"),
        sa.UniqueConstraint("number", name="uq_invoice_number"),
        _check("invoice", "period", "period_start < period_end"),
        _check("invoice", "numbered", "(status = 'draft') = (number IS NULL)"),
        _check("invoice", "dated", "(status = 'draft') = (issued_at IS NULL)"),
        _check("invoice", "status", "status IN ('draft', 'issued', 'paid', 'credited')"),
    )
    _unique_where("uq_invoice_live", "invoice", ["customer_id", "period_name"], "status <> 'credited'")
    op.create_table(
        "invoice_series",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("last", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_invoice_series"),
    )


def _check(table: str, name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def _unique_where(name: str, table: str, columns: list[str], rule: str) -> None:
    op.create_index(
        name, table, columns, unique=True, sqlite_where=sa.text(rule), postgresql_where=sa.text(rule)
    )
