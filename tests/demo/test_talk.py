"""What is said and pressed."""

import numpy as np
import pytest

from tollbook.demo.network import CUSTOMERS
from tollbook.demo.talk import DIGITS_MAX, TALK_MAX_MS, digits, one_of, talk_ms

SIZE = 50_000
IDS = [customer.id for customer in CUSTOMERS]


def talk(customer, *, false=False):
    places = np.full(SIZE, IDS.index(customer))
    return talk_ms(places, np.full(SIZE, false), np.random.default_rng(1))


def test_conversation_is_long_with_a_tenth_of_short_calls():
    talked_ms = talk("larkfield")
    assert talked_ms.mean() == pytest.approx(107_000, rel=0.05)
    assert 0.10 < (talked_ms <= 6000).mean() < 0.15


def test_dialers_talk_shortly_and_nearly_half_of_it_at_most_six_seconds():
    talked_ms = talk("brightcall")
    assert 13_000 < talked_ms.mean() < 20_000
    assert 0.40 < (talked_ms <= 6000).mean() < 0.55


def test_a_false_answer_holds_the_caller_for_twenty_seconds():
    assert talk("larkfield", false=True).mean() == pytest.approx(20_000, rel=0.05)


def test_no_call_is_longer_than_the_switch_allows():
    assert talk("larkfield").max() == TALK_MAX_MS


def test_nobody_presses_digits_in_the_first_seconds():
    places = np.full(SIZE, IDS.index("brightcall"))
    pressed = digits(places, np.resize([2999, 3000], SIZE), np.random.default_rng(1))
    assert pressed[::2].max() == 0
    assert pressed[1::2].max() == DIGITS_MAX
    assert (pressed[1::2] > 0).mean() == pytest.approx(0.24, abs=0.01)


def test_words_come_by_their_weights():
    drawn = one_of((("a", 0.8), ("b", 0.2)), SIZE, np.random.default_rng(1))
    assert drawn.count("a") / SIZE == pytest.approx(0.8, abs=0.01)
