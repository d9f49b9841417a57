"""What an operation knows of a request: whose token it is, and where the data lie that this one has."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tollbook.account.audit import Actor
from tollbook.account.database import Database
from tollbook.account.people.tokens import Bearer
from tollbook.account.scope import Scope
from tollbook.account.secret import workspace_secret
from tollbook.api.cursors import Key, cut, opened, sealed
from tollbook.api.types import Listed
from tollbook.workspace import Workspace


@dataclass(frozen=True)
class Asked:
    """One request, after its token was found good for it. `told` becomes header fields of the answer."""

    workspace: Workspace
    db: Database
    bearer: Bearer
    at: datetime
    path: str
    server: Mapping[str, float] = field(default_factory=dict)
    told: dict[str, str] = field(default_factory=dict)

    @property
    def scope(self) -> Scope:
        """What of the data the token has."""
        return self.bearer.scope

    @property
    def actor(self) -> Actor:
        """Who does what the token does."""
        return self.bearer.actor

    @property
    def owner(self) -> str:
        """Whose the token is: another token of the same owner is the same here."""
        return f"person {self.actor.person_id}" if self.actor.person_id else self.actor.login

    def after(self, query: Listed) -> Key | None:
        """The last row of the page before; null for the first page.

        Raises:
            ProblemError: the cursor belongs to another list, or to another's.
        """
        if query.cursor is None:
            return None
        return opened(workspace_secret(self.workspace), self._question(query), query.cursor)

    def page(
        self, query: Listed, rows: Sequence[Any], key: Callable[[Any], Key]
    ) -> tuple[list[Any], bool, str | None]:
        """The rows of a page, whether there are more, and the cursor of the next; `rows` has one more if there are."""
        shown, more = cut(rows, query.limit)
        if not more:
            return shown, False, None
        return shown, True, sealed(workspace_secret(self.workspace), self._question(query), key(shown[-1]))

    def _question(self, query: Listed) -> str:
        asked = query.model_dump(mode="json", exclude={"limit", "cursor"})
        return json.dumps([self.path, self.owner, self.scope.text(), asked], sort_keys=True)
