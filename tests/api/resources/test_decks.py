"""`decks`."""

from base64 import b64encode

import polars as pl
import pytest

from tollbook.account.database import Database
from tollbook.account.models import Carrier
from tollbook.billing.deckout import xlsx_file
from tollbook.billing.decks import RATES

PATH = "/api/v1/decks"
HEAD = "prefix,destination,rate_per_min\n"


@pytest.fixture(scope="module")
def decks(api):
    """Where decks of carriers can be imported: each test has a carrier of its own."""
    db = Database.of(api.workspace)

    def carrier(name):
        with db.session() as session:
            session.add(Carrier(id=name, name=name, currency="EUR"))
        return f"{PATH}/carrier:{name}"

    yield carrier
    db.close()


def put(api, deck, *lines, token="admin", key="", **more):
    body = {"file": "new.csv", "text": HEAD + "\n".join(lines) + "\n", **more}
    headers = {"Idempotency_Key": key} if key else {}
    return api.ask("POST", f"{deck}/versions", token=token, body=body, **headers)


def test_a_file_becomes_a_version_that_can_be_read_page_by_page(api, decks):
    deck = decks("kilo")
    made = put(api, deck, "44,UK,0.010", "447,UK mobile,0.028", "1,USA,0.01")
    assert made.status == 200, made.text
    assert made.headers["Location"] == "carrier%3Akilo/rates?version=1"
    assert {name: made.json[name] for name in ("deck", "version", "stored", "rows", "new", "currency")} == {
        "deck": "carrier:kilo", "version": 1, "stored": True, "rows": 3, "new": 3, "currency": "EUR",
    }  # fmt: skip
    first = api.ask("GET", f"{deck}/rates?limit=2", token="admin").json
    assert [row["prefix"] for row in first["data"]] == ["1", "44"]
    last = api.ask("GET", f"{deck}/rates?limit=2&cursor={first['next']}", token="admin").json
    assert ([row["prefix"] for row in last["data"]], last["has_more"]) == (["447"], False)
    fits = api.ask("GET", f"{deck}/rates?number=4477&at=2026-10-05", token="analyst").json["data"]
    assert [row["prefix"] for row in fits] == ["44", "447"]
    shown = api.ask("GET", deck, token="admin").json
    assert (shown["version"], shown["rates"], shown["until"], shown["source"]) == (1, 3, None, "new.csv")


def test_a_number_is_looked_up_as_its_customer_s_rules_write_it(api):
    deck, told = (
        f"{PATH}/customer:ruled",
        {"id": "ruled", "currency": "EUR", "number_rules": "0>49 1234#> 9>"},
    )
    assert api.ask("POST", "/api/v1/customers", token="admin", body=told).status == 201
    put(api, deck, "49,Germany,0.010", "4930,Berlin,0.008", "1,USA,0.01")

    def fits(number):
        rows = api.ask("GET", f"{deck}/rates?number={number}", token="admin").json["data"]
        return [row["prefix"] for row in rows]

    assert (fits("0301234"), fits("1234%2349"), fits("12"), fits("2")) == (["49", "4930"], ["49"], ["1"], [])
    assert (fits("9"), fits("9" + "0" * 20), fits("1%23")) == ([], [], [])


def test_a_dry_run_tells_the_difference_and_stores_nothing(api, decks):
    deck = decks("lima")
    put(api, deck, "44,UK,0.010", "1,USA,0.01")
    dry = put(api, deck, "44,UK,0.015", dry_run=True).json
    assert (dry["stored"], dry["version"], dry["raised"], dry["ended"]) == (False, 2, 1, 1)
    assert [(row["prefix"], row["change"]) for row in dry["biggest"]] == [("44", "0.005"), ("1", None)]
    assert api.ask("GET", f"{deck}/versions", token="admin").json["data"][0]["version"] == 1


def test_versions_are_listed_and_compared(api, decks):
    deck = decks("mike")
    for rate in ("1", "2", "3"):
        put(api, deck, f"44,UK,{rate}", "45,Denmark,1")
    first = api.ask("GET", f"{deck}/versions?limit=2", token="admin").json
    assert [row["version"] for row in first["data"]] == [3, 2]
    assert first["data"][1]["replaced_at"] == first["data"][0]["imported_at"]
    rest = api.ask("GET", f"{deck}/versions?limit=2&cursor={first['next']}", token="admin").json
    assert [row["version"] for row in rest["data"]] == [1]
    told = api.ask("GET", f"{deck}/differences?before=1&limit=1", token="admin").json
    assert (told["data"][0]["rate_before"], told["data"][0]["rate_after"]) == ("1", "3")
    assert (told["counts"]["raised"], told["counts"]["unchanged"], told["has_more"]) == (1, 1, True)
    more = api.ask("GET", f"{deck}/differences?before=1&limit=1&cursor={told['next']}", token="admin").json
    assert (more["data"][0]["prefix"], more["has_more"]) == ("45", False)
    only = api.ask("GET", f"{deck}/differences?kind=unchanged", token="admin").json
    assert [row["prefix"] for row in only["data"]] == ["45"]
    first_of_all = api.ask("GET", f"{deck}/differences?after=1&since=2026-01-01", token="admin").json
    assert first_of_all["counts"]["new"] == 2


def test_the_same_key_imports_once(api, decks):
    deck = decks("november")
    one, two = (put(api, deck, "44,UK,1", key="deck-1") for _ in range(2))
    assert (one.json, two.headers["Idempotent-Replayed"]) == (two.json, "true")
    assert api.ask("GET", deck, token="admin").json["versions"] == 1
    assert put(api, deck, "44,UK,2", key="deck-1").status == 422


def test_a_workbook_comes_in_base64_and_may_be_large(api, decks):
    deck = decks("oscar")
    rows = [{"prefix": str(n), "destination": "x" * 60, "rate_per_min": 1, "connect_fee": 0, "initial_increment_s": 1, "increment_s": 1, "blocked": False} for n in range(10_000, 15_000)]  # fmt: skip
    content = b64encode(xlsx_file(pl.DataFrame(rows, schema=RATES))).decode()
    assert len(content) > 64 * 1024
    made = put(api, deck, text=None, base64=content)
    assert (made.status, made.json["rows"]) == (200, 5000)


def test_a_long_body_is_for_those_who_may_send_it(api, decks):
    deck, long = decks("papa"), "44,UK,1\n" + "x" * 70_000
    assert put(api, deck, long, token="analyst").status == 403
    assert put(api, deck, long, token="tb_wrong").status == 401
    assert put(api, deck, long).status == 409
    body = b'{"id": "' + b"x" * 70_000 + b'"}'
    assert (
        api.ask("POST", "/api/v1/customers", token="admin", raw=body, Content_Type="application/json").status
        == 413
    )


def test_what_does_not_fit_is_said(api, decks):
    deck = decks("quebec")
    wrong = put(api, deck, "4.47E+11,UK,1")
    assert wrong.status == 409
    assert "new.csv: line 2: prefix: '4.47E+11' is in scientific notation" in wrong.json["detail"]
    assert put(api, deck, "44,UK,1", base64="").status == 409
    assert put(api, deck, text=None).status == 409
    assert put(api, deck, text=None, base64="A").json["detail"].startswith("base64: ")
    assert put(api, deck, "44,UK,1", currency="USD").status == 409
    assert put(api, f"{PATH}/carrier:nobody", "44,UK,1").status == 404
    assert put(api, f"{PATH}/nobody", "44,UK,1").status == 404


@pytest.mark.parametrize("path", ["", "/versions", "/rates", "/differences"])
def test_what_there_is_not_is_not_found(api, decks, path):
    for deck in ("carrier:none", "customer:", "nothing"):
        assert api.ask("GET", f"{PATH}/{deck}{path}", token="admin").status == 404


def test_decks_are_listed_by_side(api, decks):
    put(api, decks("sierra"), "44,UK,1")
    put(api, decks("tango"), "44,UK,1")
    put(api, f"{PATH}/customer:beta", "44,UK,1")
    listed = api.ask("GET", f"{PATH}?side=customer", token="analyst").json["data"]
    assert "customer:beta" in [row["deck"] for row in listed]
    assert {row["side"] for row in listed} == {"customer"}
    page = api.ask("GET", f"{PATH}?side=carrier&limit=1", token="analyst").json
    following = api.ask("GET", f"{PATH}?side=carrier&limit=1&cursor={page['next']}", token="analyst").json
    assert page["data"][0]["owner"] < following["data"][0]["owner"]


def test_a_contact_has_no_decks(api):
    assert api.ask("GET", PATH, token="contact of alpha").status == 403
