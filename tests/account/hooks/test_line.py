"""An answer that comes in drops."""

import ssl

import pytest
from urllib3.exceptions import ReadTimeoutError

from account.hooks.receivers import receiving
from tollbook.account.hooks import line


def test_an_answer_that_does_not_end_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line, "WHOLE_S", 0.3)
    with receiving(-1) as trickling, pytest.raises(ReadTimeoutError):
        line.lines().request("POST", trickling.url, body=b"{}", preload_content=False, timeout=120)


def test_nor_is_an_encrypted_one_waited_for(
    monkeypatch: pytest.MonkeyPatch, encrypted: ssl.SSLContext
) -> None:
    monkeypatch.setattr(line, "WHOLE_S", 0.3)
    line.lines.cache_clear()
    try:
        with receiving(-1, encrypted=encrypted) as trickling, pytest.raises(ReadTimeoutError):
            line.lines().request("POST", trickling.url, body=b"{}", preload_content=False, timeout=120)
        assert len(trickling.came) == 1
        with receiving(204, encrypted=encrypted) as receiver:
            assert line.lines().request("POST", receiver.url, body=b"{}").status == 204
    finally:
        line.lines.cache_clear()


def test_one_that_is_there_is_read() -> None:
    with receiving(204) as receiver:
        assert line.lines().request("POST", receiver.url, body=b"{}").status == 204
    assert len(receiver.came) == 1
