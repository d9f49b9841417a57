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
