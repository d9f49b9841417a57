"""Which lines graphs have."""

import polars as pl
import pytest

from tollbook.show import lineup
from tollbook.show.lineup import NOT_TOLD, OTHERS, TOTAL, Lineup

COUNTS = pl.DataFrame(
    {
        "customer": ["x", "x", "y", "z"],
        "carrier": ["a", "b", None, "c"],
        "destination": ["Latvia", "Latvia", None, None],
        "attempts": [5, 10, 1, 0],
        "seizures": [5, 20, 0, 3],
    }
)


@pytest.mark.parametrize(
    ("by", "lines"),
    [
        ("total", [TOTAL]),
        ("carrier", [TOTAL, "b", "a", "c", NOT_TOLD]),
        ("customer", [TOTAL, "x", "z", "y"]),
        ("destination", [TOTAL, "Latvia", NOT_TOLD]),
    ],
)
def test_the_busiest_come_first_and_no_one_last(by, lines):
    assert Lineup(COUNTS).series(by) == lines


def test_every_row_has_one_line(monkeypatch):
    monkeypatch.setattr(lineup, "MOST_LINES", 1)
    lines = Lineup(COUNTS)
    assert lines.names("carrier") == ["b", OTHERS, NOT_TOLD]
    assert lines.others("carrier") == ["a", "c"]
    assert COUNTS.select(lines.line("carrier")).to_series().to_list() == [OTHERS, "b", NOT_TOLD, OTHERS]
    assert lines.labels("carrier") == {TOTAL: "Total", NOT_TOLD: "not told", OTHERS: "2 more carriers"}


def test_who_has_no_traffic_has_no_line():
    quiet = COUNTS.with_columns(attempts=pl.lit(0), seizures=pl.lit(0))
    assert Lineup(quiet).series("carrier") == [TOTAL]


def test_where_seizures_do_not_tell_their_destination_calls_alone_have_lines():
    counts = pl.DataFrame({"destination": ["Latvia", None], "attempts": [5, 0], "seizures": [0, 9]})
    assert Lineup(counts).names("destination") == ["Latvia", NOT_TOLD]
    assert Lineup(counts, frozenset({"destination"})).names("destination") == ["Latvia"]
    assert Lineup(counts.drop("seizures")).names("destination") == ["Latvia"]
