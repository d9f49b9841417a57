"""A period slides over quarters of an hour."""

from datetime import UTC, datetime, timedelta

import polars as pl

from tollbook.account.alerts.models import Alert
from tollbook.alerts.sliding import only, slid, subjects
from tollbook.alerts.sources import quarters

AT = datetime(2026, 10, 5, 12, tzinfo=UTC)
QUARTER = timedelta(minutes=15)


def rule(**fields: object) -> Alert:
    return Alert(
        **{"sample_min": 30, "by": "carrier", "customer": "", "carrier": "", "destination": "", **fields}
    )


def test_each_end_has_the_sum_of_the_period_before_it() -> None:
    rows = pl.DataFrame(
        {"subject": "north", "quarter_at": [AT, AT + QUARTER, AT + 3 * QUARTER], "n": [1, 2, 4]}
    )
    ends = quarters(AT + 2 * QUARTER, AT + 4 * QUARTER)
    made = slid(rows, rule(), ends, ["n"], lambda column, width: column.rolling_sum(width, min_samples=1))
    assert made["at"].to_list() == ends.to_list()
    assert made["n"].to_list() == [1 + 2, 2 + 0, 0 + 4]


def test_a_rule_of_all_has_figures_where_there_is_no_row() -> None:
    rows = pl.DataFrame(schema={"subject": pl.String, "quarter_at": pl.Datetime("us", "UTC"), "n": pl.Int64})
    made = slid(
        rows,
        rule(by=""),
        quarters(AT, AT),
        ["n"],
        lambda column, width: column.rolling_sum(width, min_samples=1),
    )
    assert made.rows() == [("", AT, 0)]


def test_who_is_not_told_is_no_subject() -> None:
    rows = pl.LazyFrame({"carrier": ["north", None]})
    assert subjects(rows, rule()).collect()["subject"].to_list() == ["north"]
    assert subjects(rows, rule(by="")).collect()["subject"].to_list() == ["", ""]


def test_a_rule_is_confined_by_what_it_names() -> None:
    assert only(rule(carrier="north")) == {"customers": None, "carriers": ["north"], "destinations": None}
