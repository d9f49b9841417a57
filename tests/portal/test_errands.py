"""What the portal does beside answering."""

from pathlib import Path
from typing import Any

import pytest

from account.hooks.receivers import receiving
from aside import run
from tollbook.account.audit import Actor
from tollbook.account.database import Database
from tollbook.account.hooks import endpoints
from tollbook.account.models import now
from tollbook.account.secret import workspace_secret
from tollbook.billing import payments
from tollbook.periods import parse_period
from tollbook.portal import errands
from tollbook.runs import orders
from tollbook.workspace import Workspace

BY = Actor(None, "test")


@pytest.fixture(autouse=True)
def _here(charged: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOLLBOOK_HOME", str(charged.home))
    monkeypatch.setenv("TOLLBOOK_PARAMS", str(tmp_path))


def test_events_are_told_where_that_is_allowed(charged: Workspace, tmp_path: Path) -> None:
    db = Database.of(charged)
    with receiving() as receiver:
        with db.session() as session:
            endpoints.add(session, workspace_secret(charged), receiver.url, [], BY, now(), loopback=True)
        assert errands.told() == {}
        with db.session() as session:
            payments.add(session, BY, "acme", "1", "cash", received_at=now())
            payments.add(session, BY, "acme", "2", "cash", received_at=now())
        (tmp_path / "site.yml").write_text("webhooks: {loopback: true}\n")
        assert errands.told() == {"delivered": 2}
    assert len(receiver.came) == 2


def test_runs_are_made_in_a_process_of_their_own(charged: Workspace) -> None:
    assert run(errands.made()) == 0
    with Database.of(charged).session() as session:
        number = orders.put(session, parse_period("2020-01"), None, BY, now()).id
    assert run(errands.made()) == 1
    with Database.of(charged).reading() as session:
        row = session.get_one(orders.InvoiceRun, number)
        assert (row.state, row.total) == ("done", 0)


@pytest.mark.parametrize("errand", ["told", "made"])
def test_one_that_fails_is_begun_anew(errand: str, monkeypatch: pytest.MonkeyPatch) -> None:
    tries: list[int] = []
    logged: list[str] = []
    monkeypatch.setattr(errands._log, "error", lambda *words: logged.append(words[0] % words[1:]))

    def fails() -> Any:
        tries.append(1)
        if len(tries) == 3:
            raise SystemExit
        raise OSError("no more")

    async def fails_later() -> Any:
        return fails()

    monkeypatch.setattr(errands, "EVERY_S", 0)
    monkeypatch.setattr(errands, errand, fails_later if errand == "made" else fails)
    with pytest.raises(SystemExit):
        run(errands.makers() if errand == "made" else errands.tellers())
    assert [line.count("no more") for line in logged] == [1, 1]
