"""Alerts: rules, how each stands, what each did, who was told, and up to when all were judged.

A version is history: it spells out its types and rules and imports none of today's.
"""

from typing import Any, Final

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

AMOUNT: Final = sa.Numeric(38, 9).with_variant(sa.Text(), "sqlite")
INSTANT: Final = sa.DateTime(timezone=True)
AREAS: Final = "'balance', 'asr', 'acd', 'pdd', 'pdd_p95', 'dtmf', 'cps', 'channels', 'short_calls', 'unrated', 'completeness'"


def upgrade() -> None:
    _alert()
    _state()
    _event()
    op.create_table(
        "alert_delivery",
        *(_key("id"), sa.Column("event_id", sa.Integer, nullable=False), _text("recipient")),
        *(sa.Column("outgoing_id", sa.Integer), _text("note")),
        sa.PrimaryKeyConstraint("id", name="pk_alert_delivery"),
        sa.ForeignKeyConstraint(["event_id"], ["alert_event.id"], name="fk_alert_delivery_event_id"),
        sa.ForeignKeyConstraint(
            ["outgoing_id"], ["outgoing.id"], name="fk_alert_delivery_outgoing_id", ondelete="SET NULL"
        ),
    )
    op.create_index("ix_alert_delivery_event_id", "alert_delivery", ["event_id"])
    op.create_index("ix_alert_delivery_outgoing_id", "alert_delivery", ["outgoing_id"])
    op.create_table(
        "alert_round",
        *(_key("id"), sa.Column("judged_at", INSTANT)),
        sa.PrimaryKeyConstraint("id", name="pk_alert_round"),
        _check("alert_round", "one", "id = 1"),
    )


def _alert() -> None:
    op.create_table(
        "alert",
        _key("id"),
        *(_text(name) for name in ("name", "area", "by", "customer", "carrier", "destination", "operator")),
        *(sa.Column(name, AMOUNT, nullable=False) for name in ("threshold", "reset")),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("sample_min", "min_calls")),
        *(sa.Column("repeat_min", sa.Integer), _text("recipients")),
        *(sa.Column("active", sa.Boolean, nullable=False), sa.Column("created_at", INSTANT, nullable=False)),
        *(
            _text("created_by"),
            sa.Column("changed_at", INSTANT, nullable=False),
            sa.Column("removed_at", INSTANT),
        ),
        sa.PrimaryKeyConstraint("id", name="pk_alert"),
        _check("alert", "area", f"area IN ({AREAS})"),
        _check("alert", "by", "by IN ('', 'customer', 'carrier', 'destination')"),
        _check("alert", "operator", "operator IN ('below', 'at_most', 'above', 'at_least')"),
        _check("alert", "sample_min", "sample_min > 0 AND sample_min % 15 = 0"),
        _check("alert", "min_calls", "min_calls >= 0"),
        _check("alert", "repeat_min", "repeat_min > 0"),
    )


def _state() -> None:
    op.create_table(
        "alert_state",
        *(_key("alert_id"), _text("subject"), _text("status"), sa.Column("at", INSTANT, nullable=False)),
        *_figures(),
        *(sa.Column("raised_at", INSTANT), sa.Column("told_at", INSTANT)),
        sa.PrimaryKeyConstraint("alert_id", "subject", name="pk_alert_state"),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name="fk_alert_state_alert_id"),
        _check("alert_state", "status", "status IN ('ok', 'raised', 'few_calls', 'no_data')"),
    )
    op.create_index("ix_alert_state_raised_at", "alert_state", ["raised_at"])


def _event() -> None:
    op.create_table(
        "alert_event",
        *(_key("id"), sa.Column("alert_id", sa.Integer, nullable=False), _text("subject"), _text("kind")),
        *(sa.Column(name, INSTANT, nullable=False) for name in ("at", "recorded_at")),
        *_figures(),
        sa.Column("threshold", AMOUNT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_alert_event"),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name="fk_alert_event_alert_id"),
        _check("alert_event", "kind", "kind IN ('fired', 'repeated', 'reset', 'test')"),
    )
    op.create_index("ix_alert_event_alert_id", "alert_event", ["alert_id", "id"])
    op.create_index("ix_alert_event_recorded_at", "alert_event", ["recorded_at"])


def _figures() -> list[sa.Column[Any]]:
    return [
        *(sa.Column(name, AMOUNT) for name in ("value", "numerator", "denominator")),
        sa.Column("calls", sa.BigInteger),
    ]


def _key(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer, nullable=False)


def _text(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Text, nullable=False)


def _check(table: str, name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))
