"""`number-blocks`."""

import pytest

PATH = "/api/v1/number-blocks"


@pytest.fixture
def block(api):
    """A block of alpha, released afterwards."""
    made = api.ask(
        "POST", PATH, token="admin", body={"customer": "alpha", "start": "510000", "end": "510009"}
    )
    yield made.json
    api.ask("DELETE", f"{PATH}/{made.json['id']}", token="admin")


def test_a_named_block_is_given_and_shown_and_taken_back(api) -> None:
    body = {"customer": "alpha", "start": "0520", "end": "0529"}
    made = api.ask("POST", PATH, token="admin", body=body)
    assert (made.status, made.headers["Location"]) == (201, f"number-blocks/{made.json['id']}")
    assert made.json == {**body, "id": made.json["id"], "used": 0, "free": 10}
    where = f"{PATH}/{made.json['id']}"
    assert api.ask("GET", where, token="analyst").json == made.json
    assert api.ask("DELETE", where, token="admin").json == made.json
    assert api.ask("GET", where, token="analyst").status == 404
    assert [what[:3] for what in api.audited()[-2:]] == [
        ("ada", "allocate", f"block {made.json['id']}"),
        ("ada", "release", f"block {made.json['id']}"),
    ]


def test_a_contact_has_its_own(api, block) -> None:
    def ids(token: str, query: str = "") -> list[int]:
        return [row["id"] for row in api.ask("GET", f"{PATH}{query}", token=token).json["data"]]

    assert block["id"] in ids("analyst")
    assert block["id"] in ids("contact of alpha")
    assert block["id"] not in ids("contact of beta")
    assert ids("beta", "?customer=alpha") == []
    assert api.ask("GET", f"{PATH}/{block['id']}", token="contact of beta").status == 404


def test_a_list_comes_in_pages(api, block) -> None:
    other = api.ask(
        "POST", PATH, token="admin", body={"customer": "beta", "start": "510010", "end": "510010"}
    ).json
    first = api.ask("GET", f"{PATH}?limit=1&customer=alpha&customer=beta", token="admin").json
    assert first["has_more"]
    ids = [first["data"][0]["id"]]
    while first["next"]:
        path = f"{PATH}?limit=1&customer=alpha&customer=beta&cursor={first['next']}"
        first = api.ask("GET", path, token="admin").json
        ids += [row["id"] for row in first["data"]]
    assert len(ids) == len(set(ids))
    assert ids.index(block["id"]) < ids.index(other["id"])
    api.ask("DELETE", f"{PATH}/{other['id']}", token="admin")


def test_an_overlap_and_a_block_in_use_are_conflicts_that_are_named(api, block) -> None:
    body = {"customer": "beta", "start": "510009", "end": "510019"}
    answer = api.ask("POST", PATH, token="admin", body=body)
    assert answer.status == 409
    assert "510009-510009" in answer.json["detail"]
    api.ask("POST", "/api/v1/extensions", token="admin", body={"customer": "alpha", "number": "510003"})
    answer = api.ask("DELETE", f"{PATH}/{block['id']}", token="admin")
    assert (answer.status, "in use: 510003" in answer.json["detail"]) == (409, True)
    api.ask("DELETE", "/api/v1/extensions/510003", token="admin")


@pytest.mark.parametrize("place", ["0", "x", "999999", "9" * 40, "-1", "%D9%A3"])
def test_what_is_no_block_is_not_there(api, place: str) -> None:
    assert api.ask("GET", f"{PATH}/{place}", token="admin").status == 404


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"customer": "nobody"}, 404),
        ({"customer": "alpha", "start": "1"}, 409),
        ({"customer": "alpha", "start": "10", "end": "9"}, 409),
        ({"customer": "alpha", "start": "x", "end": "y"}, 422),
        ({"customer": "alpha", "start": 10, "end": 19}, 422),
        ({}, 422),
    ],
)
def test_what_cannot_be_is_not_given(api, body: dict[str, object], status: int) -> None:
    assert api.ask("POST", PATH, token="admin", body=body).status == status


def test_a_list_is_planned_and_entered_with_each_conflict_named(api) -> None:
    lines = [
        {"start": "530000", "end": "530009", "customer": "alpha"},
        {"start": "530005", "end": "530014", "customer": "beta"},
        {"start": "x", "end": "9", "customer": "alpha"},
        {"start": "540000", "end": "540009", "customer": "nobody"},
    ]
    planned = api.ask("POST", f"{PATH}/import", token="admin", body={"blocks": lines, "dry_run": True})
    assert (planned.status, planned.json["added"], planned.json["dry_run"]) == (200, 1, True)
    assert [(one["line"], one["why"]) for one in planned.json["conflicts"]][:2] == [
        (2, "530005-530009 is on line 1 already"),
        (3, "'x' is no number: write digits alone"),
    ]
    strict = api.ask("POST", f"{PATH}/import", token="admin", body={"blocks": lines, "strict": True})
    assert strict.json == planned.json  # nothing was entered, so it is told as a dry run

    def there() -> list[dict]:
        rows = api.ask("GET", f"{PATH}?limit=500&customer=alpha", token="admin").json["data"]
        return [row for row in rows if row["start"] == "530000"]

    assert there() == []
    assert api.ask("POST", f"{PATH}/import", token="admin", body={"blocks": lines}).json["added"] == 1
    (row,) = there()
    assert api.ask("DELETE", f"{PATH}/{row['id']}", token="admin").status == 200


@pytest.mark.parametrize("token", ["analyst", "contact of alpha"])
def test_only_the_account_enters_a_list(api, token: str) -> None:
    lines = [{"start": "530000", "end": "530009", "customer": "alpha"}]
    assert api.ask("POST", f"{PATH}/import", token=token, body={"blocks": lines}).status == 403
