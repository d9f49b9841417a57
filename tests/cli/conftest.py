"""The command line as people type it."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from secrets_kept import hear
from tollbook.cli import main
from tollbook.workspace import Workspace


@dataclass(frozen=True)
class Printed:
    """How a command ended and what it printed."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def tollbook(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> Callable[..., Printed]:
    """Runs `tollbook` on the test's workspace; nothing that a user can cause may raise."""

    def run(*words: object) -> Printed:
        code = 0
        try:
            main(["--home", str(workspace.home), *map(str, words)])
        except SystemExit as ended:
            code = int(ended.code or 0)
        out, err = capsys.readouterr()
        hear(err, f"tollbook {' '.join(map(str, words[:2]))}, standard error")
        return Printed(code, out, err)

    return run
