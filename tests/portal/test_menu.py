"""The account menu."""

from dataclasses import replace

import pytest

from portal.doors import reader
from tollbook.account.rights import RIGHTS
from tollbook.account.scope import Scope
from tollbook.portal.menu import SECTIONS, sections


def test_whoever_is_not_signed_in_has_no_menu():
    assert sections(None) == []


@pytest.mark.parametrize(("role", "customer"), [("admin", None), ("analyst", None), ("contact", "alpha")])
def test_each_has_the_pages_that_the_table_says(role, customer):
    paths = [path for path, *_ in SECTIONS]
    mine = [path for path, _ in sections(reader(role, customer))]
    assert mine == [path for path in paths if path != "account/view-as" or role != "contact"]


def test_whoever_looks_as_another_has_no_page_of_that_ones_own():
    anna = reader()
    looking = replace(anna, seen_as=reader("contact", "alpha").who, scope=Scope("contact", "alpha"))
    assert [path for path, _ in sections(looking)] == ["account/company"]


def test_each_page_is_of_a_resource_that_there_is():
    assert {resource for _, _, resource in SECTIONS} <= set(RIGHTS)
