"""Named values that a person sets, of which a misspelt one is refused with the nearest right name."""

from collections.abc import Collection, Mapping
from typing import Any, Final, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from tollbook.errors import UsageError, did_you_mean
from tollbook.language import later, tr

_WHY: Final = {
    "literal_error": later("Input should be {expected}"),
    "int_parsing": later("Input should be a whole number"),
    "greater_than_equal": later("Input should be greater than or equal to {ge}"),
    "less_than_equal": later("Input should be less than or equal to {le}"),
    "string_pattern_mismatch": later("Input should match {pattern}"),
}
"""What is wrong with a value that an address may hold, by the kind of Pydantic's error."""


class Params(BaseModel):
    """Named values that a person sets; anything else is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @classmethod
    def of(cls, values: Mapping[str, Any], where: str, lacks: Collection[str] = ()) -> Self:
        """The values, checked; `where` names them in a message. Names that the reader `lacks` mean nothing.

        Raises:
            UsageError: an unknown key or a value of the wrong kind.
        """
        for key in values:
            if key not in cls.model_fields:
                raise UsageError(f"{where}: unknown key '{key}'{did_you_mean(str(key), cls.model_fields)}")
        entered = {key: cls._section(key, value, where) for key, value in values.items()}
        try:
            return cls.model_validate(entered, context=lacks)
        except ValidationError as error:
            first = error.errors()[0]
            key = ".".join(str(part) for part in first["loc"])
            known = _WHY.get(first["type"])
            why = tr(known).format(**first.get("ctx", {})) if known else first["msg"]
            words = tr("{key}: {why}, not {value}").format(key=key, why=why, value=repr(first["input"]))
            raise UsageError(f"{where}: {words}") from None
        except UsageError as error:
            raise UsageError(f"{where}: {error}") from None

    @classmethod
    def _section(cls, key: str, value: object, where: str) -> object:
        """The value; where it is a section of keys of its own, these are checked, and named with it."""
        kind = cls.model_fields[key].annotation
        if isinstance(kind, type) and issubclass(kind, Params) and isinstance(value, Mapping):
            return kind.of(value, f"{where}: {key}")
        return value
