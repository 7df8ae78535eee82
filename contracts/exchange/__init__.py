"""Recordings of others, in and out. Whatever comes in passes the same redaction, and is labelled `imported`.

What comes in: HAR (`har`), VCR cassettes (`vcr`), the cassettes of Hyperswitch's harness (`hyperswitch`), lines of
traffic (`traffic`), mitmproxy's flow files (`flows`). What goes out: HAR, flow files and Pact V4 (`pact`).
"""

import base64
from collections.abc import Iterator
from datetime import UTC, datetime

from contracts.format import Contract, Source
from contracts.policy import Policy
from contracts.recording import Origin, seal
from contracts.redaction import Known
from contracts.tape import Message, Tape, header

__all__ = ["credentials_in", "imported"]


def credentials_in(tape: Tape) -> dict[str, str]:
    """The credentials that a recording's headers show, by the names its rules use: whoever recorded it kept them."""
    found: dict[str, str] = {}
    for exchange in tape.exchanges:
        for name, value in _credentials(exchange.request):
            if value not in found.values():
                found[name if name not in found else f"{name}_{len(found) + 1}"] = value
    return found


def _credentials(request: Message) -> Iterator[tuple[str, str]]:
    if key := header(request.headers, "x-api-key"):
        yield "api_key", key
    scheme, _, told = (header(request.headers, "authorization") or "").partition(" ")
    if scheme.lower() == "bearer" and told:
        yield "api_key", told
    if scheme.lower() == "basic" and told:
        try:
            user, _, password = base64.b64decode(told).decode().partition(":")
        except ValueError:
            yield "authorization", told
            return
        yield "key_id", user
        if password:
            yield "key_secret", password


def imported(
    tape: Tape, policy: Policy, *, identity: str, title: str, recorder: str, licence: str | None = None,
    recorded_at: datetime | None = None,
) -> Contract:  # fmt: skip
    """The contract of somebody else's recording.

    Raises Refused, with every reason, as for a recording of one's own.
    """
    shown = credentials_in(tape)
    basic = ("key_id", "key_secret") if {"key_id", "key_secret"} <= shown.keys() else None
    host = tape.exchanges[0].host if tape.exchanges else ""
    origin = Origin(
        Source.IMPORTED, f"https://{host or policy.hosts[0]}", recorder, recorded_at or datetime.now(UTC),
        licence=licence,
    )  # fmt: skip
    known = [Known(name, value, "credential") for name, value in shown.items()]
    return seal(tape, policy, origin, identity=identity, title=title, known=known, basic=basic, tags=("imported",))
