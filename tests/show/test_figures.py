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


def test_a_row_for_every_hour_and_line(shown):
    # From 22:30 to 22:30 there are 23 whole hours and two halves.
    lines = shown.lines(metrics.ASR)
    assert shown.series == ["Total", "north", "south"]
    assert lines.group_by("series").len()["len"].to_list() == [25, 25, 25]


def test_the_first_hour_is_that_of_the_first_45_calls(shown):
    # Of calls 0 to 44 two of five are answered; north has the 23 even ones, south the 22 odd ones.
    first = shown.lines(metrics.ASR).filter(pl.col("at") == datetime(2026, 10, 5, tzinfo=UTC))
    assert first["words"].to_list() == ["40.00 %  (18 / 45)", "39.13 %  (9 / 23)", "40.91 %  (9 / 22)"]
    assert first["value"].to_list() == pytest.approx([40, 900 / 23, 900 / 22])


def test_no_calls_is_a_gap_and_not_0(shown):
    before = shown.lines(metrics.ASR).filter(pl.col("at") < datetime(2026, 10, 5, tzinfo=UTC))
    assert before["value"].null_count() == before.height == 2 * 3
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
    assert asr["words"].to_list() == ["40.00 %  (18 / 45)", "39.13 %  (9 / 23)", "40.91 %  (9 / 22)"]
    channels = shown.channels()
    assert set(channels["series"]) == set(shown.series)
    assert channels.filter(pl.col("series") == "1 more carriers")["value"].max() == 1


def test_an_empty_workspace_has_the_total_only(workspace, monkeypatch):
    monkeypatch.setenv("TOLLBOOK_HOME", str(workspace.home))
    empty = read("", "", "UTC")
    assert empty.series == ["Total"]
    lines = empty.lines(metrics.ACD)
    assert lines["value"].null_count() == lines.height > 0
