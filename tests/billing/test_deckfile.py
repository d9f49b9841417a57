"""Deck files: what is read, and what is refused with its line."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from tollbook.billing.deckfile import read_content, read_deck
from tollbook.billing.decks import RATES, Terms
from tollbook.errors import UsageError

HEAD = "prefix,destination,rate_per_min"


def read(path: Path) -> pl.DataFrame:
    return read_deck(path).rates


def written(folder: Path, *lines: str) -> Path:
    path = folder / "deck.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_three_columns_are_enough_and_the_rest_has_defaults(tmp_path: Path) -> None:
    frame = read(written(tmp_path, HEAD, "44,United Kingdom,0.010"))
    assert frame.schema == RATES
    assert frame.row(0) == (
        "44", "United Kingdom", Decimal("0.010"), Decimal(0), 1, 1, None, None, False,
    )  # fmt: skip


def test_every_column_is_read_in_any_order(tmp_path: Path) -> None:
    head = "blocked,effective_to,effective_from,increment_s,initial_increment_s,connect_fee,rate_per_min"
    path = written(
        tmp_path,
        f"{head},destination,prefix",
        'yes,2025-01-01,2024-06-01T02:00+02:00,6,30,0.05,0.000000001,"Korea, South",0082',
    )
    row = read(path).row(0, named=True)
    assert row["prefix"] == "0082"
    assert row["destination"] == "Korea, South"
    assert (row["rate_per_min"], row["connect_fee"]) == (Decimal("0.000000001"), Decimal("0.05"))
    assert (row["initial_increment_s"], row["increment_s"], row["blocked"]) == (30, 6, True)
    assert row["effective_from"] == datetime(2024, 6, 1, tzinfo=UTC)
    assert row["effective_to"] == datetime(2025, 1, 1, tzinfo=UTC)


def test_semicolons_and_a_byte_order_mark_are_read(tmp_path: Path) -> None:
    path = tmp_path / "deck.csv"
    path.write_text("prefix;destination;rate_per_min\n44;UK;0.1\n\n", encoding="utf-8-sig")
    assert read(path)["rate_per_min"].to_list() == [Decimal("0.1")]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("4.47E+11,UK,0.1", "prefix: '4.47E+11' is in scientific notation"),
        ("+44,UK,0.1", "prefix: '+44' is no prefix: write 1 to 15 digits"),
        (",UK,0.1", "prefix: '' is no prefix"),
        ("1234567890123456,UK,0.1", "is no prefix: write 1 to 15 digits"),
        ("44,,0.1", "destination: a destination needs a name"),
        ("44,UK,", "rate_per_min: '' is not an amount"),
        ("44,UK,1E-3", "rate_per_min: '1E-3' is in scientific notation"),
        ("44,UK,-0.1", "rate_per_min: '-0.1' is not from 0 to below 1000000000"),
        ("44,UK,0.0000000001", "has more than 9 decimals"),
        ("44,UK", "2 cells, the header has 3"),
        ('44,"UK,0.1', "unexpected end of data"),
    ],
)
def test_wrong_line_is_refused_by_its_number(tmp_path: Path, line: str, words: str) -> None:
    with pytest.raises(UsageError) as refused:
        read(written(tmp_path, HEAD, "1,USA,0.1", line))
    assert str(refused.value).startswith("deck.csv: line 3: ")
    assert words in str(refused.value)


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("increment_s", "0", "increment_s: '0' is no increment: write whole seconds from 1 to 86400"),
        ("initial_increment_s", "6.5", "'6.5' is no increment"),
        ("blocked", "maybe", "blocked: 'maybe' is neither yes nor no"),
        ("effective_from", "01/06/2024", "effective_from: '01/06/2024' is no date or time"),
        ("connect_fee", "n/a", "connect_fee: 'n/a' is not an amount"),
    ],
)
def test_wrong_value_of_an_optional_column_is_refused(
    tmp_path: Path, column: str, value: str, words: str
) -> None:
    with pytest.raises(UsageError, match=r"deck.csv: line 2: ") as refused:
        read(written(tmp_path, f"{HEAD},{column}", f"44,UK,0.1,{value}"))
    assert words in str(refused.value)


@pytest.mark.parametrize(
    ("head", "words"),
    [
        ("prefix,destination,rate_per_mn", "unknown column 'rate_per_mn', did you mean 'rate_per_min'?"),
        ("prefix,destination", "no column 'rate_per_min'; it needs prefix, destination, rate_per_min"),
        (f"{HEAD},prefix", "column 'prefix' is there twice"),
        ("", "no column 'prefix'"),
    ],
)
def test_wrong_header_is_refused(tmp_path: Path, head: str, words: str) -> None:
    with pytest.raises(UsageError) as refused:
        read(written(tmp_path, head, "44,UK,0.1"))
    assert str(refused.value) == f"deck.csv: line 1: {words}" or words in str(refused.value)


def test_two_rates_of_a_prefix_at_the_same_time_are_refused_with_both_lines(tmp_path: Path) -> None:
    path = written(tmp_path, HEAD, "44,UK,0.1", "1,USA,0.1", "44,UK,0.2")
    with pytest.raises(UsageError, match="lines 2 and 4: prefix 44 has two rates at the same time"):
        read(path)


def test_spans_that_overlap_are_refused_and_those_that_meet_are_not(tmp_path: Path) -> None:
    head = f"{HEAD},effective_from,effective_to"
    meet = written(tmp_path, head, "44,UK,2,2024-06-01,", "44,UK,1,,2024-06-01")
    assert read(meet).height == 2
    overlap = written(tmp_path, head, "44,UK,2,2024-05-31,", "44,UK,1,,2024-06-01")
    with pytest.raises(UsageError, match="lines 2 and 3: prefix 44"):
        read(overlap)


def test_span_that_ends_before_it_begins_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, f"{HEAD},effective_from,effective_to", "44,UK,2,2024-06-01,2024-06-01")
    with pytest.raises(UsageError, match="line 2: effective_to 2024-06-01 is not after effective_from"):
        read(path)


def test_line_numbers_count_lines_inside_quotes(tmp_path: Path) -> None:
    path = written(tmp_path, HEAD, '44,"United\nKingdom",0.1', "1,USA,x")
    with pytest.raises(UsageError, match="line 4: rate_per_min: 'x'"):
        read(path)


def test_file_in_another_encoding_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "deck.csv"
    path.write_bytes(f"{HEAD}\n1,USA,0.1\n225,C\u00f4te d'Ivoire,0.1\n".encode("latin-1"))
    with pytest.raises(UsageError, match="line 3 is not UTF-8: save the file as CSV UTF-8"):
        read(path)


def test_missing_file_folder_and_file_without_rates_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        read(tmp_path / "none.csv")
    with pytest.raises(UsageError, match="is a folder"):
        read(tmp_path)
    with pytest.raises(UsageError, match="no rates in it"):
        read(written(tmp_path, HEAD))


def test_it_says_which_line_each_rate_was_on_and_what_it_is_called(tmp_path: Path) -> None:
    told = read_deck(written(tmp_path, HEAD, "44,UK,1", "", "45,Denmark,1"))
    assert (told.name, told.unit, told.lines.to_list(), told.terms) == ("deck.csv", "line", [2, 4], Terms())


def test_what_an_export_keeps_a_spreadsheet_from_running_is_the_name_again(tmp_path: Path) -> None:
    assert read(written(tmp_path, HEAD, "44,'=1+1,1"))["destination"].to_list() == ["=1+1"]


@pytest.mark.parametrize(("name", "called"), [("../a/b.csv", "_a_b.csv"), ("", "deck"), ("é" * 99, "é" * 60)])
def test_what_was_sent_under_any_name_is_read(name: str, called: str) -> None:
    told = read_content(name, f"{HEAD}\n44,UK,1\n".encode())
    assert (told.name, told.rates.height) == (called, 1)
