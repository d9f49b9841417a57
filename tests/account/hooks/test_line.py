"""An answer that comes in drops."""

import pytest
from urllib3.exceptions import ReadTimeoutError

from account.hooks.receivers import receiving
from tollbook.account.hooks import line


def test_an_answer_that_does_not_end_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line, "WHOLE_S", 0.3)
    with receiving(-1) as trickling, pytest.raises(ReadTimeoutError):
        line.lines().request("POST", trickling.url, body=b"{}", preload_content=False, timeout=120)


def test_one_that_is_there_is_read() -> None:
    with receiving(204) as receiver:
        assert line.lines().request("POST", receiver.url, body=b"{}").status == 204
    assert len(receiver.came) == 1
