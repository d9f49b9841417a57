"""Lines of an Asterisk Master.csv, and an import of them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tollbook.billing.decks import DeckBook
from tollbook.lake.ingest import Imported, ingest
from tollbook.lake.store import Lake
from tollbook.workspace import Workspace

EPOCH = 1_795_000_000
"""2026-11-18 11:06:40 UTC."""


def line(
    number: int = 1,
    *,
    customer: str = "acme",
    caller: str = "390411111111",
    called: str = "442011111111",
    carrier: str = "alpha",
    start: str = "2026-11-18 11:06:40",
    duration: object = 65,
    billsec: object = 60,
    disposition: str = "ANSWERED",
    app: str = "Dial",
    data: str = "SIP/alpha/442011111111,60",
    clid: str = '""""" <390411111111>"',
    linked: int | None = None,
) -> str:
    """One row of 21 columns; `number` is its sequence, `linked` the call's first channel."""
    peer = f"SIP/{carrier}-0000001b" if carrier else ""
    unique, call = f"{EPOCH}.{number}", f"{EPOCH}.{linked or number}"
    return (
        f'"{customer}","{caller}","{called}","wholesale",{clid},"SIP/{customer}-{number:08x}","{peer}","{app}","{data}",'
        f'"{start}",,"{start}",{duration},{billsec},"{disposition}","DOCUMENTATION","{unique}","","","{call}",{number}'
    )


@pytest.fixture
def lake(workspace: Workspace) -> Lake:
    return Lake(workspace)


@pytest.fixture
def master(tmp_path: Path) -> Callable[..., Path]:
    """Writes lines to a file, as text or bytes."""

    def write(*lines: str | bytes, name: str = "Master.csv", end: bytes = b"\n") -> Path:
        path = tmp_path / name
        path.write_bytes(b"\n".join(x if isinstance(x, bytes) else x.encode() for x in lines) + end)
        return path

    return write


@pytest.fixture
def take(lake: Lake) -> Callable[..., Imported]:
    """Imports paths into the lake without any deck."""

    def run(*paths: Path, zone: str | None = None, switch: str | None = None) -> Imported:
        return ingest(lake, [str(p) for p in paths], decks=DeckBook({}, {}), zone=zone, switch=switch)

    return run


@pytest.fixture(name="line")
def line_fixture() -> Callable[..., str]:
    return line
