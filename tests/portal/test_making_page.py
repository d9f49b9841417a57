"""What the Summary page says while invoices are made, whatever the server answers."""

import json

import pytest
from playwright.sync_api import expect

from portal.harness import ORIGIN, Harness
from tollbook.show.summary import Making, words

pytestmark = pytest.mark.browser

ROW = {"customer": "alpha", "period": "2024-10-05", "currency": "EUR"}
OTHER = {"customer": "b & <i>c</i>", "period": "2024-10-05", "currency": "EUR"}
NOTHING = dict.fromkeys(("number", "total", "currency", "settles_at", "why"))


def outcome(row, status, **told):
    return {"customer": row["customer"], "period": row["period"], "status": status, **NOTHING, **told}


class Shown:
    """The widget in a page whose server answers as told."""

    def __init__(self, page, *, portal=True):
        self.page, self.asked = page, []
        self.status, self.body, self.answers = 200, "", None
        self.making = Making(note="A row a day, cut in UTC.", words=words())
        self.made = []
        self.making.answer("made", lambda *_: self.made.append(True))
        Harness(page, [self.making]).open()
        page.route(f"{ORIGIN}/x/summary/invoices", self.answer)
        if portal:
            page.evaluate(
                "document.body.insertAdjacentHTML('afterbegin', '<header class=tollbook-header data-base-url=/x/>')"
            )
        page.evaluate("document.cookie = '_xsrf=token'")

    def answer(self, route):
        self.asked.append((route.request.headers.get("x-xsrftoken"), route.request.post_data_json))
        if self.answers:
            told = self.answers(route.request.post_data_json["rows"])
            self.body = "".join(json.dumps(one) + "\n" for one in told)
        route.fulfill(status=self.status, body=self.body)

    def generate(self, *rows, answers=None, times=1):
        """Press the button for these rows; what is said when all is over."""
        self.body = "".join(json.dumps(one) + "\n" for one in answers or [])
        event = "([rows, times]) => { for (let i = 0; i < times; i += 1) document.dispatchEvent(new CustomEvent('tollbook:action', { detail: { action: 'invoice', rows } })); }"
        self.page.evaluate(event, [list(rows), times])
        self.page.get_by_role("button", name="Close").wait_for()
        return self.page.locator(".tollbook-making-status").inner_text()

    @property
    def told(self):
        return [one.inner_text().split("\n") for one in self.page.locator(".tollbook-making li").all()]


@pytest.fixture
def shown(page):
    return Shown(page)


def test_each_row_is_told_in_words_and_leads_to_its_paper(shown):
    said = shown.generate(
        ROW,
        OTHER,
        answers=[
            outcome(ROW, "issued", number="INV-2024-000001", total="4.92", currency="EUR"),
            outcome(OTHER, "draft", total="0.11", currency="EUR", settles_at="2024-10-07T00:00:00Z"),
        ],
    )
    assert said == "Issued: 1. Drafts: 1. Not made: 0."
    assert shown.told == [
        ["alpha 2024-10-05", "Invoice INV-2024-000001, 4.92 EUR", "View Invoice"],
        [
            "b & <i>c</i> 2024-10-05",
            "Draft, 0.11 EUR: it can be issued from 2024-10-07 00:00 UTC",
            "View the draft",
        ],
    ]
    links = [link.get_attribute("href") for link in shown.page.locator(".tollbook-making a").all()]
    assert links == [
        "/x/invoices/INV-2024-000001",
        "/x/invoices/draft/b%20%26%20%3Ci%3Ec%3C%2Fi%3E/2024-10-05",
    ]
    assert shown.made == [True]


def many(count):
    return [{**ROW, "customer": f"c{number}"} for number in range(count)]


def test_all_that_is_missing_is_told_first_and_made_in_parts_once_confirmed(shown):
    rows = many(120)
    event = "(rows) => document.dispatchEvent(new CustomEvent('tollbook:action', { detail: { action: 'auto', rows } }))"
    shown.page.evaluate(event, rows)
    told = shown.page.locator(".tollbook-making-status")
    expect(told).to_contain_text("Missing invoices: 120. Customers: 120. Periods: 2024-10-05 to 2024-10-05.")
    expect(told).to_contain_text("can only be taken back by a credit note")
    assert shown.asked == []
    shown.answers = lambda asked: [
        outcome(row, "issued", number="INV-1", total="1", currency="EUR") for row in asked
    ]
    shown.page.get_by_role("button", name="Make them").click()
    expect(told).to_have_text("Issued: 120. Drafts: 0. Not made: 0.")
    assert [len(body["rows"]) for _, body in shown.asked] == [50, 50, 20]
    expect(shown.page.get_by_role("button", name="Make them")).to_be_hidden()


def test_what_is_missing_is_not_made_unless_it_is_confirmed(shown):
    shown.page.evaluate(
        "(rows) => document.dispatchEvent(new CustomEvent('tollbook:action', { detail: { action: 'auto', rows } }))",
        [ROW],
    )
    shown.page.get_by_role("button", name="Close").click()
    assert not shown.page.locator(".tollbook-making").is_visible()
    assert shown.asked == []


def test_what_could_not_be_made_says_why(shown):
    answers = [outcome(ROW, "refused", why="5 calls are unrated (no_deck 5)"), outcome(OTHER, "nothing")]
    assert shown.generate(ROW, OTHER, answers=answers) == "Issued: 0. Drafts: 0. Not made: 2."
    assert [row[1] for row in shown.told] == [
        "Not made: 5 calls are unrated (no_deck 5)",
        "Nothing was charged, so there is no invoice.",
    ]


def test_a_double_click_asks_once_and_a_row_of_two_currencies_is_one_period(shown):
    made = outcome(ROW, "issued", number="INV-2024-000001", total="4.92", currency="EUR")
    shown.generate(ROW, {**ROW, "currency": "USD"}, answers=[made], times=2)
    assert shown.asked == [("token", {"rows": [{"customer": "alpha", "period": "2024-10-05"}]})]


def test_a_server_that_refuses_is_quoted(shown):
    shown.status, shown.body = 403, "{}"
    assert shown.generate(ROW).startswith("The server could not be asked: Forbidden")
    shown.status = 400
    assert (
        shown.generate(ROW, answers=[{"why": "choose fewer"}])
        == "The server could not be asked: choose fewer"
    )


def test_an_answer_that_ends_early_says_so(shown):
    made = outcome(ROW, "issued", number="INV-2024-000001", total="4.92", currency="EUR")
    said = shown.generate(ROW, OTHER, answers=[made])
    assert said.startswith("Issued: 1. Drafts: 0. Not made: 0. The server ended before all were made.")


def test_outside_of_the_portal_it_is_told_who_makes_invoices(page):
    shown = Shown(page, portal=False)
    assert "`tollbook invoice run`" in shown.generate(ROW)
    assert shown.asked == []


def test_it_can_be_closed_and_opens_again(shown):
    shown.generate(ROW, answers=[outcome(ROW, "nothing")])
    shown.page.get_by_role("button", name="Close").click()
    assert not shown.page.locator(".tollbook-making").is_visible()
    shown.generate(ROW, answers=[outcome(ROW, "nothing")])
    assert len(shown.told) == 1
