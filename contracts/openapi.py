"""Replies held against what their gateway publishes of them: an OpenAPI document, 3.0 or 3.1.

Source: spec.openapis.org/oas/v3.1.0 (paths, responses, schemas; JSON Schema 2020-12) and v3.0.3, whose schemas are a
dialect of draft 4 with `nullable`. What is told never quotes the reply: it may hold anything.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from contracts.errors import ContractError, ContractInvalid
from contracts.messages import body_of, child
from contracts.tape import Message, header

__all__ = ["Specification", "read_specification"]

_MOST = 20  # of what is wrong with one reply


def _library() -> Any:
    try:
        import jsonschema_rs  # noqa: PLC0415 - only here it is needed
    except ImportError:
        raise ContractError("an OpenAPI document is read with jsonschema-rs: pip install 'jsonschema-rs'") from None
    return jsonschema_rs


@dataclass(frozen=True, slots=True)
class _Operation:
    template: re.Pattern[str]
    literals: int  # how much of the path is written out: the more, the better it fits
    responses: Mapping[str, Any]


@dataclass(slots=True)
class Specification:
    """An OpenAPI document. Called with method, path and reply, it tells where the reply is not as published."""

    document: Mapping[str, Any]
    _operations: dict[str, list[_Operation]] = field(default_factory=dict)
    _validators: dict[int, Any] = field(default_factory=dict)
    _bases: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self._bases = tuple(
            urlsplit(row["url"]).path.rstrip("/") for row in self.document.get("servers") or [{"url": ""}]
        )
        for path, item in self.document["paths"].items():
            for method, operation in item.items():
                if isinstance(operation, dict) and "responses" in operation:
                    made = _Operation(_template(path), len(re.sub(r"\{[^}]*\}", "", path)), operation["responses"])
                    self._operations.setdefault(method.upper(), []).append(made)

    def __call__(self, method: str, path: str, reply: Message) -> list[str]:
        base = next((base for base in self._bases if path.startswith(f"{base}/")), None)
        if base is None:
            return []  # of another interface, which another document describes
        found = [one for one in self._operations.get(method, []) if one.template.fullmatch(path[len(base) :])]
        if not found:
            return [f"{method} is published for no such path"]
        return self._of(max(found, key=lambda one: one.literals), reply)

    def _of(self, operation: _Operation, reply: Message) -> list[str]:
        code = str(reply.status)
        names = (code, f"{code[0]}XX", "default")
        told = next((operation.responses[name] for name in names if name in operation.responses), None)
        if told is None:
            return [f"status {code} is not published"]
        schema = _schema_of(self._resolved(told), header(reply.headers, "content-type"))
        body = body_of(reply)
        if schema is None or body.kind != "json":
            return [] if schema is None else ["the body is no JSON, as published"]
        errors = self._validator(schema).iter_errors(body.content)
        return [_told(error) for _, error in zip(range(_MOST), errors, strict=False)]

    def _resolved(self, part: Mapping[str, Any]) -> Mapping[str, Any]:
        while "$ref" in part:
            found: Any = self.document
            for key in part["$ref"].removeprefix("#/").split("/"):
                found = found[key.replace("~1", "/").replace("~0", "~")]
            part = found
        return part

    def _validator(self, schema: Mapping[str, Any]) -> Any:
        if id(schema) not in self._validators:
            library, components = _library(), self.document.get("components", {})
            whole = {"allOf": [schema], "components": components}
            if str(self.document["openapi"]).startswith("3.0"):
                made = library.Draft4Validator(_without_nullable(whole))
            else:
                made = library.Draft202012Validator(whole)
            self._validators[id(schema)] = made
        return self._validators[id(schema)]


def _template(path: str) -> re.Pattern[str]:
    parts = re.split(r"(\{[^}]*\})", path)
    return re.compile("".join("[^/]+" if part.startswith("{") else re.escape(part) for part in parts))


def _schema_of(response: Mapping[str, Any], content_type: str | None) -> Mapping[str, Any] | None:
    """The schema of a reply's body, where one of that kind is published."""
    kind = (content_type or "").partition(";")[0].strip().lower()
    content = response.get("content") or {}
    found = content.get(kind) or content.get("*/*")
    schema: Mapping[str, Any] | None = found.get("schema") if found else None
    return schema


def _told(error: Any) -> str:
    place = "$.body"
    for key in error.instance_path:
        place = child(place, key)
    keyword = str(error.schema_path[-1]) if error.schema_path else "schema"
    lost = f" ({error.kind.property})" if keyword == "required" and hasattr(error.kind, "property") else ""
    return f"{place}: is not as published: {keyword}{lost}"


def _without_nullable(tree: Any) -> Any:
    """A schema of OpenAPI 3.0 in words of draft 4, which has no `nullable`."""
    if isinstance(tree, list):
        return [_without_nullable(item) for item in tree]
    if not isinstance(tree, dict):
        return tree
    made = {key: _without_nullable(value) for key, value in tree.items()}
    if made.pop("nullable", None) is not True:
        return made
    return {"anyOf": [made, {"type": "null"}]}


def read_specification(file: Path) -> Specification:
    """Raises ContractInvalid for what is no OpenAPI document in JSON."""
    try:
        document = json.loads(file.read_bytes())
        if not str(document["openapi"]).startswith(("3.0", "3.1")):
            raise ContractInvalid(file.name, "$.openapi", "is a version that nobody here knows: 3.0 and 3.1 are read")
        return Specification(document)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ContractInvalid(file.name, "$", f"is no OpenAPI document: {type(error).__name__}") from None
