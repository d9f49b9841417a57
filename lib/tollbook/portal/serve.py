"""Starting the portal."""

import asyncio
import errno
import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Final

from tollbook.account.database import shared
from tollbook.account.models import now
from tollbook.account.people.credentials import first_admin, is_a_user
from tollbook.account.secret import lasting_secret, workspace_secret
from tollbook.errors import TollbookError
from tollbook.live import feed
from tollbook.live.collect import collector
from tollbook.params import FILES, Site, folder, read
from tollbook.portal.reach import Reach
from tollbook.runs.zygote_owner import warm_up
from tollbook.show.assets import bundle
from tollbook.workspace import Workspace

JUPYTER: Final = Path(__file__).parent / "jupyter"


def refuse_taken(host: str, port: int) -> None:
    """Nothing, if the port is free.

    Raises:
        TollbookError: another program listens there, or this one may not.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            other = (
                "--host"
                if error.errno == errno.EADDRNOTAVAIL or isinstance(error, socket.gaierror)
                else "--port"
            )
            raise TollbookError(
                f"port {port} on {host}: {error.strerror}: choose another with {other}"
            ) from None


def refuse_unready(workspace: Workspace) -> None:
    """Nothing, if others may come in: the secret lasts, and somebody can sign in whose password no log tells.

    Raises:
        TollbookError: not yet.
    """
    lasting_secret(workspace)
    if not is_a_user(shared(workspace)):
        raise TollbookError(
            "nobody can sign in yet: `tollbook user add NAME --role admin`, then `tollbook user password NAME`"
        )


def serve(
    workspace: Workspace,
    reach: Reach,
    *,
    ready: Callable[[str], None],
    entered: Callable[[str, str], None],
    scheduled: bool = True,
) -> None:
    """Serve the pages of a workspace until stopped; `ready` is told where. Invoices that are due are made beside it.

    `entered` is told the login name and password of the first admin, where this start has made one.

    Raises:
        TollbookError: it cannot be served there, or is not ready for others.
    """
    refuse_taken(reach.host, reach.port)
    for name, kind in FILES.items():
        read(name, kind)
    asking = collector(workspace)
    if reach.address:
        reach.refuse_unfit()
        refuse_unready(workspace)
    bundle()
    os.environ["TOLLBOOK_HOME"] = str(workspace.home)
    os.environ["JUPYTER_PATH"] = os.pathsep.join(filter(None, (str(JUPYTER), os.environ.get("JUPYTER_PATH"))))

    warm_up()

    from tornado.ioloop import IOLoop  # noqa: PLC0415 - slow

    from tollbook.portal.app import TollbookApp, settings  # noqa: PLC0415 - slow, and reads JUPYTER_PATH
    from tollbook.runs import clock  # noqa: PLC0415 - slow

    app = TollbookApp.instance(
        config=settings(
            reach=reach,
            notebooks=str(folder("notebooks")),
            sessions=read("site", Site).sessions,
            cookie_secret=workspace_secret(workspace).key("cookie"),
        )
    )
    app.initialize([])
    shared(
        workspace
    ).committed()  # keeps open what SQLite needs for those who may only read, such as analysts
    IOLoop.current().add_callback(ready, reach.shown)
    if made := first_admin(shared(workspace), now()):
        IOLoop.current().add_callback(entered, *made)
    told = feed.begin(asking)
    IOLoop.current().add_callback(lambda: told.connect(asyncio.get_running_loop()))
    ticks = clock.start(workspace) if scheduled else None
    try:
        app.start()
    finally:
        feed.end(workspace)
        if ticks:
            ticks.shutdown(wait=False)
