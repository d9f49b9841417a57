"""Every operation, asked with every token: the one right that it states decides."""

from http.client import responses
from typing import Annotated

import pytest

from tollbook.account.rights import RIGHTS, VERBS, token_may
from tollbook.api.operations import ROOT, Operation, operation
from tollbook.api.table import OPERATIONS
from tollbook.api.types import Listed, Part

ALPHAS = "INV-2026-000001"
NOTHING = ("/payments/{id}", "/runs/{id}", "/credit", "/send", "/refunds")
BLOCKS, EXTENSIONS, ALERTS = f"{ROOT}/number-blocks", f"{ROOT}/extensions", f"{ROOT}/alerts"
REALM = {"realm": "sip.example.net"}
ASR = {"name": "ASR", "area": "asr", "threshold": "0.4"}
"""There are none in the workspace of all tests, or what is asked would change what other tests look at."""
HOLDERS = (
    *("admin", "admin reads", "admin's customers", "admin's summary", "analyst", "prometheus"),
    *("contact of alpha", "contact of beta", "contact's summary", "beta"),
)
OF_ALPHA = (
    *("/customers/{id}", "/invoices/{number}", "/number-blocks/{block}"),
    *("/extensions/{extension}", "/extensions/free"),
)
BODIES = {
    f"{BLOCKS}/import": {"blocks": [{"start": "1", "end": "9", "customer": "alpha"}], "dry_run": True},
    f"{BLOCKS}/settings": REALM,
    f"{EXTENSIONS}/import": {"extensions": [{"number": "1", "customer": "alpha"}], "dry_run": True},
    f"{ROOT}/payments": {"customer": "beta", "amount": "0.01", "method": "cash", "status": "pending"},
    f"{ROOT}/payments/{{id}}": {"status": "cancelled"},
    f"{ROOT}/invoices": {"period": "2020-01"},
    f"{ROOT}/invoices/{{number}}/credit": {"reason": "wrong"},
    f"{ROOT}/invoices/{{number}}/send": {"again": False},
    f"{ROOT}/payments/{{id}}/refunds": {"amount": "1"},
    f"{ROOT}/decks/{{deck}}/versions": {
        "file": "a.csv",
        "text": "prefix,destination,rate_per_min\n44,UK,1\n",
    },
}
NOT_FILED = (".xml", ".csv")
COUNT = iter(range(1, 1_000_000))


def address(api, each: Operation) -> str:
    """An address of alpha's; a block and an extension are made for it, as an operation may take them away."""
    places = {"id": "alpha", "number": ALPHAS, "login": "al", "entry": "1"}
    number = f"{next(COUNT):09}"
    if each.path.endswith(NOTHING):
        places = {"id": "999", "number": "INV-1"}
    if each.resource in {"blocks", "extensions"}:
        body = {"customer": "alpha", "start": number, "end": number}
        places["block"] = api.ask("POST", BLOCKS, token="admin", body=body).json["id"]
    if "deck" in each.places:
        places["deck"] = "customer:alpha"
        path = f"{ROOT}/decks/{{deck}}/versions"
        api.ask("POST", path.format(**places), token="admin", body=BODIES[path])
    if "extension" in each.places:
        places["extension"] = number
        api.ask("POST", EXTENSIONS, token="admin", body={"customer": "alpha", "number": number})
    if each.path.endswith("/secret"):
        api.ask("PATCH", f"{BLOCKS}/settings", token="admin", body=REALM)
    if "alert" in each.places:
        places["alert"] = api.ask("POST", ALERTS, token="admin", body=ASR).json["id"]
    return each.path.format(**places) + ("?customer=alpha" if each.path.endswith("/free") else "")


def sent(each: Operation) -> dict[str, object] | None:
    """A body that fits; a new customer, block or extension each time."""
    number = f"{next(COUNT):09}"
    return {
        ("POST", f"{ROOT}/customers"): {"id": f"new {number}"},
        ("POST", f"{ROOT}/carriers"): {"id": f"new {number}"},
        ("POST", f"{ROOT}/contacts"): {"login": f"new{number}", "customer": "alpha"},
        ("PATCH", f"{ROOT}/carriers/{{id}}"): {"channels": 30},
        ("PATCH", f"{ROOT}/contacts/{{login}}"): {"department": "Sales"},
        ("POST", BLOCKS): {"customer": "alpha", "start": number, "end": number},
        ("POST", EXTENSIONS): {"customer": "alpha"},
        ("PATCH", f"{EXTENSIONS}/{{extension}}"): {"name": "Desk"},
        ("POST", ALERTS): ASR,
        ("PATCH", f"{ALERTS}/{{alert}}"): {"threshold": "0.3"},
        ("PATCH", f"{ROOT}/customers/{{id}}"): {"due_days": 14},
    }.get((each.method, each.path), BODIES.get(each.path) if each.is_write else None)


@pytest.mark.parametrize("holder", HOLDERS)
@pytest.mark.parametrize("each", OPERATIONS, ids=lambda each: each.name)
def test_a_token_may_what_it_and_its_owner_may(api, each: Operation, holder: str) -> None:
    held = api.tokens[holder]
    body = sent(each) or {}
    answer = api.ask(each.method, address(api, each), token=holder, body=body or None)
    others = held.customer not in {None, "alpha"} and (
        any(part in each.path for part in OF_ALPHA) or "customer" in body
    )
    if not token_may(held.scopes, held.role, each.verb, each.resource):
        expected = 403
        assert 'error="insufficient_scope"' in answer.headers["WWW-Authenticate"]
    elif others or each.path.endswith((*NOT_FILED, *NOTHING)):
        expected = 404
    else:
        expected = each.status
    assert (answer.status, responses[answer.status]) == (expected, responses[expected])


@pytest.mark.parametrize("token", ["", "expired", "revoked", "tb_wrong", "nonsense ü"])
@pytest.mark.parametrize("each", OPERATIONS, ids=lambda each: each.name)
def test_without_a_token_that_counts_nothing_is_told(api, each: Operation, token: str) -> None:
    answer = api.ask(each.method, address(api, each), token=token, body=sent(each))
    assert answer.status == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert set(answer.json) == {"type", "title", "status", "detail", "errors"}


def test_tokens_that_do_not_count_all_have_the_same_answer(api) -> None:
    told = {
        (answer.status, answer.body, answer.headers["WWW-Authenticate"])
        for answer in (
            api.ask("GET", "/api/v1/customers", token=token) for token in ("expired", "revoked", "tb_x")
        )
    }
    assert len(told) == 1


def test_a_refusal_is_in_the_audit(api) -> None:
    api.ask("PATCH", "/api/v1/customers/alpha", token="contact of alpha", body={"due_days": 900})
    api.ask("GET", "/api/v1/customers/beta", token="contact of alpha")
    api.ask("GET", "/api/v1/customers/nobody", token="contact of alpha")
    assert set(api.audited()) >= {
        ("al", "change", "customers", "refused"),
        ("al", "see", "/api/v1/customers/beta", "refused"),
        ("al", "see", "/api/v1/customers/nobody", "refused"),
    }


def test_anothers_is_told_in_the_same_words_as_what_there_is_not(api) -> None:
    for other, nothing in (
        ("/customers/beta", "/customers/nobody"),
        ("/invoices/INV-2026-000002", "/invoices/INV-2026-999999"),
        ("/invoices/INV-2026-000002.pdf", "/invoices/INV-2026-999999.pdf"),
    ):
        one, two = (api.ask("GET", ROOT + path, token="contact of alpha") for path in (other, nothing))
        assert (one.status, one.body) == (two.status, two.body) == (404, one.body)


def test_no_cookie_opens_anything(api) -> None:
    for name in ("tollbook-session", "Authorization"):
        answer = api.ask("GET", "/api/v1/customers", Cookie=f"{name}={api.tokens['admin'].token}")
        assert answer.status == 401
    query = f"/api/v1/customers?access_token={api.tokens['admin'].token}"
    assert api.ask("GET", query).status == 401


@pytest.mark.parametrize("each", OPERATIONS, ids=lambda each: each.name)
def test_each_states_a_right_of_the_table(each: Operation) -> None:
    assert each.resource in RIGHTS
    assert each.verb in VERBS
    assert (each.verb == "change") == (each.method != "GET")
    assert each.words.endswith(".")


class Query(Listed):
    word: str = ""


class Row(Part):
    word: str


def test_its_types_say_what_is_asked_and_answered() -> None:
    @operation("POST", f"{ROOT}/things/{{name}}.txt", "change", "customers", status=201, problems=(404,))
    def make(asked, session, name: Annotated[str, "Its name."], query: Query, body: Row) -> Row:
        """Make a thing."""
        return body

    assert (make.query, make.body, make.answer) == (Query, Row, Row)
    assert make.places == {"name": "Its name."}
    assert make.pattern == r"/api/v1/things/(?P<name>[^/]+)\.txt"
    assert make.name == "post_things_name_txt"
    assert make.refusals == (400, 401, 403, 404, 406, 409, 413, 415, 422, 429, 503)
    assert make.words == "Make a thing."
    assert make.is_write
