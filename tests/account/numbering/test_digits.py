"""Numbers are texts of digits; their keys keep length and order."""

from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tollbook.account.numbering.digits import (
    Span,
    checked_number,
    first_fit,
    free_in,
    gaps,
    key_of,
    number_of,
    span_of,
    widths,
)
from tollbook.errors import UsageError

NUMBERS = st.text("0123456789", min_size=1, max_size=18)


@given(NUMBERS, NUMBERS)
def test_a_key_is_of_one_number_and_keeps_its_zeros(one: str, other: str) -> None:
    assert number_of(key_of(one)) == one
    assert (key_of(one) == key_of(other)) is (one == other)
    assert (key_of(one) < key_of(other)) is ((len(one), one) < (len(other), other))


@pytest.mark.parametrize("text", ["", " 1", "1a", "+49", "-5", "4.5", "٣", "1" * 19])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        checked_number(text)


def test_a_span_has_both_its_ends() -> None:
    span = span_of("0098", "0101")
    assert (len(span), str(span)) == (4, "0098-0101")
    assert key_of("0101") in span
    assert key_of("101") not in span
    assert span.common(span_of("0101", "0200")) == span_of("0101", "0101")
    assert span.common(span_of("098", "101")) is None


@pytest.mark.parametrize(
    ("start", "end", "why"),
    [("99", "100", "same number of digits"), ("200", "100", "before"), ("a", "b", "digits")],
)
def test_ends_that_do_not_fit_are_refused(start: str, end: str, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        span_of(start, end)


@pytest.mark.parametrize(
    ("start", "size", "taken", "found"),
    [
        ("1000", 1000, [], "1000-1999"),
        ("1000", 1000, ["1000-1999", "3000-3999"], "2000-2999"),
        ("1000", 500, ["1000-1999"], "2000-2499"),
        ("1000", 1000, ["1200-1299"], "1300-2299"),
        ("1000", 1000, ["0000-0999", "100-999"], "1000-1999"),
        ("0100", 100, ["100-199"], "0100-0199"),
        ("9000", 1000, ["9000-9999"], "10000-10999"),
        ("9500", 1000, [], "10000-10999"),
        ("1000", 9001, [], "10000-19000"),
        ("1000", 1000, ["1000-9999", "10000-10999"], "11000-11999"),
        ("0900", 1000, [], "0900-1899"),
        ("0900", 9101, [], None),
        ("0900", 200, ["0000-9999"], None),
    ],
)
def test_the_first_fit_is_where_nothing_overlaps(
    start: str, size: int, taken: list[str], found: str | None
) -> None:
    spans = [span_of(*text.split("-")) for text in reversed(taken)]
    fit = first_fit(start, size, spans)
    assert (fit and str(fit)) == found


@given(st.integers(0, 60), st.integers(1, 30), st.lists(st.tuples(st.integers(0, 99), st.integers(0, 9))))
def test_the_first_fit_is_that_of_trying_every_place(
    start: int, size: int, taken: list[tuple[int, int]]
) -> None:
    # By trying all numbers of two digits; a start with a zero has no others.
    taken = [(first, min(first + more, 99)) for first, more in taken]
    hit = {number for first, last in taken for number in range(first, last + 1)}
    wanted = next((at for at in range(start, 101 - size) if not hit & set(range(at, at + size))), None)
    spans = {(first, last): span_of(f"{first:02}", f"{last:02}") for first, last in taken}
    apart = [span for span in spans.values() if not any(span != o and span.common(o) for o in spans.values())]
    if len(apart) == len(spans):
        fit = first_fit(f"{start:02}", size, apart)
        if start < 10 or wanted is not None:
            assert (fit and number_of(fit.first)) == (None if wanted is None else f"{wanted:02}")
        else:
            assert fit == Span(key_of("100"), key_of("100") + size - 1)


def test_what_is_free_is_read_as_it_is_asked_for() -> None:
    span = span_of("10000", "10099")
    taken = [key_of(number) for number in ("10000", "10001", "10003")]
    free = [number_of(key) for key in free_in(span, taken)]
    assert (free[0], len(free), free[1]) == ("10002", 97, "10004")
    assert [number_of(key) for key in islice(free_in(span_of("0" * 18, "9" * 18), []), 2)] == [
        "0" * 18,
        "0" * 17 + "1",
    ]


def test_gaps_are_what_is_left() -> None:
    taken = [span_of("2000", "2999"), span_of("0500", "1099")]
    assert [str(gap) for gap in gaps(span_of("1000", "3999"), taken)] == ["1100-1999", "3000-3999"]
    assert list(gaps(span_of("2100", "2200"), taken)) == []


def test_numbers_grow_by_a_digit_unless_zeros_say_how_long_they_are() -> None:
    assert [str(span) for span in islice(widths("9990"), 2)] == ["9990-9999", "10000-99999"]
    assert [str(span) for span in widths("0990")] == ["0990-9999"]
