"""From a request to its answer, without a server."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tollbook.account.audit import Actor
from tollbook.account.database import Database
from tollbook.account.models import Customer
from tollbook.account.people import tokens
from tollbook.account.people.persons import add, found
from tollbook.api.desk import Desk, Request
from tollbook.api.rates import Rates
from tollbook.api.table import OPERATIONS
from tollbook.workspace import Workspace

BY = Actor(None, "test")


@pytest.fixture
def token(each_database: None, workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> str:
    """A token of the customer acme to read everything."""
    monkeypatch.setenv("TOLLBOOK_HOME", str(workspace.home))
    db, now = Database.of(workspace), datetime.now(UTC)
    with db.session() as session:
        acme = Customer(id="acme", name="Acme")
        session.add(acme)
        session.flush()
        made, _ = tokens.make(session, acme, "t", ("read",), now + timedelta(days=1), BY, now)
    db.close()
    return made


@pytest.fixture
def admin(token: str, workspace: Workspace) -> str:
    """A token of an admin to enter customers and numbers."""
    db, now = Database.of(workspace), datetime.now(UTC)
    with db.session() as session:
        add(session, "user", "ada", {"role": "admin"}, BY)
        made, _ = tokens.make(
            session,
            found(session, "ada"),
            "t",
            ("customers", "invoices", "blocks", "extensions"),
            None,
            BY,
            now,
        )
    db.close()
    return made


def request(
    name: str,
    authorization: str = "",
    *,
    body: object = None,
    query: dict[str, str] | None = None,
    key: str = "",
    **places: str,
) -> Request:
    each = next(each for each in OPERATIONS if each.name == name)
    headers = {"Authorization": authorization, "Content-Type": "application/json"}
    headers |= {"Idempotency-Key": key} if key else {}
    asked = {word: [value] for word, value in (query or {}).items()}
    sent = json.dumps(body).encode()
    return Request(each, each.path.format(**places), places, asked, headers, sent, "192.0.2.1")


def test_a_good_token_is_answered_and_told_what_is_left(token: str) -> None:
    answer = Desk().answer(request("get_customers_id", f"Bearer {token}", id="acme"))
    assert (answer.status, json.loads(answer.body)["id"]) == (200, "acme")
    assert answer.headers["RateLimit"].startswith('"owner";r=599;')


@pytest.mark.parametrize("scheme", ["bearer", "BEARER"])
def test_the_scheme_is_read_however_it_is_written(token: str, scheme: str) -> None:
    assert Desk().answer(request("get_customers", f"{scheme} {token}")).status == 200


def test_another_scheme_is_none(token: str) -> None:
    for wrong in ("", token, f"Basic {token}", "Bearer", f"Bearer {token} x", "Bearer \0"):
        assert Desk().answer(request("get_customers", wrong)).status == 401


def test_using_a_token_is_noted(token: str, workspace: Workspace) -> None:
    Desk().answer(request("get_customers", f"Bearer {token}"))
    db = Database.of(workspace)
    with db.reading() as session:
        (row,) = tokens.listing(session, session.get_one(Customer, "acme"))
    db.close()
    assert row["last_used_at"] is not None


def test_wrong_tokens_of_an_address_come_to_an_end_and_good_ones_do_not(token: str) -> None:
    desk = Desk(Rates(lambda: 0.0))  # all within one minute, however long it takes
    told = [desk.answer(request("get_customers", "Bearer x")).status for _ in range(601)]
    assert told == [401] * 600 + [429]
    assert desk.answer(request("get_customers", f"Bearer {token}")).status == 200


def test_what_cannot_be_reached_is_told_without_where_it_lies(
    token: str, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    (workspace.home / "lake.json").write_text("{")
    answer = Desk().answer(request("get_summary", f"Bearer {token}"))
    assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
    assert str(workspace.home).encode() not in answer.body


def test_customers_are_entered_once_and_listed_page_by_page(admin: str) -> None:
    desk, bearer = Desk(), f"Bearer {admin}"
    for name in ("b", "Ä", "c"):
        first, again = (
            desk.answer(request("post_customers", bearer, body={"id": name}, key=f"key-{ord(name)}"))
            for _ in range(2)
        )
        assert (first.status, again.status) == (201, 201)
        assert again.body == first.body
        assert again.headers["Idempotent-Replayed"] == "true"
    names: list[str] = []
    query: dict[str, str] = {"limit": "1"}
    while True:
        page = json.loads(desk.answer(request("get_customers", bearer, query=query)).body)
        names += [row["id"] for row in page["data"]]
        if not page["has_more"]:
            break
        query = {"limit": "1", "cursor": page["next"]}
    assert sorted(names) == sorted(["acme", "b", "c", "Ä"])
    assert len(names) == 4


def test_where_numbers_begin_is_entered_and_a_secret_needs_a_domain(admin: str) -> None:
    desk, bearer = Desk(), f"Bearer {admin}"

    def ask(name: str, **more: Any) -> tuple[int, Any]:
        answer = desk.answer(request(name, bearer, **more))
        return answer.status, json.loads(answer.body)

    settings = {"start": "0100", "size": 10, "realm": ""}
    assert ask("get_number_blocks_settings") == (200, {"start": None, "size": None, "realm": ""})
    assert ask("patch_number_blocks_settings", body={"start": "0100", "size": 10.0}) == (200, settings)
    assert ask("patch_number_blocks_settings", body={"size": 5, "start": None}) == (
        200,
        {**settings, "size": 5},
    )
    assert ask("post_number_blocks", body={"customer": "acme"})[1]["end"] == "0104"
    ask("post_extensions", body={"customer": "acme"})
    status, told = ask("post_extensions_extension_secret", extension="0100")
    assert (status, "no SIP domain yet" in told["detail"]) == (409, True)


def test_an_answer_with_a_secret_is_kept_under_no_key(admin: str) -> None:
    desk, bearer = Desk(), f"Bearer {admin}"
    desk.answer(request("patch_number_blocks_settings", bearer, body={"realm": "sip.example.net"}))
    desk.answer(request("post_extensions", bearer, body={"customer": "acme", "number": "7"}))
    secret = "post_extensions_extension_secret"
    first, again = (desk.answer(request(secret, bearer, key="k", extension="7")) for _ in range(2))
    assert (first.status, again.status, first.headers["Cache-Control"]) == (200, 200, "no-store")
    assert first.body != again.body
    assert "Idempotent-Replayed" not in again.headers
    other = desk.answer(request("post_customers", bearer, body={"id": "b"}, key="k"))
    assert other.status == 201  # the key is as free as it was


def test_what_no_database_keeps_is_found_in_none(admin: str) -> None:
    desk, bearer = Desk(), f"Bearer {admin}"
    assert desk.answer(request("get_customers_id", bearer, id="a\0b")).status == 404
    assert desk.answer(request("get_invoices_number", bearer, number="a\0b")).status == 404
    listed = desk.answer(
        request("get_invoices", bearer, query={"customer": "\ud800", "issued_since": "0001-01-01"})
    )
    assert (listed.status, json.loads(listed.body)["data"]) == (200, [])
