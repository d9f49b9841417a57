"""Memory that one more visitor costs: private bytes, those that no other process shares."""

import asyncio
import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from jupyter_client.manager import AsyncKernelManager

from tollbook.params import folder

_KB: Final = 1024


def private_bytes(pid: int) -> int:
    """What the process alone has, and what those that it started have; nothing of those that have ended."""
    with suppress(FileNotFoundError, ProcessLookupError):
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        own = _KB * sum(int(line.split()[1]) for line in lines if line.startswith("Private_"))
        started = [
            int(one) for task in Path(f"/proc/{pid}/task").iterdir() for one in _words(task / "children")
        ]
        return own + sum(map(private_bytes, started))
    return 0


def _words(path: Path) -> list[str]:
    return path.read_text().split() if path.exists() else []


def plain_kernel(home: Path) -> int:
    """Of Jupyter's ordinary kernel, as Voila starts it, that has run the same page."""
    return asyncio.run(_plain(home))


async def _plain(home: Path) -> int:
    manager: Any = AsyncKernelManager(kernel_name="python3")
    await manager.start_kernel(env={**os.environ, "TOLLBOOK_HOME": str(home)})
    client = manager.client()
    client.start_channels()
    await client.wait_for_ready(timeout=60)
    for cell in json.loads((folder("notebooks") / "dashboard.ipynb").read_text())["cells"]:
        if cell["cell_type"] == "code":
            await client.execute_interactive("".join(cell["source"]), timeout=60, output_hook=lambda _: None)
    used = private_bytes(manager.provisioner.pid)
    client.stop_channels()
    await manager.shutdown_kernel(now=True)
    return used
