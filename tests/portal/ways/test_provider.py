from collections.abc import Callable
from urllib.parse import urlencode

import pytest

from portal.ways.conftest import Browser, Portal, said
from tollbook.account import audit
from tollbook.portal.access import cookie_name
from tollbook.workspace import Workspace

WRONG = "Signing in did not work: try again"


def through(there: Portal, browser: Browser, then: str = "") -> str:
    """Where the browser is sent back to by the provider."""
    went = browser.get(f"oidc/start?{urlencode({'next': then})}")
    assert went.status == 303
    return f"oidc/back?{urlencode(there.provider.back(went.headers['Location']))}"


def test_who_is_known_there_is_let_in_with_a_new_session_and_lands_where_they_wanted(
    there: Portal, browser_of: Callable[..., Browser]
) -> None:
    there.enter("gil", email="gil@acme.example")
    there.provider.tell({"sub": "g", "email": "gil@acme.example"})
    name = cookie_name(Workspace(there.home))
    browser = browser_of((name, "planted"))
    assert "Sign in by Carrier Ltd" in browser.get("login").data.decode()
    done = browser.get(through(there, browser, "/pages?x=1"))
    assert (done.status, done.headers["Location"]) == (303, "/pages?x=1")
    assert browser.cookies[name] not in {"", "planted"}
    first = browser.cookies[name]
    assert browser.get("pages").status == 200
    browser.get(through(there, browser))
    assert browser.cookies[name] != first
    with there.db.reading() as session:
        told = [one for one in audit.events(session, None, None) if one["action"] == "sign_in"]
    assert (told[-1]["login"], told[-1]["after"]) == ("gil", {"means": "oidc"})


@pytest.mark.parametrize(
    "then", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:x"]
)
def test_nobody_is_sent_elsewhere(there: Portal, browser_of: Callable[..., Browser], then: str) -> None:
    there.enter("hal", email="hal@acme.example")
    there.provider.tell({"sub": "h", "email": "hal@acme.example"})
    browser = browser_of()
    assert browser.get(through(there, browser, then)).headers["Location"] == "/"


def test_an_answer_counts_in_the_browser_that_began_and_once(
    there: Portal, browser_of: Callable[..., Browser]
) -> None:
    there.enter("ida", email="ida@acme.example")
    there.provider.tell({"sub": "i", "email": "ida@acme.example"})
    browser = browser_of()
    back = through(there, browser)
    stolen = browser_of().get(back)
    assert (stolen.status, said(stolen)) == (403, [WRONG])
    kept = dict(browser.cookies)
    assert browser.get(back).status == 303
    again = browser_of(*kept.items()).get(back)
    assert (again.status, said(again)) == (403, [WRONG])


def test_what_the_browser_keeps_no_script_can_read(there: Portal, browser_of: Callable[..., Browser]) -> None:
    (line,) = [
        one
        for one in browser_of().get("oidc/start").headers.getlist("Set-Cookie")
        if one.startswith("tollbook-oidc")
    ]
    assert {"HttpOnly", "Path=/oidc", "SameSite=Lax"} <= {part.strip() for part in line.split(";")}


def test_nobody_is_made_and_a_stranger_hears_the_same(
    there: Portal, browser_of: Callable[..., Browser]
) -> None:
    there.provider.tell({"sub": "stranger", "email": "stranger@acme.example"})
    browser = browser_of()
    refused = browser.get(through(there, browser))
    assert (refused.status, said(refused)) == (403, [WRONG])


def test_a_provider_that_is_not_there_is_told_and_none_is_no_page(
    set_back: Portal, browser_of: Callable[..., Browser]
) -> None:
    away = {**set_back.provider.oidc.model_dump(), "issuer": "http://localhost:1"}
    set_back.set(oidc=away)
    answer = browser_of().get("oidc/start")
    assert (answer.status, said(answer)) == (503, ["The provider cannot be reached: try again in a moment"])
    set_back.set(oidc={})
    assert [browser_of().get(path).status for path in ("oidc/start", "oidc/back")] == [404, 404]
    assert "oidc/start" not in browser_of().get("login").data.decode()
