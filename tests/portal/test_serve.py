"""Starting: for this machine only, on a free port, with sound parameters; and what is served then."""

import json
import os
import re
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from http.cookiejar import CookieJar
from urllib.error import HTTPError
from urllib.request import HTTPCookieProcessor, Request, build_opener, urlopen

import pytest
from tornado.ioloop import IOLoop
from tornado.websocket import websocket_connect

from tollbook.errors import TollbookError, UsageError
from tollbook.portal.serve import normal_base, refuse_others

UTF8 = "utf-8"


def started(home, *words, **environment):
    return subprocess.run(
        [sys.executable, "-c", "from tollbook.cli import main; main()", "serve", *words],
        env={**os.environ, "TOLLBOOK_HOME": str(home), **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def answer(url, **headers):
    try:
        with urlopen(Request(url, headers=headers)) as reply:
            return reply.status, reply.read().decode(), reply.headers
    except HTTPError as refused:
        return refused.code, refused.read().decode(), refused.headers


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "example.com", "::"])
def test_any_other_host_is_refused_with_the_reason(host):
    with pytest.raises(TollbookError, match="there is no access control yet, so only this machine may read"):
        refuse_others(host)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_this_machine_may_read(host):
    assert refuse_others(host) == host


def test_the_command_ends_with_one_line_and_1(workspace):
    done = started(workspace.home, "--host", "0.0.0.0")
    assert done.returncode == 1
    assert done.stderr.startswith("tollbook: will not serve on 0.0.0.0: there is no access control yet")
    assert done.stderr.count("\n") == 1


def test_a_port_in_use_is_named(workspace):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = started(workspace.home, "--port", str(port))
    assert done.returncode == 1
    assert (
        done.stderr
        == f"tollbook: port {port} on 127.0.0.1: Address already in use: choose another with --port\n"
    )


def test_a_wrong_parameter_stops_the_start(workspace, tmp_path):
    (tmp_path / "site.yml").write_text("nane: X\n")
    done = started(workspace.home, TOLLBOOK_PARAMS=str(tmp_path))
    assert done.stderr == "tollbook: params/site.yml: unknown key 'nane', did you mean 'name'?\n"


def test_without_a_workspace_it_says_how_to_make_one(tmp_path):
    done = started(tmp_path)
    assert done.returncode == 1
    assert "make one with `tollbook init`" in done.stderr


@pytest.mark.parametrize(("given", "used"), [("/", "/"), ("tollbook", "/tollbook/"), ("/a/b-c/", "/a/b-c/")])
def test_a_base_address_has_slashes_at_both_ends(given, used):
    assert normal_base(given) == used


def test_a_base_address_is_a_plain_path():
    with pytest.raises(UsageError, match="--base-url '/a b/': write a path such as /tollbook/"):
        normal_base("/a b/")


def test_the_index_lists_the_pages_and_says_as_of_when(portal):
    status, text, _ = answer(portal)
    assert status == 200
    assert re.findall(r'<li><a href="([^"]+)"', text) == ["/dashboard", "/summary"]
    assert "Data as of 2026-10-06 01:00 UTC." in text


def test_it_tells_that_it_is_alive(portal):
    assert answer(f"{portal}healthz")[:2] == (200, '{"status": "ok"}')


@pytest.mark.parametrize(
    "path",
    [
        *("nothing", "invoice", "voila/tree", "voila/render/dashboard.ipynb", "voila/render/invoice.ipynb"),
        *("voila/files/dashboard.ipynb", "voila/api/contents", "api/contents", "api/kernels", "dashboard/x"),
    ],
)
def test_nothing_else_is_served(portal, path):
    assert answer(f"{portal}{path}")[0] == 404


def test_every_answer_forbids_other_machines(portal):
    policy = answer(portal)[2]["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "http:" not in policy
    assert "https:" not in policy


def test_another_host_name_is_refused(portal):
    # A page elsewhere could otherwise point its own name at this machine and read.
    assert answer(portal, Host="evil.example")[0] == 403


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("zone=Europe/Rig", "did you mean &#39;Europe/Riga&#39;?"),
        ("start=yesterday", "&#39;yesterday&#39; is no date or time"),
    ],
)
def test_a_wrong_choice_is_answered_in_words(portal, query, said):
    status, text, _ = answer(f"{portal}dashboard?{query}")
    assert status == 400
    assert said in text


def kernel_of(portal, path):
    jar = CookieJar()
    with build_opener(HTTPCookieProcessor(jar)).open(f"{portal}{path}") as reply:
        text = reply.read().decode()
    return json.loads(
        re.search(r'jupyter-config-data" type="application/json">(.*?)</script>', text, re.DOTALL)[1]
    )["kernelId"]


def message(kind, content):
    header = {"msg_id": kind, "msg_type": kind, "username": "", "session": "s", "version": "5.3", "date": ""}
    return json.dumps(
        {
            "header": header,
            "parent_header": {},
            "metadata": {},
            "content": content,
            "channel": "shell",
            "buffers": [],
        }
    )


def test_a_reader_cannot_run_code(portal, tmp_path):
    trace = tmp_path / "trace"
    channel = f"{portal.replace('http', 'ws')}api/kernels/{kernel_of(portal, 'summary')}/channels"
    code = f"open({str(trace)!r}, 'w')"

    async def try_it():
        line = await websocket_connect(channel)
        run = {
            "code": code,
            "silent": False,
            "store_history": False,
            "user_expressions": {},
            "allow_stdin": False,
        }
        await line.write_message(message("execute_request", run))
        await line.write_message(message("kernel_info_request", {}))
        told = []
        while not told or told[-1]["msg_type"] != "kernel_info_reply":
            told.append(json.loads(await line.read_message()))
        line.close()
        return [one["msg_type"] for one in told]

    # The browser's own event loop may be running in this thread.
    with ThreadPoolExecutor(1) as aside:
        kinds = aside.submit(lambda: IOLoop().run_sync(try_it, timeout=30)).result()
    assert "execute_reply" not in kinds
    assert not trace.exists()
