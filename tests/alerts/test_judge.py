"""When a rule fires: the one function that judges refreshes and days gone by."""

from datetime import timedelta
from decimal import Decimal

import polars as pl
import pytest

from alerts.conftest import AT
from tollbook.account.alerts.models import Alert
from tollbook.alerts.judge import Standing, judged

QUARTER = timedelta(minutes=15)


def rule(**fields: object) -> Alert:
    usual = {"area": "asr", "operator": "below", "threshold": Decimal("0.4"), "reset": Decimal("0.45")}
    return Alert(**{**usual, "sample_min": 60, "min_calls": 0, **fields})


def done(of: Alert, *values: float | Decimal | None, calls: int = 100, **before: Standing) -> list[str]:
    """What the rule does at each figure, one every quarter of an hour: `fired`, ... or how it stands."""
    money = of.area == "balance"
    kind = pl.Decimal(38, 9) if money else pl.Float64
    frame = pl.DataFrame(
        {"subject": "", "at": [AT + n * QUARTER for n in range(len(values))], "numerator": None, "denominator": None,
         "calls": calls, "value": pl.Series(values, dtype=kind)}
    )  # fmt: skip
    return [one.kind or one.standing.status for one in judged(of, frame, before)]


def test_it_fires_once_and_is_over_only_at_its_reset() -> None:
    # 40 % is not below 40 %; 44 % is no reset; 45 % is.
    shares = (0.5, 0.4, 0.39, 0.3, 0.44, 0.39, 0.45, 0.42, 0.39)
    assert done(rule(), *shares) == [
        *("ok", "ok", "fired", "raised", "raised", "raised", "reset", "ok", "fired"),
    ]


@pytest.mark.parametrize(
    ("operator", "threshold", "reset", "expected"),
    [
        ("below", "0.4", "0.4", ["fired", "reset", "ok"]),
        ("at_most", "0.4", "0.4", ["fired", "raised", "reset"]),
        ("above", "0.4", "0.4", ["ok", "ok", "fired"]),
        ("at_least", "0.4", "0.4", ["ok", "fired", "raised"]),
    ],
)
def test_each_operator_at_the_threshold_itself(operator, threshold, reset, expected) -> None:
    of = rule(operator=operator, threshold=Decimal(threshold), reset=Decimal(reset))
    assert done(of, 0.39, 0.4, 0.41) == expected


def test_above_is_over_when_the_figure_has_come_down_to_the_reset() -> None:
    of = rule(area="pdd", operator="above", threshold=Decimal(3000), reset=Decimal(2000))
    assert done(of, 2999.0, 3001.0, 2001.0, 2000.0) == ["ok", "fired", "raised", "reset"]


def test_it_repeats_as_often_as_it_is_told_to_while_it_is_raised() -> None:
    assert done(rule(repeat_min=30), 0.1, 0.1, 0.1, 0.1, 0.1, 0.5, 0.1) == [
        *("fired", "raised", "repeated", "raised", "repeated", "reset", "fired"),
    ]


def test_of_too_few_calls_it_is_silent_and_says_so() -> None:
    of = rule(min_calls=50)
    assert done(of, 0.1, calls=49) == ["few_calls"]
    assert done(of, 0.1, calls=50) == ["fired"]


def test_of_too_few_calls_or_none_what_is_raised_stays_so_and_repeats_nothing() -> None:
    raised = Standing("raised", AT - 9 * QUARTER, AT - 9 * QUARTER)
    (few,) = list(judged(rule(min_calls=50, repeat_min=15), frame(0.5, 49), {"": raised}))
    assert (few.standing.status, few.standing.raised_at, few.kind) == ("few_calls", raised.raised_at, None)
    (none,) = list(judged(rule(), frame(None, 0), {"": raised}))
    assert (none.standing.status, none.standing.raised_at, none.kind) == ("no_data", raised.raised_at, None)


def frame(value: float | None, calls: int) -> pl.DataFrame:
    told = {"subject": [""], "at": [AT], "numerator": [None], "denominator": [None], "calls": [calls]}
    return pl.DataFrame({**told, "value": pl.Series([value], dtype=pl.Float64)})


def test_nothing_over_nothing_is_no_data_and_no_zero() -> None:
    assert done(rule(), None, 0.1) == ["no_data", "fired"]


def test_a_balance_is_compared_to_the_last_digit() -> None:
    of = rule(area="balance", threshold=Decimal("0.1"), reset=Decimal("0.1"))
    assert done(of, Decimal("0.100000000"), Decimal("0.099999999")) == ["ok", "fired"]


def test_subjects_are_judged_each_by_itself() -> None:
    both = pl.concat([frame(0.1, 100), frame(0.5, 100).with_columns(subject=pl.lit("south"))])
    told = {one.subject: one.kind for one in judged(rule(), both, {})}
    assert told == {"": "fired", "south": None}


def test_a_figure_is_kept_with_nine_decimals() -> None:
    (one,) = judged(rule(), frame(1 / 3, 3), {})
    assert one.figure.value == Decimal("0.333333333")
    assert one.happening is not None
    assert one.happening.figure.calls == 3
