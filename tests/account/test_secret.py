import os
import subprocess
import sys
from pathlib import Path

import pytest

from tollbook.account.secret import BYTES, Secret, lasting_secret, secret_of, workspace_secret
from tollbook.errors import TollbookError
from tollbook.workspace import Workspace

AT_ONCE = """
import sys
from pathlib import Path
from tollbook.account.secret import workspace_secret
from tollbook.workspace import Workspace
sys.stdin.readline()
print(workspace_secret(Workspace(Path(sys.argv[1]))).master.hex())
"""


def test_it_is_made_once_for_its_owner_alone(workspace: Workspace) -> None:
    first = workspace_secret(workspace)
    file = workspace.home / "secret"
    assert len(first.master) == 32
    assert file.stat().st_mode & 0o777 == 0o600
    assert workspace_secret(workspace) == first
    assert file.read_bytes() == first.master


def test_processes_that_start_at_once_have_the_same(workspace: Workspace) -> None:
    command = [sys.executable, "-c", AT_ONCE, str(workspace.home)]
    started = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(3)
    ]
    told = {process.communicate("\n")[0] for process in started}
    assert told == {f"{workspace_secret(workspace).master.hex()}\n"}


def test_the_environment_goes_first(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOLLBOOK_SECRET", "s" * 32)
    assert workspace_secret(workspace).master == b"s" * 32
    assert not (workspace.home / "secret").exists()


def test_a_short_one_is_refused(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOLLBOOK_SECRET", "short")
    with pytest.raises(TollbookError, match="TOLLBOOK_SECRET has 5 characters: give it at least 32"):
        workspace_secret(workspace)


def test_one_that_others_can_read_is_refused(workspace: Workspace) -> None:
    workspace_secret(workspace)
    (workspace.home / "secret").chmod(0o640)
    with pytest.raises(TollbookError, match="can be read by others on this machine: `chmod 600 "):
        workspace_secret(workspace)


def test_a_cut_one_is_refused_and_left_as_it_is(workspace: Workspace) -> None:
    file = workspace.home / "secret"
    file.touch(mode=0o600)
    with pytest.raises(TollbookError, match="has 0 bytes, not 32: restore it from a backup"):
        workspace_secret(workspace)
    assert file.read_bytes() == b""


def test_a_run_that_was_killed_while_it_wrote_does_no_harm(workspace: Workspace) -> None:
    (workspace.home / "secret.tmp").write_bytes(b"half")
    assert len(workspace_secret(workspace).master) == 32


def test_keys_differ_by_purpose_and_stay() -> None:
    secret = Secret(bytes(32))
    assert secret.key("cookie") == Secret(bytes(32)).key("cookie")
    assert (
        len({secret.key("cookie"), secret.key("ticket"), Secret(bytes([1]) * 32).key("cookie"), bytes(32)})
        == 4
    )


def test_what_is_sealed_is_opened_by_the_same_secret_for_the_same_purpose_alone() -> None:
    secret = Secret(bytes(32))
    sealed = secret.seal("JBSWY3DP", "second factor")
    assert "JBSWY3DP" not in sealed
    assert secret.unseal(sealed, "second factor") == "JBSWY3DP"
    assert secret.unseal(sealed, "ticket") is None
    assert Secret(os.urandom(32)).unseal(sealed, "second factor") is None
    assert secret.unseal(f"{sealed[:-4]}AAAA", "second factor") is None
    for text in ("", "nonsense", "ü", "\udcff", "gAAAAAB"):
        assert secret.unseal(text, "second factor") is None


def test_it_does_not_show_itself() -> None:
    assert repr(Secret(b"x" * 32)) == "Secret()"


def test_nothing_of_it_lies_beside_the_file(workspace: Workspace) -> None:
    workspace_secret(workspace)
    found: set[Path] = {path for path in workspace.home.glob("*secret*") if path.stat().st_size}
    assert found == {workspace.home / "secret"}


def test_where_others_sign_in_a_lost_one_is_not_made_anew(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(TollbookError, match="secret is missing: restore it from a backup"):
        lasting_secret(workspace)
    assert not (workspace.home / "secret").exists()
    monkeypatch.setenv("TOLLBOOK_SECRET", "x" * BYTES)
    assert lasting_secret(workspace) == Secret(b"x" * BYTES)
    monkeypatch.delenv("TOLLBOOK_SECRET")
    made = workspace_secret(workspace)
    assert lasting_secret(workspace) == made


def test_another_servers_secret_is_of_the_environment_else_of_a_file_that_others_cannot_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "secret"
    monkeypatch.delenv("TOLLBOOK_OTHER", raising=False)
    assert secret_of("TOLLBOOK_OTHER", "") == ""
    with pytest.raises(TollbookError, match=r"cannot be read .TOLLBOOK_OTHER is not set.: No such file"):
        secret_of("TOLLBOOK_OTHER", str(file))
    file.write_text("first line \nsecond")
    file.chmod(0o640)
    with pytest.raises(TollbookError, match="can be read by others on this machine: `chmod 600"):
        secret_of("TOLLBOOK_OTHER", str(file))
    file.chmod(0o600)
    assert secret_of("TOLLBOOK_OTHER", str(file)) == "first line"
    monkeypatch.setenv("TOLLBOOK_OTHER", "given")
    assert secret_of("TOLLBOOK_OTHER", str(file)) == "given"
    monkeypatch.delenv("TOLLBOOK_OTHER")
    for content, words in ((b"", "is empty"), (b"\xff", "not UTF-8")):
        file.write_bytes(content)
        with pytest.raises(TollbookError, match=words):
            secret_of("TOLLBOOK_OTHER", str(file))
