"""Invoices that a program has made, and credits: with a server of a workspace of their own."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import sleep
from typing import Any

import pytest

from api.conftest import BY, Holder, Server
from portal.conftest import billed_calls, served
from secrets_kept import SECRETS
from tollbook.account.database import Database
from tollbook.account.models import Customer
from tollbook.account.people import tokens
from tollbook.account.people.persons import add, found
from tollbook.lake.rollup import refresh
from tollbook.lake.store import Lake
from tollbook.tables import CALLS
from tollbook.workspace import Workspace

DAY = "2024-10-05"
NUMBER = f"INV-{datetime.now(UTC):%Y}-000001"
NOTE = f"CRN-{datetime.now(UTC):%Y}-000001"


@pytest.fixture(scope="module")
def made(network: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Alpha and gamma have calls on a day, and those of gamma have no charge; beta was not entered."""
    home = Workspace(tmp_path_factory.mktemp("runs") / "home")
    home.create()
    db, now = Database.of(home), datetime.now(UTC)
    with db.session() as session:
        session.add_all([Customer(id=name, name=name.title(), currency="EUR") for name in ("alpha", "gamma")])
        add(session, "user", "ada", {"role": "admin"}, BY)
        add(session, "contact", "al", {"customer": "alpha"}, BY)
        held = {}
        for login, role, customer in (("ada", "admin", None), ("al", "contact", "alpha")):
            owner, scopes = found(session, login), ("read", "invoices")
            text, _ = tokens.make(session, owner, login, scopes, now + timedelta(hours=9), BY, now)
            held[login] = Holder(SECRETS.add("an API token", text), role, customer, scopes)  # type: ignore[arg-type]
    db.close()
    with Lake(home).writing() as step:
        step.append(CALLS, billed_calls(Lake(network).scan(CALLS), [date(2024, 10, 5)]))
        step.mark(changed=[date(2024, 10, 5)])
    refresh(Lake(home))
    with ExitStack() as running:
        address = running.enter_context(served(home.home))
        yield Server(address.rstrip("/"), home, held)


def until(answer: Callable[[], Any], done: Callable[[Any], bool]) -> Any:
    """The first answer that is the right one: the server goes on by itself."""
    while not done(told := answer()):
        sleep(0.1)
    return told


@pytest.mark.slow
def test_a_run_makes_what_can_be_made_and_an_invoice_is_credited(made: Server) -> None:
    sent = {"view": "daily", "period": DAY}
    asked = made.ask("POST", "/api/v1/invoices", token="ada", body=sent, Idempotency_Key="run of the day")
    assert (asked.status, asked.json["state"], asked.json["total"]) == (202, "waiting", None)
    path = f"/api/v1/{asked.headers['Location']}"
    again = made.ask("POST", "/api/v1/invoices", token="ada", body=sent, Idempotency_Key="run of the day")
    assert again.json == asked.json
    run = until(
        lambda: made.ask("GET", path, token="ada").json,
        lambda told: told["state"] not in {"waiting", "running"},
    )
    assert (run["state"], run["total"], run["done"]) == ("done", 3, 3)
    rows = {row["customer"]: row for row in run["results"]}
    assert (rows["alpha"]["status"], rows["alpha"]["number"], rows["alpha"]["total"]) == (
        "issued",
        NUMBER,
        "4.92",
    )
    assert (rows["beta"]["status"], "nobody has entered" in rows["beta"]["why"]) == ("refused", True)
    assert (rows["gamma"]["status"], "unrated" in rows["gamma"]["why"]) == ("refused", True)
    assert made.ask("GET", f"/api/v1/invoices/{NUMBER}.pdf", token="al").body.startswith(b"%PDF")
    assert made.ask("GET", path, token="al").status == 404

    credit = made.ask("POST", f"/api/v1/invoices/{NUMBER}/credit", token="ada", body={"reason": "wrong"})
    assert (credit.status, credit.headers["Location"]) == (201, f"../{NOTE}")
    assert (credit.json["number"], credit.json["kind"], credit.json["total"]) == (NOTE, "credit_note", "4.92")
    twice = made.ask("POST", f"/api/v1/invoices/{NUMBER}/credit", token="ada", body={"reason": "wrong"})
    assert (twice.status, f"has been credited by {NOTE}" in twice.json["detail"]) == (409, True)
    of_note = made.ask("POST", f"/api/v1/invoices/{NOTE}/credit", token="ada", body={"reason": "wrong"})
    assert of_note.status == 409
    paper = until(
        lambda: made.ask("GET", f"/api/v1/invoices/{NOTE}.pdf", token="al"), lambda told: told.status == 200
    )
    assert paper.body.startswith(b"%PDF")
    assert (
        made.ask("GET", "/api/v1/runs/2", token="ada").status == 404
    )  # the files of a note are nobody's run


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
def test_what_cannot_be_asked_for(made: Server, body: dict[str, Any], status: int, words: str) -> None:
    answer = made.ask("POST", "/api/v1/invoices", token="ada", body=body)
    assert (answer.status, words in answer.json["detail"]) == (status, True), answer.json


def test_a_contact_makes_and_credits_nothing(made: Server, tmp_path: Path) -> None:
    assert made.ask("POST", "/api/v1/invoices", token="al", body={"period": DAY}).status == 403
    assert made.ask("POST", "/api/v1/invoices/INV-1/credit", token="al", body={"reason": "x"}).status == 403
    assert made.ask("POST", "/api/v1/invoices/INV-1/credit", token="ada", body={"reason": "x"}).status == 404
