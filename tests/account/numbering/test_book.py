"""Which customer may have which number."""

import pytest

from tollbook.account.numbering.book import Book, ConflictError, Held, some
from tollbook.account.numbering.digits import key_of, span_of

BOOK = Book((Held(1, "acme", span_of("1000", "1999")), Held(2, "beta", span_of("3000", "3999"))))


def test_a_block_is_found_by_each_of_its_numbers() -> None:
    found = [BOOK.at(key_of(number)) for number in ("0999", "1000", "1999", "2000", "3500", "9000")]
    assert [held and held.id for held in found] == [None, 1, 1, None, 2, None]


def test_the_blocks_that_have_numbers_of_a_span_are_found_with_those_that_both_have() -> None:
    def found(start: str, end: str) -> list[tuple[int, str]]:
        return [(held.id, str(both)) for held, both in BOOK.within(span_of(start, end))]

    assert found("1500", "3000") == [(1, "1500-1999"), (2, "3000-3000")]
    assert found("0001", "9999") == [(1, "1000-1999"), (2, "3000-3999")]
    assert found("2000", "2999") == found("100", "199") == found("4000", "4000") == []


def test_with_a_block_a_customer_has_numbers_of_its_blocks_alone() -> None:
    assert BOOK.place("acme", key_of("1500")) == 1
    for number in ("2000", "3000", "01500"):
        with pytest.raises(ConflictError, match=f"{number} is in none of the blocks of acme: 1000-1999"):
            BOOK.place("acme", key_of(number))


def test_without_one_it_has_any_that_is_in_no_other_s() -> None:
    assert BOOK.place("gamma", key_of("2000")) is None
    with pytest.raises(ConflictError, match="1500 is in another customer's block 1000-1999"):
        BOOK.place("gamma", key_of("1500"))


def test_what_a_customer_could_not_take_today_is_outside() -> None:
    assert BOOK.is_outside("acme", key_of("2000"), None)
    assert BOOK.is_outside("gamma", key_of("1500"), None)
    assert not BOOK.is_outside("gamma", key_of("2000"), None)
    assert not BOOK.is_outside("acme", key_of("1500"), 1)


def test_a_line_has_room_for_some() -> None:
    assert some(["a", "b"]) == "a, b"
    assert some(map(str, range(30))).endswith("24 (+5)")
