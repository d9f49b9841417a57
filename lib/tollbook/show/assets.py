"""What pages load: our own modules, and the one drawing library of all charts. No network is used.

Both lie where JupyterLab and Voila find them. The library is made from the Vega that vl-convert carries, as a
single JavaScript module, once per installation: `python -m tollbook.show.assets`. Our modules are copied from
`static` into a folder that is named by what is in it, so that a browser may keep them for ever. A kernel that
finds either missing makes it itself.
"""

import os
import shutil
import sys
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Final

from jupyter_core.paths import jupyter_data_dir, jupyter_path

from tollbook.errors import TollbookError

VEGA_LITE: Final = "6.4"
"""What Altair 6 writes."""

_EXPORTS: Final = "export {vegaEmbed};"
_FOLDER: Final = Path("labextensions", "tollbook", "static")
STATIC: Final = Path(__file__).parent / "static"
_OURS: Final = (".js", ".css")


def bundle_name() -> str:
    """File name of the library; it names its versions, so that no browser keeps an old one."""
    return f"vega-{VEGA_LITE}-{version('vl-convert-python')}.mjs"


def bundle() -> Path:
    """The library where Jupyter serves it from, made now if it is missing.

    Raises:
        TollbookError: no data folder of Jupyter can be written.
    """
    return _found(bundle_name()) or _made(_write)


def module_path(name: str) -> str:
    """Where a module of ours lies below `labextensions`: `tollbook/static/3f2a.../grid.js`.

    Raises:
        TollbookError: no data folder of Jupyter can be written.
    """
    return f"tollbook/static/{published().name}/{name}"


@cache
def published() -> Path:
    """The folder of our modules and their styles where Jupyter serves it from, made now if it is missing.

    Raises:
        TollbookError: no data folder of Jupyter can be written.
    """
    return _found(_digest()) or _made(_publish)


def _found(name: str) -> Path | None:
    places = (Path(root) / _FOLDER / name for root in jupyter_path())
    return next((place for place in places if place.exists()), None)


def _digest() -> str:
    files = sorted(path for path in STATIC.iterdir() if path.suffix in _OURS)
    return sha256(b"".join(path.name.encode() + path.read_bytes() for path in files)).hexdigest()[:16]


def _publish(folder: Path) -> Path:
    target = folder / _digest()
    aside = folder / f"{target.name}.{os.getpid()}.tmp"
    shutil.copytree(STATIC, aside, ignore=lambda _, names: [n for n in names if Path(n).suffix not in _OURS])
    try:
        aside.rename(target)
    except OSError:  # another process was faster
        shutil.rmtree(aside)
    return target


def _made(write: Callable[[Path], Path]) -> Path:
    roots = (Path(sys.prefix, "share", "jupyter"), Path(jupyter_data_dir()))
    for root in roots:
        try:
            return write(root / _FOLDER)
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
    sys.stdout.write(f"{bundle()}\n{published()}\n")
