"""What was replaced can be listed: per call, per re-rating, per customer, per span."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

from tollbook.account.database import Database
from tollbook.billing.decks import deck_book
from tollbook.calls.history import COLUMNS, Replaced, replaced
from tollbook.lake.rerate import Asked, rerate
from tollbook.lake.store import Lake
from tollbook.workspace import Workspace

AT = datetime(2026, 12, 2, tzinfo=UTC)


def test_each_replaced_charge_is_there_by_what_is_asked(
    charged: Workspace, repriced: Callable[..., None]
) -> None:
    lake, db = Lake(charged), Database.of(charged)
    assert replaced(lake, Replaced(), 10) == []
    for prices in (("0.010", "0.020"), ("0.012", "0.030")):
        repriced(*prices)
        rerate(lake, Asked(deck_book(db)), AT)
    assert len(replaced(lake, Replaced(), 100)) == 3 + 5
    first, second = replaced(lake, Replaced(call_id="0", switch="test"), 10)
    assert tuple(first) == COLUMNS
    assert [(row["run"], row["was"], row["now"], row["deck"]) for row in (first, second)] == [
        (1, Decimal("0.056"), Decimal("0.040"), 2),
        (2, Decimal("0.040"), Decimal("0.060"), 3),
    ]
    assert (first["replaced_at"], first["seizure"], first["was_destination"]) == (AT, None, "UK mobile")
    assert len(replaced(lake, Replaced(run=2), 100)) == 5
    assert len(replaced(lake, Replaced(run=2), 2)) == 2
    assert len(replaced(lake, Replaced(customers=["quiet"]), 10)) == 0
    tuesday = datetime(2026, 10, 6, tzinfo=UTC)
    assert len(replaced(lake, Replaced(start=tuesday), 10)) == 2
    assert len(replaced(lake, Replaced(end=tuesday), 10)) == 6
