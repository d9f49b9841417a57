"""What becomes of a notification: booked once, or listed."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from tollbook.account.audit import Actor, events
from tollbook.account.database import Database
from tollbook.account.models import Customer
from tollbook.billing import payments, refunds
from tollbook.billing.credits import credit
from tollbook.billing.links import reference
from tollbook.billing.notices import booking
from tollbook.billing.notices.told import Told
from tollbook.billing.record import Record
from tollbook.errors import UsageError
from tollbook.workspace import Workspace

BY = Actor(None, "test")
AT = datetime(2026, 12, 2, tzinfo=UTC)
NUMBER = "INV-2026-000001"


@pytest.fixture
def db(charged: Workspace) -> Database:
    return Database.of(charged)


def tell(db: Database, effect: str = "completed", event: str = "evt_1", **more: Any) -> dict[str, Any]:
    usual: dict[str, Any] = {
        "provider": "stripe",
        "kind": "x",
        "payment": "pi_1",
        "references": ("acme",),
        "amount": Decimal("5.00"),
        "currency": "EUR",
        "at": AT,
        "body": "{}",
    }
    return booking.receive(db, Told(**{**usual, "effect": effect, "event": event, **more}))


def booked(db: Database) -> list[tuple[str, str, str, str]]:
    with db.reading() as session:
        rows = payments.listing(session)
    return [
        (row["customer"], f"{row['amount']} {row['currency']}", row["method"], row["status"]) for row in rows
    ]


def listed(db: Database) -> list[str]:
    with db.reading() as session:
        return [row["why"] for row in booking.listing(session)]


def test_a_payment_is_booked_once_however_often_it_is_told(db: Database) -> None:
    rows = [tell(db) for _ in range(3)]
    assert rows[0] == rows[1] == rows[2]
    assert (rows[0]["state"], rows[0]["payment_id"]) == ("booked", 1)
    tell(db, event="evt_2")
    assert booked(db) == [("acme", "5 EUR", "card", "completed")]
    assert listed(db) == []


@pytest.mark.parametrize(
    "references",
    [(NUMBER,), ("unknown", NUMBER), (reference("acme", NUMBER),), (reference("acme"),), ("acme",)],
)
def test_whom_a_reference_names(
    db: Database, bill: Callable[..., Record], references: tuple[str, ...]
) -> None:
    bill("2026-10")
    tell(db, references=references, provider="paypal")
    assert booked(db) == [("acme", "5 EUR", "paypal", "completed")]
    with db.reading() as session:
        assert payments.listing(session)[0]["invoices"] == [{"invoice": NUMBER, "amount": Decimal("0.22")}]


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"references": ()}, "it names no customer and no invoice: ''"),
        ({"references": ("nobody",)}, "it names no customer and no invoice: 'nobody'"),
        ({"references": (reference("nobody", "INV-9"),)}, "it names no customer and no invoice"),
        ({"currency": "USD"}, "'acme' pays in EUR, not in USD"),
        ({"amount": Decimal("1.001")}, "more than the 2 decimals of EUR"),
        ({"amount": Decimal(0)}, "not above zero"),
    ],
)
def test_what_cannot_be_booked_is_listed_and_can_be_booked_by_a_person(
    db: Database, more: dict[str, Any], why: str
) -> None:
    tell(db, **more)
    assert booked(db) == []
    (told,) = listed(db)
    assert why in told


def test_a_listed_one_is_assigned_or_dismissed(db: Database) -> None:
    tell(db, references=("who",))
    tell(db, event="evt_2", payment="pi_2", references=())
    with db.session() as session:
        row = booking.assign(session, BY, 1, "acme")
        assert (row["state"], row["why"]) == ("booked", "")
        assert booking.dismiss(session, BY, 2, "sent back", AT)["state"] == "dismissed"
    assert booked(db) == [("acme", "5 EUR", "card", "completed")]
    assert listed(db) == []
    tell(db, references=("who",))
    assert len(booked(db)) == 1
    with db.session() as session:
        for number, customer in ((1, "acme"), (9, "acme")):
            with pytest.raises(UsageError, match="no open notification"):
                booking.assign(session, BY, number, customer)
        with pytest.raises(UsageError, match="did you mean 'open'"):
            booking.listing(session, "opne")


def test_of_one_payment_a_pending_and_a_completed_notification_are_assigned_one_after_the_other(
    db: Database,
) -> None:
    tell(db, "pending", references=("who",))
    tell(db, event="evt_2", references=("who",))
    with db.session() as session:
        assert booking.assign(session, BY, 1, "acme")["state"] == "booked"
        with pytest.raises(UsageError, match="payment 1 is of 'acme'"):
            booking.assign(session, BY, 2, "quiet")
        assert booking.assign(session, BY, 2, "acme")["state"] == "booked"
    assert booked(db) == [("acme", "5 EUR", "card", "completed")]


def test_an_assignment_that_cannot_be_says_why(db: Database) -> None:
    tell(db, references=(), currency="USD")
    tell(db, "disputed", "evt_2", payment="pi_9")
    with db.session() as session:
        with pytest.raises(UsageError, match="'acme' pays in EUR"):
            booking.assign(session, BY, 1, "acme")
        with pytest.raises(UsageError, match="did you mean 'acme'"):
            booking.assign(session, BY, 1, "acne")
        with pytest.raises(UsageError, match="tells of no payment"):
            booking.assign(session, BY, 2, "acme")
        with pytest.raises(UsageError, match="say why"):
            booking.dismiss(session, BY, 1, " ", AT)


def test_a_payment_that_takes_days(db: Database) -> None:
    tell(db, "pending")
    assert booked(db) == [("acme", "5 EUR", "card", "pending")]
    tell(db, "completed", "evt_2")
    assert booked(db) == [("acme", "5 EUR", "card", "completed")]
    tell(db, "pending", "evt_3")
    assert booked(db) == [("acme", "5 EUR", "card", "completed")]
    tell(db, "failed", "evt_4")
    assert listed(db) == ["payment 1 has been completed"]


def test_a_payment_that_fails(db: Database) -> None:
    tell(db, "failed", "evt_0", payment="pi_0")
    tell(db, "pending")
    tell(db, "failed", "evt_2")
    assert booked(db) == [("acme", "5 EUR", "card", "cancelled")]
    assert listed(db) == []
    tell(db, "completed", "evt_3")
    assert listed(db) == ["payment 1 has been cancelled"]


def backs(db: Database) -> list[tuple[str, str]]:
    with db.reading() as session:
        (row,) = payments.listing(session)
    return [(str(one["amount"]), one["reference"]) for one in row["refunds"]]


def by_hand(db: Database, amount: str, event: str | None = None) -> None:
    with db.session() as session:
        refunds.refund(session, BY, 1, amount, event=event, at=AT)


@pytest.mark.parametrize("effect", ["refunded", "lost"])
def test_what_is_back_in_full_is_a_refund_of_all_of_it(
    db: Database, bill: Callable[..., Record], effect: str
) -> None:
    bill("2026-10")
    tell(db)
    tell(db, effect, "evt_2", references=(), refund="r_1")
    tell(db, effect, "evt_3", references=(), refund="r_1")
    assert booked(db) == [("acme", "5 EUR", "card", "completed")]
    assert backs(db) == [("5", "r_1")]
    assert listed(db) == []
    with db.reading() as session:
        assert payments.listing(session)[0]["invoices"] == []


def test_refunds_of_parts_are_booked_by_the_sum_that_stripe_tells(db: Database) -> None:
    tell(db)
    for nth, amount in enumerate(("2.00", "3.50", "2.00", "3.50"), start=2):  # they may come in any order
        tell(db, "refunded", f"evt_{nth}", amount=Decimal(amount), references=())
    assert backs(db) == [("2", "pi_1"), ("1.5", "pi_1")]
    assert listed(db) == []


def test_refunds_of_parts_are_booked_one_by_one_as_paypal_names_them(db: Database) -> None:
    told: dict[str, Any] = {"provider": "paypal", "references": ()}
    tell(db, **{**told, "references": ("acme",)})
    for nth, name in enumerate(("RF1", "RF2", "RF1"), start=2):
        tell(db, "refunded", f"WH-{nth}", amount=Decimal("2.00"), refund=name, **told)
    assert backs(db) == [("2", "RF1"), ("2", "RF2")]
    tell(db, "refunded", "WH-9", amount=Decimal("2.00"), refund="RF3", **told)
    assert listed(db) == ["2 is more than the 1 EUR of payment 1 that has not gone back."]


@pytest.mark.parametrize("refund", ["", "RF1"])
def test_what_was_booked_by_hand_is_not_booked_again_when_it_is_told(db: Database, refund: str) -> None:
    tell(db)
    by_hand(db, "2.00")
    for event in ("evt_2", "evt_3"):
        tell(db, "refunded", event, amount=Decimal("2.00"), refund=refund, references=())
    assert backs(db) == [("2", "")]
    assert listed(db) == []


def test_a_dispute_that_was_lost_is_no_part_of_what_was_refunded(db: Database) -> None:
    tell(db)
    tell(db, "refunded", "evt_2", amount=Decimal("1.00"), references=())
    tell(db, "lost", "evt_3", amount=Decimal("3.00"), refund="dp_1", references=())
    tell(db, "refunded", "evt_4", amount=Decimal("2.00"), references=())
    assert backs(db) == [("1", "pi_1"), ("3", "dp_1"), ("1", "pi_1")]


def test_a_refund_in_another_currency_is_listed(db: Database) -> None:
    tell(db)
    tell(db, "refunded", "evt_2", currency="USD", references=())
    assert listed(db) == ["5 USD of payment 1 is back, which was 5 EUR"]
    assert backs(db) == []


def test_a_refund_that_is_told_before_its_payment_is_booked_with_it(db: Database) -> None:
    tell(db, "refunded", "evt_2", amount=Decimal("2.00"), references=())
    tell(db)
    assert (booked(db), backs(db)) == ([("acme", "5 EUR", "card", "completed")], [("2", "pi_1")])
    assert listed(db) == []


@pytest.mark.parametrize("effect", ["refunded", "lost", "failed"])
def test_what_is_back_before_it_has_come_is_cancelled(db: Database, effect: str) -> None:
    tell(db, effect, "evt_2", references=())
    assert listed(db) == ([] if effect == "failed" else ["no payment of that name is booked"])
    tell(db, "pending")
    assert booked(db) == [("acme", "5 EUR", "card", "cancelled")]
    assert listed(db) == []


def test_what_is_back_in_part_of_what_has_not_come_and_what_is_disputed_is_listed(db: Database) -> None:
    tell(db, "pending")
    tell(db, "refunded", "evt_2", amount=Decimal("2.00"), references=())
    tell(db, "disputed", "evt_3", references=())
    assert booked(db) == [("acme", "5 EUR", "card", "pending")]
    assert listed(db) == [
        "payment 1 of 'acme' is disputed",
        "2 EUR of payment 1 is back, which has not arrived",
    ]


def test_another_amount_of_a_known_payment_is_listed(db: Database) -> None:
    tell(db)
    tell(db, event="evt_2", amount=Decimal("6.00"))
    assert booked(db) == [("acme", "5 EUR", "card", "completed")]
    assert listed(db) == ["payment 1 was booked as 5 EUR"]


def test_a_payment_of_an_invoice_that_was_credited_meanwhile_is_booked_all_the_same(
    db: Database, bill: Callable[..., Record]
) -> None:
    bill("2026-10")
    credit(db, NUMBER, "wrong", BY, AT)
    tell(db, references=(NUMBER,))
    with db.reading() as session:
        assert payments.listing(session)[0]["left"] == 5


def test_on_either_database_and_told_by_several_at_once(database: Database) -> None:
    with database.session() as session:
        session.add(Customer(id="acme", name="ACME", currency="EUR"))
    with ThreadPoolExecutor(4) as many:
        rows = list(many.map(lambda _: tell(database), range(8)))
    assert {(row["state"], row["payment_id"]) for row in rows} == {("booked", rows[0]["payment_id"])}
    assert booked(database) == [("acme", "5 EUR", "card", "completed")]


def test_a_refund_by_hand_that_a_sum_has_counted_is_not_taken_for_a_dispute_that_is_lost(
    db: Database,
) -> None:
    tell(db)
    by_hand(db, "2.00")
    tell(db, "refunded", "evt_2", amount=Decimal("2.00"), references=())
    tell(db, "lost", "evt_3", amount=Decimal("2.00"), refund="dp_1", references=())
    assert backs(db) == [("2", ""), ("2", "dp_1")]
    with db.reading() as session:
        *_, told = [event for event in events(session, None, None) if event["action"] == "change"]
    assert (told["resource"], told["after"]) == (
        "refund 1 of payment 1",
        {"event": "stripe refunded pi_1 by hand 1"},
    )


def test_of_refunds_by_hand_the_one_of_the_sum_is_counted_and_another_is_the_lost_dispute(
    db: Database,
) -> None:
    tell(db)
    by_hand(db, "1.00")
    by_hand(db, "2.00")
    tell(db, "refunded", "evt_2", amount=Decimal("2.00"), references=())
    tell(db, "lost", "evt_3", amount=Decimal("1.00"), refund="dp_1", references=())
    assert backs(db) == [("1", ""), ("2", "")]


def test_what_is_more_than_the_sum_by_hand_is_booked_and_both_are_counted(db: Database) -> None:
    tell(db)
    by_hand(db, "2.00")
    tell(db, "refunded", "evt_2", amount=Decimal("3.00"), references=())
    for event, dispute in (("evt_3", "dp_1"), ("evt_4", "dp_2")):
        tell(db, "lost", event, amount=Decimal("1.00"), refund=dispute, references=())
    assert backs(db) == [("2", ""), ("1", "pi_1"), ("1", "dp_1"), ("1", "dp_2")]


@pytest.mark.parametrize("refund", ["", "RF1"])
def test_a_form_that_is_sent_again_after_its_refund_was_told_books_nothing(db: Database, refund: str) -> None:
    tell(db)
    by_hand(db, "2.00", "portal:0123456789abcdef:1")
    tell(db, "refunded", "evt_2", amount=Decimal("2.00"), refund=refund, references=())
    by_hand(db, "2.00", "portal:0123456789abcdef:1")
    assert backs(db) == [("2", "")]


def test_a_refund_that_is_told_again_is_not_taken_for_another_by_hand(db: Database) -> None:
    told: dict[str, Any] = {"provider": "paypal", "amount": Decimal("2.00"), "references": ()}
    tell(db, **{**told, "amount": Decimal("5.00"), "references": ("acme",)})
    tell(db, "refunded", "WH-2", refund="RF1", **told)
    by_hand(db, "2.00")
    tell(db, "refunded", "WH-3", refund="RF1", **told)
    tell(db, "refunded", "WH-4", refund="RF2", **told)
    assert backs(db) == [("2", "RF1"), ("2", "")]
    assert listed(db) == []
