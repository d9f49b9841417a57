"""Engines of Papermill: `tollbook`, a kernel that is forked, and `tollbook-fork`, cells in a process that is forked.

Papermill loads this module while it is being loaded itself, so nothing may import it before Papermill.
"""

import os
import platform
from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any, Final

from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode, from_dict
from papermill.engines import Engine, NBClientEngine  # type: ignore[import-untyped]
from papermill.iorw import write_ipynb  # type: ignore[import-untyped]

from tollbook.runs.cells import Cells, LateError, LostError, Told
from tollbook.runs.kernel import kernel_with
from tollbook.runs.launch import CELLS, COMMAND
from tollbook.runs.zygote_owner import Owner, possible

_LANGUAGE: Final = {
    "name": "python",
    "version": platform.python_version(),
    "mimetype": "text/x-python",
    "codemirror_mode": {"name": "ipython", "version": 3},
    "pygments_lexer": "ipython3",
    "nbconvert_exporter": "python",
    "file_extension": ".py",
}


class _Once(Engine):  # type: ignore[misc]
    """Writes the notebook once, at its end, and not after each cell: however it ends.

    Papermill notes in it where files lay on this machine; whoever gets the notebook need not know.
    """

    @classmethod
    def execute_notebook(
        cls,
        nb: NotebookNode,
        kernel_name: str,
        output_path: str | None = None,
        **options: Any,  # noqa: ANN401 - Papermill's own
    ) -> NotebookNode:
        try:
            done: NotebookNode = super().execute_notebook(nb, kernel_name, **options)
            for name in ("input_path", "output_path"):
                done.metadata["papermill"].pop(name, None)
        except BaseException:
            if output_path:
                write_ipynb(nb, output_path)
            raise
        return done


class KernelEngine(_Once, NBClientEngine):  # type: ignore[misc]
    """`tollbook`: Papermill's own, with the kernel `tollbook`. `environment` is beside this process's own."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: Any,  # noqa: ANN401 - Papermill has no types
        kernel_name: str,
        environment: Mapping[str, str] | None = None,
        **options: Any,  # noqa: ANN401
    ) -> None:
        kernel = {"kernel_manager_class": kernel_with(environment or {}), "shutdown_kernel": "immediate"}
        super().execute_managed_notebook(nb_man, kernel_name, **{**kernel, **options})


class ForkEngine(_Once):
    """`tollbook-fork`: no kernel, no protocol, no widgets; for many notebooks one after the other."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: Any,  # noqa: ANN401 - Papermill has no types
        kernel_name: str,
        environment: Mapping[str, str] | None = None,
        execution_timeout: float | None = None,
        **options: Any,  # noqa: ANN401
    ) -> None:
        """Run every cell until one fails.

        Raises:
            DeadKernelError: the process ended.
            CellTimeoutError: a cell took longer than `execution_timeout` seconds.
        """
        whole = {**os.environ, **(environment or {})}
        if not possible() or not Owner.own(CELLS).suits(COMMAND, whole):
            KernelEngine.execute_managed_notebook(
                nb_man, kernel_name, environment, execution_timeout=execution_timeout, **options
            )
            return
        with ExitStack() as stack:
            try:
                cells = stack.enter_context(Cells.forked(whole, os.getcwd()))  # noqa: PTH109 - goes by socket
                _run(nb_man, cells, execution_timeout)
            except LostError as error:
                raise DeadKernelError("Kernel died") from error
        nb_man.nb.metadata["language_info"] = from_dict(_LANGUAGE)  # type: ignore[no-untyped-call]


def _run(nb_man: Any, cells: Cells, timeout_s: float | None) -> None:  # noqa: ANN401
    shown: dict[str, list[NotebookNode]] = {}
    for index, cell in enumerate(nb_man.nb.cells):
        nb_man.cell_start(cell, index)
        try:
            if not _is_run(cell):
                continue
            ended = _run_one(cell, cells, timeout_s, shown)
            cell.execution_count = ended["count"]
            if not ended["done"] and "raises-exception" not in cell.metadata.get("tags", ()):
                nb_man.cell_exception(cell, cell_index=index)
                return
        finally:
            nb_man.cell_complete(cell, cell_index=index)


def _is_run(cell: NotebookNode) -> bool:
    tags = cell.metadata.get("tags", ())
    return cell.cell_type == "code" and bool(cell.source.strip()) and "skip-execution" not in tags


def _run_one(
    cell: NotebookNode, cells: Cells, timeout_s: float | None, shown: dict[str, list[NotebookNode]]
) -> Told:
    """Fill in a cell's outputs; how it went. `shown` are the displays of all cells so far that may be replaced."""
    clears = False
    try:
        for told in cells.run(cell.source, timeout_s):
            if "done" in told:
                return told
            if told.get("clear") is False or clears:
                cell.outputs, clears = [], False
            if "clear" in told:
                clears = told["clear"]
            else:
                _show(cell, dict(told), shown)
    except LateError:
        raise CellTimeoutError.error_from_timeout_and_cell("", int(timeout_s or 0), cell) from None
    raise LostError


def _show(cell: NotebookNode, told: dict[str, Any], shown: dict[str, list[NotebookNode]]) -> None:
    named = told.pop("transient", {})
    output: NotebookNode = from_dict(told)  # type: ignore[no-untyped-call]
    same = shown.setdefault(named["id"], []) if named.get("id") else []
    if named.get("update"):
        for other in same:
            other.data, other.metadata = output.data, output.metadata
        return
    same.append(output)
    cell.outputs.append(output)
