"""`extensions/import`."""

import pytest

PATH = "/api/v1/extensions"
IMPORT = f"{PATH}/import"
LINES = [
    {"number": "8401", "customer": "alpha", "name": "Desk"},
    {"number": "8401", "customer": "alpha"},
    {"number": "84x", "customer": "alpha"},
    {"number": "8402", "customer": "beta"},
]


@pytest.fixture
def block(api):
    """A block of alpha, released afterwards."""
    body = {"customer": "alpha", "start": "8400", "end": "8409"}
    made = api.ask("POST", "/api/v1/number-blocks", token="admin", body=body).json
    yield made
    for number in range(8400, 8410):
        api.ask("DELETE", f"{PATH}/{number}", token="admin")
    assert api.ask("DELETE", f"/api/v1/number-blocks/{made['id']}", token="admin").status == 200


def there(api) -> list[tuple[str, str]]:
    rows = api.ask("GET", f"{PATH}?customer=alpha&limit=500", token="admin").json["data"]
    return [(row["number"], row["name"]) for row in rows if row["number"].startswith("84")]


def test_a_list_is_planned_and_entered_with_each_conflict_named(api, block) -> None:
    planned = api.ask("POST", IMPORT, token="admin", body={"extensions": LINES, "dry_run": True})
    counts = {"rows": 4, "added": 1, "changed": 0, "unchanged": 0, "dry_run": True}
    assert (planned.status, {**planned.json, "conflicts": None}) == (200, {**counts, "conflicts": None})
    assert [(one["line"], one["why"]) for one in planned.json["conflicts"]] == [
        (2, "8401 is on line 1 already"),
        (3, "'84x' is no number: write digits alone"),
        (4, "8402 is in another customer's block 8400-8409"),
    ]
    strict = api.ask("POST", IMPORT, token="admin", body={"extensions": LINES, "strict": True})
    assert strict.json == planned.json
    assert there(api) == []
    done = api.ask("POST", IMPORT, token="admin", body={"extensions": LINES, "name": "desks"})
    assert done.json == {**planned.json, "dry_run": False}
    assert there(api) == [("8401", "Desk")]
    assert [what[1:3] for what in api.audited()[-2:]] == [("add", "extension 8401"), ("import", "extensions")]


def test_a_contact_enters_its_own_alone(api, block) -> None:
    body = {"extensions": [*LINES[:1], {"number": "8403", "customer": "beta"}]}
    told = api.ask("POST", IMPORT, token="contact of alpha", body=body).json
    assert (told["added"], [one["why"] for one in told["conflicts"]]) == (
        1,
        ["there is no customer 'beta'; known: alpha"],
    )
    body = {"extensions": [{"number": "8401", "customer": "alpha", "name": "Hall"}]}
    assert api.ask("POST", IMPORT, token="contact of alpha", body=body).json["changed"] == 1
    assert there(api) == [("8401", "Hall")]
    assert api.ask("POST", IMPORT, token="beta", body=body).json["added"] == 0
    assert api.ask("POST", IMPORT, token="analyst", body=body).status == 403


@pytest.mark.parametrize("lines", [[], [{"number": "1"}], [{"number": 1, "customer": "alpha"}], LINES * 126])
def test_what_is_no_list_is_refused(api, lines: list[object]) -> None:
    assert api.ask("POST", IMPORT, token="admin", body={"extensions": lines}).status == 422
