"""A server of a workspace with two customers that each have an invoice, and tokens of everybody."""

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import polars as pl
import pytest

from portal.conftest import billed_calls, served
from secrets_kept import SECRETS
from tollbook.account.audit import Actor, events
from tollbook.account.database import Database
from tollbook.account.models import Carrier, Customer
from tollbook.account.people import tokens
from tollbook.account.people.persons import add, found
from tollbook.account.rights import Role
from tollbook.billing.decks import decks_of
from tollbook.billing.filed import RECORD, report_folder
from tollbook.billing.invoices import issue, save_draft
from tollbook.billing.settle import Asked, settle
from tollbook.lake.rollup import refresh
from tollbook.lake.store import Lake
from tollbook.periods import parse_period
from tollbook.tables import CALLS, SEIZURES
from tollbook.workspace import Workspace

BY = Actor(None, "test")
AT = datetime(2026, 10, 20, tzinfo=UTC)
ALPHAS, BETAS = "INV-2026-000001", "INV-2026-000002"
PDF = b"%PDF-1.7 of "


@dataclass(frozen=True)
class Holder:
    """A token, whose it is and what it is for. `customer` is the only one that it has; null: all."""

    token: str
    role: Role
    customer: str | None
    scopes: tuple[str, ...]


@dataclass(frozen=True)
class Answer:
    """What the server answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass(frozen=True)
class Server:
    """A running server, its workspace, and tokens by name."""

    address: str
    workspace: Workspace
    tokens: Mapping[str, Holder]

    def ask(
        self,
        method: str,
        path: str,
        *,
        token: str = "",
        body: object = None,
        raw: bytes | None = None,
        **headers: str,
    ) -> Answer:
        """Send one request; `body` is sent as JSON, `raw` as it is."""
        where = urlsplit(self.address)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if token:
            held = self.tokens.get(token)
            sent["Authorization"] = f"Bearer {held.token if held else token}"
        if body is not None:
            raw, sent["Content-Type"] = json.dumps(body).encode(), "application/json"
        line = HTTPConnection(where.hostname or "", where.port, timeout=60)
        try:
            line.request(method, path, raw, sent)
            answer = line.getresponse()
            return Answer(answer.status, answer.headers, answer.read())
        finally:
            line.close()

    def audited(self) -> list[tuple[str, str, str, str]]:
        """Who did what to what, and what became of it, the oldest first."""
        db = Database.of(self.workspace)
        with db.reading() as session:
            rows = [
                (e["login"], e["action"], e["resource"], e["outcome"]) for e in events(session, None, None)
            ]
        db.close()
        return rows


@pytest.fixture(scope="session")
def api_home(network: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Alpha and beta with the calls of the known network, an invoice each, and a draft of alpha."""
    made = Workspace(tmp_path_factory.mktemp("api") / "home")
    made.create()
    db = Database.of(made)
    with db.session() as session:
        for name in ("alpha", "beta"):
            session.add(Customer(id=name, name=name.title(), currency="EUR", tax_rate=Decimal(19)))
        session.add(Carrier(id="alpha", name="Alpha Transit", currency="USD"))
    known = Lake(network)
    with Lake(made).writing() as step:
        step.append(CALLS, known.scan(CALLS))
        step.append(SEIZURES, known.scan(SEIZURES))
        step.mark(changed=[date(2026, 10, 5)])
    refresh(Lake(made), datetime(2026, 10, 6, tzinfo=UTC))
    _file(made, db, "alpha", parse_period("2026-10"), None)
    period = parse_period("2026-10-05")
    for customer, number in (("alpha", ALPHAS), ("beta", BETAS)):
        _file(made, db, customer, period, number)
    db.close()
    return made


def _file(made: Workspace, db: Database, customer: str, period: Any, number: str | None) -> None:
    with db.reading() as session:
        row = session.get_one(Customer, customer)
    record = settle(Lake(made), Asked(row, decks_of(db, "customer", customer), period, 0))
    assert record is not None
    if number:
        record = record.issued(number, AT)
        assert issue(db, record)
    else:
        save_draft(db, record)
    folder = report_folder(made, customer, period.name)
    folder.mkdir(parents=True)
    (folder / RECORD).write_text(record.text)
    (folder / "invoice.html").write_text(f"<p>{customer}</p>")
    (folder / "invoice.pdf").write_bytes(PDF + customer.encode())


@pytest.fixture(scope="session")
def api_tokens(api_home: Workspace) -> dict[str, Holder]:
    """Tokens by name: of each role for everything to be read, and for one resource alone; and three that do not count."""
    db, now = Database.of(api_home), datetime.now(UTC)
    with db.session() as session:
        for login, entered in (("ada", {"role": "admin"}), ("ann", {"role": "analyst"})):
            add(session, "user", login, entered, BY)
        for login, customer in (("al", "alpha"), ("bo", "beta")):
            add(session, "contact", login, {"customer": customer}, BY)
    made: dict[str, Holder] = {}

    def token(name: str, owner: str, *scopes: str, at: datetime = now, hours: int = 24) -> int:
        roles: dict[str, tuple[Role, str | None]] = {
            "ada": ("admin", None), "ann": ("analyst", None), "al": ("contact", "alpha"), "bo": ("contact", "beta"),
            "beta": ("contact", "beta"),
        }  # fmt: skip
        with db.session() as session:
            whose = session.get_one(Customer, owner) if owner == "beta" else found(session, owner)
            text, row = tokens.make(session, whose, name, scopes, at + timedelta(hours=hours), BY, at)
        made[name] = Holder(SECRETS.add("an API token", text), *roles[owner], tuple(sorted(scopes)))
        return int(row["id"])

    everything = (
        "read",
        "invoices",
        "summary",
        "customers",
        "master_data",
        "people",
        "payments",
        "blocks",
        "extensions",
        "decks",
        "live",
        "alerts",
        "monitoring",
    )
    token("admin", "ada", *everything)
    token("admin reads", "ada", "read")
    token("admin's customers", "ada", "customers")
    token("admin's summary", "ada", "summary")
    token("analyst", "ann", *everything)
    token("prometheus", "ann", "monitoring")
    token("contact of alpha", "al", *everything)
    token("contact of beta", "bo", "read")
    token("contact's summary", "al", "summary")
    token("beta", "beta", *everything)
    token("expired", "ada", *everything, at=now - timedelta(days=2))
    revoked = token("revoked", "ada", *everything)
    with db.session() as session:
        tokens.revoke(session, found(session, "ada"), revoked, BY, now)
    db.close()
    return made


@pytest.fixture(scope="session")
def api(
    api_home: Workspace, api_tokens: dict[str, Holder], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """The server, with a limit that no test reaches unless it means to."""
    yield from _running(api_home, api_tokens, tmp_path_factory.mktemp("params"), 100_000)


@pytest.fixture(scope="session")
def invoicing(network: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server where invoices can be made, with the tokens of ada, an admin, and al, of alpha.

    On 2024-10-05 alpha's calls are charged 4.92, those of gamma have no charge, and nobody entered beta. Those of acme on
    2024-11-05 are charged 4.92, with 19 % of tax 5.85.
    """
    made = Workspace(tmp_path_factory.mktemp("invoicing") / "home")
    made.create()
    db, now = Database.of(made), datetime.now(UTC)
    held: dict[str, Holder] = {}
    whose: dict[str, tuple[Role, str | None]] = {"ada": ("admin", None), "al": ("contact", "alpha")}
    with db.session() as session:
        session.add_all([Customer(id=name, name=name.title(), currency="EUR") for name in ("alpha", "gamma")])
        session.add(Customer(id="acme", name="ACME", currency="EUR", tax_rate=Decimal(19)))
        session.flush()
        for login, (role, customer) in whose.items():
            told = {"customer": customer} if customer else {"role": role}
            add(session, "contact" if customer else "user", login, told, BY)
            scopes = ("read", "customers", "invoices", "payments")
            until = now + timedelta(hours=24)
            text, _ = tokens.make(session, found(session, login), login, scopes, until, BY, now)
            held[login] = Holder(SECRETS.add("an API token", text), role, customer, scopes)
    db.close()
    known, days = Lake(network).scan(CALLS), [date(2024, 10, 5), date(2024, 11, 5)]
    of_acme = billed_calls(known, [days[1]]).filter(pl.col("customer") == "alpha")
    with Lake(made).writing() as step:
        step.append(CALLS, billed_calls(known, [days[0]]))
        step.append(CALLS, of_acme.with_columns(customer=pl.lit("acme")))
        step.mark(changed=days)
    refresh(Lake(made))
    yield from _running(made, held, tmp_path_factory.mktemp("params"), 100_000)


@pytest.fixture
def strict_api(api_home: Workspace, api_tokens: dict[str, Holder], tmp_path: Path) -> Iterator[Server]:
    """The same with three requests a minute."""
    yield from _running(api_home, api_tokens, tmp_path, 3)


def _running(home: Workspace, held: dict[str, Holder], params: Path, quota: int) -> Iterator[Server]:
    (params / "site.yml").write_text(f"api_per_minute: {quota}\n")
    with ExitStack() as running:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("TOLLBOOK_PARAMS", str(params))
            for name in ("TOLLBOOK_DATABASE_URL", "TOLLBOOK_SECRET"):
                patch.delenv(name, raising=False)
            address = running.enter_context(served(home.home))
        yield Server(address.rstrip("/"), home, held)
