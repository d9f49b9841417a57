"""mod_cdr_csv's templates."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

UUID = "0000000{}-0000-4000-8000-000000000000"
START, ANSWER, END = "2026-11-23 02:11:30", "2026-11-23 02:11:35", "2026-11-23 02:11:45"


def quoted(*cells: object) -> str:
    return ",".join(f'"{cell}"' for cell in cells)


def example(
    number: int = 1, *, answer: str = ANSWER, end: str = END, billsec: object = 10, **other: str
) -> str:
    """A row of the template `example`: an answered call of 10 s."""
    cell = {
        "cause": "NORMAL_CLEARING",
        "bleg": "",
        "account": "acme",
        "codec": "PCMA",
        "start": START,
    } | other
    number_of = other.get("caller", "390411111111"), other.get("called", "442011111111")
    return quoted(
        "Ann", *number_of, "public", cell["start"], answer, end, 15, billsec, cell["cause"],
        UUID.format(number), cell["bleg"], cell["account"], cell["codec"], cell["codec"],
    )  # fmt: skip


@pytest.fixture
def master(tmp_path: Path) -> Callable[..., Path]:
    def write(*lines: str, name: str = "Master.csv") -> Path:
        path = tmp_path / name
        path.write_text("\n".join(lines) + "\n")
        return path

    return write


def test_a_row_of_example_is_a_call_in_the_zone_of_the_switch(read, master) -> None:
    told = read("freeswitch", master(example()), zone="Europe/Berlin")
    call = told.call(UUID.format(1))
    assert told.layouts == {"Master.csv": "example"}
    assert (call["started_at"], call["answered_at"]) == (
        datetime(2026, 11, 23, 1, 11, 30, 0, UTC),
        datetime(2026, 11, 23, 1, 11, 35, 0, UTC),
    )
    assert (call["customer"], call["talk_ms"], call["sip_code"], call["outcome"]) == (
        "acme",
        10_000,
        200,
        "answered",
    )
    assert (call["carrier"], call["dtmf_digits"], call["mos"], call["pdd_ms"]) == (None, None, None, None)


def test_a_row_of_sql_is_read_without_its_insert(read, master) -> None:
    cells = quoted(
        "Ann",
        "390411111111",
        "442011111111",
        "public",
        START,
        "",
        END,
        15,
        0,
        "USER_BUSY",
        UUID.format(1),
        "",
    )
    told = read("freeswitch", master(f'INSERT INTO cdr VALUES ({cells}, "acme");'), zone="UTC")
    assert told.layouts == {"Master.csv": "sql"}
    call = told.call(UUID.format(1))
    assert (call["customer"], call["caller"], call["sip_code"]) == ("acme", "390411111111", 486)


@pytest.mark.parametrize("end", ["", ";"])
def test_a_row_of_asterisk_names_the_carriers_channel(read, master, end: str) -> None:
    row = quoted(
        "acme", "390411111111", "442011111111", "public", "Ann", "sofia/edge/390411111111@192.0.2.9",
        "sofia/gateway/alpha/442011111111", "bridge", "sofia/gateway/alpha/442011111111", START, ANSWER, END, 15, 10,
        "NORMAL_CLEARING", "DOCUMENTATION", UUID.format(1), "",
    )  # fmt: skip
    told = read("freeswitch", master(row + end), zone="UTC")
    assert told.layouts == {"Master.csv": "asterisk"}
    assert told.call(UUID.format(1))["carrier"] == "alpha"
    assert [(t["carrier"], t["talk_ms"]) for t in told.tries(UUID.format(1))] == [("alpha", 10_000)]


def opencdrrate(number: int, direction: str, gateway: str, *, answer: str = ANSWER, end: str = END) -> str:
    other = UUID.format(3 - number)
    return quoted(
        UUID.format(number), other, direction, "390411111111", "442011111111", answer, end, 10, "acme", "",
        "192.0.2.9", "Ann", gateway,
    )  # fmt: skip


def test_rows_of_opencdrrate_tell_their_side_and_begin_with_the_answer(read, master) -> None:
    path = master(opencdrrate(2, "outbound", "alpha"), opencdrrate(1, "inbound", ""))
    told = read("freeswitch", path, zone="UTC")
    assert told.layouts == {"Master.csv": "opencdrrate"}
    assert told.calls["call_id"].to_list() == [UUID.format(1)]
    assert told.call(UUID.format(1))["started_at"] == datetime(2026, 11, 23, 2, 11, 35, 0, UTC)
    assert [t["carrier"] for t in told.tries(UUID.format(1))] == ["alpha"]


def test_a_failed_row_of_opencdrrate_has_no_time_at_all(read, master) -> None:
    good = opencdrrate(1, "inbound", "")
    path = master(good, opencdrrate(2, "inbound", "", answer="", end=""))
    assert read("freeswitch", path, zone="UTC").rejects == [(2, "no_time")]


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        (example(2, start="1970-01-01 00:00:00"), "bad_time"),
        (example(2, end="2026-11-23 02:11:31"), "end_before_start"),
        (example(2, billsec=-1), "negative_duration"),
        (example(2, billsec="ten"), "bad_number"),
        (example(2, called="4.42E+11"), "scientific_notation"),
    ],
)
def test_a_bad_row_is_set_aside_under_the_rule_it_breaks(read, master, row: str, rule: str) -> None:
    told = read("freeswitch", master(example(), row), zone="UTC")
    assert told.rejects == [(2, rule)]
    assert told.calls.height == 1


def test_templates_may_change_within_a_file(read, master) -> None:
    sql = quoted("Ann", "39", "44", "public", START, "", END, 15, 0, "USER_BUSY", UUID.format(2), "")
    told = read(
        "freeswitch", master(example(), example(3), f'INSERT INTO cdr VALUES ({sql}, "acme");'), zone="UTC"
    )
    assert (told.calls.height, told.rejects) == (3, [])


def test_copies_per_account_change_nothing(stored, master) -> None:
    first = stored(master(example(), example(2)), zone="UTC")
    again = stored(master(example(), example(2)), master(example(2), name="acme.csv"), zone="UTC")
    assert first[0].equals(again[0])
    assert first[0].height == 2
