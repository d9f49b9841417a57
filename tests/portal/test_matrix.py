"""Every way in, for every kind of reader, as the table of rights says: tried for real at a running portal."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from html import escape
from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit

import pytest
from sqlalchemy import update
from tornado.web import RequestHandler, StaticFileHandler

from portal.doors import BY, Visitor, cookie_of
from tollbook.account import audit
from tollbook.account.database import Database, shared
from tollbook.account.models import now
from tollbook.account.people import persons, sessions
from tollbook.account.people.models import PersonSession
from tollbook.account.rights import may
from tollbook.params import Invoice, Site, folder, read
from tollbook.periods import parse_period
from tollbook.portal.access import asked_by
from tollbook.portal.reach import Reach
from tollbook.runs.invoices import Bill, make_invoice

pytestmark = pytest.mark.slow

METHODS = ("POST", "GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS")
HOLDERS = {
    # who asks: the role whose rights that has
    "nobody": None,
    "a contact": "contact",
    "another customer's contact": "contact",
    "an analyst": "analyst",
    "an admin": "admin",
    "an admin as a contact": "contact",
    "an admin whose session ran out": None,
    "an admin whose session was ended": None,
    "an admin who is disabled": None,
    "a forged cookie": None,
    "a cookie of another workspace": None,
}
ANY_METHOD = ("nobody", "a contact", "an admin")
"""Who tries methods that a handler does not have, too: it answers them before it asks who somebody is."""
NAMES = re.compile("alpha|beta|gamma|north|south|Latvia|0\\.0123")
"""What only those who may see it should read."""


@pytest.fixture(scope="module")
def number(billable):
    """An invoice of alpha."""
    made = make_invoice(Bill(billable, "alpha", parse_period("2024-10-05"), now(), Invoice()))
    return made["number"]


@pytest.fixture(scope="module")
def routes(billable, number):
    """An address of each handler that the program has, with the handler, and the resource that it is of."""
    from tollbook.portal.serve import JUPYTER  # noqa: PLC0415 - Voila reads the path when it is imported

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_PATH", str(JUPYTER))
        patch.setenv("TOLLBOOK_HOME", str(billable.home))
        from tollbook.portal.app import TollbookApp, settings  # noqa: PLC0415

        config = settings(
            reach=Reach("127.0.0.1", 1, "/"),
            notebooks=str(folder("notebooks")),
            sessions=1,
            cookie_secret=b"0" * 32,
        )
        app = TollbookApp(config=config)
        app.initialize([])
        app.connection_dir = str(billable.home)
        app.init_settings()
        handlers = app.init_handlers()
    return [
        (example(pattern, number), handler, resource_of(handler, *rest))
        for pattern, handler, *rest in handlers
        if not handler.__module__.startswith("tollbook.api")  # which has a table and tests of its own
    ]


def example(pattern, number):
    """An address that a pattern takes: of the invoice where there is one."""
    known = {
        "/invoices/draft/([^/]+)/([^/]+)": "/invoices/draft/alpha/2024-10-05",
        "/invoices/draft/([^/]+)/([^/]+)/([^/]+)": "/invoices/draft/alpha/2024-10-05/invoice.html",
        "/invoices/([^/]+)": f"/invoices/{number}",
        "/invoices/([^/]+)/([^/]+)": f"/invoices/{number}/invoice.html",
        "/invoices/([^/]+)/paid": f"/invoices/{number}/paid",
        "/invoices/([^/]+)/credit": f"/invoices/{number}/credit",
        "/invoices/([^/]+)/send": f"/invoices/{number}/send",
        r"/payments/statement\.(csv|pdf)": "/payments/statement.csv",
        r"/audit\.(csv|xlsx)": "/audit.csv",
        r"/rejects/([^/]+\.csv)": "/rejects/x.csv",
        ".*": "/nothing",
    }
    plain = re.sub(
        r"\(\?P<kernel_id>[^)]*\)", "6b3a3b9c-5bb5-4b8e-9e0b-3f6f1b1f5c11", known.get(pattern, pattern)
    )
    plain = re.sub(r"\([^)]*\)", "x", plain)
    assert re.fullmatch(pattern, plain), f"write an example of {pattern}"
    return plain


def resource_of(handler, options=None, *_):
    page = (options or {}).get("page")
    return page.resource if page else getattr(handler, "resource", "")


def cookie(billable, who):
    """A new session's cookie, of one of the kinds of reader."""
    if who == "nobody":
        return None
    if who in {"a contact", "another customer's contact"}:
        login, customer = ("carl", "alpha") if who == "a contact" else ("dora", "gamma")
        return cookie_of(billable.home, login, customer=customer)
    if who == "an analyst":
        return cookie_of(billable.home, "analyst", role="analyst")
    if who in {"a forged cookie", "a cookie of another workspace"}:
        name, value = cookie_of(billable.home, "forger", role="admin")
        return (
            (name, value[:-6] + "000000")
            if who == "a forged cookie"
            else ("tollbook-session-00000000", value)
        )
    login = who.replace(" ", "-")
    made = cookie_of(billable.home, login, role="admin")
    change(billable, who, login)
    return made


def change(billable, who, login):
    """What became of the newest session, or of whom it is."""
    with shared(billable).session() as session:
        person = persons.found(session, login)
        (row, *_) = sessions.own(session, person.id, read("site", Site), now())
        newest = update(PersonSession).where(PersonSession.id == row["id"])
        if who == "an admin whose session ran out":
            session.execute(
                newest.values(last_used_at=now() - timedelta(days=9), created_at=now() - timedelta(days=9))
            )
        elif who == "an admin whose session was ended":
            sessions.end(session, person.id, row["id"], BY, now())
        elif who == "an admin who is disabled":
            person.disabled_at = now()
        elif who == "an admin as a contact":
            contact = persons.found(session, "carl")
            session.execute(newest.values(as_person_id=contact.id))


class Asked:
    """What a portal answers."""

    def __init__(self, portal):
        self.where = urlsplit(portal)
        self.xsrf = "2|00000000|" + "0" * 32 + "|1700000000"

    def __call__(self, method, path, cookie, *, token=True, **more):
        """Status, headers and text; with the token that a page of ours would send."""
        line = HTTPConnection(self.where.hostname, self.where.port, timeout=60)
        told = [f"_xsrf={self.xsrf}", *(["=".join(cookie)] if cookie else [])]
        headers = {"Cookie": "; ".join(told), **({"X-XSRFToken": self.xsrf} if token else {}), **more}
        line.request(method, path, headers=headers)
        answer = line.getresponse()
        text = answer.read().decode(errors="replace")
        line.close()
        return answer.status, answer.headers, text


@pytest.fixture(scope="module")
def ask(billing):
    return Asked(billing)


def is_refused(status, headers):
    return status in {401, 403} or (status == 302 and headers["Location"].startswith("/login"))


def is_public(handler, method):
    """Whether a handler says that anybody may, or gives files of the program's own that are everybody's."""
    told = getattr(handler, method.lower(), None)
    return issubclass(handler, StaticFileHandler) or getattr(told, "__allow_unauthenticated", False)


def implements(handler, method):
    return getattr(handler, method.lower()) is not getattr(RequestHandler, method.lower())


def test_every_method_of_every_handler_says_what_right_it_asks_for(routes):
    open_to_nobody = [
        f"{method} {path}"
        for path, handler, resource in routes
        for method in METHODS
        if method not in {"HEAD", "OPTIONS"}
        and implements(handler, method)
        and not is_public(handler, method)
        and not all(asked_by(handler, method.lower(), resource) or [""])
    ]
    assert open_to_nobody == []


@pytest.mark.parametrize("who", HOLDERS)
def test_each_is_let_in_where_the_table_says_and_nowhere_else(routes, billable, ask, who):
    wrong, mine = [], None
    for path, handler, resource in routes:
        for method in METHODS:
            if is_public(handler, method) or not (implements(handler, method) or who in ANY_METHOD):
                continue
            if method in {"POST", "GET"}:  # what was sent before may have ended its session
                mine = cookie(billable, who)
            status, headers, text = ask(method, path, mine)
            right = asked_by(handler, "get" if method == "HEAD" else method.lower(), resource)
            allowed = bool(right) and may(HOLDERS[who], *right)
            if allowed == is_refused(status, headers) and (allowed or status != 405):
                wrong.append(
                    f"{method} {path}: {status}, though {right} is {'' if allowed else 'not '}for {who}"
                )
            # The head of a page has the checklist, which tells names to those who may see it.
            if (
                is_refused(status, headers)
                and NAMES.search(text)
                and not may(HOLDERS[who], "see", "master_data")
            ):
                wrong.append(f"{method} {path}: its refusal tells {NAMES.search(text)[0]}")
    assert wrong == []


@pytest.mark.parametrize("who", ["a contact", "an analyst", "an admin"])
def test_nothing_is_changed_by_a_page_of_another_site(routes, billable, ask, who):
    mine = cookie(billable, who)
    taken = [
        f"{method} {path}"
        for path, handler, _ in routes
        for method in ("POST", "PUT", "PATCH", "DELETE")
        if not issubclass(handler, StaticFileHandler)
        and ask(method, path, mine, token=False)[0] not in {403, 405}
    ]
    assert taken == []


@pytest.mark.parametrize(
    "path",
    [
        "/voila/templates/tollbook/index.html.j2",
        "/voila/templates/tollbook/conf.json",
        "/voila/templates/tollbook/static/../index.html.j2",
        "/voila/templates/tollbook/static/%2e%2e/index.html.j2",
        "/voila/templates/..%2f..%2f..%2fetc/passwd",
        "/voila/static/../../../../etc/passwd",
        "/voila/static/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "/voila/labextensions/..%2f..%2f..%2f..%2fetc%2fpasswd",
        "/voila/files/tollbook.db",
        "/voila/render/dashboard.ipynb",
        "/tollbook.db",
        "/secret",
        "/static/../secret",
        "/notebooks/dashboard.ipynb",
        "/api/contents/dashboard.ipynb",
        "/api/sessions",
        "/api/kernels",
        "/api/terminals",
        "/api/status",
        "/lab",
        "/tree",
    ],
)
@pytest.mark.parametrize("who", ["nobody", "a contact", "an admin"])
def test_no_file_beside_the_portals_own_is_reached(billable, ask, path, who):
    status, headers, text = ask("GET", path, cookie(billable, who))
    assert status in {404, 403} or is_refused(status, headers)
    assert not re.search("root:|SQLite|{%-|nbformat", text)


@pytest.mark.parametrize(
    "wanted",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "/%0d%0aSet-Cookie:a=b",
        "\t//evil.example",
    ],
)
def test_signing_in_leads_to_no_other_site(billable, ask, wanted):
    path = f"/login?next={wanted.replace(' ', '%20').replace(chr(9), '%09').replace(chr(92), '%5C')}"
    status, headers, _ = ask("GET", path, cookie(billable, "an admin"))
    assert status == 302
    assert urlsplit(headers["Location"]).netloc == ""
    assert not headers["Location"].startswith(("//", "/\\"))
    assert headers["Set-Cookie"] is None or "a=b" not in headers["Set-Cookie"]


def opened_and_left(visitor, path):
    """A page's status and text; its session is ended as when a browser leaves it."""
    seen = visitor.get(path)
    kernel_id = re.search(r'"kernelId":"([^"]*)"', seen.text)
    if kernel_id and kernel_id[1]:
        assert visitor.post(f"/voila/api/shutdown/{kernel_id[1]}").status == 204
    return seen.status, seen.text


@pytest.mark.parametrize("page", ["dashboard", "summary", "calls", "invoices"])
def test_a_contact_who_asks_for_another_customer_in_any_parameter_reads_nothing_of_it(
    billable, billing, page
):
    gamma = Visitor(billing, cookie(billable, "another customer's contact"))
    values = "alpha", '{"field":"customer","op":"is","value":"alpha"}', "s1,c3,2024-10-05"
    for name in (
        "customer",
        "carrier",
        "destination",
        "where",
        "number",
        "call",
        "by",
        "only",
        "sort",
        "columns",
    ):
        for value in values:
            query = urlencode({"start": "2024-10-05", "end": "2024-10-06", name: value})
            status, text = opened_and_left(gamma, f"/{page}?{query}")
            assert status in {200, 400}, (name, value)
            told = text.replace(value, "").replace(escape(value), "").replace(json.dumps(value)[1:-1], "")
            assert not re.search("north|south|Alpha|0\\.0123|4\\.92|1,000", told), (name, value)


@pytest.mark.parametrize(
    "name", ["__import__", "os.system('x')", "a=1;import os", "x\ny", "customer]", "zone\nimport os"]
)
def test_a_parameters_name_is_never_code(billable, billing, name):
    anna = Visitor(billing, cookie(billable, "an admin"))
    status, text = opened_and_left(anna, f"/dashboard?{urlencode({name: 1})}")
    assert status == 200  # as if it were not there
    assert 'data-metric="attempts"' in text or "tollbook-early" in text
    assert "Traceback" not in text


def test_the_cookie_of_a_session_is_new_at_each_sign_in_and_an_older_one_gets_nobody_in(billable, ask):
    from tollbook.account.people.credentials import set_password  # noqa: PLC0415
    from tollbook.portal.access import cookie_name  # noqa: PLC0415

    cookie_of(billable.home, "fixed", role="admin")
    set_password(Database.of(billable), "fixed", "four words of mine", BY, now())
    planted = (cookie_name(billable), "2|1:0|10:1700000000|x|y")
    line = HTTPConnection(ask.where.hostname, ask.where.port)
    body = urlencode(
        {"login": "fixed", "password": "four words of mine", "_xsrf": ask.xsrf, "next": "/pages"}
    )
    headers = {
        "Cookie": f"_xsrf={ask.xsrf}; {'='.join(planted)}",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    line.request("POST", "/login", body, headers)
    answer = line.getresponse()
    assert (answer.status, answer.headers["Location"]) == (303, "/pages")
    given = next(value for value in answer.headers.get_all("Set-Cookie") if value.startswith(planted[0]))
    assert planted[1] not in given
    assert "HttpOnly" in given
    assert "SameSite=Lax" in given
    assert any(value.startswith("_xsrf=") for value in answer.headers.get_all("Set-Cookie"))
    assert is_refused(*ask("GET", "/pages", planted)[:2])


@pytest.mark.parametrize("path", ["customers", "invoices", "summary?view=daily"])
def test_a_session_opens_nothing_of_the_api(billable, ask, path):
    assert ask("GET", f"/api/v1/{path}", cookie(billable, "an admin"))[0] == 401
    assert ask("GET", "/metrics", cookie(billable, "an admin"))[0] == 401


def test_nobody_signs_another_browser_in_without_its_token(billable, ask):
    status, _, _ = ask("POST", "/login", None, token=False)
    assert status == 403


def test_no_answer_is_taken_for_another_kind_or_shown_within_another_site(ask, billable):
    _, headers, _ = ask("GET", "/nothing", cookie(billable, "an admin"))
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "SAMEORIGIN"


def test_many_at_once_are_each_answered_as_themselves(billable, ask):
    mine = {who: cookie(billable, who) for who in ("a contact", "an admin", "nobody")}

    def visit(who):
        status, headers, _ = ask("GET", "/carriers", mine[who])
        return who, is_refused(status, headers)

    with ThreadPoolExecutor(12) as pool:
        told = set(pool.map(visit, [*mine] * 12))
    assert told == {("a contact", True), ("an admin", False), ("nobody", True)}


def test_a_refusal_is_in_the_audit_and_the_same_again_is_not(billable, ask):
    name, value = cookie_of(billable.home, "curious", customer="alpha")
    for _ in range(3):
        assert ask("GET", "/carriers", (name, value))[0] == 403
    with shared(billable).reading() as session:
        told = [
            row
            for row in audit.events(session, None, None)
            if row["login"] == "curious" and row["outcome"] == "refused"
        ]
    assert [(row["action"], row["resource"]) for row in told] == [("see", "carriers")]
