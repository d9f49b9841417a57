"""Figures as the command line prints them."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from tollbook.account.database import Database
from tollbook.account.models import Customer, Invoice
from tollbook.lake.store import Lake
from tollbook.workspace import Workspace

Keep = Callable[..., Lake]
Run = Callable[..., Any]


@pytest.fixture
def kept(keep: Keep) -> None:
    """Four calls of two customers on two days, by two carriers."""
    acme = {
        "customer": "acme",
        "carrier": "north",
        "currency": "EUR",
        "charge": Decimal("0.056"),
        "billed_s": 120,
    }
    keep(
        [
            {"at": "2026-10-05T10:00", "talk_s": 61, **acme},
            {"at": "2026-10-05T10:01", **acme | {"charge": Decimal(0), "billed_s": 0, "carrier": "south"}},
            {"at": "2026-10-06T10:00", "talk_s": 30.5, **acme},
            {"at": "2026-10-06T10:00", "customer": "bolt", "talk_s": 1, "unrated": "no_deck"},
        ],
        [{"at": "2026-10-05T10:00", "talk_s": 61, "customer": "acme", "carrier": "north", "currency": "EUR",
          "cost": Decimal("0.05")}],
    )  # fmt: skip


def invoice(workspace: Workspace, period: str, number: str, status: str = "issued") -> None:
    at = datetime(2026, 10, 5, tzinfo=UTC)
    nothing = dict.fromkeys(("net", "tax", "total", "exact_charge", "rounding"), Decimal(0))
    with Database.of(workspace).session() as session:
        session.merge(Customer(id="acme", name="Acme", currency="EUR"))
        session.flush()
        session.add(
            Invoice(
                customer_id="acme", period_name=period, period_start=at, period_end=at.replace(day=6),
                status=status, number=number, currency="EUR", record="{}", issued_at=at, **nothing,
            )
        )  # fmt: skip


@pytest.mark.usefixtures("kept")
def test_summary_prints_what_the_contract_names(tollbook: Run, workspace: Workspace) -> None:
    invoice(workspace, "2026-10-05", "INV-1")
    rows = tollbook("summary", "--view", "daily", "--customer", "acme", "--json").json
    assert rows[0] == {
        "customer": "acme",
        "view": "daily",
        "start": "2026-10-05T00:00:00Z",
        "end": "2026-10-06T00:00:00Z",
        "attempts": 2,
        "answers": 1,
        "asr": 1 / 2,
        "acd_s": 61.0,
        "talk_s": 61.0,
        "billed_s": 120,
        "charge": "0.056",
        "cost": "0.05",
        "profit": "0.006",
        "profit_ratio": pytest.approx(0.006 / 0.056),
        "currency": "EUR",
        "unrated": 0,
        "invoice": "INV-1",
        "cost_unrated": 0,
    }
    assert (rows[1]["start"], rows[1]["talk_s"], rows[1]["invoice"]) == ("2026-10-06T00:00:00Z", 30.5, None)


@pytest.mark.usefixtures("kept")
def test_a_credited_invoice_no_longer_covers_its_row(tollbook: Run, workspace: Workspace) -> None:
    invoice(workspace, "2026-10", "INV-1", "credited")
    rows = tollbook("summary", "--view", "monthly", "--json").json
    assert [(row["customer"], row["invoice"]) for row in rows] == [("acme", None), ("bolt", None)]


@pytest.mark.usefixtures("kept")
def test_summary_as_csv_names_the_zone(tollbook: Run) -> None:
    done = tollbook("summary", "--csv", "--from", "2026-10-06", "--to", "2026-10-07")
    header, acme, bolt = done.out.splitlines()
    assert header.startswith("customer,view,start (UTC),end (UTC),attempts,")
    assert acme.startswith("acme,daily,2026-10-06 00:00,2026-10-07 00:00,1,1,1.0,30.5,30.5,120,0.056,")
    assert bolt.startswith("bolt,")
    assert "last updated 2026-11-01T00:00:00Z" in done.err


@pytest.mark.usefixtures("kept")
def test_metrics_print_value_numerator_and_denominator(tollbook: Run) -> None:
    rows = tollbook("metrics", "asr", "charge", "--by", "customer,day", "--json").json
    assert rows[0] == {
        "customer": "acme",
        "day": "2026-10-05",
        "currency": "EUR",
        "asr": {"value": 1 / 2, "numerator": 1, "denominator": 2},
        "charge": {"value": "0.056", "numerator": "0.056", "denominator": None},
    }
    assert [row["charge"]["value"] for row in rows] == ["0.056", "0.056", None]


@pytest.mark.usefixtures("kept")
def test_metrics_are_cut_in_the_zone_and_picked_by_name(tollbook: Run) -> None:
    words = ["metrics", "attempts", "--tz", "Asia/Kathmandu", "--by", "hour", "--customer", "acme", "--json"]
    rows = tollbook(*words, "--from", "2026-10-05", "--to", "2026-10-06").json
    assert [(row["hour"], row["attempts"]["value"]) for row in rows] == [("2026-10-05T09:15:00Z", 2)]
    rows = tollbook("metrics", "asr", "--carrier", "north", "--json").json
    assert rows == [{"asr": {"value": 1.0, "numerator": 1, "denominator": 1}}]


@pytest.mark.usefixtures("kept")
def test_calls_in_progress_are_metrics_too(tollbook: Run) -> None:
    words = ["--by", "carrier", "--from", "2026-10-05T10:00Z", "--to", "2026-10-05T10:15Z", "--json"]
    rows = tollbook("metrics", "channels", "erlang", *words).json
    assert rows[0] == {
        "carrier": "north",
        "channels": {"value": 1, "numerator": 1, "denominator": None},
        "erlang": {"value": 61 / 900, "numerator": 61.0, "denominator": 900},
    }


@pytest.mark.usefixtures("kept")
def test_channels_print_every_minute_or_the_peak(tollbook: Run) -> None:
    span = ["--from", "2026-10-05T10:00Z", "--to", "2026-10-05T10:03Z"]
    assert tollbook("channels", *span, "--json").json == [
        {"at": "2026-10-05T10:00:00Z", "channels": 1},
        {"at": "2026-10-05T10:01:00Z", "channels": 1},
        {"at": "2026-10-05T10:02:00Z", "channels": 0},
    ]
    assert tollbook("channels", "--peak", "--json").json == {"peak": 2, "at": "2026-10-06T10:00:00Z"}
    assert tollbook("channels", "--peak", "--customer", "bolt", "--json").json["peak"] == 1
    assert len(tollbook("channels", "--carrier", "north", "--json").json) == 24 * 60


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("metrics arsr", "unknown metric 'arsr', did you mean 'asr'?"),
        ("metrics asr --by curier", "cannot group by 'curier', did you mean 'carrier'?"),
        ("metrics erlang --by destination", "cannot group 'erlang' by 'destination': calls in progress are"),
        ("metrics asr --tz Europe/Berlinn", "unknown zone 'Europe/Berlinn', did you mean 'Europe/Berlin'?"),
        ("metrics asr --customer acne", "unknown customer 'acne', did you mean 'acme'?"),
        ("metrics asr --carrier nord", "unknown carrier 'nord', did you mean 'north'?"),
        ("metrics asr --from yesterday", "'yesterday' is no date or time"),
        ("metrics asr --from 2026-10-05T10:07Z", "is within a quarter of an hour"),
        ("metrics", "Missing argument 'NAME...'"),
        ("summary --view dayly", "unknown view 'dayly', did you mean 'daily'?"),
        ("summary --customer acne", "unknown customer 'acne'"),
        ("channels --customer acne", "unknown customer 'acne'"),
        ("channels --from 2026-10-05T10:00:30Z", "is within a minute"),
        ("channels --from 2026-10-08 --to 2026-10-07", "write an end after the start"),
    ],
)
def test_wrong_usage_ends_with_2_and_the_nearest_right_answer(
    tollbook: Run, words: str, message: str
) -> None:
    done = tollbook(*words.split())
    assert (done.code, done.out) == (2, "")
    assert message in done.err


def test_an_empty_workspace_has_figures_of_nothing(tollbook: Run) -> None:
    assert tollbook("summary", "--json").json == []
    asr = tollbook("metrics", "asr", "--json").json
    assert asr == [{"asr": {"value": None, "numerator": 0, "denominator": 0}}]
    assert tollbook("channels", "--peak", "--json").json == {"peak": 0, "at": None}


@pytest.mark.usefixtures("kept")
def test_people_get_a_table(tollbook: Run) -> None:
    done = tollbook("metrics", "asr", "--by", "carrier")
    assert [line.split() for line in done.out.splitlines()] == [
        ["carrier", "asr"],
        ["north", "1.0000"],
        ["south", "–"],
        ["–", "–"],
    ]
    assert json.loads(tollbook("metrics", "asr", "--json").out)
