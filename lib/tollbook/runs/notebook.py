"""Running one notebook with Papermill. That a file was written is no sign of success; a sealed result is."""

import ast
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from nbformat import NotebookNode

from tollbook.errors import TollbookError, UsageError, did_you_mean

Scalar = str | int | float | bool
_TYPES: Final[Mapping[str, type]] = {"str": str, "int": int, "float": float, "bool": bool}
_START_S: Final = 60

KERNEL: Final = "tollbook"
"""The engine with a kernel, which any of Jupyter's programs could connect to."""

BULK: Final = "tollbook-fork"
"""The engine without one, for many notebooks one after the other."""


def parameters_of(notebook: Path) -> dict[str, type]:
    """The notebook's parameters and their types, read without running it."""
    return dict(_parameters(notebook, notebook.stat().st_mtime_ns if notebook.exists() else 0))


@lru_cache(maxsize=64)
def _parameters(notebook: Path, _changed_ns: int) -> Mapping[str, type]:
    from papermill import inspect_notebook  # type: ignore[import-untyped]  # noqa: PLC0415 - heavy

    found = inspect_notebook(_verbatim(notebook))
    return {name: _type_of(one["inferred_type_name"], one["default"]) for name, one in found.items()}


def _type_of(annotation: str, default: str) -> type:
    return _TYPES.get(annotation) or type(ast.literal_eval(default))


def refuse_wrong(notebook: Path, parameters: Mapping[str, Scalar]) -> None:
    """Refuse parameters that the notebook does not have, or of another type, before a kernel starts.

    Raises:
        UsageError: the name, with the nearest right one, or the value.
    """
    known = parameters_of(notebook)
    for name, value in parameters.items():
        if name not in known:
            raise UsageError(f"{notebook.name} has no parameter '{name}'{did_you_mean(name, known)}")
        if type(value) is not known[name]:
            raise UsageError(f"{notebook.name}: {name} is of type {known[name].__name__}, not {value!r}")


def execute(
    notebook: Path,
    parameters: Mapping[str, Scalar],
    executed: Path,
    *,
    timeout_s: int,
    environment: Mapping[str, str] | None = None,
    engine: str = KERNEL,
) -> NotebookNode:
    """Run the notebook into the file `executed`, each cell within `timeout_s`; returns it with its outputs.

    A kernel that did not start or was lost is tried once more: what ended it may have been meant for another. What the
    notebook did by itself it would do again.

    Raises:
        UsageError: an unknown or mistyped parameter; nothing was started.
        TollbookError: a cell failed, took too long, or ended the kernel; `executed` shows how far it got.
    """
    refuse_wrong(notebook, parameters)
    import papermill  # noqa: PLC0415 - heavy
    from papermill.exceptions import PapermillException  # type: ignore[import-untyped]  # noqa: PLC0415

    def once() -> NotebookNode:
        node: NotebookNode = papermill.execute_notebook(
            _verbatim(notebook),
            _verbatim(executed),
            parameters=dict(parameters),
            engine_name=engine,
            kernel_name=KERNEL,
            environment=environment,
            progress_bar=False,
            start_timeout=_START_S,
            execution_timeout=timeout_s,
        )
        return node

    times = ""
    try:
        try:
            return once()
        except RuntimeError:
            times = " twice"
            return once()
    except (PapermillException, RuntimeError, TimeoutError) as error:
        raise TollbookError(f"{notebook.name} failed{times}: {_in_a_line(error)}; see {executed}") from error


def _in_a_line(error: Exception) -> str:
    """What went wrong in the notebook, without the traceback that Papermill quotes."""
    name = getattr(error, "ename", "")
    said = (
        f"cell {getattr(error, 'exec_count', '')}: {name}: {getattr(error, 'evalue', '')}"
        if name
        else str(error)
    )
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return lines[0] if lines else type(error).__name__


def result(node: NotebookNode, kind: str) -> Mapping[str, Any] | None:
    """The one output of the MIME type `kind`; None if there is none, or more than one."""
    found = [
        output["data"][kind]
        for cell in node.cells
        for output in cell.get("outputs", ())
        if kind in output.get("data", {})
    ]
    return found[0] if len(found) == 1 else None


def _verbatim(path: Path) -> str:
    """Papermill fills in names in braces in a path; this one means itself."""
    return str(path).replace("{", "{{").replace("}", "}}")
