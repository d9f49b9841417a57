"""What every metric carries, and how a ratio guards against nothing."""

import polars as pl
import pytest

from tollbook.metrics import ACD, ASR, CHARGE, MARGIN, METRICS, Metric, Ratio
from tollbook.metrics.metric import IN_PROGRESS, INTERVAL_S, LIVE, Worked
from tollbook.tables import KEY, TRAFFIC

every_metric = pytest.mark.parametrize("metric", METRICS.values(), ids=lambda metric: metric.name)


def values(ratio: Ratio, **sums: int) -> tuple[object, ...]:
    return pl.DataFrame({name: [value] for name, value in sums.items()}).select(ratio.expressions("x")).row(0)


def test_a_ratio_travels_with_its_parts() -> None:
    assert values(ASR.of_calls, answers=409, attempts=1010) == (409 / 1010, 409, 1010)


def test_nothing_over_nothing_is_null() -> None:
    assert values(ASR.of_calls, answers=0, attempts=0) == (None, 0, 0)


def test_a_sum_has_no_denominator() -> None:
    assert values(Ratio(pl.col("answers")), answers=7) == (7, 7, None)


def test_an_amount_of_which_nothing_is_known_is_null() -> None:
    assert values(CHARGE.of_calls, charge=0, charged=0) == (None, None, None)
    assert values(CHARGE.of_calls, charge=0, charged=1) == (0, 0, None)


def test_with_carriers_told_apart_seizures_count_where_the_metric_has_them() -> None:
    assert ASR.ratio(per_carrier=True).columns == {"seizure_answers", "seizures"}
    assert ASR.ratio(per_carrier=False).columns == {"answers", "attempts"}
    assert CHARGE.ratio(per_carrier=True) is CHARGE.of_calls


def test_a_formula_reads_as_people_write_it() -> None:
    assert str(ASR.of_calls) == "answers / attempts"
    assert str(ACD.of_calls) == "(talk_ms / 1000) / answers"
    assert str(METRICS["ser"].of_calls) == "answers / (attempts - redirects)"
    assert str(MARGIN.of_calls) == "charge - cost"


def test_rows_of_an_example_are_added_but_of_channels_the_most_counts() -> None:
    example = Worked(({"answers": 1, LIVE: 4}, {"answers": 2, LIVE: 3}), None)
    assert example.together(["answers", "attempts", LIVE]) == {"answers": 1 + 2, "attempts": 0, LIVE: 4}


def test_a_difference_is_null_while_a_part_is_missing() -> None:
    margin = Ratio(pl.col("charge") - pl.col("cost"), missing=("unrated",))
    assert values(margin, charge=5, cost=3, unrated=0) == (2, 2, None)
    assert values(margin, charge=5, cost=3, unrated=1) == (None, None, None)


def test_calls_in_progress_are_channels_and_erlang() -> None:
    assert [m.name for m in METRICS.values() if m.is_in_progress] == ["channels", "erlang"]
    assert str(METRICS["erlang"].of_calls) == "(busy_us / 1000000) / interval_s"


def test_money_is_what_holds_amounts() -> None:
    assert [m.name for m in METRICS.values() if m.is_money] == ["charge", "cost", "margin", "margin_ratio"]


@every_metric
def test_a_metric_uses_only_columns_that_there_are(metric: Metric) -> None:
    used = metric.ratio(per_carrier=False).columns | metric.ratio(per_carrier=True).columns
    assert used <= set(TRAFFIC.names) - set(KEY) | IN_PROGRESS | {INTERVAL_S}


@every_metric
def test_a_metric_says_what_it_means(metric: Metric) -> None:
    assert metric.label
    assert metric.meaning
    assert metric.source
    assert metric.worked
    assert metric.scale == (100 if metric.unit == "%" else 1)
