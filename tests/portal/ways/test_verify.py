import re
from collections.abc import Callable

import pytest

from portal.ways.conftest import Browser, Portal, said, waited


@pytest.mark.parametrize("what", ["email", "mobile"])
def test_what_one_changes_is_unverified_until_the_code_that_was_sent_is_typed(
    there: Portal, browser_of: Callable[..., Browser], what: str
) -> None:
    login, new = f"via-{what}", {"email": f"{what}@acme.example", "mobile": f"+49301234{len(what)}"}
    browser = browser_of(there.enter(login))
    assert browser.post("account/profile", name="Dan", **new).status == 303
    assert f'href="/account/verify?what={what}"' in browser.get("account/profile").data.decode()
    sent = browser.post("account/verify", what=what, do="send")
    assert sent.status == 303
    assert said(browser.get(sent.headers["Location"].lstrip("/"))) == [
        f"A code is on its way to {new[what]}."
    ]
    text = waited(lambda: texts(there, what, new[what]))
    (code,) = re.findall(r"\b\d{6}\b", text)
    wrong = browser.post(
        "account/verify", what=what, do="confirm", code=str((int(code) + 1) % 10**6).zfill(6)
    )
    assert (wrong.status, said(wrong)) == (400, ["This code is wrong: type the one that came last"])
    done = browser.post("account/verify", what=what, do="confirm", code=code)
    assert (done.status, done.headers["Location"]) == (303, "/account/profile?done=verified")
    assert getattr(there.person(login), f"{what}_verified_at") is not None


def texts(there: Portal, what: str, to: str) -> str:
    """What was sent there."""
    if what == "email":
        found = [one.get_body(("plain",)).get_content() for one in there.box.mail if one["To"] == to]
    else:
        found = [one.body.removeprefix(to) for one in there.gateway.asked if one.body.startswith(to)]
    return found[0] if found else ""


def test_nothing_else_can_be_verified_and_by_nobody_else(
    there: Portal, browser_of: Callable[..., Browser]
) -> None:
    browser = browser_of(there.enter("eve"))
    assert browser.get("account/verify?what=login").status == 404
    assert browser_of().get("account/verify?what=email").status == 302
    nothing = browser.post("account/verify", what="email", do="send")
    assert said(nothing) == ["There is no e-mail address to verify: enter one first"]


def test_where_nothing_is_sent_it_says_so(set_back: Portal, browser_of: Callable[..., Browser]) -> None:
    set_back.set(sms={})
    browser = browser_of(set_back.enter("fay", mobile="+49309999"))
    page = browser.get("account/verify?what=mobile").data.decode()
    assert "No codes are sent from here" in page
    assert said(browser.post("account/verify", what="mobile", do="send")) == [
        "No text messages are sent from here: an admin has to set it up first"
    ]
