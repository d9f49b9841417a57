"""The one drawing library of all charts, put where both JupyterLab and Voila find it. No network is used.

It is made from the Vega that vl-convert carries, as a single JavaScript module, once per installation:
`python -m tollbook.show.assets`. A kernel that finds it missing makes it itself.
"""

import os
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Final

from jupyter_core.paths import jupyter_data_dir, jupyter_path

from tollbook.errors import TollbookError

VEGA_LITE: Final = "6.4"
"""What Altair 6 writes."""

_EXPORTS: Final = "export {vegaEmbed};"
_FOLDER: Final = Path("labextensions", "tollbook", "static")


def bundle_name() -> str:
    """File name of the library; it names its versions, so that no browser keeps an old one."""
    return f"vega-{VEGA_LITE}-{version('vl-convert-python')}.mjs"


def bundle() -> Path:
    """The library where Jupyter serves it from, made now if it is missing.

    Raises:
        TollbookError: no data folder of Jupyter can be written.
    """
    for root in jupyter_path():
        found = Path(root) / _FOLDER / bundle_name()
        if found.is_file():
            return found
    return _make()


def _make() -> Path:
    roots = (Path(sys.prefix, "share", "jupyter"), Path(jupyter_data_dir()))
    for root in roots:
        try:
            return _write(root / _FOLDER)
        except PermissionError:
            continue
    raise TollbookError(
        f"cannot write the charts' library to {roots[0]} or {roots[1]}: "
        "run `python -m tollbook.show.assets` once as a user who may"
    )


def _write(folder: Path) -> Path:
    from vl_convert import javascript_bundle  # noqa: PLC0415 - starts a JavaScript engine: only when needed

    folder.mkdir(parents=True, exist_ok=True)
    target = folder / bundle_name()
    aside = target.with_suffix(f".{os.getpid()}.tmp")
    aside.write_text(javascript_bundle(_EXPORTS, vl_version=VEGA_LITE), encoding="utf-8")
    aside.replace(target)
    for old in folder.glob("vega-*.mjs"):
        if old != target:
            old.unlink(missing_ok=True)
    return target


if __name__ == "__main__":
    sys.stdout.write(f"{bundle()}\n")
