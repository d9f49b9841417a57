"""Unrated calls stop their customer's invoice until they are rated, or let go by name."""

from collections.abc import Callable

import pytest

from tollbook.account.audit import Actor, events
from tollbook.account.database import Database
from tollbook.billing.record import Record
from tollbook.billing.waivers import unrated, waive, waived, without
from tollbook.errors import TollbookError, UsageError
from tollbook.lake.store import Lake
from tollbook.periods import parse_period
from tollbook.workspace import Workspace

BY = Actor(None, "test")
OCTOBER = parse_period("2026-10")
Called = Callable[..., None]
Bill = Callable[..., Record]


def test_an_invoice_waits_for_unrated_calls_and_names_them(called: Called, bill: Bill) -> None:
    called(("2026-10-07T10:00", "3712000", 60), ("2026-10-07T11:00", "3712001", 60))
    with pytest.raises(
        TollbookError, match=r"2 calls are unrated \(no_rate 2\): 100 to 3712000, 101 to 3712001: "
    ):
        bill("2026-10")


def test_what_was_let_go_is_waited_for_no_longer(charged: Workspace, called: Called, bill: Bill) -> None:
    called(("2026-10-07T10:00", "3712000", 60))
    db, lake = Database.of(charged), Lake(charged)
    (row,) = waive(lake, db, "acme", OCTOBER, "a test call", BY)
    assert (row["call_id"], row["unrated"]) == ("100", "no_rate")
    assert without(unrated(lake, "acme", OCTOBER), waived(db, "acme")).is_empty()
    assert (bill("2026-10").source.unrated, waived(db, "quiet")) == (1, set())
    with db.reading() as session:
        (event,) = (one for one in events(session, None, None) if one["action"] == "waive")
    assert event["after"]["calls"] == ["test 100 2026-10-07T10:00:00Z"]


def test_only_the_named_call_is_let_go_and_what_comes_later_is_not(
    charged: Workspace, called: Called, bill: Bill
) -> None:
    called(("2026-10-07T10:00", "3712000", 60), ("2026-10-07T11:00", "3712001", 60))
    db, lake = Database.of(charged), Lake(charged)
    waive(lake, db, "acme", OCTOBER, "x", BY, ["101"])
    with pytest.raises(TollbookError, match=r"1 call is unrated \(no_rate 1\): 100 to 3712000"):
        bill("2026-10")
    waive(lake, db, "acme", OCTOBER, "x", BY)
    called(("2026-10-08T10:00", "3712000", 60))
    with pytest.raises(TollbookError, match="1 call is unrated"):
        bill("2026-10")


def test_what_can_not_be_let_go_is_told(charged: Workspace, called: Called) -> None:
    db, lake = Database.of(charged), Lake(charged)
    with pytest.raises(UsageError, match="no call without a charge in 2026-10"):
        waive(lake, db, "acme", OCTOBER, "x", BY)
    called(("2026-10-07T10:00", "3712000", 60))
    with pytest.raises(UsageError, match="no call '101' of 'acme' in 2026-10 waits, did you mean '100'"):
        waive(lake, db, "acme", OCTOBER, "x", BY, ["101"])
    with pytest.raises(UsageError, match="--reason"):
        waive(lake, db, "acme", OCTOBER, " ", BY)
