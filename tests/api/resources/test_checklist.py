"""What is outstanding, asked over HTTP."""

from dataclasses import asdict
from typing import Any

import pytest

from tollbook.account.scope import Scope
from tollbook.api.resources.checklist import _behind, _key
from tollbook.checklist import checklist
from tollbook.outstanding.item import Item

PATH = "/api/v1/checklist"


def named(api: Any, token: str, query: str = "") -> list[str]:
    return [row["name"] for row in api.ask("GET", f"{PATH}{query}", token=token).json["data"]]


def test_an_operators_token_is_told_what_the_command_tells(api: Any) -> None:
    answer = api.ask("GET", PATH, token="analyst").json
    assert answer["data"] == [asdict(item) for item in checklist(api.workspace)]
    told = {row["name"]: row for row in answer["data"]}
    carriers = told["unconfirmed_carriers"]  # those of the records
    assert carriers["words"] == "2 carriers are in the records but not entered: north, south"
    assert (carriers["page"], carriers["query"]) == ("master_data", {"kind": "carrier", "entry": "north"})
    assert told["without_deck"]["remedy"] == "tollbook deck import FILE --customer alpha"


@pytest.mark.parametrize("token", ["contact of alpha", "beta"])
def test_a_contact_and_a_customer_have_their_own_things_alone(api: Any, token: str) -> None:
    rows = api.ask("GET", PATH, token=token).json["data"]
    whose = Scope("contact", "alpha" if "alpha" in token else "beta")
    assert rows == [asdict(item) for item in checklist(api.workspace, whose)]
    assert {row["name"] for row in rows} <= {"overdue"}


def test_it_comes_in_pages(api: Any) -> None:
    first = api.ask("GET", f"{PATH}?limit=2", token="admin").json
    assert first["has_more"]
    rest = named(api, "admin", f"?limit=2&cursor={first['next']}")
    assert [*(row["name"] for row in first["data"]), *rest] == named(api, "admin")


def test_a_token_for_something_else_is_not_told(api: Any) -> None:
    assert api.ask("GET", PATH, token="admin's summary").status == 403


def test_what_is_done_between_two_pages_moves_nothing_out_of_sight() -> None:
    items = [Item(name, name, "do", "decks", {}) for name in ("a", "b", "c")]
    after = _key((1, items[1]))
    assert _behind(list(enumerate(items)), after) == 2
    assert _behind(list(enumerate([items[1], items[2]])), after) == 1  # a is done
    assert _behind(list(enumerate([items[0], items[2]])), after) == 1  # b is done
