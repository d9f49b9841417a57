"""`tollbook serve` as it is typed."""

import time
from datetime import UTC, datetime

import pytest

from portal.conftest import served
from tollbook.account.audit import Actor
from tollbook.account.database import Database
from tollbook.billing import schedules
from tollbook.billing.decks import deck_book
from tollbook.billing.invoices import invoices
from tollbook.cli import main
from tollbook.cli.serve import serve
from tollbook.lake.store import Lake


def test_another_host_is_refused_before_anything_else(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["serve", "--host", "0.0.0.0"])
    assert ended.value.code == 1
    assert capsys.readouterr().err.startswith("tollbook: will not serve others on 0.0.0.0 without an address")


@pytest.mark.parametrize("port", ["0", "65536", "http"])
def test_a_port_is_a_number_of_a_port(port, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["serve", "--port", port])
    assert ended.value.code == 2


def test_it_listens_on_this_machine_unless_told():
    told = serve.make_context("serve", []).params
    assert (told["host"], told["port"], told["base_url"]) == ("127.0.0.1", 8866, None)


@pytest.mark.parametrize("scheduled", [True, False])
def test_what_is_due_is_made_and_figures_are_refreshed_beside_the_portal_unless_told(charged, scheduled):
    db, lake = Database.of(charged), Lake(charged)
    assert (
        lake.published.decks != deck_book(db).named
    )  # it was never looked whether a call waits for its deck
    with db.session() as session:
        schedules.set_schedule(
            session, Actor(None, "test"), "acme", "monthly", datetime(2026, 10, 1, tzinfo=UTC), None
        )
    made, fresh = [], False
    with served(charged.home, scheduled=scheduled):
        ends = time.monotonic() + (120 if scheduled else 3)
        while not (made and fresh) and time.monotonic() < ends:
            time.sleep(0.2)
            made = [row["number"] for row in invoices(db)]
            fresh = lake.published.decks == deck_book(db).named
    assert (len(made), fresh) == (scheduled, scheduled)
