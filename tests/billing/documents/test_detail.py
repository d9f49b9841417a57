"""The page of detail."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from billing.documents.records import make_calls, make_record
from tollbook.billing.documents.document import Document
from tollbook.billing.documents.words import words_of
from tollbook.billing.record import Adjusted, Line, Span


def words(**changed: Any) -> dict[str, Any]:
    return words_of(Document(make_record(**changed)))


def test_bars_are_shares_of_the_highest_day_and_days_without_calls_are_there() -> None:
    usage = make_record().usage[:3]
    bars = words(usage=usage)["usage"]["bars"]
    most = max(day.charge for day in usage)
    assert len(bars) == 31
    assert [bar["share"] for bar in bars[:4]] == [*(round(float(day.charge / most), 4) for day in usage), 0.0]


def test_net_is_the_exact_charge_and_its_rounding() -> None:
    told = words()["exact"]
    exact, rounding, net = (Decimal(value) for _, value in told["rows"])
    assert exact + rounding == net == Decimal("512.61")


def test_calls_are_listed_up_to_the_limit_and_then_counted() -> None:
    calls = make_calls(30)
    some = words_of(Document(make_record(), calls=calls, annex_calls=10))["calls"]
    assert len(some["rows"]) == 10
    assert some["said"] == "The first 10 of 30 calls, by their start in UTC; all of them are in calls.csv."
    assert some["rows"][1] == [
        "1 Oct 2026 00:07:00",
        "49305550001",
        "37167000001",
        "Latvia",
        "1:06",
        "0.03421",
    ]
    assert (
        words_of(Document(make_record(), calls=calls))["calls"]["said"]
        == "All 30 calls, by their start in UTC."
    )
    assert words_of(Document(make_record(), calls=calls, annex_calls=0))["calls"] == {}


def test_what_is_owed_of_earlier_periods_is_named_and_adds_up() -> None:
    late = Decimal("-1.5")
    line = Line(destination="UK", calls=3, billed_s=90, exact=late, net=late, adjusts="INV-2026-000041")
    before = make_record()
    span = Span(name="2026-09", start=datetime(2026, 9, 1, tzinfo=UTC), end=datetime(2026, 10, 1, tzinfo=UTC))
    adjusted = Adjusted(number="INV-2026-000041", period=span, place=1, billed=Decimal(9), exact=late)
    told = words(
        lines=(*before.lines, line), adjusted=(adjusted,), adjustment=late, net=before.net + late
    )  # fmt: skip
    assert told["lines"]["rows"][-1][0] == "UK (adjusts INV-2026-000041)"
    rows = dict(told["exact"]["rows"])
    assert rows["Of periods invoiced before"] == "-1.500000"
    assert sum(Decimal(rows[name]) for name in list(rows)[:3]) == Decimal(rows["Net"])
