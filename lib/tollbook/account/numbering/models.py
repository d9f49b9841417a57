"""The rows of numbers: the account's range, blocks of customers, and SIP extensions.

Beside each number stands its key (`digits.py`), so that the database itself can refuse blocks that overlap: by an
exclusion constraint on PostgreSQL, by triggers on SQLite. No block goes while an extension picked from it is there.
"""

from datetime import datetime
from typing import Final

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    UniqueConstraint,
    func,
    literal_column,
)
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tollbook.account.models import Base, now

LARGEST: Final = 1_000_000_000
"""Numbers of one block at most."""


class NumberSettings(Base):
    """Where the account's numbers begin, how many a block has, and the realm of SIP secrets; there is one row."""

    __tablename__ = "number_settings"
    __table_args__ = (
        CheckConstraint("id = 1", name="one"),
        CheckConstraint(f"size BETWEEN 1 AND {LARGEST}", name="size"),
        CheckConstraint("(start IS NULL) = (size IS NULL)", name="range"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    start: Mapped[str | None]
    size: Mapped[int | None]
    realm: Mapped[str] = mapped_column(default="")


class NumberBlock(Base):
    """Numbers of one length that a customer has for itself; both ends belong to it. A block never changes."""

    __tablename__ = "number_block"
    __table_args__ = (
        UniqueConstraint("id", "customer_id"),
        CheckConstraint("'1' || start_number = CAST(start_key AS TEXT)", name="start"),
        CheckConstraint("'1' || end_number = CAST(end_key AS TEXT)", name="end"),
        CheckConstraint("length(start_number) = length(end_number)", name="width"),
        CheckConstraint("start_key <= end_key", name="ends"),
        ExcludeConstraint(
            (
                func.int8range(
                    literal_column("start_key"), literal_column("end_key"), literal_column("'[]'")
                ),
                "&&",
            ),
            name="ex_number_block_overlap",
            using="gist",
        ).ddl_if(dialect="postgresql"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[str] = mapped_column(ForeignKey("customer.id"), index=True)
    start_number: Mapped[str]
    end_number: Mapped[str]
    start_key: Mapped[int] = mapped_column(BigInteger)
    end_key: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(default=now)
    created_by: Mapped[str]


class Extension(Base):
    """A number by which a device of a customer registers. `block_id` is the block it is of, null outside of them.

    `sip_hashes` holds what switches compare a secret with, sealed; the secret itself is nowhere.
    """

    __tablename__ = "extension"
    __table_args__ = (
        ForeignKeyConstraint(
            ["block_id", "customer_id"],
            ["number_block.id", "number_block.customer_id"],
            name="fk_extension_block_id",
        ),
        CheckConstraint("'1' || number = CAST(key AS TEXT)", name="number"),
        CheckConstraint("(sip_hashes IS NULL) = (sip_made_at IS NULL)", name="sip"),
    )

    key: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    number: Mapped[str] = mapped_column(unique=True)
    customer_id: Mapped[str] = mapped_column(ForeignKey("customer.id"), index=True)
    block_id: Mapped[int | None] = mapped_column(index=True)
    name: Mapped[str] = mapped_column(default="")
    sip_realm: Mapped[str] = mapped_column(default="")
    sip_hashes: Mapped[str | None]
    sip_made_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    changed_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)
    created_by: Mapped[str]
