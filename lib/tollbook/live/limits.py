"""How many calls at once were agreed with each customer and carrier: their configured channels."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from sqlalchemy import select

from tollbook.account.database import Database, shared
from tollbook.account.models import Carrier, Customer
from tollbook.workspace import Workspace

_FULL: Final = 100


@dataclass(frozen=True)
class Limits:
    """Channels by id; who has none agreed is not in it."""

    customers: Mapping[str, int] = field(default_factory=dict)
    carriers: Mapping[str, int] = field(default_factory=dict)

    def of(self, customers: Iterable[str] | None) -> int | None:
        """Those of these customers together, or of all; null where none is agreed with any."""
        wanted = self.customers if customers is None else set(customers)
        agreed = [channels for name, channels in self.customers.items() if name in wanted]
        return sum(agreed) if agreed else None


def limits(workspace: Workspace) -> Limits:
    """As they are entered now.

    Raises:
        TollbookError: the database cannot be reached.
    """
    db = shared(workspace)
    return _limits(db, db.committed())


@lru_cache(maxsize=4)
def _limits(db: Database, committed: str) -> Limits:  # noqa: ARG001 - in the key
    with db.reading() as session:
        customers, carriers = (
            {
                row.id: row.channels
                for row in session.execute(select(kind.id, kind.channels))
                if row.channels is not None
            }
            for kind in (Customer, Carrier)
        )
    return Limits(customers, carriers)


def level(channels: int | None, configured: int | None, near_percent: int) -> str:
    """`near` from that part of the configured channels on, `over` above all of them, else empty."""
    if channels is None or configured is None:
        return ""
    if channels > configured:
        return "over"
    return "near" if configured and channels * _FULL >= near_percent * configured else ""
