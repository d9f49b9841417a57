"""Starting the portal."""

import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Final

from tollbook.errors import TollbookError, UsageError
from tollbook.params import FILES, folder, read
from tollbook.show.assets import bundle
from tollbook.workspace import Workspace

LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")
JUPYTER: Final = Path(__file__).parent / "jupyter"


def refuse_others(host: str) -> str:
    """The host itself if only this machine can reach it.

    Raises:
        TollbookError: other machines could.
    """
    if host not in LOOPBACK:
        raise TollbookError(
            f"will not serve on {host}: there is no access control yet, so only this machine may read "
            f"(--host {', '.join(LOOPBACK)})"
        )
    return host


def normal_base(base_url: str) -> str:
    """The base address with a slash at both ends.

    Raises:
        UsageError: it is no plain path.
    """
    inner = base_url.strip("/")
    if not all(part.replace("-", "").replace("_", "").isalnum() for part in inner.split("/") if inner):
        raise UsageError(f"--base-url '{base_url}': write a path such as /tollbook/")
    return f"/{inner}/" if inner else "/"


def refuse_taken(host: str, port: int) -> None:
    """Nothing, if the port is free.

    Raises:
        TollbookError: another program listens there.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise TollbookError(
                f"port {port} on {host}: {error.strerror}: choose another with --port"
            ) from None


def serve(workspace: Workspace, *, host: str, port: int, base_url: str, ready: Callable[[str], None]) -> None:
    """Serve the pages of a workspace until stopped; `ready` is told the address."""
    refuse_others(host)
    base_url = normal_base(base_url)
    refuse_taken(host, port)
    for name, kind in FILES.items():
        read(name, kind)
    bundle()
    os.environ["TOLLBOOK_HOME"] = str(workspace.home)
    os.environ["JUPYTER_PATH"] = os.pathsep.join(filter(None, (str(JUPYTER), os.environ.get("JUPYTER_PATH"))))

    from tornado.ioloop import IOLoop  # noqa: PLC0415 - slow

    from tollbook.portal.app import TollbookApp, settings  # noqa: PLC0415 - slow, and reads JUPYTER_PATH

    app = TollbookApp.instance(
        config=settings(port=port, ip=host, base_url=base_url, notebooks=str(folder("notebooks")))
    )
    app.initialize([])
    shown = f"[{host}]" if ":" in host else host
    IOLoop.current().add_callback(ready, f"http://{shown}:{port}{base_url}")
    app.start()
