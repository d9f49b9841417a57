"""Extensions: where they come from, what is free, who did what, and never one twice."""

from itertools import islice

import pytest

from account.numbering.conftest import BY, Do
from tollbook.account.database import Database
from tollbook.account.numbering import blocks, extensions, history
from tollbook.account.numbering.book import ConflictError
from tollbook.account.numbering.digits import key_of
from tollbook.errors import UsageError


def added(do: Do, customer: str, number: str = "") -> str:
    return str(do(extensions.add, BY, customer, number)["number"])


def free(do: Do, customer: str, most: int = 200, after: int = 0) -> list[str]:
    return list(do(lambda session: islice(extensions.free(session, customer, after), most)))


def audited(do: Do, number: str) -> list[tuple[str, str, object, object]]:
    told = do(history.of_extension, number)
    return [(one.login, one.action, one.before, one.after) for one in told]


def test_the_next_free_one_of_a_block(do: Do) -> None:
    do(blocks.allocate, BY, "acme", "10000", "10099")
    for number in ("10000", "10001", "10003"):
        assert added(do, "acme", number) == number
    told = free(do, "acme")
    assert (len(told), told[:2], told[-1]) == (97, ["10002", "10004"], "10099")
    assert free(do, "acme", after=key_of("10097")) == ["10098", "10099"]
    assert [added(do, "acme") for _ in range(2)] == ["10002", "10004"]


def test_an_extension_is_there_once_in_the_account(do: Do) -> None:
    do(extensions.add, BY, "acme", "7000")
    for customer in ("acme", "beta"):
        with pytest.raises(ConflictError, match=r"^7000 is taken already$"):
            do(extensions.add, BY, customer, "7000")


def test_leading_zeros_make_another_number(do: Do) -> None:
    assert [added(do, "acme", number) for number in ("100", "0100", "00100")] == ["100", "0100", "00100"]
    assert [row["number"] for row in do(extensions.listing)] == ["100", "0100", "00100"]


def test_with_a_block_only_its_numbers_are_given(do: Do) -> None:
    do(blocks.allocate, BY, "acme")
    with pytest.raises(ConflictError, match="2000 is in none of the blocks of acme: 1000-1999"):
        do(extensions.add, BY, "acme", "2000")
    with pytest.raises(ConflictError, match="1000 is in another customer's block"):
        do(extensions.add, BY, "beta", "1000")


def test_without_one_whatever_nobody_has(do: Do) -> None:
    do(blocks.allocate, BY, "acme")
    added(do, "beta", "2001")
    assert free(do, "beta", 3) == ["2000", "2002", "2003"]
    assert [added(do, "beta") for _ in range(2)] == ["2000", "2002"]
    assert added(do, "beta", "77") == "77"


def test_several_blocks_are_used_one_after_the_other_and_end(do: Do) -> None:
    for start, end in (("30", "31"), ("10", "10")):
        do(blocks.allocate, BY, "acme", start, end)
    assert free(do, "acme") == ["10", "30", "31"]
    assert [added(do, "acme") for _ in range(3)] == ["10", "30", "31"]
    with pytest.raises(ConflictError, match="no extension is free for acme"):
        do(extensions.add, BY, "acme")


def test_what_lies_outside_of_the_blocks_is_marked(do: Do) -> None:
    do(extensions.add, BY, "acme", "5000", "Lobby")
    assert do(extensions.listing)[0]["out_of_block"] is False
    do(blocks.allocate, BY, "acme")
    (row,) = do(extensions.listing, ["acme"])
    assert (row["out_of_block"], row["block"], row["name"], row["created_by"]) == (
        True,
        None,
        "Lobby",
        "test",
    )
    assert do(extensions.listing, ["beta"]) == []


def test_a_number_that_was_taken_away_is_free_and_its_history_stays(do: Do) -> None:
    do(extensions.add, BY, "acme", "5000", "Lobby")
    assert do(extensions.remove, BY, "5000")["customer"] == "acme"
    do(extensions.add, BY, "beta", "5000")
    do(extensions.add, BY, "beta", "5001")
    assert audited(do, "5000") == [
        ("test", "add", None, {"customer": "acme", "name": "Lobby"}),
        ("test", "remove", {"customer": "acme", "name": "Lobby"}, None),
        ("test", "add", None, {"customer": "beta"}),
    ]


def test_another_name_is_entered_once_with_the_one_before(do: Do) -> None:
    do(extensions.add, BY, "acme", "5000", "Lobby")
    assert [do(extensions.rename, BY, "5000", name)["name"] for name in (" Hall ", "Hall", "")] == [
        "Hall",
        "Hall",
        "",
    ]
    assert audited(do, "5000")[1:] == [
        ("test", "change", {"customer": "acme", "name": "Lobby"}, {"customer": "acme", "name": "Hall"}),
        ("test", "change", {"customer": "acme", "name": "Hall"}, {"customer": "acme", "name": ""}),
    ]
    for words, why in (
        (("5001", "x"), "there is no extension 5001"),
        (("5000", "a\u200bb"), r"name: .*control"),
    ):
        with pytest.raises(UsageError, match=why):
            do(extensions.rename, BY, *words)


def test_what_cannot_be_one_is_refused(do: Do) -> None:
    for words, why in (
        (("nobody",), "no customer"),
        (("acme", "5x"), "digits"),
        (("acme", "5", "a\u200bb"), r"name: .*control"),
    ):
        with pytest.raises(UsageError, match=why):
            do(extensions.add, BY, *words)


def test_an_unknown_one_is_named(do: Do) -> None:
    with pytest.raises(UsageError, match="there is no extension 5000"):
        do(extensions.remove, BY, "5000")


def test_where_nobody_has_said_where_numbers_begin_they_are_named(do: Do, numbers: Database) -> None:
    with numbers.session() as session:
        session.delete(session.get_one(blocks.NumberSettings, 1))
    with pytest.raises(ConflictError, match="name the number"):
        do(extensions.add, BY, "acme")
    assert added(do, "acme", "5") == "5"


def test_without_a_block_a_customer_has_a_number_of_them_at_most(do: Do) -> None:
    do(extensions.add, BY, "acme", "1", most=1)
    with pytest.raises(ConflictError, match="no extension is free for acme: it needs another block"):
        do(extensions.add, BY, "acme", "2", most=1)
    do(extensions.add, BY, "beta", "2", most=1)
    do(extensions.add, BY, "acme", "3")
    do(blocks.allocate, BY, "acme", "0100", "0199")
    do(extensions.add, BY, "acme", most=1)
