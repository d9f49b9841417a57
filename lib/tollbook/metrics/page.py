"""docs/metrics.md, made from the definitions."""

from typing import Final

from tollbook.metrics.definitions import METRICS
from tollbook.metrics.groups import BUCKETS, NAMES
from tollbook.metrics.metric import Metric

_INTRODUCTION: Final = f"""<!-- Made from the code by `make docs`; change it there. -->
# Metrics

A metric is defined once, in `lib/tollbook/metrics/definitions.py`, as sums of the table `traffic` (columns in
[glossary.md](glossary.md)). Ratios are computed last, from sums. Nothing over nothing is null and shows as "–".
Each ratio travels with its numerator and denominator.

```sh
tollbook metrics asr acd --by carrier,day --tz Europe/Berlin
```

`--by` takes {", ".join(f"`{name}`" for name in (*NAMES, *BUCKETS))}. The last {len(BUCKETS)} are cut in the zone of
`--tz`, default UTC; a day on which clocks change has 23 or 25 hours. `--from` and `--to` lie on quarters of an hour,
and default to everything there is. Amounts of two currencies are never added: with a metric of money the rows are
told apart by `currency`. Calls in progress (`channels`, `erlang`) are counted by customer and carrier only, in
the table `channels`.

As soon as carriers are told apart (`--by carrier`) or picked (`--carrier`), a figure that has a formula per carrier
uses seizures, tries on that carrier, in place of calls.

In JSON a value is a plain number: an ASR of 46.36 % is 0.4636.
"""
_HEAD: Final = """
| name | label | unit | better | meaning | source | formula | per carrier | for example |
|---|---|---|---|---|---|---|---|---|
"""
_OUTRO: Final = """
The 95 % Wilson interval of a ratio of counts is `tollbook.metrics.wilson`: 9 of 60 is 8.1 to 26.1 %. Quantiles of
PDD come from the table `pdd`, within 4.4 % of the true value plus 1 ms: `tollbook.metrics.pdd_quantile`.

## Calls in progress

A call is in progress from its first INVITE until before its release, start <= t < end, so calls back to back count
once. `tollbook channels` shows how many there are at each minute's start, of the last 24 hours that have traffic
unless `--from` and `--to` say otherwise. The metric `channels` is the highest of them, group by group: the groups
need not add up to the total. Two figures are found from the calls themselves, to the microsecond
(`lib/tollbook/channels.py`):

| figure | meaning |
|---|---|
| peak | the most at once, and when it was first reached: `tollbook channels --peak` |
| peak CPS | the attempts in the busiest second, and which second |
"""


def page() -> str:
    """The whole page."""
    return _INTRODUCTION + _HEAD + "".join(_row(metric) for metric in METRICS.values()) + _OUTRO


def _row(metric: Metric) -> str:
    cells = (
        f"`{metric.name}`",
        metric.label,
        metric.unit,
        metric.better or "",
        metric.meaning,
        metric.source,
        f"`{metric.of_calls}`",
        f"`{metric.of_carrier}`" if metric.of_carrier else "",
        _example(metric),
    )
    return f"| {' | '.join(cells)} |\n"


def _example(metric: Metric) -> str:
    """The first worked example, from its added rows: `answers 51, attempts 110: 0.4636`."""
    worked = metric.worked[0]
    needed = metric.ratio(per_carrier=worked.per_carrier).columns
    names = dict.fromkeys(name for row in worked.rows for name in row if name in needed)
    parts = (f"{name} {value}" for name, value in worked.together(names).items())
    value = f"{worked.value:.4f}" if isinstance(worked.value, float) else worked.value
    return f"{', '.join(parts)}: {value}"
