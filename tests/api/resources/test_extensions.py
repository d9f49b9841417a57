"""`extensions`."""

import pytest
from sqlalchemy import select

from secrets_kept import SECRETS
from tollbook.account.audit import events
from tollbook.account.database import Database
from tollbook.account.models import KeptAnswer
from tollbook.account.numbering import sip
from tollbook.account.secret import workspace_secret

PATH = "/api/v1/extensions"
BLOCKS = "/api/v1/number-blocks"


@pytest.fixture
def block(api):
    """A block of alpha, released afterwards."""
    body = {"customer": "alpha", "start": "0610", "end": "0619"}
    made = api.ask("POST", BLOCKS, token="admin", body=body).json
    yield made
    for row in api.ask("GET", f"{PATH}?customer=alpha", token="admin").json["data"]:
        api.ask("DELETE", f"{PATH}/{row['number']}", token="admin")
    api.ask("DELETE", f"{BLOCKS}/{made['id']}", token="admin")


def test_a_contact_takes_and_frees_its_own(api, block) -> None:
    body = {"customer": "alpha", "name": "Desk"}
    made = api.ask("POST", PATH, token="contact of alpha", body=body)
    assert (made.status, made.headers["Location"]) == (201, "extensions/0610")
    row = made.json
    assert row.pop("created_at").endswith("Z")
    assert row == {
        "number": "0610",
        "customer": "alpha",
        "name": "Desk",
        "block": block["id"],
        "out_of_block": False,
        "secret_at": None,
        "created_by": "al",
    }
    assert api.ask("GET", f"{PATH}/0610", token="analyst").json["name"] == "Desk"
    assert api.ask("DELETE", f"{PATH}/0610", token="contact of alpha").status == 200
    assert [what[:3] for what in api.audited()[-2:]] == [
        ("al", "add", "extension 0610"),
        ("al", "remove", "extension 0610"),
    ]


def test_it_gets_another_name(api, block) -> None:
    api.ask("POST", PATH, token="admin", body={"customer": "alpha", "number": "0611", "name": "Desk"})
    told = api.ask("PATCH", f"{PATH}/0611", token="contact of alpha", body={"name": "Lobby"})
    assert (told.status, told.json["number"], told.json["name"]) == (200, "0611", "Lobby")
    assert api.ask("GET", f"{PATH}/0611", token="analyst").json["name"] == "Lobby"
    assert api.audited()[-1][:3] == ("al", "change", "extension 0611")
    assert api.ask("PATCH", f"{PATH}/0611", token="admin", body={"name": ""}).json["name"] == ""
    for token, body, status in (
        ("beta", {"name": "x"}, 404), ("analyst", {"name": "x"}, 403), ("admin", {}, 422), ("admin", {"name": "a\u200bb"}, 422),
    ):  # fmt: skip
        assert api.ask("PATCH", f"{PATH}/0611", token=token, body=body).status == status


def test_a_secret_is_told_once_and_nowhere_kept(api, block) -> None:
    api.ask("PATCH", f"{BLOCKS}/settings", token="admin", body={"realm": "sip.example.net"})
    api.ask("POST", PATH, token="admin", body={"customer": "alpha", "number": "0611"})
    where = f"{PATH}/0611/secret"
    first, second = (
        api.ask("POST", where, token="contact of alpha", Idempotency_Key="a-secret") for _ in range(2)
    )
    for answer in (first, second):
        assert (answer.status, answer.headers["Cache-Control"]) == (200, "no-store")
        assert "Idempotent-Replayed" not in answer.headers
        told = {**answer.json, "secret": SECRETS.add("a SIP secret", answer.json["secret"])}
        assert told == {**answer.json, "number": "0611", "customer": "alpha", "realm": "sip.example.net"}
    assert first.json["secret"] != second.json["secret"]
    assert api.ask("GET", f"{PATH}/0611", token="analyst").json["secret_at"].endswith("Z")
    db = Database.of(api.workspace)
    with db.reading() as session:
        (extension,) = session.scalars(sip.numbered(["0611"]))
        sealed = workspace_secret(api.workspace).unseal(extension.sip_hashes or "", "sip")
        kept = [*session.scalars(select(KeptAnswer.body))]
        audited = [str(event) for event in events(session, None, None)]
    db.close()
    assert sealed == " ".join(sip.hashes("0611", "sip.example.net", second.json["secret"]))
    assert not any(one.json["secret"] in text for one in (first, second) for text in (*kept, *audited))
    assert [api.ask("POST", where, token=token).status for token in ("beta", "analyst")] == [404, 403]


def test_a_contact_without_a_block_takes_as_many_as_the_site_says(strict_api, tmp_path) -> None:
    api = strict_api
    (tmp_path / "site.yml").write_text("extensions_each: 0\n")
    body = {"customer": "alpha", "number": "0701"}
    for path, name in ((PATH, "number"), (BLOCKS, "id")):  # what other tests have left
        while left := api.ask("GET", f"{path}?customer=alpha", token="admin").json["data"]:
            for row in left:
                assert api.ask("DELETE", f"{path}/{row[name]}", token="admin").status == 200
    answer = api.ask("POST", PATH, token="contact of alpha", body=body)
    assert (answer.status, "needs another block" in answer.json["detail"]) == (409, True)
    assert api.ask("POST", PATH, token="admin", body=body).status == 201
    assert api.ask("DELETE", f"{PATH}/0701", token="contact of alpha").status == 200


def test_it_has_no_other_s(api, block) -> None:
    api.ask("POST", PATH, token="admin", body={"customer": "alpha", "number": "0611"})
    assert api.ask("GET", f"{PATH}/0611", token="contact of alpha").json["created_by"] == ""
    assert api.ask("GET", f"{PATH}?customer=alpha", token="beta").json["data"] == []
    assert api.ask("POST", PATH, token="beta", body={"customer": "alpha"}).status == 404
    assert api.ask("GET", f"{PATH}/free?customer=alpha", token="beta").status == 404
    one, two = (api.ask("DELETE", f"{PATH}/{number}", token="beta") for number in ("0611", "0612"))
    assert (one.status, one.body) == (two.status, two.body) == (404, one.body)
    assert api.ask("GET", f"{PATH}/0611", token="admin").status == 200


def test_what_is_taken_or_elsewhere_is_a_conflict(api, block) -> None:
    api.ask("POST", PATH, token="admin", body={"customer": "alpha", "number": "0611"})
    for number in ("0611", "0620"):
        answer = api.ask("POST", PATH, token="contact of alpha", body={"customer": "alpha", "number": number})
        assert (answer.status, number in answer.json["detail"]) == (409, True)


def test_free_ones_come_in_pages(api, block) -> None:
    api.ask("POST", PATH, token="admin", body={"customer": "alpha", "number": "0611"})
    path = f"{PATH}/free?customer=alpha&limit=4"
    first = api.ask("GET", path, token="contact of alpha").json
    assert (first["data"], first["has_more"]) == (["0610", "0612", "0613", "0614"], True)
    second = api.ask("GET", f"{path}&cursor={first['next']}", token="contact of alpha").json
    assert second["data"] == ["0615", "0616", "0617", "0618"]


def test_without_a_block_and_a_range_none_can_be_told(api) -> None:
    api.ask("POST", "/api/v1/customers", token="admin", body={"id": "without numbers"})
    answer = api.ask("GET", f"{PATH}/free?customer=without%20numbers", token="analyst")
    assert (answer.status, answer.json["detail"]) == (
        409,
        "nobody has said where numbers begin: name the number",
    )


@pytest.mark.parametrize(
    "body", [{}, {"customer": "alpha", "number": "1x"}, {"customer": "alpha", "name": "a\u200bb"}]
)
def test_what_cannot_be_is_not_taken(api, body: dict[str, object]) -> None:
    assert api.ask("POST", PATH, token="admin", body=body).status == 422


@pytest.mark.parametrize("place", ["x", "99999", "9" * 40, "%D9%A3"])
def test_what_is_no_extension_is_not_there(api, place: str) -> None:
    assert api.ask("GET", f"{PATH}/{place}", token="admin").status == 404
