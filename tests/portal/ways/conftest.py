"""A portal that sends mail and text messages and knows another provider, each a server on this machine."""

import re
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import trustme
import urllib3
import yaml

from account.conftest import context_of
from account.post.servers import Mailbox, Site, as_json, http, smtp
from account.providers import SECRET, Running, provider
from portal.conftest import any_port, served
from portal.doors import cookie_of
from tollbook.account.database import Database
from tollbook.account.models import Customer, now
from tollbook.account.people import credentials
from tollbook.account.people.persons import found
from tollbook.workspace import Workspace

PASSWORD = "four unlikely words together"


@dataclass
class Portal:
    """Where it is, its workspace and parameters, and what was sent."""

    address: str
    home: Path
    params: Path
    box: Mailbox
    gateway: Site
    provider: Running
    context: ssl.SSLContext | None = None

    @property
    def db(self) -> Database:
        return Database.of(Workspace(self.home))

    def enter(self, login: str, **fields: Any) -> tuple[str, str]:
        """A contact of acme with a password; returns the cookie of a session."""
        cookie = cookie_of(self.home, login, customer="acme", **fields)
        with self.db.reading() as session:
            known = found(session, login).password_hash
        if known is None:
            credentials.set_password(self.db, login, PASSWORD, credentials.Actor(None, "tests"), now())
            cookie = cookie_of(self.home, login, customer="acme")
        return cookie

    def person(self, login: str) -> Any:
        with self.db.reading() as session:
            return found(session, login)

    def set(self, **changes: Any) -> None:
        """Change what params/site.yml says, which holds at once."""
        file = self.params / "site.yml"
        file.write_text(yaml.safe_dump({**yaml.safe_load(file.read_text()), **changes}))


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    folder = tmp_path_factory.mktemp("ways")
    home, params, port = folder / "home", folder / "params", any_port()
    workspace, authority = Workspace(home), trustme.CA()
    workspace.create()
    params.mkdir()
    authority.cert_pem.write_to_path(str(folder / "authority.pem"))
    with Database.of(workspace).session() as session:
        session.add(Customer(id="acme", name="ACME"))
    box, gateway = Mailbox(), Site(lambda _asked: as_json({"queued": 1}))
    with ExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        mail = stack.enter_context(smtp(box, None, "none"))
        url = stack.enter_context(http(gateway, context_of(authority, "localhost")))
        running = stack.enter_context(provider())
        site = {
            "name": "Calls",
            "address": f"http://localhost:{port}/",
            "mail": mail.model_dump(),
            "sms": {"url": url, "body": "{to} {text}"},
            "oidc": running.oidc.model_dump(),
        }
        (params / "site.yml").write_text(yaml.safe_dump(site))
        patch.setenv("SSL_CERT_FILE", str(folder / "authority.pem"))
        patch.setenv("TOLLBOOK_PARAMS", str(params))
        patch.setenv("TOLLBOOK_OIDC_CLIENT_SECRET", SECRET)
        stack.enter_context(served(home, "--port", str(port)))
        yield Portal(site["address"], home, params, box, gateway, running)


@pytest.fixture
def set_back(there: Portal) -> Iterator[Portal]:
    """What a test changes in params/site.yml is as it was after it."""
    file = there.params / "site.yml"
    before = file.read_text()
    yield there
    file.write_text(before)


@dataclass
class Browser:
    """Asks as a browser does: keeps cookies, follows nothing."""

    address: str
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, form: dict[str, str] | None = None) -> urllib3.BaseHTTPResponse:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        url = path if path.startswith("http") else f"{self.address}{path}"
        answer = urllib3.request(
            method,
            url,
            body=urlencode(form or {}),
            headers=headers,
            redirect=False,
            retries=False,
            timeout=120,
        )
        for line in answer.headers.getlist("Set-Cookie"):
            name, _, rest = line.partition("=")
            self.cookies[name] = rest.partition(";")[0].strip('"')
        return answer

    def get(self, path: str) -> urllib3.BaseHTTPResponse:
        return self.ask("GET", path)

    def post(self, path: str, **form: str) -> urllib3.BaseHTTPResponse:
        """Send a form, with what its page was given to send back."""
        if not self.cookies.get("_xsrf"):
            self.get("pages" if self.get("login").status == 302 else "login")
        return self.ask("POST", path, {"_xsrf": self.cookies["_xsrf"], **form})


@pytest.fixture
def browser_of(there: Portal) -> Callable[..., Browser]:
    """A browser of a stranger, or of whoever the cookie is."""

    def make(*cookies: tuple[str, str]) -> Browser:
        return Browser(there.address, dict(cookies))

    return make


def said(answer: urllib3.BaseHTTPResponse) -> list[str]:
    """What a page says has gone wrong or was done."""
    text = answer.data.decode()
    return [
        re.sub(r"<[^>]+>", "", one) for one in re.findall(r'<p role="(?:alert|status)"[^>]*>(.+?)</p>', text)
    ]


def waited(look: Callable[[], Any]) -> Any:
    """What is found as soon as it is there."""
    for _ in range(600):
        if found_ := look():
            return found_
        time.sleep(0.1)
    raise AssertionError("it never came")
