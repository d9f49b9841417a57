"""What the pages of the account menu share."""

import pytest

from tollbook.portal.account import ROUTES
from tollbook.portal.forms import LONGEST
from tollbook.portal.menu import SECTIONS


def test_each_page_of_the_menu_has_its_address() -> None:
    paths = {path for path, _ in ROUTES}
    assert {f"/{path}" for path, *_ in SECTIONS} <= paths | {"/account/passkeys"}


@pytest.mark.slow
def test_what_was_done_is_told_once_known_and_never_what_an_address_says(enter):
    _, anna = enter()
    assert anna.get("/account/profile?done=saved").said == ["Saved."]
    assert anna.get("/account/profile?done=<b>hello</b>").said == []


@pytest.mark.slow
def test_no_more_is_read_of_a_field_than_anything_right_has(enter, row):
    login, anna = enter()
    anna.post("/account/profile", name="x" * (LONGEST + 1), email="", zone="")
    assert row(login)["name"] == "x" * LONGEST
