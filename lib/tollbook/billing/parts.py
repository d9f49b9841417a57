"""Credit notes of a part: some lines of an invoice, an amount of a line, or one of no line in particular.

An invoice has one category of VAT. What its notes credit is never above it: line by line, nor net, VAT and total together.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from tollbook.billing.record import Before, Line, Record, to_minor
from tollbook.errors import UsageError
from tollbook.language import tr
from tollbook.money import minor_digits, parse_amount, plain, round_to

NOTHING: Final = Decimal(0)
_PERCENT: Final = 100


@dataclass(frozen=True)
class Part:
    """What is to be credited of an invoice's line, counted from 1: an amount without VAT, or (null) all that is left of it.

    Line 0 is none in particular, and has an amount.
    """

    line: int = 0
    amount: Decimal | None = None


def parse_part(text: str) -> Part:
    """`2` is all of the second line, `2=4.00` so much of it.

    Raises:
        UsageError: it is neither.
    """
    line, sign, amount = text.partition("=")
    if not (line.strip().isascii() and line.strip().isdecimal() and int(line)):
        raise UsageError(f"line '{text}' is neither the number of a line, such as 2, nor 2=4.00")
    return Part(int(line), parse_net(amount) if sign else None)


def parse_net(text: str) -> Decimal:
    """An amount that somebody wrote.

    Raises:
        UsageError: it is none.
    """
    try:
        return parse_amount(text)
    except ValueError as error:
        raise UsageError(f"amount: {error}") from None


def before_of(notes: Sequence[Record]) -> Before:
    """What these notes take off their invoice."""
    return Before(net=sum((n.net for n in notes), NOTHING), tax=sum((n.tax for n in notes), NOTHING))


def left_of(own: Record, notes: Sequence[Record]) -> list[Decimal]:
    """What is left to credit of each line of an invoice after these notes of parts of it, without VAT."""
    return [line.net - _of_line(number, notes)[0] for number, line in enumerate(own.lines, start=1)]


def _of_line(number: int, notes: Sequence[Record]) -> tuple[Decimal, Decimal]:
    """What notes of parts have credited of a line (0: of none): net and exact."""
    lines = [line for note in notes if note.is_part for line in note.lines if line.part_of == number]
    return sum((line.net for line in lines), NOTHING), sum((line.exact for line in lines), NOTHING)


def part(own: Record, notes: Sequence[Record], parts: Sequence[Part], reason: str) -> Record:
    """The credit note of parts of an invoice, of which `notes` are what stands against it already; without a number.

    Raises:
        UsageError: there is no such line, less is left of it or of the invoice, or an amount that cannot be.
    """
    if len({part.line for part in parts}) < len(parts):
        raise UsageError(tr("Name each line once."))
    lines = tuple(_line(own, notes, part) for part in parts)
    refuse_more(own, sum((line.net for line in lines), NOTHING), own.net - before_of(notes).net)
    return _noted(own, notes, lines, reason)


def refuse_more(own: Record, net: Decimal, left: Decimal) -> None:
    """Refuse to credit more of an invoice than is left of it, or nothing.

    Raises:
        UsageError: so much cannot be credited.
    """
    if not NOTHING < net <= left:
        told = {"amount": _told(net, own), "left": _told(max(left, NOTHING), own), "number": own.number}
        raise UsageError(
            tr("{amount} without VAT cannot be credited of {number}, of which {left} is left.").format(**told)
        )


def rest(own: Record, notes: Sequence[Record], reason: str) -> Record:
    """The credit note that takes back all of an invoice that these notes of parts have left."""
    if not notes:
        return own.credited(reason)
    lines = [
        _line(own, notes, Part(number)) for number, left in enumerate(left_of(own, notes), start=1) if left
    ]
    if lump := _of_line(0, notes)[0]:  # it was of no line, so no line has it less
        lines.append(_amount(-lump))
    return _noted(own, notes, tuple(lines), reason)


def _line(own: Record, notes: Sequence[Record], part: Part) -> Line:
    if part.line == 0:
        return _amount(_minor(part.amount or NOTHING, own))
    if part.line > len(own.lines):
        told = {"number": own.number, "count": len(own.lines), "line": part.line}
        raise UsageError(tr("{number} has {count} lines, and no line {line}.").format(**told))
    line = own.lines[part.line - 1]
    net, exact = _of_line(part.line, notes)
    left = line.net - net
    if part.amount is None and not net and left:
        return line.model_copy(update={"part_of": part.line})
    amount = left if part.amount is None else _minor(part.amount, own)
    if not amount or (part.amount is not None and not NOTHING < amount <= left):
        told = {"amount": _told(amount, own), "line": part.line, "left": _told(left, own)}
        raise UsageError(
            tr("{amount} cannot be credited of line {line}, of which {left} is left.").format(**told)
        )
    what = {"net": amount, "exact": line.exact - exact if part.amount is None else amount}
    return line.model_copy(update={**what, "calls": 0, "billed_s": 0, "part_of": part.line})


def _amount(net: Decimal) -> Line:
    return Line(calls=0, billed_s=0, exact=net, net=net)


def _minor(amount: Decimal, own: Record) -> Decimal:
    """The amount, if it is above zero and one of the currency."""
    digits = minor_digits(own.currency)
    if amount <= 0:
        raise UsageError(tr("'{amount}' is not above zero").format(amount=plain(amount)))
    if amount != (rounded := round_to(amount, digits)):
        told = {"amount": plain(amount), "digits": digits, "currency": own.currency}
        raise UsageError(tr("'{amount}' has more than the {digits} decimals of {currency}").format(**told))
    return rounded


def _told(amount: Decimal, own: Record) -> str:
    return f"{round_to(amount, minor_digits(own.currency)):f} {own.currency}"


def tax_of(record: Record, before: Before, net: Decimal) -> Decimal:
    """VAT of a note of a part: what of all that is credited by then no earlier note has, so that the parts add up to the whole."""
    rate = record.tax_rate or NOTHING
    return to_minor((before.net + net) * rate / _PERCENT, record.currency) - before.tax


def _noted(own: Record, notes: Sequence[Record], lines: tuple[Line, ...], reason: str) -> Record:
    before = before_of(notes)
    net = sum((line.net for line in lines), NOTHING)
    exact, late = _sums(lines)
    tax = tax_of(own, before, net)
    return own.credited(reason).model_copy(
        update={
            "before": before,
            "lines": lines,
            "usage": (),
            "adjusted": (),
            "exact_charge": exact,
            "adjustment": late,
            "net": net,
            "rounding": net - exact - late,
            "tax": tax,
            "total": net + tax,
        }
    )


def _sums(lines: Sequence[Line]) -> Iterator[Decimal]:
    """The exact sum of the invoice's own lines, and of those that adjust others."""
    for adjusts in (False, True):
        yield sum((line.exact for line in lines if bool(line.adjusts) == adjusts), NOTHING)
