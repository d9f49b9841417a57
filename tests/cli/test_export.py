"""`tollbook invoice export`, as people type it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tollbook.cli import root
from tollbook.cli.export import FORMATS
from tollbook.errors import TollbookError
from tollbook.workspace import Workspace

NUMBER = "INV-2026-000001"


def run(workspace: Workspace, *words: str) -> Result:
    return CliRunner().invoke(root, ["--home", str(workspace.home), "invoice", *words])


@pytest.fixture
def issued(charged: Workspace) -> Workspace:
    run(charged, "run", "--view", "monthly", "--period", "2026-10")
    return charged


def test_a_file_goes_to_standard_output_to_a_file_or_is_told(issued: Workspace, tmp_path: Path) -> None:
    folder = issued.reports / "acme" / "2026-10"
    for kind in ("pdf", "html", "csv", "calls", "json"):
        assert (
            run(issued, "export", NUMBER, "--format", kind).stdout_bytes
            == (folder / FORMATS[kind]).read_bytes()
        )
    kept = tmp_path / "kept.pdf"
    run(issued, "export", NUMBER, "--format", "pdf", "--output", str(kept))
    assert kept.read_bytes() == (folder / "invoice.pdf").read_bytes()
    told = json.loads(run(issued, "export", NUMBER, "--format", "csv", "--json").stdout)
    assert told == {"number": NUMBER, "format": "csv", "file": str(folder / "lines.csv")}


def test_what_there_is_not_is_told_with_its_reason(issued: Workspace) -> None:
    done = run(issued, "export", NUMBER, "--format", "xml")
    assert isinstance(done.exception, TollbookError)
    assert str(done.exception).startswith(
        f"invoice {NUMBER} has no invoice.xml: params/company.yml has no country"
    )
    unknown = run(issued, "export", "INV-2026-000009", "--format", "pdf")
    assert isinstance(unknown.exception, TollbookError)
    assert "no invoice 'INV-2026-000009'" in str(unknown.exception)
