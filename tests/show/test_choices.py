"""What a reader chose on a page."""

from tollbook.errors import UsageError
from tollbook.params import Dashboard
from tollbook.show.choices import Choices


def choices(**given):
    return Choices(Dashboard(**given))


def test_the_page_gets_the_choices_as_texts_and_what_need_not_stand_in_its_address():
    widget = choices(start="-7d").widget
    assert widget.values["start"] == "-7d"
    assert widget.defaults["start"] == "-24h"
    assert "language" not in widget.values


def test_a_change_is_checked_and_told_with_the_names_that_changed():
    chosen, told = choices(), []
    chosen.watch(lambda new, names: told.append((new.zone, names)))
    chosen.widget.values = chosen.widget.values | {"zone": "Asia/Kolkata"}
    assert told == [("Asia/Kolkata", frozenset({"zone"}))]
    assert chosen.value.zone == "Asia/Kolkata"


def test_what_means_nothing_is_refused_in_words_and_the_choices_stay():
    chosen = choices()
    chosen.widget.values = chosen.widget.values | {"zone": "Nowhere/Here"}
    assert "Nowhere/Here" in chosen.widget.fault
    assert chosen.widget.values["zone"] == "UTC"
    assert chosen.value.zone == "UTC"


def test_where_nothing_can_be_shown_for_it_the_choices_stay():
    chosen = choices()

    def refuse(_new, _names):
        raise UsageError("too long for one graph")

    chosen.watch(refuse)
    chosen.widget.values = chosen.widget.values | {"start": "-9999d"}
    assert chosen.widget.fault == "too long for one graph"
    assert chosen.value.start == ""
    assert chosen.widget.values["start"] == ""


def test_names_that_no_address_may_hold_are_ignored():
    chosen = choices(language="de")
    chosen.widget.values = chosen.widget.values | {"language": "es", "home": "/etc"}
    assert not hasattr(chosen.value, "home")


def test_a_tick_is_passed_on():
    chosen, heard = choices(), []
    chosen.each_tick(lambda: heard.append(1))
    chosen.widget._handle_custom_msg({"kind": "tick"}, [])
    assert heard == [1]
