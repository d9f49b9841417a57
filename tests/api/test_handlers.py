"""The server as programs meet it: methods, forms, sizes, and what is told where there is no answer."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
from tornado.httpclient import AsyncHTTPClient
from tornado.httpserver import HTTPServer
from tornado.testing import bind_unused_port
from tornado.web import Application

from aside import run
from tollbook.account.database import Database
from tollbook.account.models import Invoice
from tollbook.api import handlers
from tollbook.api.handlers import LONGEST, MOST, Document, Endpoint, Notification, routes
from tollbook.api.resources.live import STREAM
from tollbook.api.streams import LiveStream
from tollbook.api.table import OPERATIONS

PROBLEM = "application/problem+json"


def is_problem(answer, status: int) -> bool:
    told = (answer.status, answer.headers["Content-Type"], answer.json["status"])
    return told == (status, PROBLEM, status)


@pytest.mark.parametrize(
    "path", ["/api/v1", "/api/v1/", "/api/v1/nothing", "/api/v1/customers/a/b", "/api/v1/customers/"]
)
def test_what_is_not_there_is_a_problem_too(api, path: str) -> None:
    assert is_problem(api.ask("GET", path), 404)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/api/v1/customers", "GET, HEAD, POST"),
        ("BREW", "/api/v1/customers/alpha", "GET, HEAD, PATCH"),
        ("OPTIONS", "/api/v1/summary", "GET, HEAD"),
        ("POST", "/api/v1/openapi.json", "GET, HEAD"),
        ("GET", "/api/v1/notifications/stripe", "POST"),
    ],
)
def test_a_method_that_an_address_does_not_have(api, method: str, path: str, allowed: str) -> None:
    answer = api.ask(method, path, token="admin")
    assert is_problem(answer, 405)
    assert answer.headers["Allow"] == allowed


def test_a_body_that_is_too_long_is_not_read(api) -> None:
    long = b'{"id": "' + b"x" * LONGEST + b'"}'
    sent = {"Content_Type": "application/json"}
    assert is_problem(api.ask("POST", "/api/v1/customers", token="admin", raw=long, **sent), 413)


def test_nor_one_that_does_not_say_how_long_it_is(api) -> None:
    where = urlsplit(api.address)
    line = HTTPConnection(where.hostname, where.port)
    line.request(
        "POST",
        "/api/v1/customers",
        iter([b"x" * LONGEST, b"x"]),
        {"Authorization": f"Bearer {api.tokens['admin'].token}", "Content-Type": "application/json"},
        encode_chunked=True,
    )
    assert line.getresponse().status == 413
    line.close()


def test_a_body_is_json(api) -> None:
    def post(raw: bytes, kind: str):
        return api.ask("POST", "/api/v1/customers", token="admin", raw=raw, Content_Type=kind)

    assert is_problem(post(b"id=x", "application/x-www-form-urlencoded"), 415)
    assert is_problem(post(b"{", "application/json"), 400)
    assert is_problem(post(b'{"id": "\\ud800"}', "application/json"), 400)
    assert is_problem(post(b"[]", "application/json; charset=utf-8"), 422)
    assert is_problem(post(b"{}", "application/json; charset=latin-1"), 415)


def test_an_answer_is_of_a_kind_that_is_accepted(api) -> None:
    assert is_problem(api.ask("GET", "/api/v1/customers", token="admin", Accept="text/html"), 406)
    assert api.ask("GET", "/api/v1/customers", token="admin", Accept="text/html, */*;q=0.1").status == 200


def test_an_unknown_parameter_is_refused_with_the_nearest_name(api) -> None:
    answer = api.ask("GET", "/api/v1/invoices?costumer=alpha", token="admin")
    assert is_problem(answer, 400)
    assert answer.json["errors"] == [
        {"name": "costumer", "why": "there is no such parameter, did you mean 'customer'?"}
    ]
    assert is_problem(api.ask("GET", "/api/v1/customers/alpha?limit=1", token="admin"), 400)
    assert is_problem(api.ask("GET", "/api/v1/customers?limit=1&limit=2", token="admin"), 400)
    assert is_problem(api.ask("GET", "/api/v1/customers?id=%ff", token="admin"), 400)


def test_the_same_answer_is_known_by_its_tag(api) -> None:
    path = "/api/v1/invoices?limit=1"
    first, second = (api.ask("GET", path, token="admin") for _ in range(2))
    assert first.json["next"]
    assert first.headers["ETag"] == second.headers["ETag"]
    again = api.ask("GET", path, token="admin", If_None_Match=first.headers["ETag"])
    assert (again.status, again.body) == (304, b"")
    other = api.ask("GET", path, token="contact of beta", If_None_Match=first.headers["ETag"])
    assert other.status == 200


def test_the_head_alone_can_be_asked_for(api) -> None:
    whole, head = (api.ask(method, "/api/v1/customers/alpha", token="admin") for method in ("GET", "HEAD"))
    assert (head.status, head.body) == (200, b"")
    assert head.headers["ETag"] == whole.headers["ETag"]


def test_nothing_is_kept_by_others_or_run(api) -> None:
    headers = api.ask("GET", "/api/v1/customers", token="admin").headers
    assert headers["Cache-Control"] == "private, no-cache"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in headers


def test_a_token_has_so_many_requests_a_minute_and_wrong_ones_cost_no_other_token(strict_api) -> None:
    def status(token: str) -> int:
        return strict_api.ask("GET", "/api/v1/customers", token=token).status

    assert [status("contact of alpha") for _ in range(3)] == [200] * 3
    over = strict_api.ask("GET", "/api/v1/customers", token="contact of alpha")
    assert is_problem(over, 429)
    assert 1 <= int(over.headers["Retry-After"]) <= 60
    assert over.headers["RateLimit-Policy"] == '"owner";q=3;w=60'
    assert over.headers["RateLimit"].startswith('"owner";r=0;t=')
    assert [status("tb_wrong") for _ in range(4)] == [401] * 3 + [429]
    assert status("contact of beta") == 200


def test_what_goes_wrong_here_is_a_problem_too_and_tells_nothing(api) -> None:
    db, at = Database.of(api.workspace), datetime(2026, 11, 1, tzinfo=UTC)
    period = {"period_name": "2026-11-01", "period_start": at, "period_end": at + timedelta(days=1)}
    amounts = dict.fromkeys(("net", "tax", "total", "exact_charge", "rounding"), Decimal(0))
    damaged = Invoice(
        customer_id="beta", number="INV-2026-000666", status="issued", issued_at=at, currency="EUR", record="{damaged",
        **period, **amounts,
    )  # fmt: skip
    with db.session() as session:
        session.add(damaged)
    try:
        answer = api.ask("GET", "/api/v1/invoices/INV-2026-000666", token="admin")
    finally:
        with db.session() as session:
            session.delete(damaged)
        db.close()
    assert is_problem(answer, 500)
    assert "damaged" not in answer.text


def test_more_than_the_server_can_hold_are_told_to_come_again(api) -> None:
    def ask(_: int) -> tuple[int, str | None]:
        answer = api.ask("GET", "/api/v1/summary", token="admin")
        return answer.status, answer.headers["Retry-After"]

    with ThreadPoolExecutor(MOST + 40) as many:
        told = set(many.map(ask, range(2 * MOST)))
    assert told <= {(200, None), (503, "1")}


def test_the_server_goes_on_while_requests_are_answered(api) -> None:
    def ask(number: int) -> int:
        path = "/healthz" if number % 4 == 0 else "/api/v1/summary"
        return api.ask("GET", path, token="admin").status

    with ThreadPoolExecutor(12) as many:
        assert set(many.map(ask, range(48))) == {200}


def test_every_operation_has_its_route_under_the_base_address() -> None:
    made = routes("/x/")
    assert made[0] == ("/x/api/v1/openapi.json", Document)
    assert made[-1] == ("/x/api/v1(?:/.*)?", Endpoint)
    assert made[1] == ("/x/api/v1/notifications/(stripe|paypal)", Notification)
    held = [each for entry in made[2:-1] for each in entry[2]["operations"]]
    assert sorted(each.name for each in held) == sorted(each.name for each in OPERATIONS)


def test_the_document_is_everybodys(api) -> None:
    answer = api.ask("GET", "/api/v1/openapi.json")
    assert answer.status == 200
    assert json.loads(answer.body)["openapi"] == "3.1.0"
    assert api.ask("GET", "/healthz").json == {"status": "ok"}


def test_nothing_is_taken_beyond_what_can_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handlers, "_inside", set(range(MOST)))
    app = Application([(STREAM, LiveStream), *routes("/")], base_url="/")  # type: ignore[arg-type]
    asked = (
        *(("GET", path) for path in ("/api/v1/openapi.json", "/api/v1/summary", STREAM)),
        ("POST", "/api/v1/notifications/stripe"),
    )

    async def told() -> list[tuple[int, str]]:
        line, port = bind_unused_port()
        server = HTTPServer(app)
        server.add_socket(line)
        here = f"http://127.0.0.1:{port}"
        client = AsyncHTTPClient()
        try:
            answers = [
                await client.fetch(
                    here + path, method=method, body=b"" if method == "POST" else None, raise_error=False
                )
                for method, path in asked
            ]
        finally:
            client.close()
            server.stop()
        return [(answer.code, answer.headers["Retry-After"]) for answer in answers]

    assert run(told()) == [(503, "1")] * len(asked)
