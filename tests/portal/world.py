"""The portal as others see it: what docs/serving.md says, started with a certificate and ports of a test's own."""

import json
import os
import re
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.client import HTTPResponse, HTTPSConnection
from pathlib import Path
from time import monotonic, sleep

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from portal.conftest import any_port, command
from tollbook.account.audit import Actor
from tollbook.account.database import Database
from tollbook.account.models import now
from tollbook.account.people import credentials, persons
from tollbook.workspace import Workspace

DOCS = Path(__file__).resolve().parents[2] / "docs" / "serving.md"
NAME = "calls.example"
LOGIN, PASSWORD = "anna@carrier.example", "seventeen-yellow-kites-at-noon"
PATIENCE_S = 30


def documented(language: str, number: int = 0) -> str:
    """A block of the docs, as it stands there."""
    return re.findall(rf"(?ms)^```{language}\n(.*?)^```", DOCS.read_text())[number]


@dataclass(frozen=True)
class Papers:
    """A certificate for a name, its key, and who vouches for it."""

    authority: Path
    chain: Path
    key: Path

    @classmethod
    def made(cls, folder: Path, name: str = NAME, days: float = 90) -> "Papers":
        root, root_key = _signed("Authority of a test", None, days=3650)
        own, key = _signed(name, (root, root_key), days=days)
        papers = cls(folder / "authority.pem", folder / "chain.pem", folder / "key.pem")
        papers.authority.write_bytes(root.public_bytes(serialization.Encoding.PEM))
        papers.chain.write_bytes(own.public_bytes(serialization.Encoding.PEM))
        papers.key.touch(mode=0o600)
        papers.key.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        return papers

    def trusting(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.authority))


Issuer = tuple[x509.Certificate, ec.EllipticCurvePrivateKey]


def _signed(name: str, by: Issuer | None, days: float) -> Issuer:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    issuer, signer = (by[0].subject, by[1]) if by else (subject, key)
    end = datetime.now(UTC) + timedelta(days=days)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(min(end, datetime.now(UTC)) - timedelta(days=1))
        .not_valid_after(end)
        .add_extension(x509.BasicConstraints(ca=by is None, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
        )
        .add_extension(
            x509.KeyUsage(
                *(True, False, False, False, False, by is None, by is None, False, False),
            ),
            critical=True,
        )
    )
    if by:
        made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
    return made.sign(signer, hashes.SHA256()), key


@contextmanager
def reading(
    port: int,
    path: str,
    papers: Papers,
    *,
    method: str = "GET",
    body: str | None = None,
    source: str = "127.0.0.1",
    **headers: str,
) -> Iterator[HTTPResponse]:
    """An answer of https://calls.example on this machine, asked from one of its loopback addresses, while it comes."""
    line = HTTPSConnection(NAME, port, timeout=PATIENCE_S, context=papers.trusting())
    line._create_connection = lambda *_, **__: socket.create_connection(  # type: ignore[attr-defined]
        ("127.0.0.1", port), PATIENCE_S, (source, 0)
    )
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    line.request(method, path, body, {"Host": f"{NAME}:{port}", **told})
    try:
        yield line.getresponse()
    finally:
        line.close()


def asked(port: int, path: str, papers: Papers, **told: str) -> HTTPResponse:
    """An answer that has come, with its `text`."""
    with reading(port, path, papers, **told) as answer:  # type: ignore[arg-type]
        answer.text = answer.read().decode()  # type: ignore[attr-defined]
    return answer


def entered(home: Path) -> None:
    """Somebody who can sign in."""
    db, by = Database.of(Workspace(home)), Actor(None, "tests")
    with db.session() as session:
        persons.add(session, "user", LOGIN, {"role": "admin", "name": "Anna"}, by)
    credentials.set_password(db, LOGIN, PASSWORD, by, now())
    db.close()


def parameters(folder: Path, **site: object) -> Path:
    """A folder of parameters; JSON is YAML."""
    folder.mkdir(exist_ok=True)
    (folder / "site.yml").write_text(json.dumps(site))
    return folder


@contextmanager
def started(home: Path, params: Path, *words: str) -> Iterator[None]:
    """`tollbook serve`, until it says that it serves."""
    environment = {**os.environ, "TOLLBOOK_HOME": str(home), "TOLLBOOK_PARAMS": str(params)}
    with subprocess.Popen(
        command("serve", "--no-schedule", *words), stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdout
        line = process.stdout.readline()
        try:
            assert line.startswith("tollbook: serving at https://"), line
            yield
        finally:
            process.terminate()


def program(name: str) -> str:
    """Where a proxy is; on other machines than those that every change is tested on its tests are left out."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin")
    if found:
        return found
    if os.environ.get("CI"):
        pytest.fail(f"no {name} on this machine: .ci/packages should have installed it")
    return pytest.skip(f"no {name} on this machine: apt-get install {name}")


def filled(text: str, papers: Papers, *, portal: int, https: int, http: int) -> str:
    """The documented configuration, with this test's ports and files; each has to be in it."""
    for told, ours in {
        "127.0.0.1:8866": f"127.0.0.1:{portal}",
        "/etc/ssl/calls.example.pem": str(papers.chain),
        "/etc/ssl/private/calls.example.key": str(papers.key),
    }.items():
        assert told in text
        text = text.replace(told, ours)
    return text.replace("listen 443", f"listen 127.0.0.1:{https}").replace(
        "listen 80", f"listen 127.0.0.1:{http}"
    )


def nginx(folder: Path, papers: Papers, *, portal: int, https: int, http: int) -> list[str]:
    """The command that starts nginx with what is documented, and nothing of the machine's own."""
    own = filled(documented("nginx"), papers, portal=portal, https=https, http=http)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    places = "".join(f"{kind}_temp_path {folder / kind};\n" for kind in kinds)
    (folder / "nginx.conf").write_text(
        f"daemon off;\npid {folder / 'pid'};\nerror_log stderr;\nevents {{}}\n"
        f"http {{\naccess_log off;\n{places}{own}}}\n"
    )
    user = ["-g", "user root;"] if os.geteuid() == 0 else []
    return [program("nginx"), "-e", "stderr", "-p", str(folder), "-c", str(folder / "nginx.conf"), *user]


def caddy(folder: Path, papers: Papers, *, portal: int, https: int, http: int) -> list[str]:
    """The command that starts Caddy with what is documented, and no ports or storage but the test's."""
    own = filled(documented("caddy"), papers, portal=portal, https=https, http=http)
    ours = f"{{\nadmin off\nhttp_port {http}\nhttps_port {https}\nstorage file_system {folder}\n"
    (folder / "Caddyfile").write_text(f"{ours}default_bind 127.0.0.1\n}}\n{own}")
    return [program("caddy"), "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]


PROXIES = {"nginx": nginx, "caddy": caddy}


@contextmanager
def proxied(words: list[str], folder: Path, port: int) -> Iterator[None]:
    """A proxy, once it listens."""
    told = folder / "log"
    own = {**os.environ, "HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "XDG_DATA_HOME": str(folder)}
    with told.open("w") as log, subprocess.Popen(words, stdout=log, stderr=log, env=own) as process:
        try:
            until = monotonic() + PATIENCE_S
            while not _listens(port):
                assert process.poll() is None, told.read_text()
                assert monotonic() < until, told.read_text()
                sleep(0.05)
            yield
        finally:
            process.terminate()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def ports(count: int) -> list[int]:
    """Ports that nothing listens on."""
    return [any_port() for _ in range(count)]
