"""The strip of large figures: worked out by hand from the known network, one call every 80 s of 2026-10-05."""

from decimal import Decimal

import pytest

from tollbook import metrics
from tollbook.show.figures import Figures
from tollbook.show.reading import Asked, Reading
from tollbook.show.span import span
from tollbook.show.tiles import MOST_POINTS, Tiles, most_of, tiles_of


def figures(home, start, end, **asked):
    return Figures(Reading(home), span(start, end, "UTC", None), Asked(**asked))


def tile(data, metric):
    return next(tiles_of(data, [metric]))


@pytest.fixture
def afternoon(network):
    """12:00 to 18:00, calls 540 to 809; the six hours before have calls 270 to 539."""
    return figures(network, "2026-10-05T12:00Z", "2026-10-05T18:00Z")


def test_a_ratio_shows_its_parts_and_changes_in_points(network):
    # Of 00:00 to 20:00 two of five calls are answered; of 20:00 to 22:30 alpha has 100, beta 10 of which 9.
    data = figures(network, "2026-10-05T20:00Z", "2026-10-05T22:30Z")
    told = tile(data, metrics.ASR)
    answered = sum(n % 5 < 2 for n in range(900, 1000)) + 9
    assert (told["value"], told["parts"]) == ("44.55 %", f"{answered} / 110")
    # The two and a half hours before: calls 788 to 899, of which 45 of 112 are answered.
    before = sum(n % 5 < 2 for n in range(788, 900))
    points = round(100 * answered / 110 - 100 * before / 112, 1)
    assert told["change"]["text"] == f"+{points} pts"
    assert (told["change"]["good"], told["change"]["up"]) == ("yes", "yes")


def test_a_sum_changes_in_percent_and_is_neither_good_nor_bad(network):
    # 22:00 to 22:30: calls 990 to 1009; 21:30 to 22:00: 968 to 989.
    told = tile(figures(network, "2026-10-05T22:00Z", "2026-10-05T22:30Z"), metrics.ATTEMPTS)
    assert told["value"] == "20"
    assert told["change"] == {"text": "−9.1 %", "was": "22 in the span before", "good": "", "up": ""}


def test_a_duration_changes_in_seconds(afternoon):
    assert tile(afternoon, metrics.ACD)["change"]["text"] == "0.0 s"
    assert tile(afternoon, metrics.ACD)["change"]["good"] == ""


def test_without_figures_of_the_whole_span_before_there_is_no_change(network):
    told = tile(figures(network, "2026-10-05", "2026-10-06"), metrics.ATTEMPTS)
    assert told["change"]["text"] == "–"
    assert told["change"]["was"] == "There are no figures of the whole span before."


def test_nothing_before_is_no_change(network):
    # Beta's 10 calls are all from 22:13:20 on.
    data = figures(network, "2026-10-05T22:00Z", "2026-10-05T22:30Z", customers=["beta"])
    assert tile(data, metrics.ATTEMPTS)["change"]["text"] == "–"
    assert tile(data, metrics.ASR)["change"]["text"] == "–"


def test_money_is_shown_to_the_cent_and_told_exactly(afternoon):
    # 108 of calls 540 to 809 are answered, 0.0123 each.
    told = tile(afternoon, metrics.CHARGE)
    assert (told["value"], told["exact"], told["more"]) == ("€1.33", "1.328400000 EUR", "")


def test_amounts_of_another_currency_stand_behind_it(workspace, keep):
    euro = {"customer": "a", "charge": Decimal("0.5"), "currency": "EUR", "talk_s": 60}
    dollar = {"customer": "b", "charge": Decimal("0.25"), "currency": "USD", "talk_s": 60}
    keep(
        [
            {"at": "2026-10-05T10:00", **euro},
            {"at": "2026-10-05T10:01", **euro},
            {"at": "2026-10-05T10:02", **dollar},
        ]
    )
    told = tile(figures(workspace, "2026-10-05", "2026-10-06"), metrics.CHARGE)
    assert (told["value"], told["more"]) == ("€1.00", "1 more currency")
    assert told["exact"] == "1.000000000 EUR, 0.250000000 USD"


def test_live_channels_are_the_most_at_a_minutes_start_and_when_first(workspace, keep):
    three = [
        {"at": f"2026-10-05T10:0{minute}:30", "call_id": str(minute), "talk_s": 240} for minute in (0, 2, 4)
    ]
    keep([{**call, "customer": "a", "carrier": "x"} for call in three])
    # [10:00:30, 10:04:30), [10:02:30, 10:06:30), [10:04:30, 10:08:30): two from 10:03 on.
    data = figures(workspace, "2026-10-05T10:00Z", "2026-10-05T11:00Z")
    most, at = most_of(data)
    assert (most, f"{at:%H:%M}") == (2, "10:03")
    told = tile(data, metrics.CHANNELS)
    assert (told["value"], told["parts"]) == ("2", "most, Mon 5 Oct 10:03")


def test_channels_of_a_destination_are_not_told(network):
    told = tile(figures(network, "2026-10-05", "2026-10-06", destinations=["Latvia"]), metrics.CHANNELS)
    assert (told["value"], told["parts"]) == ("–", "They are not counted by destination.")


def test_a_course_has_few_points_and_adds_up_what_it_joins(network):
    # 24 hours are 96 quarters, two a point; the first has calls 0 to 22.
    data = figures(network, "2026-10-05", "2026-10-06")
    attempts, asr = (tile(data, metric)["course"] for metric in (metrics.ATTEMPTS, metrics.ASR))
    assert len(attempts) == MOST_POINTS
    assert attempts[0] == 23
    assert asr[0] == pytest.approx(sum(n % 5 < 2 for n in range(23)) / 23, rel=1e-3)
    assert attempts[-1] is None  # after the end of the data nothing is known


def test_the_strip_takes_in_other_figures(network, afternoon):
    strip = Tiles(afternoon, [metrics.ATTEMPTS])
    assert strip.tiles[0]["value"] == "270"
    strip.show(figures(network, "2026-10-05", "2026-10-06"))
    assert strip.tiles[0]["value"] == "1,010"


def test_an_empty_workspace_has_dashes(workspace):
    data = figures(workspace, "2026-10-05", "2026-10-06")
    told = list(tiles_of(data, [metrics.ATTEMPTS, metrics.ASR, metrics.CHARGE, metrics.CHANNELS]))
    assert [each["value"] for each in told] == ["0", "–", "–", "0"]
