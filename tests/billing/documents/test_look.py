"""An operator's own templates, logo and fonts."""

from pathlib import Path

import pytest

from tollbook.billing.documents.document import Look
from tollbook.billing.documents.look import look_of
from tollbook.errors import UsageError


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TOLLBOOK_PARAMS", str(tmp_path))
    folder = tmp_path / "invoice"
    (folder / "acme").mkdir(parents=True)
    return folder


def test_without_files_it_is_ours(own: Path) -> None:
    assert look_of("acme") == Look()


def test_a_customers_own_file_goes_before_the_common_one_and_each_by_itself(own: Path) -> None:
    (own / "invoice.typ").write_text("common")
    (own / "acme" / "invoice.typ").write_text("of acme")
    (own / "logo.svg").write_bytes(b"<svg/>")
    (own / "fonts").mkdir()
    assert look_of("acme") == Look("of acme", None, ("logo.svg", b"<svg/>"), own / "fonts")
    assert look_of("beta").typst == "common"


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("invoice.typ", '#import "@preview/tablex:0.0.8": *'),
        ("invoice.html", '<img src="https://cdn.example/logo.png">'),
        ("invoice.html", "<script>alert(1)</script>"),
        ("invoice.html", "body { background: url(//cdn.example/x.png) }"),
    ],
)
def test_a_template_that_would_load_something_is_refused_by_its_line(own: Path, name: str, line: str) -> None:
    (own / name).write_text(f"first\n{line}\n")
    with pytest.raises(UsageError, match=f"params/invoice/{name}: line 2 loads something from elsewhere"):
        look_of("acme")
