"""Of which customer an entry of the audit is, and an index by it; older ones of numbers get theirs from what they tell.

A version is history: it spells out its types and rules and imports none of today's.
"""

import json
from typing import Any, Final

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

OF_NUMBERS: Final = sa.text(
    'SELECT id, "before", "after" FROM audit_event WHERE id > :last '
    "AND (resource LIKE 'block %' OR resource LIKE 'extension %') ORDER BY id LIMIT 10000"
)
KEPT: Final = sa.text("UPDATE audit_event SET customer = :customer WHERE id = :id")
REFUSE: Final = "BEGIN SELECT RAISE(ABORT, 'audit_event is only ever added to'); END"


def upgrade() -> None:
    op.add_column("audit_event", sa.Column("customer", sa.Text))
    sqlite = op.get_bind().dialect.name == "sqlite"
    op.execute(
        "DROP TRIGGER audit_event_no_update"
        if sqlite
        else "ALTER TABLE audit_event DISABLE TRIGGER audit_event_no_update"
    )
    _fill(op.get_bind())
    op.execute(
        f"CREATE TRIGGER audit_event_no_update BEFORE UPDATE ON audit_event {REFUSE}"
        if sqlite
        else "ALTER TABLE audit_event ENABLE TRIGGER audit_event_no_update"
    )
    op.create_index("ix_audit_event_customer", "audit_event", ["customer", "at"])


def _fill(connection: sa.Connection) -> None:
    last = 0
    while rows := connection.execute(OF_NUMBERS, {"last": last}).all():
        last = rows[-1][0]
        named = [{"id": row[0], "customer": _customer(row[2]) or _customer(row[1])} for row in rows]
        if found := [one for one in named if one["customer"]]:
            connection.execute(KEPT, found)


def _customer(text: str | None) -> str | None:
    told: Any = json.loads(text or "{}").get("customer")
    return told if isinstance(told, str) else None
