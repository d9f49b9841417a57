"""The files, held against those of a real Kamailio."""

import csv
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tollbook.demo.calls import generate
from tollbook.demo.files import write

NOW = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
NAMES = ("acc_cdrs", "missed_calls", "acc")


def made(folder: Path, seed: int = 1):
    traffic = generate(days=2, calls_per_day=300, seed=seed, now=NOW)
    return traffic, dict(zip(NAMES, write(traffic, folder), strict=True))


def rows(path: Path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    traffic, paths = made(tmp_path_factory.mktemp("files"))
    return traffic, {name: rows(path) for name, path in paths.items()}


@pytest.mark.parametrize("name", NAMES)
def test_columns_are_those_of_a_real_export(name, tmp_path, samples):
    _, paths = made(tmp_path)
    real = samples / "kamailio" / f"{name}.csv"
    assert paths[name].read_text().partition("\n")[0] == real.read_text().partition("\n")[0]


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(tmp_path):
    first, again, other = (made(tmp_path / name, seed)[1] for name, seed in (("a", 1), ("b", 1), ("c", 2)))
    assert all(first[name].read_bytes() == again[name].read_bytes() for name in NAMES)
    assert all(first[name].read_bytes() != other[name].read_bytes() for name in NAMES)


def test_a_cdr_per_call_a_missed_call_per_failed_try_an_acc_per_invite_and_bye(written):
    traffic, files = written
    answers = (traffic.calls["code"] == 200).sum()
    assert len(files["acc_cdrs"]) == traffic.calls.height
    assert len(files["missed_calls"]) == (traffic.tries["code"] != 200).sum()
    assert len(files["acc"]) == traffic.calls.height + answers


def test_call_ids_are_unique_and_shared(written):
    _, files = written
    ids = {row["callid"] for row in files["acc_cdrs"]}
    assert len(ids) == len(files["acc_cdrs"])
    assert all(row["callid"] in ids for name in ("acc", "missed_calls") for row in files[name])


def test_rows_are_numbered_as_they_were_written(written):
    _, files = written
    for name in ("acc", "missed_calls"):
        times = [(int(row["time_s"]), int(row["time_us"])) for row in files[name]]
        assert times == sorted(times)
        assert [row["id"] for row in files[name]] == [str(n + 1) for n in range(len(times))]


def test_durations_are_exact_seconds_without_needless_zeros(written):
    traffic, files = written
    told = [row["duration"] for row in files["acc_cdrs"]]
    assert sum(round(float(cell) * 1000) for cell in told) == traffic.calls["talk_ms"].sum()
    assert not any("." in cell and cell.endswith(("0", ".")) for cell in told)


def test_empty_text_is_quoted_as_postgresql_does(tmp_path):
    _, paths = made(tmp_path)
    refused = next(line for line in paths["acc_cdrs"].read_text().splitlines() if ",486,1," in line)
    assert refused.endswith(',486,1,"",0,""')


def test_the_switchs_own_refusal_carries_no_tag_of_a_far_side(written):
    _, files = written
    own = [row for row in files["acc"] if row["sip_code"] == "500" and row["method"] == "INVITE"]
    assert own
    assert {row["to_tag"] for row in own} == {""}
