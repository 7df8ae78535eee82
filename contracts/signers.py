"""A recorded delivery is signed anew, with a test key and at the time of its replay; and one that comes is verified.

Each gateway's scheme is in a module of its name (`schemes/`); more are found under the entry point group
`assay.schemes`, each a `contracts.schemes.Scheme`.
"""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from pkgutil import iter_modules
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from contracts import schemes
from contracts.errors import ContractError
from contracts.schemes import Returned, Scheme

__all__ = ["holds", "known_schemes", "scheme_of", "signed_return"]


@cache
def _modules() -> tuple[Any, ...]:
    return tuple(import_module(f"{schemes.__name__}.{found.name}") for found in iter_modules(schemes.__path__))


def known_schemes() -> dict[str, Scheme]:
    """Every scheme there is, by its name; ours win over those that are installed beside us."""
    installed = {point.name: point for point in entry_points(group="assay.schemes")}
    own = {name: scheme for module in _modules() for name, scheme in module.SCHEMES.items()}
    return {name: point.load() for name, point in installed.items() if name not in own} | own


def scheme_of(name: str) -> Scheme:
    """Raises ContractError for a scheme that nobody knows."""
    known = known_schemes()
    if name not in known:
        raise ContractError(f"nobody knows how to sign by {name!r}; there are: {', '.join(sorted(known))}")
    return known[name]


def holds(name: str, secret: str, headers: Mapping[str, str], body: bytes) -> bool:
    """Whether a delivery's signature is one that this secret makes; `headers` have small names.

    A scheme that nobody knows never holds: what nobody verified is not recorded.
    """
    try:
        return scheme_of(name).holds(secret, headers, body)
    except (ContractError, ValueError, KeyError, TypeError, AttributeError):  # no such document, no such key
        return False


def signed_return(name: str, secret: str, url: str) -> str:
    """The address that a shopper comes back to, signed anew; as it is, where it is none that is signed."""
    parts = urlsplit(url)
    returns: dict[str, Returned] = {name: sign for module in _modules() for name, sign in _returns(module).items()}
    try:
        return parts._replace(query=urlencode(returns[name](secret, dict(parse_qsl(parts.query))))).geturl()
    except KeyError:
        return url


def _returns(module: Any) -> Mapping[str, Returned]:
    found: Mapping[str, Returned] = getattr(module, "RETURNS", {})
    return found
