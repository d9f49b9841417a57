"""Any metric by anything: small traffic, answers by hand."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tollbook.errors import UsageError
from tollbook.lake.store import Lake
from tollbook.metrics import ACD, ASR, METRICS, compute

Keep = Callable[..., Lake]
TEN = "2026-10-05T10:00"


def sold(charge: str, currency: str = "EUR", **more: Any) -> dict[str, Any]:
    return {"at": TEN, "talk_s": 60, "customer": "acme", "carrier": "north", "charge": Decimal(charge),
            "billed_s": 60, "currency": currency, **more}  # fmt: skip


def bought(cost: str, currency: str = "EUR", **more: Any) -> dict[str, Any]:
    return {"at": TEN, "talk_s": 60, "customer": "acme", "carrier": "north", "cost": Decimal(cost),
            "billed_s": 60, "currency": currency, **more}  # fmt: skip


def test_ratios_come_from_sums_not_from_ratios(keep: Keep) -> None:
    first = [{"at": "2026-10-05T10:00", "talk_s": 60 if n < 50 else None} for n in range(100)]
    second = [{"at": "2026-10-05T11:00", "talk_s": 600 if n < 1 else None} for n in range(10)]
    lake = keep(first + second)
    row = compute(lake, [ASR, "acd"]).row(0, named=True)
    assert (row["asr"], row["asr_numerator"], row["asr_denominator"]) == (51 / 110, 51, 110)
    assert (row["acd"], row["acd_numerator"], row["acd_denominator"]) == (3600 / 51, 3600, 51)
    hours = compute(lake, [ASR], by=["hour"])
    assert hours["asr"].to_list() == [50 / 100, 1 / 10]


def test_a_rerouted_call_counts_once_for_its_customer_and_per_try_for_carriers(keep: Keep) -> None:
    def tried(call_id: str, carrier: str, talk_s: int | None) -> dict[str, Any]:
        return {"at": TEN, "call_id": call_id, "customer": "acme", "carrier": carrier, "talk_s": talk_s}

    lake = keep(
        [tried("1", "B", 30), tried("2", "A", 30), tried("3", "B", None)],
        [
            tried("1", "A", None),
            tried("1", "B", 30),
            tried("2", "A", 30),
            tried("3", "A", None),
            tried("3", "B", None),
        ],
    )
    assert compute(lake, [ASR], by=["customer"]).row(0) == ("acme", 2 / 3, 2, 3)
    assert compute(lake, [ASR], by=["carrier"]).rows() == [("A", 1 / 3, 1, 3), ("B", 1 / 2, 1, 2)]
    assert compute(lake, [ASR], carriers=["A"]).row(0) == (1 / 3, 1, 3)
    counts = compute(lake, ["attempts", "seizures"], by=["carrier"]).select("attempts", "seizures")
    assert counts.rows() == [(1, 3), (2, 2)]


def test_rows_ascend_and_the_unknown_comes_last(keep: Keep) -> None:
    lake = keep([{"at": TEN}, {"at": TEN, "customer": "b"}, {"at": TEN, "customer": "a"}])
    assert compute(lake, ["attempts"], by=["customer"])["customer"].to_list() == ["a", "b", None]


def test_without_calls_a_ratio_is_null_and_a_count_0(keep: Keep) -> None:
    lake = keep()
    assert compute(lake, [ASR, ACD, "attempts"]).select("asr", "acd", "attempts").row(0) == (None, None, 0)
    assert compute(lake, [ASR], by=["customer"]).is_empty()


def test_every_metric_can_be_computed_by_everything(keep: Keep) -> None:
    lake = keep([sold("1")], [bought("0.5")])
    time = ["quarter", "hour", "day", "week", "month"]
    for live, by in (
        (False, ["customer", "carrier", "destination", "currency"]),
        (True, ["customer", "carrier"]),
    ):
        metrics = [metric for metric in METRICS.values() if metric.is_in_progress == live]
        assert compute(lake, metrics, by=[*by, *time]).height == 1
        assert compute(lake, metrics).height == 1
        assert compute(keep(), metrics, by=["day"]).height == 1


def test_a_day_with_a_change_of_clocks_has_its_25_hours(keep: Keep) -> None:
    begin = datetime(2026, 10, 24, 21, 30, tzinfo=UTC)
    every_hour = [{"at": (begin + timedelta(hours=n)).replace(tzinfo=None).isoformat()} for n in range(28)]
    lake = keep(every_hour)
    days = compute(lake, ["attempts"], by=["day"], zone="Europe/Berlin").select("day", "attempts")
    assert days.rows() == [(date(2026, 10, 24), 1), (date(2026, 10, 25), 25), (date(2026, 10, 26), 2)]
    hours = compute(lake, ["attempts"], by=["hour"], zone="Europe/Berlin")
    assert hours.height == 28
    assert hours["attempts"].to_list() == [1] * 28


def test_a_zone_at_45_minutes_is_cut_right(keep: Keep) -> None:
    lake = keep([{"at": "2026-10-05T18:14"}, {"at": "2026-10-05T18:15"}, {"at": "2026-10-05T19:14"}])
    hours = compute(lake, ["attempts"], by=["hour", "day"], zone="Asia/Kathmandu").rows()
    zone = ZoneInfo("Asia/Kathmandu")
    assert [row[:3] for row in hours] == [
        (datetime(2026, 10, 5, 23, tzinfo=zone), date(2026, 10, 5), 1),
        (datetime(2026, 10, 6, 0, tzinfo=zone), date(2026, 10, 6), 2),
    ]


@pytest.mark.parametrize(("by", "first"), [("week", date(2026, 12, 28)), ("month", date(2026, 12, 1))])
def test_weeks_start_on_monday_and_months_on_the_first(keep: Keep, by: str, first: date) -> None:
    lake = keep([{"at": "2026-12-31T10:00"}])
    assert compute(lake, ["attempts"], by=[by])[by].to_list() == [first]


def test_a_late_call_lands_in_its_own_quarter(keep: Keep) -> None:
    keep([{"at": "2026-10-06T10:00"}])
    lake = keep([{"at": "2026-10-05T23:59:59.999999"}])
    quarters = compute(lake, ["attempts"], by=["quarter"])["quarter"].to_list()
    assert quarters == [datetime(2026, 10, 5, 23, 45, tzinfo=UTC), datetime(2026, 10, 6, 10, tzinfo=UTC)]


def test_buying_at_more_than_selling_is_a_loss(keep: Keep) -> None:
    lake = keep([sold("0.0024")], [bought("0.005")])
    row = compute(lake, ["margin", "margin_ratio"]).row(0, named=True)
    assert (row["currency"], row["margin"]) == ("EUR", Decimal("-0.0026"))
    assert row["margin_ratio"] == pytest.approx(-0.0026 / 0.0024)
    assert (row["margin_ratio_numerator"], row["margin_ratio_denominator"]) == (
        Decimal("-0.0026"),
        Decimal("0.0024"),
    )


def test_two_currencies_are_never_added(keep: Keep) -> None:
    lake = keep(
        [sold("1"), sold("2", "USD"), {"at": TEN, "customer": "acme", "talk_s": 1, "unrated": "no_deck"}]
    )
    rows = compute(lake, ["charge", "attempts"], by=["customer"])
    assert rows.select("customer", "currency", "charge", "attempts").rows() == [
        ("acme", "EUR", Decimal(1), 1),
        ("acme", "USD", Decimal(2), 1),
        ("acme", None, None, 1),
    ]


def test_calls_without_a_deck_join_the_only_currency_of_their_group(keep: Keep) -> None:
    lake = keep([sold("1"), {"at": TEN, "customer": "acme", "talk_s": 1, "unrated": "no_deck"}])
    rows = (
        compute(lake, ["charge", "unrated"], by=["customer"]).select("currency", "charge", "unrated").rows()
    )
    assert rows == [("EUR", Decimal(1), 1)]
    assert compute(lake, ["charge", "attempts"]).select("currency", "charge", "attempts").rows() == [
        ("EUR", Decimal(1), 2)
    ]


def test_the_margin_across_currencies_is_unknown(keep: Keep) -> None:
    rows = compute(keep([sold("1")], [bought("0.5", "USD")]), ["margin", "charge", "cost"])
    assert rows.select("currency", "margin", "charge", "cost").rows() == [
        ("EUR", None, Decimal(1), None),
        ("USD", None, None, Decimal("0.5")),
    ]


def test_dtmf_counts_only_answers_whose_source_tells(keep: Keep) -> None:
    lake = keep(
        [
            {"at": TEN, "talk_s": 5, "dtmf_digits": 3, "carrier": "north"},
            {"at": TEN, "talk_s": 5, "dtmf_digits": 0, "carrier": "north"},
            {"at": TEN, "talk_s": 5, "carrier": "south"},
            {"at": TEN, "dtmf_digits": 4, "carrier": "north"},
        ]
    )
    assert compute(lake, ["dtmf"]).row(0) == (1 / 2, 1, 2)
    assert compute(lake, ["dtmf"], by=["carrier"]).rows() == [("north", 1 / 2, 1, 2), ("south", None, 0, 0)]


def test_codes_count_only_calls_whose_source_tells_them(keep: Keep) -> None:
    codes = [200, 486, 503, 302, 404, None, None]
    lake = keep(
        [{"at": TEN, "sip_code": code, "customer": "acme"} for code in codes]
        + [{"at": TEN, "customer": "silent", "talk_s": 5}]
    )
    rows = compute(lake, ["seer", "isa"], by=["customer"]).select("customer", "seer", "isa").rows()
    assert rows == [("acme", 2 / (5 - 1), 1 / 5), ("silent", None, None)]
    assert compute(lake, ["seer"]).row(0) == (2 / (5 - 1), 2, 5 - 1)


def test_cps_is_an_average_over_the_time_of_its_group(keep: Keep) -> None:
    lake = keep([{"at": TEN}] * 90 + [{"at": "2026-10-05T11:00"}] * 9)
    start, end = datetime(2026, 10, 5, 10, tzinfo=UTC), datetime(2026, 10, 5, 11, 30, tzinfo=UTC)
    assert compute(lake, ["cps"], start=start, end=end).row(0) == (99 / 5400, 99, 5400)
    hours = compute(lake, ["cps"], by=["hour"], start=start, end=end)
    assert hours["cps"].to_list() == [90 / 3600, 9 / 1800]
    # from the first quarter with calls until the end of the last
    assert compute(lake, ["cps"])["cps"].item() == 99 / 4500
    day = compute(lake, ["cps"], by=["day"], zone="Europe/Berlin")
    assert day["cps_denominator"].item() == 4500
    assert compute(keep(), ["cps"], start=end, end=end + timedelta(hours=1)).row(0)[:2] == (0, 0)


def test_calls_in_progress_count_in_every_hour_that_they_last(keep: Keep) -> None:
    # 10:50 to 12:10, 10:55 to 11:05 and 11:00 to 11:10 by three routes
    lake = keep(
        [
            {"at": "2026-10-05T10:50", "talk_s": 80 * 60, "customer": "acme", "carrier": "north"},
            {"at": "2026-10-05T10:55", "talk_s": 10 * 60, "customer": "acme", "carrier": "south"},
            {"at": "2026-10-05T11:00", "talk_s": 10 * 60, "customer": "bolt"},
        ]
    )
    start, end = datetime(2026, 10, 5, 10, tzinfo=UTC), datetime(2026, 10, 5, 13, tzinfo=UTC)
    ten, eleven, twelve = (start + timedelta(hours=hour) for hour in range(3))
    hours = compute(lake, ["channels", "erlang", "attempts"], ["hour"], start, end)
    assert hours.select("hour", "channels", "erlang", "attempts").rows() == [
        (ten, 2, (10 + 5) / 60, 2),
        (eleven, 3, (60 + 5 + 10) / 60, 1),
        (twelve, 1, 10 / 60, 0),
    ]
    assert compute(lake, ["erlang"], (), start, end).row(0) == (100 / 180, 100 * 60, 180 * 60)
    who = compute(lake, ["channels", "erlang"], ["customer", "carrier"], start, end)
    assert who.select("customer", "carrier", "channels", "erlang_numerator").rows() == [
        ("acme", "north", 1, 80 * 60),
        ("acme", "south", 1, 10 * 60),
        ("bolt", None, 1, 10 * 60),
    ]
    assert (
        compute(lake, ["erlang"], (), start, end, customers=["acme"], carriers=["south"])["erlang"].item()
        == 10 / 180
    )


def test_a_zone_at_45_minutes_cuts_calls_in_progress_right(keep: Keep) -> None:
    lake = keep([{"at": "2026-10-05T18:00", "talk_s": 3600}])
    days = compute(
        lake,
        ["erlang", "channels"],
        ["day"],
        zone="Asia/Kathmandu",
        end=datetime(2026, 10, 5, 20, tzinfo=UTC),
    )
    assert days.select("day", "erlang_numerator", "erlang_denominator", "channels").rows() == [
        (date(2026, 10, 5), 15 * 60, 15 * 60, 1),
        (date(2026, 10, 6), 45 * 60, 105 * 60, 1),
    ]


def test_a_day_may_have_its_most_calls_at_another_time_than_its_groups(keep: Keep) -> None:
    lake = keep(
        [
            {"at": TEN, "talk_s": 60, "customer": "a"},
            {"at": "2026-10-05T11:00", "talk_s": 60, "customer": "b"},
        ]
    )
    assert compute(lake, ["channels"], ["customer"])["channels"].to_list() == [1, 1]
    assert compute(lake, ["channels"])["channels"].item() == 1


def test_what_was_never_in_progress_is_nothing_in_progress(keep: Keep) -> None:
    columns = ("channels", "erlang", "erlang_numerator")
    lake = keep([{"at": TEN, "customer": "acme"}])
    assert compute(lake, ["channels", "erlang"], ["customer"]).select("customer", *columns).row(0) == (
        "acme",
        0,
        0,
        0,
    )
    noon = datetime(2026, 10, 5, 12, tzinfo=UTC)
    assert compute(lake, ["channels", "erlang"], start=noon).select(columns).row(0) == (0, None, 0)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"by": ["destination"]}, "cannot group 'erlang' by 'destination': calls in progress are counted by"),
        ({"by": ["currency"]}, "cannot group 'erlang' by 'currency'"),
        ({"destinations": ["UK"]}, "cannot pick destinations for 'erlang'"),
    ],
)
def test_calls_in_progress_have_no_destination_and_no_currency(
    keep: Keep, asked: dict[str, Any], message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        compute(keep(), ["erlang"], **asked)
    with pytest.raises(
        UsageError, match="cannot show 'erlang' beside 'charge', which has a row per currency"
    ):
        compute(keep(), ["erlang", "charge"])


def test_wrong_names_and_times_are_refused(keep: Keep) -> None:
    lake = keep()
    with pytest.raises(UsageError, match="did you mean 'asr'"):
        compute(lake, ["assr"])
    with pytest.raises(UsageError, match="did you mean 'carrier'"):
        compute(lake, [ASR], by=["carier"])
    with pytest.raises(UsageError, match="did you mean 'Europe/Berlin'"):
        compute(lake, [ASR], by=["day"], zone="Europe/Berlinn")
