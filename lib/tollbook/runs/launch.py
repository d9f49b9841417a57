"""The kernel's own beginning: Jupyter's Python kernel, started a second faster."""

import sys
from collections.abc import Callable, Sequence

COMMAND = (sys.executable, "-P", "-m", "tollbook.runs.launch")
"""What starts it as a process of its own; modules of the folder it happens to run in are not found."""

CELLS = "cells"
"""What the zygote is asked for where there shall be no kernel, only a process that runs cells."""

_NO_POLLING = "--IPKernelApp.parent_handle=1"


def main() -> None:
    """Serve one notebook, as the connection file on the command line says."""
    from ipykernel.kernelapp import launch_new_instance  # noqa: PLC0415 - heavy

    launch_new_instance()


def run(words: Sequence[str], bound: Callable[[], None]) -> None:
    """The same in a process that has loaded it already; `bound` is called once clients can connect."""
    from ipykernel.kernelapp import IPKernelApp  # noqa: PLC0415 - loaded already
    from ipywidgets import register_comm_target  # noqa: PLC0415 - loaded already

    from tollbook.show.shell import prepare  # noqa: PLC0415 - loaded already

    app = IPKernelApp.instance()
    app.initialize([*words, _NO_POLLING])  # type: ignore[no-untyped-call]
    register_comm_target()  # what importing `ipywidgets` does: without it a page asks each widget for its state
    prepare()  # what importing `tollbook.show` does, which was before there was a notebook
    bound()
    app.start()  # type: ignore[no-untyped-call]


if __name__ == "__main__":
    main()
