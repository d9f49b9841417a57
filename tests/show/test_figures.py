"""What graphs are drawn from."""

from datetime import UTC, datetime

import polars as pl
import pytest

from tollbook import metrics
from tollbook.lake.store import Lake
from tollbook.show import figures
from tollbook.show.figures import Figures, latest, read
from tollbook.show.span import span


@pytest.fixture
def shown(network, monkeypatch):
    monkeypatch.setenv("TOLLBOOK_HOME", str(network.home))
    return read("", "", "UTC")


def test_the_default_is_the_24_hours_up_to_the_latest_call(shown):
    # The last call, number 1009, starts at 80 x 1009 s = 22:25:20.
    assert latest(shown.lake) == datetime(2026, 10, 5, 22, 30, tzinfo=UTC)
    assert shown.span.seconds == 24 * 3600


def test_a_row_for_every_quarter_and_line(shown):
    lines = shown.lines(metrics.ASR)
    assert shown.series == ["Total", "north", "south"]
    assert lines.height == 96 * 3
    assert lines.group_by("series").len()["len"].to_list() == [96, 96, 96]


def test_the_first_quarter_is_that_of_the_first_twelve_calls(shown):
    # Calls 0 to 11 start within 15 min; 0, 1, 5, 6, 10, 11 are answered; north has the even ones.
    first = shown.lines(metrics.ASR).filter(pl.col("at") == datetime(2026, 10, 5, tzinfo=UTC))
    assert first["words"].to_list() == ["50.00 %  (6 / 12)", "50.00 %  (3 / 6)", "50.00 %  (3 / 6)"]
    assert first["value"].to_list() == [50, 50, 50]


def test_no_calls_is_a_gap_and_not_0(shown):
    before = shown.lines(metrics.ASR).filter(pl.col("at") < datetime(2026, 10, 5, tzinfo=UTC))
    assert before["value"].null_count() == before.height == 6 * 3
    assert set(before["words"]) == {"–"}


def test_no_calls_in_progress_are_0(shown):
    assert shown.channels()["value"].null_count() == 0


def test_days_are_cut_in_the_zone(network):
    far = Figures(Lake(network), span("2026-10-01", "2026-10-31", "Asia/Kathmandu", None), None)
    assert far.cut == "day"
    days = far.lines(metrics.ATTEMPTS).filter(pl.col("series") == "Total").drop_nulls("value")
    # Midnight in Kathmandu is 18:15 UTC; calls 0 to 821 start before it.
    assert days["value"].to_list() == [822, 1010 - 822]
    assert days["at"].to_list() == [datetime(2026, 10, d, 18, 15, tzinfo=UTC) for d in (4, 5)]


def test_more_carriers_than_an_eye_follows_share_a_line(shown, monkeypatch):
    monkeypatch.setattr(figures, "MOST_CARRIERS", 1)
    assert shown.series == ["Total", "north", "1 more carriers"]
    asr = shown.lines(metrics.ASR).filter(pl.col("at") == datetime(2026, 10, 5, tzinfo=UTC))
    assert asr["words"].to_list() == ["50.00 %  (6 / 12)", "50.00 %  (3 / 6)", "50.00 %  (3 / 6)"]
    channels = shown.channels()
    assert set(channels["series"]) == set(shown.series)
    assert channels.filter(pl.col("series") == "1 more carriers")["value"].max() == 1


def test_an_empty_workspace_has_the_total_only(workspace, monkeypatch):
    monkeypatch.setenv("TOLLBOOK_HOME", str(workspace.home))
    empty = read("", "", "UTC")
    assert empty.series == ["Total"]
    assert empty.lines(metrics.ACD)["value"].null_count() == 96
