"""Server-sent events of the calls in progress, from a running server."""

from datetime import UTC, datetime

import pytest

from live.served import Kamailio, Stream, asking
from secrets_kept import SECRETS
from tollbook.account.audit import Actor
from tollbook.account.database import Database
from tollbook.account.models import Customer
from tollbook.account.people import tokens
from tollbook.account.people.persons import add, found
from tollbook.workspace import Workspace

pytestmark = pytest.mark.slow
BY = Actor(None, "test")
PATH = "/api/v1/live/stream"
READERS = 50


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    made = Workspace(tmp_path_factory.mktemp("streams") / "home")
    made.create()
    return made


@pytest.fixture(scope="module")
def held(home: Workspace) -> dict[str, str]:
    """Tokens of an admin, and of the customer acme."""
    db, now = Database.of(home), datetime.now(UTC)
    with db.session() as session:
        session.add(Customer(id="acme", name="Acme", channels=3))
        add(session, "user", "ada", {"role": "admin"}, BY)
        session.flush()
        owners = {"admin": found(session, "ada"), "acme": session.get_one(Customer, "acme")}
        made = {
            name: tokens.make(session, owner, "t", ("live",), None, BY, now)[0]
            for name, owner in owners.items()
        }
        made["other"] = tokens.make(session, owners["admin"], "o", ("summary",), None, BY, now)[0]
    db.close()
    return {name: SECRETS.add("an API token", text) for name, text in made.items()}


@pytest.fixture(scope="module")
def server(home: Workspace, held, tmp_path_factory: pytest.TempPathFactory):
    with asking(
        home, tmp_path_factory.mktemp("params"), streams=4 * READERS, streams_each=READERS
    ) as running:
        yield running


@pytest.fixture
def stream(server, held):
    opened: list[Stream] = []

    def begin(name: str, path: str = PATH) -> Stream:
        opened.append(Stream(server[0], path, Authorization=f"Bearer {held[name]}"))
        return opened[-1]

    yield begin
    for each in opened:
        each.close()


@pytest.fixture
def switch(server) -> Kamailio:
    server[1].calls, server[1].down = [("acme", "alpha"), ("bolt", "bravo")], False
    return server[1]


def test_every_change_is_told_and_to_a_customer_only_its_own(stream, switch: Kamailio) -> None:
    admin, acme = stream("admin"), stream("acme", f"{PATH}?calls=1")
    assert admin.status == 200
    assert admin.reply.headers["Content-Type"] == "text/event-stream"
    assert admin.until(2)["by_carrier"] != []
    own = acme.until(1)
    assert (own["configured"], len(own["calls"])) == (3, 1)
    assert "by_carrier" not in own
    assert "carrier" not in own["calls"][0]
    switch.calls = [*switch.calls, ("acme", "alpha")]
    assert admin.until(3)["source"] == "switches"
    assert acme.until(2)["level"] == ""


def test_a_switch_that_fails_is_told_as_late_and_not_as_zero(stream, switch: Kamailio) -> None:
    admin = stream("admin")
    admin.until(2)
    switch.down = True
    event = admin.next()
    while event["complete"]:
        event = admin.next()
    assert (event["channels"], event["sources"][0]["answers"]) == (2, False)


def test_fifty_readers_at_once_are_one_poll_a_second(stream, switch: Kamailio) -> None:
    opened = [stream("admin") for _ in range(READERS - 10)] + [stream("acme") for _ in range(10)]
    for each in opened:
        each.next()
    before = switch.asked
    first = opened[0].next()["at"]
    while (event := opened[0].next()["at"]) == first:
        pass
    for each in opened[1:]:
        while each.next()["at"] < event:
            pass
    passed = datetime.now(UTC) - datetime.fromisoformat(first)
    assert switch.asked - before <= passed.total_seconds() + 2


def test_one_reader_has_only_so_many(stream) -> None:
    statuses = {stream("acme").status for _ in range(READERS + 1)}
    assert statuses == {200, 429}


def test_who_has_no_right_has_no_stream(stream, server) -> None:
    assert stream("other").status == 403
    assert Stream(server[0], PATH, Authorization="Bearer nonsense").status == 401
    assert Stream(server[0], PATH).status == 401


def test_it_can_only_be_read_as_events(server, held) -> None:
    told = {"Authorization": f"Bearer {held['admin']}"}
    assert Stream(server[0], PATH, Accept="application/json", **told).status == 406
    assert Stream(server[0], f"{PATH}?cals=1", **told).status == 400
