"""What pages load: our own modules, and the one drawing library of all charts. No network is used.

Both lie where JupyterLab and Voila find them. The library is made from the Vega that vl-convert carries, as two
JavaScript modules, once per installation: `python -m tollbook.show.assets`. Our modules are copied from
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

_VIEW: Final = """
import {View} from "/npm/vega-view@6.1.0/+esm";
import {locale} from "/npm/vega-format@2.1.0/+esm";
import {Handler} from "/npm/vega-tooltip@1.0.0/+esm";
import {transforms} from "/npm/vega-dataflow@6.1.0/+esm";
import * as tables from "/npm/vega-transforms@5.1.0/+esm";
import * as views from "/npm/vega-view-transforms@5.1.0/+esm";
import * as encodings from "/npm/vega-encode@5.1.0/+esm";
const usual = {...tables, ...views, ...encodings};
Object.assign(transforms, usual);
export {View, Handler, locale, usual};
"""
_WHOLE: Final = """
import {parse} from "/npm/vega@6.2.0/+esm";
import {compile} from "/npm/vega-lite@6.4.1/+esm";
export {parse, compile};
"""
_FILES: Final = {"view.mjs": _VIEW, "whole.mjs": _VIEW + _WHOLE}
"""What draws what a browser has kept of a chart, without maps, trees and networks, and what makes that of its document
and draws everything. What they import is named as vl-convert keeps it."""

_FOLDER: Final = Path("labextensions", "tollbook", "static")
STATIC: Final = Path(__file__).parent / "static"
_OURS: Final = (".js", ".css")
_SHORT: Final = 16


def bundle_name() -> str:
    """The library's folder; it names its versions and its files, so that no browser keeps an old one."""
    files = sha256(repr(_FILES).encode()).hexdigest()[:_SHORT]
    return f"vega-{VEGA_LITE}-{version('vl-convert-python')}-{files}"


def bundle() -> Path:
    """The library's folder where Jupyter serves it from, made now if it is missing.

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
    return sha256(b"".join(path.name.encode() + path.read_bytes() for path in files)).hexdigest()[:_SHORT]


def _publish(folder: Path) -> Path:
    return _aside(folder / _digest(), _copied)


def _copied(into: Path) -> None:
    shutil.copytree(STATIC, into, ignore=lambda _, names: [n for n in names if Path(n).suffix not in _OURS])


def _aside(target: Path, write: Callable[[Path], None]) -> Path:
    """A folder that is there whole or not at all."""
    aside = target.with_name(f"{target.name}.{os.getpid()}.tmp")
    write(aside)
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
    target = _aside(folder / bundle_name(), _bundled)
    for old in folder.glob("vega-*"):
        if old != target and not old.name.endswith(".tmp"):
            shutil.rmtree(old) if old.is_dir() else old.unlink(missing_ok=True)
    return target


def _bundled(into: Path) -> None:
    from vl_convert import javascript_bundle  # noqa: PLC0415 - starts a JavaScript engine

    into.mkdir(parents=True)
    for name, exports in _FILES.items():
        text = javascript_bundle(exports, vl_version=VEGA_LITE)
        (into / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.stdout.write(f"{bundle()}\n{published()}\n")
