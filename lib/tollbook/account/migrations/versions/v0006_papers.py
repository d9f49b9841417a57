"""What an electronic invoice tells of a customer, and in which language its documents are.

A version is history: it spells out its types and rules and imports none of today's.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_COLUMNS = (
    *("country", "postcode", "city", "tax_id", "endpoint"),
    *("language", "reference", "tax_category", "tax_note"),
)


def upgrade() -> None:
    for name in _COLUMNS:
        op.add_column("customer", sa.Column(name, sa.Text, nullable=False, server_default=""))
