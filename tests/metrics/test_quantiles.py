"""Quantiles of post-dial delay within the stated error."""

from collections.abc import Callable

import pytest

from tollbook.errors import UsageError
from tollbook.lake.store import Lake
from tollbook.metrics import pdd_quantile
from tollbook.metrics.quantiles import MOST_WRONG

Keep = Callable[..., Lake]


@pytest.mark.parametrize(("share", "true_ms"), [(0.01, 37), (0.5, 50 * 37), (0.95, 95 * 37), (1, 100 * 37)])
def test_a_quantile_is_within_the_stated_error(keep: Keep, share: float, true_ms: int) -> None:
    lake = keep([{"at": "2026-10-05T10:00", "pdd_ms": 37 * n} for n in range(1, 101)])
    got = pdd_quantile(lake, share).row(0, named=True)
    assert got["calls"] == 100
    assert abs(got["pdd_ms"] - true_ms) <= MOST_WRONG * (true_ms + 1)
    assert pytest.approx(0.044, abs=5e-4) == MOST_WRONG


def test_per_carrier_seizures_count_and_calls_without_a_delay_do_not(keep: Keep) -> None:
    lake = keep(
        [{"at": "2026-10-05T10:00", "pdd_ms": 9000, "carrier": "north"}],
        [
            {"at": "2026-10-05T10:00", "pdd_ms": 1000, "carrier": "north"},
            {"at": "2026-10-05T11:00", "pdd_ms": 2000, "carrier": "south"},
            {"at": "2026-10-05T11:00", "carrier": "south"},
        ],
    )
    rows = pdd_quantile(lake, 0.5, ["carrier", "day"]).rows()
    assert [(r[0], str(r[1]), r[3]) for r in rows] == [("north", "2026-10-05", 1), ("south", "2026-10-05", 1)]
    assert [r[2] for r in rows] == [pytest.approx(1001, rel=0.044), pytest.approx(2001, rel=0.044)]
    assert pdd_quantile(lake, 0.5, carriers=["south"])["calls"].to_list() == [1]


def test_without_any_delay_there_is_no_quantile(keep: Keep) -> None:
    assert pdd_quantile(keep([{"at": "2026-10-05T10:00"}]), 0.5).row(0) == (None, 0)


@pytest.mark.parametrize("share", [0, 1.5, -1])
def test_a_share_outside_of_0_to_1_is_refused(keep: Keep, share: float) -> None:
    with pytest.raises(UsageError, match="write a share above 0"):
        pdd_quantile(keep(), share)
