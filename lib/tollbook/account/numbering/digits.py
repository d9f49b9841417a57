"""Numbers as texts of digits, of which leading zeros count, and the whole numbers by which they lie in order.

The key of a number is that number with a 1 before it: `0100` has 10100, `100` has 1100. Numbers of one length are
neighbours in the order of their keys, and no two texts have the same key.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from tollbook.errors import UsageError
from tollbook.language import tr

MOST_DIGITS: Final = 18
"""Digits of a number: its key is still a whole number of 64 bits."""
PATTERN: Final = f"^[0-9]{{1,{MOST_DIGITS}}}$"


@dataclass(frozen=True, order=True)
class Span:
    """Numbers of one length from `first` to `last`, as keys; both belong to it."""

    first: int
    last: int

    def __len__(self) -> int:
        return self.last - self.first + 1

    def __contains__(self, key: int) -> bool:
        return self.first <= key <= self.last

    def __str__(self) -> str:
        return f"{number_of(self.first)}-{number_of(self.last)}"

    def common(self, other: "Span") -> "Span | None":
        """The numbers that both have."""
        first, last = max(self.first, other.first), min(self.last, other.last)
        return Span(first, last) if first <= last else None


def checked_number(text: str) -> str:
    """The number itself, if it is one.

    Raises:
        UsageError: what is wrong with it.
    """
    if not (text.isascii() and text.isdigit()):
        raise UsageError(tr("'{text}' is no number: write digits alone").format(text=text[:40]))
    if len(text) > MOST_DIGITS:
        raise UsageError(tr("'{text}' has more than {most} digits").format(text=text[:40], most=MOST_DIGITS))
    return text


def key_of(number: str) -> int:
    """The key of a number."""
    return int(f"1{number}")


def number_of(key: int) -> str:
    """The number that has this key."""
    return str(key)[1:]


def span_of(start: str, end: str) -> Span:
    """The numbers from one to another.

    Raises:
        UsageError: they are no numbers, are of different length, or the end comes before the start.
    """
    first, last = key_of(checked_number(start)), key_of(checked_number(end))
    if len(start) != len(end):
        raise UsageError(
            tr("{start} and {end}: both ends need the same number of digits").format(start=start, end=end)
        )
    if last < first:
        raise UsageError(tr("{end} comes before {start}").format(start=start, end=end))
    return Span(first, last)


def widths(start: str) -> Iterator[Span]:
    """Where numbers from `start` on lie: those of its length, then of each greater one.

    Behind a start with a leading zero there are only those of its length: the zeros say how long numbers are.
    """
    digits = len(start)
    yield Span(key_of(start), 2 * 10**digits - 1)
    if start.startswith("0"):
        return
    for length in range(digits + 1, MOST_DIGITS + 1):
        yield Span(11 * 10 ** (length - 1), 2 * 10**length - 1)


def first_fit(start: str, size: int, taken: Iterable[Span]) -> Span | None:
    """The first `size` numbers in a row from `start` on of which none is taken; null where there are none."""
    spans = sorted(taken)
    for width in widths(start):
        first = width.first
        for span in spans:
            if span.last < first:
                continue
            if span.first > first + size - 1:
                break
            first = span.last + 1
        if first + size - 1 <= width.last:
            return Span(first, first + size - 1)
    return None


def free_in(span: Span, taken: Iterable[int]) -> Iterator[int]:
    """The keys of a span that are not taken, in order; `taken` is in order too, and is read only as far as needed."""
    wanted = span.first
    for key in taken:
        yield from range(wanted, min(key, span.last + 1))
        wanted = max(wanted, key + 1)
    yield from range(wanted, span.last + 1)


def gaps(span: Span, taken: Iterable[Span]) -> Iterator[Span]:
    """What is left of a span without those taken, in order."""
    first = span.first
    for other in sorted(taken):
        if other.last < first:
            continue
        if other.first > span.last:
            break
        if other.first > first:
            yield Span(first, other.first - 1)
        first = other.last + 1
    if first <= span.last:
        yield Span(first, span.last)
