"""The card of a graph, as Python holds it."""

from datetime import UTC, datetime, timedelta

import polars as pl

from tollbook.errors import UsageError
from tollbook.show.assets import bundle_name
from tollbook.show.charts import bars, lines
from tollbook.show.graph import Graph
from tollbook.show.span import span

BEGIN = datetime(2026, 10, 5, 22, tzinfo=UTC)
SPAN = span(BEGIN.isoformat(), (BEGIN + timedelta(hours=2)).isoformat(), "Europe/Riga", None)


def drawing(values):
    at = [BEGIN + timedelta(hours=i) for i in range(len(values))]
    frame = pl.DataFrame(
        {"at": at, "series": ["north"] * len(at), "value": values, "words": [f"{v}" for v in values]},
        schema_overrides={"value": pl.Float64},
    )
    return lines(frame, SPAN, unit="%", note="ASR", labels={"north": "Carrier 1"})


def graph():
    return Graph("asr", "ASR", "Answered of attempted.", by="carrier")


def ask(view, kind, **more):
    view._handle_custom_msg({"kind": kind, **more}, [])


def test_it_begins_as_loading_and_knows_its_library():
    view = graph()
    assert (view.state, view.library) == ("loading", bundle_name())


def test_what_it_shows_is_ready_and_named_after_its_first_day_in_the_zone():
    view = graph()
    view.show(drawing([1.0, 2.0]), only="carrier:north")
    assert (view.state, view.file_name) == ("ready", "tollbook-asr-2026-10-06")  # 22:00 UTC is 01:00 in Riga
    (line,) = view.legend
    assert (line["name"], line["label"]) == ("north", "Carrier 1")
    assert view.span == "Tue 6 Oct 2026 01:00 to Tue 6 Oct 2026 03:00, Europe/Riga"
    assert (view.by, view.only) == ("carrier", "carrier:north")


def test_other_rows_leave_the_document():
    view = graph()
    view.show(drawing([1.0, 2.0]))
    changed = []
    view.observe(lambda change: changed.append(change["name"]), ["spec", "tables", "legend", "clock"])
    view.show(drawing([3.0, 4.0]))
    assert changed == ["tables"]


def test_gaps_alone_are_empty_and_empty_can_be_said():
    view = graph()
    view.show(drawing([None, None]))
    assert view.state == "empty"
    view.show_nothing("No limit is set", "Set one.")
    assert (view.state, view.message, view.hint) == ("empty", "No limit is set", "Set one.")


def test_a_failure_is_a_sentence_and_can_be_tried_again():
    view, asked = graph(), []
    view.each_again(lambda: asked.append(1))
    view.fail("The database does not answer.")
    assert (view.state, view.message) == ("error", "The database does not answer.")
    ask(view, "again")
    assert asked == [1]


def test_a_new_drawing_takes_the_message_away():
    view = graph()
    view.fail("no")
    view.show(drawing([1.0]))
    assert (view.state, view.message) == ("ready", "")


def test_the_table_is_made_when_it_is_asked_for_and_goes_with_the_drawing():
    view = graph()
    ask(view, "table")
    assert view.table == {}
    view.show(drawing([1.0]))
    assert view.table == {}
    ask(view, "table")
    assert view.table["rows"] == [["2026-10-06 01:00", "Carrier 1", "1.0"]]
    view.show(drawing([2.0]))
    assert view.table == {}


def test_whatever_leaves_the_page_is_told_before_and_may_be_refused():
    view, sent, told = graph(), [], []
    view.send = sent.append
    view.show(drawing([1.0, 2.0]))
    view.on_export(told.append)
    ask(view, "take", form="csv")
    ask(view, "take", form="png")
    assert told == [{"graph": "asr", "format": form, "rows": 2} for form in ("csv", "png")]
    assert sent[0]["csv"].splitlines()[1] == "2026-10-06T01:00+03:00,Carrier 1,1.0"
    assert sent[1] == {"kind": "taken", "form": "png"}

    def refuse(_what):
        raise UsageError("You may not export this.")

    view.on_export(refuse)
    ask(view, "take", form="csv")
    assert (view.fault, len(sent)) == ("You may not export this.", 2)


def test_of_a_graph_that_draws_nothing_or_in_another_form_nothing_is_taken():
    view, sent = graph(), []
    view.send = sent.append
    ask(view, "take", form="csv")
    view.show(drawing([1.0]))
    ask(view, "take", form="xlsx")
    ask(view, "take")
    assert (view.fault, sent) == ("Nothing is selected that could be exported.", [])


def test_a_graph_without_time_has_no_clock():
    view = Graph("destinations", "Destinations")
    rows = pl.DataFrame({"series": ["lv"], "value": [1.0], "words": ["1"]})
    view.show(bars(rows, unit="", note=""))
    assert (view.clock, view.file_name) == ({}, "tollbook-destinations")
