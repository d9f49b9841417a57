"""A certificate of the portal's own: whole, for the right name, not ended, its key nobody else's."""

import ssl
from pathlib import Path

import pytest

from portal.world import NAME, Papers
from tollbook.errors import TollbookError
from tollbook.portal.certificate import Certificate


def certificate(papers: Papers) -> Certificate:
    return Certificate(papers.chain, papers.key)


def test_old_versions_of_tls_are_not_spoken(tmp_path: Path) -> None:
    context = certificate(Papers.made(tmp_path)).context()
    assert context.minimum_version == ssl.TLSVersion.TLSv1_2


@pytest.mark.parametrize(("name", "asked"), [(NAME, NAME), ("*.example", NAME), ("CALLS.Example", NAME)])
def test_a_certificate_for_the_name_is_fit(tmp_path: Path, name: str, asked: str) -> None:
    certificate(Papers.made(tmp_path, name)).refuse_unfit(asked)


@pytest.mark.parametrize("asked", ["elsewhere.example", f"www.{NAME}", "example"])
def test_one_for_another_name_is_not(tmp_path: Path, asked: str) -> None:
    with pytest.raises(TollbookError, match=f"is a certificate for {NAME}, not for {asked}"):
        certificate(Papers.made(tmp_path)).refuse_unfit(asked)


def test_one_that_has_ended_is_not(tmp_path: Path) -> None:
    with pytest.raises(TollbookError, match=r"chain\.pem ended on 20\d\d-\d\d-\d\d: renew it"):
        certificate(Papers.made(tmp_path, days=-0.5)).refuse_unfit(NAME)


def test_a_key_that_everybody_can_read_is_refused(tmp_path: Path) -> None:
    papers = Papers.made(tmp_path)
    papers.key.chmod(0o640)
    certificate(papers).context()
    papers.key.chmod(0o644)
    with pytest.raises(TollbookError, match=r"key\.pem can be read by everybody on this machine: `chmod o= "):
        certificate(papers).context()


def test_files_that_do_not_belong_together_are_refused(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    mixed = Certificate(Papers.made(tmp_path).chain, Papers.made(tmp_path / "other").key)
    with pytest.raises(TollbookError, match="cannot be used: they do not belong together"):
        mixed.context()


def test_what_is_not_there_or_no_certificate_is_said(tmp_path: Path) -> None:
    papers = Papers.made(tmp_path)
    with pytest.raises(TollbookError, match="cannot be used: No such file or directory"):
        Certificate(papers.chain, tmp_path / "none").context()
    papers.chain.write_text("no certificate")
    with pytest.raises(TollbookError, match="cannot be used: write both in PEM"):
        certificate(papers).context()
