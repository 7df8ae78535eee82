"""Adyen's service error, and every refusal in it.

Sources: docs.adyen.com/development-resources/error-codes, the ServiceError of Checkout v72, recorded exchanges. A 401
has no pspReference; every later refusal carries that of the call.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_gateways.adyen.tables import ERRORS, MESSAGES
from mock_gateways.core.messages import Refusal, Reply

if TYPE_CHECKING:
    from mock_gateways.core.messages import MalformedRequest, Request
    from mock_gateways.core.routes import Route

_UNREADABLE, _IN_PROGRESS, _INTERNAL, _UNAVAILABLE = "702", "704", "903", "703"
# Retrying with the same key can help. Source: docs.adyen.com/development-resources/api-idempotency.
_TRANSIENT = ("Transient-Error", "true")
# What the published codes leave open is a status, not a code.
_NO_CODE = "000"


def error_reply(code: str, message: str | None = None, *, http: int | None = None, kind: str | None = None) -> Reply:
    """A ServiceError with the status, type and text of the published code where no other is given."""
    failure = ERRORS[code]
    status = http or failure.http
    body = {
        "status": status,
        "errorCode": code,
        "message": message or MESSAGES[code],
        "errorType": kind or failure.type,
    }
    return Reply(status, body)


def refuse(code: str, message: str | None = None, *, http: int | None = None) -> Refusal:
    """A request that never began to execute: an idempotency key does not remember it."""
    return Refusal(error_reply(code, message, http=http), began=False)


def unsimulated(what: str, operation: str) -> Refusal:
    """Something that is published and not simulated: 501, so that it can be counted."""
    reply = error_reply(_NO_CODE, f"{what} is published but not simulated.", http=501, kind="configuration")
    return Refusal(reply.marked_unsimulated(operation), began=False)


class AdyenEnvelopes:
    """The core's refusals, in Adyen's words."""

    def malformed(self, problem: MalformedRequest) -> Reply:
        return error_reply(_UNREADABLE, problem.reason, http=problem.status)

    def unknown_route(self, request: Request) -> Reply:
        shown = f"{request.method} {request.path[:200]}"
        return error_reply(_NO_CODE, f"There is nothing at {shown}.", http=404, kind="validation")

    def unimplemented(self, route: Route) -> Reply:
        return unsimulated(f"{route.method} {route.template}", route.operation).reply

    def key_too_long(self, key: str) -> Reply:
        return error_reply("29_001", f"The idempotency key has {len(key)} characters; at most 64 are allowed.")

    def key_in_flight(self, _: str) -> Reply:
        # Seen with 409 and with 422.
        reply = error_reply(_IN_PROGRESS)
        reply.headers.append(_TRANSIENT)
        return reply

    def key_mismatch(self, _: str) -> Reply:
        # That another body under a used key is refused is published; code and status are not certain.
        return error_reply(_IN_PROGRESS, "The idempotency key was first used with another request.", http=422)

    def named(self, code: str, *, http: int | None, param: str | None) -> tuple[Reply, bool]:
        message = MESSAGES[code].replace("{0}", param) if param else None
        return error_reply(code, message, http=http), False

    def overwhelmed(self, status: int) -> tuple[Reply, bool]:
        if status == 429:
            # The status is published, a body for it is not.
            return error_reply(_NO_CODE, "Too many requests.", http=429, kind="validation"), False
        code = _UNAVAILABLE if status == 503 else _INTERNAL
        reply = error_reply(code, http=status, kind="internal")
        if status == 503:
            reply.headers.append(_TRANSIENT)
        return reply, True
