"""`customers`."""

import pytest

from tollbook.account.database import Database
from tollbook.account.models import Customer

PATH = "/api/v1/customers"


def test_an_operator_has_all_and_a_contact_its_own(api) -> None:
    def ids(token: str, query: str = "") -> list[str]:
        return [row["id"] for row in api.ask("GET", f"{PATH}{query}", token=token).json["data"]]

    assert {"alpha", "beta"} <= set(ids("analyst"))
    assert ids("analyst", "?id=beta&id=alpha&id=nobody") == ["alpha", "beta"]
    assert ids("contact of alpha") == ["alpha"]
    assert ids("beta", "?id=alpha") == []


def test_one_is_shown_as_it_was_entered(api) -> None:
    body = {
        "id": "Müller & Co",
        "name": "Müller",
        "currency": "CHF",
        "channels": 30,
        "debit_limit": "-12.50",
        "zone": "Europe/Zurich",
        "carriers_shown": "no",
        "due_days": 30,
        "tax_rate": "8.1",
        "invoice_grouping": "day",
        "address": "1 Street\nBern",
        "country": "CH",
        "postcode": "3000",
        "city": "Bern",
        "tax_id": "CHE123456789",
        "endpoint": "0183:CHE123456789",
        "language": "de",
        "reference": "PO-7",
        "tax_category": "O",
        "tax_note": "",
        "invoice_mail": "bills@acme.example",
        "schedule": "monthly",
        "number_rules": "00> 0>41",
    }
    made = api.ask("POST", PATH, token="admin", body=body)
    assert made.status == 201
    row = made.json
    assert row.pop("created_at").endswith("Z")
    assert row == {**body, "confirmed": True, "debit_limit": "-12.5"}
    shown = api.ask("GET", f"/api/v1/{made.headers['Location']}", token="admin")
    assert shown.json["name"] == "Müller"


def test_what_is_not_told_has_its_default(api) -> None:
    row = api.ask("POST", PATH, token="admin", body={"id": "plain"}).json
    assert (row["name"], row["zone"], row["due_days"], row["debit_limit"]) == ("plain", "UTC", 14, "0")
    assert row["currency"] is None


def test_one_that_is_there_cannot_be_entered_again(api) -> None:
    answer = api.ask("POST", PATH, token="admin", body={"id": "alpha"})
    assert (answer.status, answer.json["detail"]) == (409, "there is a customer 'alpha' already")


def test_only_the_fields_that_are_told_change_and_the_audit_says_from_what_to_what(api) -> None:
    api.ask("POST", PATH, token="admin", body={"id": "changing", "channels": 5})
    row = api.ask("PATCH", f"{PATH}/changing", token="admin", body={"channels": None, "due_days": 7}).json
    assert (row["channels"], row["due_days"], row["name"]) == (None, 7, "changing")
    assert api.audited()[-1] == ("ada", "change", "customer changing", "done")
    count = len(api.audited())
    assert api.ask("PATCH", f"{PATH}/changing", token="admin", body={"due_days": 7}).status == 200
    assert len(api.audited()) == count


def test_a_currency_that_is_in_use_stays(api) -> None:
    answer = api.ask("PATCH", f"{PATH}/alpha", token="admin", body={"currency": "USD"})
    assert answer.status == 409
    assert "EUR" in answer.json["detail"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"id": ".hidden"},
        {"id": "a/b"},
        {"id": " a"},
        {"id": "x" * 51},
        {"id": "a", "currency": "EURO"},
        {"id": "a", "zone": "Mars/Base"},
        {"id": "a", "debit_limit": 5},
        {"id": "a", "tax_rate": "101"},
        {"id": "a", "name": None},
        {"id": "a", "name": "a\u200bb"},
        {"id": "a", "colour": "red"},
        {"id": "a", "due_days": -1},
    ],
)
def test_what_cannot_be_is_not_entered(api, body: dict[str, object]) -> None:
    answer = api.ask("POST", PATH, token="admin", body=body)
    assert (answer.status, answer.headers["Content-Type"]) == (422, "application/problem+json")
    db = Database.of(api.workspace)
    with db.reading() as session:
        assert session.get(Customer, "a") is None
    db.close()
