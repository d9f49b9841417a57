"""What every widget of ours is."""

import re

import pytest
import traitlets

from tollbook.errors import UsageError
from tollbook.show.assets import module_path
from tollbook.show.widget import SNAPSHOT, View

NUMBERED = re.compile(r"This could not be done\. The log of the server says why, under ([0-9a-f]{8})\.")


class Small(View):
    """A widget with one trait."""

    module_file = "base.js"
    rows = traitlets.List().tag(sync=True)


def sent(view, content, buffers=()):
    view._handle_custom_msg(content, list(buffers))


def test_its_output_holds_what_a_page_draws_before_its_session_is_connected():
    view = Small(rows=[1, 2], words={"rows": "Rows"})
    data, _ = view._repr_mimebundle_()
    shot = data[SNAPSHOT]
    assert shot["module"] == module_path("base.js")
    assert shot["key"] == view._key
    assert shot["state"]["rows"] == [1, 2]
    assert shot["state"]["words"] == {"rows": "Rows"}
    assert not {"_esm", "_model_name", "layout"} & set(shot["state"])


def test_two_widgets_have_two_keys():
    assert Small()._key != Small()._key


def test_a_message_reaches_whom_it_is_for():
    view, heard = Small(), []
    view.answer("page", lambda message, buffers: heard.append((message["number"], bytes(buffers[0]))))
    sent(view, {"kind": "page", "number": 3}, [memoryview(b"x")])
    sent(view, {"kind": "other"})
    sent(view, "no message of ours")
    assert heard == [(3, b"x")]


def test_what_a_user_can_cause_becomes_a_sentence():
    view = Small()

    def refuse(_message, _buffers):
        raise UsageError("no customer 'x'")

    view.answer("page", refuse)
    sent(view, {"kind": "page"})
    assert view.fault == "no customer 'x'"


def test_any_other_error_is_told_without_its_insides(caplog):
    view = Small()
    assert not view.attempt(lambda: {}["secret"])
    number = NUMBERED.fullmatch(view.fault)[1]
    assert number in caplog.text


def test_what_works_clears_the_fault():
    view = Small(fault="before")
    assert view.attempt(lambda: None)
    assert view.fault == ""


class Told(Small):
    """A widget of which a page may set one trait."""

    from_page = frozenset({"rows"})


def test_a_page_sets_what_it_may_and_nothing_else():
    view = Told(rows=[1], words={"rows": "Rows"})
    view.set_state({"rows": [2], "words": {}, "fault": "forged", "_module": "https://elsewhere/x.js"})
    assert (view.rows, view.words, view.fault) == ([2], {"rows": "Rows"}, "")
    assert view._module == module_path("base.js")


@pytest.mark.parametrize("state", [{"rows": 5}, [], 5, None])
def test_a_value_of_the_wrong_kind_is_refused_in_words(caplog, state):
    view = Told(rows=[1])
    view.set_state(state)
    assert view.rows == [1]
    number = NUMBERED.fullmatch(view.fault)[1]
    assert number in caplog.text
