"""What is exported and imported again is the same, to the last zero."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from tollbook.billing.deckfile import read_content
from tollbook.billing.deckout import FORMATS
from tollbook.billing.decks import RATES

JUNE = datetime(2026, 6, 1, 0, 0, 1, tzinfo=UTC)
ROWS = [
    ("0044", "=1+1", Decimal("0.000000001"), Decimal("0.05"), 60, 6, None, JUNE, False),
    ("0044", "'t Hart", Decimal(12), Decimal(0), 1, 1, JUNE, None, True),
    ("44", 'Korea, "South"', Decimal("0.01"), Decimal(0), 1, 1, None, None, False),
]


@pytest.mark.parametrize("kind", FORMATS)
def test_it_comes_back(kind: str) -> None:
    rates = pl.DataFrame(ROWS, schema=RATES, orient="row")
    content = FORMATS[kind][1](rates.reverse())
    assert read_content(f"deck.{kind}", content).rates.rows() == rates.rows()


def test_a_spreadsheet_runs_nothing_of_it(tmp_path: Path) -> None:
    text = FORMATS["csv"][1](pl.DataFrame(ROWS, schema=RATES, orient="row")).decode()
    assert text.splitlines()[1] == "0044,'=1+1,0.000000001,0.05,60,6,,2026-06-01T00:00:01Z,no"
