"""The doctor says what is well and what to do about what is not."""

import json
from collections.abc import Iterable

import polars as pl

from tollbook.doctor.check import Check
from tollbook.doctor.workspace import workspace as checks
from tollbook.lake.store import Lake
from tollbook.tables import CALLS, TRAFFIC
from tollbook.workspace import Workspace


def by_name(checks: Iterable[Check]) -> dict[str, Check]:
    return {check.check: check for check in checks}


def test_a_new_workspace_is_well(workspace: Workspace) -> None:
    found = by_name(checks(workspace))
    assert all(check.ok for check in found.values())
    assert found["tables"].found == "0 calls, 0 seizures"
    assert found["unconfirmed customers"].found == "none"


def test_unconfirmed_customers_unrated_calls_and_rejects_are_named(workspace: Workspace) -> None:
    rows = pl.LazyFrame({"customer": ["acme"], "carrier": ["alpha"], "attempts": [3], "unrated": [2]})
    with Lake(workspace).writing() as step:
        step.append(TRAFFIC, rows.with_columns(day=pl.date(2026, 1, 1)))
    (workspace.rejects / "x.csv").write_text("file,line,rule,raw\n")
    found = by_name(checks(workspace))
    assert found["unconfirmed customers"].mend == "enter them: `tollbook customer add acme`"
    assert (found["unrated calls"].found, found["imports with rejects"].found) == ("2", "1")
    assert "deck import" in (found["unrated calls"].mend or "")


def test_tables_older_than_their_list_are_a_fault(workspace: Workspace) -> None:
    with Lake(workspace).writing() as step:
        step.append(CALLS, pl.LazyFrame({"call_id": ["1"]}).with_columns(day=pl.date(2026, 1, 1)))
    manifest = workspace.home / "lake.json"
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "versions": {"calls": 7}}))
    check = by_name(checks(workspace))["tables"]
    assert not check.ok
    assert "restore both from one backup" in (check.mend or "")
