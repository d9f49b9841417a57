"""Strict readers of `params/`: what a person decides without programming, one file per notebook and one for the site."""

import os
import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Final, Self, TypeVar

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from tollbook.errors import TollbookError, UsageError, did_you_mean
from tollbook.periods import View, parse_instant, parse_zone

_BACK: Final = re.compile(r"-(\d{1,4})([hd])")
_UNITS: Final = {"h": "hours", "d": "days"}


def parse_back(text: str) -> timedelta | None:
    """How long before the end a span starts: `-24h` or `-7d`; null where the text is no such thing."""
    found = _BACK.fullmatch(text)
    return timedelta(**{_UNITS[found[2]]: int(found[1])}) if found else None


def _moment(value: object) -> object:
    # YAML reads 2026-10-05 as a date; people need no quotes.
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, str) and value:
        parse_instant(value)
    return value


def _start(value: object) -> object:
    return value if isinstance(value, str) and parse_back(value) else _moment(value)


def _zone(value: object) -> object:
    if isinstance(value, str):
        parse_zone(value)
    return value


Moment = Annotated[str, BeforeValidator(_moment)]
Start = Annotated[str, BeforeValidator(_start)]
Zone = Annotated[str, BeforeValidator(_zone)]


class Params(BaseModel):
    """Named values that a person sets; anything else is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @classmethod
    def of(cls, values: Mapping[str, Any], where: str) -> Self:
        """The values, checked; `where` names them in a message.

        Raises:
            UsageError: an unknown key or a value of the wrong kind.
        """
        for key in values:
            if key not in cls.model_fields:
                raise UsageError(f"{where}: unknown key '{key}'{did_you_mean(str(key), cls.model_fields)}")
        try:
            return cls.model_validate(dict(values))
        except ValidationError as error:
            first = error.errors()[0]
            key = ".".join(str(part) for part in first["loc"])
            raise UsageError(f"{where}: {key}: {first['msg']}, not {first['input']!r}") from None
        except UsageError as error:
            raise UsageError(f"{where}: {error}") from None


class Site(Params):
    """What holds for every page: `params/site.yml`."""

    name: str = "Tollbook"
    """Who runs these pages; shown at their top."""


class Dashboard(Params):
    """The four graphs: `params/dashboard.yml`."""

    start: Start = ""
    """First instant shown, or how long before the end (-24h, -7d); empty: -24h."""
    end: Moment = ""
    """End of what is shown (exclusive); empty: the latest call."""
    zone: Zone = "UTC"
    """IANA zone of the graphs' clock."""


class Summary(Params):
    """The Customer Summary: `params/summary.yml`."""

    view: View = "daily"
    """live, daily, weekly or monthly."""
    start: Moment = ""
    """First row shown, UTC; empty: the first there is."""
    end: Moment = ""
    """End of the rows shown (exclusive), UTC; empty: the latest."""


class Invoice(Params):
    """Invoices: `params/invoice.yml`."""

    settle_hours: Annotated[int, Field(ge=0)] = 24
    """Hours after a period's end before its invoice is issued; until then it is a draft."""
    timeout_s: Annotated[int, Field(gt=0)] = 120
    """Longest time that one cell of the notebook may take."""


FILES: Final[Mapping[str, type[Params]]] = {
    "site": Site,
    "dashboard": Dashboard,
    "summary": Summary,
    "invoice": Invoice,
}

Kind = TypeVar("Kind", bound=Params)


def folder(name: str) -> Path:
    """The folder `notebooks` or `params`: of the checkout that this code runs from, else the installed copy."""
    package = Path(__file__).resolve().parent
    checkout = package.parents[1]
    if (checkout / "pyproject.toml").is_file() and (checkout / name).is_dir():
        return checkout / name
    return package / f"_{name}"


def params_folder() -> Path:
    """Where the files of parameters lie: `TOLLBOOK_PARAMS`, else the checkout's or the installed `params`."""
    named = os.environ.get("TOLLBOOK_PARAMS")
    return Path(named) if named else folder("params")


def read(name: str, kind: type[Kind], *, within: Path | None = None) -> Kind:
    """The parameters in `params/<name>.yml`; defaults where there is no such file.

    Raises:
        UsageError: no YAML, an unknown key, or a value of the wrong kind.
    """
    path = (within or params_folder()) / f"{name}.yml"
    where = f"params/{name}.yml"
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        values = None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise UsageError(f"{where}: line {line}: {error.problem or 'not YAML'}") from None
    except UnicodeDecodeError:
        raise TollbookError(f"{where}: not UTF-8 text: save it as UTF-8") from None
    if not isinstance(values or {}, dict):
        raise UsageError(f"{where}: write lines of `key: value`, not a {type(values).__name__}")
    return kind.of(values or {}, where)
