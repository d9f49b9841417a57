"""`alerts` and `alert-events`."""

import pytest

PATH = "/api/v1/alerts"
ASR = {"name": "ASR", "area": "asr", "threshold": "0.4", "reset": "0.45", "sample_min": 120, "min_calls": 10}


@pytest.fixture
def alert(api):
    """A rule over each customer, removed afterwards."""
    made = api.ask(
        "POST", PATH, token="admin", body={**ASR, "by": "customer", "recipients": ["noc@site.example"]}
    )
    assert made.status == 201, made.text
    yield made.json
    api.ask("DELETE", f"{PATH}/{made.json['id']}", token="admin")


def test_a_rule_is_entered_shown_changed_and_removed(api) -> None:
    made = api.ask("POST", PATH, token="admin", body=ASR)
    assert (made.status, made.headers["Location"]) == (201, f"alerts/{made.json['id']}")
    assert {name: made.json[name] for name in ASR} == ASR
    assert (made.json["states"], made.json["recipients"], made.json["operator"]) == ([], [], "below")
    where = f"{PATH}/{made.json['id']}"
    assert api.ask("GET", where, token="analyst").json == made.json
    changed = api.ask("PATCH", where, token="admin", body={"threshold": "0.35", "active": False})
    assert (changed.json["threshold"], changed.json["active"]) == ("0.35", False)
    assert api.ask("DELETE", where, token="admin").json == changed.json
    assert api.ask("GET", where, token="admin").status == 404
    assert [what[:3] for what in api.audited()[-3:]] == [
        ("ada", what, f"alert {made.json['id']}") for what in ("add", "change", "remove")
    ]


def test_a_back_test_is_of_the_known_calls(api, alert) -> None:
    # Of alpha's calls two of five are answered, of beta's nine of ten: 10 calls are few.
    told = api.ask("GET", f"{PATH}/{alert['id']}/backtest?days=2", token="analyst").json
    assert (told["alert"], told["judged"], told["start"]) == (alert["id"], 2 * 2 * 96, "2026-10-03T22:30:00Z")
    assert {one["subject"] for one in told["events"]} <= {"alpha", "beta"}
    assert api.ask("GET", f"{PATH}/{alert['id']}/backtest?days=0", token="analyst").status == 400


def test_a_test_is_an_event_that_says_who_was_told(api, alert) -> None:
    row = api.ask("POST", f"{PATH}/{alert['id']}/test", token="admin").json
    assert (row["kind"], row["alert"], row["deliveries"][0]["to"]) == (
        "test",
        alert["id"],
        "noc@site.example",
    )
    listed = api.ask("GET", f"/api/v1/alert-events?alert={alert['id']}&kind=test", token="analyst").json
    assert [one["id"] for one in listed["data"]] == [row["id"]]
    assert api.ask("GET", "/api/v1/alert-events?since=2999-01-01", token="analyst").json["data"] == []


def test_lists_come_in_pages(api, alert) -> None:
    other = api.ask("POST", PATH, token="admin", body=ASR).json
    for number in (alert["id"], other["id"]):
        api.ask("POST", f"{PATH}/{number}/test", token="admin")
    for path in (PATH, "/api/v1/alert-events"):
        page = api.ask("GET", f"{path}?limit=1", token="admin").json
        ids = [page["data"][0]["id"]]
        while page["next"]:
            page = api.ask("GET", f"{path}?limit=1&cursor={page['next']}", token="admin").json
            ids += [row["id"] for row in page["data"]]
        assert len(ids) == len(set(ids)) >= 2
    api.ask("DELETE", f"{PATH}/{other['id']}", token="admin")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({**ASR, "threshold": "0.5"}, 409),
        ({**ASR, "threshold": 0.4}, 422),
        ({**ASR, "sample_min": 20}, 422),
        ({**ASR, "area": "weather"}, 422),
        ({**ASR, "recipients": ["nobody"]}, 409),
        ({**ASR, "area": "balance"}, 409),
        ({"name": "x"}, 422),
    ],
    ids=str,
)
def test_what_cannot_be_is_not_entered(api, body: dict[str, object], status: int) -> None:
    assert api.ask("POST", PATH, token="admin", body=body).status == status


@pytest.mark.parametrize("place", ["0", "x", "999999", "9" * 40, "-1"])
def test_what_is_no_rule_is_not_there(api, place: str) -> None:
    for method, path in (("GET", place), ("GET", f"{place}/backtest"), ("DELETE", place)):
        assert api.ask(method, f"{PATH}/{path}", token="admin").status == 404


def test_a_contact_and_a_customer_have_nothing_of_them(api, alert) -> None:
    for token in ("contact of alpha", "beta"):
        for path in (PATH, f"{PATH}/{alert['id']}", "/api/v1/alert-events"):
            assert api.ask("GET", path, token=token).status == 403
