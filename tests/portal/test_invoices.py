"""Making invoices by request: who may, what is refused, and that one row is one invoice."""

import json
from concurrent.futures import ThreadPoolExecutor
from http.cookiejar import CookieJar
from urllib.error import HTTPError
from urllib.request import HTTPCookieProcessor, Request, build_opener

import pytest

from portal.doors import SignedIn, cookie_of
from tollbook.account.database import Database
from tollbook.billing.invoices import invoices
from tollbook.errors import UsageError
from tollbook.portal.invoices import MOST_BYTES, asked_rows


class Reader:
    """A browser without pictures: it has the cookie that a page gave it."""

    def __init__(self, portal: str, cookie: tuple[str, str] | None = None) -> None:
        self.portal, self.jar = portal, CookieJar()
        self.opener = build_opener(HTTPCookieProcessor(self.jar), SignedIn)
        if cookie:
            self.opener.addheaders.append(("Cookie", "=".join(cookie)))
        self.opener.open(f"{portal}summary").read()

    def ask(self, method, body, **headers):
        """Status and answer."""
        request = Request(f"{self.portal}summary/invoices", data=body, method=method, headers=headers)
        try:
            with self.opener.open(request) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as error:
            return error.code, error.read().decode()

    def make(self, *rows):
        """What became of the rows, or why the request was refused."""
        token = next(cookie.value for cookie in self.jar if cookie.name == "_xsrf")
        body = json.dumps({"rows": [{"customer": c, "period": p} for c, p in rows]}).encode()
        status, text = self.ask("POST", body, **{"X-XSRFToken": token, "Content-Type": "application/json"})
        return status, [json.loads(line) for line in text.splitlines()]


@pytest.fixture(scope="module")
def reader(billing):
    return Reader(billing)


ALPHA = b'{"rows": [{"customer": "alpha", "period": "2024-10-05"}]}'


def test_a_request_without_the_pages_token_is_refused(reader, billable):
    assert reader.ask("POST", ALPHA)[0] == 403
    assert reader.ask("POST", ALPHA, **{"X-XSRFToken": "guessed"})[0] == 403
    assert invoices(Database.of(billable)) == []


def test_a_request_of_another_sites_page_is_refused(reader):
    token = next(cookie.value for cookie in reader.jar if cookie.name == "_xsrf")
    status, _ = reader.ask("POST", ALPHA, **{"X-XSRFToken": token, "Origin": "http://evil.example"})
    assert status in {403, 404}


def test_invoices_are_not_made_by_a_link(reader):
    assert reader.ask("GET", None)[0] == 405


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (("alpha", "live"), "period 'live'"),
        (("alpha", "../../x"), "write a day"),
    ],
)
def test_what_is_no_period_is_refused_before_anything_is_made(reader, row, said):
    status, (told,) = reader.make(("alpha", "2024-10-05"), row)
    assert status == 400
    assert said in told["why"]


@pytest.mark.slow
def test_each_row_is_answered_in_words_and_asking_again_makes_no_second_invoice(reader, billable):
    rows = [("alpha", "2024-10-05"), ("gamma", "2024-10-05"), ("nobody", "2024-10-05"), ("beta", "2024-10-05"), ("alpha", "2024-10")]  # fmt: skip
    status, told = reader.make(*rows)
    assert status == 200
    assert [(one["customer"], one["status"]) for one in told] == [
        ("alpha", "issued"), ("gamma", "refused"), ("nobody", "refused"), ("beta", "refused"), ("alpha", "refused")
    ]  # fmt: skip
    assert (told[0]["total"], told[0]["currency"]) == ("4.92", "EUR")  # 400 x 0.0123
    number = told[0]["number"]
    assert told[1]["why"].startswith("5 calls are unrated (no_deck 5)")
    assert told[2]["why"] == "the Customer Summary has no row of 'nobody' for 2024-10-05"
    assert told[3]["why"].startswith("no customer 'beta'")
    assert told[4]["why"] == f"invoice {number} of 'alpha' for 2024-10-05 covers part of 2024-10"
    with ThreadPoolExecutor(2) as both:
        again = list(both.map(lambda _: reader.make(("alpha", "2024-10-05"))[1], range(2)))
    assert [[one["number"] for one in told] for told in again] == [[number], [number]]
    assert [row["number"] for row in invoices(Database.of(billable))] == [number]


@pytest.mark.slow
def test_two_at_once_get_one_invoice(reader, billable):
    before = len(invoices(Database.of(billable)))
    with ThreadPoolExecutor(2) as both:
        told = list(both.map(lambda _: reader.make(("alpha", "2024-10-06"))[1][0], range(2)))
    assert told[0] == told[1]
    assert told[0]["status"] == "issued"
    assert len(invoices(Database.of(billable))) == before + 1


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b'{"rows": [], "now": 1}', b'{"rows": ["' + b"x" * MOST_BYTES + b'"]}']
)
def test_a_request_of_another_form_is_refused(body):
    with pytest.raises(UsageError):
        asked_rows(body)


def test_only_an_admin_makes_invoices(billing, billable):
    before = invoices(Database.of(billable))
    for login, fields in {"anna": {"role": "analyst"}, "carl": {"customer": "alpha"}}.items():
        other = Reader(billing, cookie_of(billable.home, login, **fields))
        token = next(cookie.value for cookie in other.jar if cookie.name == "_xsrf")
        assert other.ask("POST", ALPHA, **{"X-XSRFToken": token})[0] == 403
    assert invoices(Database.of(billable)) == before
