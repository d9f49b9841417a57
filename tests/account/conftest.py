"""Certificates of the tests' own: one that this process trusts, and the context of a server that has it."""

import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from tollbook import web


def context_of(authority: trustme.CA, *names: str) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(made)
    return made


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def encrypted(
    authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[ssl.SSLContext]:
    """What a server named localhost needs; its certificate is trusted."""
    path = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(path))
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    web.pool.cache_clear()
    yield context_of(authority, "localhost")
    web.pool.cache_clear()
