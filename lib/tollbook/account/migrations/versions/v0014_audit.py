"""By which way something came that the audit tells of, and an index by what it was done to.

A version is history: it spells out its types and rules and imports none of today's.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0012"


def upgrade() -> None:
    op.add_column("audit_event", sa.Column("via", sa.Text, nullable=False, server_default=""))
    op.create_index("ix_audit_event_resource", "audit_event", ["resource"])
