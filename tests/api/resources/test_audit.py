"""`audit`."""

import pytest

from tollbook.account.audit import Actor, record
from tollbook.account.database import Database

PATH = "/api/v1/audit"


@pytest.fixture(scope="module", autouse=True)
def _three(api) -> None:
    """Three entries of schedule zeta, whatever else there is."""
    db = Database.of(api.workspace)
    with db.session() as session:
        for number in range(3):
            by = Actor(7, "zoe", "192.0.2.7", via="portal")
            record(session, by, "change", "schedule zeta", before={"view": "daily"}, after={"hours": number})
            session.flush()
    db.close()


def ask(api, query: str, token: str = "admin"):
    return api.ask("GET", f"{PATH}?kind=schedule&id=zeta{query}", token=token)


def test_an_entry_tells_who_when_from_where_and_what_was_before(api) -> None:
    newest, *_ = ask(api, "&who=zo&outcome=done").json["data"]
    assert {name: newest[name] for name in newest if name not in {"id", "at"}} == {
        "person_id": 7, "login": "zoe", "as_login": "", "via": "portal", "address": "192.0.2.7", "action": "change",
        "resource": "schedule zeta", "outcome": "done", "before": {"view": "daily"}, "after": {"hours": 2},
    }  # fmt: skip
    assert api.ask("GET", f"{PATH}/{newest['id']}", token="analyst").json == newest


def test_a_list_comes_in_pages_the_newest_first(api) -> None:
    first = ask(api, "&limit=2").json
    assert ([row["after"]["hours"] for row in first["data"]], first["has_more"]) == ([2, 1], True)
    second = ask(api, f"&limit=2&cursor={first['next']}").json
    assert ([row["after"]["hours"] for row in second["data"]], second["has_more"]) == ([0], False)


@pytest.mark.parametrize("query", ["&until=2000-01-01", "&since=9999-01-01", "&who=yan", "&outcome=failed"])
def test_each_filter_narrows(api, query: str) -> None:
    assert ask(api, query).json["data"] == []


@pytest.mark.parametrize("token", ["contact of alpha", "beta"])
def test_no_customer_reads_it(api, token: str) -> None:
    assert ask(api, "", token).status == 403
    assert api.ask("GET", f"{PATH}/1", token=token).status == 403


@pytest.mark.parametrize("entry", ["0", "x", "-1", "999999999", "9" * 30])
def test_what_there_is_not_is_not_found(api, entry: str) -> None:
    assert api.ask("GET", f"{PATH}/{entry}", token="admin").status == 404


def test_what_a_token_changes_tells_which_token_it_was(api) -> None:
    made = api.ask("POST", "/api/v1/customers", token="admin", body={"id": "of-a-token"})
    assert made.status == 201
    (entry,) = api.ask("GET", f"{PATH}?kind=customer&id=of-a-token", token="admin").json["data"]
    assert (entry["login"], entry["via"].split()[0], entry["address"]) == ("ada", "token", "127.0.0.1")
    assert entry["after"]["id"] == "of-a-token"
