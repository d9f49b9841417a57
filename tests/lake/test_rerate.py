"""Rating again replaces charges by those of the decks of now, and keeps what was there beside them."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from tollbook.billing.decks import RATES, Deck, DeckBook
from tollbook.lake.rerate import Asked, difference, rerate
from tollbook.lake.store import Lake
from tollbook.tables import CALLS, CHARGES, COSTS, SEIZURES

AT = datetime(2026, 11, 2, tzinfo=UTC)
Keep = Callable[..., Lake]


def deck(number: int, owner: str, rate: str, side: Any = "customer", prefix: str = "44", **more: Any) -> Deck:
    row = {
        "prefix": prefix, "destination": "UK", "rate_per_min": rate, "connect_fee": "0", "blocked": False,
        "initial_increment_s": 1, "increment_s": 1, "effective_from": None, "effective_to": None, **more,
    }  # fmt: skip
    rates = pl.DataFrame([row]).select(pl.col(name).cast(dtype) for name, dtype in RATES.items())
    return Deck(number, owner, side, "EUR", rates)


def call(at: str, charge: str | None, owner: str = "acme", **more: Any) -> dict[str, Any]:
    """A minute to the UK with what it was charged (or cost); null: unrated."""
    price = "cost" if "seizure" in more else "charge"
    rated = {
        "destination": "UK",
        "prefix": "44",
        "billed_s": 60,
        price: charge and Decimal(charge),
        "currency": "EUR",
    }
    told = rated if charge else {"unrated": "no_deck"}
    side = {"carrier": owner} if "seizure" in more else {"customer": owner}
    return {"at": at, "talk_s": 60, "called": "442071838750", **side, **told, **more}


def charges(lake: Lake) -> list[Decimal]:
    rows = lake.scan(CALLS).sort("call_id").collect()
    return rows["charge"].to_list()


def test_a_charge_is_replaced_and_what_it_was_is_kept(keep: Keep) -> None:
    lake = keep([call("2026-10-05T10:00", "0.010"), call("2026-10-06T10:00", "0.020")])
    done = rerate(lake, Asked(DeckBook({"acme": deck(7, "acme", "0.020")}, {})), AT)
    assert (done.run, done.calls.seen, done.calls.changed, done.calls.kept) == (1, 2, 1, 0)
    assert charges(lake) == [Decimal("0.020"), Decimal("0.020")]
    (row,) = lake.scan(CHARGES).collect().to_dicts()
    assert (row["call_id"], row["run"], row["replaced_at"], row["deck"]) == ("c0", 1, AT, 7)
    assert (row["was_charge"], row["charge"], row["was_destination"]) == (
        Decimal("0.010"),
        Decimal("0.020"),
        "UK",
    )
    (one,) = done.calls.by.items()
    assert (one[0], one[1].records) == (("acme", "UK", "EUR"), 1)
    assert one[1].now - one[1].was == Decimal("0.010")


def test_again_it_gives_nothing_new_and_writes_nothing(keep: Keep) -> None:
    lake = keep([call("2026-10-05T10:00", "0.010")])
    asked = Asked(DeckBook({"acme": deck(7, "acme", "0.020")}, {}))
    rerate(lake, asked, AT)
    before = lake.published
    done = rerate(lake, asked, AT)
    assert (done.run, done.calls.changed) == (None, 0)
    assert lake.published == before


def test_each_time_adds_to_the_history_and_changes_none_of_it(keep: Keep) -> None:
    lake = keep([call("2026-10-05T10:00", "0.010")])
    for number, rate in ((7, "0.020"), (8, "0.015")):
        rerate(lake, Asked(DeckBook({"acme": deck(number, "acme", rate)}, {})), AT)
    rows = lake.scan(CHARGES).sort("run").select("run", "deck", "was_charge", "charge").collect().rows()
    assert rows == [
        (1, 7, Decimal("0.010"), Decimal("0.020")),
        (2, 8, Decimal("0.020"), Decimal("0.015")),
    ]


def test_only_the_range_and_only_days_with_a_change_are_written(keep: Keep) -> None:
    lake = keep([call(f"2026-10-0{day}T10:00", "0.010") for day in (5, 6, 7)])
    of_six = {"start": datetime(2026, 10, 6, tzinfo=UTC), "end": datetime(2026, 10, 7, tzinfo=UTC)}
    done = rerate(lake, Asked(DeckBook({"acme": deck(7, "acme", "0.020")}, {}), **of_six), AT)
    assert (done.calls.seen, done.calls.changed) == (1, 1)
    assert charges(lake) == [Decimal("0.010"), Decimal("0.020"), Decimal("0.010")]
    assert lake.published.stale_days() == [date(2026, 10, 6)]


def test_a_range_that_ends_within_a_day_is_half_open(keep: Keep) -> None:
    lake = keep([call("2026-10-05T10:00", "0.010"), call("2026-10-05T11:00", "0.010")])
    end = datetime(2026, 10, 5, 11, tzinfo=UTC)
    rerate(lake, Asked(DeckBook({"acme": deck(7, "acme", "0.020")}, {}), end=end), AT)
    assert charges(lake) == [Decimal("0.020"), Decimal("0.010")]


def test_others_than_those_of_the_decks_are_left_alone(keep: Keep) -> None:
    lake = keep(
        [
            call("2026-10-05T10:00", "0.010"),
            call("2026-10-05T10:01", "0.010", "bolt"),
            call("2026-10-05T10:02", "0.010", owner=None),
        ]
    )  # type: ignore[arg-type]
    done = rerate(lake, Asked(DeckBook({"acme": deck(7, "acme", "0.020")}, {})), AT)
    assert (done.calls.seen, lake.scan(CALLS).collect().height) == (1, 3)
    assert charges(lake) == [Decimal("0.020"), Decimal("0.010"), Decimal("0.010")]


@pytest.mark.parametrize("more", [{"prefix": "33"}, {"blocked": True}])
def test_a_call_without_a_price_by_now_keeps_the_one_that_it_has(keep: Keep, more: dict[str, Any]) -> None:
    lake = keep([call("2026-10-05T10:00", "0.010")])
    done = rerate(lake, Asked(DeckBook({"acme": deck(7, "acme", "0.020", **more)}, {})), AT)
    assert (done.run, done.calls.changed, done.calls.kept) == (None, 0, 1)
    assert done.calls.kept_by == {("acme", "UK"): 1}
    assert charges(lake) == [Decimal("0.010")]


def test_an_unanswered_call_keeps_the_destination_that_the_deck_no_longer_knows(keep: Keep) -> None:
    lake = keep([call("2026-10-05T10:00", "0", talk_s=None, billed_s=0)])
    done = rerate(lake, Asked(DeckBook({"acme": deck(7, "acme", "0.020", prefix="33")}, {})), AT)
    assert (done.calls.changed, done.calls.kept) == (0, 0)
    assert lake.scan(CALLS).collect()["destination"].to_list() == ["UK"]


def test_an_unrated_call_is_rated_and_was_nothing(keep: Keep) -> None:
    lake = keep([call("2026-10-05T10:00", None)])
    done = rerate(lake, Asked(DeckBook({"acme": deck(7, "acme", "0.020")}, {})), AT)
    assert charges(lake) == [Decimal("0.020")]
    (row,) = lake.scan(CHARGES).collect().to_dicts()
    assert (row["was_charge"], row["was_unrated"], row["unrated"]) == (None, "no_deck", None)
    assert done.calls.more == {
        ("acme", date(2026, 10, 5)): 0
    }  # it was never billed: nothing of it is to be noted


def test_a_cost_has_a_history_of_its_own(keep: Keep) -> None:
    lake = keep([call("2026-10-05T10:00", "0.010")], [call("2026-10-05T10:00", "0.005", "kilo", seizure=1)])
    done = rerate(lake, Asked(DeckBook({}, {"kilo": deck(9, "kilo", "0.004", "carrier")})), AT)
    assert (done.calls.seen, done.seizures.seen, done.seizures.changed) == (0, 1, 1)
    assert lake.scan(SEIZURES).collect()["cost"].to_list() == [Decimal("0.004")]
    (row,) = lake.scan(COSTS).collect().to_dicts()
    assert (row["carrier"], row["seizure"], row["was_cost"], row["cost"]) == (
        "kilo",
        1,
        Decimal("0.005"),
        Decimal("0.004"),
    )
    assert lake.scan(CHARGES).collect().is_empty()


def test_a_dry_run_tells_the_same_and_writes_nothing(keep: Keep) -> None:
    lake = keep([call("2026-10-05T10:00", "0.010"), call("2026-10-06T10:00", "0.020")])
    asked, before = Asked(DeckBook({"acme": deck(7, "acme", "0.020")}, {})), lake.published
    told = difference(lake, asked)
    assert told.run is None
    assert lake.published == before
    assert rerate(lake, asked, AT).calls == told.calls


def test_a_step_that_fails_leaves_everything_as_it_was(keep: Keep, monkeypatch: pytest.MonkeyPatch) -> None:
    lake = keep([call("2026-10-05T10:00", "0.010")])
    before = lake.published

    def broken(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("tollbook.lake.store.Published.write", broken)
    with pytest.raises(KeyboardInterrupt):
        rerate(lake, Asked(DeckBook({"acme": deck(7, "acme", "0.020")}, {})), AT)
    monkeypatch.undo()
    assert lake.published == before
    assert charges(lake) == [Decimal("0.010")]
    rerate(lake, Asked(DeckBook({"acme": deck(8, "acme", "0.020")}, {})), AT)
    assert lake.scan(CHARGES).select("run", "deck").collect().rows() == [(1, 8)]
