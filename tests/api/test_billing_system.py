"""The dialogue of docs/billing-system.md, run as it stands against a server; and the receiver of docs/webhooks.md."""

import re
import runpy
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from api.conftest import BY, Server
from portal.conftest import billed_calls, served
from secrets_kept import SECRETS
from tollbook.account.database import Database
from tollbook.account.hooks.signature import headers, new_secret
from tollbook.account.models import Customer
from tollbook.account.people import tokens
from tollbook.account.people.persons import add, found
from tollbook.lake.rollup import refresh
from tollbook.lake.store import Lake
from tollbook.tables import CALLS
from tollbook.workspace import Workspace

DOCS = Path(__file__).resolve().parents[2] / "docs"
DAY = datetime(2024, 10, 5, tzinfo=UTC).date()
SCRIPT = "\n".join(re.findall(r"(?ms)^```sh\n(.*?)^```", (DOCS / "billing-system.md").read_text()))


@pytest.fixture
def acme(network: Workspace, workspace: Workspace) -> Iterator[tuple[Server, str]]:
    """A server where acme's calls of a day are charged 4.92, with 19 % of tax 5.85; and a token for the whole dialogue."""
    db, now = Database.of(workspace), datetime.now(UTC)
    with db.session() as session:
        session.add(Customer(id="acme", name="ACME", currency="EUR", tax_rate=Decimal(19)))
        add(session, "user", "anna", {"role": "admin"}, BY)
        scopes = ("read", "customers", "invoices", "payments")
        text, _ = tokens.make(
            session, found(session, "anna"), "billing", scopes, now + timedelta(hours=9), BY, now
        )
    db.close()
    calls = billed_calls(Lake(network).scan(CALLS), [DAY]).filter(pl.col("customer") == "alpha")
    with Lake(workspace).writing() as step:
        step.append(CALLS, calls.with_columns(customer=pl.lit("acme")))
        step.mark(changed=[DAY])
    refresh(Lake(workspace))
    with ExitStack() as running:
        address = running.enter_context(served(workspace.home))
        yield Server(address.rstrip("/"), workspace, {}), SECRETS.add("an API token", text)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("curl") is None, reason="no curl on this machine")
def test_the_dialogue_goes_as_it_is_written(acme: tuple[Server, str], tmp_path: Path) -> None:
    server, token = acme
    assert SCRIPT.count("ask ") > 15
    script = SCRIPT.replace("https://calls.example", server.address).replace("2026-10", "2024-10")
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=tmp_path,
        env={"TOKEN": token, "PATH": "/usr/local/bin:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert '"status":"issued"' in done.stdout
    assert (tmp_path / "invoice.pdf").read_bytes().startswith(b"%PDF")
    assert b"<" in (tmp_path / "invoice.xml").read_bytes()[:10]


def test_the_receiver_of_the_docs_knows_what_is_ours(tmp_path: Path) -> None:
    (code,) = re.findall(r"(?ms)^```python\n(.*?)^```", (DOCS / "webhooks.md").read_text())
    (tmp_path / "receiver.py").write_text(code)
    verified = runpy.run_path(str(tmp_path / "receiver.py"))["verified"]
    secret, body, at = new_secret(), b'{"id": "evt_1"}', int(time.time())
    told = headers(secret, "evt_1", at, body)
    assert verified(secret, told, body)
    assert not verified(new_secret(), told, body)
    assert not verified(secret, told, body + b" ")
    assert not verified(secret, {**told, "webhook-id": "evt_2"}, body)
    assert not verified(secret, headers(secret, "evt_1", at - 301, body), body)
