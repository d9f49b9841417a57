"""JupyterLab for analysts: on copies of the notebooks, so that what is shipped stays as it is and edits stay theirs.

A list beside the copies says what each looked like when it was copied. A copy whose cells are still those is
replaced when Tollbook ships another; one that was edited never is.
"""

import json
import os
import pwd
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Final, Self

import nbformat
from nbformat.sign import NotebookNotary

from tollbook.errors import TollbookError, UsageError
from tollbook.params import folder
from tollbook.runs.kernel import KERNELS, NAME
from tollbook.workspace import Workspace

LIST: Final = ".tollbook-copies.json"
SETTINGS: Final = Path(__file__).parent / "jupyterlab"
"""No news, and Voila as a server of its own only: as an extension of JupyterLab's it runs what viewers send."""
_LOOPBACK: Final = "127.0.0.1"
_OF_ROOT: Final = (
    "XDG_",
    "JUPYTER_RUNTIME_DIR",
    "TOLLBOOK_SECRET",
    "TOLLBOOK_SMTP_",
    "TOLLBOOK_SMS_",
    "TOLLBOOK_OIDC_",
)
"""Variables of root's that are no business of the user's whom it becomes."""
_OURS: Final = ("--ip", "--ServerApp.ip", "--ServerApp.root_dir", "--notebook-dir", "--port")


@dataclass
class Copied:
    """What became of the notebooks, by their names in the folder; `kept` were edited, and another is shipped."""

    new: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Lab:
    """One folder of copies, the workspace that its notebooks show, and how JupyterLab is reached."""

    folder: Path
    workspace: Workspace
    port: int
    browser: bool = True
    more: Sequence[str] = ()

    @classmethod
    def of(cls, where: Path, workspace: Workspace, **options: object) -> Self:
        """The lab in a folder of the reader's choice.

        Raises:
            TollbookError: it is where the shipped notebooks or the workspace's tables lie.
            UsageError: an option of Jupyter that is settled here.
        """
        place = where.resolve()
        for taken, words in (
            (folder("notebooks"), "the shipped notebooks"),
            (workspace.home, "the workspace"),
        ):
            if place.is_relative_to(taken.resolve()):
                raise TollbookError(f"{where} lies in {words}: choose another folder with --folder")
        made = cls(place, workspace, **options)  # type: ignore[arg-type]
        for word in made.more:
            if word.partition("=")[0] in _OURS:
                raise UsageError(f"{word.partition('=')[0]} is settled by `tollbook lab`: leave it out")
        return made

    @property
    def command(self) -> list[str]:
        """JupyterLab on the copies, for this machine only; who may enter is Jupyter's own token."""
        return [
            *(
                sys.executable,
                "-m",
                "jupyterlab",
                f"--ServerApp.root_dir={self.folder}",
                f"--port={self.port}",
            ),
            *(f"--ip={_LOOPBACK}", f"--MultiKernelManager.default_kernel_name={NAME}"),
            # It would ask for newer versions of itself on the network.
            "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
            *([] if self.browser else ["--no-browser"]),
            *self.more,
        ]

    @property
    def environment(self) -> dict[str, str]:
        """This process's variables, with the workspace, the place of our kernel and our settings of JupyterLab."""
        places = {
            name: os.pathsep.join(filter(None, (str(ours), os.environ.get(name, ""))))
            for name, ours in (("JUPYTER_PATH", KERNELS.parent), ("JUPYTER_CONFIG_PATH", SETTINGS))
        }
        return {**os.environ, **places, "TOLLBOOK_HOME": str(self.workspace.home)}

    def copy(self) -> Copied:
        """Copy every shipped notebook that is missing, or that is another than before and was not edited."""
        self.folder.mkdir(parents=True, exist_ok=True)
        known, done = self._known(), Copied()
        shipped = folder("notebooks")
        for path in sorted(shipped.rglob("*.ipynb")):
            if not any(part.startswith(".") for part in path.relative_to(shipped).parts):
                self._copy_one(path, path.relative_to(shipped).as_posix(), known, done)
        aside = self.folder / f"{LIST}.tmp"
        aside.write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")
        aside.replace(self.folder / LIST)
        return done

    def start(self) -> None:
        """Become JupyterLab; does not return."""
        os.execve(sys.executable, self.command, self.environment)  # noqa: S606 - our own interpreter, no shell

    def _copy_one(self, source: Path, name: str, known: dict[str, str], done: Copied) -> None:
        target, cells = self.folder / name, cells_of(source)
        if target.exists():
            if cells == known.get(name):
                return
            if cells_of(target) != known.get(name):
                done.kept.append(name)
                return
        (done.updated if target.exists() else done.new).append(name)
        target.parent.mkdir(parents=True, exist_ok=True)
        _write(source, target)
        known[name] = cells

    def _known(self) -> dict[str, str]:
        try:
            return dict(json.loads((self.folder / LIST).read_text(encoding="utf-8")))
        except FileNotFoundError:
            return {}
        except (ValueError, TypeError):
            raise TollbookError(
                f"{self.folder / LIST} is damaged: remove it; copies that are there are then taken for edited"
            ) from None


def become(user: str | None, more: Sequence[str] = ()) -> None:
    """Be a user of the system from now on: a notebook may do whatever its user may, and root may everything.

    Raises:
        UsageError: no such user, or only root could become one.
        TollbookError: this is root, and neither a user nor `--allow-root` for JupyterLab is told.
    """
    if os.geteuid() != 0:
        if user:
            raise UsageError(f"--user {user}: only root can run it as somebody else; leave --user out")
        return
    if user is None:
        if "--allow-root" not in more:
            raise TollbookError(
                "will not run notebooks as root, who may do anything to this machine: name a user with --user"
            )
        return
    try:
        who = pwd.getpwnam(user)
    except KeyError:
        raise UsageError(f"--user {user}: there is no such user on this machine") from None
    os.initgroups(who.pw_name, who.pw_gid)
    os.setgid(who.pw_gid)
    os.setuid(who.pw_uid)
    for name in [name for name in os.environ if name.startswith(_OF_ROOT)]:
        del os.environ[name]
    os.environ.update({"HOME": who.pw_dir, "USER": who.pw_name, "LOGNAME": who.pw_name})


def cells_of(path: Path) -> str:
    """What a notebook says, as a digest: its cells without outputs, so that running it is no edit; else the bytes."""
    try:
        cells = nbformat.read(path, as_version=4).cells  # type: ignore[no-untyped-call]
        told = json.dumps([[cell.cell_type, cell.source] for cell in cells]).encode()
    except (
        ValueError,
        TypeError,
        AttributeError,
        KeyError,
        nbformat.ValidationError,
    ):  # no notebook any more
        told = path.read_bytes()
    return sha256(told).hexdigest()


def _write(source: Path, target: Path) -> None:
    """The copy, for our kernel; put in place at once, so that none is ever half written."""
    node = nbformat.read(source, as_version=4)  # type: ignore[no-untyped-call]
    node.metadata["kernelspec"] = {"display_name": "Tollbook", "language": "python", "name": NAME}
    aside = target.with_suffix(".tmp")
    nbformat.write(node, aside)  # type: ignore[no-untyped-call]
    aside.replace(target)
    NotebookNotary().sign(node)  # type: ignore[no-untyped-call]  # kept pictures are shown only of whom Jupyter trusts
