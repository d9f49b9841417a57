"""Who may do what. The rows of an analyst and a contact are spelled out here a second time, on purpose."""

import pytest

from tollbook.account.rights import (
    API_RESOURCES,
    RIGHTS,
    ROLES,
    TABLE,
    TOKEN_SCOPES,
    VERBS,
    Role,
    Verb,
    may,
    token_may,
)
from tollbook.portal.pages import PAGES

CONTACT = {
    "dashboard": "see export",
    "summary": "see export",
    "calls": "see export",
    "live": "see",
    "outstanding": "see",
    "invoices": "see export",
    "credits": "see export",
    "payments": "see export",
    "blocks": "see export",
    "extensions": "see export change",
    "customers": "see",
    "company": "see",
    "profile": "see change",
    "sessions": "see change",
    "tokens": "see change",
    "api": "see change",
}
OWN = {"profile", "sessions", "tokens", "api", "lab"}


def granted(role: Role) -> dict[str, set[str]]:
    held = {resource: {verb for verb in VERBS if may(role, verb, resource)} for resource in RIGHTS}
    return {resource: verbs for resource, verbs in held.items() if verbs}


def test_every_role_has_an_answer_for_every_resource() -> None:
    assert len(RIGHTS) == len(TABLE)
    for right in TABLE:
        assert right.meaning
        assert all(right.of(role) <= set(VERBS) for role in ROLES)


def test_a_contact_may_this_and_nothing_else() -> None:
    assert granted("contact") == {resource: set(verbs.split()) for resource, verbs in CONTACT.items()}


def test_an_analyst_sees_all_that_an_admin_sees_and_changes_nothing_but_its_own() -> None:
    admin, analyst = granted("admin"), granted("analyst")
    assert {r for r in RIGHTS if "see" in admin[r]} == {r for r in RIGHTS if "see" in analyst[r]}
    assert {r for r, verbs in analyst.items() if "change" in verbs} == OWN


def test_an_admin_may_all_that_anybody_may() -> None:
    admin = granted("admin")
    for role in ROLES:
        assert all(verbs <= admin[resource] for resource, verbs in granted(role).items())


def test_nobody_may_nothing() -> None:
    assert not any(may(None, verb, resource) for verb in VERBS for resource in RIGHTS)


def test_what_can_be_exported_or_changed_can_be_seen() -> None:
    for right in TABLE:
        for role in ROLES:
            assert not right.of(role) or "see" in right.of(role), (right.resource, role)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_page_of_the_portal_is_in_the_table(page) -> None:
    assert page.resource in RIGHTS


@pytest.mark.parametrize(
    ("role", "verb", "resource"),
    [("admin", "see", "invoicse"), ("admin", "read", "invoices"), ("root", "see", "invoices")],
)
def test_a_word_that_the_table_does_not_know_is_an_error_and_never_an_answer(role, verb, resource) -> None:
    with pytest.raises(ValueError, match="the table of rights knows no"):
        may(role, verb, resource)


@pytest.mark.parametrize(
    ("scopes", "role", "verb", "resource", "answer"),
    [
        (("read",), "admin", "see", "payments", True),
        (("read",), "admin", "export", "invoices", True),
        (("read",), "admin", "change", "payments", False),
        (("payments",), "admin", "change", "payments", True),
        (("payments",), "admin", "see", "invoices", False),
        (("payments",), "analyst", "change", "payments", False),
        (("read",), "contact", "see", "master_data", False),
        (("extensions",), "contact", "change", "extensions", True),
        ((), "admin", "see", "summary", False),
    ],
)
def test_a_token_may_what_it_is_for_and_its_owner_may(
    scopes: tuple[str, ...], role: Role, verb: Verb, resource: str, answer: object
) -> None:
    assert token_may(scopes, role, verb, resource) is answer


def test_scopes_are_resources_of_the_table() -> None:
    assert {*API_RESOURCES, "monitoring"} <= set(RIGHTS)
    assert ("read", *API_RESOURCES, "monitoring") == TOKEN_SCOPES
