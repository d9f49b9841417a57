"""The difference of an invoice after rating again: exact, by destination, and neither twice nor never.

October of acme: three calls to UK mobile of 2 minutes at 0.028, two to UK of 1 minute at 0.010. The invoice has
3 x 0.056 = 0.168 and 2 x 0.010 = 0.020, net 0.17 + 0.02 = 0.19, with 15 % tax 0.22.
"""

from collections.abc import Callable
from decimal import Decimal

import pytest

from tollbook.account.database import Database
from tollbook.account.models import Customer
from tollbook.billing.differences import AFTER, Again, draft, rated_again
from tollbook.billing.late import late
from tollbook.billing.record import Record
from tollbook.lake.store import Lake
from tollbook.tables import CALLS
from tollbook.workspace import Workspace

Called = Callable[..., None]
Bill = Callable[..., Record]
Rerated = Callable[..., object]
Noted = Callable[..., list[Record]]
UK, MOBILE = "442071838750", "447700900123"


def test_cheaper_calls_are_a_credit_note_with_a_line_a_destination(
    charged: Workspace, bill: Bill, rerated: Rerated
) -> None:
    first = bill("2026-10")
    rerated("0.012", "0.020")
    db, lake = Database.of(charged), Lake(charged)
    assert rated_again(lake, db, None) == [Again("acme", "INV-2026-000001")]
    note = draft(lake, db, Again("acme", "INV-2026-000001"))
    assert note
    assert (note.kind, note.number, note.reason) == ("credit_note", None, "Calls were rated again.")
    assert note.corrects == first.reference
    # UK mobile: 3 x 2 min x (0.028 - 0.020) = 0.048 less; UK: 2 x 1 min x (0.012 - 0.010) = 0.004 more
    assert [(line.destination, line.rerated, line.calls, line.exact, line.net) for line in note.lines] == [
        ("UK", 2, 0, Decimal("-0.004"), 0),
        ("UK mobile", 3, 0, Decimal("0.048"), Decimal("0.05")),
    ]
    assert (note.exact_charge, note.adjustment) == (0, Decimal("0.044"))
    assert (note.net, note.rounding) == (Decimal("0.05"), Decimal("0.006"))
    assert (note.tax, note.total) == (Decimal("0.01"), Decimal("0.06"))  # 15 % of 0.05 is 0.0075
    (adjusted,) = note.adjusted
    assert (adjusted.billed, adjusted.exact) == (Decimal("0.188"), Decimal("-0.044"))
    assert [(str(day.day), day.calls, day.charge) for day in note.usage] == [
        ("2026-10-05", 3, Decimal("0.048")),
        ("2026-10-06", 2, Decimal("-0.004")),
    ]


def test_dearer_calls_are_a_debit_note(charged: Workspace, bill: Bill, rerated: Rerated) -> None:
    bill("2026-10")
    rerated("0.010", "0.030")
    note = draft(Lake(charged), Database.of(charged), Again("acme", "INV-2026-000001"), "wrong deck")
    assert note
    assert (note.kind, note.reason) == ("debit_note", "wrong deck")
    assert [(line.destination, line.exact) for line in note.lines] == [("UK mobile", 3 * Decimal("0.004"))]
    assert (note.net, note.total) == (Decimal("0.01"), Decimal("0.01"))
    assert (note.source.calls, note.source.rerated, note.source.parameters) == (3, 1, {AFTER: 0})


def test_a_call_that_moves_to_another_destination_is_on_both_lines(
    charged: Workspace, bill: Bill, rerated: Rerated
) -> None:
    bill("2026-10")
    rerated("0.010", "0.028", ("44770", "UK other", "0.050"))
    note = draft(Lake(charged), Database.of(charged), Again("acme", "INV-2026-000001"))
    assert note
    lines = [(line.destination, line.calls, line.billed_s, line.exact) for line in note.lines]
    assert lines == [("UK mobile", -3, -360, Decimal("-0.168")), ("UK other", 3, 360, Decimal("0.300"))]


def test_lines_are_days_where_the_invoice_has_days(charged: Workspace, bill: Bill, rerated: Rerated) -> None:
    with Database.of(charged).session() as session:
        session.get_one(Customer, "acme").invoice_grouping = "day"
    bill("2026-10")
    rerated("0.030", "0.028")
    note = draft(Lake(charged), Database.of(charged), Again("acme", "INV-2026-000001"))
    assert note
    assert [(str(line.day), line.destination, line.exact) for line in note.lines] == [
        ("2026-10-06", None, 2 * Decimal("0.020"))
    ]


def test_noted_once_there_is_nothing_left_and_the_next_invoice_adjusts_nothing(
    charged: Workspace, called: Called, bill: Bill, rerated: Rerated, noted: Noted
) -> None:
    bill("2026-10")
    rerated("0.012", "0.020")
    db, lake = Database.of(charged), Lake(charged)
    (owed,) = late(lake, db, "acme", "2026-11", lake.published)
    assert owed.adjusted.exact == Decimal("-0.044")  # until there is the note
    (note,) = noted()
    assert noted() == []
    assert late(lake, db, "acme", "2026-11", lake.published) == ()
    called(("2026-11-03T10:00", UK, 60))
    assert bill("2026-11").adjusted == ()
    assert note.number == "CRN-2026-000001"


def test_a_second_rating_is_noted_by_itself(bill: Bill, rerated: Rerated, noted: Noted) -> None:
    bill("2026-10")
    rerated("0.010", "0.030")
    (first,) = noted()
    rerated("0.010", "0.020")
    (second,) = noted()
    assert (first.kind, first.adjustment) == ("debit_note", Decimal("0.012"))
    assert (second.kind, second.adjustment) == ("credit_note", Decimal("0.060"))  # 3 x 2 x (0.030 - 0.020)
    assert second.adjusted[0].billed == Decimal("0.188") + Decimal("0.012")
    assert second.adjusted[0].place == 2


def test_two_ratings_before_a_note_are_one_note(bill: Bill, rerated: Rerated, noted: Noted) -> None:
    bill("2026-10")
    rerated("0.010", "0.030")
    rerated("0.010", "0.020")
    (note,) = noted()
    assert (note.kind, note.adjustment) == ("credit_note", Decimal("0.048"))
    assert note.source.calls == 3
    assert note.lines[0].rerated == 3


def test_what_comes_back_to_what_was_billed_is_no_note(bill: Bill, rerated: Rerated, noted: Noted) -> None:
    bill("2026-10")
    rerated("0.010", "0.030")
    rerated("0.010", "0.028")
    assert noted() == []


def test_a_late_call_is_the_next_invoices_and_its_line_only_that(
    called: Called, bill: Bill, rerated: Rerated, noted: Noted
) -> None:
    bill("2026-10")
    rerated("0.012", "0.020")
    noted()
    called(("2026-10-07T10:00", MOBILE, 60), ("2026-11-03T10:00", UK, 60))
    lines = [(line.destination, line.calls, line.exact) for line in bill("2026-11").lines if line.adjusts]
    assert lines == [("UK mobile", 1, Decimal("0.020"))]


def test_a_late_call_not_billed_yet_and_rated_again_is_billed_in_full_once(
    called: Called, bill: Bill, rerated: Rerated, noted: Noted
) -> None:
    first = bill("2026-10")
    called(("2026-10-07T10:00", MOBILE, 60), ("2026-11-03T10:00", UK, 60))
    rerated("0.010", "0.030")
    (note,) = noted()
    second = bill("2026-11")
    # all of October by now: 3 x 0.060 + 0.030 + 2 x 0.010
    assert first.exact_charge + note.adjustment + second.adjustment == Decimal("0.230")


def test_what_an_invoice_has_adjusted_needs_no_note(
    charged: Workspace, called: Called, bill: Bill, rerated: Rerated, noted: Noted
) -> None:
    bill("2026-10")
    called(("2026-11-03T10:00", UK, 60))
    rerated("0.012", "0.030")
    second = bill("2026-11")
    assert second.adjustment == 2 * Decimal("0.002") + 3 * Decimal("0.004")
    assert rated_again(Lake(charged), Database.of(charged), None) == []
    assert noted() == []


def test_an_invoice_made_after_the_rating_has_the_new_charges(
    charged: Workspace, bill: Bill, rerated: Rerated
) -> None:
    rerated("0.012", "0.020")
    assert bill("2026-10").exact_charge == 3 * Decimal("0.040") + 2 * Decimal("0.012")
    assert rated_again(Lake(charged), Database.of(charged), None) == []


def test_less_than_the_currency_can_tell_waits_for_more(
    charged: Workspace, called: Called, bill: Bill, rerated: Rerated, noted: Noted
) -> None:
    bill("2026-10")
    rerated("0.011", "0.028")  # 2 x 0.001
    told = draft(Lake(charged), Database.of(charged), Again("acme", "INV-2026-000001"))
    assert told
    assert (told.net, told.adjustment) == (0, Decimal("0.002"))
    assert noted() == []
    rerated("0.014", "0.028")
    (note,) = noted()
    assert (note.adjustment, note.net) == (Decimal("0.008"), Decimal("0.01"))


def test_of_a_range_only_invoices_that_it_touches(charged: Workspace, bill: Bill, rerated: Rerated) -> None:
    first = bill("2026-10")
    rerated("0.012", "0.020")
    db, lake = Database.of(charged), Lake(charged)
    assert rated_again(lake, db, None, start=first.period.end) == []
    assert rated_again(lake, db, None, end=first.period.start) == []
    assert rated_again(lake, db, ["quiet"]) == []
    assert len(rated_again(lake, db, ["acme"], first.period.start, first.period.end)) == 1


def test_the_reason_is_in_the_customers_language(charged: Workspace, bill: Bill, rerated: Rerated) -> None:
    with Database.of(charged).session() as session:
        session.get_one(Customer, "acme").language = "de"
    bill("2026-10")
    rerated("0.012", "0.020")
    note = draft(Lake(charged), Database.of(charged), Again("acme", "INV-2026-000001"))
    assert note
    assert note.reason == "Anrufe wurden neu tarifiert."


@pytest.mark.parametrize("mobile", ["0.0281", "0.0285", "0.0333", "0.0001"])
def test_lines_add_up_to_the_exact_difference(
    charged: Workspace, bill: Bill, rerated: Rerated, mobile: str
) -> None:
    first = bill("2026-10")
    rerated("0.0105", mobile)
    lake = Lake(charged)
    note = draft(lake, Database.of(charged), Again("acme", "INV-2026-000001"))
    assert note
    calls = lake.scan(CALLS).collect()
    difference = calls["charge"].sum() - first.exact_charge
    assert note.sign * sum(line.exact for line in note.lines) == difference == note.adjusted[0].exact
    assert note.net == sum(line.net for line in note.lines)
