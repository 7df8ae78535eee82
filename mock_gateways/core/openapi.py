"""The OpenAPI 3.1 document of a simulator, made from the tables that it checks requests by.

What is published and not simulated is left out: the document says what an answer other than 501 can be had for.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from mock_gateways.core.messages import FORM, JSON
from mock_gateways.core.published import rows

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from mock_gateways.core.gateway import Gateway
    from mock_gateways.core.messages import Document
    from mock_gateways.core.routes import Route

_IN_QUERY = ("GET", "DELETE")
_NESTED = {"style": "deepObject", "explode": True}


# Refusals that every simulator has; 413 and 501 are its own.
USUAL_ERRORS: Mapping[int, str] = MappingProxyType(
    {
        401: "No valid test key.",
        413: "The body is too large.",
        429: "Too many requests.",
        500: "A failure at the gateway.",
        501: "Published but not simulated.",
    }
)


@dataclass(frozen=True, slots=True)
class Described:
    """The parameters of one operation, as the JSON Schema of an object, and its reply.

    `reply` is the JSON Schema of the body that comes with `status`, or None where there is no body.
    """

    parameters: Document
    reply: Document | None
    status: int = 200


@dataclass(frozen=True, slots=True)
class Description:
    """What a gateway adds to its route table: operations by name, shared schemas, and how it refuses.

    `errors` says what each HTTP status means, beside USUAL_ERRORS; every one of them carries the schema `error`. `body`
    is the media type of requests, FORM or JSON.
    """

    operations: Mapping[str, Described]
    schemas: Mapping[str, Document]
    errors: Mapping[int, str]
    error: Document
    security: Mapping[str, Document]
    body: str = FORM


def object_schema(properties: Document, required: tuple[str, ...] = (), *, closed: bool = True) -> Document:
    """The JSON Schema of an object; one that is closed has no other properties than these."""
    shown: Document = {"type": "object", "properties": properties}
    shown |= {"required": list(required)} if required else {}
    return {**shown, "additionalProperties": False} if closed else shown


def reply_schemas(table: Path) -> dict[str, Document]:
    """The objects of replies and the fields that are always there, by a CSV of object, field, types and always."""
    properties: dict[str, Document] = {}
    required: dict[str, tuple[str, ...]] = {}
    for row in rows(table):
        name, field = row["object"], row["field"]
        properties.setdefault(name, {})[field] = {"type": row["types"].split()}
        required[name] = (*required.get(name, ()), *([field] if row["always"] == "yes" else []))
    return {name: object_schema(fields, required[name]) for name, fields in properties.items()}


def document(gateway: Gateway) -> Document:
    """The document of every simulated operation.

    Raises ValueError when the gateway does not describe its operations.
    """
    if gateway.describe is None:
        raise ValueError(f"{gateway.title} does not describe its operations, so there is no OpenAPI document of it")
    described = gateway.describe()
    paths: dict[str, Document] = {}
    seen: set[str] = set()
    for route in gateway.routes:
        # An operation that can be reached by several paths is described under the first.
        if route.handler is not None and route.operation not in seen:
            seen.add(route.operation)
            paths.setdefault(route.template, {})[route.method.lower()] = _operation(route, described)
    return {
        "openapi": "3.1.0",
        "info": {"title": f"{gateway.title}, simulated", "version": gateway.manifest.version},
        "security": [{name: []} for name in described.security],
        "paths": paths,
        "components": {
            "schemas": {**described.schemas, "error": described.error},
            "securitySchemes": dict(described.security),
        },
    }


def _operation(route: Route, described: Description) -> Document:
    this = described.operations[route.operation]
    in_path = [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in route.names]
    refused = _json({"$ref": "#/components/schemas/error"})
    operation = {
        "operationId": route.operation,
        "parameters": in_path,
        "responses": {
            str(this.status): {"description": "Done.", **({"content": _json(this.reply)} if this.reply else {})},
            **{
                str(status): {"description": text, "content": refused}
                for status, text in sorted({**USUAL_ERRORS, **described.errors}.items())
            },
        },
    }
    if route.method in _IN_QUERY:
        operation["parameters"] = [*in_path, *_query(this.parameters)]
    elif this.parameters["properties"]:
        operation["requestBody"] = _body(this.parameters, described.body)
    return operation


def _json(schema: Document) -> Document:
    return {JSON: {"schema": schema}}


def _query(parameters: Document) -> list[Document]:
    required = parameters.get("required", ())
    return [
        {"in": "query", "required": name in required, **_in_query(name, schema)}
        for name, schema in parameters["properties"].items()
    ]


def _in_query(name: str, schema: Document) -> Document:
    """A list is sent as `a[]=` for each item, and so cannot be anything else than a list."""
    for part in _alternatives(schema):
        if part.get("type") == "array":
            return {"name": f"{name}[]", "schema": part}
    return {"name": name, "schema": schema, **(_NESTED if "object" in _kinds(schema) else {})}


def _body(parameters: Document, kind: str) -> Document:
    content: Document = {"schema": parameters}
    if kind == FORM:
        nested = [name for name, schema in parameters["properties"].items() if {"object", "array"} & _kinds(schema)]
        content["encoding"] = dict.fromkeys(nested, _NESTED)
    return {"required": bool(parameters.get("required")), "content": {kind: content}}


def _kinds(schema: Document) -> set[str]:
    return {part.get("type", "") for part in _alternatives(schema)}


def _alternatives(schema: Document) -> tuple[Document, ...]:
    return schema, *schema.get("anyOf", ())
