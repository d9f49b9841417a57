"""The switches that `params/live.yml` names: which calls are in progress now is asked of them.

What they know us by stands not there: it is in the environment, or in a file that is named.
"""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Final, Self

from pydantic import BeforeValidator, Field, model_validator

from tollbook.errors import UsageError
from tollbook.strict import Params
from tollbook.values import Zone

COLUMNS: Final = ("call_id", "customer", "carrier", "caller", "called", "started_at", "answered_at")
"""What can be told of a call in progress."""
_ADDRESS: Final = re.compile(r"([a-z][a-z0-9+]*):(?://)?[^\s]+")
_PASSWORD: Final = re.compile(r"//[^/@\s]*:[^/@\s]*@")
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class Source(Params):
    """One switch, and how it is asked. No part of it is a secret."""

    name: Annotated[str, Field(min_length=1, max_length=64)]
    """What the switch is called: as its records are imported with `--switch`, so that calls and records meet."""
    kind: Annotated[str, Field(min_length=1)]
    """kamailio, opensips, asterisk, ari, freeswitch, http or sql."""
    address: Annotated[str, Field(min_length=1)]
    """Where it answers: http://, tcp://, tls://, udp://, unix:/path, or the URL of a database."""
    user: str = ""
    """Whom it knows us as; empty: it asks for nobody."""
    secret_env: str = ""
    """Name of the variable of the environment that holds the password or token."""
    secret_file: str = ""
    """File whose first line is the password or token, where the variable is not set."""
    every_s: Annotated[float, Field(ge=1, le=60)] = 5
    """Seconds from one question to the next, 1 to 60."""
    timeout_s: Annotated[float, Field(ge=0.1, le=60)] = 5
    """Seconds that an answer may take."""
    query: str = ""
    """sql: the query. http: where in the answer the list of calls is, such as `data.calls`; empty: it is the list."""
    columns: Mapping[str, str] = Field(default_factory=dict)
    """What the switch calls our columns: `customer: account`."""
    zone: Zone = "UTC"
    """sql, http: IANA zone of times that name none."""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        where = f"source '{self.name}'"
        if not _ADDRESS.fullmatch(self.address):
            raise UsageError(
                f"{where}: address: write http://, tcp://, tls://, udp://, unix:/path or a database's URL"
            )
        if _PASSWORD.search(self.address):
            raise UsageError(
                f"{where}: address holds a password: put it into the environment, name it in secret_env"
            )
        if self.secret_env and not _NAME.fullmatch(self.secret_env):
            raise UsageError(f"{where}: secret_env is the name of a variable, such as TOLLBOOK_LIVE_SECRET")
        for name in self.columns:
            if name not in COLUMNS:
                raise UsageError(f"{where}: columns: there is no '{name}'; known: {', '.join(COLUMNS)}")
        return self


def _sources(value: Any) -> Any:  # noqa: ANN401 - whatever the file has
    """Each source checked by itself, so that a message names it, and no value of an unknown key."""
    if not isinstance(value, list | tuple):
        return value
    made = [
        Source.of(one, f"sources, number {number}") if isinstance(one, Mapping) else one
        for number, one in enumerate(value, 1)
    ]
    names = [one.name for one in made if isinstance(one, Source)]
    for name in names:
        if names.count(name) > 1:
            raise UsageError(f"sources: '{name}' is there twice")
    return tuple(made)


class Live(Params):
    """Calls in progress now: `params/live.yml`."""

    sources: Annotated[tuple[Source, ...], BeforeValidator(_sources)] = ()
    """The switches that are asked; none: what is in progress now is not known."""
    near_percent: Annotated[int, Field(ge=1, le=100)] = 80
    """From which part of the configured channels on, in percent, the number at the top is coloured."""
    streams: Annotated[int, Field(ge=1, le=10_000)] = 200
    """Pages and programs that may be told of every change at once, all readers together."""
    streams_each: Annotated[int, Field(ge=1, le=1_000)] = 10
    """Of one person or token."""
    streams_customer: Annotated[int, Field(ge=1, le=10_000)] = 40
    """Of all contacts and tokens of one customer together."""
    keep_days: Annotated[int, Field(ge=1, le=3_660)] = 90
    """Days for which it is kept which calls were seen in progress."""
