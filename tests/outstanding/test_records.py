"""Records that are missing."""

from datetime import timedelta

import pytest

from live.fakes import NOON, call, told
from tollbook.live.kept import keep as keep_seen
from tollbook.live.seen import Memory
from tollbook.outstanding.records import missing_records

LATER = NOON + timedelta(hours=1)
SOURCE = "sources:\n  - name: s1\n    kind: kamailio\n    address: http://127.0.0.1:9/RPC\n"


@pytest.fixture
def watched(workspace, monkeypatch, tmp_path):
    """Calls `a` and `lost` of switch s1 were seen at noon."""
    (tmp_path / "live.yml").write_text(SOURCE)
    monkeypatch.setenv("TOLLBOOK_PARAMS", str(tmp_path))
    memory = Memory("s1")
    for answer in (told(5, call("a"), call("lost")), told(10)):
        memory.see(answer)
    keep_seen(workspace, [("s1", memory.take(NOON, everything=True))], keep_days=3650, now=NOON)
    return workspace


def test_a_call_that_was_seen_and_has_no_record_is_counted_once_its_switch_has_moved_on(watched, keep):
    assert list(missing_records(watched, LATER)) == []  # nothing is imported yet
    keep([{"at": "2026-10-05T12:00:00", "call_id": "a"}, {"at": "2026-10-05T12:30:00", "call_id": "z"}])
    (item,) = missing_records(watched, LATER)
    assert item.words == "1 call of the last 24 hours was seen in progress and has no record"
    assert (item.remedy, item.page) == ("tollbook live --history", "live")
    keep([{"at": "2026-10-05T12:00:00", "call_id": "lost"}])
    assert list(missing_records(watched, LATER)) == []


def test_what_was_seen_before_the_last_24_hours_is_no_matter(watched, keep):
    keep([{"at": "2026-10-05T12:30:00", "call_id": "z"}])
    assert list(missing_records(watched, NOON + timedelta(days=2))) == []


def test_where_no_switch_is_asked_nothing_is_known(watched, keep, monkeypatch, tmp_path):
    keep([{"at": "2026-10-05T12:30:00", "call_id": "z"}])
    (tmp_path / "live.yml").write_text("sources: []\n")
    assert list(missing_records(watched, LATER)) == []
