"""Who reads the pages of this process: the scope that all of them are cut to.

The portal tells a process of its own whose it is before anything of a page runs there; until then nothing can be
opened. Elsewhere (JupyterLab, Papermill, the command line) whoever has the workspace's files has all that is in them.
"""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from tollbook.account.audit import Actor, command_line, record, refused
from tollbook.account.database import Database
from tollbook.account.rights import Role
from tollbook.account.scope import Scope
from tollbook.errors import TollbookError, UsageError
from tollbook.language import tr
from tollbook.values import GRAPHS, LINES_OF

VARIABLE: Final = "TOLLBOOK_SCOPE"
"""Environment variable of a process that is told whose it is: `told`."""

TOLD: Final = "told"
"""What it says there."""
_OWNER: Final[Role] = "admin"
_STDERR: Final = 2


@dataclass
class _Process:
    """What this process was told: its reader's scope, and in whose name the audit is written."""

    scope: Scope | None = None
    actor: Actor | None = None


_process: Final = _Process()


def begin(scope_text: str, actor_text: str = "") -> None:
    """Say whose pages run here, once and for good; the texts are a scope's and an actor's.

    Raises:
        TollbookError: a text is none, or another one was told before.
    """
    try:
        told = Scope.parse(scope_text), Actor.parse(actor_text) if actor_text else None
    except ValueError:
        raise TollbookError("this session was told no scope, so it opens nothing") from None
    if _process.scope is not None and (_process.scope, _process.actor) != told:
        raise TollbookError("this session has its reader already")
    _process.scope, _process.actor = told
    _errors_to_server()


def _errors_to_server() -> None:
    """Say what goes wrong to the server's log: a kernel sends it to the page, with paths and sources."""
    kernels = sys.modules.get("ipykernel.iostream")
    if kernels is None or not isinstance(sys.stderr, kernels.OutStream):
        return
    # A kernel takes the file too, for programs that write to it without Python, and keeps the one that was there.
    before = getattr(sys.stderr, "_original_stdstream_copy", None)
    if before is not None:
        os.dup2(before, _STDERR)
    sys.stderr = sys.__stderr__


def scope() -> Scope:
    """What the reader of this process has.

    Raises:
        TollbookError: it is not known yet whose process this is.
    """
    if _process.scope is not None:
        return _process.scope
    if VARIABLE in os.environ:
        why = "" if os.environ[VARIABLE] == TOLD else f": {VARIABLE} can only be '{TOLD}'"
        raise TollbookError(f"this session does not know its reader, so it opens nothing{why}")
    return Scope(_OWNER)


def may_see(resource: str) -> Scope:
    """The reader's scope, if it may see this.

    Raises:
        TollbookError: it may not, or it is not known whose process this is.
    """
    found = scope()
    if not found.may("see", resource):
        raise TollbookError(tr("You may not see this."))
    return found


def note_export(db: Database, resource: str, what: Mapping[str, Any]) -> None:
    """Write into the audit that the reader takes something away of a resource; `what` says how much.

    Outside of the portal nothing is written: whoever has the workspace's files needs no export.

    Raises:
        UsageError: they may not, or nobody knows who they are.
    """
    may, actor = scope().may("export", resource), _process.actor
    if not may or (actor is None and VARIABLE in os.environ):
        if actor is not None:
            refused(db, actor, "export", resource)
        raise UsageError(tr("You may not export this."))
    if actor is not None:
        with db.session() as session:
            record(session, actor, "export", resource, after=what)


def may_change(resource: str) -> bool:
    """Whether the reader may change this here; whoever looks as another changes nothing of theirs."""
    actor = _process.actor
    unknown = actor is None and VARIABLE in os.environ
    return not unknown and scope().may("change", resource) and not (actor and actor.seen_as)


def changing(db: Database, resource: str) -> Actor:
    """In whose name the reader changes something of a resource, as the audit will have it.

    Raises:
        UsageError: they may not, which is in the audit too.
    """
    actor = _process.actor
    if not may_change(resource):
        if actor is not None:
            refused(db, actor, "change", resource)
        raise UsageError(tr("You may not change this."))
    return actor or command_line()


def lacking(scope: Scope) -> frozenset[str]:
    """What pages do not have for a reader: names of parameters, of graphs, and of what lines are of."""
    names = (*LINES_OF, *GRAPHS)
    confined = {"customer"} if scope.customer is not None else set()
    return frozenset({*names}.difference(scope.columns(names)) | confined)
