"""Notes of a difference, of which an invoice may have several, and invoices by mail.

A version is history: it spells out its types and rules and imports none of today's.
"""

from typing import Any, Final

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

AMOUNT: Final = sa.Numeric(38, 9).with_variant(sa.Text(), "sqlite")
INSTANT: Final = sa.DateTime(timezone=True)
LIVE: Final = "status <> 'credited' AND kind = 'invoice'"
INVOICE: Final = {
    "period": "period_start < period_end",
    "corrects": "(kind <> 'invoice') = (corrects_id IS NOT NULL)",
    "kind": "kind IN ('invoice', 'credit_note', 'debit_note')",
    "numbered": "(status = 'draft') = (number IS NULL)",
    "dated": "(status = 'draft') = (issued_at IS NULL)",
    "status": "status IN ('draft', 'issued', 'part_paid', 'paid', 'credited')",
}
_COLUMNS: Final = (
    *("id", "customer_id", "period_name", "period_start", "period_end", "kind", "corrects_id", "status"),
    *("number", "currency", "net", "tax", "total", "exact_charge", "rounding", "record", "created_at"),
    "issued_at",
)


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _invoices_again()
    else:
        op.drop_constraint("uq_invoice_corrects_id", "invoice")
        for name in ("corrects", "kind"):
            op.drop_constraint(op.f(f"ck_invoice_{name}"), "invoice")
            op.create_check_constraint(op.f(f"ck_invoice_{name}"), "invoice", INVOICE[name])
    op.create_index("ix_invoice_corrects_id", "invoice", ["corrects_id"])
    op.add_column("customer", sa.Column("invoice_mail", sa.Text, nullable=False, server_default=""))
    _mails()


def _invoices_again() -> None:
    """SQLite changes no rule of a table: its rows move to a new one, and so do those of what points at them."""
    op.drop_index("uq_invoice_live", "invoice")
    op.drop_index("ix_adjustment_invoice_id", "adjustment")
    op.drop_index("ix_allocation_invoice_id", "allocation")
    for table in ("invoice", "adjustment", "allocation"):
        op.rename_table(table, f"{table}_0006")
    _invoice()
    _adjustment()
    _allocation()
    _move("invoice", _COLUMNS)
    _move("adjustment", ("id", "invoice_id", "adjusts_id", "place", "exact"))
    _move("allocation", ("payment_id", "invoice_id", "amount"))
    for table in ("allocation", "adjustment", "invoice"):
        op.drop_table(f"{table}_0006")
    op.create_index(
        "uq_invoice_live", "invoice", ["customer_id", "period_name"], unique=True, sqlite_where=sa.text(LIVE)
    )
    op.create_index("ix_adjustment_invoice_id", "adjustment", ["invoice_id"])
    op.create_index("ix_allocation_invoice_id", "allocation", ["invoice_id"])


def _move(table: str, columns: tuple[str, ...]) -> None:
    same = ", ".join(columns)
    op.execute(f"INSERT INTO {table} ({same}) SELECT {same} FROM {table}_0006 ORDER BY 1")  # noqa: S608


def _invoice() -> None:
    texts = ("customer_id", "period_name", "kind", "status", "currency", "record")
    op.create_table(
        "invoice",
        *(_number("id"), *(_text(name) for name in texts)),
        *(_instant(name) for name in ("period_start", "period_end", "created_at")),
        *(_amount(name) for name in ("net", "tax", "total", "exact_charge", "rounding")),
        sa.Column("corrects_id", sa.Integer),
        sa.Column("number", sa.Text),
        sa.Column("issued_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_invoice"),
        _to("invoice", "customer_id", "customer.id"),
        _to("invoice", "corrects_id", "invoice.id"),
        sa.UniqueConstraint("number", name="uq_invoice_number"),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_invoice_{name}")) for name, rule in INVOICE.items()),
    )


def _adjustment() -> None:
    op.create_table(
        "adjustment",
        *(_number("id"), _number("invoice_id"), _number("adjusts_id"), _number("place"), _amount("exact")),
        sa.PrimaryKeyConstraint("id", name="pk_adjustment"),
        _to("adjustment", "invoice_id", "invoice.id"),
        _to("adjustment", "adjusts_id", "invoice.id"),
        sa.UniqueConstraint("adjusts_id", "place", name="uq_adjustment_adjusts_id"),
    )


def _allocation() -> None:
    op.create_table(
        "allocation",
        *(_number("payment_id"), _number("invoice_id"), _amount("amount")),
        sa.PrimaryKeyConstraint("payment_id", "invoice_id", name="pk_allocation"),
        _to("allocation", "payment_id", "payment.id"),
        _to("allocation", "invoice_id", "invoice.id"),
    )


def _mails() -> None:
    op.create_table(
        "invoice_mail",
        *(_number("id"), _number("invoice_id"), _text("address"), _number("place")),
        sa.Column("outgoing_id", sa.Integer),
        _instant("put_at"),
        sa.PrimaryKeyConstraint("id", name="pk_invoice_mail"),
        _to("invoice_mail", "invoice_id", "invoice.id"),
        _to("invoice_mail", "outgoing_id", "outgoing.id"),
        sa.UniqueConstraint("invoice_id", "address", "place", name="uq_invoice_mail_invoice_id"),
    )


def _number(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer, nullable=False)


def _text(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Text, nullable=False)


def _amount(name: str) -> sa.Column[Any]:
    return sa.Column(name, AMOUNT, nullable=False)


def _instant(name: str) -> sa.Column[Any]:
    return sa.Column(name, INSTANT, nullable=False)


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=f"fk_{table}_{column}")
