"""`tollbook payment notices`, `assign` and `dismiss`, as people type them."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from tollbook.account.database import Database
from tollbook.billing.notices.booking import receive
from tollbook.billing.notices.told import Told
from tollbook.workspace import Workspace

Run = Callable[..., Any]


def test_what_names_nobody_is_booked_or_dismissed_by_a_person(tollbook: Run, workspace: Workspace) -> None:
    tollbook("customer", "add", "acme", "--currency", "EUR")
    db, at = Database.of(workspace), datetime(2026, 12, 2, tzinfo=UTC)
    for number in (1, 2):
        about = (f"evt_{number}", "checkout.session.completed", "completed", f"pi_{number}", ("who",))
        receive(db, Told("stripe", *about, Decimal("5.00"), "EUR", at, "{}"))  # type: ignore[arg-type]
    db.close()
    second, first = tollbook("payment", "notices", "--json").json
    assert (first["id"], first["amount"], first["why"]) == (
        1,
        "5",
        "it names no customer and no invoice: 'who'",
    )
    assert tollbook("payment", "assign", 1, "--customer", "acme", "--json").json["state"] == "booked"
    assert (
        tollbook("payment", "dismiss", second["id"], "--reason", "sent back", "--json").json["state"]
        == "dismissed"
    )
    assert tollbook("payment", "notices", "--json").json == []
    (paid,) = tollbook("payment", "list", "--json").json
    assert (paid["customer"], paid["amount"], paid["reference"]) == ("acme", "5", "pi_1")
    done = tollbook("payment", "assign", 1, "--customer", "acme")
    assert (done.code, "no open notification 1" in done.err) == (2, True)
