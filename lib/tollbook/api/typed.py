"""What was asked, as the types of an operation have it; whatever else is asked is refused, with the nearest right name."""

from collections.abc import Mapping
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from tollbook.api.problems import Mistake, ProblemError, invalid
from tollbook.errors import did_you_mean


def query_of(model: type[BaseModel] | None, told: Mapping[str, list[str]]) -> BaseModel | None:
    """What the address asks behind the question mark.

    Raises:
        ProblemError: a name that means nothing here, a name twice, or a value of the wrong kind.
    """
    known = {field.alias or name: field for name, field in (model.model_fields if model else {}).items()}
    for name, values in told.items():
        if name not in known:
            raise _wrong(name, f"there is no such parameter{did_you_mean(name, known)}")
        if len(values) > 1 and not _takes_many(known[name]):
            raise _wrong(name, "it is there twice")
    if model is None:
        return None
    read = {name: values if _takes_many(known[name]) else values[0] for name, values in told.items()}
    try:
        return model.model_validate(read)
    except ValidationError as error:
        raise invalid(400, error, "query") from None


def body_of(model: type[BaseModel], media: str, body: bytes) -> BaseModel:
    """What was sent along.

    Raises:
        ProblemError: it is not in JSON, cannot be read, or a value of it is of the wrong kind.
    """
    kind, _, options = media.partition(";")
    if kind.strip().lower() != "application/json" or (
        "charset" in options and "utf-8" not in options.lower()
    ):
        raise ProblemError(415, headers={"Accept": "application/json"})
    try:
        return model.model_validate_json(body, strict=True)
    except ValidationError as error:
        if error.errors()[0]["type"] == "json_invalid":
            raise ProblemError(400, "The body is no JSON.") from None
        raise invalid(422, error, "body") from None


def _takes_many(field: FieldInfo) -> bool:
    kinds: list[Any] = [field.annotation, *get_args(field.annotation)]
    return any(get_origin(kind) is list for kind in kinds)


def _wrong(name: str, why: str) -> ProblemError:
    return ProblemError(400, f"'{name}': {why}", errors=[Mistake(name=name, why=why)])
