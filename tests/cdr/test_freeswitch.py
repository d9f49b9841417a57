"""FreeSWITCH's real records against the counters of the other side."""

from pathlib import Path

import polars as pl
import pytest

from tollbook.cdr.format import formats


@pytest.fixture(scope="module")
def folder(samples: Path) -> Path:
    return samples / "freeswitch"


def test_both_modules_are_layouts_of_one_format() -> None:
    names = [layout.name for layout in formats()["freeswitch"].layouts]
    assert names == ["example", "sql", "asterisk", "opencdrrate", "json"]


def test_real_rows_of_both_legs_are_300_calls(folder: Path, read, agrees) -> None:
    told = read("freeswitch", folder / "Master.csv", zone="UTC")
    agrees(told, folder, carriers=False)
    assert told.calls["talk_ms"].sum() == 1_085_000
    assert told.seizures.height == 219 + 190


def test_real_documents_are_300_calls_and_their_tries(folder: Path, read, agrees) -> None:
    told = read("freeswitch", folder / "json_cdr.tar.gz")
    agrees(told, folder)
    assert told.calls["talk_ms"].sum() == 1_086_050


def test_digits_and_quality_of_real_documents(folder: Path, read) -> None:
    calls = read("freeswitch", folder / "json_cdr.tar.gz").calls
    assert calls.filter(pl.col("dtmf_digits") > 0).height == 11 + 17
    assert calls["mos"].count() == calls["answered_at"].count() == 154


def test_documents_and_rows_of_the_same_calls_are_the_documents_calls(folder: Path, read) -> None:
    exact = read("freeswitch", folder / "json_cdr.tar.gz")
    both = read("freeswitch", folder, zone="UTC")
    assert both.calls.sort("call_id").equals(exact.calls.sort("call_id"))
    assert both.seizures.sort("call_id", "seizure").equals(exact.seizures.sort("call_id", "seizure"))


def test_the_zone_of_its_rows_has_to_be_named(folder: Path, read) -> None:
    with pytest.raises(Exception, match="--tz"):
        read("freeswitch", folder / "Master.csv")


def test_rows_and_documents_call_each_call_by_the_same_name(folder: Path, read) -> None:
    rows, documents = (
        read("freeswitch", folder / name, zone="UTC") for name in ("Master.csv", "json_cdr.tar.gz")
    )
    assert set(rows.calls["call_id"]) == set(documents.calls["call_id"])
