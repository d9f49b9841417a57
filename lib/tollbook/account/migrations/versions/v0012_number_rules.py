"""How the numbers that a customer calls are written for rating.

A version is history: it spells out its types and rules and imports none of today's.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column("customer", sa.Column("number_rules", sa.Text, nullable=False, server_default=""))
