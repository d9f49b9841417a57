"""The 95th percentile of PDD over a sliding period."""

from datetime import UTC, datetime, timedelta

import pytest

from tollbook.account.alerts.models import Alert
from tollbook.account.database import Database
from tollbook.alerts.delays import delays
from tollbook.alerts.sources import quarters, sources
from tollbook.lake.store import Lake
from tollbook.metrics import pdd_quantile

START = datetime(2026, 10, 5, 10, tzinfo=UTC)


@pytest.mark.parametrize("by", ["", "carrier"])
def test_it_is_what_the_histogram_says_of_the_same_span(workspace, keep, by: str) -> None:
    keep(
        seizures=[
            {
                "at": (START + timedelta(seconds=37 * n)).strftime("%Y-%m-%dT%H:%M:%S"),
                "seizure": 1,
                "carrier": "north" if n % 3 else "south",
                "pdd_ms": 200 + n * n % 7000,
            }
            for n in range(200)
        ]
    )
    named = {} if by else {"carrier": "north"}
    empty = {"by": by, "customer": "", "carrier": "", "destination": ""}
    rule = Alert(**{**empty, "area": "pdd_p95", "sample_min": 45, **named})
    with Database.of(workspace).reading() as session:
        found = sources(Lake(workspace), session)
        assert found is not None
        made = delays(found, rule, quarters(START + timedelta(minutes=15), START + timedelta(hours=3)))
    assert made.height == 12 * (2 if by else 1)
    for subject, at, value, calls in made.select("subject", "at", "value", "calls").rows():
        told = pdd_quantile(
            Lake(workspace), 0.95, (), at - timedelta(minutes=45), at, carriers=[subject or "north"]
        )
        expected = told.row(0) if told["calls"].item() else (None, 0)
        assert (value, calls) == (pytest.approx(expected[0]), expected[1]), at
