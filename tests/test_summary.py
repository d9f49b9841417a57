"""The Customer Summary: rows, whole amounts, currencies, and what a spreadsheet gets."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from tollbook.errors import UsageError
from tollbook.lake.store import Lake
from tollbook.summary import COLUMNS, summary, to_csv

Keep = Callable[..., Lake]
EUR = {"customer": "acme", "currency": "EUR"}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def paid(when: str, charge: str, **more: Any) -> dict[str, Any]:
    return {"at": when, "talk_s": 60, "charge": Decimal(charge), "billed_s": 60, **EUR, **more}


def bought(when: str, cost: str, **more: Any) -> dict[str, Any]:
    return {"at": when, "talk_s": 60, "cost": Decimal(cost), **EUR, "carrier": "north", **more}


def test_a_row_has_every_column(keep: Keep) -> None:
    lake = keep(
        [
            paid("2026-10-05T10:00", "0.012", talk_s=90.5),
            {"at": "2026-10-05T11:00", "charge": Decimal(0), "billed_s": 0, **EUR},
            {"at": "2026-10-05T12:00", "talk_s": 9.5, "charge": Decimal(0), "billed_s": 10, **EUR},
        ],
        [bought("2026-10-05T10:00", "0.01")],
    )
    (row,) = summary(lake, "daily", invoices={("acme", "2026-10-05"): "INV-7"}).to_dicts()
    assert row == {
        "customer": "acme",
        "view": "daily",
        "start": at("2026-10-05T00:00"),
        "end": at("2026-10-06T00:00"),
        "attempts": 3,
        "answers": 2,
        "asr": 2 / 3,
        "acd_s": (90.5 + 9.5) / 2,
        "talk_s": 90.5 + 9.5,
        "billed_s": 60 + 10,
        "charge": Decimal("0.012"),
        "cost": Decimal("0.01"),
        "profit": Decimal("0.012") - Decimal("0.01"),
        "profit_ratio": pytest.approx((0.012 - 0.01) / 0.012),
        "currency": "EUR",
        "unrated": 0,
        "invoice": "INV-7",
        "cost_unrated": 0,
    }
    assert tuple(row) == COLUMNS


@pytest.mark.parametrize(
    ("view", "start", "end"),
    [
        ("live", "2026-10-05T10:00", "2026-10-05T11:00"),
        ("daily", "2026-10-05T00:00", "2026-10-06T00:00"),
        ("weekly", "2026-10-05T00:00", "2026-10-12T00:00"),
        ("monthly", "2026-10-01T00:00", "2026-11-01T00:00"),
    ],
)
def test_each_view_cuts_its_rows_in_utc(keep: Keep, view: Any, start: str, end: str) -> None:
    lake = keep([paid("2026-10-05T10:20", "1")])
    (row,) = summary(lake, view, now=at("2026-10-05T12:00")).to_dicts()
    assert (row["start"], row["end"], row["view"]) == (at(start), at(end), view)


def test_a_call_belongs_to_the_row_in_which_it_started(keep: Keep) -> None:
    lake = keep([paid("2026-10-31T23:59:59", "1", talk_s=3600), paid("2026-11-01T00:00", "2")])
    charges = summary(lake, "monthly")["charge"].to_list()
    assert charges == [Decimal(1), Decimal(2)]


def test_a_week_starts_on_monday_and_crosses_the_year(keep: Keep) -> None:
    lake = keep([paid("2026-12-31T10:00", "1"), paid("2027-01-03T10:00", "2"), paid("2027-01-04T10:00", "4")])
    rows = summary(lake, "weekly", invoices={("acme", "2026-W53"): "A", ("acme", "2027-W01"): "B"})
    assert rows.select("start", "charge", "invoice").rows() == [
        (at("2026-12-28T00:00"), Decimal(3), "A"),
        (at("2027-01-04T00:00"), Decimal(4), "B"),
    ]


def test_live_is_the_24_hours_up_to_the_end_of_this_hour(keep: Keep) -> None:
    hours = ["2026-10-04T12:59", "2026-10-04T13:00", "2026-10-05T12:10"]
    lake = keep([paid(hour, "1") for hour in hours])
    rows = summary(lake, "live", now=at("2026-10-05T12:30"))
    assert rows["start"].to_list() == [at("2026-10-04T13:00"), at("2026-10-05T12:00")]


def test_rows_that_lie_partly_in_the_span_are_there_as_a_whole(keep: Keep) -> None:
    lake = keep([paid("2026-10-05T10:00", "1"), paid("2026-10-09T10:00", "2"), paid("2026-10-12T10:00", "4")])
    rows = summary(lake, "weekly", start=at("2026-10-08T00:00"), end=at("2026-10-12T00:00"))
    assert rows["charge"].to_list() == [Decimal(1) + Decimal(2)]


def test_customers_can_be_picked_and_the_unknown_one_comes_last(keep: Keep) -> None:
    day = "2026-10-05T10:00"
    lake = keep([{"at": day}, {"at": day, "customer": "bolt"}, {"at": day, "customer": "acme"}])
    assert summary(lake, "daily")["customer"].to_list() == ["acme", "bolt", None]
    assert summary(lake, "daily", customers=["bolt"])["customer"].to_list() == ["bolt"]
    assert summary(lake, "daily", customers=[]).is_empty()


def test_no_rate_is_not_zero(keep: Keep) -> None:
    lake = keep([{"at": "2026-10-05T10:00", "talk_s": 60, "customer": "new", "unrated": "no_deck"}])
    (row,) = summary(lake, "daily").to_dicts()
    unknown = ("charge", "cost", "profit", "profit_ratio", "billed_s", "currency", "invoice")
    assert [row[name] for name in unknown] == [None] * len(unknown)
    assert (row["attempts"], row["unrated"]) == (1, 1)


def test_a_charge_of_nothing_is_zero_and_has_no_ratio(keep: Keep) -> None:
    lake = keep([{"at": "2026-10-05T10:00", "charge": Decimal(0), **EUR}])
    (row,) = summary(lake, "daily").to_dicts()
    assert (row["charge"], row["cost"], row["profit"], row["profit_ratio"]) == (Decimal(0), None, None, None)
    assert (row["asr"], row["acd_s"]) == (0.0, None)


def test_profit_is_unknown_without_a_cost(keep: Keep) -> None:
    (row,) = summary(keep([paid("2026-10-05T10:00", "1")]), "daily").to_dicts()
    assert (row["charge"], row["cost"], row["profit"]) == (Decimal(1), None, None)


def test_profit_is_unknown_while_a_call_or_a_seizure_has_no_price(keep: Keep) -> None:
    lake = keep(
        [
            paid("2026-10-05T10:00", "1"),
            paid("2026-10-06T10:00", "2"),
            {"at": "2026-10-06T11:00", "talk_s": 60, **EUR, "unrated": "no_rate"},
        ],
        [
            bought("2026-10-05T10:00", "0.3"),
            {"at": "2026-10-05T10:00", "talk_s": 60, "customer": "acme", "unrated": "no_carrier"},
            bought("2026-10-06T10:00", "0.4"),
        ],
    )
    columns = ("charge", "cost", "profit", "profit_ratio", "unrated", "cost_unrated")
    assert summary(lake, "daily").select(columns).rows() == [
        (Decimal(1), Decimal("0.3"), None, None, 0, 1),
        (Decimal(2), Decimal("0.4"), None, None, 1, 0),
    ]


def test_durations_are_exact_to_the_millisecond(keep: Keep) -> None:
    (row,) = summary(keep([paid("2026-10-05T10:00", "1", talk_ms=2_411_816)]), "daily").to_dicts()
    assert (row["talk_s"], row["acd_s"]) == (2411.816, 2411.816)


def test_costs_in_another_currency_leave_cost_and_profit_unknown(keep: Keep) -> None:
    lake = keep(
        [paid("2026-10-05T10:00", "1")],
        [bought("2026-10-05T10:00", "0.3"), bought("2026-10-05T10:00", "0.4", currency="USD")],
    )
    (row,) = summary(lake, "daily").to_dicts()
    assert (row["attempts"], row["charge"], row["currency"]) == (1, Decimal(1), "EUR")
    assert (row["cost"], row["profit"]) == (None, None)


def test_a_cost_without_a_charge_is_shown_in_its_currency(keep: Keep) -> None:
    call = {"at": "2026-10-05T10:00", "talk_s": 60, "customer": "acme", "unrated": "no_deck"}
    (row,) = summary(keep([call], [bought("2026-10-05T10:00", "0.4")]), "daily").to_dicts()
    assert (row["attempts"], row["charge"], row["cost"], row["currency"]) == (1, None, Decimal("0.4"), "EUR")


def test_calls_of_before_there_was_a_deck_join_the_customers_only_currency(keep: Keep) -> None:
    early = {"at": "2026-10-05T09:00", "talk_s": 60, "customer": "acme", "unrated": "no_deck"}
    (row,) = summary(keep([early, paid("2026-10-05T10:00", "1")]), "daily").to_dicts()
    assert (row["attempts"], row["charge"], row["currency"], row["unrated"]) == (2, Decimal(1), "EUR", 1)


def test_two_currencies_are_never_added(keep: Keep) -> None:
    lake = keep([paid("2026-10-05T10:00", "1"), paid("2026-10-05T10:00", "2", currency="USD")])
    rows = summary(lake, "daily").select("currency", "charge", "attempts").rows()
    assert rows == [("EUR", Decimal(1), 1), ("USD", Decimal(2), 1)]


def test_the_charge_is_exact_to_the_last_digit(keep: Keep) -> None:
    lake = keep(
        [paid("2026-10-05T10:00", "0.000000001"), paid("2026-10-05T10:00", "1234567890123.999999999")]
    )
    assert summary(lake, "daily")["charge"].to_list() == [Decimal("1234567890124.000000000")]


def test_an_empty_workspace_has_no_rows_but_every_column(keep: Keep) -> None:
    assert summary(keep(), "monthly").columns == list(COLUMNS)


def test_an_unknown_view_is_refused(keep: Keep) -> None:
    with pytest.raises(UsageError, match="did you mean 'weekly'"):
        summary(keep(), "weeky")  # type: ignore[arg-type]


def test_csv_names_the_zone_and_runs_nothing_in_a_spreadsheet(keep: Keep) -> None:
    cheap = {"customer": "=HYPERLINK(1)"}
    lake = keep([paid("2026-10-05T10:00", "0.5", **cheap)], [bought("2026-10-05T10:00", "0.75", **cheap)])
    rows = summary(lake, "daily").select("customer", "start", "charge", "profit", "invoice")
    assert to_csv(rows).splitlines() == [
        "customer,start (UTC),charge,profit,invoice",
        "'=HYPERLINK(1),2026-10-05 00:00,0.5,-0.25,",
    ]
