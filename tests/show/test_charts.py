"""The kinds of graphs."""

import time
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from tollbook.errors import TollbookError
from tollbook.show.charts import bars, lines, stacked
from tollbook.show.lineup import TOTAL
from tollbook.show.span import span

BEGIN = datetime(2026, 10, 24, 22, tzinfo=UTC)
SPAN = span(BEGIN.isoformat(), (BEGIN + timedelta(hours=6)).isoformat(), "UTC", None)


def points(values, series=TOTAL):
    rows = [(BEGIN + timedelta(hours=i), series, value, f"{value}") for i, value in enumerate(values)]
    schema = {"at": pl.Datetime("us", "UTC"), "series": pl.String, "value": pl.Float64, "words": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


def drawn(frame, **more):
    return lines(frame, SPAN, unit="%", note="ASR", **more)


def test_null_is_sent_as_null():
    assert drawn(points([1.0, None, 3.0])).tables["lines"]["value"] == [1.0, None, 3.0]


def test_a_figure_between_two_gaps_is_a_point():
    table = drawn(points([1.0, 2.0, None, 4.0, None, 6.0])).tables["lonely"]
    assert table["value"] == [4.0, 6.0]


def test_the_total_is_drawn_last():
    both = pl.concat([points([1.0]), points([2.0], "north")])
    assert drawn(both).tables["lines"]["series"] == ["north", TOTAL]


def test_other_rows_of_the_same_lines_are_the_same_document():
    assert drawn(points([1.0, 2.0])).spec == drawn(points([3.0, None])).spec


def test_every_layer_follows_the_legend():
    before, limits = points([2.0]), points([0.5]).select("at", "series", "value")
    layers = drawn(points([1.0]), before=before, limits=limits).spec["layer"]
    assert [layer["data"]["name"] for layer in layers] == [
        *("limits", "span", "before", "lines", "lonely", "above")
    ]
    told = [layer for layer in layers if layer["data"]["name"] != "span"]
    assert all("indexof(only, datum.series)" in layer["transform"][0]["filter"] for layer in told)


def test_a_step_holds_until_the_end_of_the_span():
    assert lines(points([1.0, 2.0]), SPAN, unit="", note="", step=True).tables["lines"]["value"] == [1, 2, 2]


def test_only_what_is_above_its_limit_is_marked():
    limits = points([2.0, 2.0, 2.0]).select("at", "series", "value")
    table = drawn(points([1.0, 2.0, 3.0]), limits=limits).tables["above"]
    assert table["value"] == [3.0]


def test_the_span_before_counts_as_marks():
    many = points([1.0] * 2501)
    assert drawn(many).tables
    with pytest.raises(TollbookError, match="5002 points are too many"):
        drawn(many, before=many)


@pytest.mark.parametrize(
    ("unit", "values", "axis"),
    [
        ("", [1.0, 2.0], {"labelExpr": "datum.label", "tickMinStep": 1}),
        ("", [0.5], {"labelExpr": "datum.label"}),
        ("1/s", [1.0], {"labelExpr": "datum.label + '/s'"}),
        ("%", [1.0], {"labelExpr": "datum.label + ' %'"}),
        ("EUR", [1.0], {"labelExpr": "(datum.value < 0 ? '−' : '') + '€' + replace(datum.label, '−', '')"}),
    ],
)
def test_an_axis_has_its_unit_and_counts_only_whole_ticks(unit, values, axis):
    made = lines(points(values), SPAN, unit=unit, note="")
    assert made.spec["layer"][1]["encoding"]["y"]["axis"] == {"format": ",~f", **axis}


def test_areas_stand_on_each_other_in_the_order_of_the_legend_and_a_gap_is_nothing():
    both = pl.concat([points([60.0, None], "200"), points([40.0, 100.0], "486")])
    made = stacked(both, SPAN, unit="%", note="Codes")
    assert [series.name for series in made.legend] == ["200", "486"]
    table = pl.DataFrame(made.tables["lines"]).sort("place", "t")
    assert table["value"].to_list() == [
        60.0,
        0.0,
        0.0,
        40.0,
        100.0,
        100.0,
    ]  # the last piece lasts until the end
    assert made.spec["layer"][1]["encoding"]["y"]["stack"] == "zero"


def test_bars_keep_the_order_of_the_rows_and_what_is_gone_has_no_tick():
    rows = pl.DataFrame({"series": ["lv", "de"], "value": [3.0, 2.0], "words": ["3", "2"]})
    before = pl.DataFrame({"series": ["de", "fr"], "value": [1.0, 9.0], "words": ["1", "9"]})
    made = bars(rows, unit="", note="Destinations", labels={"lv": "Latvia"}, before=before)
    assert made.spec["layer"][0]["encoding"]["y"]["sort"] == ["Latvia", "de"]
    assert made.tables["before"]["label"] == ["de"]


def test_a_chart_of_1300_points_costs_milliseconds():
    many = pl.concat([points([1.0] * 100, f"c{i}") for i in range(13)])
    drawn(many)
    begun = time.perf_counter()
    for _ in range(10):
        drawn(many)
    assert (time.perf_counter() - begun) / 10 < 0.05  # about 2 ms on a quiet machine
