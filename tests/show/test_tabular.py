"""A graph's figures as a table."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import polars as pl

from tollbook.show.charts import bars, lines
from tollbook.show.span import span
from tollbook.show.tabular import table_of, texts_of

BEGIN = datetime(2026, 10, 25, 0, tzinfo=UTC)
SPAN = span(BEGIN.isoformat(), (BEGIN + timedelta(hours=2)).isoformat(), "Europe/Riga", None)


def points(series, values, **more):
    at = [BEGIN + timedelta(hours=i) for i in range(len(values))]
    frame = pl.DataFrame({"at": at, "series": [series] * len(values), "value": values})
    words = pl.Series([None if value is None else f"{value:.1f}" for value in values], dtype=pl.String)
    return frame.with_columns(words=words, **more)


def made(frame, **more):
    """What is seen of it and what is taken away."""
    drawing = lines(frame, SPAN, unit="%", note="ASR", label="Carrier", **more)
    return table_of(drawing, "ASR") | texts_of(drawing, "ASR")


def test_an_hour_that_comes_twice_is_told_apart_and_the_zone_stands_in_the_header():
    # Riga's clock goes from 04:00 summer time back to 03:00 at 01:00 UTC.
    assert made(points("north", [100 / 3, None]))["csv"].splitlines() == [
        "Time (Europe/Riga),Carrier,ASR (%)",
        "2026-10-25T03:00+03:00,north,33.333333333333336",
        "2026-10-25T03:00+02:00,north,",
    ]


def test_readers_see_words_parts_and_a_dash_for_nothing():
    parts = {"numerator": pl.Series([1, 0]), "denominator": pl.Series([3, 0])}
    table = made(points("north", [33.3, None], **parts))
    assert [column["label"] for column in table["columns"]][2:] == ["ASR (%)", "Numerator", "Denominator"]
    assert [column["figure"] for column in table["columns"]] == [False, False, True, True, True]
    assert table["rows"][0] == ["2026-10-25 03:00", "north", "33.3", "1", "3"]
    assert table["rows"][1][2:] == ["–", "0", "0"]


def test_the_span_before_stands_beside():
    table = made(points("north", [1.0, 2.0]), before=points("north", [3.0]))
    assert table["columns"][-1]["label"] == "ASR, before (%)"
    assert [row[-1] for row in table["rows"]] == ["3.0", "–"]


def test_money_keeps_every_digit():
    exact = pl.Series([Decimal("0.1234567890123"), None])
    table = made(points("north", [0.12, None], exact=exact))
    assert table["csv"].splitlines()[1].endswith(",0.1234567890123")


def test_no_cell_is_one_that_a_spreadsheet_would_execute():
    rows = pl.DataFrame({"series": ["=1+1", "-x"], "value": [-1.0, 2.0], "words": ["-1", "2"]})
    table = texts_of(bars(rows, unit="", note="", label="Destination"), "Attempts")
    assert table["csv"] == "Destination,Attempts\n'=1+1,-1.0\n'-x,2.0\n"
    assert table["tsv"] == "Destination\tAttempts\n'=1+1\t-1.0\n'-x\t2.0\n"


def test_a_comma_in_a_name_stays_in_its_cell():
    assert made(points("a, b", [1.0]))["csv"].splitlines()[1] == '2026-10-25T03:00+03:00,"a, b",1.0'


def test_a_line_is_called_by_its_label():
    assert made(points("c1", [1.0]), labels={"c1": "Carrier 1"})["rows"][0][1] == "Carrier 1"
