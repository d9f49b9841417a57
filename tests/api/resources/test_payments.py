"""`payments`, asked over HTTP."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete

from api.conftest import ALPHAS
from tollbook.account.audit import Actor
from tollbook.account.database import Database
from tollbook.account.ledger import Allocation, Payment, Refund
from tollbook.account.models import Invoice
from tollbook.billing import payments

PATH = "/api/v1/payments"
AT = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _left_as_it_was(api) -> Iterator[None]:
    yield
    db = Database.of(api.workspace)
    with db.session() as session:
        session.execute(delete(Allocation))
        session.execute(delete(Refund))
        session.execute(delete(Payment))
        for row in session.query(Invoice).filter(Invoice.status.in_(["paid", "part_paid"])):
            row.status = "issued"
    db.close()


def booked(api, *rows: tuple[str, str, str], hours: int = 1) -> list[int]:
    """Payments of (customer, amount, status), an hour apart."""
    db, made = Database.of(api.workspace), []
    for number, (customer, amount, status) in enumerate(rows):
        with db.session() as session:
            at = AT + timedelta(hours=hours * number)
            by = Actor(None, "test")
            row = payments.add(session, by, customer, amount, "cash", status=status, received_at=at)
            made.append(row["id"])
    db.close()
    return made


def test_a_payment_is_booked_and_pays_the_invoice(api) -> None:
    sent = {"customer": "alpha", "amount": "1.50", "method": "bank_transfer", "reference": "statement 7"}
    answer = api.ask("POST", PATH, token="admin", body={**sent, "received_at": "2026-11-02"})
    assert answer.status == 201
    assert answer.headers["Location"] == f"payments/{answer.json['id']}"
    assert answer.json == {
        "id": answer.json["id"],
        **sent,
        "amount": "1.5",
        "currency": "EUR",
        "status": "completed",
        "received_at": "2026-11-02T00:00:00Z",
        "left": "0",
        "refunded": "0",
        "refunds": [],
        "invoices": [{"invoice": ALPHAS, "amount": "1.5"}],
    }
    shown = api.ask("GET", f"{PATH}/{answer.json['id']}", token="contact of alpha")
    assert shown.json == answer.json
    again = api.ask("GET", f"{PATH}/{answer.json['id']}", token="admin", If_None_Match=shown.headers["ETag"])
    assert again.status == 304
    assert api.ask("GET", f"/api/v1/invoices/{ALPHAS}", token="admin").json["status"] == "part_paid"
    assert ("ada", "add", f"payment {answer.json['id']}", "done") in api.audited()


def test_the_same_key_books_once(api) -> None:
    sent = {"customer": "alpha", "amount": "1", "method": "cash"}
    one, two = (
        api.ask("POST", PATH, token="admin", body=sent, Idempotency_Key="payment-of-today") for _ in range(2)
    )
    assert (one.status, two.status, one.json) == (201, 201, two.json)
    assert two.headers["Idempotent-Replayed"] == "true"
    assert len(api.ask("GET", PATH, token="admin").json["data"]) == 1


@pytest.mark.parametrize(
    ("changed", "status", "words"),
    [
        ({"customer": "alhpa"}, 409, "no customer 'alhpa', did you mean 'alpha'"),
        ({"amount": "1.005"}, 409, "more than the 2 decimals of EUR"),
        ({"amount": "0"}, 422, "amount"),
        ({"amount": "-1"}, 422, "amount"),
        ({"amount": 1}, 422, "amount"),
        ({"method": "cheque"}, 422, "method"),
        ({"invoice": "INV-9"}, 409, "'alpha' has no invoice 'INV-9'"),
        ({"received_at": "yesterday"}, 422, "received_at"),
        ({"currency": "EUR"}, 422, "currency"),
    ],
)
def test_what_cannot_be_booked(api, changed: dict[str, Any], status: int, words: str) -> None:
    sent = {"customer": "alpha", "amount": "1", "method": "cash", **changed}
    answer = api.ask("POST", PATH, token="admin", body=sent)
    assert (answer.status, words in answer.json["detail"]) == (status, True), answer.json
    assert api.ask("GET", PATH, token="admin").json["data"] == []


def test_one_that_waits_arrives_and_one_that_came_is_cancelled(api) -> None:
    (number,) = booked(api, ("alpha", "1", "pending"))
    path = f"{PATH}/{number}"
    arrived = api.ask("PATCH", path, token="admin", body={"status": "completed", "invoice": ALPHAS})
    assert (arrived.status, arrived.json["invoices"]) == (200, [{"invoice": ALPHAS, "amount": "1"}])
    gone = api.ask("PATCH", path, token="admin", body={"status": "cancelled"})
    assert (gone.json["status"], gone.json["invoices"]) == ("cancelled", [])
    back = api.ask("PATCH", path, token="admin", body={"status": "completed"})
    assert (back.status, "was cancelled" in back.json["detail"]) == (409, True)
    assert api.ask("PATCH", path, token="admin", body={}).json == gone.json


def test_what_goes_back_is_told_of_the_payment_and_of_the_balance(api) -> None:
    (number,) = booked(api, ("alpha", "4", "completed"))
    path = f"{PATH}/{number}/refunds"
    answer = api.ask("POST", path, token="admin", body={"amount": "1.50", "reference": "statement 9"})
    assert (answer.status, answer.json["refunded"]) == (201, "1.5")
    assert [(one["amount"], one["reference"]) for one in answer.json["refunds"]] == [("1.5", "statement 9")]
    more = api.ask("POST", path, token="admin", body={"amount": "2.51"})
    assert (more.status, "is more than the 2.5 EUR" in more.json["detail"]) == (409, True)
    used = api.ask("POST", path, token="admin", body={})
    assert (used.status, "2.5 EUR of it pays invoices" in used.json["detail"]) == (409, True)
    assert api.ask("POST", path, token="admin", body={"amount": "2.5"}).json["refunded"] == "4"
    told = api.ask("GET", "/api/v1/customers/alpha/balance", token="contact of alpha").json
    assert (told["payments"], told["refunded"]) == ("0", "4")
    assert api.ask("POST", path, token="contact of alpha", body={}).status == 403
    assert api.ask("POST", f"{PATH}/99999/refunds", token="admin", body={}).status == 404


def test_without_an_amount_what_is_left_goes_back_and_what_is_paid_stays_so(api) -> None:
    (number,) = booked(api, ("alpha", "100", "completed"))
    before = api.ask("GET", f"{PATH}/{number}", token="admin").json
    after = api.ask("POST", f"{PATH}/{number}/refunds", token="admin", body={}).json
    assert (after["refunded"], after["left"]) == (before["left"], "0")
    assert after["invoices"] == before["invoices"] != []


def test_the_list_is_filtered_and_comes_in_pages(api) -> None:
    numbers = booked(api, *[("alpha", "1", "completed"), ("beta", "2", "pending")] * 3)
    seen, cursor = [], ""
    while True:
        page = api.ask("GET", f"{PATH}?limit=2{cursor}", token="admin").json
        seen += [row["id"] for row in page["data"]]
        if not page["has_more"]:
            break
        cursor = f"&cursor={page['next']}"
    assert seen == numbers[::-1]

    def ids(query: str) -> list[int]:
        return [row["id"] for row in api.ask("GET", f"{PATH}?{query}", token="admin").json["data"]]

    assert ids("customer=beta") == numbers[5::-2]
    assert ids("status=pending&customer=alpha") == []
    assert ids("method=card") == []
    assert ids("received_since=2026-11-01T04:00:00Z") == numbers[5:3:-1]


def test_payments_of_the_same_instant_are_each_there_once(api) -> None:
    numbers = booked(api, *[("alpha", "1", "completed")] * 3, hours=0)
    first = api.ask("GET", f"{PATH}?limit=2", token="admin").json
    rest = api.ask("GET", f"{PATH}?limit=2&cursor={first['next']}", token="admin").json
    assert [row["id"] for row in (*first["data"], *rest["data"])] == numbers[::-1]


def test_a_contact_has_its_own_and_changes_none(api) -> None:
    of_alpha, of_beta = booked(api, ("alpha", "1", "completed"), ("beta", "2", "completed"))
    own = api.ask("GET", PATH, token="contact of alpha").json["data"]
    assert [row["id"] for row in own] == [of_alpha]
    assert api.ask("GET", f"{PATH}?customer=beta", token="contact of alpha").json["data"] == []
    other, none = (api.ask("GET", f"{PATH}/{n}", token="contact of alpha") for n in (of_beta, 99999))
    assert (other.status, other.body) == (404, none.body)
    for method, path in (("POST", PATH), ("PATCH", f"{PATH}/{of_alpha}")):
        assert api.ask(method, path, token="contact of alpha", body={}).status == 403


@pytest.mark.parametrize("number", ["x", "0", "-1", "1e3", "99999999999999999999", "9" * 5000, "%C2%B2"])
def test_what_is_no_number_is_not_there(api, number: str) -> None:
    assert api.ask("GET", f"{PATH}/{number}", token="admin").status == 404
