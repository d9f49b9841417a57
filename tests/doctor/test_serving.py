"""What has to be well before others come in: each fault is named, with what to do."""

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tornado.web import Application, RequestHandler

from portal.world import Papers, parameters, ports
from tollbook.account.audit import Actor
from tollbook.account.database import Database
from tollbook.account.models import now
from tollbook.account.people import credentials, persons
from tollbook.account.secret import workspace_secret
from tollbook.doctor import serving as module
from tollbook.doctor.check import Check
from tollbook.doctor.serving import serving
from tollbook.portal.certificate import Certificate
from tollbook.portal.listen import listen
from tollbook.portal.reach import Reach
from tollbook.workspace import Workspace

DOCS = Path(__file__).resolve().parents[2] / "docs" / "serving.md"
ADMIN, BY = "anna", Actor(None, "tests")
PASSWORD = "seventeen-yellow-kites-at-noon"


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, object]]:
    """What stands in params/site.yml; written anew before each look."""
    told: dict[str, object] = {}
    monkeypatch.setenv("TOLLBOOK_PARAMS", str(tmp_path / "params"))
    yield told
    assert (tmp_path / "params").exists()


def looked(place: Workspace, site: dict[str, object]) -> dict[str, Check]:
    parameters(place.home.parent / "params", **site)
    return {check.check: check for check in serving(place)}


def admin(place: Workspace, *, password: bool = True) -> None:
    db = Database.of(place)
    with db.session() as session:
        persons.add(session, "user", ADMIN, {"role": "admin"}, BY)
    if password:
        credentials.set_password(db, ADMIN, PASSWORD, BY, now())
    db.close()


def test_what_only_this_machine_reaches_needs_little(workspace: Workspace, site: dict[str, object]) -> None:
    found = looked(workspace, site)
    assert all(check.ok for check in found.values())
    assert found["secret"].found == "made at the first start"
    assert found["served to"].found == "this machine only"
    assert "mail" not in found


def test_for_others_a_missing_secret_and_nobody_who_can_sign_in_are_faults(
    workspace: Workspace, site: dict[str, object]
) -> None:
    found = looked(workspace, {**site, "address": f"https://localhost:{ports(1)[0]}/"})
    assert not found["secret"].ok
    assert "restore it from a backup" in (found["secret"].mend or "")
    assert (found["admins"].ok, found["admins"].found) == (False, "none")
    assert "no answer" in found["answer"].found
    assert found["mail"].mend == "nobody can be sent a link or a code: set `mail` in params/site.yml"


def test_a_secret_or_a_folder_that_is_open_to_others_is_a_fault(
    workspace: Workspace, site: dict[str, object]
) -> None:
    workspace_secret(workspace)
    assert looked(workspace, site)["workspace folder"].found == "closed to others"
    (workspace.home / "secret").chmod(0o644)
    assert "chmod 600" in (looked(workspace, site)["secret"].mend or "")
    workspace.home.chmod(0o755)
    found = looked(workspace, {**site, "address": f"https://localhost:{ports(1)[0]}/"})
    assert "chmod 600" in (found["secret"].mend or "")
    assert (found["workspace folder"].ok, found["workspace folder"].mend) == (
        False,
        f"`chmod o= {workspace.home}`",
    )


def test_admins_who_cannot_sign_in_or_have_one_factor_are_named(
    workspace: Workspace, site: dict[str, object]
) -> None:
    admin(workspace, password=False)
    found = looked(workspace, site)
    assert found["admins"].mend == "`tollbook user add NAME --role admin`, then `tollbook user password NAME`"
    db = Database.of(workspace)
    credentials.set_password(db, ADMIN, PASSWORD, BY, now())
    with db.session() as session:
        persons.add(session, "user", "bob", {"role": "admin"}, BY)
    db.close()
    found = looked(workspace, site)
    assert found["admins"].found == "anna, bob"
    assert "tollbook user password bob" in (found["admins"].mend or "")
    assert found["second factors"].found == "missing: anna"


def test_more_pages_than_the_machine_has_memory_for_are_told(
    workspace: Workspace, site: dict[str, object]
) -> None:
    assert looked(workspace, {**site, "sessions": 1})["memory"].mend is None
    assert "or add memory" in (looked(workspace, {**site, "sessions": 10_000})["memory"].mend or "")


def test_a_wrong_site_is_one_fault(workspace: Workspace, site: dict[str, object]) -> None:
    found = looked(workspace, {**site, "adress": "x"})
    assert list(found) == ["site"]
    assert "did you mean 'address'" in (found["site"].mend or "")


@contextmanager
def answering(papers: Papers, status: int) -> Iterator[str]:
    """A server with a certificate, which answers anything with one status."""

    class One(RequestHandler):
        def get(self) -> None:
            self.set_status(status)

    port, begun, ended = ports(1)[0], threading.Event(), asyncio.Event()
    address = f"https://localhost:{port}/tollbook/"
    loop = asyncio.new_event_loop()

    async def main() -> None:
        own = Certificate(papers.chain, papers.key)
        listen(Application([("/tollbook/login", One)]), Reach("127.0.0.1", port, "/", address, (), own))
        begun.set()
        await ended.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(main(),))
    thread.start()
    begun.wait(10)
    try:
        yield address
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join()
        loop.close()


@pytest.mark.parametrize(
    ("status", "ok", "words"),
    [
        (200, True, None),
        (308, False, "let it set X-Forwarded-Proto"),
        (403, False, "pass Host on as it came"),
        (404, False, "the path is lost on the way"),
        (502, True, "its proxy is not in `proxies`"),
        (418, False, "look into the logs"),
    ],
)
def test_the_portal_is_asked_at_its_address(
    workspace: Workspace,
    site: dict[str, object],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    status: int,
    ok: bool,  # noqa: FBT001 - a column of the table
    words: str | None,
) -> None:
    papers = Papers.made(tmp_path, "localhost")
    monkeypatch.setenv("SSL_CERT_FILE", str(papers.authority))
    with answering(papers, status) as address:
        found = looked(workspace, {**site, "address": address, "proxies": ["127.0.0.1"]})
    assert (found["certificate"].ok, found["certificate"].found) == (True, "89 days left")
    assert (found["answer"].ok, found["answer"].found) == (ok, str(status))
    assert found["answer"].mend is None if words is None else words in (found["answer"].mend or "")
    assert found["proxies"].found == "127.0.0.1"


@pytest.mark.parametrize(
    ("name", "days", "words"),
    [("localhost", 5, None), ("elsewhere.example", 90, "mismatch"), ("localhost", -0.5, "expired")],
)
def test_a_certificate_that_no_browser_takes_is_a_fault(
    workspace: Workspace,
    site: dict[str, object],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    days: float,
    words: str | None,
) -> None:
    papers = Papers.made(tmp_path, name, days)
    monkeypatch.setenv("SSL_CERT_FILE", str(papers.authority))
    with answering(papers, 200) as address:
        check = looked(workspace, {**site, "address": address})["certificate"]
    if words:
        assert not check.ok
        assert words in check.found
    else:
        assert (check.ok, check.mend) == (True, "renew it")


def test_every_check_is_on_the_operators_list(workspace: Workspace, site: dict[str, object]) -> None:
    names = {*looked(workspace, site), *looked(workspace, {**site, "address": "https://localhost:1/"})}
    text = DOCS.read_text().partition("## The operator's checklist")[2]
    assert [name for name in sorted({*names, "certificate"}) if f"| `{name}` |" not in text] == []
    assert json.dumps([check.__dict__ for check in module.serving(workspace)])
