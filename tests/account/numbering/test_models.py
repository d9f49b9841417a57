"""What the database itself refuses, whoever writes."""

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from tollbook.account.database import Database
from tollbook.account.models import Base
from tollbook.account.numbering.digits import key_of
from tollbook.account.numbering.models import Extension, NumberBlock, NumberSettings


def block(start: str, end: str, customer: str = "acme", /, **other: Any) -> NumberBlock:
    keys = {"start_key": key_of(start.rstrip("a")), "end_key": key_of(end)}
    ends = {"start_number": start, "end_number": end}
    return NumberBlock(customer_id=customer, created_by="test", **{**ends, **keys, **other})


def extension(number: str, /, **other: Any) -> Extension:
    told = {"key": key_of(number), "number": number, "customer_id": "acme", "created_by": "test"}
    return Extension(**{**told, **other})


@pytest.fixture
def held(numbers: Database) -> Database:
    """Acme has 1000-1999 with the extension 1000."""
    with numbers.session() as session:
        first = block("1000", "1999")
        session.add(first)
        session.flush()
        session.add(extension("1000", block_id=first.id))
    return numbers


def test_what_can_not_be_is_refused(held: Database) -> None:
    rows: list[Base] = [
        block("1500", "2499", "beta"),
        block("0999", "1000"),
        block("0000", "9999"),
        block("1999", "1999"),
        block("3000", "3999", start_key=key_of("4000")),
        block("3000", "2000"),
        block("300", "3999"),
        block("300a", "3999"),
        block("3000", "3999", "nobody"),
        extension("1000", customer_id="beta"),
        extension("1001", key=key_of("1002")),
        extension("1001", number="1001 "),
        extension("1001", customer_id="nobody"),
        extension("1001", block_id=7),
        extension("1001", block_id=1, customer_id="beta"),
        extension("1001", sip_hashes="x"),
        NumberSettings(id=2),
    ]
    for row in rows:
        with pytest.raises(IntegrityError), held.session() as session:
            session.add(row)


def test_neighbours_and_numbers_of_other_lengths_do_not_overlap(held: Database) -> None:
    spans = [("0900", "0999"), ("2000", "2999"), ("100", "199"), ("01000", "01999")]
    with held.session() as session:
        session.add_all([block(*span) for span in spans])


def test_no_change_makes_what_can_not_be(held: Database) -> None:
    statements = [
        "UPDATE number_block SET end_number = '2000', end_key = 12000 WHERE start_number = '1000'",
        "UPDATE number_block SET start_number = '1999', start_key = 11999 WHERE start_number = '2000'",
        "DELETE FROM number_block WHERE start_number = '1000'",
        "UPDATE extension SET number = '10000', key = 11001",
        "UPDATE number_settings SET size = 0",
        "UPDATE number_settings SET start = NULL",
    ]
    with held.session() as session:
        session.add(block("2000", "2999", "beta"))
    for statement in statements:
        with pytest.raises(IntegrityError), held.session() as session:
            session.execute(text(statement))
