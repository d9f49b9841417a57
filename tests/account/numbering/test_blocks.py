"""Number blocks: the worked cases of the rules, and what is refused."""

import pytest

from account.numbering.conftest import BY, Do
from tollbook.account.audit import events
from tollbook.account.database import Database
from tollbook.account.numbering import blocks, extensions
from tollbook.account.numbering.book import ConflictError
from tollbook.errors import UsageError


def ends(row: dict[str, object]) -> str:
    return f"{row['start']}-{row['end']}"


def test_blocks_follow_each_other(do: Do) -> None:
    told = [do(blocks.allocate, BY, customer) for customer in ("acme", "beta", "acme")]
    assert [ends(row) for row in told] == ["1000-1999", "2000-2999", "3000-3999"]
    assert told[0] == {
        "id": told[0]["id"],
        "customer": "acme",
        "start": "1000",
        "end": "1999",
        "used": 0,
        "free": 1000,
    }


def test_the_next_is_found_by_overlap_and_not_by_count(do: Do) -> None:
    do(blocks.allocate, BY, "acme", "1000", "1999")
    do(blocks.allocate, BY, "acme", "3000", "3999")
    assert ends(do(blocks.allocate, BY, "beta")) == "2000-2999"


def test_a_changed_size_counts_from_the_next_block_on(do: Do) -> None:
    do(blocks.allocate, BY, "acme")
    do(blocks.set_up, BY, size=500)
    assert ends(do(blocks.allocate, BY, "acme")) == "2000-2499"
    assert [ends(row) for row in do(blocks.listing)] == ["1000-1999", "2000-2499"]


def test_an_overlap_is_refused_and_named(do: Do) -> None:
    number = do(blocks.allocate, BY, "acme")["id"]
    with pytest.raises(
        ConflictError, match=rf"^1500-2499 .*: 1500-1999 \(block {number} of acme, 1000-1999\)$"
    ):
        do(blocks.allocate, BY, "beta", "1500", "2499")
    assert len(do(blocks.listing)) == 1


def test_what_is_released_is_the_next_again(do: Do) -> None:
    first = do(blocks.allocate, BY, "acme")
    do(blocks.allocate, BY, "acme")
    assert do(blocks.release, BY, first["id"]) == first
    assert ends(do(blocks.allocate, BY, "beta")) == "1000-1999"
    assert [row["customer"] for row in do(blocks.listing)] == ["beta", "acme"]
    assert [ends(row) for row in do(blocks.listing, ["acme"])] == ["2000-2999"]


def test_a_block_in_use_stays_and_what_uses_it_is_listed(do: Do) -> None:
    number = do(blocks.allocate, BY, "acme")["id"]
    for _ in range(2):
        do(extensions.add, BY, "acme")
    with pytest.raises(
        ConflictError, match=rf"^block {number} \(1000-1999 of acme\) has 2 in use: 1000, 1001$"
    ):
        do(blocks.release, BY, number)
    for extension in ("1000", "1001"):
        do(extensions.remove, BY, extension)
    do(blocks.release, BY, number)
    assert do(blocks.listing) == []


def test_used_free_and_their_ratio(do: Do) -> None:
    do(blocks.allocate, BY, "acme", "10000", "10099")
    for number in ("10000", "10001", "10003"):
        do(extensions.add, BY, "acme", number)
    (row,) = do(blocks.listing)
    assert (row["used"], row["free"]) == (3, 97)
    do(blocks.allocate, BY, "acme", "20000", "20099")
    counts = {"customer": "acme", "blocks": 2, "numbers": 200, "used": 3, "free": 197}
    assert do(blocks.usage) == [{**counts, "utilisation": 3 / 200}]
    assert do(blocks.usage, ["beta"]) == []


def test_leading_zeros_count(do: Do) -> None:
    do(blocks.set_up, BY, start="0100", size=100)
    assert [ends(do(blocks.allocate, BY, "acme")) for _ in range(2)] == ["0100-0199", "0200-0299"]
    assert ends(do(blocks.allocate, BY, "beta", "100", "199")) == "100-199"


def test_a_full_range_is_told(do: Do) -> None:
    do(blocks.set_up, BY, start="08", size=92)
    do(blocks.allocate, BY, "acme")
    with pytest.raises(ConflictError, match="no 92 numbers in a row are left from 08 on"):
        do(blocks.allocate, BY, "acme")


def test_extensions_that_were_there_become_its_if_they_are_its_customer_s(do: Do) -> None:
    do(extensions.add, BY, "acme", "1005")
    do(extensions.add, BY, "beta", "1006")
    row = do(blocks.allocate, BY, "acme")
    assert (row["used"], row["free"]) == (2, 998)
    assert do(blocks.strangers, row["id"]) == ["1006"]
    told = {one["number"]: (one["block"], one["out_of_block"]) for one in do(extensions.listing)}
    assert told == {"1005": (row["id"], False), "1006": (None, True)}


def test_what_cannot_be_a_block_is_refused(do: Do) -> None:
    for words, why in (
        (("nobody",), "no customer 'nobody'"),
        (("acme", "1000"), "name both ends"),
        (("acme", "1000", "999"), "same number of digits"),
        (("acme", "1", "x"), "write digits alone"),
        (("acme", "0000000000", "9999999999"), "at most"),
    ):
        with pytest.raises(UsageError, match=why):
            do(blocks.allocate, BY, *words)


def test_settings_that_cannot_be_are_refused(do: Do) -> None:
    for named, why in (
        ({"start": "x"}, "digits"),
        ({"size": 0, "start": "1" * 19}, "digits"),
        ({"size": -1}, "1 to"),
        ({"size": 10**10}, "1 to"),
        ({"start": "01", "size": 100}, "need more digits"),
        ({"realm": "not a domain"}, "SIP domain"),
        ({"realm": "a'; DROP TABLE subscriber; --"}, "SIP domain"),
    ):
        with pytest.raises(UsageError, match=why):
            do(blocks.set_up, BY, **named)
    assert do(blocks.settings) == {"start": "1000", "size": 1000, "realm": ""}


def test_nobody_has_said_where_blocks_begin(database: Database) -> None:
    with database.session() as session:
        assert blocks.settings(session) == {"start": None, "size": None, "realm": ""}
        assert blocks.set_up(session, BY, realm="sip.example.net")["realm"] == "sip.example.net"
        with pytest.raises(UsageError, match="name both"):
            blocks.set_up(session, BY, size=10)


def test_without_a_start_only_a_named_block_is_given(do: Do, numbers: Database) -> None:
    with numbers.session() as session:
        session.delete(session.get_one(blocks.NumberSettings, 1))
    with pytest.raises(ConflictError, match="set the range start and the block size first"):
        do(blocks.allocate, BY, "acme")
    assert ends(do(blocks.allocate, BY, "acme", "5000", "5009")) == "5000-5009"


def test_an_unknown_block_is_named(do: Do) -> None:
    with pytest.raises(UsageError, match="no block '77'"):
        do(blocks.release, BY, 77)


def test_who_did_what_is_in_the_audit(do: Do, numbers: Database) -> None:
    number = do(blocks.allocate, BY, "acme")["id"]
    do(blocks.release, BY, number)
    do(blocks.set_up, BY, size=1000)
    with numbers.reading() as session:
        told = [(e["action"], e["resource"], e["before"], e["after"]) for e in events(session, None, None)]
    block = {"customer": "acme", "start": "1000", "end": "1999"}
    assert told == [
        ("change", "block settings", {"start": None, "size": None}, {"start": "1000", "size": 1000}),
        ("allocate", f"block {number}", None, block),
        ("release", f"block {number}", block, None),
    ]
