"""Values that are not in the file: `{{authorize.id}}`, `{{secret.api_key}}`, `{{card.visa.pan}}`.

A placeholder may say how its value is written, `{{secret.api_key|base64}}`, and a basic credential joins two:
`{{secret.key_id,secret.key_secret|basic}}`. `{{now+60|integer}}` is a time, seen from the clock of its use. A pattern
says of what shape an unknown value is: literal characters and `[class]{count}`, so that it can be matched and made.
"""

import base64
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any
from urllib.parse import quote, unquote

from contracts.errors import Unresolvable

__all__ = ["PLACEHOLDER", "Template", "Values", "fill", "mint", "names_in", "pattern_of", "template", "written_as"]

Values = dict[str, Any]
PLACEHOLDER = re.compile(r"\{\{([a-z0-9_.,+-]+)(?:\|([a-z0-9]+))?\}\}")

_WRITTEN: Mapping[str, Callable[[str], str]] = {
    "url": lambda value: quote(value, safe=""),
    "url2": lambda value: quote(quote(value, safe=""), safe=""),
    "base64": lambda value: base64.b64encode(value.encode()).decode(),
    "hex": lambda value: value.encode().hex(),
    "json": lambda value: json.dumps(value)[1:-1],
    "basic": lambda value: base64.b64encode(value.encode()).decode(),
    "spaced": lambda value: " ".join(value[place : place + 4] for place in range(0, len(value), 4)),
    "dashed": lambda value: "-".join(value[place : place + 4] for place in range(0, len(value), 4)),
    "integer": str,
    "string": str,
    "iso": str,
}


def _time(name: str, written: str | None, values: Mapping[str, Any]) -> str | None:
    if values.get("now") is None:
        return None
    moment = int(values["now"]) + int(name.removeprefix("now") or 0)
    return datetime.fromtimestamp(moment, UTC).isoformat() if written == "iso" else str(moment)


def written_as(value: str, written: str | None) -> str:
    return _WRITTEN[written](value) if written else value


# Ways of writing that an unknown value can be read back from, and what it then looks like.
_READ_BACK: Mapping[str, str] = {"url": "[^&#]+", "basic": "[A-Za-z0-9+/]+={0,2}"}


@dataclass(frozen=True, slots=True)
class Part:
    """One placeholder within a text."""

    names: tuple[str, ...]
    written: str | None

    def value(self, values: Mapping[str, Any]) -> str | None:
        """Its text; None where a value is not known yet. `now+60` is a minute after the clock's time."""
        if self.names[0].startswith("now"):
            return _time(self.names[0], self.written, values)
        found = [values.get(name) for name in self.names]
        if any(value is None for value in found):
            return None
        return written_as(":".join(str(value) for value in found), self.written)


class Template:
    """A text with placeholders, cut once: literals and parts in turn."""

    __slots__ = ("parts", "text", "whole")

    def __init__(self, text: str) -> None:
        self.text = text
        self.parts: list[str | Part] = []
        end = 0
        for found in PLACEHOLDER.finditer(text):
            if found[2] and found[2] not in _WRITTEN:
                raise Unresolvable(f"{found[0]}: there is no way of writing called {found[2]!r}")
            self.parts += [text[end : found.start()], Part(tuple(found[1].split(",")), found[2])]
            end = found.end()
        self.parts.append(text[end:])
        only = [part for part in self.parts if part != ""]
        self.whole = only[0] if len(only) == 1 and isinstance(only[0], Part) else None

    @property
    def names(self) -> list[str]:
        return [name for part in self.parts if isinstance(part, Part) for name in part.names]

    def filled(self, values: Mapping[str, Any]) -> Any:
        """The text with its values: what stands alone keeps the type it was captured with.

        Raises Unresolvable where a value is not known.
        """
        whole = self.whole
        if whole and whole.written is None and values.get(whole.names[0]) is not None:
            return values[whole.names[0]]
        texts = [part if isinstance(part, str) else part.value(values) for part in self.parts]
        if None in texts:
            unknown = sorted({name for name in self.names if values.get(name) is None})
            raise Unresolvable(f"nothing is known for {', '.join(unknown)}")
        text = "".join(text for text in texts if text is not None)
        return int(text) if whole and whole.written == "integer" and text.isdecimal() else text

    def written(self, values: Mapping[str, Any]) -> str:
        """The text, which is JSON, with its values escaped for it.

        Raises Unresolvable where a value is not known.
        """
        made = []
        for part in self.parts:
            text = part if isinstance(part, str) else part.value(values)
            if text is None:
                raise Unresolvable("nothing is known for " + ", ".join(getattr(part, "names", ())))
            made.append(text if isinstance(part, str) else json.dumps(text, ensure_ascii=False)[1:-1])
        return "".join(made)

    def matches(self, actual: object, values: Mapping[str, Any], patterns: Mapping[str, str]) -> Values | None:
        """The values that `actual` gives to what was unknown; None where it does not fit."""
        whole = self.whole
        known = values.get(whole.names[0]) if whole and whole.written in (None, "integer") else None
        if known is not None and whole:
            same = str(known) == str(actual) if whole.written else type(known) is type(actual) and known == actual
            return {} if same else None
        if isinstance(actual, int) and not isinstance(actual, bool) and whole:
            text = str(actual)
        elif isinstance(actual, str):
            text = actual
        else:
            return None
        return self._read(text, actual, values, patterns)

    def _read(self, text: str, actual: object, values: Mapping[str, Any], patterns: Mapping[str, str]) -> Values | None:
        whole = self.whole
        if whole and whole.written is None and len(whole.names) == 1 and values.get(whole.names[0]) is None:
            shape = patterns.get(whole.names[0], ".+")
            if not whole.names[0].startswith("now") and "{{" not in shape:  # the most of what is learned
                return {whole.names[0]: actual} if _compiled(shape).fullmatch(text) else None
        texts = [part if isinstance(part, str) else part.value(values) for part in self.parts]
        if None not in texts:  # no expression is compiled for what is known
            return {} if text == "".join(part for part in texts if part is not None) else None
        groups: dict[str, str | None] = {}
        parts = zip(self.parts, texts, strict=True)
        expression = "".join(self._expression(part, known, values, patterns, groups) for part, known in parts)
        found = _compiled(expression).fullmatch(text)
        if not found:
            return None
        if whole and whole.written is None and groups:
            return {next(iter(groups)): actual}
        learned: Values = {}
        for place, (name, written) in enumerate(groups.items()):
            learned |= _read_as(written, name, found[f"g{place}"])
        agrees = all(values.get(name) in (None, value) for name, value in learned.items())
        return learned if agrees else None

    @staticmethod
    def _expression(
        part: str | Part, known: str | None, values: Mapping[str, Any], patterns: Mapping[str, str],
        groups: dict[str, str | None],
    ) -> str:  # fmt: skip
        if isinstance(part, str) or known is not None:
            return re.escape(known or "")
        name = ",".join(part.names)
        if part.written not in (None, *_READ_BACK):
            return ".+"
        if name in groups:
            return f"(?P=g{list(groups).index(name)})"
        groups[name] = part.written
        shape = _READ_BACK.get(part.written or "") or _open(patterns.get(name, ".+"), values)
        return f"(?P<g{len(groups) - 1}>{shape})"


def _read_as(written: str | None, name: str, text: str) -> Values:
    """What a text says of a name; of both names, where it is a basic credential (RFC 7617)."""
    if written != "basic":
        return {name: unquote(text) if written else text}
    try:
        told = base64.b64decode(text).decode().split(":", 1)
    except ValueError:
        return {}
    return dict(zip(name.split(","), told, strict=False))


@lru_cache(maxsize=4096)
def _compiled(expression: str) -> re.Pattern[str]:
    return re.compile(expression, re.DOTALL)


def _open(pattern: str, values: Mapping[str, Any]) -> str:
    """A pattern whose own placeholders have their values, or any."""
    return PLACEHOLDER.sub(lambda found: re.escape(str(values[found[1]])) if found[1] in values else ".+", pattern)


@lru_cache(maxsize=65536)
def template(text: str) -> Template | None:
    """The template of a text; None where it holds no placeholder."""
    return Template(text) if "{{" in text and PLACEHOLDER.search(text) else None


def names_in(tree: Any) -> set[str]:
    """Every name a tree refers to."""
    if isinstance(tree, str):
        found = template(tree)
        return set(found.names) if found else set()
    if isinstance(tree, dict):
        return {name for pair in tree.items() for part in pair for name in names_in(part)}
    return {name for item in tree for name in names_in(item)} if isinstance(tree, list | tuple) else set()


def fill(tree: Any, values: Mapping[str, Any]) -> Any:
    """The tree with every placeholder replaced, in keys as well.

    Raises Unresolvable.
    """
    if isinstance(tree, str):
        found = template(tree) if "{{" in tree else None
        return found.filled(values) if found else tree
    if isinstance(tree, dict):
        return {str(fill(key, values)) if "{{" in key else key: fill(value, values) for key, value in tree.items()}
    return [fill(item, values) for item in tree] if isinstance(tree, list) else tree


_CLASSES = (("0-9", "0123456789"), ("a-f", "abcdef"), ("a-z", "abcdefghijklmnopqrstuvwxyz"),
            ("A-F", "ABCDEF"), ("A-Z", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"))  # fmt: skip
_UNIT = re.compile(r"\[([^\]]+)\](?:\{(\d+)\})?|\\(.)|(.)", re.DOTALL)


def mint(pattern: str, seed: str, values: Mapping[str, Any] | None = None) -> str:
    """A value of that shape, the same for the same seed."""
    if "{{" in pattern:
        pattern = PLACEHOLDER.sub(lambda found: re.escape(str((values or {}).get(found[1], "unknown"))), pattern)
    units, length = _units(pattern)
    chance, place, made = _bytes(seed, length), 0, ""
    for literal, table, count in units:
        made += literal or chance[place : place + count].translate(table).decode("latin-1")
        place += count
    return made


@lru_cache(maxsize=4096)
def _units(pattern: str) -> tuple[list[tuple[str, bytes, int]], int]:
    """Literals, and for each class what a byte becomes and how many there are; and how many in all."""
    made: list[tuple[str, bytes, int]] = []
    for unit in _UNIT.finditer(pattern):
        if unit[1] is None:
            made.append((unit[3] or unit[4], b"", 0))
        else:
            alphabet = ("".join(chars for name, chars in _CLASSES if name in unit[1]) or unit[1]).encode("latin-1")
            made.append(("", bytes(alphabet[byte % len(alphabet)] for byte in range(256)), int(unit[2] or 1)))
    return made, sum(count for _, _, count in made)


def _bytes(seed: str, length: int) -> bytes:
    """As many as are asked for, which follow from a seed: the same on every version."""
    return b"".join(sha256(f"{seed}:{block}".encode()).digest() for block in range(-(-length // 32)))


_PREFIX = re.compile(r"^[A-Za-z]+(?:_[a-z]+)*_(?=[A-Za-z0-9])")


def pattern_of(value: str) -> str:
    """The shape of an id: its prefix, punctuation and words stay, runs of letters and digits become classes.

    The classes are wide, so that two ids of one kind have one shape.
    """
    prefix = _PREFIX.match(value)
    kept = prefix[0] if prefix and not any(char.isdigit() for char in prefix[0]) else ""
    runs = re.findall(r"[0-9A-Za-z]+|[^0-9A-Za-z]", value[len(kept) :])
    return re.escape(kept) + "".join(_shape(run, prefixed=bool(kept)) for run in runs)


def _shape(run: str, *, prefixed: bool) -> str:
    if not (run.isascii() and run.isalnum()):
        return re.escape(run)
    if run.isalpha() and run.islower() and len(run) < 8:
        return run  # a word between the parts of an id: pi_..._secret_...
    return f"[{'0-9A-Za-z' if prefixed else _alphabet(run)}]{{{len(run)}}}"


def _alphabet(run: str) -> str:
    if run.isdecimal():
        return "0-9"
    if re.fullmatch(r"[0-9a-f]+", run) and len(run) in _HEX_LENGTHS:
        return "0-9a-f"
    return "0-9A-Z" if run.upper() == run else "0-9a-z" if run.lower() == run else "0-9A-Za-z"


_HEX_LENGTHS = (4, 8, 12, 16, 32, 40, 64)
