"""What switches read: parsed strictly here; Kamailio itself lets a device register with it."""

import csv
import io
import os
import re
import shutil
import socket
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
from lxml import etree

from secrets_kept import SECRETS
from tollbook.account.audit import Actor
from tollbook.account.database import Database
from tollbook.account.models import Customer
from tollbook.account.numbering import extensions, sip
from tollbook.account.numbering.sip import Device, hashes
from tollbook.account.numbering.switches import SWITCHES
from tollbook.account.secret import Secret
from tollbook.workspace import Workspace

REALM = "sip.example.net"
HOSTILE = 'A;b "c" <sip:evil@x> $${domain} ${uuid} \\ & \'t [x]'


def device(number: str, name: str = "", secret: str = "s", realm: str = REALM) -> Device:
    return Device(number, name, realm, *hashes(number, realm, secret))


DEVICES = (device("0100", "Desk"), device("100", HOSTILE), device("1000", realm="other.example"))
SCHEMA = """
CREATE TABLE subscriber (
    id INTEGER PRIMARY KEY NOT NULL, username VARCHAR(64) DEFAULT '' NOT NULL, domain VARCHAR(64) DEFAULT '' NOT NULL,
    password VARCHAR(64) DEFAULT '' NOT NULL, ha1 VARCHAR(128) DEFAULT '' NOT NULL,
    ha1b VARCHAR(128) DEFAULT '' NOT NULL, CONSTRAINT subscriber_account_idx UNIQUE (username, domain)
)
"""
"""As Kamailio 5.6 makes it, beside its table of versions."""


def test_kamailio_s_rows_are_there_once_however_often_they_are_put_in() -> None:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as database:
        database.execute(SCHEMA)
        for devices in (DEVICES, (device("0100", secret="new"), *DEVICES[1:])):
            database.executescript(SWITCHES["kamailio-sql"](devices))
        rows = database.execute(
            "SELECT username, domain, password, ha1, ha1b FROM subscriber ORDER BY id"
        ).fetchall()
    assert rows == [
        (one.number, one.realm, "", one.ha1, one.ha1b) for one in (device("0100", secret="new"), *DEVICES[1:])
    ]


def test_kamailio_s_rows_as_csv() -> None:
    rows = list(csv.DictReader(io.StringIO(SWITCHES["kamailio-csv"](DEVICES))))
    assert rows == [
        {"username": one.number, "domain": one.realm, "password": "", "ha1": one.ha1, "ha1b": one.ha1b}
        for one in DEVICES
    ]


OPTIONS = {
    "endpoint": {"type", "context", "disallow", "allow", "auth", "aors", "callerid"},
    "auth": {"type", "auth_type", "username", "realm", "md5_cred"},
    "aor": {"type", "max_contacts", "remove_existing"},
}


def pjsip(text: str) -> dict[tuple[str, str], dict[str, str]]:
    """Sections of pjsip.conf by name and type, as Asterisk reads them: `;` begins a comment unless `\\` is before it."""
    sections: list[tuple[str, dict[str, str]]] = []
    for line in text.splitlines():
        kept = re.split(r"(?<!\\);", line)[0].strip().replace("\\;", ";")
        if head := re.fullmatch(r"\[([^\]\[]+)\]", kept):
            sections.append((head[1], {}))
        elif kept:
            name, equals, value = kept.partition("=")
            assert equals
            assert name not in sections[-1][1]
            sections[-1][1][name] = value
    found = {(name, options["type"]): options for name, options in sections}
    assert len(found) == len(sections)
    assert all(set(options) <= OPTIONS[kind] for (_, kind), options in found.items())
    return found


def test_asterisk_has_an_endpoint_an_auth_and_an_aor_of_each() -> None:
    found = pjsip(SWITCHES["asterisk"](DEVICES))
    assert set(found) == {(one.number, kind) for one in DEVICES for kind in OPTIONS}
    for one in DEVICES:
        endpoint, auth = found[one.number, "endpoint"], found[one.number, "auth"]
        assert (endpoint["auth"], endpoint["aors"]) == (one.number, one.number)
        assert (auth["auth_type"], auth["username"], auth["realm"]) == ("md5", one.number, one.realm)
        assert auth["md5_cred"] == one.ha1
    assert found["0100", "endpoint"]["callerid"] == '"Desk" <0100>'
    assert "callerid" not in found["1000", "endpoint"]


def test_no_name_becomes_anything_else_for_asterisk() -> None:
    caller = pjsip(SWITCHES["asterisk"](DEVICES))["100", "endpoint"]["callerid"]
    assert re.fullmatch(r'"[^"<>\\]*" <100>', caller)
    assert caller.startswith('"A;b c sip:evil@x')


def test_freeswitch_has_a_directory_of_each_domain() -> None:
    root = etree.fromstring(SWITCHES["freeswitch"](DEVICES))
    found = {
        (domain.get("name"), user.get("id")): {
            param.get("name"): param.get("value") for param in user.iterfind("params/param")
        }
        for domain in root.iterfind("domain")
        for user in domain.iterfind("groups/group/users/user")
    }
    assert found == {(one.realm, one.number): {"a1-hash": one.ha1} for one in DEVICES}
    assert [domain.get("name") for domain in root] == [REALM, "other.example"]


def test_freeswitch_expands_nothing_of_a_name() -> None:
    text = SWITCHES["freeswitch"](DEVICES)
    assert "$" not in text
    names = etree.fromstring(text).xpath("//variable[@name='effective_caller_id_name']/@value")
    assert names == ["Desk", 'A;b "c" <sip:evil@x> domain uuid  & \'t [x]']


def test_freeswitch_s_directory_leaves_out_what_xml_cannot_hold() -> None:
    text = SWITCHES["freeswitch"]((device("1", "De\uffffsk\ufffe"), device("2", "\uffff")))
    names = etree.fromstring(text).xpath("//variable[@name='effective_caller_id_name']/@value")
    assert names == ["Desk"]


@pytest.mark.parametrize("kind", SWITCHES)
def test_nothing_is_written_where_there_is_nothing(kind: str) -> None:
    assert "100" not in SWITCHES[kind](())


KAMAILIO = """
debug=1
log_stderror=yes
children=1
disable_tcp=yes
dns=no
rev_dns=no
auto_aliases=no
listen=udp:127.0.0.1:{port}
mpath="{modules}"
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "pv.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
loadmodule "db_sqlite.so"
loadmodule "auth.so"
loadmodule "auth_db.so"
modparam("usrloc", "db_mode", 0)
modparam("auth_db", "db_url", "sqlite:///{folder}/kamailio.sqlite")
modparam("auth_db", "calculate_ha1", 0)
modparam("auth_db", "password_column", "ha1")
modparam("auth_db", "password_column_2", "ha1b")
modparam("auth_db", "use_domain", 1)
request_route {{
    if (!www_authenticate("$td", "subscriber")) {{
        www_challenge("$td", "0");
        exit;
    }}
    save("location");
}}
"""
REGISTER = """<?xml version="1.0" encoding="UTF-8"?>
<scenario name="register">
  <send><![CDATA[{head}
    CSeq: 1 REGISTER
    Content-Length: 0

  ]]></send>
  <recv response="401" auth="true"/>
  <send><![CDATA[{head}
    CSeq: 2 REGISTER
    [authentication username={login} password={secret}]
    Content-Length: 0

  ]]></send>
  <recv response="{status}"/>
</scenario>
"""
HEAD = """
    REGISTER sip:{realm} SIP/2.0
    Via: SIP/2.0/UDP [local_ip]:[local_port];branch=[branch]
    From: <sip:{number}@{realm}>;tag=[call_number]
    To: <sip:{number}@{realm}>
    Call-ID: [call_id]
    Contact: <sip:{number}@[local_ip]:[local_port]>
    Max-Forwards: 5
    Expires: 60"""
_PLACES = ("/usr/lib/x86_64-linux-gnu/kamailio/modules", "/usr/lib/aarch64-linux-gnu/kamailio/modules")
MODULES = next((Path(place) for place in _PLACES if Path(place, "db_sqlite.so").exists()), None)
TABLES = Path("/usr/share/kamailio/db_sqlite")


def programs() -> tuple[str, Path]:
    """Kamailio and its modules; on other machines than those that every change is tested on its test is left out."""
    program = shutil.which("kamailio", path="/usr/sbin:/usr/bin")
    if program and MODULES and TABLES.is_dir() and shutil.which("sipp"):
        return program, MODULES
    if os.environ.get("CI"):
        pytest.fail("no Kamailio, its SQLite module or sipp: .ci/packages should have installed them")
    return pytest.skip("no Kamailio here: apt-get install kamailio kamailio-sqlite-modules sip-tester")


@pytest.fixture
def secrets(workspace: Workspace, tmp_path: Path) -> dict[str, str]:
    """Secrets of two extensions as they are told once; what a switch is told of them is `subscriber.sql`."""
    by, sealed_by, db = Actor(None, "test"), Secret(b"k" * 32), Database.of(workspace)
    with db.session() as session:
        session.add(Customer(id="acme", name="ACME"))
        session.flush()
        for number in ("0100", "100"):
            extensions.add(session, by, "acme", number, "Desk")
        made = sip.make(session, by, sip.without_secret("acme"), sealed_by, REALM)
        found, without = sip.devices(session, sealed_by)
    db.close()
    assert without == []
    (tmp_path / "subscriber.sql").write_text(SWITCHES["kamailio-sql"](found))
    return {one.number: SECRETS.add("a SIP secret", one.secret) for one in made}


@pytest.fixture
def kamailio(tmp_path: Path, secrets: dict[str, str]) -> Iterator[int]:
    """The port of a Kamailio that knows two extensions from our statements."""
    program, modules = programs()
    with closing(sqlite3.connect(tmp_path / "kamailio.sqlite", isolation_level=None)) as database:
        for name in ("standard-create.sql", "auth_db-create.sql"):
            database.executescript((TABLES / name).read_text())
        database.executescript((tmp_path / "subscriber.sql").read_text())
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    (tmp_path / "kamailio.cfg").write_text(KAMAILIO.format(port=port, modules=f"{modules}/", folder=tmp_path))
    command = [program, "-f", tmp_path / "kamailio.cfg", "-DD", "-E", "-m", "32", "-M", "4", "-Y", tmp_path]
    with (tmp_path / "log").open("w") as log:
        running = subprocess.Popen(
            [*map(str, command), "-P", str(tmp_path / "pid")], stderr=log, cwd=tmp_path
        )
    try:
        _wait(port, running)
        yield port
    finally:
        running.terminate()
        with suppress(subprocess.TimeoutExpired):
            running.wait(60)
        running.kill()


def _wait(port: int, running: subprocess.Popen[bytes]) -> None:
    """Ask until it answers; the socket's own time limit is what passes between two tries."""
    ask = (
        "OPTIONS sip:x@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{0};branch=z9hG4bK{1}\r\n"
        "From: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: {1}\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"
    )
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as line:
        line.bind(("127.0.0.1", 0))
        line.settimeout(0.5)
        for attempt in range(240):
            assert running.poll() is None
            with suppress(OSError):
                line.sendto(ask.format(line.getsockname()[1], attempt).encode(), ("127.0.0.1", port))
                line.recv(4096)
                return
    raise AssertionError("Kamailio does not answer")


def register(folder: Path, port: int, number: str, secret: str, status: int, login: str = "") -> bool:
    """Whether a SIP client (SIPp) that registers is answered so."""
    head = HEAD.format(number=number, realm=REALM).strip("\n")
    told = {"login": login or number, "secret": secret, "status": status}
    scenario = folder / "register.xml"
    scenario.write_text(REGISTER.format(head=f"\n{head}", **told))
    command = [
        "sipp",
        f"127.0.0.1:{port}",
        "-sf",
        str(scenario),
        "-m",
        "1",
        "-i",
        "127.0.0.1",
        "-timeout",
        "60",
        "-nostdin",
    ]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    return done.returncode == 0


@pytest.mark.slow
def test_a_device_registers_at_a_real_kamailio_with_its_secret_alone(
    kamailio: int, secrets: dict[str, str], tmp_path: Path
) -> None:
    for number, secret in secrets.items():
        assert register(tmp_path, kamailio, number, secret, 200)
    assert register(tmp_path, kamailio, "100", secrets["100"], 200, login=f"100@{REALM}")
    assert register(tmp_path, kamailio, "0100", f"{secrets['0100']}x", 401)
    assert register(tmp_path, kamailio, "0100", secrets["100"], 401)
    assert register(tmp_path, kamailio, "00100", secrets["0100"], 401)
