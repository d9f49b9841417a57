"""The engines of Papermill: what one shows the others show, and nothing of one notebook is left for the next."""

import json
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import nbformat
import papermill
import pytest
from nbformat import NotebookNode

from aside import run
from runs.leaks import KINDS, LOOK, SET
from tollbook.billing.filed import RENDERING
from tollbook.params import Invoice, folder
from tollbook.periods import parse_period
from tollbook.runs import engines
from tollbook.runs.invoices import NOTEBOOK, Bill, make_invoice
from tollbook.runs.kernel import kernel_with
from tollbook.runs.notebook import BULK, KERNEL, execute, result
from tollbook.workspace import Workspace

Make = Callable[..., Path]
PLAIN = "nbclient"
FOUND = "application/vnd.leaks+json"
SHOWING = (
    "print('out'); import sys; print('error', file=sys.stderr); print('out again')",
    "from IPython.display import HTML, clear_output, display; display(HTML('<b>1</b>')); 6 * 7",
    "print('gone'); clear_output(); print('stays')",
    "print('goes when there is more'); clear_output(wait=True); print('more')",
    "place = display('first', display_id='here'); place.update('second')",
    "display({'application/json': {'a': [1, 2]}, 'image/png': b'abc'}, raw=True, metadata={'kept': True})",
    "",
    "await __import__('asyncio').sleep(0)",
    "raise ValueError('a line')",
)


def plain(value: Any) -> Any:
    """Outputs without colours, times and addresses in memory."""
    if isinstance(value, Mapping):
        return {name: plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    if isinstance(value, str):
        return re.sub(r"\x1b\[[0-9;]*m|0x[0-9a-f]+|[\d.]+ (?:ns|µs|us|ms|s)\b", "", value)
    return value


def shown(node: NotebookNode) -> list[Any]:
    """What a notebook shows: no times, no process numbers."""
    cells = [
        (one.source, one.get("execution_count"), plain(merged(one.get("outputs", [])))) for one in node.cells
    ]
    language = dict(node.metadata.get("language_info", {}))
    return [cells, language]


def merged(outputs: list[Any]) -> list[Any]:
    """A kernel sends what is printed in as many pieces as time allows, standard error beside it."""
    streams = {
        name: "".join(one["text"] for one in outputs if one.get("name") == name)
        for name in ("stdout", "stderr")
    }
    return [*({"name": name, "text": text} for name, text in streams.items() if text),
            *(one for one in outputs if one["output_type"] != "stream")]  # fmt: skip


def ran(engine: str, path: Path, executed: Path, **parameters: str) -> NotebookNode:
    """The notebook as it was written, whether it failed or not."""
    with suppress(papermill.PapermillExecutionError):
        papermill.execute_notebook(
            path,
            executed,
            parameters=parameters,
            engine_name=engine,
            kernel_name="python3",
            progress_bar=False,
        )
    return nbformat.read(executed, as_version=4)


def test_they_are_found_by_name() -> None:
    found = {one.name: one.load() for one in entry_points(group="papermill.engine")}
    assert (found[KERNEL], found[BULK]) == (engines.KernelEngine, engines.ForkEngine)


@pytest.mark.slow
def test_whatever_is_displayed_all_three_show_the_same(notebook: Make, tmp_path: Path) -> None:
    path = notebook(*SHOWING)
    theirs, kernel, fork = (
        shown(ran(engine, path, tmp_path / f"{engine}.ipynb", customer="x"))
        for engine in (PLAIN, KERNEL, BULK)
    )
    assert len(theirs[0]) > len(SHOWING)
    assert kernel == theirs
    assert fork == theirs


@pytest.mark.slow
def test_an_invoice_is_the_same_by_all_three(
    charged: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    october = Bill(charged, "acme", parse_period("2026-10"), datetime(2026, 10, 20, tzinfo=UTC), Invoice())
    made: dict[str, dict[str, Any]] = {}
    for engine in (KERNEL, BULK):
        row = make_invoice(replace(october, engine=engine))
        assert row is not None
        files = {Path(name).name: Path(name).read_bytes() for name in row["files"]}
        files[NOTEBOOK] = shown(nbformat.reads(files[NOTEBOOK].decode(), as_version=4))  # type: ignore[assignment]
        made[engine] = files
    assert made[KERNEL] == made[BULK]
    (tmp_path / "record.json").write_bytes(made[BULK]["record.json"])
    monkeypatch.setenv(RENDERING, str(tmp_path / "record.json"))
    monkeypatch.setenv("TOLLBOOK_HOME", str(charged.home))
    path, executed = folder("notebooks") / NOTEBOOK, tmp_path / NOTEBOOK
    assert shown(ran(PLAIN, path, executed, customer="acme", period="2026-10")) == made[BULK][NOTEBOOK]


@pytest.mark.parametrize("engine", [KERNEL, BULK])
def test_nothing_of_a_notebook_is_left_for_the_next(notebook: Make, tmp_path: Path, engine: str) -> None:
    assert [leaked(notebook, tmp_path, engine, code) for code in (SET, LOOK)] == [None, []]


def leaked(notebook: Make, folder: Path, engine: str, code: str) -> Any:
    return result(execute(notebook(code), {}, folder / "done.ipynb", timeout_s=120, engine=engine), FOUND)


@pytest.mark.slow
def test_of_a_kernel_that_is_kept_and_reset_nearly_everything_is(tmp_path: Path) -> None:
    async def kept() -> list[str]:
        manager, told = kernel_with({})(), []
        await manager.start_kernel(cwd=str(tmp_path))
        client = manager.client()
        client.start_channels()
        await client.wait_for_ready(timeout=60)
        for code in (SET, "%reset -f", LOOK):
            await client.execute_interactive(code, timeout=60, output_hook=told.append)
        client.stop_channels()
        await manager.shutdown_kernel(now=True)
        datas = [one["content"]["data"] for one in told if one["header"]["msg_type"] == "display_data"]
        return [name for data in datas for name in data[FOUND]]

    found = run(kept())
    assert KINDS - 3 <= len(found) < KINDS
    assert "global" not in found
    assert "patched function" in found


def test_a_process_has_its_own_random_numbers_environment_and_folder(notebook: Make, tmp_path: Path) -> None:
    path = notebook(
        "import os, random, numpy; print(os.getpid(), random.random(), numpy.random.random(), os.getcwd())"
    )
    nodes = [execute(path, {}, tmp_path / "done.ipynb", timeout_s=60, engine=BULK) for _ in range(2)]
    first, second = (node.cells[-1].outputs[0]["text"].split() for node in nodes)
    assert all(a != b for a, b in zip(first[:3], second[:3], strict=True))
    assert first[3] == second[3] == str(Path.cwd())


def test_where_nothing_can_be_forked_the_cells_run_in_a_kernel(
    notebook: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "possible", lambda: False)
    monkeypatch.setattr("tollbook.runs.provisioner.possible", lambda: False)
    path = notebook("get_ipython().kernel is not None")
    node = execute(path, {"customer": "x"}, tmp_path / "done.ipynb", timeout_s=60, engine=BULK)
    assert node.cells[-1].outputs[0]["data"]["text/plain"] == "True"


def test_cells_may_be_skipped_or_fail_where_they_say_so(tmp_path: Path) -> None:
    cells = [
        nbformat.v4.new_code_cell("1 / 0", metadata={"tags": ["raises-exception"]}),
        nbformat.v4.new_code_cell("raise ValueError", metadata={"tags": ["skip-execution"]}),
        nbformat.v4.new_code_cell("'after'"),
    ]
    path = tmp_path / "note.ipynb"
    nbformat.write(
        nbformat.v4.new_notebook(
            cells=cells,
            metadata={"kernelspec": {"name": "python3", "language": "python", "display_name": "x"}},
        ),
        path,
    )
    engine = engines.ForkEngine
    node = engine.execute_notebook(papermill.iorw.load_notebook_node(str(path)), KERNEL, progress_bar=False)
    assert [len(one.outputs) for one in node.cells] == [1, 0, 1]
    assert json.loads(json.dumps(node.cells[2].outputs[0]))["data"]["text/plain"] == "'after'"
