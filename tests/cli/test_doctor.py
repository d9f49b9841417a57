"""`tollbook doctor`, as people type it."""

from collections.abc import Callable
from typing import Any

from tollbook.workspace import Workspace


def test_a_sound_workspace_ends_with_0(tollbook: Callable[..., Any]) -> None:
    done = tollbook("doctor", "--json")
    assert done.code == 0
    assert {"python", "database", "tables", "figures"} <= {check["check"] for check in done.json}


def test_a_fault_ends_with_1_and_names_it(workspace: Workspace, tollbook: Callable[..., Any]) -> None:
    (workspace.home / "tollbook.db").write_bytes(b"this is no database, whatever its name says" * 100)
    done = tollbook("doctor", "--json")
    assert done.code == 1
    assert "to be mended: database" in done.err
