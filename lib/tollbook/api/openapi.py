"""The OpenAPI document (3.1), made from the operations and the types of their functions."""

import json
from collections.abc import Iterator
from functools import lru_cache
from http import HTTPStatus
from typing import Any, Final

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from tollbook.api import hooks, problems
from tollbook.api.operations import JSON, ROOT, Operation
from tollbook.api.problems import MEANINGS, Problem
from tollbook.api.table import DESCRIBED

VERSION: Final = "1.0.0"
_REF: Final = "#/components/schemas/{model}"
_TEXT: Final = {"type": "string"}
_HEADERS: Final = {
    "ETag": "The same for the same answer; `If-None-Match` with it is answered 304 where nothing has changed.",
    "RateLimit": "What is left of this minute (draft of the RateLimit header fields).",
    "RateLimit-Policy": "How much there is in a minute.",
    "Location": "The address of what was made, or of how far it is.",
    "Idempotent-Replayed": "`true` where the answer is that to an earlier request with the same key.",
    "WWW-Authenticate": "That a token is wanted, and what is wrong with the one that came.",
    "Retry-After": "Seconds to wait.",
    "Allow": "The methods that there are.",
    "Content-Disposition": "The name of the file.",
}
_OF_PROBLEM: Final = {
    401: ("WWW-Authenticate",),
    403: ("WWW-Authenticate",),
    405: ("Allow",),
    429: ("Retry-After",),
    503: ("Retry-After",),
}
_SAME: Final = {"description": "Nothing has changed since the `ETag` of `If-None-Match`."}
_INTRODUCTION: Final = """Customers, invoices, payments and the Customer Summary for programs.

A bearer token belongs to a user, a contact or a customer, and has that one's rights or fewer. Decimals are texts in full
precision, instants ISO 8601 with `Z`, ratios numbers or null. A list has `data`, `has_more` and `next`, the `cursor` of
the page after it. What is wrong is told as `application/problem+json` (RFC 9457)."""


@lru_cache(maxsize=8)
def document(base_url: str) -> bytes:
    """The document of a server whose portal is at this address."""
    schemas, names = _schemas()
    paths: dict[str, Any] = {}
    for each in DESCRIBED:
        paths.setdefault(each.path.removeprefix(ROOT), {})[each.method.lower()] = _operation(each, names)
    made = {
        "openapi": "3.1.0",
        "info": {"title": "Tollbook", "version": VERSION, "description": _INTRODUCTION},
        "servers": [{"url": f"{base_url.rstrip('/')}{ROOT}"}],
        "security": [{"bearer": []}],
        "paths": paths,
        "webhooks": webhooks(names),
        "components": {
            "schemas": schemas,
            "responses": {str(status): _problem(status) for status in sorted(MEANINGS)},
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }
    return json.dumps(made, ensure_ascii=False, indent=1).encode()


Names = dict[tuple[Any, JsonSchemaMode], str]


def _schemas() -> tuple[dict[str, Any], Names]:
    """Schemas by name, and how the models are called among them."""
    wanted: list[tuple[type[BaseModel], JsonSchemaMode]] = [(Problem, "serialization")]
    for each in DESCRIBED:
        wanted += [(model, "validation") for model in (each.body,) if model]
        wanted += [(model, "serialization") for model in (each.answer,) if model]
    wanted += [(model, "serialization") for model in hooks.EVENTS.values()]
    by_model, made = models_json_schema(list(dict.fromkeys(wanted)), ref_template=_REF)
    names = {key: schema["$ref"].rpartition("/")[2] for key, schema in by_model.items()}
    return made["$defs"], names


def webhooks(names: Names) -> dict[str, Any]:
    """What is told to the addresses that `tollbook webhook add` has entered."""
    return {
        kind: {
            "post": {
                "summary": f"Tell of `{kind}`",
                "description": hooks.MEANING,
                "operationId": f"webhook_{kind.replace('.', '_')}",
                "tags": ["webhooks"],
                "security": [],
                "requestBody": {
                    "content": {JSON: {"schema": {"$ref": _REF.format(model=names[model, "serialization"])}}}
                },
                "responses": {"2XX": {"description": "It was taken, and is not told again."}},
            }
        }
        for kind, model in hooks.EVENTS.items()
    }


def _operation(each: Operation, names: Names) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": each.name,
        "summary": each.words.partition(".")[0],
        "description": f"{each.words}\n\nAsks for the right to {each.verb} `{each.resource}`.",
        "x-right": {"verb": each.verb, "resource": each.resource},
        "tags": [each.resource],
        "parameters": [*_places(each), *_query(each), *_headers(each)],
        "responses": {
            str(each.status): _done(each, names),
            **({"304": _SAME} if each.method == "GET" else {}),
            **{str(status): {"$ref": f"#/components/responses/{status}"} for status in each.refusals},
        },
    }
    if each.body:
        schema = {"$ref": _REF.format(model=names[each.body, "validation"])}
        described["requestBody"] = {"required": True, "content": {JSON: {"schema": schema}}}
    return described


def _done(each: Operation, names: Names) -> dict[str, Any]:
    told = ["RateLimit", "RateLimit-Policy", *(["ETag"] if each.method == "GET" else [])]
    told += ["Location"] if each.status in {HTTPStatus.CREATED, HTTPStatus.ACCEPTED} else []
    schema = (
        {"$ref": _REF.format(model=names[each.answer, "serialization"])}
        if each.answer
        else {"type": "string", "contentMediaType": each.media.partition(";")[0]}
    )
    return {
        "description": HTTPStatus(each.status).phrase,
        "headers": {name: _header(name, required=True) for name in told},
        "content": {each.media.partition(";")[0]: {"schema": schema}},
    }


def _problem(status: int) -> dict[str, Any]:
    return {
        "description": MEANINGS[status],
        "headers": {name: _header(name, required=True) for name in _OF_PROBLEM.get(status, ())},
        "content": {problems.MEDIA: {"schema": {"$ref": _REF.format(model="Problem")}}},
    }


def _header(name: str, *, required: bool) -> dict[str, Any]:
    return {"description": _HEADERS[name], "required": required, "schema": _TEXT}


def _places(each: Operation) -> Iterator[dict[str, Any]]:
    for name, meaning in each.places.items():
        schema = {**_TEXT, "minLength": 1}
        made = {"name": name, "in": "path", "required": True, "description": meaning, "schema": schema}
        yield {**made, "example": _example(each.path, name)}


def _example(path: str, name: str) -> str:
    if name == "number":
        return "INV-2026-000001"
    return "acme" if path.startswith(f"{ROOT}/customers") else "17"


def _query(each: Operation) -> Iterator[dict[str, Any]]:
    if each.query is None:
        return
    schema = each.query.model_json_schema(ref_template=_REF)
    for name, told in schema["properties"].items():
        kind = _without_null(
            {key: value for key, value in told.items() if key not in {"title", "description"}}
        )
        meaning = {"description": told["description"]} if "description" in told else {}
        yield {
            "name": name,
            "in": "query",
            "required": name in schema.get("required", ()),
            **meaning,
            "schema": kind,
        }


def _without_null(told: dict[str, Any]) -> dict[str, Any]:
    """What an address can hold, in which there is no null: a parameter that is not asked for is not there."""
    kinds = [kind for kind in told.get("anyOf", ()) if kind != {"type": "null"}]
    if len(kinds) != len(told.get("anyOf", ())) and len(kinds) == 1:
        return {**kinds[0], **{key: value for key, value in told.items() if key not in {"anyOf", "default"}}}
    return told


def _headers(each: Operation) -> Iterator[dict[str, Any]]:
    if each.is_write:
        told = "The same key and the same request within 24 hours are answered the same, and done once."
        told = told if each.kept else "It is taken and keeps nothing: each request is done."
        schema = {**_TEXT, "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"}
        yield {
            "name": "Idempotency-Key",
            "in": "header",
            "required": False,
            "description": told,
            "schema": schema,
        }
