"""`tollbook block` and `tollbook extension`, as people type them: number blocks."""

import pytest


@pytest.fixture
def blocks(tollbook):
    """The customers acme and beta, and blocks of 1000 from 1000 on."""
    for name in ("acme", "beta"):
        tollbook("customer", "add", name)
    tollbook("block", "settings", "--start", "1000", "--size", "1000")
    return tollbook


def test_settings_are_shown_and_changed_one_by_one(blocks) -> None:
    assert blocks("block", "settings", "--json").json == {"start": "1000", "size": 1000, "realm": ""}
    assert blocks("block", "settings", "--size", "500", "--json").json["size"] == 500
    told = blocks("block", "settings", "--realm", "sip.example.net", "--json").json
    assert told == {"start": "1000", "size": 500, "realm": "sip.example.net"}


def test_blocks_are_allocated_listed_and_released(blocks) -> None:
    first = blocks("block", "allocate", "--customer", "acme", "--json").json
    assert first == {"id": 1, "customer": "acme", "start": "1000", "end": "1999", "used": 0, "free": 1000}
    named = blocks(
        "block", "allocate", "--customer", "beta", "--start", "0100", "--end", "0199", "--json"
    ).json
    assert (named["start"], named["end"]) == ("0100", "0199")
    assert blocks("block", "list", "--json").json == [named, first]
    assert blocks("block", "list", "--customer", "beta", "--json").json == [named]
    assert blocks("block", "release", "1", "--json").json == first
    assert blocks("block", "list", "--json").json == [named]


def test_an_overlap_ends_with_1_and_names_what_is_there(blocks) -> None:
    blocks("block", "allocate", "--customer", "acme")
    done = blocks("block", "allocate", "--customer", "beta", "--start", "1500", "--end", "2499", "--json")
    assert (done.code, done.out) == (1, "")
    assert "1500-1999 (block 1 of acme, 1000-1999)" in done.err


def test_a_block_in_use_is_not_released(blocks) -> None:
    blocks("block", "allocate", "--customer", "acme")
    blocks("extension", "add", "--customer", "acme", "1500")
    done = blocks("block", "release", "1")
    assert (done.code, done.err) == (1, "tollbook: block 1 (1000-1999 of acme) has 1 in use: 1500\n")


def test_extensions_of_others_in_a_new_block_are_told(blocks) -> None:
    blocks("extension", "add", "--customer", "beta", "1500")
    assert (
        "extensions of other customers lie in it: 1500"
        in blocks("block", "allocate", "--customer", "acme").err
    )


def test_usage_is_a_ratio(blocks) -> None:
    blocks("block", "allocate", "--customer", "acme", "--start", "10000", "--end", "10099")
    for number in ("10000", "10001", "10003"):
        blocks("extension", "add", "--customer", "acme", number)
    (row,) = blocks("block", "usage", "--json").json
    assert (row["used"], row["free"], row["utilisation"]) == (3, 97, 0.03)
    assert blocks("block", "usage", "--customer", "beta", "--json").json == []


def test_what_cannot_be_is_wrong_usage(blocks) -> None:
    for words in (
        ("allocate", "--customer", "nobody"),
        ("allocate", "--customer", "acme", "--start", "1000"),
        ("allocate", "--customer", "acme", "--start", "x", "--end", "y"),
        ("release", "7"),
        ("settings", "--size", "-1"),
    ):
        assert blocks("block", *words).code == 2, words
