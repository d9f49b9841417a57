import re
from collections.abc import Callable

from portal.ways.conftest import Browser, Portal, said, waited

SENT = "Whoever has this name and an e-mail address gets a link in a few minutes"
NEW = "several other words unlike those"


def test_known_or_not_the_answer_is_the_same(there: Portal, browser_of: Callable[..., Browser]) -> None:
    there.enter("ann", email="ann@acme.example")
    pages = set()
    for named in ("ann", "ann@acme.example", "nobody", "nobody@acme.example"):
        answer = browser_of().post("forgotten", named=named)
        assert (answer.status, said(answer)) == (200, [SENT])
        pages.add(re.sub(r'value="[^"]+"', "", re.sub(r"<time>.*?</time>", "", answer.data.decode())))
    assert len(pages) == 1


def test_the_link_in_the_mail_sets_a_password_once(there: Portal, browser_of: Callable[..., Browser]) -> None:
    there.enter("bea", email="bea@acme.example")
    browser = browser_of()
    browser.post("forgotten", named="Bea@acme.example")
    mail = waited(lambda: [one for one in there.box.mail if one["To"] == "bea@acme.example"])[0]
    text = mail.get_body(("plain",)).get_content()
    (link,) = re.findall(rf"^{there.address}(reset/\S+)$", text, re.MULTILINE)
    assert browser.get(link).status == 200
    done = browser.post(link, password=NEW, again=NEW)
    assert (done.status, done.headers["Location"]) == (303, "/login")
    assert browser.get(link).status == 404
    assert browser.post("login", login="bea", password=NEW).status == 303


def test_who_asks_too_often_waits(there: Portal, browser_of: Callable[..., Browser]) -> None:
    there.enter("cem", email="cem@acme.example")
    answers = [browser_of().post("forgotten", named="cem") for _ in range(7)]
    assert [answer.status for answer in answers] == [200] * 6 + [429]
    assert answers[-1].headers["Retry-After"] == "1"


def test_without_what_the_page_was_given_nothing_is_done(
    there: Portal, browser_of: Callable[..., Browser]
) -> None:
    assert browser_of().ask("POST", "forgotten", {"named": "ann"}).status == 403


def test_where_no_mail_is_sent_the_page_names_the_command(
    set_back: Portal, browser_of: Callable[..., Browser]
) -> None:
    set_back.set(mail={})
    page = browser_of().get("forgotten").data.decode()
    assert "tollbook user reset-link LOGIN" in page
    assert 'name="named"' not in page
    refused = browser_of().post("forgotten", named="ann")
    assert (refused.status, said(refused)) == (400, ["No mail is sent from here: ask an admin for a link"])
