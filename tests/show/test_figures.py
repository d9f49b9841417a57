"""What graphs are drawn from."""

from datetime import UTC, datetime
from decimal import Decimal

import polars as pl
import pytest

from tollbook import metrics
from tollbook.account.database import Database
from tollbook.errors import UsageError
from tollbook.metrics import compute
from tollbook.show import lineup
from tollbook.show.figures import Figures, read
from tollbook.show.lineup import NOT_TOLD, OTHERS, TOTAL
from tollbook.show.reading import Asked, Reading
from tollbook.show.span import span

MIDNIGHT = datetime(2026, 10, 5, tzinfo=UTC)


@pytest.fixture
def shown(network, monkeypatch):
    monkeypatch.setenv("TOLLBOOK_HOME", str(network.home))
    return read("", "", "UTC")


def of_day(lake, **asked):
    return Figures(lake, span("2026-10-05", "2026-10-06", "UTC", None), Asked(**asked))


def test_the_default_is_the_24_hours_up_to_the_latest_call(shown):
    # The last call, number 1009, starts at 80 x 1009 s = 22:25:20.
    assert shown.lake.latest == datetime(2026, 10, 5, 22, 30, tzinfo=UTC)
    assert shown.span.seconds == 24 * 3600


def test_a_row_for_every_hour_and_line(shown):
    # From 22:30 to 22:30 there are 23 whole hours and two halves.
    lines = shown.lines(metrics.ASR)
    assert shown.lineup.series("carrier") == [TOTAL, "north", "south"]
    assert lines.group_by("series").len()["len"].to_list() == [25, 25, 25]


def test_the_first_hour_is_that_of_the_first_45_calls(shown):
    # Of calls 0 to 44 two of five are answered; north has the 23 even ones, south the 22 odd ones.
    first = shown.lines(metrics.ASR).filter(pl.col("at") == MIDNIGHT)
    assert first.select("numerator", "denominator").rows() == [(18, 45), (9, 23), (9, 22)]
    assert first["words"].to_list() == ["40.00 %", "39.13 %", "40.91 %"]
    assert first["value"].to_list() == pytest.approx([40, 900 / 23, 900 / 22])


@pytest.mark.parametrize("by", ["total", "carrier", "customer", "destination"])
@pytest.mark.parametrize(
    "metric", [metrics.ASR, metrics.ACD, metrics.MARGIN, metrics.CPS], ids=lambda m: m.name
)
@pytest.mark.parametrize(
    "asked", [{}, {"carriers": ["north"]}, {"customers": ["alpha"], "destinations": ["Latvia"]}]
)
def test_every_line_is_what_the_command_line_computes(network, by, metric, asked):
    data = of_day(Reading(network), **asked)
    cut, who = data.cut(by), {"start": data.span.start, "end": data.span.end, **asked}
    total = compute(data.lake, [metric], (cut,), **who).with_columns(series=pl.lit(TOTAL))
    each = [] if by == "total" else [compute(data.lake, [metric], (cut, by), **who).rename({by: "series"})]
    said = pl.concat([part.select(cut, "series", metric.name) for part in (total, *each)])
    lines = data.lines(metric, by).join(data.pieces(by), on="at").select(cut, "series", "value")
    both = said.join(lines, on=[cut, "series"], how="left")
    expected = [None if v is None else float(v) * metric.scale for v in both[metric.name]]
    assert both["value"].to_list() == pytest.approx(expected)


def test_nothing_over_no_calls_is_a_gap_and_no_calls_are_0_within_the_data(network):
    # The data end at 22:30, so of 23:00 nothing is known; beta's 10 calls are all of 22:00.
    data = of_day(Reading(network), customers=["beta"])
    attempts, asr = (data.lines(metric, "total") for metric in (metrics.ATTEMPTS, metrics.ASR))
    assert [*attempts["value"]] == [*[0.0] * 22, 10.0, None]
    assert asr["value"].null_count() == 23
    assert set(asr["words"]) == {"–", "90.00 %"}


def test_before_the_first_call_nothing_is_known(shown):
    before = shown.lines(metrics.ATTEMPTS).filter(pl.col("at") < MIDNIGHT)
    assert before["value"].null_count() == before.height == 2 * 3


def test_money_is_exact_beside_what_is_drawn(network):
    # Of calls 0 to 11, those of the first quarter, the 6 that are answered cost 0.0123 each.
    first = of_day(Reading(network)).lines(metrics.CHARGE, "total").row(0, named=True)
    assert first["exact"] == Decimal("0.0738")
    assert first["value"] == pytest.approx(0.0738)


def test_no_calls_in_progress_are_0_within_the_data_and_unknown_before(shown):
    # Steps of 5 minutes: 18 from 22:30 until the first call at 00:00, of the total and of two carriers.
    channels = shown.channels()
    unknown = channels.filter(pl.col("value").is_null())
    assert unknown.height == 18 * 3
    assert unknown["at"].max() < MIDNIGHT
    assert set(channels.filter(pl.col("at") >= MIDNIGHT)["words"]) == {"0", "1"}


def test_calls_in_progress_are_not_told_apart_by_destination(network):
    with pytest.raises(UsageError, match="not by destination"):
        of_day(Reading(network)).channels("destination")
    with pytest.raises(UsageError, match="not by destination"):
        of_day(Reading(network), destinations=["Latvia"]).channels("total")


def test_days_are_cut_in_the_zone(network):
    far = Figures(Reading(network), span("2026-10-01", "2026-10-31", "Asia/Kathmandu", None))
    assert far.cut() == "day"
    days = far.lines(metrics.ATTEMPTS).filter(pl.col("series") == TOTAL).drop_nulls("value")
    # Midnight in Kathmandu is 18:15 UTC; calls 0 to 821 start before it.
    assert days["value"].to_list() == [822, 1010 - 822]
    assert days["at"].to_list() == [datetime(2026, 10, d, 18, 15, tzinfo=UTC) for d in (4, 5)]


def test_more_lines_than_an_eye_follows_share_one(shown, monkeypatch):
    monkeypatch.setattr(lineup, "MOST_LINES", 1)
    assert shown.lineup.series("carrier") == [TOTAL, "north", OTHERS]
    assert shown.lineup.labels("carrier")[OTHERS] == "1 more carrier"
    asr = shown.lines(metrics.ASR).filter(pl.col("at") == MIDNIGHT)
    assert asr["words"].to_list() == ["40.00 %", "39.13 %", "40.91 %"]
    channels = shown.channels()
    assert set(channels["series"]) == {TOTAL, "north", OTHERS}
    assert channels.filter(pl.col("series") == OTHERS)["value"].max() == 1


def test_who_is_not_told_has_a_line_only_where_there_is_something_to_tell(workspace, keep):
    Database.of(workspace).close()
    keep([{"at": "2026-10-05T10:00", "customer": "alpha", "talk_s": 60}])
    data = of_day(Reading(workspace))
    assert data.lineup.names("carrier") == [NOT_TOLD]
    assert NOT_TOLD in data.lines(metrics.ATTEMPTS)["series"]
    assert (
        NOT_TOLD not in data.lines(metrics.ASR)["series"]
    )  # per carrier it is of seizures, and there are none
    channels = data.channels().filter(pl.col("series") == NOT_TOLD)
    assert channels["value"].max() == 1


def test_the_span_before_has_the_same_lines_and_pieces(network):
    data = Figures(Reading(network), span("2026-10-05T12:00Z", "2026-10-05T18:00Z", "UTC", None))
    before = data.before
    assert (before.span.start.hour, before.span.end.hour) == (6, 12)
    assert before.cut() == data.cut() == "quarter"
    assert before.lineup is data.lineup
    # 540 calls from 00:00 until 12:00, 270 in each half: one every 80 s.
    assert before.whole([metrics.ATTEMPTS])["attempts"].item() == 270


def test_amounts_of_two_currencies_are_never_added(workspace, keep):
    euro = {"customer": "a", "charge": Decimal("0.5"), "currency": "EUR", "talk_s": 60}
    dollar = {"customer": "b", "charge": Decimal("0.25"), "currency": "USD", "talk_s": 60}
    at = ["2026-10-05T10:00", "2026-10-05T10:01", "2026-10-05T10:02"]
    keep([{"at": at[0], **euro}, {"at": at[1], **euro}, {"at": at[2], **dollar}])
    data = of_day(Reading(workspace))
    assert data.currencies == ["EUR", "USD"]
    whole = data.whole([metrics.CHARGE]).select("currency", "charge").rows()
    assert sorted(whole) == [("EUR", Decimal("1.0")), ("USD", Decimal("0.25"))]
    assert data.lines(metrics.CHARGE, "total")["exact"].drop_nulls().to_list() == [Decimal("1.0")]


def test_an_empty_workspace_has_the_total_only(workspace, monkeypatch):
    monkeypatch.setenv("TOLLBOOK_HOME", str(workspace.home))
    empty = read("", "", "UTC")
    assert empty.lineup.series("carrier") == [TOTAL]
    lines = empty.lines(metrics.ACD)
    assert lines["value"].null_count() == lines.height > 0
    assert empty.whole([metrics.ASR])["asr"].to_list() == [None]
