"""`contacts`."""

PATH = "/api/v1/contacts"


def test_one_is_entered_shown_listed_and_changed(api) -> None:
    body = {"login": "Dora@alpha.example", "customer": "alpha", "name": "Dora", "mobile": "+491701234567"}
    made = api.ask("POST", PATH, token="admin", body=body)
    assert (made.status, made.headers["Location"]) == (201, "contacts/dora%40alpha.example")
    assert (made.json["login"], made.json["two_factor"], made.json["disabled_at"]) == (
        "dora@alpha.example", False, None,
    )  # fmt: skip
    assert api.ask("GET", f"/api/v1/{made.headers['Location']}", token="analyst").json == made.json
    rows = api.ask("GET", f"{PATH}?customer=alpha", token="analyst").json["data"]
    assert made.json in rows
    assert {row["customer"] for row in rows} == {"alpha"}
    path = f"{PATH}/dora@alpha.example"
    changed = api.ask("PATCH", path, token="admin", body={"email": "dora@alpha.example"}).json
    assert (changed["email"], changed["email_verified_at"]) == ("dora@alpha.example", None)
    assert api.audited()[-1] == ("ada", "change", "contact dora@alpha.example", "done")


def test_where_one_may_come_from_is_told_as_on_the_command_line(api) -> None:
    body = {"login": "emil", "customer": "alpha", "allowed_addresses": ["192.0.2.7", "2001:db8::/32"]}
    made = api.ask("POST", PATH, token="admin", body=body).json
    assert made["allowed_addresses"] == ["192.0.2.7/32", "2001:db8::/32"]

    def changed(*networks: object):
        return api.ask("PATCH", f"{PATH}/emil", token="admin", body={"allowed_addresses": [*networks]})

    assert changed("10.0.0.0/12").json["allowed_addresses"] == ["10.0.0.0/12"]
    wrong = changed("10.1.0.0/12")
    assert (wrong.status, "did you mean '10.0.0.0/12'?" in wrong.text) == (422, True)
    assert [changed(one).status for one in ("", "10.0.0.1 10.0.0.2", "home", 7)] == [422] * 4
    assert changed().json["allowed_addresses"] == []


def test_what_cannot_be_is_refused(api) -> None:
    def status(**body) -> int:
        return api.ask("POST", PATH, token="admin", body=body).status

    assert status(login="al", customer="alpha") == 409
    assert status(login="ada", customer="alpha") == 409
    assert status(login="new", customer="nobody") == 404
    assert status(login="new") == 422
    assert status(login="new", customer="alpha", email="x") == 422
    assert api.ask("GET", f"{PATH}/ada", token="admin").status == 404
    assert api.ask("PATCH", f"{PATH}/al", token="admin", body={"customer": "beta"}).status == 422


def test_nothing_that_one_signs_in_with_is_told_and_a_contact_has_none(api) -> None:
    told = api.ask("GET", f"{PATH}/al", token="admin").text
    assert not {"password_hash", "totp"} & set(told.replace('"', " ").split())
    assert api.ask("GET", PATH, token="contact of alpha").status == 403
