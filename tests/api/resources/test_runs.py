"""Invoices that a program has made, and credits."""

from collections.abc import Callable
from time import sleep
from typing import Any

import pytest

from api.conftest import Server

DAY = "2024-10-05"


def until(answer: Callable[[], Any], done: Callable[[Any], bool]) -> Any:
    """The first answer that is the right one: the server goes on by itself."""
    while not done(told := answer()):
        sleep(0.1)
    return told


@pytest.mark.slow
def test_a_run_makes_what_can_be_made_and_an_invoice_is_credited(invoicing: Server) -> None:
    sent = {"view": "daily", "period": DAY}
    asked = invoicing.ask(
        "POST", "/api/v1/invoices", token="ada", body=sent, Idempotency_Key="run-of-the-day"
    )
    assert (asked.status, asked.json["state"], asked.json["total"]) == (202, "waiting", None)
    path = f"/api/v1/{asked.headers['Location']}"
    again = invoicing.ask(
        "POST", "/api/v1/invoices", token="ada", body=sent, Idempotency_Key="run-of-the-day"
    )
    assert again.json == asked.json
    run = until(
        lambda: invoicing.ask("GET", path, token="ada").json,
        lambda told: told["state"] not in {"waiting", "running"},
    )
    assert (run["state"], run["total"], run["done"]) == ("done", 3, 3)
    rows = {row["customer"]: row for row in run["results"]}
    number = rows["alpha"]["number"]
    assert number.startswith("INV-")
    assert (rows["alpha"]["status"], rows["alpha"]["total"]) == ("issued", "4.92")
    assert (rows["beta"]["status"], "nobody has entered" in rows["beta"]["why"]) == ("refused", True)
    assert (rows["gamma"]["status"], "unrated" in rows["gamma"]["why"]) == ("refused", True)
    assert invoicing.ask("GET", f"/api/v1/invoices/{number}.pdf", token="al").body.startswith(b"%PDF")
    assert invoicing.ask("GET", path, token="al").status == 404

    way = f"/api/v1/invoices/{number}/credit"
    for body, words in (
        ({"lines": [{"line": 9}]}, "no line 9"),
        ({"amount": "5.00"}, "of which 4.92 EUR is left"),
    ):
        refused = invoicing.ask("POST", way, token="ada", body={"reason": "wrong", **body})
        assert (refused.status, words in refused.json["detail"]) == (409, True), refused.json
    of_it = {"reason": "too dear", "lines": [{"line": 1, "amount": "0.42"}], "amount": "0.50"}
    part = invoicing.ask("POST", way, token="ada", body=of_it)
    assert (part.status, part.json["total"], part.json["lines"][0]["part_of"]) == (201, "0.92", 1)
    listed = invoicing.ask("GET", "/api/v1/invoices?customer=alpha", token="al").json["data"]
    assert {row["number"]: row["credited"] for row in listed}[number] == "0.92"
    unset = invoicing.ask("POST", f"/api/v1/invoices/{number}/send", token="ada", body={})
    assert (unset.status, "mail.host is empty" in unset.json["detail"]) == (409, True)
    for path_of, who, status in ((number, "al", 403), ("INV-1", "ada", 404)):
        assert invoicing.ask("POST", f"/api/v1/invoices/{path_of}/send", token=who, body={}).status == status

    credit = invoicing.ask("POST", way, token="ada", body={"reason": "wrong"})
    note = credit.json["number"]
    assert (credit.status, credit.headers["Location"]) == (201, f"../{note}")
    assert (note[:4], credit.json["kind"], credit.json["total"]) == ("CRN-", "credit_note", "4")
    twice = invoicing.ask("POST", f"/api/v1/invoices/{number}/credit", token="ada", body={"reason": "wrong"})
    assert (twice.status, f"has been credited by {note}" in twice.json["detail"]) == (409, True)
    of_note = invoicing.ask("POST", f"/api/v1/invoices/{note}/credit", token="ada", body={"reason": "wrong"})
    assert of_note.status == 409
    paper = until(
        lambda: invoicing.ask("GET", f"/api/v1/invoices/{note}.pdf", token="al"),
        lambda told: told.status == 200,
    )
    assert paper.body.startswith(b"%PDF")
    of_the_note = int(path.rpartition("/")[2]) + 2  # its files are nobody's run
    assert invoicing.ask("GET", f"/api/v1/runs/{of_the_note}", token="ada").status == 404


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"period": "2026-02-29"}, 422, "2026-02-29"),
        ({"period": "October"}, 422, "period"),
        ({"period": DAY, "view": "monthly"}, 409, "is a row of the daily view, not of monthly"),
        ({"period": DAY, "customers": ["alhpa"]}, 409, "no customer 'alhpa', did you mean 'alpha'"),
        ({"period": DAY, "customers": []}, 422, "customers"),
        ({}, 422, "period"),
    ],
)
def test_what_cannot_be_asked_for(invoicing: Server, body: dict[str, Any], status: int, words: str) -> None:
    answer = invoicing.ask("POST", "/api/v1/invoices", token="ada", body=body)
    assert (answer.status, words in answer.json["detail"]) == (status, True), answer.json


def test_a_contact_makes_and_credits_nothing(invoicing: Server) -> None:
    assert invoicing.ask("POST", "/api/v1/invoices", token="al", body={"period": DAY}).status == 403
    assert (
        invoicing.ask("POST", "/api/v1/invoices/INV-1/credit", token="al", body={"reason": "x"}).status == 403
    )
    assert (
        invoicing.ask("POST", "/api/v1/invoices/INV-1/credit", token="ada", body={"reason": "x"}).status
        == 404
    )
