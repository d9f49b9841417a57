"""Customers and carriers are entered and changed alike."""

import pytest

KINDS = pytest.mark.parametrize("kind", ["customer", "carrier"])


@KINDS
def test_one_is_entered_once_and_the_answer_says_where_it_is(api, kind: str) -> None:
    path, name = f"/api/v1/{kind}s", f"party {kind}"
    made = api.ask("POST", path, token="admin", body={"id": name, "channels": 3})
    assert (made.status, made.headers["Location"]) == (201, f"{kind}s/party%20{kind}")
    assert (made.json["id"], made.json["channels"]) == (name, 3)
    again = api.ask("POST", path, token="admin", body={"id": name})
    assert (again.status, again.json["detail"]) == (409, f"there is a {kind} '{name}' already")


@KINDS
def test_only_what_is_told_changes_and_what_cannot_be_is_refused(api, kind: str) -> None:
    path = f"/api/v1/{kind}s"
    api.ask("POST", path, token="admin", body={"id": f"kept {kind}", "channels": 3, "name": "Kept"})
    one = f"{path}/kept%20{kind}"
    assert api.ask("PATCH", one, token="admin", body={"channels": -1}).status == 422
    told = api.ask("PATCH", one, token="admin", body={"channels": 4}).json
    assert (told["channels"], told["name"]) == (4, "Kept")
    assert api.ask("PATCH", f"{path}/nobody", token="admin", body={"channels": 4}).status == 404
