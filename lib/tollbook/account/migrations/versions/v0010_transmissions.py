"""Which body came with a signed transmission of PayPal's, whose signature covers only a checksum of it.

A version is history: it spells out its types and rules and imports none of today's.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "transmission",
        *(sa.Column(name, sa.Text, nullable=False) for name in ("signed", "body")),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("signed", name="pk_transmission"),
    )
