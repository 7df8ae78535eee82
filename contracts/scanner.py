"""Looks for what must not be in a text, also where it is quoted, escaped, encoded or compressed."""

import base64
import json
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any
from urllib.parse import unquote, unquote_plus

from contracts.redact import Finding, Redactor

__all__ = ["KEY_PREFIXES", "Scanner", "views"]

# How the keys of gateways begin, where their own documents say so; a test key is as unwelcome in a file as a live one.
KEY_PREFIXES = (
    "sk_test_", "sk_live_", "rk_test_", "rk_live_", "pk_test_", "pk_live_", "whsec_", "rzp_test_", "rzp_live_",
    "access_token$", "sk_sbox_", "pk_sbox_", "EAAAE", "xnd_development_", "xnd_production_",
)  # fmt: skip
_JWT = re.compile(r"\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}")
_PEM = "-----BEGIN "
_BASIC = re.compile(r"\b[Bb]asic (?!\{)[A-Za-z0-9+/]{8,}={0,2}")
_BEARER = re.compile(r"\b[Bb]earer (?!\{)[\w.~+/-]{8,}")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")
_HEX = re.compile(r"\b(?:[0-9a-f]{2}){8,}\b|\b(?:[0-9A-F]{2}){8,}\b")
_DEPTH = 3
_SHORTEST = 6  # no key, token or number is shorter, and no secret that is looked for


class Scanner:
    """Finds secrets that are known, keys by how they begin, tokens by their shape, and card numbers by Luhn and IIN."""

    def __init__(self, secrets: Mapping[str, str] | None = None, *, prefixes: Iterable[str] = KEY_PREFIXES) -> None:
        self._redactor = Redactor(secrets or {})
        self._seen: dict[str, frozenset[Finding]] = {}  # the keys of messages come back in every file
        # A prefix alone is the shape of a key, not a key: contracts keep it.
        self._key = re.compile(rf"(?:{'|'.join(re.escape(prefix) for prefix in prefixes)})[A-Za-z0-9_]{{4,}}")

    def text(self, text: str) -> frozenset[Finding]:
        """What is in a text, or in any reading of it."""
        if len(text) < _SHORTEST:
            return frozenset()
        found = self._seen.get(text)
        if found is None:
            found = self._seen[text] = frozenset(self._findings(text))
        return found

    def _findings(self, text: str) -> Iterator[Finding]:
        yield from self._one(text)
        for view in islice(views(text), 1, None):
            yield from self._one(view)
            if any(_is_card(run) for run in _CARD.findall(view)):
                yield "card number"

    def _one(self, view: str) -> Iterator[Finding]:
        yield from self._redactor.findings(view)
        if self._key.search(view):
            yield "key"
        if "eyJ" in view and _JWT.search(view):
            yield "token"
        if _PEM in view:
            yield "private key"
        if _BASIC.search(view) or _BEARER.search(view):
            yield "credential"

    def tree(self, tree: Any, path: str = "$") -> Iterator[tuple[str, Finding]]:
        """What is in the values and keys of a tree, with the path of each."""
        if isinstance(tree, dict):
            for key, value in tree.items():
                found = self.text(key)
                yield from ((f"{path}.<key>", finding) for finding in found)
                yield from self.tree(value, f"{path}.{'<key>' if found else key}")
        elif isinstance(tree, list):
            for index, value in enumerate(tree):
                yield from self.tree(value, f"{path}[{index}]")
        elif isinstance(tree, str | int) and not isinstance(tree, bool):
            yield from ((path, finding) for finding in self.text(str(tree)))


# Within what was decoded, anything may stand beside a number.
_CARD = re.compile(r"(?<![0-9])[2-6][0-9]{12,18}(?![0-9])")


_REDACTOR = Redactor({})


def _is_card(run: str) -> bool:
    return any(_REDACTOR.findings(run))


def views(text: str, depth: int = _DEPTH) -> Iterator[str]:
    """A text, and every text that can be read out of it."""
    yield text
    if depth:
        for other in {view for view in _read_out(text) if view != text}:
            yield from views(other, depth - 1)


def _read_out(text: str) -> Iterator[str]:
    if "%" in text:
        yield unquote(text)
    if "+" in text:
        yield unquote_plus(text)
    if "\\" in text:
        try:
            yield str(json.loads(f'"{text}"' if '"' not in text.replace('\\"', "") else text))
        except ValueError:
            yield text.replace("\\", "")
    for run in _BASE64.findall(text):
        yield from _from_base64(run)
    for run in _HEX.findall(text):
        yield from _readable(bytes.fromhex(run))


def _from_base64(run: str) -> Iterator[str]:
    plain = run.rstrip("=").replace("-", "+").replace("_", "/")
    # A run that touches other letters may begin anywhere: what is read from each of its four offsets is looked at.
    for offset in range(4):
        part = plain[offset:]
        whole = part[:-1] if len(part) % 4 == 1 else part
        yield from _readable(base64.b64decode(whole + "=" * (-len(whole) % 4)))


def _readable(raw: bytes) -> Iterator[str]:
    if (begins := raw.find(b"\x1f\x8b\x08")) >= 0:
        try:
            raw = zlib.decompressobj(wbits=31).decompress(raw[begins:])  # as far as it goes: it may be cut short
        except zlib.error:
            return
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    # Chance makes letters, but no run of sixteen that are all to be printed.
    if len(text) >= 8 and (text.isprintable() or _PRINTED.search(text)):
        yield text


_PRINTED = re.compile(r"[ -~]{10,}")
