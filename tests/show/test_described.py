"""A drawing in words."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from tollbook.show.charts import bars, lines
from tollbook.show.described import described
from tollbook.show.lineup import NOT_TOLD, TOTAL
from tollbook.show.span import Span

START = datetime(2026, 10, 5, tzinfo=UTC)
SPAN = Span(START, START + timedelta(hours=4), ZoneInfo("UTC"))


def points(**values):
    """A point an hour of each series, in percent."""
    rows = [
        {"series": name, "at": START + timedelta(hours=hour), "value": value, "words": f"{value} %"}
        for name, told in values.items()
        for hour, value in enumerate(told)
    ]
    schema = {"series": pl.String, "at": pl.Datetime("us", "UTC"), "value": pl.Float64, "words": pl.String}
    return pl.DataFrame(rows, schema=schema)


def test_it_says_title_span_lines_and_how_the_first_line_goes():
    drawn = lines(
        points(**{TOTAL: [40.0, 30.0, 50.0], "north": [1.0, 2.0]}),
        SPAN,
        unit="%",
        note="",
        labels={TOTAL: "Total"},
    )
    assert described("ASR", drawn) == (
        "ASR, Mon 5 Oct 2026 00:00 to Mon 5 Oct 2026 04:00, UTC. Lines: Total, north. "
        "Total: from 30.0 % to 50.0 %, last 50.0 %."
    )


def test_bars_say_which_is_the_longest():
    rows = pl.DataFrame({"series": ["200", NOT_TOLD], "value": [3.0, 5.0], "words": ["3", "5"]})
    drawn = bars(rows, unit="", note="", labels={NOT_TOLD: "not told"})
    assert described("SIP codes", drawn) == "SIP codes. The most: not told, 5."
