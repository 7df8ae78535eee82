"""Bytes of a body into the six kinds a contract knows, and back."""

import base64
import gzip
import json
import re
import zlib
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

import rfc8785

from contracts.format import Body

__all__ = ["CONTENT_TYPES", "decode", "decompressed", "encode", "fold", "pairs", "unfold"]

CONTENT_TYPES = {
    "json": "application/json",
    "form": "application/x-www-form-urlencoded",
    "xml": "application/xml",
    "text": "text/plain; charset=utf-8",
    "base64": "application/octet-stream",
}


def decompressed(raw: bytes, encoding: str | None) -> bytes:
    """The bytes behind a content encoding; as they came where it is unknown or does not hold."""
    try:
        if encoding == "gzip":
            return gzip.decompress(raw)
        if encoding == "deflate":
            return zlib.decompress(raw)
    except (OSError, EOFError, zlib.error):
        return raw
    return raw


def decode(raw: bytes, content_type: str | None, encoding: str | None = None) -> Body:
    """The body as its content type says, where that holds; as text, else as base64, where it does not."""
    raw = decompressed(raw, encoding)
    if not raw:
        return Body(empty=True)
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return Body(base64=base64.b64encode(raw).decode())
    reader = next((read for part, read in _READERS.items() if part in (content_type or "").lower()), None)
    found = reader(text) if reader else None
    return found or Body(text=text)


def _json(text: str) -> Body | None:
    try:
        content = json.loads(text, parse_constant=_no_constant)
        if _DOUBTFUL.search(text):
            rfc8785.dumps(content)  # a number that JSON's cannot hold, or half a character, stays text
    except (ValueError, RecursionError):
        return None
    return Body(json=content)


# What RFC 8785 may refuse: long integers, large exponents, escaped surrogates. All else it need not be asked about.
_DOUBTFUL = re.compile(r"[0-9]{16}|[eE]\+?[0-9]{3}|\\u[dD]")


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _form(text: str) -> Body | None:
    try:
        found = parse_qsl(text, keep_blank_values=True, strict_parsing=True)
    except ValueError:
        return None
    return Body(form=fold(found))


_READERS: Mapping[str, Callable[[str], Body | None]] = {
    "json": _json,
    "x-www-form-urlencoded": _form,
    "xml": lambda text: Body(xml=text),
}


def fold(found: list[tuple[str, str]]) -> dict[str, str | list[str]]:
    """Pairs as a map; what came more than once as a list."""
    folded: dict[str, str | list[str]] = {}
    for name, value in found:
        held = folded.get(name)
        if held is None:
            folded[name] = value
        else:
            folded[name] = [*held, value] if isinstance(held, list) else [held, value]
    return folded


def unfold(folded: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The reverse of `fold`: what came more than once stands together."""
    return [(name, one) for name, value in folded.items() for one in (value if isinstance(value, list) else [value])]


def pairs(folded: Mapping[str, Any]) -> str:
    return urlencode(unfold(folded))


def encode(kind: str, content: Any) -> bytes:
    """The bytes of a body of that kind."""
    if kind == "json":
        return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    if kind == "form":
        return pairs(content).encode()
    if kind == "base64":
        return base64.b64decode(content)
    return b"" if kind == "empty" else str(content).encode()
