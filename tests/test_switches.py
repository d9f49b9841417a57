"""Sources of calls in progress, as params/live.yml has them."""

from typing import Any

import pytest

from tollbook.errors import UsageError
from tollbook.params import read
from tollbook.switches import Live

GOOD = {"name": "s1", "kind": "kamailio", "address": "http://127.0.0.1:5060/RPC"}


def told(**more: Any) -> Live:
    return Live.of({"sources": [{**GOOD, **more}]}, "params/live.yml")


def test_there_is_none_until_somebody_names_one() -> None:
    assert read("live", Live).sources == ()


def test_a_source_is_asked_every_few_seconds() -> None:
    (source,) = told(every_s=1).sources
    assert (source.every_s, source.timeout_s) == (1, 5)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"adress": "x"}, "sources, number 1: unknown key 'adress', did you mean 'address'"),
        ({"every_s": 0.5}, "every_s"),
        ({"every_s": 61}, "every_s"),
        ({"address": "somewhere"}, "source 's1': address: write"),
        ({"secret_env": "not a name"}, "secret_env is the name of a variable"),
        ({"columns": {"custmer": "x"}}, "columns: there is no 'custmer'"),
        ({"zone": "Mars/Olympus"}, "Mars/Olympus"),
    ],
)
def test_what_is_wrong_is_named(more: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError) as error:
        told(**more)
    assert words in str(error.value)


def test_two_of_one_name_are_refused() -> None:
    with pytest.raises(UsageError, match="'s1' is there twice"):
        Live.of({"sources": [GOOD, GOOD]}, "params/live.yml")


@pytest.mark.parametrize("wrong", [{"password": "hunter22hunter"}, {"address": "tcp://u:hunter22hunter@h:1"}])
def test_a_password_in_the_file_is_refused_and_not_repeated(wrong: dict[str, str]) -> None:
    with pytest.raises(UsageError) as error:
        told(**wrong)
    assert "hunter22hunter" not in str(error.value)
