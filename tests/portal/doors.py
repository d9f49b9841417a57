"""Signing in without typing: sessions that are begun in the database, and what a browser would send of them."""

import re
from dataclasses import dataclass
from email.message import Message
from html import unescape
from http.client import HTTPConnection
from http.cookiejar import CookieJar
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit
from urllib.request import (
    BaseHandler,
    HTTPCookieProcessor,
    OpenerDirector,
    Request,
    build_opener,
    install_opener,
)

from sqlalchemy import select
from tornado.web import create_signed_value

from secrets_kept import SECRETS
from tollbook.account.audit import Actor
from tollbook.account.database import shared
from tollbook.account.models import now
from tollbook.account.people import persons, sessions
from tollbook.account.people.models import Person
from tollbook.account.people.sessions import Signed
from tollbook.account.people.who import Who
from tollbook.account.rights import Role
from tollbook.account.scope import Scope
from tollbook.account.secret import workspace_secret
from tollbook.portal.access import cookie_name
from tollbook.workspace import Workspace

BY = Actor(None, "tests")
FORM = "application/x-www-form-urlencoded"
KNOWN: dict[str, tuple[str, str]] = {}
"""The cookie of an admin's session for each portal that runs, by its address."""


def cookie_of(home: Path, login: str = "tests", **fields: Any) -> tuple[str, str]:
    """The cookie of a new session of a person, who is entered if need be: a contact where a customer is told."""
    workspace = Workspace(home)
    kind = "contact" if "customer" in fields else "user"
    with shared(workspace).session() as session:
        if session.scalar(select(Person.id).where(Person.login == login)) is None:
            persons.add(session, kind, login, fields or {"role": "admin"}, BY)
        token = sessions.begin(session, persons.found(session, login), "127.0.0.1", "tests", now())
    name, key = cookie_name(workspace), workspace_secret(workspace).key("cookie")
    SECRETS.add("the token of a session", token)
    return name, SECRETS.add("the cookie of a session", create_signed_value(key, name, token).decode())


def reader(role: Role = "admin", customer: str | None = None, **own: str) -> Signed:
    """Somebody who is signed in, for what needs no server."""
    who = Who(
        1, "tests", role, customer, "Tests", *({"language": "", "zone": "", "theme": "system"} | own).values()
    )
    return Signed(1, who, None, Scope(role, customer), "127.0.0.1", now())


def header(cookie: tuple[str, str]) -> dict[str, str]:
    """The cookie as a request's header."""
    return {"Cookie": "=".join(cookie)}


class SignedIn(BaseHandler):
    """Signs in each request to a portal that is known, unless it tells a session itself."""

    handler_order = 900  # after the cookies of a jar

    def http_request(self, request: Request) -> Request:
        for address, cookie in KNOWN.items():
            if request.full_url.startswith(address):
                told = request.get_header("Cookie") or request.unredirected_hdrs.get("Cookie") or ""
                if cookie[0] not in told:
                    request.add_unredirected_header(
                        "Cookie", "; ".join(filter(None, (told, "=".join(cookie))))
                    )
        return request


def stranger(*handlers: Any) -> tuple[OpenerDirector, CookieJar]:
    """Asks as somebody who is not signed in, and what cookies they have."""
    jar = CookieJar()
    return build_opener(HTTPCookieProcessor(jar), *handlers), jar


def sign_everybody_in() -> None:
    """From now on `urlopen` asks as an admin."""
    install_opener(build_opener(SignedIn))


class Visitor:
    """A browser without pictures: it keeps cookies, and sends forms with the token of the page that they are on."""

    def __init__(self, portal: str, cookie: tuple[str, str] | None = None) -> None:
        self.where = urlsplit(portal)
        self.cookies: dict[str, str] = dict([cookie] if cookie else [])

    def get(self, path: str) -> "Seen":
        """A page, without following where it leads."""
        return self._ask("GET", path, None)

    def post(self, path: str, **fields: str) -> "Seen":
        """A form; the page before it gives its token."""
        for page in ("/pages", "/login"):
            if "_xsrf" not in self.cookies:
                self.get(page)
        return self._ask("POST", path, urlencode({**fields, "_xsrf": self.cookies["_xsrf"]}))

    def sign_in(self, login: str, password: str, **more: str) -> "Seen":
        """What the door says."""
        SECRETS.add("a password that was typed", password)
        return self.post("/login", login=login, password=password, **more)

    def _ask(self, method: str, path: str, body: str | None) -> "Seen":
        line = HTTPConnection(self.where.hostname or "", self.where.port, timeout=60)
        told = {"Cookie": "; ".join(map("=".join, self.cookies.items())), "User-Agent": "Visitor"}
        line.request(method, path, body, told | ({"Content-Type": FORM} if body else {}))
        answer = line.getresponse()
        for value in answer.headers.get_all("Set-Cookie") or []:
            for name, morsel in SimpleCookie(value).items():
                self.cookies[name] = SECRETS.add(f"the cookie {name}", morsel.value)
                if not morsel.value:
                    del self.cookies[name]
        seen = Seen(answer.status, answer.headers, answer.read().decode())
        line.close()
        return seen


@dataclass(frozen=True)
class Seen:
    """What came back."""

    status: int
    headers: Message
    text: str

    @property
    def leads(self) -> str:
        """Where it leads."""
        return str(self.headers["Location"])

    @property
    def said(self) -> list[str]:
        """What the page says of what was asked: alerts and what was done."""
        return [unescape(found) for found in re.findall(r'role="(?:alert|status)"[^>]*>([^<]+)<', self.text)]
