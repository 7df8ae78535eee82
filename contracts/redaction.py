"""Values that may not be kept, replaced by their names wherever and however they are written.

A value that is known beforehand, or first seen in a request's private field, is a secret. What cannot be replaced in
place, because another encoding hides it, takes the whole text with it: the text becomes a secret of its own.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from contracts.format import Secret
from contracts.placeholders import PLACEHOLDER, written_as
from contracts.policy import Policy, brand_of
from contracts.scanner import views

__all__ = ["Known", "Redaction", "ends_with", "keys_of"]

_WRITTEN = (None, "base64", "url2", "url", "hex", "json")
_BRACKETS = re.compile(r"[^\[\].']+")


def keys_of(path: str) -> tuple[str, ...]:
    """The names on a path, brackets of a form taken apart, places in lists left out."""
    return tuple(part for part in _BRACKETS.findall(path)[1:] if not part.isdigit())


def ends_with(keys: tuple[str, ...], endings: tuple[str, ...]) -> bool:
    for ending in endings:
        wanted = tuple(ending.split("."))
        if keys[-len(wanted) :] == wanted:
            return True
    return False


@dataclass(frozen=True, slots=True)
class Known:
    """A secret its owner told us of: `env` is where its value is found at use."""

    name: str
    value: str = field(repr=False)
    kind: str = "secret"
    env: str | None = None


@dataclass(slots=True, repr=False)
class Redaction:
    """Collects what may not be kept, and replaces it."""

    policy: Policy
    secrets: dict[str, Secret] = field(default_factory=dict)
    cards: list[str] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    _named: dict[str, str] = field(default_factory=dict)  # value -> name
    _spelled: list[tuple[str, str]] = field(default_factory=list)  # spelling -> placeholder, longest first
    _pans: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._pans = {card.pan: card.name for card in self.policy.cards}

    def know(self, known: Known) -> None:
        """Learn a secret before anything is read."""
        name = f"secret.{known.name}"
        self.secrets[name] = Secret(kind=known.kind, env=known.env, pattern=self._shape(known.value))
        self._spell(known.value, name)

    def _shape(self, value: str) -> str:
        """How long it is and how such a key begins: nothing else of a secret is told."""
        prefix = next((prefix for prefix in self.policy.test_keys if value.startswith(prefix)), "")
        return f"{re.escape(prefix)}[0-9A-Za-z]{{{len(value) - len(prefix)}}}"

    def join(self, first: str, second: str) -> None:
        """Two known secrets that travel as one basic credential."""
        values = {name: value for value, name in self._named.items()}
        joined = f"{values[f'secret.{first}']}:{values[f'secret.{second}']}"
        self._add(written_as(joined, "base64"), "{{secret." + first + ",secret." + second + "|basic}}")

    def _spell(self, value: str, name: str) -> None:
        self._named[value] = name
        for written in _WRITTEN if len(value) >= 4 else ():
            text = written_as(value, written)
            if written is None or (text != value and len(text) >= 6):
                self._add(text, "{{" + name + (f"|{written}" if written else "") + "}}")
        if value.isdecimal() and len(value) >= 12:
            for written in ("spaced", "dashed"):
                self._add(written_as(value, written), "{{" + name + f"|{written}" + "}}")

    def _add(self, spelling: str, placeholder: str) -> None:
        self._spelled.append((spelling, placeholder))
        self._spelled.sort(key=lambda pair: -len(pair[0]))

    # -- what is read

    def prepare(self, text: str) -> None:
        """Learn which of the published test cards a tape holds, in whatever way."""
        digits = [re.sub(r"[ -]", "", view) for view in views(text)]
        for pan, name in self._pans.items():
            if pan not in self._named and any(pan in view for view in digits):
                self.cards.append(name)
                self._spell(pan, f"card.{name}.pan")

    def tree(self, tree: Any, path: str = "$") -> Any:
        """A tree without what may not be kept."""
        if isinstance(tree, dict):
            return {self.shown(self.text(key)): self.tree(value, _below(path, key)) for key, value in tree.items()}
        if isinstance(tree, list):
            return [self.tree(value, path) for value in tree]
        return self._leaf(tree, path)

    def _leaf(self, value: Any, path: str) -> Any:
        if value is None or isinstance(value, bool | float) or value == "":
            return value
        keys = keys_of(path)
        private = self._private(keys)
        if private and not _in_braces(str(value)):
            return self._private_value(private, value)
        if isinstance(value, int):
            name = self._named.get(str(value))
            return "{{" + name + "|integer}}" if name else value
        return self.text(self._linked(keys, value))

    def _private(self, keys: tuple[str, ...]) -> str | None:
        return next((name for name, row in self.policy.fields.items() if ends_with(keys, row.ends)), None)

    def _private_value(self, field_name: str, value: Any) -> str:
        text = str(value)
        name = self._named.get(text) or self._fresh(field_name)
        if name not in self.secrets and not name.startswith("card."):
            fake = self.policy.fields[field_name].fake
            self.secrets[name] = Secret(kind=field_name, fake=fake)
            self._spell(text, name) if len(text) >= 6 else self._named.setdefault(text, name)
        return "{{" + name + ("|integer" if isinstance(value, int) else "") + "}}"

    def _fresh(self, kind: str) -> str:
        used = sum(row.kind == kind for row in self.secrets.values())
        return f"secret.{kind}" if not used else f"secret.{kind}_{used + 1}"

    def _linked(self, keys: tuple[str, ...], value: str) -> str:
        """The last four digits, the first six to eight, and the brand of a card that was used stay linked with it."""
        pans = {name: pan for pan, name in self._pans.items()}
        for card in self.cards:
            if value == pans[card][-4:] and ends_with(keys, self.policy.last4):
                return "{{card." + card + ".last4}}"
            if value in (pans[card][:6], pans[card][:8]) and ends_with(keys, self.policy.bins):
                return "{{card." + card + (".bin}}" if len(value) == 6 else ".bin8}}")
            if value == brand_of(self.policy, pans[card]) and ends_with(keys, self.policy.brand_fields):
                return "{{card." + card + ".brand}}"
        return value

    def text(self, text: str) -> str:
        """A text without known values."""
        for spelling, placeholder in self._spelled:
            if spelling in text:
                text = text.replace(spelling, placeholder)
        return text

    def shown(self, text: str) -> str:
        """The text, or its name where another encoding still hides a known value: asked last, when captures are out."""
        return self._blob(text) if self._hides(text) else text

    def _hides(self, text: str) -> bool:
        rest = PLACEHOLDER.sub(" ", text)
        if len(rest) < 4:
            return False
        known = [value for value in self._named if len(value) >= 6]
        return any(_holds(view, value) for view in views(rest) for value in known)

    def _blob(self, text: str) -> str:
        name = self._fresh("blob")
        self.secrets[name] = Secret(kind="blob", pattern=f"[0-9A-Za-z]{{{min(len(text), 64)}}}")
        self._named[text] = name
        return "{{" + name + "}}"


def _below(path: str, key: str) -> str:
    return f"{path}.{key}"


def _in_braces(text: str) -> bool:
    return bool(PLACEHOLDER.fullmatch(text))


def _holds(view: str, value: str) -> bool:
    if value in view:
        return True
    return value.isdecimal() and len(value) >= 12 and value in re.sub(r"[^0-9]", "", view)


def strings(tree: Any) -> Iterator[str]:
    """Every text of a tree, keys too."""
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield key
            yield from strings(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from strings(value)
    elif isinstance(tree, str):
        yield tree
    elif isinstance(tree, int) and not isinstance(tree, bool):
        yield str(tree)
