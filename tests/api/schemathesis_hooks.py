"""What Schemathesis cannot know: a cursor is only ever one that was given, and a key is one request's."""

from typing import Any
from uuid import uuid4

import schemathesis
from schemathesis import Case, GenerationMode, HookContext

FEW, MANY = 3, 20


@schemathesis.hook
def before_load_schema(_context: HookContext, raw_schema: dict[str, Any]) -> None:
    """Try a few currencies and zones, not all there are."""
    for model in raw_schema["components"]["schemas"].values():
        for told in model.get("properties", {}).values():
            for kind in (told, *told.get("anyOf", ())):
                if len(kind.get("enum", ())) > MANY:
                    kind["enum"] = kind["enum"][:FEW]


@schemathesis.hook
def before_call(_context: HookContext, case: Case, _options: dict[str, object]) -> None:
    """Of a request that is to be right, leave out the cursor and make the key a new one."""
    if case.meta is not None and case.meta.generation.mode is not GenerationMode.POSITIVE:
        return
    (case.query or {}).pop("cursor", None)
    if "Idempotency-Key" in (case.headers or {}):
        case.headers["Idempotency-Key"] = uuid4().hex
