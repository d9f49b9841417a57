"""A drawing as a chart that stands alone: it has a legend that isolates and a pointer that tells figures."""

from datetime import UTC, datetime, timedelta

import polars as pl

from tollbook.show.alone import chart
from tollbook.show.charts import bars, lines
from tollbook.show.span import span

BEGIN = datetime(2026, 10, 24, 22, tzinfo=UTC)
SPAN = span(BEGIN.isoformat(), (BEGIN + timedelta(hours=2)).isoformat(), "Europe/Riga", None)
POINTS = pl.DataFrame(
    {
        "at": [BEGIN, BEGIN + timedelta(hours=1)],
        "series": ["a.b[0]", "a.b[0]"],
        "value": [50.0, None],
        "words": ["50.00 %", "–"],
        "numerator": [1, 0],
        "denominator": [2, 0],
    }
)


def document():
    return chart(lines(POINTS, SPAN, unit="%", note="ASR", labels={"a.b[0]": "north"})).to_dict()


def test_a_name_with_dots_and_brackets_is_told_by_the_pointer():
    told = document()["layer"][0]["encoding"]["tooltip"]
    assert [(one["field"], one["title"]) for one in told] == [("when", "Europe/Riga"), ("line0", "north")]


def test_the_pointer_tells_parts_until_the_next_piece_on_the_zones_clock():
    first, last = document()["datasets"]["pointer"]
    assert first["line0"] == "50.00 %  (1 / 2)"
    assert first["when"] == "Sun 25 Oct 2026 01:00"
    assert (first["t2"], last["t2"]) == (last["t"], last["t"] + 3_600_000)


def test_a_click_in_its_legend_isolates():
    made = document()
    main = next(layer for layer in made["layer"] if layer["data"]["name"] == "lines")
    assert {"chosen": "legend"}.items() <= {one["name"]: one.get("bind") for one in made["params"]}.items()
    assert {"filter": {"param": "chosen"}} in main["transform"]
    assert main["encoding"]["color"]["legend"]["labelExpr"].startswith("datum.label === 'a.b[0]' ? 'north'")


def test_bars_stand_alone_as_they_are():
    frame = pl.DataFrame({"series": ["Latvia"], "value": [3.0], "words": ["3"]})
    made = chart(bars(frame, unit="", note="Destinations")).to_dict()
    assert made["datasets"]["lines"] == [
        {"series": "Latvia", "label": "Latvia", "value": 3.0, "words": "3", "parts": None}
    ]
