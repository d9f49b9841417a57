"""Served to the world, as docs/serving.md tells it: by nginx, by Caddy, and by the portal itself."""

import os
import shutil
import socket
import subprocess
from http.client import HTTPConnection
from time import monotonic
from urllib.parse import urlencode, urlsplit

import pytest

from portal.conftest import PATIENCE_MS, QUIET, Watched
from portal.test_dashboard_page import DAY, Board
from portal.world import (
    LOGIN,
    NAME,
    PASSWORD,
    PROXIES,
    Papers,
    asked,
    documented,
    entered,
    parameters,
    ports,
    proxied,
    reading,
    started,
)
from tollbook.account.audit import events
from tollbook.account.database import Database
from tollbook.account.secret import workspace_secret
from tollbook.workspace import Workspace

pytestmark = [pytest.mark.browser, pytest.mark.slow]
BASE = "/tollbook/"
FORGED, OTHER = "203.0.113.9", "elsewhere.example"


@pytest.fixture(scope="module")
def place(network, tmp_path_factory):
    """A copy of the known network, with somebody who can sign in, and a certificate."""
    folder = tmp_path_factory.mktemp("world")
    shutil.copytree(network.home, folder / "home")
    workspace_secret(Workspace(folder / "home"))
    entered(folder / "home")
    return folder, Papers.made(folder)


@pytest.fixture(scope="module")
def behind(place):
    """A portal that only 127.0.0.1 may connect to: its port, and the port of the proxy that people know."""
    folder, papers = place
    portal, https = ports(2)
    params = parameters(
        folder / "behind", address=f"https://{NAME}:{https}{BASE}", proxies=["127.0.0.1"], name="Carrier Ltd"
    )
    with started(folder / "home", params, "--port", str(portal)):
        yield portal, https, papers


@pytest.fixture(scope="module", params=sorted(PROXIES))
def world(behind, tmp_path_factory, request):
    """The port of https, of http, and whom to trust, with each proxy in turn."""
    portal, https, papers = behind
    (http,) = ports(1)
    folder = tmp_path_factory.mktemp(request.param)
    words = PROXIES[request.param](folder, papers, portal=portal, https=https, http=http)
    with proxied(words, folder, https):
        yield https, http, papers


@pytest.fixture(scope="module")
def alone(place):
    """A portal with a certificate of its own, which listens for others."""
    folder, papers = place
    (port,) = ports(1)
    params = parameters(folder / "alone", address=f"https://{NAME}:{port}{BASE}")
    words = ("--host", "0.0.0.0", "--port", str(port))
    with started(
        folder / "home", params, *words, "--certificate", str(papers.chain), "--key", str(papers.key)
    ):
        yield port, papers


@pytest.fixture(scope="module")
def outside(launch_browser):
    """A browser that knows where calls.example is, and does not know the test's authority."""
    browser = launch_browser(args=[*QUIET, f"--host-resolver-rules=MAP {NAME} 127.0.0.1"])
    yield browser
    browser.close()


class Abroad(Watched):
    """A page from elsewhere: it asks nobody but the portal, and by https and wss alone."""

    def note_outside(self, url):
        if not url.startswith((f"https://{NAME}:", "data:", f"blob:https://{NAME}:")):
            self.wrong.append(f"outside: {url}")


def walked(browser, port, papers):
    """Sign in, see the dashboard drawn and connected, choose something, log out. What went wrong, cookies, and more."""
    context = browser.new_context(ignore_https_errors=True, viewport={"width": 1440, "height": 1000})
    context.set_default_timeout(PATIENCE_MS)
    watched = Abroad(context.new_page())
    watched.listen()
    page, lines = watched.page, []
    page.on("websocket", lambda line: lines.append(line.url))
    page.goto(f"https://{NAME}:{port}{BASE}dashboard?{DAY}")
    page.get_by_label("Login name").fill(LOGIN)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/dashboard**")
    page.mouse.move(2, 2)  # whoever reaches for a page has it connected
    board = Board(watched)
    board.wait_for_tile("attempts", "1,010")
    board.choose(customer="beta")
    board.wait_for_tile("attempts", "10")
    cookies, wrong = context.cookies(), list(watched.wrong)
    opened = {origin: line_opened(port, papers, lines[0], cookies, origin) for origin in (NAME, OTHER)}
    page.get_by_role("button", name="Account, language and theme").click()
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url(f"**{BASE}login")
    left = [cookie["name"] for cookie in context.cookies()]
    page.close(run_before_unload=True)
    context.close()
    return wrong, lines, opened, cookies, left


def line_opened(port, papers, url, cookies, origin):
    """The status with which a page of a site, in the reader's own browser, is given a line to a kernel of theirs."""
    told = {
        "Cookie": "; ".join(f"{cookie['name']}={cookie['value']}" for cookie in cookies),
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec_WebSocket_Version": "13",
        "Sec_WebSocket_Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Origin": f"https://{origin}:{port}",
    }
    return asked(port, urlsplit(url).path, papers, **told).status


def examine(browser, port, papers):
    wrong, lines, opened, cookies, left = walked(browser, port, papers)
    assert wrong == []
    assert opened == {NAME: 101, OTHER: 403}
    assert [line.split("/api/")[0] for line in lines] == [f"wss://{NAME}:{port}/tollbook"]
    (session,) = [cookie for cookie in cookies if cookie["name"].startswith("tollbook-session-")]
    told = [session[name] for name in ("secure", "httpOnly", "sameSite", "path", "expires")]
    assert told == [True, True, "Lax", BASE, -1]
    (token,) = [cookie for cookie in cookies if cookie["name"] == "_xsrf"]
    assert [token[name] for name in ("secure", "sameSite", "path")] == [True, "Lax", BASE]
    assert session["name"] not in left


def signed_in(port, papers, source, **headers):
    """The answer to signing in from an address of this machine."""
    form = asked(port, f"{BASE}login", papers, source=source, **headers)
    token = form.headers["Set-Cookie"].partition(";")[0].partition("=")[2]
    return asked(
        *(port, f"{BASE}login", papers),
        method="POST",
        body=urlencode({"login": LOGIN, "password": PASSWORD, "_xsrf": token}),
        source=source,
        Cookie=f"_xsrf={token}",
        Content_Type="application/x-www-form-urlencoded",
        **headers,
    )


def last_sign_in(place):
    db = Database.of(Workspace(place[0] / "home"))
    with db.reading() as session:
        addresses = [row["address"] for row in events(session, None, None) if row["action"] == "sign_in"]
    db.close()
    return addresses


def test_people_sign_in_look_choose_and_sign_out_through_a_proxy(world, outside):
    examine(outside, world[0], world[2])


def test_people_sign_in_look_choose_and_sign_out_without_one(alone, outside):
    examine(outside, *alone)


def test_the_audit_has_the_address_that_the_proxy_saw_whatever_a_client_claims(world, place):
    port, _, papers = world
    forged = {"X_Forwarded_For": FORGED, "X_Real_Ip": FORGED, "X_Scheme": "http", "X_Forwarded_Proto": "http"}
    answer = signed_in(port, papers, "127.0.0.3", **forged)
    assert (answer.status, answer.headers["Location"]) == (303, BASE)
    assert "Secure" in answer.headers["Set-Cookie"]
    seen = last_sign_in(place)
    assert "127.0.0.3" in seen
    assert FORGED not in seen


def test_without_named_proxies_nothing_forwarded_is_believed(alone, place):
    port, papers = alone
    forged = {"X_Forwarded_For": FORGED, "X_Real_Ip": FORGED, "X_Scheme": "http", "X_Forwarded_Proto": "http"}
    assert signed_in(port, papers, "127.0.0.4", **forged).status == 303
    seen = last_sign_in(place)
    assert "127.0.0.4" in seen
    assert FORGED not in seen


def test_http_is_led_to_https_by_the_proxy(world):
    _, http, _ = world
    line = HTTPConnection("127.0.0.1", http, timeout=30)
    line.request("GET", f"{BASE}summary?view=monthly", headers={"Host": NAME})
    answer = line.getresponse()
    line.close()
    assert answer.status in {301, 308}
    where = answer.headers["Location"]
    assert where.startswith(f"https://{NAME}")
    assert where.endswith(f"{BASE}summary?view=monthly")


def test_the_base_path_is_kept_with_and_without_its_slash(world):
    port, _, papers = world
    assert asked(port, "/tollbook", papers).headers["Location"].endswith(BASE)
    inside = asked(port, f"{BASE}summary?view=monthly", papers)
    assert inside.status == 302
    assert inside.headers["Location"].startswith(f"{BASE}login?next=%2Ftollbook%2Fsummary")
    page = asked(port, f"{BASE}login", papers)
    assert page.status == 200
    assert page.headers["Strict-Transport-Security"] == "max-age=31536000"


def test_another_host_name_is_refused(world, alone):
    for port, papers in ((world[0], world[2]), alone):
        for host in (OTHER, "192.0.2.7", f"{NAME}.elsewhere.example"):
            answer = asked(port, f"{BASE}login", papers, Host=host)
            assert (answer.status == 403) or (answer.status, answer.text) == (200, ""), host


def test_a_page_comes_as_it_is_made(world):
    port, other, papers = world
    told = {"Cookie": signed_in(port, papers, "127.0.0.1").headers["Set-Cookie"].partition(";")[0]}
    begun = monotonic()
    with reading(port, f"{BASE}carriers?start=-3d&minimum={other}", papers, **told) as answer:
        first = answer.read1()
        seen = monotonic()
        whole = first + answer.read()
    assert answer.status == 200
    assert b"</html>" not in first
    assert b"</html>" in whole
    assert seen - begun < (monotonic() - begun) / 2


def test_a_stranger_who_connects_directly_hears_nothing(behind):
    portal, _, _ = behind
    with socket.create_connection(("127.0.0.1", portal), 10, ("127.0.0.2", 0)) as line:
        line.settimeout(10)
        assert line.recv(1) == b""
    with socket.create_connection(("127.0.0.1", portal), 10) as line:
        line.sendall(f"GET {BASE}healthz HTTP/1.1\r\nHost: {NAME}\r\n\r\n".encode())
        assert line.recv(12) == b"HTTP/1.1 200"


@pytest.mark.parametrize("words", [["verify"], ["security", "--offline=yes", "--threshold=20"]])
def test_the_documented_unit_is_sound(tmp_path, words):
    if shutil.which("systemd-analyze") is None:
        pytest.skip("no systemd-analyze on this machine")
    unit = tmp_path / "tollbook.service"
    unit.write_text(documented("ini").replace("/opt/tollbook/bin/tollbook", "/bin/true"))
    done = subprocess.run(
        ["systemd-analyze", *words, str(unit)],
        capture_output=True,
        text=True,
        check=False,
        env=dict(os.environ),
    )
    assert done.returncode == 0, done.stdout + done.stderr
