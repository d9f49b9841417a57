"""The page of what imports refused, and its files."""

import csv
import io

import pytest

from portal.doors import Visitor, cookie_of
from tollbook.account.audited import Wanted, page
from tollbook.account.database import shared

pytestmark = pytest.mark.slow
NAME = "20261005T100000.000000Z.csv"


@pytest.fixture
def ada(network, portal):
    return Visitor(portal, cookie_of(network.home, "ada-of-rejects", role="analyst"))


@pytest.fixture
def refused(network):
    """A file of two records that break two rules."""
    file = network.rejects / NAME
    file.write_text("file,line,rule,raw\nmaster.csv,3,no_time,=1+<b>\nmaster.csv,9,bad_time,x\n")
    yield file
    file.unlink()


def test_each_file_stands_with_its_first_reasons_and_the_checklist_leads_there(ada, refused):
    text = ada.get("/rejects").text
    assert '<a href="/rejects">2 records were refused' in text
    assert "<span>Mend the file and import it again</span>" in text
    assert "Mon 5 Oct 2026" in text
    assert '<code dir="ltr">no_time</code>' in text
    assert "=1+&lt;b&gt;" in text
    assert f'href="/rejects/{NAME}" download' in text


def test_nothing_refused_is_said_so(ada):
    assert "Nothing was refused." in ada.get("/rejects").text


def test_a_file_is_taken_along_without_formulas_and_that_is_noted(ada, refused, network):
    rows = list(csv.DictReader(io.StringIO(ada.get(f"/rejects/{NAME}").text)))
    assert [(row["line"], row["rule"], row["raw"]) for row in rows] == [
        ("3", "no_time", "'=1+<b>"),
        ("9", "bad_time", "x"),
    ]
    with shared(network).reading() as session:
        (entry,) = page(session, Wanted(who="ada-of-rejects", kinds=["rejects"]), rows=5).entries
    assert (entry.action, entry.resource) == ("export", f"rejects: {NAME}")


def test_what_is_no_file_of_the_folder_is_not_given(ada, refused):
    assert ada.get("/rejects/other.csv").status == 400
    assert ada.get("/rejects/..%2Ftollbook.csv").status == 400
