"""Who did what with a number, and what of that a reader of one customer has."""

from typing import Any

import pytest

from account.numbering.conftest import BY, Do
from tollbook.account.audit import Actor
from tollbook.account.database import Database
from tollbook.account.numbering import extensions, history, sip
from tollbook.account.people import persons
from tollbook.account.secret import Secret

ANNA, OF_BETA = Actor(2, "anna", "192.0.2.7", via="portal"), Actor(None, "customer beta", via="token 5")


@pytest.fixture
def moved(do: Do) -> None:
    """Anna of acme took 5000, the account named it and made a secret; then it went to beta, whose own token named it."""
    do(persons.add, "contact", "anna", {"customer": "acme"}, BY)
    do(extensions.add, ANNA, "acme", "5000", "Lobby")
    do(extensions.rename, BY, "5000", "Hall")
    do(sip.make, BY, sip.numbered(["5000"]), Secret(b"k" * 32), "sip.example.net")
    do(extensions.remove, ANNA, "5000")
    do(extensions.add, BY, "beta", "5000")
    do(extensions.rename, OF_BETA, "5000", "Shop")
    do(extensions.add, ANNA, "acme", "5001")


def told(db: Database, *customers: str, **more: Any) -> list[tuple[str, str, str]]:
    """Who did what and from where: of these customers, or of all."""
    with db.reading() as session:
        known = history.people(session, customers or None)
        events = history.of_extension(session, "5000", customers or None, **more)
        rows = [history.told(event, known) for event in events]
    return [(row["login"], row["action"], row["address"]) for row in rows]


def test_all_of_it_is_told_the_oldest_first(moved: None, numbers: Database) -> None:
    assert told(numbers) == [
        ("anna", "add", "192.0.2.7"),
        ("test", "change", ""),
        ("test", "make secret", ""),
        ("anna", "remove", "192.0.2.7"),
        ("test", "add", ""),
        ("customer beta", "change", ""),
    ]


def test_a_customer_has_its_own_time_with_a_number_and_is_told_its_own_people(
    moved: None, numbers: Database
) -> None:
    assert told(numbers, "acme") == [
        ("anna", "add", "192.0.2.7"),
        ("", "change", ""),
        ("", "make secret", ""),
        ("anna", "remove", "192.0.2.7"),
    ]
    assert told(numbers, "beta") == [("", "add", ""), ("customer beta", "change", "")]
    assert told(numbers, "nobody") == []


def test_it_comes_in_pieces(moved: None, numbers: Database) -> None:
    with numbers.reading() as session:
        first, second, *_ = history.of_extension(session, "5000", ["acme"])
        assert history.of_extension(session, "5000", ["acme"], after=first.id, most=1) == [second]
