"""What importing `tollbook.show` changes in a notebook: charts draw offline, and our errors are one line."""

from types import TracebackType
from typing import Any

from IPython.core.getipython import get_ipython

from tollbook.errors import TollbookError


def prepare() -> bool:
    """Change the notebook that runs this; false outside of a notebook."""
    shell = get_ipython()
    if shell is None or shell.display_formatter is None:
        return False
    formatter = shell.display_formatter.mimebundle_formatter
    formatter.for_type_by_name("altair.vegalite.v6.api", "TopLevelMixin", _chart)
    shell.set_custom_exc((TollbookError,), _one_line)
    return True


def _chart(chart: Any) -> Any:  # noqa: ANN401 - Altair is not loaded yet
    from tollbook.show.vega import mimebundle  # noqa: PLC0415 - loaded with the first chart

    return mimebundle(chart)


def _one_line(
    shell: Any,  # noqa: ANN401 - whatever runs the notebook
    kind: type[BaseException],
    error: BaseException,
    _trace: TracebackType | None,
    tb_offset: int | None = None,  # noqa: ARG001 - IPython's protocol
) -> None:
    # Still an error of the cell, so that whoever runs the notebook stops there.
    shell._showtraceback(kind, error, [f"{kind.__name__}: {error}"])  # noqa: SLF001 - how a shell tells an error
