"""E-mail addresses that are only claimed, messages on their way, codes that verify an address, identities of providers, passkeys, and what was used once.

A version is history: it spells out its types and rules and imports none of today's.
"""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

INSTANT: Final = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("person", sa.Column("email_claimed", sa.Boolean, nullable=False, server_default=sa.false()))
    _outgoing()
    _verification_code()
    _provider_identity()
    _passkey()
    op.create_table(
        "spent",
        sa.Column("hash", sa.Text, nullable=False),
        sa.Column("until", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_spent"),
    )
    op.create_index("ix_spent_until", "spent", ["until"])


def _outgoing() -> None:
    states = "'waiting', 'handing_over', 'sent', 'refused', 'unsure', 'expired'"
    op.create_table(
        "outgoing",
        sa.Column("id", sa.Integer, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("channel", "purpose", "recipient")),
        sa.Column("content", sa.Text),
        sa.Column("message_id", sa.Text, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("next_at", INSTANT, nullable=False),
        sa.Column("tried_at", INSTANT),
        sa.Column("answer", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_outgoing"),
        _check("outgoing", "channel", "channel IN ('mail', 'sms')"),
        _check("outgoing", "state", f"state IN ({states})"),
    )
    op.create_index("ix_outgoing_state", "outgoing", ["state", "next_at"])


def _verification_code() -> None:
    op.create_table(
        "verification_code",
        sa.Column("person_id", sa.Integer, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("person_id", "channel", name="pk_verification_code"),
        _of_person("verification_code"),
        _check("verification_code", "channel", "channel IN ('email', 'mobile')"),
    )


def _provider_identity() -> None:
    op.create_table(
        "provider_identity",
        sa.Column("issuer", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("person_id", sa.Integer, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("last_used_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("issuer", "subject", name="pk_provider_identity"),
        sa.UniqueConstraint("person_id", "issuer", name="uq_provider_identity_person_id"),
        _of_person("provider_identity"),
    )


def _passkey() -> None:
    op.create_table(
        "passkey",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("credential_id", sa.Text, nullable=False),
        sa.Column("person_id", sa.Integer, nullable=False),
        sa.Column("public_key", sa.Text, nullable=False),
        sa.Column("sign_count", sa.BigInteger, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("transports", sa.Text, nullable=False),
        sa.Column("backed_up", sa.Boolean, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("last_used_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_passkey"),
        sa.UniqueConstraint("credential_id", name="uq_passkey_credential_id"),
        _of_person("passkey"),
    )
    op.create_index("ix_passkey_person_id", "passkey", ["person_id"])


def _check(table: str, name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def _of_person(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=f"fk_{table}_person_id")
