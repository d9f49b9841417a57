"""The month in which everything made up happens, and how big its network is."""

from datetime import UTC, datetime
from typing import Final

SEED: Final = 20261001
FIRST: Final = datetime(2026, 10, 1, tzinfo=UTC)
FIRST_US: Final = int(FIRST.timestamp()) * 10**6
DAYS: Final = 30
DAY_US: Final = 86_400_000_000
CUSTOMERS: Final = 40
CARRIERS: Final = 10
