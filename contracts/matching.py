"""Comparing what came with what was recorded: every difference with its path, never an exception.

Equality is the rule, and type is part of it: 1, 1.0, "1" and true are four values. A contract's rules say where less is
asked. A placeholder that is not known yet takes the value that came, if that has its shape.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Literal

from contracts.format import Rule
from contracts.messages import child
from contracts.placeholders import Values, template

__all__ = ["Difference", "Matcher", "readable"]

Kind = Literal["missing", "added", "value", "type", "rule", "carried", "kind"]


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where two messages differ. Its texts may hold what came: redact before they are written."""

    kind: Kind
    path: str
    expected: Any
    actual: Any
    volatile: bool = False

    def __str__(self) -> str:
        if self.kind == "missing":
            return f"{self.path}: is missing, expected {_short(self.expected)}"
        if self.kind == "added":
            return f"{self.path}: was added, {_short(self.actual)}"
        if self.kind == "carried" and _SECRET.search(str(self.expected)):
            return f"{self.path}: carried: expected {_short(self.expected)}, saw another value"
        return f"{self.path}: {self.kind}: expected {_short(self.expected)}, saw {_short(self.actual)}"


_SECRET = re.compile(r"\{\{(?:secret|card)\.")


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


def readable(differences: Iterable[Difference]) -> str:
    return "\n".join(f"  {difference}" for difference in differences)


class Matcher:
    """Compares one recorded message with what comes; `patterns` are the shapes of unknown values.

    Only the headers that were recorded are looked at.
    """

    __slots__ = ("_indexed", "_patterns", "_rules", "_tree")

    def __init__(self, tree: Mapping[str, Any], rules: Mapping[str, Rule], patterns: Mapping[str, str]) -> None:
        self._tree, self._rules, self._patterns = tree, rules, patterns
        self._indexed = any("[*]" in path for path in rules)

    def fits(self, actual: Mapping[str, Any], values: Mapping[str, Any]) -> bool:
        """Whether method and path are those of the recorded request: asked first, as it rules most steps out."""
        if actual["method"] != self._tree["method"]:
            return False
        leaf = template(self._tree["path"])
        if leaf is None or "$.path" in self._rules:
            return leaf is not None or actual["path"] == self._tree["path"]
        return leaf.matches(actual["path"], values, self._patterns) is not None

    def compare(self, actual: Mapping[str, Any], values: Mapping[str, Any]) -> tuple[list[Difference], Values]:
        """The differences, and the values that came for what was unknown."""
        found: list[Difference] = []
        learned: Values = {}
        scope = _Scope(self._rules or None, self._indexed, self._patterns, values, learned, found)
        for name, expected in self._tree.items():
            path = f"$.{name}"
            if name == "headers":
                _headers(scope, expected, actual["headers"])
            elif name == "kind":
                if actual["kind"] != expected:
                    found.append(Difference("kind", "$.body", expected, actual["kind"]))
            elif name != "body" or actual["kind"] == self._tree["kind"]:
                _compare(scope, path, expected, actual[name])
        return found, learned


@dataclass(slots=True)
class _Scope:
    rules: Mapping[str, Rule] | None
    indexed: bool
    patterns: Mapping[str, str]
    values: Mapping[str, Any]
    learned: Values
    found: list[Difference]

    def rule(self, path: str) -> Rule | None:
        if self.rules is None:
            return None
        exact = self.rules.get(path)
        if exact is None and self.indexed and "[" in path:
            return self.rules.get(_INDEX.sub("[*]", path))
        return exact

    def known(self) -> Mapping[str, Any]:
        return {**self.values, **self.learned} if self.learned else self.values


_INDEX = re.compile(r"\[\d+\]")


def _headers(scope: _Scope, expected: Mapping[str, str], actual: Mapping[str, str]) -> None:
    for name, value in expected.items():
        path = child("$.headers", name)
        if name in actual:
            _compare(scope, path, value, actual[name])
        else:
            scope.found.append(Difference("missing", path, value, None))


def _compare(scope: _Scope, path: str, expected: Any, actual: Any) -> None:
    rule = scope.rule(path)
    if rule is not None and _ruled(scope, rule, path, expected, actual):
        return
    if isinstance(expected, str) and "{{" in expected and (leaf := template(expected)):
        learned = leaf.matches(actual, scope.known(), scope.patterns)
        if learned is None:
            scope.found.append(Difference("carried", path, expected, actual))
        else:
            scope.learned.update(learned)
    elif type(expected) is not type(actual):
        scope.found.append(Difference("type", path, expected, actual))
    elif isinstance(expected, dict):
        _objects(scope, path, expected, actual)
    elif isinstance(expected, list):
        _lists(scope, path, expected, actual)
    elif expected != actual:
        scope.found.append(Difference("value", path, expected, actual))


def _objects(scope: _Scope, path: str, expected: Mapping[str, Any], actual: Mapping[str, Any]) -> None:
    named = {_key(scope, key, expected, actual): value for key, value in expected.items()}
    for key, value in named.items():
        below = child(path, key)
        if key in actual:
            _compare(scope, below, value, actual[key])
        elif not ((rule := scope.rule(below)) and rule.match in ("absent", "any")):
            scope.found.append(Difference("missing", below, value, None))
    for key in actual:
        if key not in named:
            _added(scope, child(path, key), actual[key])


def _key(scope: _Scope, key: str, expected: Mapping[str, Any], actual: Mapping[str, Any]) -> str:
    """A key with its placeholders filled in; an unknown one is the first that fits and is not named itself."""
    leaf = template(key) if "{{" in key else None
    if leaf is None:
        return key
    for name in actual:
        learned = leaf.matches(name, scope.known(), scope.patterns) if name not in expected else None
        if learned is not None:
            scope.learned.update(learned)
            return name
    return key


def _added(scope: _Scope, path: str, actual: Any) -> None:
    rule = scope.rule(path)
    if rule is None or rule.match == "absent":
        scope.found.append(Difference("rule" if rule else "added", path, "absent" if rule else None, actual))


def _lists(scope: _Scope, path: str, expected: list[Any], actual: list[Any]) -> None:
    for index, value in enumerate(expected):
        if index < len(actual):
            _compare(scope, f"{path}[{index}]", value, actual[index])
        else:
            scope.found.append(Difference("missing", f"{path}[{index}]", value, None))
    for index in range(len(expected), len(actual)):
        scope.found.append(Difference("added", f"{path}[{index}]", None, actual[index]))


def _ruled(scope: _Scope, rule: Rule, path: str, expected: Any, actual: Any) -> bool:
    """Apply a rule; False where plain comparison goes on."""
    if rule.match == "equality":
        return False
    if rule.match == "type" and isinstance(expected, list) and isinstance(actual, list):
        _each_like(scope, rule, path, expected, actual)
    elif rule.match == "type" and isinstance(expected, dict) and isinstance(actual, dict):
        return False
    elif not _HOLDS[rule.match](rule, expected, actual):
        kind: Kind = "type" if rule.match in _TYPES else "rule"
        asked = rule.regex or rule.value or (list(rule.values) if rule.values else rule.match)
        scope.found.append(Difference(kind, path, asked if kind == "rule" else expected, actual))
    return True


def _each_like(scope: _Scope, rule: Rule, path: str, expected: list[Any], actual: list[Any]) -> None:
    if len(actual) < (rule.min or 0) or (rule.max is not None and len(actual) > rule.max):
        scope.found.append(
            Difference("rule", path, f"{rule.min or 0} to {rule.max or 'any number of'} items", len(actual))
        )
    if expected:
        for index, item in enumerate(actual):
            _compare(scope, f"{path}[{index}]", expected[0], item)


_TYPES = {"type", "integer", "decimal", "number", "boolean", "null", "timestamp", "date"}


_HOLDS: Mapping[str, Callable[[Rule, Any, Any], bool]] = {
    "any": lambda _rule, _expected, _actual: True,
    "absent": lambda _rule, _expected, _actual: False,  # what came is there
    "type": lambda _rule, expected, actual: type(expected) is type(actual),
    "regex": lambda rule, _, actual: isinstance(actual, str | int) and _fits(rule.regex or "", str(actual)),
    "include": lambda rule, _, actual: isinstance(actual, str) and (rule.value or "") in actual,
    # a form has no numbers: there a whole number is a text of digits
    "integer": lambda _, expected, actual: type(actual) is int or (isinstance(expected, str) and _whole(actual)),
    "decimal": lambda _rule, _expected, actual: type(actual) is float,
    "number": lambda _rule, _expected, actual: type(actual) in (int, float),
    "boolean": lambda _rule, _expected, actual: type(actual) is bool,
    "null": lambda _rule, _expected, actual: actual is None,
    "timestamp": lambda _rule, _expected, actual: _parses(datetime.fromisoformat, actual),
    "date": lambda _rule, _expected, actual: _parses(date.fromisoformat, actual),
    "notEmpty": lambda _rule, _expected, actual: actual not in (None, "", [], {}),
    "values": lambda _rule, _expected, actual: isinstance(actual, dict),
    "enum": lambda rule, _, actual: any(type(value) is type(actual) and value == actual for value in rule.values or ()),
    "luhn": lambda _rule, _expected, actual: isinstance(actual, str) and _luhn(actual),
}


def _whole(actual: Any) -> bool:
    return isinstance(actual, str) and bool(re.fullmatch(r"-?\d+", actual))


def _parses(parser: Any, actual: Any) -> bool:
    try:
        parser(actual)
    except (TypeError, ValueError):
        return False
    return True


@lru_cache(maxsize=1024)
def _expression(regex: str) -> re.Pattern[str]:
    return re.compile(regex)


def _fits(regex: str, text: str) -> bool:
    return bool(_expression(regex).fullmatch(text))


def _luhn(text: str) -> bool:
    digits = [int(char) for char in reversed(text) if char.isdigit()]
    total = sum(digits[::2]) + sum(sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return len(digits) >= 12 and total % 10 == 0
