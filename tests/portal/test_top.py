"""What the top of a page shows."""

import pytest

from portal.doors import reader
from tollbook import language
from tollbook.outstanding.item import Item
from tollbook.params import Dashboard, Summary
from tollbook.portal.pages import NAVIGATION
from tollbook.portal.top import frame, href

OPERATOR = reader("analyst")


@pytest.fixture(autouse=True)
def at(network, monkeypatch):
    monkeypatch.setenv("TOLLBOOK_HOME", str(network.home))
    yield
    language.use("en")


def test_every_page_shows_who_runs_it_and_the_other_pages(tmp_path, monkeypatch):
    (tmp_path / "site.yml").write_text("name: Example Telecom\n")
    monkeypatch.setenv("TOLLBOOK_PARAMS", str(tmp_path))
    shown = frame(OPERATOR, "Dashboard", "dashboard")
    assert shown["site"] == "Example Telecom"
    assert [page["name"] for page in shown["pages"]] == [page.name for page in NAVIGATION]


def test_the_clock_is_the_pages_own_where_it_has_a_zone(tmp_path, monkeypatch):
    (tmp_path / "site.yml").write_text("zone: Europe/Riga\n")
    monkeypatch.setenv("TOLLBOOK_PARAMS", str(tmp_path))
    own = frame(OPERATOR, "Dashboard", "dashboard", Dashboard(zone="Asia/Kathmandu"))["clock"]
    assert (own.zone, own.chosen) == ("Asia/Kathmandu", True)
    sites = frame(OPERATOR, "Customer Summary", "summary", Summary())["clock"]
    assert (sites.zone, sites.chosen) == ("Europe/Riga", False)


def test_arabic_is_written_from_right_to_left():
    language.use("ar")
    assert (frame(OPERATOR, "X")["language"], frame(OPERATOR, "X")["direction"]) == ("ar", "rtl")


def test_what_is_outstanding_in_the_workspace_is_listed():
    # The known network's customers and carriers are in its records alone.
    names = [item.name for item in frame(OPERATOR, "X")["outstanding"]]
    assert names == ["no_customers", "no_carriers", "unconfirmed_customers", "unconfirmed_carriers"]


def test_without_a_workspace_there_is_no_checklist(tmp_path, monkeypatch):
    monkeypatch.setenv("TOLLBOOK_HOME", str(tmp_path / "none"))
    assert frame(OPERATOR, "X")["outstanding"] is None


def test_whoever_is_not_signed_in_is_told_the_sites_name_and_no_more():
    shown = frame(None, "Sign in")
    assert shown["site"] == "Tollbook"
    assert (shown["pages"], shown["sections"], shown["outstanding"], shown["reader"]) == ([], [], None, None)


def test_a_contact_has_no_page_of_carriers_and_nothing_of_the_account_to_do():
    shown = frame(reader("contact", "alpha"), "Dashboard")
    assert [page["name"] for page in shown["pages"]] == [
        "dashboard",
        "summary",
        "invoices",
        "payments",
        "calls",
        "number_blocks",
    ]
    assert shown["outstanding"] == []
    assert "account/view-as" not in dict(shown["sections"])


def test_the_clock_is_in_the_readers_own_zone_where_a_page_has_none():
    assert frame(reader(zone="Asia/Tokyo"), "Pages")["clock"].zone == "Asia/Tokyo"


def test_an_item_leads_to_a_page_that_there_is():
    assert href(Item("a", "A", "do", "summary", {"view": "monthly"})) == "summary?view=monthly"
    assert href(Item("a", "A", "do", "summary")) == "summary"
    with pytest.raises(ValueError, match="leads to 'nowhere'"):
        href(Item("a", "A", "do", "nowhere"))
