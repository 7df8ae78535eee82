"""How gateways sign, a module for each: `SCHEMES` of its deliveries, `RETURNS` of the ways back of its shoppers.

A second reading of the published schemes, on purpose: a connector's own could share a connector's mistake.
"""

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass

__all__ = ["Returned", "Scheme", "Signed", "same"]

Signed = tuple[dict[str, str], bytes]
Returned = Callable[[str, Mapping[str, str]], dict[str, str]]
"""From secret and query to the query that the shopper brings back. Raises KeyError for one that is not signed."""


@dataclass(frozen=True, slots=True)
class Scheme:
    """`sign` makes, from secret, body and unix time, the headers to add and the body to send, which some sign within.

    `bare` is the body without a signature within it, as a forger would send it who has none.
    `holds` is whether a delivery was signed with a secret, as it came; its header names are small. What is no such
    document, or no such key, may raise ValueError, KeyError, TypeError or AttributeError.
    """

    sign: Callable[[str, bytes, int], Signed]
    holds: Callable[[str, Mapping[str, str], bytes], bool]
    bare: Callable[[bytes], bytes] = bytes


def same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())
