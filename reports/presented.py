"""A certificate as it was presented: read, taken out of its envelope, and not believed yet."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from reports.certificate import PREDICATE_TYPE, STATEMENT_TYPE, Statement
from reports.keyless import MEDIA_TYPE
from reports.signing import NotAnEnvelope, Sealed, opened

__all__ = ["Malformed", "Presented", "Unreadable", "read"]

_LARGEST = 16 * 1024 * 1024
_FAMILY = PREDICATE_TYPE.rpartition(":v")[0]


class Unreadable(ValueError):
    """No certificate at all, or a newer one; the message names file, place and reason."""


class Malformed(ValueError):
    """A certificate of this version that breaks its schema; the message names the place."""


@dataclass(frozen=True, slots=True)
class Presented:
    """`sealed` is None for a bare statement that nobody signed; `bundle` is what sigstore wrote, where it signed."""

    statement: Statement
    payload: bytes
    sealed: Sealed | None
    bundle: bytes | None = None


def read(file: Path) -> Presented:
    """A certificate from an envelope, or from a bare statement.

    Raises:
        Unreadable: missing, truncated, foreign, or written by a newer Assay.
        Malformed: a certificate that breaks its schema.
    """
    raw = _bytes(file)
    document = _object(raw, file)
    signed_keyless = str(document.get("mediaType")).startswith(MEDIA_TYPE)
    if signed_keyless:
        document = document.get("dsseEnvelope") or {}
    if not isinstance(document, dict):
        raise Unreadable(f"{file}: dsseEnvelope: expected an object")
    if "payload" not in document:
        statement = _statement(document, raw, file)
        return Presented(statement, statement.payload(), None)
    try:
        sealed = opened(document)
    except NotAnEnvelope as error:
        raise Unreadable(f"{file}: {error}") from None
    statement = _statement(_object(sealed.payload, file, "payload: "), sealed.payload, file)
    return Presented(statement, sealed.payload, sealed, raw if signed_keyless else None)


def _bytes(file: Path) -> bytes:
    try:
        if file.stat().st_size > _LARGEST:
            raise Unreadable(f"{file}: larger than {_LARGEST // 1024 // 1024} MiB: no certificate is")
        return file.read_bytes()
    except OSError as error:
        raise Unreadable(f"{file}: {error.strerror}") from None


def _object(raw: bytes, file: Path, where: str = "") -> dict[str, Any]:
    try:
        found = json.loads(raw.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise Unreadable(f"{file}: {where}line {error.lineno}, column {error.colno}: {error.msg}: truncated?") from None
    except UnicodeDecodeError as error:
        raise Unreadable(f"{file}: {where}byte {error.start}: not UTF-8") from None
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"{file}: {where}{error}") from None
    if not isinstance(found, dict):
        raise Unreadable(f"{file}: {where}a JSON {type(found).__name__}, no certificate")
    return found


def _once(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Two readers of a name that stands twice may see two certificates."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"the name {name[:40]!r} stands twice in one object")
        found[name] = value
    return found


def _no_constant(word: str) -> Any:
    raise ValueError(f"{word} is no JSON")


def _statement(document: dict[str, Any], raw: bytes, file: Path) -> Statement:
    kind = document.get("predicateType")
    if document.get("_type") != STATEMENT_TYPE or not isinstance(kind, str):
        raise Unreadable(f"{file}: _type: expected {STATEMENT_TYPE}: this is another kind of document")
    if kind != PREDICATE_TYPE:
        newer = "a certificate of another version" if kind.startswith(f"{_FAMILY}:v") else "another kind of statement"
        raise Unreadable(f"{file}: predicateType: {newer}; this Assay reads {PREDICATE_TYPE}")
    try:
        return Statement.model_validate_json(raw, strict=True)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        rest = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        raise Malformed(f"{'.'.join(map(str, found[0]['loc']))}: {found[0]['msg']}{rest}") from None
