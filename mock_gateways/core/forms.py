"""Form bodies with bracketed names, as Rack and PHP read them: `a[b]=`, `a[0]=`, `a[]=`, `a[][b]=`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus

if TYPE_CHECKING:
    from mock_gateways.core.messages import Document

DEEPEST, MOST = 12, 5_000
_NAME = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
_STEP = re.compile(r"\[([^\[\]]*)\]")


class FormError(ValueError):
    """A form that cannot be read; `name` is the parameter at fault, when there is one."""

    def __init__(self, reason: str, name: str | None = None) -> None:
        super().__init__(reason)
        self.name = name


def decode(text: bytes) -> Document:
    """The nested parameters of a form; values are strings, `a[]` becomes a list, `a[0]` a mapping by index.

    Raises FormError for invalid UTF-8, malformed names, and names that are value and mapping at once.
    """
    form: Document = {}
    pairs = [pair for pair in text.split(b"&") if pair]
    if len(pairs) > MOST:
        raise FormError(f"more than {MOST} parameters")
    for pair in pairs:
        raw_name, _, raw_value = pair.partition(b"=")
        name, value = _unquote(raw_name), _unquote(raw_value)
        _place(form, name, _steps(name), value)
    return form


def as_list(value: object) -> list[Any] | None:
    """The value as a list when it is one, or a mapping by index 0, 1, 2 …; otherwise None."""
    if isinstance(value, list):
        return value
    if isinstance(value, dict) and all(key.isascii() and key.isdigit() for key in value):
        return [value[key] for key in sorted(value, key=lambda index: (len(index.lstrip("0")), index))]
    return None


def _unquote(raw: bytes) -> str:
    try:
        return unquote_plus(raw.decode("ascii"), errors="strict")
    except UnicodeDecodeError:
        pass
    try:
        # Some clients send UTF-8 without escaping it.
        return unquote_plus(raw.decode("utf-8"), errors="strict")
    except UnicodeDecodeError:
        raise FormError("the form is not valid UTF-8") from None


def _steps(name: str) -> list[str]:
    found = _NAME.fullmatch(name)
    if found is None:
        raise FormError("a parameter name has unbalanced brackets", name)
    steps = [found[1], *_STEP.findall(found[2])]
    if len(steps) > DEEPEST:
        raise FormError("a parameter is nested too deeply", name)
    return steps


def _place(form: Document, name: str, steps: list[str], value: str) -> None:
    node: Any = form
    for step, following in zip(steps, [*steps[1:], None], strict=True):
        if isinstance(node, list):
            node = _place_in_list(node, name, step, following, value)
        elif not isinstance(node, dict):
            raise FormError("a parameter is both a value and a mapping", name)
        elif following is None:
            if isinstance(node.get(step), dict | list):
                raise FormError("a parameter is both a value and a mapping", name)
            node[step] = value
        else:
            empty: Any = [] if following == "" else {}
            child = node.setdefault(step, empty)
            if isinstance(child, list) != (following == ""):
                raise FormError("a parameter is both a list and something else", name)
            node = child


def _place_in_list(items: list[Any], name: str, step: str, following: str | None, value: str) -> Any:
    if step != "":
        raise FormError("a list is also addressed by name", name)
    if following is None:
        items.append(value)
        return items
    # `a[][b]=1&a[][b]=2` starts a new element when the name comes again.
    if not items or not isinstance(items[-1], dict) or following in items[-1]:
        items.append({})
    return items[-1]
