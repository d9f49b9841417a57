"""The graphs that a dashboard can show."""

import pytest

from tollbook.show.figures import Figures
from tollbook.show.plans import PLANS, Asking
from tollbook.show.reading import Asked, Reading
from tollbook.show.span import MOST_MARKS, span
from tollbook.values import GRAPHS, LINES_OF

AGREED = {"customer": {"alpha": 0, "beta": 5}, "carrier": {"north": 1}}
ASKED = {"all": {}, "north": {"carriers": ["north"]}, "beta": {"customers": ["beta"]}}


def figures(home, room=1, **asked):
    return Figures(
        Reading(home), span("2026-10-05T12:00Z", "2026-10-05T22:30Z", "UTC", None), Asked(**asked), room
    )


@pytest.mark.parametrize("name", PLANS)
@pytest.mark.parametrize("asked", ASKED.values(), ids=ASKED)
def test_every_graph_can_be_drawn_by_whatever_its_lines_may_be_of(network, name, asked):
    plan = PLANS[name]
    for by in plan.bys or (plan.own_by,):
        drawn = plan.draw(Asking(figures(network, **asked), by, agreed=AGREED))
        assert set(drawn.points.columns) >= {"series", "value", "words"}


@pytest.mark.parametrize("name", [name for name, plan in PLANS.items() if set(plan.bys) >= {"total"}])
def test_the_span_before_is_drawn_on_this_spans_time(network, name):
    data = figures(network, room=2)
    drawn = PLANS[name].draw(Asking(data, "total", compared=True))
    assert drawn.before is not None
    assert drawn.before["at"].is_between(data.span.start, data.span.end, closed="left").all()
    assert drawn.points.height + drawn.before.height <= MOST_MARKS


def test_what_cannot_be_told_apart_so_is_shown_in_total():
    assert [PLANS["channels"].by(by) for by in LINES_OF] == ["total", "carrier", "customer", "total"]
    assert [PLANS["breaches"].by(by) for by in LINES_OF] == ["customer", "carrier", "customer", "customer"]
    assert PLANS["codes"].by("carrier") == "code"


def test_a_graph_says_what_it_shows_and_how_finely(network):
    told = PLANS["asr"].explained(Asking(figures(network), "total"))
    assert told == (
        "Answers / attempts, a re-routed call counts once; of a carrier, its answers / its seizures. "
        "A point every 15 minutes."
    )
    picked = PLANS["asr"].explained(Asking(figures(network, carriers=["north"]), "total"))
    assert "Carriers are picked, so seizures count in place of calls." in picked
    assert PLANS["channels"].explained(Asking(figures(network), "total")).endswith("A step every 5 min.")


@pytest.mark.parametrize("name", ["codes", "destinations"])
def test_bars_have_what_was_in_the_span_before(network, name):
    drawn = PLANS[name].draw(Asking(figures(network, room=2), PLANS[name].own_by, compared=True))
    assert drawn.before is not None
    assert set(drawn.before["series"]) == set(drawn.points["series"])
    assert drawn.before["value"].to_list() != drawn.points["value"].to_list()


@pytest.mark.parametrize(
    ("name", "by", "asked", "parts"),
    [
        ("asr", "total", {}, ("Answers", "Attempts")),
        ("asr", "carrier", {}, ("Answers", "Attempts, of carriers seizures")),
        ("asr", "customer", ASKED["north"], ("Answers", "Seizures")),
        ("acd", "total", {}, ("Talk (s)", "Answers")),
        ("codes", "code", {}, ("Calls", "All calls")),
        ("code_shares", "code", ASKED["north"], ("Seizures", "All seizures")),
        ("attempts", "total", {}, None),
    ],
)
def test_what_a_ratio_is_made_of_has_a_name(network, name, by, asked, parts):
    assert PLANS[name].draw(Asking(figures(network, **asked), by)).parts == parts


def test_shares_of_codes_are_cut_as_finely_as_their_areas_have_calls(network):
    # Ten and a half hours with 470 calls of two codes: 42 quarters would have five calls each and area.
    drawn = PLANS["code_shares"].draw(Asking(figures(network), "code"))
    assert drawn.points["at"].n_unique() == 42
    day = Figures(Reading(network), span("2026-10-05", "2026-10-06", "UTC", None), Asked())
    told = Asking(day, "code")
    assert PLANS["code_shares"].draw(told).points["at"].n_unique() == 24
    assert PLANS["code_shares"].explained(told).endswith("A point every hour.")


def test_destinations_come_with_their_figures(network):
    # 409 answered calls of 60 s, of which those from 12:00 on: calls 540 to 1009.
    answered = sum(n % 5 < 2 for n in range(540, 1000)) + 9
    points = PLANS["destinations"].draw(Asking(figures(network), "destination")).points
    assert points["series"].to_list() == ["Latvia"]
    assert points["words"].to_list() == [f"{answered:.1f} min, ASR {100 * answered / 470:.2f} %, ACD 60.0 s"]


def test_the_parameters_know_every_graph():
    assert tuple(PLANS) == GRAPHS
