"""Files that a browser may keep for ever: their addresses name a version, so that none is asked for twice."""

import json
from collections.abc import Callable, Mapping
from copy import deepcopy
from functools import lru_cache
from hashlib import sha256
from typing import Any, Final

from jupyter_server.base.handlers import FileFindHandler
from jupyter_server.utils import url_path_join
from tornado.web import HTTPError
from voila.static_file_handler import MultiStaticFileHandler, TemplateStaticFileHandler
from voila.utils import get_page_config

from tollbook.portal.access import Brief

TEMPLATE: Final = "tollbook"
FOR_EVER: Final = "public, max-age=31536000, immutable"
_SHORT: Final = 16
Handlers = list[tuple[Any, ...]]


class TemplateFiles(TemplateStaticFileHandler):
    """Files of our template's `static`: of no other template, and nothing beside."""

    def parse_url_path(self, url_path: str) -> str:
        """The path, if it can be one of those."""
        template, _, rest = url_path.partition("/")
        if template != TEMPLATE or not rest.startswith("static/") or ".." in rest.split("/"):
            raise HTTPError(404)
        return str(super().parse_url_path(url_path))


class Kept(MultiStaticFileHandler):
    """Voila's own files."""

    def set_extra_headers(self, path: str) -> None:  # noqa: ARG002 - tornado's own
        """They may be kept for ever."""
        self.set_header("Cache-Control", FOR_EVER)


class KeptExtensions(Brief, FileFindHandler):
    """The widgets' files, ours among them."""

    def set_headers(self) -> None:
        """They may be kept for ever."""
        super().set_headers()
        self.set_header("Cache-Control", FOR_EVER)


def asset(base_url: str) -> Callable[[str], str]:
    """Gives the address of a file of the template's `static`, which changes when the file does."""
    prefix = f"{base_url}voila/templates/"

    @lru_cache
    def address(name: str) -> str:
        path = f"{TEMPLATE}/static/{name}"
        return (
            f"{prefix}{path}?v={TemplateStaticFileHandler.get_version({'static_path': None}, path)[:_SHORT]}"
        )

    return address


class PageConfig:
    """What Voila's script reads of the page that it runs in, and where the files lie that it loads."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - Voila's own
        made: dict[str, Any] = get_page_config(**options)
        version = sha256(json.dumps(made, sort_keys=True).encode()).hexdigest()[:_SHORT]
        self.scripts = url_path_join(options["base_url"], "voila", "static", version)
        self.extensions = url_path_join(options["base_url"], "voila", "labextensions", version)
        self.asset = asset(options["base_url"])
        self._shared = made | {"fullStaticUrl": self.scripts, "fullLabextensionsUrl": self.extensions}

    def of(self, kernel_id: str) -> Mapping[str, Any]:
        """For the page of one session."""
        return deepcopy(self._shared) | {"kernelId": kernel_id}

    def handlers(self, static_paths: list[str], extension_paths: list[str]) -> Handlers:
        """What serves them."""
        return [
            (f"{self.scripts}/(.*)", Kept, {"paths": static_paths}),
            (f"{self.extensions}/(.*)", KeptExtensions, {"path": extension_paths}),
        ]
