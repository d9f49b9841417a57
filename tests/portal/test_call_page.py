"""A call opened, of a network with decks, carriers that refuse and invoices: what it tells is what the tables say."""

import json
import subprocess
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import polars as pl
import pytest
from playwright.sync_api import expect

from portal.conftest import command, served
from tollbook.calls.query import place_of
from tollbook.demo.install import install
from tollbook.lake.store import Lake
from tollbook.tables import CALLS, SEIZURES
from tollbook.workspace import Workspace

pytestmark = [pytest.mark.browser, pytest.mark.slow]
INVOICED = datetime(2026, 10, 13, tzinfo=UTC)


@pytest.fixture(scope="module")
def network_with_invoices(tmp_path_factory):
    """Three days of the demo network, and the invoices of the first."""
    made = Workspace(tmp_path_factory.mktemp("demo") / "home")
    made.create()
    install(made, days=3, calls_per_day=400, seed=1, now=INVOICED + timedelta(days=2))
    told(made, "invoice", "run", "--view", "daily", "--period", str(INVOICED.date()))
    return made


@pytest.fixture(scope="module")
def address(network_with_invoices):
    with served(network_with_invoices.home) as found:
        yield found


@pytest.fixture(scope="module")
def rerouted(network_with_invoices):
    """A call of the invoiced day that was answered on its second or a later try, and its tries in order."""
    lake = Lake(network_with_invoices)
    tries = lake.scan(SEIZURES).filter(pl.col("seizure") > 1).select("call_id").unique()
    talked = lake.scan(CALLS).filter(pl.col("day") == INVOICED.date(), pl.col("charge") > 0)
    call = talked.join(tries, on="call_id", how="semi").sort("started_at").head(1).collect()
    of_call = lake.scan(SEIZURES).filter(pl.col("call_id") == call["call_id"].item())
    return call, of_call.sort("seizure").collect()


def told(workspace, *words):
    done = subprocess.run(
        command("--home", str(workspace.home), *words, "--json"), capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


@pytest.fixture
def dialog(opened, address, rerouted):
    call, _ = rerouted
    day = f"start={INVOICED.date()}&end={(INVOICED + timedelta(days=1)).date()}"
    watched = opened(f"{address}calls?{day}&call={place_of(call, 0).text}")
    found = watched.page.locator("dialog.tollbook-call")
    expect(found).to_be_visible(timeout=30_000)
    yield found
    # A page that is left says so while the next one loads; the browser counts that as given up.
    assert [one for one in watched.wrong if "/api/shutdown/" not in one] == []


def test_its_tries_stand_in_order_with_their_carriers_and_codes(dialog, rerouted):
    _, tries = rerouted
    lines = [line.split("\t") for line in dialog.locator(".tollbook-call-tries tbody tr").all_inner_texts()]
    assert len(lines) == tries.height >= 2
    for line, row in zip(lines, tries.to_dicts(), strict=True):
        assert line[0] == str(row["seizure"])
        assert row["carrier"] in line
        assert str(row["sip_code"]) in line


def test_its_rating_is_what_deck_explain_tells_of_the_customer_and_of_the_carrier(
    dialog, rerouted, network_with_invoices
):
    (call,) = rerouted[0].to_dicts()
    answered = rerouted[1].filter(pl.col("answered_at").is_not_null()).to_dicts()[0]
    wanted = []
    for side, row in (("--customer", call), ("--carrier", answered)):
        seconds = str(Decimal(row["talk_ms"]) / 1000)
        at = row["started_at"].strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        owner = row[side.strip("-")]
        wanted.append(
            told(
                network_with_invoices,
                "deck",
                "explain",
                row["called"],
                "--seconds",
                seconds,
                "--at",
                at,
                side,
                owner,
            )
        )
    ratings = dialog.locator(".tollbook-call-rating")
    shown = [ratings.nth(place).locator("li").all_inner_texts() for place in range(ratings.count())]
    assert wanted[0]["steps"] in shown
    assert wanted[1]["steps"] in shown
    assert Decimal(wanted[0]["charge"]) == call["charge"]


def test_its_invoice_is_a_click_away(dialog, rerouted, network_with_invoices):
    invoices = told(network_with_invoices, "invoice", "list")
    (number,) = [one["number"] for one in invoices if one["customer"] == rerouted[0]["customer"].item()]
    link = dialog.locator(".tollbook-call-invoice a")
    assert number in link.inner_text()
    link.click()
    expect(dialog.page.get_by_role("heading", level=1)).to_contain_text(number)
