"""The rows of people: who they are, what they sign in with, and what was done.

No secret is stored as it is: passwords and recovery codes, tokens of sessions, links and the API are hashes,
and a TOTP secret, which has to be read again, is sealed with a key of the workspace.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tollbook.account.models import Base, now, one_of
from tollbook.account.rights import ROLES
from tollbook.account.types import Document, Words

THEMES: Final = ("system", "light", "dark")
OUTCOMES: Final = ("done", "refused", "failed")
"""What became of what somebody wanted: done, not allowed, or allowed and gone wrong (as a wrong password)."""
FAILURE_KINDS: Final = ("address", "login", "pair")
"""What wrong sign-ins are counted by: an address, a login name, or both where the person is known there."""

VERIFIED: Final = ("email", "mobile")
"""What of a person can be verified by a code."""


class Person(Base):
    """Someone who can sign in: a user (admin, analyst) of the account, or a contact of one customer."""

    __tablename__ = "person"
    __table_args__ = (
        one_of("role", ROLES),
        one_of("theme", THEMES),
        CheckConstraint("(role = 'contact') = (customer_id IS NOT NULL)", name="one_customer"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(unique=True)
    role: Mapped[str]
    customer_id: Mapped[str | None] = mapped_column(ForeignKey("customer.id"), index=True)
    name: Mapped[str]
    email: Mapped[str] = mapped_column(default="")
    email_verified_at: Mapped[datetime | None]
    email_claimed: Mapped[bool] = mapped_column(default=False)
    """Whether the person themselves wrote it and has not verified it: nothing is trusted to it."""
    department: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    mobile: Mapped[str] = mapped_column(default="")
    mobile_verified_at: Mapped[datetime | None]
    language: Mapped[str] = mapped_column(default="")
    zone: Mapped[str] = mapped_column(default="")
    theme: Mapped[str] = mapped_column(default=THEMES[0])
    password_hash: Mapped[str | None]
    password_changed_at: Mapped[datetime | None]
    totp_secret: Mapped[str | None]
    totp_confirmed_at: Mapped[datetime | None]
    totp_step: Mapped[int] = mapped_column(default=0)
    allowed_addresses: Mapped[tuple[str, ...]] = mapped_column(Words, default=())
    disabled_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)


class RecoveryCode(Base):
    """A code that stands in for the second factor, once."""

    __tablename__ = "recovery_code"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    hash: Mapped[str] = mapped_column(primary_key=True)
    used_at: Mapped[datetime | None]


class PersonSession(Base):
    """One sign-in of one browser. An operator may look through it as a contact, `as_person_id`."""

    __tablename__ = "session"

    id: Mapped[int] = mapped_column(primary_key=True)
    hash: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    as_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime]
    address: Mapped[str]
    agent: Mapped[str]
    ended_at: Mapped[datetime | None]


class SignInFailure(Base):
    """How often signing in went wrong lately. `key` is a hash: what is typed for a name may be a password."""

    __tablename__ = "sign_in_failure"
    __table_args__ = (one_of("kind", FAILURE_KINDS),)

    kind: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[float]
    at: Mapped[datetime] = mapped_column(index=True)
    until: Mapped[datetime]


class ResetLink(Base):
    """A link by which a person sets a new password, once, before it expires."""

    __tablename__ = "reset_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    hash: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class ApiToken(Base):
    """What a program shows to the HTTP API; it belongs to a person or to a customer and has that one's rights."""

    __tablename__ = "api_token"
    __table_args__ = (CheckConstraint("(person_id IS NULL) <> (customer_id IS NULL)", name="one_owner"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    hash: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    customer_id: Mapped[str | None] = mapped_column(ForeignKey("customer.id"), index=True)
    name: Mapped[str]
    scopes: Mapped[tuple[str, ...]] = mapped_column(Words)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]


class VerificationCode(Base):
    """A code that was sent to an e-mail address or a mobile telephone, to see whether it is the person's."""

    __tablename__ = "verification_code"
    __table_args__ = (one_of("channel", VERIFIED),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    channel: Mapped[str] = mapped_column(primary_key=True)
    hash: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)


class ProviderIdentity(Base):
    """Whom a provider (OpenID Connect) means by a subject; a person is one subject of a provider."""

    __tablename__ = "provider_identity"
    __table_args__ = (UniqueConstraint("person_id", "issuer"),)

    issuer: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime]


class Passkey(Base):
    """A passkey of a person: its public key, and how often it says that it was used."""

    __tablename__ = "passkey"

    id: Mapped[int] = mapped_column(primary_key=True)
    credential_id: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    public_key: Mapped[str]
    sign_count: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str]
    transports: Mapped[tuple[str, ...]] = mapped_column(Words)
    backed_up: Mapped[bool]
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]


class Spent(Base):
    """What counts once and was used; remembered until it would count no more anyway."""

    __tablename__ = "spent"

    hash: Mapped[str] = mapped_column(primary_key=True)
    until: Mapped[datetime] = mapped_column(index=True)


class AuditEvent(Base):
    """What somebody did or wanted to do. Rows are added, never changed; the database itself refuses it.

    `person_id` is no foreign key: the row outlives whom it names. `customer` is the one that its documents name, so that
    what is of one customer is found among all.
    """

    __tablename__ = "audit_event"
    __table_args__ = (
        one_of("outcome", OUTCOMES),
        Index("ix_audit_event_at", "at"),
        Index("ix_audit_event_resource", "resource"),
        Index("ix_audit_event_customer", "customer", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(default=now)
    person_id: Mapped[int | None]
    login: Mapped[str]
    as_login: Mapped[str] = mapped_column(default="")
    via: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")
    action: Mapped[str]
    resource: Mapped[str]
    customer: Mapped[str | None]
    outcome: Mapped[str] = mapped_column(default=OUTCOMES[0])
    before: Mapped[Mapping[str, Any] | None] = mapped_column(Document)
    after: Mapped[Mapping[str, Any] | None] = mapped_column(Document)
