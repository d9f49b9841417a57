"""The lab's judgement, without a switch: what SIPp's log says, and how far answers are from it."""

from pathlib import Path

from bench.lab import plan
from bench.lab.judged import in_progress, judged, spans

LOG = """2026-10-05\t12:00:00.000000\t100.0\tS\ta\tCSeq:1 INVITE\tINVITE sip:1@h SIP/2.0
2026-10-05\t12:00:01.000000\t101.0\tR\ta\tCSeq:1 INVITE\tSIP/2.0 200 OK
2026-10-05\t12:00:05.000000\t105.0\tS\ta\tCSeq:2 BYE\tBYE sip:1@h SIP/2.0
2026-10-05\t12:00:05.100000\t105.1\tR\ta\tCSeq:2 BYE\tSIP/2.0 200 OK
2026-10-05\t12:00:02.000000\t102.0\tS\tb\tCSeq:1 INVITE\tINVITE sip:2@h SIP/2.0
2026-10-05\t12:00:02.500000\t102.5\tS\tb\tCSeq:1 INVITE\tINVITE sip:2@h SIP/2.0
2026-10-05\t12:00:03.000000\t103.0\tR\tb\tCSeq:1 INVITE\tSIP/2.0 486 Busy
2026-10-05\t12:00:04.000000\t104.0\tS\tc\tCSeq:1 INVITE\tINVITE sip:3@h SIP/2.0
"""


def test_a_call_is_in_progress_from_its_invite_to_its_bye_or_refusal(tmp_path: Path) -> None:
    (tmp_path / "acme.short").write_text(LOG)
    found = spans(tmp_path / "acme.short")
    assert found == [(100.0, 105.0), (102.0, 103.0), (104.0, float("inf"))]
    assert [in_progress(found, at) for at in (99.9, 100.0, 102.5, 103.0, 104.5, 105.0)] == [0, 1, 2, 1, 2, 1]


def test_answers_are_judged_by_how_far_they_are_off() -> None:
    calls = [(0.0, 10.0), (5.0, 15.0)]
    good = [(float(second) + 0.5, 1 if second < 5 or second >= 10 else 2) for second in range(15)]
    assert judged(calls, good)["exact"] == 1.0
    assert judged(calls, good)["holds"]
    assert not judged(calls, [*good[1:], (0.5, 4)])["holds"]
    assert judged(calls, [(0.5, 2), (1.5, 1)])["off"] == {"0": 1, "1": 1}


def test_the_same_seed_places_the_same_calls(tmp_path: Path) -> None:
    counts = plan.write(tmp_path, 200, 7)
    assert sum(counts.values()) == 200
    first = (tmp_path / "acme.csv").read_text()
    plan.write(tmp_path, 200, 7)
    assert (tmp_path / "acme.csv").read_text() == first
    assert first.startswith("SEQUENTIAL\n39041")
