"""Blocks and the gaps between them, extensions, conflicts and free numbers as rows."""

import pytest

from tollbook.account.audit import Actor
from tollbook.account.models import Customer
from tollbook.account.numbering import blocks
from tollbook.account.numbering.intake import Conflict
from tollbook.show.number_rows import MOST_FREE, conflict_frame, extension_frame, free_numbers, segments


def told(start, *spans, whole=True):
    rows = [dict(zip(("start", "end"), span.split("-"), strict=True)) for span in spans]
    return [f"{one['kind']} {one['start']}-{one['end']}" for one in segments(rows, start, whole=whole)]


@pytest.mark.parametrize(
    ("start", "spans", "shown"),
    [
        ("1000", [], []),
        ("1000", ["1000-1999", "3000-3999"], ["block 1000-1999", "gap 2000-2999", "block 3000-3999"]),
        ("1000", ["2000-2999"], ["gap 1000-1999", "block 2000-2999"]),
        ("1000", ["0100-0199", "2000-2999"], ["block 0100-0199", "gap 1000-1999", "block 2000-2999"]),
        ("1000", ["9000-9999", "12000-12999"], ["gap 1000-8999", "block 9000-9999", "block 12000-12999"]),
        (None, ["10-19", "30-39"], ["block 10-19", "gap 20-29", "block 30-39"]),
    ],
)
def test_gaps_lie_between_blocks_of_one_length(start, spans, shown):
    assert told(start, *spans) == shown


def test_where_blocks_are_left_out_there_are_no_gaps():
    assert told("1000", "1000-1999", "3000-3999", whole=False) == ["block 1000-1999", "block 3000-3999"]


def test_frames_of_nothing_have_their_columns():
    assert extension_frame([], may=True).columns[:3] == ["number", "customer", "name"]
    assert conflict_frame([Conflict(3, "1", "acme", "x")]).rows() == [(3, "1", "acme", "x")]
    assert conflict_frame([]).height == 0


def test_free_numbers_are_some_and_why_there_are_none(database):
    by = Actor(None, "test")
    with database.session() as session:
        session.add_all([Customer(id=name, name=name) for name in ("acme", "bolt")])
        session.flush()
        assert free_numbers(session, "") == {"numbers": [], "more": False, "why": "No customers yet."}
        assert "nobody has said where numbers begin" in free_numbers(session, "bolt")["why"]
        blocks.allocate(session, by, "acme", "1000", "1999")
        found = free_numbers(session, "acme")
        assert (len(found["numbers"]), found["more"], found["why"]) == (MOST_FREE, True, "")
