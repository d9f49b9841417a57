"""The lines between a page and its kernel: every kind of message, on every channel, in both protocols."""

import json
from contextlib import suppress

import pytest
from bench.soak.browser import read
from tornado.httpclient import HTTPClientError
from tornado.websocket import WebSocketClosedError

from portal.doors import Visitor, cookie_of
from portal.wire import kind, talk, told, written
from tollbook.portal.lines import LARGEST, allowed, is_heartbeat, message

CODE = {
    "silent": False,
    "store_history": False,
    "user_expressions": {},
    "allow_stdin": False,
    "stop_on_error": False,
}
UNKNOWN = "6b3a3b9c-5bb5-4b8e-9e0b-3f6f1b1f5c11"
"""Of no kernel."""
HIDDEN = "jupyter.widget", "tollbook", "ipython.exec", "custom"


def forbidden(trace):
    """Every message with which a Jupyter client would run something, look at something or end something."""
    code = f"open({str(trace)!r}, 'w')"
    contents = {
        "execute_request": {"code": code, **CODE},
        "inspect_request": {"code": "begin", "cursor_pos": 5, "detail_level": 1},
        "complete_request": {"code": "be", "cursor_pos": 2},
        "history_request": {"output": True, "raw": True, "hist_access_type": "tail", "n": 9},
        "is_complete_request": {"code": "1"},
        "debug_request": {
            "type": "request",
            "seq": 1,
            "command": "evaluate",
            "arguments": {"expression": code},
        },
        "input_reply": {"value": code},
        "shutdown_request": {"restart": False},
        "interrupt_request": {},
        "create_subshell_request": {},
        "list_subshell_request": {},
        "abort_request": {},
        "apply_request": {"code": code},
        "usage_request": {},
        "comm_open": {
            "comm_id": "own",
            "target_name": "jupyter.widget",
            "data": {"state": {"_model_name": "x"}},
        },
    }
    channels = "shell", "control", "stdin", "iopub"
    return [told(kind, content, channel) for kind, content in contents.items() for channel in channels]


def kinds(heard):
    """Of messages that came back."""
    return {kind(one) for one in heard}


@pytest.fixture(scope="module")
def opened_page(billable, billing):
    """Opens a page as somebody: their cookie and their kernel."""

    def made(login, page="dashboard", **fields):
        cookie = cookie_of(billable.home, login, **fields)
        visitor = Visitor(billing, cookie)
        seen = visitor.post(f"/{page}?start=2024-10-05&end=2024-10-06")
        return cookie, json.loads(seen.text)["config"]["kernelId"]

    return made


@pytest.mark.slow
@pytest.mark.parametrize("v1", [False, True])
@pytest.mark.parametrize("fields", [{"customer": "alpha"}, {"role": "admin"}], ids=["contact", "admin"])
def test_nobody_runs_looks_at_or_ends_anything(billing, opened_page, tmp_path, fields, v1):
    cookie, kernel_id = opened_page(f"line-{'-'.join(fields.values())}-{v1}", **fields)
    trace = tmp_path / "trace"
    sent = [*forbidden(trace), told("kernel_info_request", {})]
    heard = talk(billing, cookie, kernel_id, [written(one, v1=v1) for one in sent], v1=v1)
    assert kinds(heard) <= {"status", "kernel_info_reply"}
    assert not trace.exists()


@pytest.mark.slow
def test_a_kernel_is_its_readers_and_nobody_elses(billing, billable, opened_page):
    mine, kernel_id = opened_page("owner", customer="alpha")
    others = {
        "nobody": None,
        "a colleague": cookie_of(billable.home, "colleague", customer="alpha"),
        "another customer": cookie_of(billable.home, "stranger", customer="gamma"),
        "an admin": cookie_of(billable.home, "overseer", role="admin"),
        "the same person elsewhere": cookie_of(billable.home, "owner"),
    }
    for who, cookie in others.items():
        with pytest.raises(HTTPClientError) as refused:
            talk(billing, cookie, kernel_id, [])
        assert refused.value.code == (404 if cookie else 403), who
        visitor = Visitor(billing, cookie)
        there, nowhere = (visitor.get(f"/api/kernels/{one}") for one in (kernel_id, UNKNOWN))
        assert (there.status, there.text) == (nowhere.status, nowhere.text), who
        assert there.status == (404 if cookie else 403), who
        if cookie:
            visitor.get("/pages")
            assert visitor.post(f"/voila/api/shutdown/{kernel_id}").status == 404, who
    ask = [written(told("kernel_info_request", {}), v1=False)]
    assert "kernel_info_reply" in kinds(talk(billing, mine, kernel_id, ask))


@pytest.mark.slow
def test_a_message_that_is_too_long_ends_the_line_and_nothing_else(billing, opened_page):
    cookie, kernel_id = opened_page("long", role="admin")
    with suppress(WebSocketClosedError):  # if it is closed before all was written
        assert "closed" in kinds(talk(billing, cookie, kernel_id, ["x" * (LARGEST + 1)]))
    assert Visitor(billing, cookie).get("/healthz").status == 200


ENDLESS = (
    b"\xff" * 9,
    b"\0" * 4 + b"\xff" * 4 + b"\0" * 40,
    b"\x7f\xff\xff\xff" + b"\0" * 40,
    b"\x07" + b"\0" * 50,
)
"""Messages that say of themselves, in one protocol or the other, that they have far more parts than bytes."""


@pytest.mark.slow
@pytest.mark.parametrize("v1", [False, True])
def test_what_is_no_message_is_passed_over(billing, opened_page, v1):
    cookie, kernel_id = opened_page(f"garbled-{v1}", "calls", role="admin")
    wrong = ["", "[]", "{}", '"x"', "{", '{"header": 1, "content": 2}', b"", b"\0" * 40, *ENDLESS]
    sent = [*wrong, written(told("kernel_info_request", {}), v1=v1)]
    assert "kernel_info_reply" in kinds(talk(billing, cookie, kernel_id, sent, v1=v1))


@pytest.mark.parametrize("v1", [False, True])
@pytest.mark.parametrize("wrong", ENDLESS)
def test_a_message_is_not_believed_how_many_parts_it_has(wrong, v1):
    assert message(wrong, v1=v1) is None


@pytest.mark.slow
@pytest.mark.parametrize("v1", [False, True])
def test_a_choice_that_brings_data_holds_nobody_up_in_either_protocol(billing, billable, v1):
    cookie = cookie_of(billable.home, f"chooses-{v1}", role="admin")
    page = opened(Visitor(billing, cookie), "/dashboard?start=2024-10-05&end=2024-10-06")
    update = {"method": "update", "state": {"values": {**page.values, "by": "customer"}}, "buffer_paths": []}
    sent = written(told("comm_msg", {"comm_id": page.choices, "data": update}), v1=v1)
    heard = talk(billing, cookie, page.kernel_id, [sent], v1=v1, last=lambda one: kind(one) == "comm_msg")
    assert "execute_input" not in kinds(heard)
    assert Visitor(billing, cookie).get("/healthz").status == 200


def opened(visitor, path):
    """A page that is new or was remembered, with its session."""
    page = read(visitor.get(path).text)
    return page if page.kernel_id else page.connected(json.loads(visitor.post(path).text))


@pytest.mark.parametrize("name", HIDDEN)
def test_a_page_opens_no_line_of_its_own(name):
    assert not allowed("comm_open", {"target_name": name})
    assert allowed("comm_open", {"target_name": "jupyter.widget.control"})


def test_what_the_page_says_by_itself_keeps_nobody_signed_in():
    tick = {"comm_id": "a", "data": {"method": "custom", "content": {"kind": "tick"}}}
    assert is_heartbeat("comm_msg", tick)
    assert not is_heartbeat("comm_msg", {"comm_id": "a", "data": {"method": "update", "state": {}}})
    assert not is_heartbeat("comm_msg", {"comm_id": "a", "data": []})
