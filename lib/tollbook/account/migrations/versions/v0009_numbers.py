"""Number blocks that never overlap, and extensions that are each there once.

A version is history: it spells out its types and rules and imports none of today's.
"""

from typing import Any, Final

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

INSTANT: Final = sa.DateTime(timezone=True)
LARGEST: Final = 1_000_000_000


def upgrade() -> None:
    _settings()
    _blocks()
    if op.get_bind().dialect.name == "sqlite":
        _no_overlap_sqlite()
    else:
        _no_overlap_postgresql()
    _extensions()


def _settings() -> None:
    op.create_table(
        "number_settings",
        *(
            sa.Column("id", sa.Integer, nullable=False),
            sa.Column("start", sa.Text),
            sa.Column("size", sa.Integer),
        ),
        _text("realm"),
        sa.PrimaryKeyConstraint("id", name="pk_number_settings"),
        _check("number_settings", "one", "id = 1"),
        _check("number_settings", "size", f"size BETWEEN 1 AND {LARGEST}"),
        _check("number_settings", "range", "(start IS NULL) = (size IS NULL)"),
    )


def _blocks() -> None:
    op.create_table(
        "number_block",
        *(sa.Column("id", sa.Integer, nullable=False), _text("customer_id")),
        *(_text("start_number"), _text("end_number"), _key("start_key"), _key("end_key")),
        *(sa.Column("created_at", INSTANT, nullable=False), _text("created_by")),
        sa.PrimaryKeyConstraint("id", name="pk_number_block"),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name="fk_number_block_customer_id"),
        sa.UniqueConstraint("id", "customer_id", name="uq_number_block_id"),
        _check("number_block", "start", "'1' || start_number = CAST(start_key AS TEXT)"),
        _check("number_block", "end", "'1' || end_number = CAST(end_key AS TEXT)"),
        _check("number_block", "width", "length(start_number) = length(end_number)"),
        _check("number_block", "ends", "start_key <= end_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_number_block_customer_id", "number_block", ["customer_id"])


def _no_overlap_sqlite() -> None:
    """Before a row comes or changes, look for others with a number in common; SQLite has one writer at a time."""
    refuse = "BEGIN SELECT RAISE(ABORT, 'ex_number_block_overlap'); END"
    common = "SELECT 1 FROM number_block WHERE start_key <= NEW.end_key AND end_key >= NEW.start_key"
    for verb, others in (("INSERT", ""), ("UPDATE", " AND id <> OLD.id")):
        name = f"number_block_no_overlap_{verb.lower()}"
        when = f"WHEN EXISTS ({common}{others})"
        op.execute(f"CREATE TRIGGER {name} BEFORE {verb} ON number_block {when} {refuse}")


def _no_overlap_postgresql() -> None:
    op.execute(
        "ALTER TABLE number_block ADD CONSTRAINT ex_number_block_overlap "
        "EXCLUDE USING gist (int8range(start_key, end_key, '[]') WITH &&)"
    )


def _extensions() -> None:
    op.create_table(
        "extension",
        *(_key("key"), _text("number"), _text("customer_id"), sa.Column("block_id", sa.Integer)),
        *(
            _text("name"),
            _text("sip_realm"),
            sa.Column("sip_hashes", sa.Text),
            sa.Column("sip_made_at", INSTANT),
        ),
        *(sa.Column(name, INSTANT, nullable=False) for name in ("created_at", "changed_at")),
        _text("created_by"),
        sa.PrimaryKeyConstraint("key", name="pk_extension"),
        sa.UniqueConstraint("number", name="uq_extension_number"),
        sa.ForeignKeyConstraint(
            ["block_id", "customer_id"],
            ["number_block.id", "number_block.customer_id"],
            name="fk_extension_block_id",
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name="fk_extension_customer_id"),
        _check("extension", "number", "'1' || number = CAST(key AS TEXT)"),
        _check("extension", "sip", "(sip_hashes IS NULL) = (sip_made_at IS NULL)"),
    )
    op.create_index("ix_extension_customer_id", "extension", ["customer_id"])
    op.create_index("ix_extension_block_id", "extension", ["block_id"])


def _key(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger, nullable=False, autoincrement=False)


def _text(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Text, nullable=False)


def _check(table: str, name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))
