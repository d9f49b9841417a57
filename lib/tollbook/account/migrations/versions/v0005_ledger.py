"""Credit notes, adjustments, waivers, payments, schedules and what is due.

A version is history: it spells out its types and rules and imports none of today's.
"""

from typing import Any, Final

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

AMOUNT: Final = sa.Numeric(38, 9).with_variant(sa.Text(), "sqlite")
INSTANT: Final = sa.DateTime(timezone=True)
LIVE: Final = "status <> 'credited' AND kind = 'invoice'"
INVOICE: Final = {
    "period": "period_start < period_end",
    "numbered": "(status = 'draft') = (number IS NULL)",
    "dated": "(status = 'draft') = (issued_at IS NULL)",
    "status": "status IN ('draft', 'issued', 'part_paid', 'paid', 'credited')",
    "corrects": "(kind = 'credit_note') = (corrects_id IS NOT NULL)",
    "kind": "kind IN ('invoice', 'credit_note')",
}


def upgrade() -> None:
    op.drop_index("uq_invoice_live", "invoice")
    if op.get_bind().dialect.name == "sqlite":
        _invoices_again()
    else:
        _invoices()
    op.create_index(
        "uq_invoice_live", "invoice", ["customer_id", "period_name"],
        unique=True, sqlite_where=sa.text(LIVE), postgresql_where=sa.text(LIVE),
    )  # fmt: skip
    _of_invoices()
    _payments()
    _schedules()


def _invoices() -> None:
    op.add_column("invoice", sa.Column("kind", sa.Text, nullable=False, server_default="invoice"))
    op.alter_column("invoice", "kind", server_default=None)
    op.add_column("invoice", sa.Column("corrects_id", sa.Integer))
    op.create_foreign_key("fk_invoice_corrects_id", "invoice", "invoice", ["corrects_id"], ["id"])
    op.create_unique_constraint("uq_invoice_corrects_id", "invoice", ["corrects_id"])
    op.drop_constraint(op.f("ck_invoice_status"), "invoice")
    for name in ("status", "corrects", "kind"):
        op.create_check_constraint(op.f(f"ck_invoice_{name}"), "invoice", INVOICE[name])


def _invoices_again() -> None:
    """SQLite changes no rule of a table: its rows move to a new one."""
    op.rename_table("invoice", "invoice_0004")
    amounts = ("net", "tax", "total", "exact_charge", "rounding")
    texts = ("status", "currency", "record", "customer_id", "period_name", "kind")
    instants = ("period_start", "period_end", "created_at")
    op.create_table(
        "invoice",
        _id(),
        *(sa.Column(name, sa.Text, nullable=False) for name in texts),
        *(sa.Column(name, INSTANT, nullable=False) for name in instants),
        *(sa.Column(name, AMOUNT, nullable=False) for name in amounts),
        sa.Column("corrects_id", sa.Integer),
        sa.Column("number", sa.Text),
        sa.Column("issued_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_invoice"),
        _to("invoice", "customer_id", "customer.id"),
        _to("invoice", "corrects_id", "invoice.id"),
        sa.UniqueConstraint("corrects_id", name="uq_invoice_corrects_id"),
        sa.UniqueConstraint("number", name="uq_invoice_number"),
        *(_check("invoice", name, rule) for name, rule in INVOICE.items()),
    )
    same = ", ".join(("id", "number", "issued_at", *(t for t in texts if t != "kind"), *instants, *amounts))
    op.execute(f"INSERT INTO invoice ({same}, kind) SELECT {same}, 'invoice' FROM invoice_0004")  # noqa: S608
    op.drop_table("invoice_0004")


def _of_invoices() -> None:
    op.create_table(
        "adjustment",
        *(_id(), _number("invoice_id"), _number("adjusts_id"), _number("place")),
        sa.Column("exact", AMOUNT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_adjustment"),
        _to("adjustment", "invoice_id", "invoice.id"),
        _to("adjustment", "adjusts_id", "invoice.id"),
        sa.UniqueConstraint("adjusts_id", "place", name="uq_adjustment_adjusts_id"),
    )
    op.create_index("ix_adjustment_invoice_id", "adjustment", ["invoice_id"])
    op.create_table(
        "waiver",
        *(_text("switch"), _text("call_id"), _instant("started_at"), _text("customer_id"), _text("reason")),
        _instant("at"),
        sa.PrimaryKeyConstraint("switch", "call_id", "started_at", name="pk_waiver"),
        _to("waiver", "customer_id", "customer.id"),
    )
    op.create_index("ix_waiver_customer_id", "waiver", ["customer_id"])


def _payments() -> None:
    op.create_table(
        "payment",
        *(_id(), _text("customer_id"), _instant("received_at")),
        sa.Column("amount", AMOUNT, nullable=False),
        *(_text(name) for name in ("currency", "method", "status", "reference")),
        sa.Column("event", sa.Text),
        _instant("created_at"),
        sa.PrimaryKeyConstraint("id", name="pk_payment"),
        _to("payment", "customer_id", "customer.id"),
        sa.UniqueConstraint("event", name="uq_payment_event"),
        _check("payment", "method", "method IN ('bank_transfer', 'card', 'paypal', 'cash')"),
        _check("payment", "status", "status IN ('pending', 'completed', 'cancelled')"),
    )
    op.create_index("ix_payment_customer_id", "payment", ["customer_id"])
    op.create_table(
        "allocation",
        *(_number("payment_id"), _number("invoice_id"), sa.Column("amount", AMOUNT, nullable=False)),
        sa.PrimaryKeyConstraint("payment_id", "invoice_id", name="pk_allocation"),
        _to("allocation", "payment_id", "payment.id"),
        _to("allocation", "invoice_id", "invoice.id"),
    )
    op.create_index("ix_allocation_invoice_id", "allocation", ["invoice_id"])


def _schedules() -> None:
    op.create_table(
        "schedule",
        *(_text("customer_id"), _text("view"), _instant("since")),
        sa.Column("settle_hours", sa.Integer),
        _instant("created_at"),
        sa.PrimaryKeyConstraint("customer_id", name="pk_schedule"),
        _to("schedule", "customer_id", "customer.id"),
        _check("schedule", "view", "view IN ('daily', 'weekly', 'monthly')"),
        _check("schedule", "settle_hours", "settle_hours >= 0"),
    )
    op.create_table(
        "due",
        *(_id(), _text("customer_id"), _text("period_name"), _instant("period_end"), _instant("settles_at")),
        *(_text("state"), sa.Column("number", sa.Text), _text("why"), _number("attempts")),
        *(sa.Column("retry_at", INSTANT), sa.Column("claimed_by", sa.Text)),
        *(sa.Column("claimed_until", INSTANT), _instant("changed_at")),
        sa.PrimaryKeyConstraint("id", name="pk_due"),
        _to("due", "customer_id", "customer.id"),
        sa.UniqueConstraint("customer_id", "period_name", name="uq_due_customer_id"),
        _check("due", "state", "state IN ('due', 'made', 'nothing', 'skipped', 'failed')"),
    )
    op.create_index("ix_due_state", "due", ["state", "settles_at"])
    op.create_table(
        "round",
        *(_id(), _instant("started_at"), _instant("ended_at"), _text("started_by")),
        *(_number(name) for name in ("made", "skipped", "failed")),
        _text("report"),
        sa.PrimaryKeyConstraint("id", name="pk_round"),
    )
    op.create_index("ix_round_started_at", "round", ["started_at"])


def _id() -> sa.Column[Any]:
    return _number("id")


def _number(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer, nullable=False)


def _text(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Text, nullable=False)


def _instant(name: str) -> sa.Column[Any]:
    return sa.Column(name, INSTANT, nullable=False)


def _check(table: str, name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=f"fk_{table}_{column}")
