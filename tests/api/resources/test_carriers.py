"""`carriers`."""

PATH = "/api/v1/carriers"


def test_one_is_entered_shown_listed_and_changed(api) -> None:
    body = {"id": "kilo/2".replace("/", "-"), "name": "Kilo", "currency": "USD", "channels": 120}
    made = api.ask("POST", PATH, token="admin", body=body)
    assert (made.status, made.headers["Location"]) == (201, "carriers/kilo-2")
    assert made.json.items() >= body.items()
    assert api.ask("GET", f"{PATH}/kilo-2", token="analyst").json == made.json
    rows = api.ask("GET", f"{PATH}?id=kilo-2&id=nobody", token="analyst").json["data"]
    assert rows == [made.json]
    changed = api.ask("PATCH", f"{PATH}/kilo-2", token="admin", body={"channels": None}).json
    assert (changed["channels"], changed["currency"]) == (None, "USD")
    assert api.audited()[-1] == ("ada", "change", "carrier kilo-2", "done")


def test_one_that_is_there_or_cannot_be_is_refused(api) -> None:
    assert api.ask("POST", PATH, token="admin", body={"id": "alpha"}).status == 409
    assert api.ask("POST", PATH, token="admin", body={"id": "x", "currency": "EURO"}).status == 422
    assert api.ask("PATCH", f"{PATH}/nobody", token="admin", body={"channels": 1}).status == 404


def test_a_contact_has_none(api) -> None:
    assert api.ask("GET", PATH, token="contact of alpha").status == 403
