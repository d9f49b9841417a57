"""The kernel `tollbook`, started as any of Jupyter's programs does."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import papermill
import pytest
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbformat.v4 import new_code_cell, new_notebook

from aside import run
from tollbook.runs import provisioner
from tollbook.runs.kernel import NAME
from tollbook.runs.zygote_owner import Forked, possible

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not possible(), reason="kernels are forked on Linux only"),
]
LOADED = "import sys; early = 'tollbook.show.vega' in sys.modules; assert early"


async def started(code: str, **options: Any) -> tuple[str, bool, int | None]:
    """How the code went, whether its kernel was forked, and what it ended with."""
    manager = AsyncKernelManager(kernel_name=NAME)
    await manager.start_kernel(**options)
    client = manager.client()
    client.start_channels()
    await client.wait_for_ready(timeout=60)
    reply = await client.execute_interactive(code, timeout=60)
    client.stop_channels()
    process = manager.provisioner.process
    await manager.shutdown_kernel()
    return reply["content"]["status"], isinstance(process, Forked), process.poll()


def test_it_is_installed_under_its_name() -> None:
    spec = KernelSpecManager().get_kernel_spec(NAME)
    assert spec.metadata["kernel_provisioner"]["provisioner_name"] == NAME
    assert spec.argv[2:4] == ["-m", "tollbook.runs.launch"]


def test_it_is_forked_with_our_code_loaded_and_ends_when_asked() -> None:
    assert run(started(LOADED)) == ("ok", True, 0)


def test_where_it_cannot_be_forked_it_is_started_as_any_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(provisioner, "possible", lambda: False)
    status, forked, code = run(started("1"))
    assert (status, forked, code) == ("ok", False, 0)


def test_another_pythonpath_needs_a_python_of_its_own(tmp_path: Path) -> None:
    import os  # noqa: PLC0415 - next to what it changes

    (tmp_path / "only_here.py").write_text("x = 1")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    assert run(started("import only_here", env=environment))[:2] == ("ok", False)


def test_pipes_need_a_process_of_our_own() -> None:
    status, forked, _ = run(started("1", stdout=subprocess.PIPE))
    assert (status, forked) == ("ok", False)


def test_what_it_prints_past_jupyter_goes_where_the_caller_says(tmp_path: Path) -> None:
    with (tmp_path / "said").open("wb") as file:
        run(started("import os; os.write(1, b'raw'); os.system('echo more')", stdout=file))
    assert (tmp_path / "said").read_text().startswith("raw")


def test_papermill_runs_a_notebook_that_asks_for_it(tmp_path: Path) -> None:
    path = tmp_path / "note.ipynb"
    kernel = {"kernelspec": {"name": NAME, "display_name": "Tollbook", "language": "python"}}
    nbformat.write(new_notebook(cells=[new_code_cell(LOADED)], metadata=kernel), path)
    node = papermill.execute_notebook(str(path), None, progress_bar=False)
    assert node.cells[0].metadata.papermill.status == "completed"


def test_nbval_tests_a_notebook_with_it(tmp_path: Path) -> None:
    nbformat.write(new_notebook(cells=[new_code_cell(LOADED)]), tmp_path / "note.ipynb")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--nbval-lax"]
    done = subprocess.run(
        [*command, f"--nbval-kernel-name={NAME}", "note.ipynb"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "1 passed" in done.stdout, done.stdout + done.stderr


def test_streams_are_those_of_popen(tmp_path: Path) -> None:
    with (tmp_path / "x").open("wb") as file:
        streams = provisioner._streams([None, file, subprocess.STDOUT], 99)
        assert streams == [99, file.fileno(), file.fileno()]
    assert provisioner._streams([None, subprocess.DEVNULL, None], 99) == [99, 99, 2]
