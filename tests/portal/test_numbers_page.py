"""Number blocks as their readers see and use them."""

import pytest

from portal.doors import cookie_of
from portal.windows import windows
from tollbook.account.audit import Actor
from tollbook.account.database import Database
from tollbook.account.models import Customer
from tollbook.account.numbering import blocks, extensions
from tollbook.show.number_files import LARGEST_FILE

pytestmark = pytest.mark.browser
BY = Actor(None, "test")
CSV = b"number,customer,name\n0101,alpha,Lobby\n4.47E+11,alpha,\n101,alpha,\n"


@pytest.fixture(scope="module")
def numbered(billable):
    """Alpha has 0100-0109 with the extension 0100, gamma 2000-2009; blocks of ten begin at 1000."""
    db = Database.of(billable)
    with db.session() as session:
        assert session.get(Customer, "alpha")
        blocks.set_up(session, BY, start="1000", size=10)
        blocks.allocate(session, BY, "alpha", "0100", "0109")
        blocks.allocate(session, BY, "gamma", "2000", "2009")
        extensions.add(session, BY, "alpha", "0100", "Desk")
    db.close()
    return billable


@pytest.fixture(scope="module")
def open_numbers(numbered, billing, browser):
    """Opens the page as an admin, or as a contact of alpha."""
    with windows(browser, billing) as opened:

        def show(*, contact=False):
            nora = cookie_of(numbered.home, "nora", customer="alpha") if contact else None
            page = opened("number_blocks", nora)
            page.mouse.move(2, 2)
            page.wait_for_selector("#main #rendered_cells")
            page.wait_for_function("document.querySelectorAll('.tollbook-numbers[data-drawn]').length === 4")
            page.wait_for_function("globalThis.tollbookChosen")
            return page

        yield show


def send(file, content):
    file.locator("input[type=file]").set_input_files(
        {"name": "n.csv", "mimeType": "text/csv", "buffer": content}
    )


def part(page, name):
    return page.get_by_role("region", name=name)


def test_an_admin_allocates_releases_takes_frees_and_imports(open_numbers):
    page = open_numbers()
    blocks_part = part(page, "Number blocks")
    lines = blocks_part.get_by_role("listitem")
    assert [line.split("\n")[0] for line in lines.all_inner_texts()] == [
        "0100-0109",
        "1000-1999 is free",
        "2000-2009",
    ]
    assert "1 used, 9 free (10.0 %)" in lines.first.inner_text()
    blocks_part.get_by_label("Customer").select_option("gamma")
    blocks_part.get_by_role("button", name="Allocate").click()
    blocks_part.get_by_role("status").filter(has_text="1000-1009 is now a block of gamma.").wait_for()
    blocks_part.get_by_role("button", name="Release 1000-1009").click()
    blocks_part.get_by_role("status").filter(has_text="1000-1009 is no longer a block of gamma.").wait_for()
    assert blocks_part.get_by_label("Range start").input_value() == "1000"
    blocks_part.get_by_label("Block size").fill("5")
    blocks_part.get_by_role("button", name="Set", exact=True).click()
    blocks_part.get_by_text("Next that fits: 1000-1004").wait_for()
    blocks_part.get_by_role("button", name="Release 0100-0109").click()
    blocks_part.get_by_role("alert").filter(has_text="in use: 0100").wait_for()
    taking = part(page, "Take an extension")
    taking.get_by_role("button", name="0105", exact=True).click()
    taking.get_by_label("Name").fill("Hall")
    taking.get_by_role("button", name="Take", exact=True).click()
    taking.get_by_role("status").filter(has_text="0105 is now an extension of alpha.").wait_for()
    grid = page.get_by_role("grid", name="Extensions")
    grid.get_by_role("row").filter(has_text="Hall").wait_for()
    taking.get_by_label("Number").fill("0105")
    taking.get_by_label("Name").fill("Gate")
    taking.get_by_role("button", name="Rename").click()
    taking.get_by_role("status").filter(has_text="0105 is now called Gate.").wait_for()
    file = part(page, "Extensions from a file")
    large = b"number,customer,name\n0102,alpha,Long\n"
    send(file, large.ljust(LARGEST_FILE + 1, b"\n"))
    file.get_by_role("alert").filter(has_text="The file is larger than 900 KB.").wait_for()
    send(file, large.ljust(LARGEST_FILE, b"\n"))
    file.get_by_text("n.csv: 1 rows, 1 new").wait_for()
    assert not file.get_by_role("alert").is_visible()
    send(file, CSV)
    file.get_by_text("n.csv: 3 rows, 1 new, 0 with another name, 0 as they are, 2 conflicts.").wait_for()
    page.get_by_text("'101' has lost its leading zeros: there is 0101").wait_for()
    file.get_by_role("button", name="Enter what fits").click()
    file.get_by_role("status").filter(has_text="1 extension was entered.").wait_for()
    row = grid.get_by_role("row").filter(has_text="Lobby")
    row.locator("input").check()
    page.get_by_role("button", name="Free (1)").click()
    taking.get_by_role("status").filter(has_text="1 extension is free again.").wait_for()


def test_a_contact_sees_and_uses_its_own(open_numbers):
    page = open_numbers(contact=True)
    text = page.locator("#main").inner_text()
    assert "0100-0109" in text
    assert "2000" not in text
    assert "gamma" not in text
    assert page.get_by_role("button", name="Allocate").count() == 0
    assert page.get_by_role("button", name="Release").count() == 0
    assert page.get_by_role("button", name="Set", exact=True).count() == 0
    taking = part(page, "Take an extension")
    taking.get_by_role("button", name="Take", exact=True).click()
    taking.get_by_role("status").filter(has_text="0101 is now an extension of alpha.").wait_for()
