"""What the page of the audit says."""

from datetime import UTC, datetime

import pytest

from tollbook.account.people.models import AuditEvent
from tollbook.show.audit_words import columns, frame, opened, outcome_words, where, who, words

AT = datetime(2026, 10, 5, 9, 0, 1, 500_000, UTC)


def event(**more):
    usual = {
        "id": 5, "at": AT, "login": "anna", "as_login": "", "via": "portal", "address": "192.0.2.7",
        "action": "set_password", "resource": "person anna", "outcome": "done", "before": None, "after": None,
    }  # fmt: skip
    return AuditEvent(**{**usual, **more})


@pytest.mark.parametrize(
    ("via", "address", "told"),
    [
        ("portal", "192.0.2.7", "portal, 192.0.2.7"),
        ("token 5", "192.0.2.7", "API token 5, 192.0.2.7"),
        ("command line", "", "command line"),
        ("schedule", "", "schedule"),
        ("", "192.0.2.7", "192.0.2.7"),
        ("", "", "–"),
    ],
)
def test_from_where_is_the_way_and_the_address(via, address, told):
    assert where(event(via=via, address=address)) == told


def test_who_looked_as_another_is_told_with_both():
    assert who(event(as_login="carl")) == "anna as carl"
    assert who(event(login="")) == "–"


def test_a_row_tells_the_names_of_what_changed_and_marks_what_was_refused():
    before, after = dict.fromkeys("abcdef", 1), {**dict.fromkeys("abcde", 2), "f": 1}
    row = frame([event(before=before, after=after, outcome="refused")], "audit?who=a&entry=").row(
        0, named=True
    )
    assert (row["names"], row["tone"], row["outcome"]) == ("a, b, c, d +1", "wrong", "refused")
    assert (row["href"], row["at"].microsecond) == ("audit?who=a&entry=5", 0)


def test_an_entry_is_opened_with_each_value_before_and_after():
    told = opened(
        event(before={"name": "A", "zone": "UTC"}, after={"name": "B", "zone": "UTC"}), "Europe/Riga"
    )
    assert (told["number"], told["title"]) == ("5", "Entry 5")
    assert told["facts"][0] == ("Time", "2026-10-05 12:00:01 Europe/Riga")
    assert told["facts"][1] == ("Time, UTC", "2026-10-05 09:00:01.500000")
    assert told["changes"] == [
        {"name": "name", "before": "A", "after": "B", "changed": True},
        {"name": "zone", "before": "UTC", "after": "UTC", "changed": False},
    ]


def test_every_column_is_one_of_its_frame_and_every_word_is_said():
    assert {column.name for column in columns()} <= set(frame([], "").columns)
    assert all((*words().values(), *outcome_words().values()))
