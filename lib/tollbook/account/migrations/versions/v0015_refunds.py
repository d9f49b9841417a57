"""What of a payment was paid back, and what a provider calls the refund that it tells of.

A version is history: it spells out its types and rules and imports none of today's.
"""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

AMOUNT: Final = sa.Numeric(38, 9).with_variant(sa.Text(), "sqlite")
INSTANT: Final = sa.DateTime(timezone=True)
METHODS: Final = "'bank_transfer', 'card', 'paypal', 'cash'"


def upgrade() -> None:
    op.create_table(
        "refund",
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("id", "payment_id")),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("amount", AMOUNT, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("method", "reference")),
        sa.Column("event", sa.Text),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_refund"),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name="fk_refund_payment_id"),
        sa.UniqueConstraint("event", name="uq_refund_event"),
        sa.CheckConstraint(f"method IN ({METHODS})", name=op.f("ck_refund_method")),
    )
    op.create_index("ix_refund_payment_id", "refund", ["payment_id"])
    op.add_column("notice", sa.Column("refund", sa.Text, nullable=False, server_default=""))
