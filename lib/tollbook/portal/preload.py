"""Which scripts and styles a page will need, known before it has run: those that it needed the last time.

A browser fetches and compiles them while the notebook still runs.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from typing import Final

from nbformat import NotebookNode

from tollbook.show.assets import STATIC, bundle_name, module_path
from tollbook.show.widget import SNAPSHOT

_LIBRARY: Final = "vega.js"
_IMPORTS: Final = re.compile(r"""(?:from|import\()\s*"\./([\w.-]+\.js)\"""")
_STYLES: Final = re.compile(r"""style\("([\w.-]+\.css)"\)""")


class Needed:
    """What each page needed when it ran last."""

    def __init__(self) -> None:
        self._seen: defaultdict[str, set[str]] = defaultdict(set)

    def learn(self, page: str, cell: NotebookNode) -> None:
        """Note the modules of the widgets that a cell shows."""
        for output in cell.get("outputs", ()):
            snapshot = output.get("data", {}).get(SNAPSHOT)
            if snapshot:
                self._seen[page].add(snapshot["module"].rpartition("/")[2])

    def modules(self, page: str) -> list[str]:
        """Paths below `labextensions` of the scripts."""
        names = with_imports(frozenset(self._seen[page]))
        return list(map(module_path, names))

    def library(self, page: str) -> str:
        """Path below `labextensions` of the folder of the library that draws; empty where nothing is drawn by it."""
        drawn = _LIBRARY in with_imports(frozenset(self._seen[page]))
        return f"tollbook/static/{bundle_name()}" if drawn else ""

    def styles(self, page: str) -> list[str]:
        """Paths below `labextensions` of the style sheets."""
        names = with_imports(frozenset(self._seen[page]))
        return [
            module_path(style) for style in dict.fromkeys(s for name in names for s in _found(_STYLES, name))
        ]


@cache
def with_imports(names: frozenset[str]) -> tuple[str, ...]:
    """The modules, and all that they import from each other."""
    known: dict[str, None] = {}
    left: Iterable[str] = sorted(names)
    while left:
        known.update(dict.fromkeys(left))
        left = [other for name in left for other in _found(_IMPORTS, name) if other not in known]
    return tuple(known)


@cache
def _found(pattern: re.Pattern[str], name: str) -> list[str]:
    path = STATIC / name
    return pattern.findall(path.read_text(encoding="utf-8")) if path.is_file() else []
