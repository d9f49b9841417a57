"""Parts of an invoice that are credited: never more than there is, and together exactly the whole."""

from decimal import Decimal

import pytest

from billing.documents.records import make_record
from tollbook.billing.parts import Part, left_of, parse_net, parse_part, part, rest
from tollbook.billing.record import Line, Record, totals
from tollbook.errors import UsageError

OWN = make_record()  # 208.50 + 67.96 + 236.15 = 512.61 net, 19 % of it 97.40


def noted(own: Record, *asked: tuple[Part, ...]) -> list[Record]:
    """Notes of parts, one after the other."""
    notes: list[Record] = []
    for nth, parts in enumerate(asked, start=1):
        note = part(own, notes, parts, "wrong")
        notes.append(note.model_copy(update={"number": f"CRN-{nth}"}))
    return notes


def small(*exact: str) -> Record:
    """An invoice of lines of these amounts, with 19 % VAT."""
    lines = tuple(
        Line(destination=f"D{nth}", calls=1, billed_s=60, exact=Decimal(text), net=Decimal(text))
        for nth, text in enumerate(exact)
    )
    nets = [line.net for line in lines]
    return make_record(lines=lines, **totals(nets, nets, Decimal(19), "EUR"))


def test_a_whole_line_is_credited_with_its_calls() -> None:
    (note,) = noted(OWN, (Part(2),))
    (line,) = note.lines
    assert (line.destination, line.calls, line.net, line.part_of) == ("Latvia", 907, Decimal("67.96"), 2)
    assert (note.net, note.tax, note.total) == (Decimal("67.96"), Decimal("12.91"), Decimal("80.87"))
    assert (note.kind, note.corrects, note.is_part, note.is_difference) == (
        "credit_note",
        OWN.reference,
        True,
        False,
    )
    assert note.exact_charge == OWN.lines[1].exact
    assert note.rounding == note.net - note.exact_charge
    assert note.usage == ()


def test_an_amount_of_a_line_leaves_the_rest_of_it() -> None:
    notes = noted(OWN, (Part(2, Decimal(4)), Part(amount=Decimal("1.5"))))
    (line, lump) = notes[0].lines
    assert (line.calls, line.net, line.exact) == (0, Decimal("4.00"), Decimal("4.00"))
    assert (lump.destination, lump.part_of, lump.net) == (None, 0, Decimal("1.50"))
    assert left_of(OWN, notes) == [Decimal("208.50"), Decimal("63.96"), Decimal("236.15")]
    last = part(OWN, notes, [Part(2)], "the rest").lines[0]
    assert (last.net, last.exact, last.calls) == (Decimal("63.96"), OWN.lines[1].exact - 4, 0)


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ([Part(2, Decimal(68))], "68.00 EUR cannot be credited of line 2, of which 67.96 EUR is left"),
        ([Part(4)], "INV-2026-000042 has 3 lines, and no line 4"),
        ([Part(2), Part(2)], "each line once"),
        ([Part(amount=Decimal("512.62"))], "512.62 EUR without VAT cannot be credited of INV-2026-000042"),
        ([Part(1), Part(2), Part(3), Part(amount=Decimal("0.01"))], "of which 512.61 EUR is left"),
        ([Part(1, Decimal("1.005"))], "'1.005' has more than the 2 decimals of EUR"),
        ([Part(1, Decimal(0))], "'0' is not above zero"),
        ([Part(amount=Decimal(-1))], "'-1' is not above zero"),
    ],
)
def test_what_cannot_be_credited_is_told(parts: list[Part], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        part(OWN, [], parts, "wrong")


def test_what_has_been_credited_is_not_credited_again() -> None:
    notes = noted(OWN, (Part(2),), (Part(amount=Decimal(440)),))
    with pytest.raises(UsageError, match=r"0.00 EUR cannot be credited of line 2"):
        part(OWN, notes, [Part(2)], "again")
    with pytest.raises(UsageError, match=r"208.50 EUR without VAT .* of which 4.65 EUR is left"):
        part(OWN, notes, [Part(1)], "more than there is")


def test_vat_of_the_parts_adds_up_to_that_of_the_invoice() -> None:
    own = small("0.03", "0.03", "0.03")  # 19 % of 0.09 is 0.02; of each part alone 0.01
    notes = noted(own, (Part(1),), (Part(2),), (Part(3),))
    assert [note.tax for note in notes] == [Decimal("0.01"), Decimal("0.00"), Decimal("0.01")]
    assert sum(note.total for note in notes) == own.total == Decimal("0.11")


def test_the_rest_takes_off_what_was_credited_of_no_line() -> None:
    notes = noted(OWN, (Part(1),), (Part(2, Decimal("7.96")),), (Part(amount=Decimal(10)),))
    last = rest(OWN, notes, "all of it")
    assert [(line.part_of, line.net) for line in last.lines] == [
        (2, Decimal("60.00")),
        (3, Decimal("236.15")),
        (0, Decimal(-10)),
    ]
    everything = [*notes, last]
    for name in ("net", "tax", "total"):
        assert sum(getattr(note, name) for note in everything) == getattr(OWN, name)


def test_the_rest_of_what_nothing_was_credited_of_is_the_invoice() -> None:
    assert rest(OWN, [], "wrong") == OWN.credited("wrong")


def test_a_line_below_zero_is_credited_in_whole_with_others() -> None:
    own = small("10.00", "-4.00")
    (note,) = noted(own, (Part(1, Decimal(7)), Part(2)))
    assert (note.net, left_of(own, [note])) == (Decimal("3.00"), [Decimal("3.00"), Decimal("0.00")])
    with pytest.raises(UsageError, match=r"1.00 EUR cannot be credited of line 2, of which -4.00 EUR"):
        part(own, [], [Part(2, Decimal(1))], "x")
    with pytest.raises(UsageError, match=r"-4.00 EUR without VAT cannot be credited"):
        part(own, [], [Part(2)], "x")


def test_three_decimals_are_credited_in_three() -> None:
    own = make_record("KWD", "5")
    (note,) = noted(own, (Part(1, Decimal("0.005")),))
    assert (note.net, note.tax, note.total) == (Decimal("0.005"), Decimal("0.000"), Decimal("0.005"))


@pytest.mark.parametrize(
    ("text", "told"), [("2", Part(2)), (" 12 ", Part(12)), ("2=4.00", Part(2, Decimal(4)))]
)
def test_a_part_is_written_as_a_line_and_an_amount(text: str, told: Part) -> None:
    assert parse_part(text) == told


@pytest.mark.parametrize("text", ["", "0", "two", "-1", "2=", "2=four", "=4", "²"])
def test_what_is_no_part_is_told(text: str) -> None:
    with pytest.raises(UsageError):
        parse_part(text)
    with pytest.raises(UsageError, match="amount: 'x' is not an amount"):
        parse_net("x")
