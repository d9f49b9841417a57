"""Webhooks, notifications of payments, and runs that the API was asked for.

A version is history: it spells out its types and rules and imports none of today's.
"""

from typing import Any, Final

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

AMOUNT: Final = sa.Numeric(38, 9).with_variant(sa.Text(), "sqlite")
INSTANT: Final = sa.DateTime(timezone=True)


def upgrade() -> None:
    _webhooks()
    _notices()
    _runs()


def _webhooks() -> None:
    op.create_table(
        "webhook_endpoint",
        *(_number("id"), _text("url"), _text("events"), _text("secret"), _instant("created_at")),
        sa.Column("off_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_endpoint"),
    )
    op.create_table(
        "webhook_event",
        *(_number("id"), _text("name"), _text("kind"), _text("body"), _instant("at")),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_event"),
        sa.UniqueConstraint("name", name="uq_webhook_event_name"),
    )
    op.create_index("ix_webhook_event_at", "webhook_event", ["at"])
    op.create_table(
        "webhook_delivery",
        *(_number("id"), _number("event_id"), _number("endpoint_id"), _text("state"), _number("attempts")),
        *(_instant("next_at"), sa.Column("tried_at", INSTANT), _text("answer")),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_delivery"),
        _to("webhook_delivery", "event_id", "webhook_event.id", ondelete="CASCADE"),
        _to("webhook_delivery", "endpoint_id", "webhook_endpoint.id"),
        sa.UniqueConstraint("event_id", "endpoint_id", name="uq_webhook_delivery_event_id"),
        _check("webhook_delivery", "state", "state IN ('waiting', 'delivered', 'given_up')"),
    )
    op.create_index("ix_webhook_delivery_state", "webhook_delivery", ["state", "next_at"])
    op.create_index("ix_webhook_delivery_endpoint_id", "webhook_delivery", ["endpoint_id"])


def _notices() -> None:
    effects = "'completed', 'pending', 'failed', 'refunded', 'disputed', 'lost'"
    op.create_table(
        "notice",
        _number("id"),
        *(_text(name) for name in ("provider", "event", "kind", "effect", "payment", "reference")),
        *(sa.Column("amount", AMOUNT), _text("currency"), _instant("at"), _instant("received_at")),
        *(_text("state"), _text("why"), sa.Column("payment_id", sa.Integer), _text("body")),
        sa.PrimaryKeyConstraint("id", name="pk_notice"),
        _to("notice", "payment_id", "payment.id"),
        sa.UniqueConstraint("provider", "event", name="uq_notice_provider"),
        _check("notice", "provider", "provider IN ('stripe', 'paypal')"),
        _check("notice", "effect", f"effect IN ({effects})"),
        _check("notice", "state", "state IN ('open', 'booked', 'dismissed')"),
    )
    op.create_index("ix_notice_payment", "notice", ["provider", "payment"])
    op.create_index("ix_notice_state", "notice", ["state"])
    op.create_index("ix_notice_payment_id", "notice", ["payment_id"])


def _runs() -> None:
    op.create_table(
        "invoice_run",
        *(_number("id"), _text("kind"), _text("asked"), _text("by"), _text("state")),
        *(sa.Column("total", sa.Integer), _text("results"), _text("why"), _number("attempts")),
        *(sa.Column("claimed_until", INSTANT), _instant("created_at"), sa.Column("ended_at", INSTANT)),
        sa.PrimaryKeyConstraint("id", name="pk_invoice_run"),
        _check("invoice_run", "kind", "kind IN ('invoices', 'note')"),
        _check("invoice_run", "state", "state IN ('waiting', 'running', 'done', 'failed')"),
    )
    op.create_index("ix_invoice_run_state", "invoice_run", ["state", "id"])


def _number(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer, nullable=False)


def _text(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Text, nullable=False)


def _instant(name: str) -> sa.Column[Any]:
    return sa.Column(name, INSTANT, nullable=False)


def _check(table: str, name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def _to(table: str, column: str, target: str, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=f"fk_{table}_{column}", ondelete=ondelete)
