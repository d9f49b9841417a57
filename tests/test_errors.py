"""What a user is told."""

from tollbook.errors import TollbookError, UsageError, did_you_mean


def test_a_near_word_is_offered() -> None:
    assert did_you_mean("curency", ["currency", "customer"]) == ", did you mean 'currency'?"


def test_without_a_near_word_all_are_listed() -> None:
    assert did_you_mean("x", ["b", "a"]) == "; known: a, b"


def test_of_many_words_a_line_s_worth_is_listed() -> None:
    many = did_you_mean("x", [f"zone{n:03}" for n in range(600)])
    assert many.endswith(f"zone{25 - 1:03} and {600 - 25} more")


def test_nothing_known_is_said_so() -> None:
    assert did_you_mean("x", []) == "; known: none"


def test_what_cannot_be_done_is_1_and_wrong_usage_is_2() -> None:
    assert (TollbookError.exit_code, UsageError.exit_code) == (1, 2)
