"""Calls to what can be added: each sum, each key, and only the days that changed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from tollbook.lake.rollup import channels, codes, pdd, refresh, traffic
from tollbook.lake.store import Lake
from tollbook.tables import CALLS, CHANNELS, CODES, KEY, PDD, SEIZURES, TRAFFIC, Table
from tollbook.workspace import Workspace

Keep = Callable[..., Lake]
MONDAY = "2026-10-05"


def rows_of(lake: Lake, table: Table) -> pl.DataFrame:
    """Everything in the table, in one order."""
    return lake.scan(table).collect().sort(pl.all())


def one(lake: Lake, **wanted: str | None) -> dict[str, object]:
    """The only row of traffic with these names."""
    same = [pl.col(column).eq_missing(value) for column, value in wanted.items()]
    return lake.scan(TRAFFIC).filter(same).collect().row(0, named=True)


def test_each_call_is_counted_where_it_belongs(keep: Keep) -> None:
    paid = {"customer": "acme", "currency": "EUR", "destination": "UK"}
    lake = keep(
        [
            {"at": f"{MONDAY}T10:00", "talk_s": 6, "charge": Decimal("0.1"), "billed_s": 60, "pdd_ms": 1000, **paid},
            {"at": f"{MONDAY}T10:14:59.999999", "talk_s": 6.001, "dtmf_digits": 2, "sip_code": 200, **paid},
            {"at": f"{MONDAY}T10:03", "talk_s": 0, "dtmf_digits": 0, "unrated": "no_rate", **paid},
            {"at": f"{MONDAY}T10:04", "outcome": "busy", "sip_code": 486, "charge": Decimal(0), "pdd_ms": 500, **paid},
            {"at": f"{MONDAY}T10:05", "outcome": "cancelled", "sip_code": 487, "dtmf_digits": 3, **paid},
            {"at": f"{MONDAY}T10:06", "outcome": "congestion", "sip_code": 503, **paid},
            {"at": f"{MONDAY}T10:07", "outcome": "failed", "sip_code": 302, **paid},
        ]
    )  # fmt: skip
    row = lake.scan(TRAFFIC).collect().row(0, named=True)
    assert row["quarter_at"] == datetime(2026, 10, 5, 10, tzinfo=UTC)
    counted = {k: v for k, v in row.items() if k not in KEY and not k.startswith("seizure") and v}
    assert counted == {
        "attempts": 7,
        "answers": 3,
        "talk_ms": 6000 + 6001 + 0,
        "billed_s": 60,
        "charge": Decimal("0.1"),
        "charged": 2,
        "unrated": 1,
        "pdd_ms": 1000 + 500,
        "pdd_calls": 2,
        "dtmf_known": 2,
        "dtmf_answers": 1,
        "short_answers": 2,
        "effective": 3 + 1 + 1,
        "coded": 7 - 2,
        "redirects": 1,
        "sessions_effective": 2,
        "ineffective": 1,
    }


def test_seizures_are_counted_beside_calls(keep: Keep) -> None:
    lake = keep(
        [{"at": f"{MONDAY}T10:00", "customer": "acme", "carrier": "north", "talk_s": 30}],
        [
            {"at": f"{MONDAY}T10:00", "customer": "acme", "carrier": "south", "outcome": "congestion", "sip_code": 503},
            {"at": f"{MONDAY}T10:01", "customer": "acme", "carrier": "north", "talk_s": 30, "cost": Decimal("0.02"),
             "billed_s": 30, "pdd_ms": 700, "unrated": None},
        ],
    )  # fmt: skip
    north, south = one(lake, carrier="north"), one(lake, carrier="south")
    assert (north["attempts"], north["seizures"], north["seizure_answers"]) == (1, 1, 1)
    assert (north["cost"], north["costed"], north["seizure_billed_s"]) == (Decimal("0.02"), 1, 30)
    assert (north["seizure_talk_ms"], north["seizure_pdd_ms"], north["seizure_pdds"]) == (30_000, 700, 1)
    assert (south["attempts"], south["seizures"], south["seizure_ineffective"]) == (0, 1, 1)
    assert (south["seizure_coded"], north["seizure_coded"]) == (1, 0)
    assert (south["charge"], south["talk_ms"]) == (Decimal(0), 0)


def test_an_unanswered_try_that_was_followed_by_another_is_rerouted(keep: Keep) -> None:
    tries = [("a", 1, "north"), ("a", 2, "south"), ("a", 3, "east"), ("b", 1, "north"), ("c", 1, "south")]
    at = {1: f"{MONDAY}T23:59:57", 2: f"{MONDAY}T23:59:59", 3: "2026-10-06T00:00:01"}
    lake = keep(
        [{"at": at[1], "call_id": call, "carrier": "east"} for call in "abc"],
        [{"at": at[n], "call_id": call, "seizure": n, "carrier": carrier} for call, n, carrier in tries],
    )
    found = lake.scan(TRAFFIC).group_by("carrier").agg(pl.col("seizures", "rerouted").sum()).collect()
    # Call a: north, south and, after midnight, east, which nothing follows. Calls b and c ended where they were tried.
    assert sorted(found.rows()) == [("east", 1, 0), ("north", 2, 1), ("south", 2, 1)]


def test_rollups_of_an_older_tollbook_are_made_anew(keep: Keep, monkeypatch: pytest.MonkeyPatch) -> None:
    older = replace(TRAFFIC, columns=TRAFFIC.columns[:-1])
    tries = [{"at": f"{MONDAY}T10:00", "call_id": "a", "seizure": n} for n in (1, 2)]
    with monkeypatch.context() as patched:
        patched.setattr("tollbook.lake.rollup.TRAFFIC", older)
        lake = keep([{"at": f"{MONDAY}T10:00", "call_id": "a"}], tries)
    assert lake.is_older(TRAFFIC)
    assert lake.scan(TRAFFIC).select("seizures", "rerouted").collect().rows() == [(2, None)]
    assert refresh(lake).days_touched == 1
    assert lake.scan(TRAFFIC).select("seizures", "rerouted").collect().rows() == [(2, 1)]
    assert not lake.is_older(TRAFFIC)
    assert refresh(lake).days_touched == 0


def test_what_a_source_does_not_tell_is_a_group_of_its_own(keep: Keep) -> None:
    lake = keep(
        [{"at": f"{MONDAY}T10:00", "talk_s": 1}, {"at": f"{MONDAY}T10:01", "customer": "acme"}],
        [{"at": f"{MONDAY}T10:00", "talk_s": 1}],
    )
    unknown = one(lake, customer=None)
    assert (unknown["attempts"], unknown["seizures"]) == (1, 1)
    assert lake.scan(TRAFFIC).collect().height == 2


def test_codes_count_each_final_answer(keep: Keep) -> None:
    lake = keep(
        [
            {"at": f"{MONDAY}T10:00", "sip_code": 486, "outcome": "busy"},
            {"at": f"{MONDAY}T10:01", "sip_code": 486, "outcome": "busy"},
            {"at": f"{MONDAY}T10:02", "outcome": "busy"},
        ],
        [{"at": f"{MONDAY}T10:00", "sip_code": 486, "outcome": "busy"}],
    )
    found = lake.scan(CODES).select("sip_code", "outcome", "attempts", "seizures").collect()
    assert sorted(found.rows(), key=str) == [(486, "busy", 2, 1), (None, "busy", 1, 0)]


@pytest.mark.parametrize(
    ("pdd_ms", "pdd_bin"), [(0, 0), (1, 8), (7, 24), (255, 64), (1000, 79), (1023, 80), (60_000, 126)]
)
def test_a_delay_falls_into_its_bin(keep: Keep, pdd_ms: int, pdd_bin: int) -> None:
    lake = keep([{"at": f"{MONDAY}T10:00", "pdd_ms": pdd_ms}, {"at": f"{MONDAY}T10:00"}])
    assert lake.scan(PDD).select("pdd_bin", "attempts", "seizures").collect().rows() == [(pdd_bin, 1, 0)]


def test_channels_change_at_the_minute_that_first_finds_or_misses_the_call(keep: Keep) -> None:
    lake = keep(
        [
            {"at": f"{MONDAY}T10:00:00", "talk_s": 60},
            {"at": f"{MONDAY}T10:00:01", "talk_s": 59.5},
            {"at": f"{MONDAY}T10:00:20", "talk_s": 30},
            {"at": f"{MONDAY}T23:59:30", "talk_s": 60},
        ]
    )
    at = pl.col("minute_at").dt.strftime("%d %H:%M")
    changes = rows_of(lake, CHANNELS).select(at, "day", "change", pl.col("busy_us") / 1_000_000)
    assert changes.rows() == [
        ("05 10:00", date(2026, 10, 5), 1, 0),
        # Of the minute before: one ended with it, one lasted 59 s and then 0.5 s of the next, one 30 s.
        ("05 10:01", date(2026, 10, 5), 1 - 1, 59 + 30),
        ("05 10:02", date(2026, 10, 5), -1, 0.5 - 60),
        ("06 00:00", date(2026, 10, 5), 1, 30),
        ("06 00:01", date(2026, 10, 5), -1, 30 - 60),
    ]


def test_a_refresh_says_what_it_did_and_when(keep: Keep) -> None:
    lake = keep([{"at": "2026-10-05T10:00"}, {"at": "2026-10-06T10:00"}], rolled=False)
    at = datetime(2026, 10, 7, 12, tzinfo=UTC)
    done = refresh(lake, at)
    assert (done.calls_seen, done.days_touched, done.updated_at) == (2, 2, at)
    assert lake.updated_at == at


def test_with_nothing_new_a_refresh_only_notes_the_time(keep: Keep) -> None:
    lake = keep([{"at": "2026-10-05T10:00"}])
    before = lake.published
    done = refresh(lake, datetime(2026, 10, 9, tzinfo=UTC))
    assert (done.calls_seen, done.days_touched) == (0, 0)
    assert lake.published.versions == before.versions
    assert lake.updated_at == datetime(2026, 10, 9, tzinfo=UTC)


def test_an_empty_workspace_can_be_refreshed(workspace: Workspace) -> None:
    lake = Lake(workspace)
    assert refresh(lake).days_touched == 0
    assert lake.scan(TRAFFIC).collect().is_empty()


def test_a_late_call_lands_in_its_day_and_only_that_day_is_read(keep: Keep) -> None:
    keep([{"at": "2026-10-05T10:00"}, {"at": "2026-10-06T10:00"}])
    lake = keep([{"at": "2026-10-05T10:01", "call_id": "late"}], rolled=False)
    assert lake.published.stale_days() == [date(2026, 10, 5)]
    done = refresh(lake)
    assert (done.calls_seen, done.days_touched) == (2, 1)
    per_day = lake.scan(TRAFFIC).group_by("day").agg(pl.col("attempts").sum()).sort("day").collect()
    assert per_day.rows() == [(date(2026, 10, 5), 2), (date(2026, 10, 6), 1)]


def test_a_day_that_lost_its_calls_loses_its_figures(keep: Keep) -> None:
    lake = keep([{"at": "2026-10-05T10:00"}, {"at": "2026-10-06T10:00"}])
    day = date(2026, 10, 5)
    with lake.writing() as step:
        step.replace_days(CALLS, [day], lake.scan(CALLS).filter(pl.lit(value=False)))
        step.mark(changed=[day])
    refresh(lake)
    assert lake.scan(TRAFFIC).collect()["day"].to_list() == [date(2026, 10, 6)]


def test_many_days_are_rolled_up_in_several_turns(keep: Keep) -> None:
    lake = keep([{"at": f"2026-10-{day:02}T10:00"} for day in range(1, 17)])
    assert lake.scan(TRAFFIC).collect().height == 16
    assert lake.published.stale_days() == []


calls = st.fixed_dictionaries(
    {
        "at": st.sampled_from(["2026-10-05T10:00", "2026-10-05T23:59:59", "2026-10-06T00:00", "2026-10-07T10:20"]),
        "talk_s": st.sampled_from([None, 0, 1.5, 61, 100_000]),
        "customer": st.sampled_from([None, "acme", "bolt"]),
        "carrier": st.sampled_from([None, "north"]),
        "destination": st.sampled_from([None, "UK"]),
        "pdd_ms": st.sampled_from([None, 0, 900]),
        "sip_code": st.sampled_from([None, 200, 404, 503]),
    }
)  # fmt: skip


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(calls, min_size=1, max_size=6), st.lists(calls, max_size=6))
def test_rolling_up_bit_by_bit_gives_what_rolling_up_at_once_gives(
    keep: Keep,
    first: list[dict[str, object]],
    then: list[dict[str, object]],
) -> None:
    lake = keep(first, first[:2])
    lake = keep(then, then[:2])
    everything = lake.scan(CALLS), lake.scan(SEIZURES)
    at_once = {
        TRAFFIC: traffic(*everything),
        CODES: codes(*everything),
        PDD: pdd(*everything),
        CHANNELS: channels(everything[0]),
    }
    for table, rows in at_once.items():
        assert_frame_equal(rows_of(lake, table), rows.collect().sort(pl.all()))
    sums = lake.scan(TRAFFIC).select(pl.col("attempts", "talk_ms", "answers").sum()).collect()
    stored = everything[0].select(pl.len(), pl.col("talk_ms").sum(), pl.col("answered_at").count()).collect()
    assert sums.row(0) == stored.row(0)
    assert lake.scan(CHANNELS).select(pl.col("change").sum()).collect().item() == 0
