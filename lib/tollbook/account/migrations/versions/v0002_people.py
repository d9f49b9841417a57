"""People, what they sign in with, their sessions and tokens, and an audit that is only ever added to.

A version is history: it spells out its types and rules and imports none of today's.
"""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

INSTANT: Final = sa.DateTime(timezone=True)


def upgrade() -> None:
    _person()
    _recovery_code()
    _session()
    _sign_in_failure()
    _reset_link()
    _api_token()
    _audit_event()
    _append_only()


def _person() -> None:
    texts = ("email", "department", "phone", "mobile", "language", "zone", "theme", "allowed_addresses")
    instants = ("email_verified_at", "mobile_verified_at", "password_changed_at", "totp_confirmed_at")
    op.create_table(
        "person",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("login", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("customer_id", sa.Text),
        sa.Column("name", sa.Text, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in texts),
        *(sa.Column(name, INSTANT) for name in (*instants, "disabled_at")),
        sa.Column("password_hash", sa.Text),
        sa.Column("totp_secret", sa.Text),
        sa.Column("totp_step", sa.Integer, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_person"),
        sa.UniqueConstraint("login", name="uq_person_login"),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name="fk_person_customer_id"),
        _check("person", "role", "role IN ('admin', 'analyst', 'contact')"),
        _check("person", "theme", "theme IN ('system', 'light', 'dark')"),
        _check("person", "one_customer", "(role = 'contact') = (customer_id IS NOT NULL)"),
    )
    op.create_index("ix_person_customer_id", "person", ["customer_id"])


def _recovery_code() -> None:
    op.create_table(
        "recovery_code",
        sa.Column("person_id", sa.Integer, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
        sa.Column("used_at", INSTANT),
        sa.PrimaryKeyConstraint("person_id", "hash", name="pk_recovery_code"),
        _of_person("recovery_code"),
    )


def _session() -> None:
    op.create_table(
        "session",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
        sa.Column("person_id", sa.Integer, nullable=False),
        sa.Column("as_person_id", sa.Integer),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("last_used_at", INSTANT, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("agent", sa.Text, nullable=False),
        sa.Column("ended_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_session"),
        sa.UniqueConstraint("hash", name="uq_session_hash"),
        _of_person("session"),
        _of_person("session", "as_person_id"),
    )
    op.create_index("ix_session_person_id", "session", ["person_id"])


def _sign_in_failure() -> None:
    op.create_table(
        "sign_in_failure",
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("failures", sa.Double, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("until", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("kind", "key", name="pk_sign_in_failure"),
        _check("sign_in_failure", "kind", "kind IN ('address', 'login', 'pair')"),
    )
    op.create_index("ix_sign_in_failure_at", "sign_in_failure", ["at"])


def _reset_link() -> None:
    op.create_table(
        "reset_link",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
        sa.Column("person_id", sa.Integer, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("used_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_reset_link"),
        sa.UniqueConstraint("hash", name="uq_reset_link_hash"),
        _of_person("reset_link"),
    )
    op.create_index("ix_reset_link_person_id", "reset_link", ["person_id"])


def _api_token() -> None:
    op.create_table(
        "api_token",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
        sa.Column("person_id", sa.Integer),
        sa.Column("customer_id", sa.Text),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("scopes", sa.Text, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        *(sa.Column(name, INSTANT) for name in ("expires_at", "revoked_at", "last_used_at")),
        sa.PrimaryKeyConstraint("id", name="pk_api_token"),
        sa.UniqueConstraint("hash", name="uq_api_token_hash"),
        _of_person("api_token"),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name="fk_api_token_customer_id"),
        _check("api_token", "one_owner", "(person_id IS NULL) <> (customer_id IS NULL)"),
    )
    op.create_index("ix_api_token_person_id", "api_token", ["person_id"])
    op.create_index("ix_api_token_customer_id", "api_token", ["customer_id"])


def _audit_event() -> None:
    texts = ("login", "as_login", "address", "action", "resource", "outcome")
    op.create_table(
        "audit_event",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("person_id", sa.Integer),
        *(sa.Column(name, sa.Text, nullable=False) for name in texts),
        sa.Column("before", sa.Text),
        sa.Column("after", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_audit_event"),
        _check("audit_event", "outcome", "outcome IN ('done', 'refused', 'failed')"),
    )
    op.create_index("ix_audit_event_at", "audit_event", ["at"])


def _append_only() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _append_only_sqlite()
    else:
        _append_only_postgresql()


def _append_only_sqlite() -> None:
    refuse = "BEGIN SELECT RAISE(ABORT, 'audit_event is only ever added to'); END"
    for verb in ("UPDATE", "DELETE"):
        op.execute(f"CREATE TRIGGER audit_event_no_{verb.lower()} BEFORE {verb} ON audit_event {refuse}")
    # INSERT OR REPLACE would take a row's place without asking the trigger of DELETE.
    taken = "WHEN EXISTS (SELECT 1 FROM audit_event WHERE id = NEW.id)"
    op.execute(f"CREATE TRIGGER audit_event_no_replace BEFORE INSERT ON audit_event {taken} {refuse}")


def _append_only_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION audit_event_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION 'audit_event is only ever added to' USING ERRCODE = 'integrity_constraint_violation'; "
        "END $$"
    )
    for verb, each in (("UPDATE", "ROW"), ("DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
        op.execute(
            f"CREATE TRIGGER audit_event_no_{verb.lower()} BEFORE {verb} ON audit_event "
            f"FOR EACH {each} EXECUTE FUNCTION audit_event_refuse()"
        )


def _check(table: str, name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def _of_person(table: str, column: str = "person_id") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], ["person.id"], name=f"fk_{table}_{column}")
