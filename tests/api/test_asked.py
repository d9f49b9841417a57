"""Pages of a list: stable while rows come, and of one reader."""

from datetime import UTC, datetime

import pytest

from tollbook.account.audit import Actor
from tollbook.account.database import Database
from tollbook.account.people.tokens import Bearer
from tollbook.account.scope import Scope
from tollbook.api.asked import Asked
from tollbook.api.problems import ProblemError
from tollbook.api.types import Listed
from tollbook.workspace import Workspace


class Query(Listed):
    word: str = ""


@pytest.fixture
def asked(workspace: Workspace):
    db = Database.of(workspace)

    def make(login: str = "al", scope: Scope = Scope("admin"), path: str = "/things") -> Asked:  # noqa: B008
        bearer = Bearer(1, Actor(None, login), scope, ("read",), None)
        return Asked(workspace, db, bearer, datetime(2026, 10, 5, tzinfo=UTC), path)

    yield make
    db.close()


def test_a_page_leads_to_the_next(asked) -> None:
    shown, more, following = asked().page(Query(limit=2), ["a", "b", "c"], lambda row: [row])
    assert (shown, more) == (["a", "b"], True)
    assert asked().after(Query(limit=9, cursor=following)) == ["b"]
    assert asked().after(Query()) is None
    assert asked().page(Query(limit=3), ["a", "b", "c"], lambda row: [row]) == (["a", "b", "c"], False, None)


def test_a_cursor_is_of_this_list_and_of_this_reader(asked) -> None:
    following = asked().page(Query(limit=1), ["a", "b"], lambda row: [row])[2]
    for other, query in (
        (asked(), Query(word="x", cursor=following)),
        (asked("bo"), Query(cursor=following)),
        (asked(path="/others"), Query(cursor=following)),
        (asked(scope=Scope("contact", "alpha")), Query(cursor=following)),
    ):
        with pytest.raises(ProblemError) as refused:
            other.after(query)
        assert refused.value.status == 400


def test_the_owner_is_the_person_or_the_customer(asked, workspace: Workspace) -> None:
    assert asked("customer beta").owner == "customer beta"
    bearer = Bearer(1, Actor(7, "ada"), Scope("admin"), (), None)
    assert Asked(workspace, asked().db, bearer, asked().at, "/").owner == "person 7"


def everything(api, path: str, token: str, key: str) -> list[object]:
    """Values of one column, page by page with two rows each."""
    found, following = [], ""
    while True:
        page = api.ask("GET", f"{path}limit=2{following}", token=token).json
        assert len(page["data"]) <= 2
        found += [row[key] for row in page["data"]]
        assert page["has_more"] is (page["next"] is not None)
        if not page["has_more"]:
            return found
        following = f"&cursor={page['next']}"


def test_page_by_page_there_is_each_row_once(api) -> None:
    whole = [row["id"] for row in api.ask("GET", "/api/v1/customers", token="admin").json["data"]]
    assert everything(api, "/api/v1/customers?", "admin", "id") == whole
    assert everything(api, "/api/v1/summary?view=live&", "admin", "customer") == []
    assert everything(api, "/api/v1/summary?", "admin", "customer") == ["alpha", "beta"]
    numbers = everything(api, "/api/v1/invoices?", "admin", "number")
    assert numbers == ["INV-2026-000001", "INV-2026-000002", None]


def test_rows_that_come_meanwhile_move_none_of_the_others(api) -> None:
    def ids(query: str) -> list[str]:
        return [row["id"] for row in api.ask("GET", f"/api/v1/customers{query}", token="admin").json["data"]]

    first, *others = ids("")
    cursor = api.ask("GET", "/api/v1/customers?limit=1", token="admin").json["next"]
    before, after = "!before all", f"{others[-1]} and after"
    assert before < first
    for name in (before, after):
        assert api.ask("POST", "/api/v1/customers", token="admin", body={"id": name}).status == 201
    assert ids(f"?cursor={cursor}") == [*others, after]


def test_a_cursor_of_another_owner_is_refused(api) -> None:
    cursor = api.ask("GET", "/api/v1/customers?limit=1", token="admin").json["next"]
    path = f"/api/v1/customers?cursor={cursor}"
    assert api.ask("GET", path, token="admin reads").status == 200
    assert [api.ask("GET", path, token=token).status for token in ("analyst", "contact of alpha")] == [
        400,
        400,
    ]
