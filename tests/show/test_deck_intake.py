"""Files that a page sends in pieces."""

import pytest

from tollbook.account.database import Database
from tollbook.account.models import Carrier, Customer
from tollbook.errors import UsageError
from tollbook.show import deck_intake
from tollbook.show.deck_intake import Pieces, owners


def piece(pieces, content, **message):
    return pieces.add({"name": "a.csv", "size": 6, "at": 0, **message}, [memoryview(content)])


def test_a_file_is_whole_with_its_last_piece():
    pieces = Pieces()
    assert piece(pieces, b"abc") is None
    assert piece(pieces, b"def", at=3) == b"abcdef"
    assert piece(pieces, b"uvwxyz") == b"uvwxyz"


def test_a_new_file_begins_where_another_was_left():
    pieces = Pieces()
    assert piece(pieces, b"abc") is None
    assert piece(pieces, b"123456", name="b.csv") == b"123456"


@pytest.mark.parametrize("message", [{"at": 4}, {"at": 3, "name": "b.csv"}, {"at": 3, "size": None}], ids=str)
def test_a_piece_that_does_not_follow_is_refused(message):
    pieces = Pieces()
    piece(pieces, b"abc")
    with pytest.raises(UsageError, match="Choose a CSV, XLSX or JSON file"):
        piece(pieces, b"def", **message)


def test_no_more_comes_than_a_file_may_have(monkeypatch):
    monkeypatch.setattr(deck_intake, "LARGEST_FILE", 5)
    with pytest.raises(UsageError, match="larger than"):
        piece(Pieces(), b"a", size=2**30)
    with pytest.raises(UsageError, match="larger than"):
        piece(Pieces(), b"abcdef", size=1)


def test_all_customers_and_carriers_can_have_a_deck(workspace):
    db = Database.of(workspace)
    with db.session() as session:
        session.add_all(
            [Carrier(id="kilo", name="Kilo"), Customer(id="bolt", name="B"), Customer(id="acme", name="A")]
        )
    with db.reading() as session:
        assert owners(session) == ["customer:acme", "customer:bolt", "carrier:kilo"]
