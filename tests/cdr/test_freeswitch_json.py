"""mod_json_cdr's documents."""

import json
import tarfile
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import pytest

A, B = (f"0000000{n}-0000-4000-8000-000000000000" for n in (1, 2))
START_US = 1_795_399_899_801_847
"""2026-11-23 02:11:39.801847 UTC."""


def document(uuid: str, direction: str, *, encoded: bool = True, **other: object) -> str:
    """A leg that was answered after 2.5 s and talked for 10.25 s."""
    variables = {
        "uuid": uuid,
        "direction": direction,
        "accountcode": "acme",
        "caller_id": '"Ann" <+390411111111>',
        "sip_req_user": "442011111111",
        "start_stamp": "2026-11-23 02:11:39",
        "start_uepoch": str(START_US),
        "answer_uepoch": str(START_US + 2_500_000),
        "end_uepoch": str(START_US + 12_750_000),
        "billmsec": "10250",
        "progressmsec": "440",
        "hangup_cause": "NORMAL_CLEARING",
        "hangup_cause_q850": "16",
        "digits_dialed": "none",
        "read_codec": "PCMA",
    } | {name: str(value) for name, value in other.items()}
    if encoded:
        variables = {name: quote(value) for name, value in variables.items()}
    return json.dumps({"core-uuid": "c", "switchname": "vm", "variables": variables, "callflow": []})


def write(folder: Path, *texts: str) -> Path:
    for number, text in enumerate(texts):
        (folder / f"{number}.cdr.json").write_text(text)
    return folder


@pytest.mark.parametrize("encoded", [True, False])
def test_a_leg_that_came_in_is_a_call_to_the_microsecond(read, tmp_path: Path, encoded: bool) -> None:  # noqa: FBT001 - both cases
    call = read("freeswitch", write(tmp_path, document(A, "inbound", encoded=encoded))).call(A)
    assert (call["caller"], call["caller_raw"], call["called"]) == (
        "390411111111",
        "+390411111111",
        "442011111111",
    )
    assert call["started_at"] == datetime(2026, 11, 23, 2, 11, 39, 801847, UTC)
    assert call["answered_at"] == datetime(2026, 11, 23, 2, 11, 42, 301847, UTC)
    assert (call["talk_ms"], call["pdd_ms"], call["sip_code"], call["q850"]) == (10_250, 440, 200, 16)


@pytest.mark.parametrize(("dialled", "digits"), [("none", 0), ("12#", 3), ("5", 1), ("", None)])
def test_digits_are_counted_and_none_is_zero(read, tmp_path: Path, dialled: str, digits: int | None) -> None:
    call = read("freeswitch", write(tmp_path, document(A, "inbound", digits_dialed=dialled))).call(A)
    assert call["dtmf_digits"] == digits


@pytest.mark.parametrize(
    ("told", "carrier"),
    [
        ({"carrier": "alpha", "sip_gateway_name": "gw"}, "alpha"),
        ({"sip_gateway_name": "gw"}, "gw"),
        ({"channel_name": "sofia/edge/442011111111@192.0.2.1:5070"}, "192.0.2.1:5070"),
        ({}, None),
    ],
)
def test_the_carrier_is_its_variable_else_the_gateway_else_the_host(
    read, tmp_path: Path, told: dict[str, str], carrier: str | None
) -> None:
    files = write(tmp_path, document(A, "inbound"), document(B, "outbound", originator=A, **told))
    found = read("freeswitch", files)
    assert found.call(A)["carrier"] == carrier
    assert [t["carrier"] for t in found.tries(A)] == [carrier]


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"sip_term_status": "480", "sip_invite_failure_status": "503"}, 480),
        ({"sip_invite_failure_status": "503"}, 503),
        ({}, 603),
    ],
)
def test_the_code_is_the_far_sides_else_what_the_cause_is_told_as(
    read, tmp_path: Path, told: dict[str, str], code: int
) -> None:
    text = document(
        A, "inbound", answer_uepoch=0, billmsec=0, hangup_cause="CALL_REJECTED", hangup_cause_q850=21, **told
    )
    assert read("freeswitch", write(tmp_path, text)).call(A)["sip_code"] == code


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ({"start_uepoch": 0}, "bad_time"),
        ({"end_uepoch": START_US - 1}, "end_before_start"),
        ({"billmsec": -5}, "negative_duration"),
        ({"billmsec": "long"}, "bad_number"),
    ],
)
def test_a_bad_document_is_set_aside(read, tmp_path: Path, wrong: dict[str, object], rule: str) -> None:
    told = read("freeswitch", write(tmp_path, document(A, "inbound"), document(B, "inbound", **wrong)))
    assert [broken for _, broken in told.rejects] == [rule]
    assert told.calls["call_id"].to_list() == [A]


def test_an_archive_holds_what_its_folder_holds(read, tmp_path: Path) -> None:
    folder = tmp_path / "legs"
    folder.mkdir()
    write(folder, document(A, "inbound"), document(B, "outbound", originator=A, carrier="alpha"))
    archive = tmp_path / "legs.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        for file in folder.iterdir():
            tar.add(file, file.name)
    assert read("freeswitch", archive).calls.equals(read("freeswitch", folder).calls)
    assert read("freeswitch", archive).seizures.equals(read("freeswitch", folder).seizures)
