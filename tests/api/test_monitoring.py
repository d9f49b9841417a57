"""The figures of the server."""

import re
from datetime import UTC, datetime

from tollbook.account.audit import Actor, record
from tollbook.account.database import Database
from tollbook.api.monitoring import Events


def figures(api) -> dict[str, float]:
    answer = api.ask("GET", "/metrics", token="prometheus")
    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    lines = [line for line in answer.text.splitlines() if not line.startswith("#")]
    assert all(re.fullmatch(r"[a-z_]+(?:\{.*\})? \S+", line) for line in lines)
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def test_requests_are_counted_by_route_and_status_and_never_by_what_is_in_an_address(api) -> None:
    name = 'tollbook_requests_total{method="GET",route="/api/v1/customers/{id}",status="404"}'
    before = figures(api).get(name, 0)
    api.ask("GET", "/api/v1/customers/nobody", token="admin")
    after = figures(api)
    assert after[name] == before + 1
    assert not any("nobody" in each for each in after)
    assert after['tollbook_request_seconds_count{route="/api/v1/customers/{id}"}'] >= after[name]


def test_the_data_the_pages_and_the_audit_are_told(api) -> None:
    first = figures(api)
    assert first["tollbook_lake_updated_timestamp_seconds"] == datetime(2026, 10, 6, tzinfo=UTC).timestamp()
    assert first["tollbook_lake_stale_days"] == 0
    assert first["tollbook_sessions"] == 0
    assert first["tollbook_sessions_most"] == 40
    assert first["tollbook_api_waiting"] >= 1
    refused = 'tollbook_audit_events_total{action="change",outcome="refused"}'
    api.ask("POST", "/api/v1/customers", token="analyst", body={"id": "x"})
    assert figures(api)[refused] == first.get(refused, 0) + 1


def test_only_operators_are_told(api) -> None:
    assert [api.ask("GET", "/metrics", token=token).status for token in ("", "contact of alpha", "beta")] == [
        401,
        403,
        403,
    ]


def test_events_are_counted_from_the_first_time_they_are_asked_for(database: Database) -> None:
    def act(outcome: str) -> None:
        with database.session() as session:
            record(session, Actor(None, "x"), "sign_in", "", outcome)

    events = Events()
    act("done")
    assert events.since(database) == {}
    act("done")
    act("done")
    act("failed")
    assert events.since(database) == {("sign_in", "done"): 2, ("sign_in", "failed"): 1}
    act("done")
    assert events.since(database)["sign_in", "done"] == 3
