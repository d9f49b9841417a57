"""What providers tell, over HTTP, signed as they sign."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import yaml

from api.conftest import Server
from billing.notices import paypals
from billing.notices.paypals import Paypal, capture, forged, paypal
from billing.notices.stripes import SECRET, charge, checkout, event, signed
from portal.conftest import served
from tollbook.account.database import Database, shared
from tollbook.account.models import Customer
from tollbook.api import notifications
from tollbook.api.notifications import Came, answer
from tollbook.api.rates import Rates
from tollbook.billing import payments
from tollbook.workspace import Workspace

PATH = "/api/v1/notifications"
Ask = Callable[..., int]


@pytest.fixture
def theirs(tmp_path: Path) -> Paypal:
    return paypal(tmp_path)


@pytest.fixture
def told(
    workspace: Workspace, theirs: Paypal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Ask]:
    """Tells what a provider would, with both set up; returns the status."""
    monkeypatch.setenv("TOLLBOOK_HOME", str(workspace.home))
    monkeypatch.setenv("TOLLBOOK_PARAMS", str(tmp_path))
    monkeypatch.setenv("TOLLBOOK_STRIPE_SECRET", SECRET)
    terms = theirs.terms.model_dump()
    (tmp_path / "payments.yml").write_text(yaml.safe_dump(terms))
    (tmp_path / "site.yml").write_text("api_per_minute: 5\n")
    with Database.of(workspace).session() as session:
        session.add(Customer(id="acme", name="ACME", currency="EUR"))
    monkeypatch.setattr("tollbook.api.notifications._rates", Rates(lambda: 0.0))

    def tell(provider: str, body: str, headers: dict[str, str]) -> int:
        return answer(provider, Came(body.encode(), headers, "192.0.2.1")).status

    yield tell
    shared(workspace).close()


def booked(workspace: Workspace) -> list[tuple[str, str, str]]:
    with Database.of(workspace).reading() as session:
        rows = payments.listing(session)
    return [(row["customer"], str(row["amount"]), row["method"]) for row in rows]


def test_what_stripe_signed_is_booked_once(told: Ask, workspace: Workspace) -> None:
    body = checkout()
    assert [told("stripe", body, {"Stripe-Signature": signed(body)}) for _ in range(3)] == [200] * 3
    assert booked(workspace) == [("acme", "120.5", "card")]
    back = charge()
    assert told("stripe", back, {"Stripe-Signature": signed(back)}) == 200
    other = event("customer.created", id="cus_1")
    assert told("stripe", other, {"Stripe-Signature": signed(other)}) == 200


def test_what_paypal_signed_is_booked_once(told: Ask, theirs: Paypal, workspace: Workspace) -> None:
    body = capture()
    assert [told("paypal", body, theirs.headers(body)) for _ in range(3)] == [200] * 3
    assert booked(workspace) == [("acme", "120.5", "paypal")]


def test_a_signature_speaks_for_no_other_body(told: Ask, theirs: Paypal, workspace: Workspace) -> None:
    plan = paypals.event("BILLING.PLAN.CREATED", id="P-1")
    money = forged(capture(), plan)
    headers = theirs.headers(plan)
    assert [told("paypal", body, headers) for body in (plan, money, plan)] == [200, 400, 200]
    assert booked(workspace) == []


def test_what_is_not_signed_is_refused_and_not_endlessly(
    told: Ask, theirs: Paypal, workspace: Workspace
) -> None:
    body = checkout()
    assert [told("stripe", body, {}) for _ in range(3)] == [400] * 3
    assert [told("paypal", capture(), theirs.headers(body)) for _ in range(3)] == [400, 400, 429]
    assert told("stripe", body, {"Stripe-Signature": signed(body)}) == 200
    assert booked(workspace) == [("acme", "120.5", "card")]


def test_nothing_is_there_of_a_provider_that_is_not_set_up(
    told: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TOLLBOOK_STRIPE_SECRET")
    (tmp_path / "payments.yml").write_text("{}")
    assert told("stripe", checkout(), {"Stripe-Signature": signed(checkout())}) == 404
    assert told("paypal", capture(), {}) == 404


def test_where_the_certificate_does_not_count_it_is_to_be_sent_again(
    told: Ask, theirs: Paypal, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path(theirs.terms.paypal_certificate_file).write_text("no certificate")
    logged: list[str] = []
    monkeypatch.setattr(notifications._log, "error", lambda *words: logged.append(words[0] % words[1:]))
    assert told("paypal", capture(), theirs.headers(capture())) == 503
    assert "there is no certificate to read" in logged[0]


@pytest.mark.slow
def test_the_server_takes_them_without_a_token(
    workspace: Workspace, theirs: Paypal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "payments.yml").write_text(yaml.safe_dump(theirs.terms.model_dump()))
    monkeypatch.setenv("TOLLBOOK_PARAMS", str(tmp_path))
    monkeypatch.setenv("TOLLBOOK_STRIPE_SECRET", SECRET)
    with Database.of(workspace).session() as session:
        session.add(Customer(id="acme", name="ACME", currency="EUR"))
    with ExitStack() as running:
        server = Server(running.enter_context(served(workspace.home)).rstrip("/"), workspace, {})

        def tell(provider: str, body: str, **headers: str) -> int:
            return server.ask("POST", f"{PATH}/{provider}", raw=body.encode(), **headers).status

        by_card, by_paypal = checkout(), capture()
        assert tell("stripe", by_card, Stripe_Signature=signed(by_card)) == 200
        assert tell("paypal", by_paypal, **theirs.headers(by_paypal)) == 200
        assert tell("stripe", by_card) == 400
        assert tell("stripe", "x" * 70_000) == 413
        assert tell("other", by_card) == 404
        assert server.ask("GET", f"{PATH}/stripe").status == 405
    assert sorted(booked(workspace)) == [("acme", "120.5", "card"), ("acme", "120.5", "paypal")]
