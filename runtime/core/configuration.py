"""What every configuration is checked for, so that a mistake is named before anything is sent.

A message says which setting is wrong and what it must be; never what it was.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any

from runtime.core.errors import InvalidConfiguration
from runtime.core.secret import Secret

__all__ = ["Checked", "http_url", "require", "secret", "secrets"]

Checked = Callable[[Any, str], object]
"""Takes a setting and its name, and returns it as it will be used; raises InvalidConfiguration."""

_is_printable = re.compile(r"[!-~]+\Z").match
_is_url = re.compile(r"https?://[^\s/?#@]+(?:/[^\s?#]*)?\Z").match


def require(holds: object, rule: str) -> None:
    """Raise InvalidConfiguration with the rule unless it holds."""
    if not holds:
        raise InvalidConfiguration(rule)


def secret(value: Secret | str, name: str) -> Secret:
    """A key or secret, wrapped; it must be something a header can carry: printable, and without spaces."""
    wrapped = value if isinstance(value, Secret) else Secret(value)
    require(_is_printable(wrapped.reveal()), f"{name} must not be empty, and must be printable without spaces")
    return wrapped


def secrets(values: Iterable[Secret | str] | Secret | str, name: str) -> tuple[Secret, ...]:
    """One or several of them; none at all is for the flow that needs one to refuse."""
    several = (values,) if isinstance(values, Secret | str) else values
    return tuple(secret(value, name) for value in several)


def http_url(value: str, name: str) -> str:
    """The root of an API, without the slash at its end."""
    require(_is_url(value), f"{name} must be an http(s) URL with a host, and without credentials or query")
    return value.rstrip("/")
