"""Drawings: rows apart from the document, lines in order, time as the zone's clock shows it."""

from datetime import UTC, datetime, timedelta

import altair as alt
import polars as pl
import pytest

from tollbook.errors import TollbookError
from tollbook.show.charts import lines
from tollbook.show.drawing import INK, PALETTE, clock_axis, columns, drawing, moved, parts, series_of
from tollbook.show.lineup import OTHERS, TOTAL
from tollbook.show.span import span

BEGIN = datetime(2026, 10, 24, 22, tzinfo=UTC)


def points(values, series=TOTAL):
    rows = [(BEGIN + timedelta(hours=i), series, value, f"{value}") for i, value in enumerate(values)]
    schema = {"at": pl.Datetime("us", "UTC"), "series": pl.String, "value": pl.Float64, "words": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


def six_hours(zone="UTC"):
    return span(BEGIN.isoformat(), (BEGIN + timedelta(hours=6)).isoformat(), zone, None)


def test_rows_are_sent_by_column_with_seven_digits():
    assert columns(pl.DataFrame({"a": [1, 2], "b": [1 / 3, None]})) == {"a": [1, 2], "b": [0.3333333, None]}


def test_more_rows_than_a_browser_draws_at_ease_are_refused():
    with pytest.raises(TollbookError, match="5001 points are too many"):
        drawing({}, {}, points=pl.DataFrame({"a": range(5001)}), legend=[])


def test_the_total_is_named_first_and_has_the_colour_of_the_text():
    both = pl.concat([points([1.0], "north"), points([1.0], OTHERS), points([2.0])])
    found = series_of(both, {TOTAL: "Total", OTHERS: "3 more"})
    assert [(series.name, series.label) for series in found] == [
        (TOTAL, "Total"),
        ("north", "north"),
        (OTHERS, "3 more"),
    ]
    assert found[0].colour == INK
    assert found[1].colour in PALETTE
    assert found[2].colour not in PALETTE


def colours(known, *names):
    together = pl.concat([points([1.0], name) for name in names])
    return {series.name: series.colour for series in series_of(together, None, known)}


def test_a_name_keeps_its_colour_whoever_is_drawn_beside_it_in_whatever_order():
    known = ["atlas", "harbor", "penny"]
    all_three = colours(known, "penny", "atlas", "harbor")
    assert len(set(all_three.values())) == 3
    assert colours(known, "harbor", "penny") == {name: all_three[name] for name in ("harbor", "penny")}
    assert colours(known, "atlas", "harbor", "penny") == all_three


def test_who_joins_the_known_leaves_most_of_them_their_colours():
    known = [f"carrier {number}" for number in range(9)]
    before = colours(known, *known)
    for newcomer in ("aaa", "carrier 35", "zeta"):
        after = colours([newcomer, *known], *known)
        assert sum(after[name] != before[name] for name in known) <= 2


def test_of_two_lines_with_one_colour_one_takes_the_next_that_is_free():
    known = [f"c{number:02}" for number in range(30)]
    alone = {name: colours(known, name)[name] for name in known}
    twelve = known[:12]
    assert len(set(alone.values())) == len(PALETTE)
    assert len(set(colours(known, *twelve).values())) == len(PALETTE)
    one, other, *_ = (name for name in known if alone[name] == alone["c00"])
    both = colours(known, one, other)
    assert len(set(both.values())) == 2
    assert sum(both[name] == alone[name] for name in (one, other)) == 1


def test_instants_are_moved_to_the_clock_of_the_zone():
    shown = points([1.0]).select(moved(six_hours("Asia/Kathmandu")))
    assert shown["t"].item() == (BEGIN.timestamp() + 5.75 * 3600) * 1000


def test_labels_know_where_the_clock_changes():
    # Riga goes back by an hour at 01:00 UTC of 2026-10-25.
    change = int(datetime(2026, 10, 25, 1, tzinfo=UTC).timestamp() + 3 * 3600) * 1000
    assert (
        f"datum.value >= {change} ? datum.value + -3600000"
        in clock_axis(six_hours("Europe/Riga"))["labelExpr"]
    )


def test_the_clock_brings_places_back_to_instants():
    shown = six_hours("Europe/Riga")
    clock = lines(points([1.0]), shown, unit="", note="").clock()
    assert clock["offset_ms"] == 3 * 3600 * 1000
    assert (clock["start_ms"], clock["end_ms"]) == (BEGIN.timestamp() * 1000, shown.end.timestamp() * 1000)


def test_a_ratio_has_parts_and_a_sum_has_none():
    frame = pl.DataFrame({"numerator": [409, None], "denominator": [1010, None]})
    assert parts(frame).to_list() == ["409 / 1,010", None]
    assert parts(pl.DataFrame({"value": [1.0]})).to_list() == [None]


def test_a_drawing_of_gaps_alone_is_empty():
    assert lines(points([None, None]), six_hours(), unit="", note="").is_empty
    assert not lines(points([None, 0.0]), six_hours(), unit="", note="").is_empty


def test_it_can_be_had_as_a_chart_of_altair():
    assert isinstance(lines(points([1.0]), six_hours(), unit="", note="").chart(), alt.LayerChart)
