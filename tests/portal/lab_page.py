"""What tests of JupyterLab's own pages do alike."""

import re
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

import pytest

EXPOSED = "--LabApp.expose_app_in_browser=True"
"""With this JupyterLab's page can be asked for its own objects."""

RUN_ALL = """async () => {
  const pause = () => new Promise((done) => { setTimeout(done, 50); });
  while (!window.jupyterapp?.shell.currentWidget?.sessionContext) await pause();
  const { sessionContext } = window.jupyterapp.shell.currentWidget;
  await sessionContext.ready;
  await sessionContext.session.kernel.info;
  window.jupyterapp.commands.execute("notebook:run-all-cells");
}"""
PATIENCE_S = 60
END_S = 15
"""A kernel that never answered may keep JupyterLab from ending by itself."""


@contextmanager
def started(words: list[str], folder: Path, environment: Mapping[str, str], told: str) -> Iterator[str]:
    """A JupyterLab; what its log says to the pattern `told`. The log is kept in the folder."""
    log = folder / "jupyter.log"
    with (
        log.open("wb") as file,
        subprocess.Popen(words, env=environment, cwd=folder, stdout=file, stderr=file) as process,
    ):
        try:
            yield _said(process, log, told)
        finally:
            process.terminate()
            try:
                process.wait(END_S)
            except subprocess.TimeoutExpired:
                process.kill()


def _said(process: subprocess.Popen[bytes], log: Path, told: str) -> str:
    until = monotonic() + PATIENCE_S
    while monotonic() < until and process.poll() is None:
        if found := re.search(told, log.read_text()):
            return found[0]
        sleep(0.05)
    pytest.fail(f"JupyterLab does not start: {log.read_text()[-2000:]}")


def run_all(page):
    """As its menu does, once there is a kernel that answers: before that JupyterLab asks which one to take."""
    # On a busy machine it says that its server is slow to answer, and waits for somebody to have read it.
    page.add_locator_handler(
        page.locator(".jp-Dialog"), lambda said: said.locator("button").last.click(), no_wait_after=True
    )
    page.evaluate(RUN_ALL)
