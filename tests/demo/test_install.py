"""The demo through the whole import path: every figure equals the generator's own truth."""

import json
from datetime import UTC, datetime

import polars as pl
import pytest

from tollbook.channels import peak
from tollbook.demo.install import MOST_CALLS, install
from tollbook.errors import TollbookError, UsageError
from tollbook.lake.store import Lake
from tollbook.metrics import compute
from tollbook.tables import CALLS, CODES, SEIZURES, TRAFFIC
from tollbook.workspace import Workspace

NOW = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
SMALL = {"days": 2, "calls_per_day": 300, "seed": 1, "now": NOW}


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    workspace = Workspace(tmp_path_factory.mktemp("demo") / "home")
    workspace.create()
    installed = install(workspace, **SMALL)
    return installed, Lake(workspace), json.loads((workspace.home / "demo" / "truth.json").read_text())


def sums(frame, *columns):
    return frame.select(pl.col(columns).sum()).row(0)


def codes_of(lake, owner, name, count):
    rows = lake.scan(CODES).filter(pl.col(owner) == name, pl.col(count) > 0)
    found = rows.group_by("sip_code").agg(pl.col(count).sum()).collect()
    return {str(code): number for code, number in found.iter_rows()}


def test_it_tells_how_much_of_each_there_is(demo):
    installed, _, truth = demo
    assert (installed.customers, installed.carriers, installed.decks) == (6, 5, 11)
    assert (installed.calls, installed.seizures) == (truth["total"]["attempts"], truth["total"]["seizures"])
    assert (installed.blocks, installed.extensions) == (5, 62 + 8 + 23 + 97 + 11)
    assert (installed.unrated, installed.rejected) == (0, 0)


def test_customers_attempts_answers_talk_and_codes_equal_the_truth(demo):
    _, lake, truth = demo
    traffic = lake.scan(TRAFFIC).collect()
    for customer, figures in truth["customers"].items():
        rows = traffic.filter(customer=customer)
        expected = (figures["attempts"], figures["answers"], figures["talk_ms"], figures["dtmf_answers"])
        assert sums(rows, "attempts", "answers", "talk_ms", "dtmf_answers") == expected
        assert codes_of(lake, "customer", customer, "attempts") == figures["codes"]


def test_every_day_of_every_customer_equals_the_truth(demo):
    _, lake, truth = demo
    traffic = lake.scan(TRAFFIC).with_columns(pl.col("day").cast(pl.String)).collect()
    for customer, of_customer in truth["customers"].items():
        for day, figures in of_customer["days"].items():
            rows = traffic.filter(customer=customer, day=day)
            expected = (figures["attempts"], figures["answers"], figures["talk_ms"])
            assert sums(rows, "attempts", "answers", "talk_ms") == expected


def test_carriers_seizures_answers_talk_and_codes_equal_the_truth(demo):
    _, lake, truth = demo
    traffic = lake.scan(TRAFFIC).collect()
    for carrier, figures in truth["carriers"].items():
        rows = traffic.filter(carrier=carrier)
        expected = (figures["seizures"], figures["answers"], figures["talk_ms"])
        assert sums(rows, "seizures", "seizure_answers", "seizure_talk_ms") == expected
        assert codes_of(lake, "carrier", carrier, "seizures") == figures["codes"]


def test_metrics_of_customers_and_carriers_equal_the_truth(demo):
    _, lake, truth = demo
    columns = ("asr_numerator", "asr_denominator", "acd_numerator", "acd_denominator")
    for owner, offered in (("customer", "attempts"), ("carrier", "seizures")):
        for name, *found in compute(lake, ["asr", "acd"], [owner]).select(owner, *columns).iter_rows():
            figures = truth[f"{owner}s"].get(name)
            if figures is None:
                assert (owner, name) == ("carrier", None)
                continue
            talk_s = pytest.approx(figures["talk_ms"] / 1000, abs=1e-6)
            assert found == [figures["answers"], figures[offered], talk_s, figures["answers"]]


def test_most_calls_at_once_equal_the_truth(demo):
    _, lake, truth = demo
    found = peak(lake, datetime(2026, 11, 19, tzinfo=UTC), datetime(2026, 11, 21, tzinfo=UTC))
    expected = (truth["peak"]["peak"], datetime.fromisoformat(truth["peak"]["at"]))
    assert (found.peak, found.at) == expected


def test_everything_is_rated_and_some_calls_cost_more_than_they_bring(demo):
    _, lake, _ = demo
    charged = lake.scan(CALLS).select("call_id", "charge").collect()
    costs = lake.scan(SEIZURES).group_by("call_id").agg(pl.col("cost").sum()).collect()
    both = charged.join(costs, on="call_id")
    assert charged["charge"].null_count() == 0
    assert both["charge"].sum() > both["cost"].sum()
    assert both.filter(pl.col("charge") < pl.col("cost")).height > 0


def test_a_workspace_with_calls_is_refused_and_left_as_it_was(demo):
    _, lake, _ = demo
    before = lake.published
    with pytest.raises(TollbookError, match="holds calls already"):
        install(lake.workspace, **SMALL)
    assert lake.published == before


def test_more_calls_than_fit_are_refused(workspace):
    with pytest.raises(UsageError, match="too many for a demo"):
        install(workspace, days=2, calls_per_day=MOST_CALLS, seed=1, now=NOW)
    assert not (workspace.home / "demo").exists()


def test_the_incident_and_the_false_answers_can_be_seen(workspace):
    install(workspace, days=5, calls_per_day=8000, seed=1, now=NOW)
    tries = Lake(workspace).scan(SEIZURES).with_columns(
        struck=pl.col("started_at").is_between(
            datetime(2026, 11, 17, 14, tzinfo=UTC), datetime(2026, 11, 17, 17, tzinfo=UTC), closed="left"
        ),
        answered=pl.col("answered_at").is_not_null(),
        refused=pl.col("sip_code") == 503,
    )  # fmt: skip
    harbor = (
        tries.filter(pl.col("carrier") == "harbor")
        .group_by("struck")
        .agg(pl.col("answered", "refused").mean())
    )
    usual, struck = harbor.sort("struck").collect().iter_rows(named=True)
    assert usual["answered"] == pytest.approx(0.48, abs=0.02)
    assert struck["answered"] == pytest.approx(0.25, abs=0.06)
    assert struck["refused"] > 4 * usual["refused"]

    mirage = tries.filter(pl.col("carrier") == "mirage").collect()
    answered = mirage.filter("answered")
    assert answered.height / mirage.height == pytest.approx(0.98, abs=0.02)
    assert answered["talk_ms"].mean() == pytest.approx(20_000, rel=0.1)
    first = answered.filter(pl.col("seizure") == 1)
    assert first["pdd_ms"].median() == pytest.approx(155, abs=15)
