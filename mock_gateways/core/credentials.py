"""What the credentials of all gateways have in common: how HTTP carries them, and that none is ever a live one."""

from __future__ import annotations

import base64
import binascii

LIVE = "it is a live key; a simulator takes test keys only, and a live key has no business here"


def decode_basic(value: str) -> str:
    """The `user:password` of an Authorization header's value after its scheme (RFC 7617), or "" where it holds none."""
    try:
        return base64.b64decode(value.strip(), validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        return ""
