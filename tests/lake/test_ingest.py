"""An import stores each call once, all of it or nothing, and loses no row."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from tollbook.billing.decks import RATES, Deck, DeckBook
from tollbook.errors import TollbookError
from tollbook.lake.ingest import Imported, ingest
from tollbook.lake.store import Lake
from tollbook.tables import CALLS, SEIZURES
from tollbook.workspace import Workspace

Master = Callable[..., Path]
Line = Callable[..., str]
Take = Callable[..., Imported]


def test_a_call_of_three_rows_is_one_call_and_two_seizures(
    lake: Lake, master: Master, line: Line, take: Take
) -> None:
    done = take(
        master(
            line(1, carrier="alpha", disposition="CONGESTION", duration=0, billsec=0),
            line(2, carrier="bravo", disposition="BUSY", duration=3, billsec=0, linked=1),
            line(3, carrier="", app="Hangup", data="17", disposition="BUSY", duration=0, billsec=0, linked=1),
        )
    )
    assert (done.read, done.stored, done.seizures, done.rejected) == (3, 1, 2, 0)
    call = lake.scan(CALLS).collect().row(0, named=True)
    assert (call["customer"], call["carrier"], call["sip_code"], call["outcome"]) == (
        "acme",
        "bravo",
        486,
        "busy",
    )
    assert lake.scan(SEIZURES).sort("seizure").collect()["carrier"].to_list() == ["alpha", "bravo"]


def test_the_same_file_twice_stores_each_call_once(
    lake: Lake, master: Master, line: Line, take: Take
) -> None:
    file = master(line(1), line(2))
    take(file)
    again = take(file)
    assert (again.stored, again.duplicates) == (0, 2)
    assert lake.scan(CALLS).select(pl.len()).collect().item() == 2
    assert lake.scan(SEIZURES).select(pl.len()).collect().item() == 2


def test_a_copy_of_a_row_in_another_file_of_the_folder_changes_nothing(
    lake: Lake, master: Master, line: Line, take: Take
) -> None:
    folder = master(line(1), line(2)).parent
    master(line(2), name="acme.csv")
    done = take(folder)
    assert (done.read, done.copies, done.stored) == (3, 1, 2)
    assert lake.scan(SEIZURES).select(pl.len()).collect().item() == 2


def test_two_switches_may_use_the_same_ids(lake: Lake, master: Master, line: Line, take: Take) -> None:
    file = master(line(1))
    take(file, switch="pbx1")
    assert take(file, switch="pbx2").stored == 1
    assert sorted(lake.scan(CALLS).collect()["switch"]) == ["pbx1", "pbx2"]


def test_calls_of_one_switch_under_two_names_are_told_of(lake: Lake, master: Master, line: Line) -> None:
    file, said = str(master(line(1), line(2))), []
    for switch in ("pbx1", "pbx2"):
        ingest(lake, [file], decks=DeckBook({}, {}), switch=switch, say=said.append)
    assert [words[:57] for words in said] == ["2 of these calls are stored already as those of switch 'p"]


def test_a_call_told_by_more_rows_replaces_the_poorer_telling(
    lake: Lake, master: Master, line: Line, take: Take
) -> None:
    failed = line(1, carrier="alpha", disposition="CONGESTION", duration=0, billsec=0)
    answered = line(2, carrier="bravo", linked=1)
    take(master(failed, line(9)))
    done = take(master(failed, answered, line(9)))
    assert (done.stored, done.replaced, done.duplicates) == (0, 1, 1)
    calls = lake.scan(CALLS).sort("call_id").collect()
    assert calls["outcome"].to_list() == ["answered", "answered"]
    assert sorted(lake.scan(SEIZURES).collect()["carrier"]) == ["alpha", "alpha", "bravo"]
    assert take(master(failed, line(9))).duplicates == 2
    assert lake.scan(CALLS).sort("call_id").collect().equals(calls)


def test_a_day_that_got_calls_is_stale_until_it_is_rolled_up(
    lake: Lake, master: Master, line: Line, take: Take
) -> None:
    take(master(line(1), line(2, start="2026-11-19 11:06:40"), line(3)))
    assert lake.published.stale_days() == [date(2026, 11, 18), date(2026, 11, 19)]


def test_a_deck_rates_calls_as_they_come_in(lake: Lake, master: Master, line: Line) -> None:
    rate = {"prefix": "44", "destination": "UK", "rate_per_min": "0.06", "connect_fee": "0", "blocked": False}
    rates = pl.DataFrame([rate | {"initial_increment_s": 1, "increment_s": 1}]).with_columns(
        pl.lit(None).alias("effective_from"), pl.lit(None).alias("effective_to")
    )
    deck = Deck(1, "acme", "customer", "EUR", rates.select(pl.col(c).cast(t) for c, t in RATES.items()))
    done = ingest(lake, [str(master(line(1)))], decks=DeckBook({"acme": deck}, {}))
    assert done.unrated == 0
    assert str(lake.scan(CALLS).collect()["charge"].item()) == "0.060000000"


def test_a_bad_row_is_set_aside_with_its_line_and_the_rest_is_stored(
    lake: Lake, master: Master, line: Line, take: Take
) -> None:
    done = take(master(line(1), line(2, duration="-5"), line(3)))
    assert (done.read, done.stored, done.rejected) == (3, 2, 1)
    assert done.rules == {"negative_duration": 1}
    assert done.rejects is not None
    reject = pl.read_csv(done.rejects).row(0, named=True)
    assert (reject["line"], reject["rule"], reject["raw"]) == (2, "negative_duration", line(2, duration="-5"))
    assert done.read == lake.scan(CALLS).select(pl.len()).collect().item() + done.rejected


@pytest.mark.parametrize(
    ("rule", "change"),
    [
        ("bad_time", {"start": "0000-00-00 00:00:00"}),
        ("bad_time", {"start": "1970-01-01 00:00:00"}),
        ("end_before_start", {"duration": 5, "billsec": 60}),
        ("scientific_notation", {"called": "4.47E+11"}),
        ("bad_number", {"duration": "1,5"}),
        ("bad_number", {"duration": "soon"}),
        ("bad_disposition", {"disposition": "MAYBE"}),
    ],
)
def test_each_broken_rule_has_its_name(
    rule: str, change: dict[str, object], master: Master, line: Line, take: Take
) -> None:
    done = take(master(line(1), line(2, **change), line(3)))
    expected = {"wrong_columns": 1} if change.get("duration") == "1,5" else {rule: 1}
    assert (done.stored, done.rules) == (2, expected)


def test_a_header_that_somebody_added_is_set_aside(master: Master, line: Line, take: Take) -> None:
    header = ",".join(f"column{n}" for n in range(21))
    done = take(master(header, line(1), line(2)))
    assert (done.stored, done.rules) == (2, {"bad_disposition": 1})


def test_a_table_that_lost_its_header_is_refused(lake: Lake, master: Master, take: Take) -> None:
    row = "1,acme,alpha,39041,442071838750,2026-01-05T10:00:00Z,,2026-01-05T10:00:09Z,0,486,busy"
    with pytest.raises(TollbookError, match=r"calls\.csv: is not a known format"):
        take(master(row, name="calls.csv"))
    assert lake.published.versions == {}


def test_an_empty_file_is_no_error_and_stores_nothing(lake: Lake, master: Master, take: Take) -> None:
    assert take(master(end=b"")).read == 0
    assert lake.published.versions == {}


@pytest.mark.parametrize(
    "content", [b"hello world\nthis is no record\n", b"\x7fELF\x00\x01\x02\x00", b"a,b,c\n1,2,3\n"]
)
def test_a_named_file_of_no_known_format_stops_the_import(
    content: bytes, lake: Lake, master: Master, line: Line, take: Take
) -> None:
    good, bad = master(line(1)), master(content, name="other.bin", end=b"")
    with pytest.raises(TollbookError, match=r"other\.bin: is not a known format.*--format"):
        take(good, bad)
    assert lake.published.versions == {}


def test_in_a_folder_other_files_are_left_alone(master: Master, line: Line, take: Take) -> None:
    folder = master(line(1)).parent
    master(b"\x00\x01", name="master.db", end=b"")
    done = take(folder)
    assert (done.files, done.stored, done.skipped) == (1, 1, ["master.db"])


def test_a_wrong_zone_is_refused_with_what_the_rows_prove(master: Master, line: Line, take: Take) -> None:
    with pytest.raises(TollbookError, match=r"--tz America/New_York .* prove \+0 min from UTC"):
        take(master(line(1)), zone="America/New_York")


def test_local_times_are_stored_in_utc_as_the_rows_prove(
    lake: Lake, master: Master, line: Line, take: Take
) -> None:
    take(master(line(1, start="2026-11-18 06:06:40")))
    assert lake.scan(CALLS).collect()["started_at"].item() == datetime(2026, 11, 18, 11, 6, 40, tzinfo=UTC)


def test_a_second_import_at_the_same_time_is_refused(
    lake: Lake, master: Master, line: Line, take: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = master(line(1))
    monkeypatch.setattr("tollbook.lake.store.WAIT_S", 0.0)
    with lake.writing(), pytest.raises(TollbookError, match="another import or refresh is writing"):
        take(file)
    assert take(file).stored == 1


_KILLED = """
import os, signal, sys
from tollbook.billing.decks import DeckBook
from tollbook.lake import ingest as module, store
from tollbook.workspace import open_workspace
moment, home, file = sys.argv[1:]
kill = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
if moment == "between tables":
    commit = store.Step._commit
    store.Step._commit = lambda step, table, *a, **k: kill() if table.name == "seizures" else commit(step, table, *a, **k)
elif moment == "before publishing":
    store.Published.write = kill
elif moment == "while staging":
    module.Source.assembled = kill
from pathlib import Path
module.ingest(store.Lake(open_workspace(Path(home))), [file], decks=DeckBook({}, {}))
"""


@pytest.mark.parametrize("moment", ["while staging", "between tables", "before publishing"])
def test_a_killed_import_leaves_the_tables_as_they_were_and_its_repetition_stores_each_call_once(
    moment: str, lake: Lake, master: Master, line: Line, take: Take
) -> None:
    take(master(line(1), line(2)))
    before = lake.scan(CALLS).sort("call_id").collect(), lake.scan(SEIZURES).sort("call_id").collect()
    more = master(line(2), line(3), line(4), name="more.csv")
    command = [sys.executable, "-c", _KILLED, moment, str(lake.workspace.home), str(more)]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL
    assert lake.scan(CALLS).sort("call_id").collect().equals(before[0])
    assert lake.scan(SEIZURES).sort("call_id").collect().equals(before[1])
    assert take(more).stored == 2
    assert (
        lake.scan(CALLS).collect()["call_id"].n_unique()
        == lake.scan(CALLS).select(pl.len()).collect().item()
        == 4
    )
    assert lake.scan(SEIZURES).select(pl.len()).collect().item() == 4
    assert list(lake.workspace.staging.iterdir()) == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 2 MiB."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount a small disk")
    place = tmp_path / "small"
    place.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", place], check=False, capture_output=True
    )
    if made.returncode:
        pytest.skip(f"no small disk here: {made.stderr.decode().strip()}")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


def test_a_full_disk_is_said_and_nothing_is_stored(small_disk: Path, master: Master, line: Line) -> None:
    workspace = Workspace(small_disk / "home")
    workspace.create()
    lake = Lake(workspace)
    file = master(*(line(n) for n in range(1, 30_000)))
    with pytest.raises(TollbookError, match="the disk is full: nothing was stored"):
        ingest(lake, [str(file)], decks=DeckBook({}, {}))
    assert lake.scan(CALLS).select(pl.len()).collect().item() == 0
    small = master(line(1), name="one.csv")
    assert ingest(lake, [str(small)], decks=DeckBook({}, {})).stored == 1


def _truth(folder: Path) -> dict[str, dict[str, dict[str, object]]]:
    return json.loads((folder / "truth.json").read_text())


@pytest.mark.parametrize("source", ["Master.csv", "cdr-csv-dir", "."])
def test_real_asterisk_records_give_what_the_callers_counted(
    source: str, lake: Lake, samples: Path, take: Take
) -> None:
    truth = _truth(samples / "asterisk")
    take(samples / "asterisk" / source)
    calls, seizures = lake.scan(CALLS).collect(), lake.scan(SEIZURES).collect()
    assert calls.height == 300
    for customer, told in truth["customers"].items():
        own = calls.filter(customer=customer)
        codes = {str(code): n for code, n in own.group_by("sip_code").len().iter_rows()}
        assert (own.height, own["answered_at"].count()) == (told["attempts"], told["answered"])
        assert codes == told["codes"]
        assert 0 <= float(told["talk_s"]) * 1000 - own["talk_ms"].sum() <= 1000 * own["answered_at"].count()
    for carrier, told in truth["carriers"].items():
        own = seizures.filter(carrier=carrier)
        assert (own.height, own["answered_at"].count()) == (told["invites"], told["answered"])


def test_real_ring_groups_transfers_and_announcements_are_one_call_each(
    lake: Lake, samples: Path, take: Take
) -> None:
    truth = _truth(samples / "asterisk" / "special")
    take(samples / "asterisk" / "special" / "Master.csv")
    calls, seizures = lake.scan(CALLS).collect(), lake.scan(SEIZURES).collect()
    assert (calls.height, calls["answered_at"].count()) == (
        truth["total"]["attempts"],
        truth["total"]["answered"],
    )
    for carrier, told in truth["carriers"].items():
        own = seizures.filter(carrier=carrier)
        assert (own.height, own["answered_at"].count()) == (told["invites"], told["answered"])
