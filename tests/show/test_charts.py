"""The drawing of lines over time."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from tollbook import metrics
from tollbook.show.charts import lines, live_channels, over_time, series_of
from tollbook.show.figures import read
from tollbook.show.span import span

BEGIN = datetime(2026, 10, 24, 22, tzinfo=UTC)


def points(values, series="Total"):
    rows = [(BEGIN + timedelta(hours=i), series, value, f"{value}") for i, value in enumerate(values)]
    schema = {"at": pl.Datetime("us", "UTC"), "series": pl.String, "value": pl.Float64, "words": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


def drawn(frame, zone="UTC"):
    shown = span(BEGIN.isoformat(), (BEGIN + timedelta(hours=6)).isoformat(), zone, None)
    document = lines(frame, shown, unit="%", note="ASR").to_dict()
    return document, list(document["datasets"].values())


def rows_of(tables):
    return next(rows for rows in tables if "series" in rows[0])


def test_null_is_sent_as_null():
    _, tables = drawn(points([1.0, None, 3.0]))
    assert [row["value"] for row in rows_of(tables)] == [1.0, None, 3.0]


def test_a_figure_between_two_gaps_is_a_point():
    _, tables = drawn(points([1.0, 2.0, None, 4.0, None, 6.0]))
    assert [row["alone"] for row in rows_of(tables)] == [False, False, False, True, False, True]


def test_the_total_is_drawn_last_and_named_first():
    both = pl.concat([points([1.0]), points([2.0], "north")])
    _, tables = drawn(both)
    assert [row["series"] for row in rows_of(tables)] == ["north", "Total"]
    assert series_of(both) == ["Total", "north"]


def test_instants_are_moved_to_the_clock_of_the_zone():
    _, tables = drawn(points([1.0]), "Asia/Kathmandu")
    assert rows_of(tables)[0]["t"] == (BEGIN.timestamp() + 5.75 * 3600) * 1000


def test_labels_know_where_the_clock_changes():
    # Riga goes back by an hour at 01:00 UTC of 2026-10-25.
    document, _ = drawn(points([1.0]), "Europe/Riga")
    axis = next(layer for layer in document["layer"] if "axis" in layer["encoding"]["x"])["encoding"]["x"][
        "axis"
    ]
    change = int(datetime(2026, 10, 25, 1, tzinfo=UTC).timestamp() + 3 * 3600) * 1000
    assert f"datum.value >= {change} ? datum.value + -3600000" in axis["labelExpr"]


def test_a_name_with_dots_and_brackets_is_told_by_the_pointer():
    document, tables = drawn(points([1.0], "a.b[0]"))
    told = document["layer"][0]["encoding"]["tooltip"]
    assert told[-1] == {"field": "line1", "title": "a.b[0]", "type": "nominal"}
    assert any("line1" in row for rows in tables for row in rows)


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kathmandu"])
def test_any_metric_can_be_drawn(network, monkeypatch, zone):
    monkeypatch.setenv("TOLLBOOK_HOME", str(network.home))
    data = read("", "", zone)
    for metric in (metrics.ASR, metrics.NER, metrics.ATTEMPTS, metrics.TALK):
        assert over_time(data, metric).to_dict()["description"].startswith(f"{metric.label}: ")
    assert live_channels(data).to_dict()["description"].startswith("Live channels")
