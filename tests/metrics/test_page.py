"""docs/metrics.md says what the code says."""

from pathlib import Path

from tollbook.metrics import METRICS
from tollbook.metrics.page import page

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_is_up_to_date() -> None:
    assert (ROOT / "docs" / "metrics.md").read_text() == page(), "run `make docs`"


def test_every_metric_has_a_row() -> None:
    assert [name for name in METRICS if f"\n| `{name}` | " not in page()] == []
