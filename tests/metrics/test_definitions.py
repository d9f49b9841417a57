"""Each metric's own worked examples, and its name."""

import polars as pl
import pytest

from tollbook.errors import UsageError
from tollbook.metrics import ASR, METRICS, Metric, metric_named
from tollbook.metrics.compute import figures
from tollbook.metrics.metric import IN_PROGRESS, INTERVAL_S, Worked
from tollbook.tables import TRAFFIC

EXAMPLES = [
    pytest.param(metric, example, id=f"{metric.name}-{number}")
    for metric in METRICS.values()
    for number, example in enumerate(metric.worked)
]


@pytest.mark.parametrize(("metric", "example"), EXAMPLES)
def test_the_worked_example_comes_out(metric: Metric, example: Worked) -> None:
    schema = {**TRAFFIC.schema, **dict.fromkeys({*IN_PROGRESS, INTERVAL_S}, pl.Int64)}
    columns = metric.ratio(per_carrier=example.per_carrier).columns
    sums = pl.DataFrame(example.together(columns)).cast({name: schema[name] for name in columns})
    value = figures(sums, [], [metric], per_carrier=example.per_carrier)[metric.name].item()
    assert value == (pytest.approx(example.value, rel=1e-15) if isinstance(value, float) else example.value)


@pytest.mark.parametrize("metric", [m for m in METRICS.values() if m.of_carrier], ids=lambda m: m.name)
def test_the_formula_of_a_carrier_is_that_of_calls_with_seizures(metric: Metric) -> None:
    twins = {
        "attempts": "seizures",
        "answers": "seizure_answers",
        "pdd_calls": "seizure_pdds",
        "charged": "costed",
        INTERVAL_S: INTERVAL_S,
    }
    assert metric.of_carrier is not None
    expected = {twins.get(name, f"seizure_{name}") for name in metric.of_calls.columns}
    assert metric.of_carrier.columns == expected


def test_a_metric_is_found_by_its_name() -> None:
    assert metric_named("asr") is ASR


def test_an_unknown_metric_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(UsageError, match="unknown metric 'arsr', did you mean 'asr'"):
        metric_named("arsr")
