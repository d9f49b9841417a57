"""Answers of the API that are kept under the key that a write came with.

A version is history: it spells out its types and rules and imports none of today's.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "kept_answer",
        *(sa.Column(name, sa.Text, nullable=False) for name in ("owner", "key", "request")),
        sa.Column("status", sa.Integer, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("location", "body")),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("owner", "key", name="pk_kept_answer"),
    )
    op.create_index("ix_kept_answer_at", "kept_answer", ["at"])
