"""Completeness: what switches told of calls in progress against what the records tell."""

from datetime import UTC, date, datetime, timedelta

import polars as pl

from tollbook.account.alerts.models import Alert
from tollbook.account.database import Database
from tollbook.alerts.recorded import recorded
from tollbook.alerts.sources import quarters, sources
from tollbook.lake.store import Lake
from tollbook.live.kept import LiveLake
from tollbook.tables import LIVE_CALLS, LIVE_POLLS, conform

START = datetime(2026, 10, 5, 10, tzinfo=UTC)


def seen(workspace, spans: list[tuple[float, float, str]], silent: tuple[int, ...] = ()) -> None:
    """Calls that the switch told, from and until so many minutes after ten; it was asked each minute of two hours."""
    calls = [
        {"day": date(2026, 10, 5), "switch": "s1", "call_id": f"{n}", "customer": who, "started_at": START,
         "first_seen_at": START + timedelta(minutes=first), "last_seen_at": START + timedelta(minutes=last)}
        for n, (first, last, who) in enumerate(spans)
    ]  # fmt: skip
    polls = [
        {"day": date(2026, 10, 5), "switch": "s1", "minute_at": START + timedelta(minutes=n), "polls": 6,
         "failed": 6 if n in silent else 0, "incomplete": 0, "most": 1}
        for n in range(120)
    ]  # fmt: skip
    with LiveLake(workspace).writing() as step:
        step.append(LIVE_CALLS, conform(pl.LazyFrame(calls), LIVE_CALLS))
        step.append(LIVE_POLLS, conform(pl.LazyFrame(polls), LIVE_POLLS))


def shares(workspace, by: str = "") -> dict[tuple[str, str], tuple[float | None, int | None]]:
    rule = Alert(area="completeness", by=by, customer="", carrier="", destination="", sample_min=30)
    with Database.of(workspace).reading() as session:
        found = sources(Lake(workspace), session)
        assert found is not None
        made = recorded(found, rule, quarters(START + timedelta(minutes=30), START + timedelta(hours=1)))
    rows = made.select("subject", "at", "value", "calls").rows()
    return {(subject, f"{at:%H:%M}"): (value, calls) for subject, at, value, calls in rows}


def test_half_of_the_calls_without_a_record_is_a_half(workspace, keep) -> None:
    keep([{"at": "2026-10-05T10:00:30", "talk_s": 600, "customer": "acme"}])
    # Both at the ten minutes' starts from 10:01 to 10:10; the records have one of them.
    seen(workspace, [(0.5, 10.2, "acme"), (0.5, 10.2, "zebra")])
    assert shares(workspace)["", "10:30"] == (10 / 20, 20)
    assert shares(workspace, "customer")["zebra", "10:30"] == (0, 10)
    assert shares(workspace, "customer")["acme", "10:30"] == (1, 10)


def test_minutes_in_which_a_switch_was_silent_count_on_neither_side(workspace, keep) -> None:
    keep([{"at": "2026-10-05T10:00:30", "talk_s": 600, "customer": "acme"}])
    seen(workspace, [(0.5, 10.2, "acme")], silent=(4, 5, 6))
    assert shares(workspace)["", "10:30"] == (7 / 7, 7)


def test_where_nobody_was_seen_there_is_no_figure(workspace, keep) -> None:
    keep([{"at": "2026-10-05T10:00:30", "talk_s": 600, "customer": "acme"}])
    assert shares(workspace)["", "10:30"] == (None, 0)


def test_a_call_that_may_still_be_in_progress_is_not_missed(workspace, keep) -> None:
    keep([{"at": "2026-10-05T10:00:30", "talk_s": 600}])
    seen(workspace, [(20.5, 55, "acme")])
    assert shares(workspace)["", "11:00"] == (None, 0)
