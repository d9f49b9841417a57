"""`number-blocks/settings` and `number-blocks/usage`."""

import pytest

from tollbook.account.audit import events
from tollbook.account.database import Database

PATH = "/api/v1/number-blocks"
SETTINGS, USAGE = f"{PATH}/settings", f"{PATH}/usage"
EXTENSIONS = "/api/v1/extensions"


def test_the_sip_domain_is_entered_and_in_the_audit(api) -> None:
    before = api.ask("GET", SETTINGS, token="analyst").json
    for realm in ("other.example", "sip.example.net"):
        told = api.ask("PATCH", SETTINGS, token="admin", body={"realm": realm})
        assert (told.status, told.json) == (200, {**before, "realm": realm})
    own = api.ask("GET", SETTINGS, token="contact of alpha").json
    assert own == {"start": None, "size": None, "realm": "sip.example.net"}
    db = Database.of(api.workspace)
    with db.reading() as session:
        *_, last = events(session, None, None)
    db.close()
    assert (last["login"], last["resource"], last["after"]) == (
        "ada",
        "block settings",
        {"realm": "sip.example.net"},
    )
    assert api.ask("PATCH", SETTINGS, token="admin", body={}).json == told.json


@pytest.mark.parametrize("token", ["analyst", "contact of alpha", "beta"])
def test_only_the_account_changes_them(api, token: str) -> None:
    assert api.ask("PATCH", SETTINGS, token=token, body={"realm": "x"}).status == 403


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"size": 10}, 409),
        ({"start": "01", "size": 1000}, 409),
        ({"start": "x"}, 422),
        ({"size": 0}, 422),
        ({"realm": "no domain"}, 422),
        ({"realm": "."}, 422),
        ({"begin": "1000"}, 422),
    ],
    ids=str,
)
def test_what_cannot_be_is_not_entered(api, body: dict[str, object], status: int) -> None:
    before = api.ask("GET", SETTINGS, token="admin").json
    assert api.ask("PATCH", SETTINGS, token="admin", body=body).status == status
    assert api.ask("GET", SETTINGS, token="admin").json == before


def test_how_full_blocks_are_is_a_ratio_of_each_customer(api) -> None:
    for name in ("full", "half"):
        api.ask("POST", "/api/v1/customers", token="admin", body={"id": name})
    for customer, start, end, used in (
        ("full", "81", "81", ("81",)),
        ("half", "8200", "8209", ("8200", "8205")),
    ):
        api.ask("POST", PATH, token="admin", body={"customer": customer, "start": start, "end": end})
        for number in used:
            api.ask("POST", EXTENSIONS, token="admin", body={"customer": customer, "number": number})
    api.ask("POST", PATH, token="admin", body={"customer": "half", "start": "82", "end": "83"})
    first = api.ask("GET", f"{USAGE}?customer=half&customer=full&limit=1", token="analyst").json
    assert first["data"] == [
        {"customer": "full", "blocks": 1, "numbers": 1, "used": 1, "free": 0, "utilisation": 1.0}
    ]
    rest = api.ask(
        "GET", f"{USAGE}?customer=half&customer=full&limit=1&cursor={first['next']}", token="analyst"
    ).json
    assert (rest["data"], rest["has_more"]) == (
        [{"customer": "half", "blocks": 2, "numbers": 12, "used": 2, "free": 10, "utilisation": 2 / 12}],
        False,
    )


def test_a_contact_has_its_own_customer_s(api) -> None:
    made = api.ask(
        "POST", PATH, token="admin", body={"customer": "alpha", "start": "8301", "end": "8302"}
    ).json

    def whose(token: str, query: str = "") -> set[str]:
        return {row["customer"] for row in api.ask("GET", f"{USAGE}{query}", token=token).json["data"]}

    assert whose("contact of alpha") == {"alpha"}
    assert whose("beta", "?customer=alpha") == set()
    assert whose("admin", "?customer=alpha") == {"alpha"}
    api.ask("DELETE", f"{PATH}/{made['id']}", token="admin")
