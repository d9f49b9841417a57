"""What an invoice's figures are made of."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import polars as pl
import pytest

from tollbook.account.database import Database
from tollbook.account.models import Customer
from tollbook.billing.decks import Deck, decks_of
from tollbook.billing.invoices import customer_named
from tollbook.billing.record import Record
from tollbook.billing.settle import Asked, settle, with_rates
from tollbook.errors import TollbookError
from tollbook.lake.store import Lake
from tollbook.money import MONEY
from tollbook.periods import parse_period
from tollbook.tables import CALLS, TRAFFIC
from tollbook.workspace import Workspace


def asked(
    workspace: Workspace, period: str = "2026-10", customer: str = "acme", **terms: str | None
) -> Asked:
    db = Database.of(workspace)
    found: Customer = customer_named(db, customer)
    for name, value in terms.items():
        setattr(found, name, value)
    return Asked(found, decks_of(db, "customer", customer), parse_period(period), settle_hours=24)


def settled(workspace: Workspace, period: str = "2026-10", **terms: str | None) -> Record:
    made = settle(Lake(workspace), asked(workspace, period, **terms))
    assert made is not None
    return made


def test_lines_are_destinations_and_rates_with_their_exact_charge(charged: Workspace) -> None:
    made = settled(charged)
    lines = [(x.destination, x.rate_per_min, x.calls, x.billed_s, x.exact, x.net) for x in made.lines]
    assert lines == [
        ("UK", Decimal("0.010"), 2, 120, Decimal("0.020"), Decimal("0.02")),
        ("UK mobile", Decimal("0.028"), 3, 360, 3 * Decimal("0.056"), Decimal("0.17")),
    ]
    assert made.exact_charge == 2 * Decimal("0.010") + 3 * Decimal("0.056")
    assert (made.net, made.rounding) == (Decimal("0.19"), Decimal("0.002"))
    assert (made.tax, made.total) == (Decimal("0.03"), Decimal("0.22"))  # 15 % of 0.19 is 0.0285


def test_exact_charge_is_the_summarys_to_the_last_digit(charged: Workspace) -> None:
    traffic = Lake(charged).scan(TRAFFIC).select(pl.col("charge").sum()).collect().item()
    assert settled(charged).exact_charge == traffic


def test_lines_may_be_days(charged: Workspace) -> None:
    lines = settled(charged, invoice_grouping="day").lines
    assert [(x.day, x.destination, x.calls, x.exact) for x in lines] == [
        (date(2026, 10, 5), None, 3, Decimal("0.168")),
        (date(2026, 10, 6), None, 2, Decimal("0.020")),
    ]


def test_period_is_cut_in_utc_half_open(charged: Workspace) -> None:
    assert [settled(charged, day).exact_charge for day in ("2026-10-05", "2026-10-06")] == [
        Decimal("0.168"),
        Decimal("0.020"),
    ]
    assert settled(charged, "2026-W41").exact_charge == Decimal("0.188")


def test_customer_without_calls_has_no_record(charged: Workspace) -> None:
    assert settle(Lake(charged), asked(charged, customer="quiet")) is None
    assert settle(Lake(charged), asked(charged, "2026-09")) is None


def test_record_names_what_it_was_made_of(charged: Workspace) -> None:
    source = settled(charged).source
    assert source.tables == Lake(charged).published.versions
    assert (source.decks, source.calls, source.unrated) == ([1], 6, 0)
    assert (source.parameters, source.number_rules) == ({"settle_hours": 24}, "")
    assert source.calls_sha256 == settled(charged, "2026-W41").source.calls_sha256
    assert source.calls_sha256 != settled(charged, "2026-10-05").source.calls_sha256


def change_calls(workspace: Workspace, how: pl.Expr, *, mark: bool = False) -> None:
    lake, day = Lake(workspace), date(2026, 10, 6)
    with lake.writing() as step:
        rows = lake.scan(CALLS).filter(pl.col("day") == day).with_columns(how).collect()
        step.replace_days(CALLS, [day], rows.lazy())
        step.mark(changed=[day] if mark else [])


def test_rollups_behind_their_calls_are_refused(charged: Workspace) -> None:
    change_calls(charged, pl.col("charge") * 2, mark=True)
    with pytest.raises(
        TollbookError, match="the figures of 2026-10-06 are behind its calls: run `tollbook refresh`"
    ):
        settled(charged)
    assert settled(charged, "2026-10-05").exact_charge == Decimal("0.168")


def test_charge_other_than_the_summarys_is_refused(charged: Workspace) -> None:
    change_calls(charged, pl.col("charge") + Decimal("0.000000001"))
    with pytest.raises(TollbookError, match=r"charged 0\.188000003, the Summary says 0\.188"):
        settled(charged)


def test_unrated_calls_stop_the_invoice_with_their_count_and_reason(charged: Workspace) -> None:
    change_calls(charged, pl.when(pl.col("talk_ms") > 0).then(pl.lit("no_rate")).alias("unrated"))
    with pytest.raises(TollbookError, match=r"2 calls are unrated \(no_rate 2\)"):
        settled(charged)


def test_customer_without_a_currency_cannot_be_invoiced(charged: Workspace) -> None:
    with pytest.raises(TollbookError, match="'acme' has no currency"):
        settled(charged, currency=None)


def test_calls_in_another_currency_are_refused(charged: Workspace) -> None:
    with pytest.raises(TollbookError, match="calls are charged in EUR, not in USD"):
        settled(charged, currency="USD")


def test_rate_shown_is_that_of_the_newest_deck_that_gives_the_charge(deck: Callable[..., Deck]) -> None:
    at = datetime(2026, 10, 5, tzinfo=UTC)
    new = deck(
        {"prefix": "44", "rate_per_min": "2", "effective_from": at}, {"prefix": "1", "rate_per_min": "1"}
    )
    old = deck(
        {"prefix": "44", "rate_per_min": "3", "effective_to": at},
        {"prefix": "44", "rate_per_min": "1", "effective_from": at},
    )
    rows = [
        {"customer": "acme", "called": called, "started_at": at + timedelta(seconds=i), "answered_at": at,
         "talk_ms": 60_000, "prefix": called, "charge": Decimal(charge)}
        for i, (called, charge) in enumerate([("44", 2), ("44", 1), ("1", 1), ("44", 7)])
    ]  # fmt: skip
    calls = pl.DataFrame(rows, schema_overrides={"charge": MONEY, "started_at": CALLS.schema["started_at"]})
    found = with_rates(calls, [new, old]).sort("started_at")
    assert found["rate_per_min"].to_list() == [2, 1, 1, None]


def test_rate_of_a_call_that_was_rated_before_there_were_number_rules_is_shown(charged: Workspace) -> None:
    db = Database.of(charged)
    with db.session() as session:
        session.get_one(Customer, "acme").number_rules = "447>9"
    made = settled(charged)
    assert [line.rate_per_min for line in made.lines] == [Decimal("0.010"), Decimal("0.028")]
    assert made.source.number_rules == "447>9"
