"""Starting: for this machine only, on a free port, with sound parameters; and what is served then."""

import json
import os
import re
import socket
import subprocess
import sys
from contextlib import suppress
from http.cookiejar import CookieJar
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, Request, build_opener, urlopen

import pytest

from portal.doors import KNOWN, SignedIn, stranger
from portal.wire import kind, talk, told, written
from secrets_kept import hear
from tollbook.account.secret import workspace_secret
from tollbook.portal.pages import NAVIGATION

UTF8 = "utf-8"


def started(home, *words, **environment):
    done = subprocess.run(
        [sys.executable, "-c", "from tollbook.cli import main; main()", "serve", *words],
        env={**os.environ, "TOLLBOOK_HOME": str(home), **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    hear(done.stderr, "tollbook serve, standard error")
    return done


def answer(url, **headers):
    try:
        with urlopen(Request(url, headers=headers)) as reply:
            return reply.status, reply.read().decode(), reply.headers
    except HTTPError as refused:
        return refused.code, refused.read().decode(), refused.headers


def test_another_host_ends_with_one_line_and_1(workspace):
    done = started(workspace.home, "--host", "0.0.0.0")
    assert done.returncode == 1
    assert done.stderr.startswith("tollbook: will not serve others on 0.0.0.0 without an address")
    assert done.stderr.count("\n") == 1


def behind(tmp_path):
    (tmp_path / "site.yml").write_text("address: https://calls.example/\nproxies: [127.0.0.1]\n")
    return {"TOLLBOOK_PARAMS": str(tmp_path)}


def test_others_are_not_served_while_the_secret_is_missing_or_open(workspace, tmp_path):
    done = started(workspace.home, **behind(tmp_path))
    assert done.returncode == 1
    assert re.fullmatch(r"tollbook: \S+/secret is missing: restore it from a backup; .*\n", done.stderr)
    workspace_secret(workspace)
    (workspace.home / "secret").chmod(0o644)
    done = started(workspace.home, **behind(tmp_path))
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "can be read by others on this machine: `chmod 600 " in done.stderr


def test_others_are_not_served_while_nobody_can_sign_in(workspace, tmp_path):
    done = started(workspace.home, **behind(tmp_path), TOLLBOOK_SECRET="x" * 32)
    assert done.returncode == 1
    assert done.stderr.startswith("tollbook: nobody can sign in yet: `tollbook user add NAME --role admin`")
    assert done.stdout == ""


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


def test_a_person_lands_on_the_dashboard_with_what_the_address_says(portal):
    class Stay(HTTPRedirectHandler):
        def redirect_request(self, *_):
            return None

    with pytest.raises(HTTPError) as moved:
        build_opener(Stay, SignedIn).open(f"{portal}?zone=Europe/Riga")
    assert moved.value.headers["Location"] == "/dashboard?zone=Europe/Riga"


def test_what_is_not_there_is_said_within_the_frame_and_in_the_readers_language(portal):
    status, text, _ = answer(f"{portal}nothing", **{"Accept-Language": "ar"})
    assert status == 404
    assert '<html lang="ar" dir="rtl"' in text
    (index,) = re.findall('<ul class="tollbook-index">.*?</ul>', text, re.DOTALL)
    assert re.findall(r'<li><a href="([^"]+)"', index) == [f"/{page.name}" for page in NAVIGATION]


def test_the_checklist_can_be_asked_for_alone(portal):
    status, text, _ = answer(f"{portal}outstanding")
    assert status == 200
    assert "No customers yet" in text
    assert "<html" not in text


def sent(portal, fields, *, token=True):
    opener, jar = stranger()
    opener.open(f"{portal}login").close()
    kept = {cookie.name: cookie.value for cookie in jar}
    body = urlencode({**fields, "_xsrf": kept["_xsrf"]} if token else fields).encode()
    with suppress(HTTPError):
        opener.open(f"{portal}preferences", body)
    return {cookie.name: cookie.value for cookie in jar}


def test_a_preference_is_kept_only_if_the_page_itself_sent_it(portal):
    assert sent(portal, {"language": "de", "theme": "dark"})["tollbook-language"] == "de"
    assert "tollbook-language" not in sent(portal, {"language": "de"}, token=False)
    assert "tollbook-language" not in sent(portal, {"language": "klingon"})


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
        ("graphs=asr,asx", "unknown graph &#39;asx&#39;, did you mean &#39;asr&#39;?"),
        ("start=2026-10-06&end=2026-10-05", "start 2026-10-06 is not before end 2026-10-05"),
    ],
)
def test_a_wrong_choice_is_answered_in_words(portal, query, said):
    status, text, _ = answer(f"{portal}dashboard?{query}")
    assert status == 400
    assert said in text


def test_what_only_the_figures_can_refuse_is_said_within_the_page(portal):
    status, text, _ = answer(f"{portal}dashboard?start=2100-01-01")
    assert status == 200
    assert 'role="alert">start 2100-01-01 is not before end' in text
    assert '<a href="?">Start anew</a>' in text
    assert "Traceback" not in text


def session_of(portal, path):
    """A session of its own for a page: which kernel, and what Voila is told of each output."""
    jar = CookieJar()
    browser = build_opener(HTTPCookieProcessor(jar), SignedIn)
    browser.open(f"{portal}pages").close()
    (token,) = [cookie.value for cookie in jar if cookie.name == "_xsrf"]
    with browser.open(Request(f"{portal}{path}", method="POST", headers={"X-XSRFToken": token})) as reply:
        told = json.load(reply)
    return told["config"]["kernelId"], told["outputs"]


def test_a_session_goes_on_after_a_message_that_makes_an_error(portal):
    kernel_id, outputs = session_of(portal, "dashboard")
    box = outputs[-1]["data"]["application/vnd.jupyter.widget-view+json"]["model_id"]
    wrong = {"comm_id": box, "data": {"method": "update", "state": {"children": "x"}, "buffer_paths": []}}
    asked = told("kernel_info_request", {})
    sent = [written(told("comm_msg", wrong)), written(asked)]

    def is_idle_again(one):
        is_last = one["parent_header"].get("msg_id") == asked["header"]["msg_id"]
        return is_last and one["content"].get("execution_state") == "idle"

    heard = talk(portal, KNOWN[portal], kernel_id, sent, last=is_idle_again)
    (error,) = [one["content"] for one in heard if kind(one) == "error"]
    assert error["traceback"] == ["The log of the server says why."]
    assert "TraitError" not in json.dumps(heard, default=str)
