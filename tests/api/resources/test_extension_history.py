"""`extensions/{extension}/history`."""

from contextlib import contextmanager

import pytest

PATH = "/api/v1/extensions"
BLOCKS = "/api/v1/number-blocks"


@contextmanager
def taken(api, number, customer, token):
    """An extension in a block of its own, which both go afterwards."""
    block = {"customer": customer, "start": number, "end": number}
    made = api.ask("POST", BLOCKS, token="admin", body=block).json
    body = {"customer": customer, "number": number}
    assert api.ask("POST", PATH, token=token, body=body).status == 201
    yield
    assert api.ask("DELETE", f"{PATH}/{number}", token=token).status == 200
    assert api.ask("DELETE", f"{BLOCKS}/{made['id']}", token="admin").status == 200


@pytest.fixture(scope="module")
def moved(api):
    """8501 was alpha's, whose contact took it and gave it back; then an admin gave it to beta."""
    with taken(api, "8501", "alpha", "contact of alpha"):
        api.ask("PATCH", f"{PATH}/8501", token="admin", body={"name": "Hall"})
    with taken(api, "8501", "beta", "admin"):
        yield f"{PATH}/8501/history"


def told(answer) -> list[tuple[str, str]]:
    return [(row["login"], row["action"]) for row in answer.json["data"]]


def test_an_operator_is_told_all_page_by_page(api, moved) -> None:
    whole = api.ask("GET", moved, token="analyst")
    assert told(whole) == [("al", "add"), ("ada", "change"), ("al", "remove"), ("ada", "add")]
    change = whole.json["data"][1]
    assert change["at"].endswith("Z")
    assert (change["before"], change["after"]) == (
        {"customer": "alpha", "name": ""},
        {"customer": "alpha", "name": "Hall"},
    )
    first = api.ask("GET", f"{moved}?limit=3", token="analyst")
    rest = api.ask("GET", f"{moved}?limit=3&cursor={first.json['next']}", token="analyst")
    assert (told(first) + told(rest), rest.json["has_more"]) == (told(whole), False)


def test_a_contact_is_told_its_customer_s_time_with_the_number_alone(api, moved) -> None:
    mine = api.ask("GET", moved, token="contact of alpha")
    assert told(mine) == [("al", "add"), ("", "change"), ("al", "remove")]
    assert (mine.json["data"][1]["via"], mine.json["data"][1]["address"]) == ("", "")
    assert told(api.ask("GET", moved, token="beta")) == [("", "add")]
    assert "alpha" not in api.ask("GET", moved, token="beta").text


def test_what_a_token_never_had_is_not_there(api) -> None:
    with taken(api, "8502", "alpha", "admin"):
        one, two = (api.ask("GET", f"{PATH}/{number}/history", token="beta") for number in ("8502", "8503"))
    assert (one.status, one.body) == (two.status, two.body) == (404, one.body)
    for place in ("8503", "x", "9" * 40):
        assert api.ask("GET", f"{PATH}/{place}/history", token="admin").status == 404
