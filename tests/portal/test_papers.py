"""Filed invoices in the portal."""

import re
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

from portal.doors import KNOWN, cookie_of, header
from tollbook.account.database import shared
from tollbook.billing.papers import NotFiledError, numbered
from tollbook.lake.store import now
from tollbook.params import Invoice
from tollbook.periods import parse_period
from tollbook.portal.papers import SEALED, draft
from tollbook.runs.invoices import Bill, make_invoice

TODAY = f"{now():%Y-%m-%d}"


@pytest.fixture(scope="module")
def papers(billable):
    """An invoice of alpha and a draft of today; the numbers' first."""
    made = [
        make_invoice(Bill(billable, "alpha", parse_period(day), now(), Invoice()))
        for day in ("2024-10-05", TODAY)
    ]
    assert [row["status"] for row in made] == ["issued", "draft"]
    return made[0]["number"]


def asked(portal, path, cookie=None):
    """Status, headers and text, of the path as it stands; an admin asks unless a cookie tells who."""
    where = urlsplit(portal)
    line = HTTPConnection(where.hostname, where.port)
    line.request("GET", path, headers=header(cookie or KNOWN[portal]))
    answer = line.getresponse()
    return answer.status, answer.headers, answer.read().decode(errors="replace")


def test_an_invoice_is_shown_in_a_frame_that_runs_nothing(billing, papers):
    status, _, text = asked(billing, f"/invoices/{papers}")
    assert status == 200
    assert f'<iframe src="/invoices/{papers}/invoice.html" title="Invoice {papers}" sandbox>' in text


def test_the_filed_page_is_sealed(billing, papers):
    status, headers, text = asked(billing, f"/invoices/{papers}/invoice.html")
    assert (status, headers["Content-Security-Policy"]) == (200, SEALED)
    assert f"Invoice {papers}" in text
    assert "4.92" in text


def test_the_record_is_to_keep_under_the_invoices_number(billing, papers, billable):
    status, headers, text = asked(billing, f"/invoices/{papers}/record.json")
    assert status == 200
    assert headers["Content-Disposition"] == f"attachment; filename*=UTF-8''{papers}-record.json"
    assert text == (billable.reports / "alpha" / "2024-10-05" / "record.json").read_text()


def test_only_files_that_are_there_are_offered(billing, papers):
    text = asked(billing, f"/invoices/{papers}")[2]
    assert f'href="/invoices/{papers}/record.json"' in text
    for name, label in (("invoice.pdf", "PDF"), ("lines.csv", "Lines"), ("calls.csv", "Calls")):
        assert f'href="/invoices/{papers}/{name}" download>{label}</a>' in text
        assert asked(billing, f"/invoices/{papers}/{name}")[0] == 200
    assert "Peppol" not in text
    assert asked(billing, f"/invoices/{papers}/ubl.xml")[0] == 404


def test_a_draft_has_an_address_too_and_one_that_became_an_invoice_leads_to_it(billing, papers):
    status, _, text = asked(billing, f"/invoices/draft/alpha/{TODAY}")
    assert status == 200
    assert f"Draft for alpha, {TODAY}" in text
    assert asked(billing, f"/invoices/draft/alpha/{TODAY}/invoice.html")[0] == 200
    status, headers, _ = asked(billing, "/invoices/draft/alpha/2024-10-05")
    assert (status, headers["Location"]) == (302, f"/invoices/{papers}")


@pytest.mark.parametrize(
    "path",
    [
        "INV-2024-999999",
        "..%2F..%2Ftollbook.db",
        "../workspace.json",
        "{number}/..%2F..%2F..%2Ftollbook.db",
        "{number}/%2Fetc%2Fpasswd",
        "{number}/invoice.html%00.json",
        "draft/alpha/2024-10",
        "draft/..%2Falpha/2024-10-05",
        "draft/../x",
        "%00",
    ],
)
def test_an_address_reaches_nothing_else(billing, papers, path):
    status, _, text = asked(billing, f"/invoices/{path.format(number=papers)}")
    assert status == 404
    assert "Traceback" not in text


def test_an_unknown_number_is_told_in_words(billing, papers):
    assert "no invoice &#39;INV-1&#39;" in asked(billing, "/invoices/INV-1")[2]


def test_files_of_another_invoice_are_not_shown_under_this_number(billable, papers):
    record = billable.reports / "alpha" / "2024-10-05" / "record.json"
    held = record.read_text()
    try:
        record.write_text(held.replace(papers, "INV-2024-000777"))
        with pytest.raises(NotFiledError, match="Its files are not there"):
            numbered(billable, shared(billable), papers)
        record.unlink()
        with pytest.raises(NotFiledError, match="`tollbook invoice run` for alpha and 2024-10-05"):
            draft(billable, shared(billable), "alpha", "2024-10-05")
    finally:
        record.write_text(held)


@pytest.fixture(scope="module")
def contacts(billable):
    """The cookies of a contact of alpha and one of gamma."""
    return [cookie_of(billable.home, f"of-{name}", customer=name) for name in ("alpha", "gamma")]


def test_a_contact_has_its_own_invoice_without_what_it_was_computed_with(billing, papers, contacts):
    alpha, _ = contacts
    status, _, text = asked(billing, f"/invoices/{papers}", alpha)
    assert status == 200
    assert "record.json" not in text
    assert asked(billing, f"/invoices/{papers}/invoice.html", alpha)[0] == 200
    assert asked(billing, f"/invoices/{papers}/record.json", alpha)[0] == 404


def test_anothers_invoice_is_none_to_a_contact_and_so_is_a_draft_of_its_own(billing, papers, contacts):
    alpha, gamma = contacts
    _, _, unknown = asked(billing, "/invoices/INV-1", gamma)
    for path, cookie in [(f"/invoices/{papers}", gamma), (f"/invoices/draft/alpha/{TODAY}", alpha)]:
        status, _, text = asked(billing, path, cookie)
        assert status == 404
        assert said(text) == said(unknown)
    assert asked(billing, f"/invoices/{papers}/invoice.html", gamma)[0] == 404


def said(html):
    """What a page says."""
    return re.findall(r'role="alert">([^<]*)', html)


def test_whoever_is_not_signed_in_is_sent_to_do_so(billing, papers):
    status, headers, _ = asked(billing, f"/invoices/{papers}", ("x", "y"))
    assert (status, headers["Location"]) == (302, f"/login?next=%2Finvoices%2F{papers}")
