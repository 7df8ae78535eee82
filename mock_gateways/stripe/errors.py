"""Stripe's error envelope, and every refusal in it. Message texts are ours; types, codes and statuses are Stripe's.

Sources: docs.stripe.com/api/errors, docs.stripe.com/error-codes, and recorded exchanges.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_gateways.core.messages import Refusal, Reply
from mock_gateways.stripe.tables import ERRORS

if TYPE_CHECKING:
    from mock_gateways.core.messages import Document, MalformedRequest, Request
    from mock_gateways.core.routes import Route

INVALID = "invalid_request_error"


def error_body(message: str, *, kind: str = INVALID, code: str | None = None, **fields: Any) -> Document:
    """The object under `error`: absent fields are left out, as Stripe does."""
    body = {"code": code, "message": message, "type": kind, **fields}
    if code:
        body["doc_url"] = f"https://docs.stripe.com/error-codes/{code.replace('_', '-')}"
    return {name: body[name] for name in sorted(body) if body[name] is not None}


def error_reply(status: int, message: str, *, kind: str = INVALID, code: str | None = None, **fields: Any) -> Reply:
    return Reply(status, {"error": error_body(message, kind=kind, code=code or None, **fields)})


def refuse(message: str, *, param: str | None = None, code: str | None = None, status: int = 400) -> Refusal:
    """A request that never began to execute: an idempotency key does not remember it."""
    return Refusal(error_reply(status, message, code=code, param=param), began=False)


def refuse_begun(message: str, *, code: str | None = None, status: int = 400, **fields: Any) -> Refusal:
    """An operation that began and was refused by the state of things: an idempotency key remembers it."""
    return Refusal(error_reply(status, message, code=code, **fields), began=True)


def missing(kind: str, object_id: str, param: str, *, in_path: bool) -> Refusal:
    """No such object: 404 for an id in the path, 400 for one in a parameter."""
    shown = object_id[:64]
    return refuse(f"No such {kind}: '{shown}'", param=param, code="resource_missing", status=404 if in_path else 400)


def refuse_unsimulated(given: Document, names: tuple[str, ...]) -> None:
    """Raise Refusal for the first of these parameters that asks for anything."""
    for name in names:
        value = given.get(name)
        if value is not None and value is not False and value not in ("", []):
            raise refuse(f"{name} is published but not simulated.", param=name, status=501)


class StripeEnvelopes:
    """The core's refusals, in Stripe's words."""

    def malformed(self, problem: MalformedRequest) -> Reply:
        return error_reply(problem.status, problem.reason)

    def unknown_route(self, request: Request) -> Reply:
        shown = f"{request.method}: {request.path[:200]}"
        return error_reply(404, f"Unrecognized request URL ({shown}). Check the path and the method.")

    def unimplemented(self, route: Route) -> Reply:
        reply = error_reply(501, f"{route.method} {route.template} is published but not simulated.", kind="api_error")
        return reply.marked_unsimulated(route.operation)

    def key_too_long(self, key: str) -> Reply:
        return error_reply(400, f"The idempotency key has {len(key)} characters; at most 255 are allowed.")

    def key_in_flight(self, key: str) -> Reply:
        message = f"Another request with the idempotency key {key} is still in progress."
        return error_reply(409, message, code="idempotency_key_in_use")

    def key_mismatch(self, key: str) -> Reply:
        message = f"The idempotency key {key} was first used with another endpoint or other parameters."
        return error_reply(400, message, kind="idempotency_error")

    def named(self, code: str, *, http: int | None, param: str | None) -> tuple[Reply, bool]:
        failure = ERRORS[code]
        status = http or failure.http
        kind = "api_error" if status >= 500 else failure.type
        reply = error_reply(status, f"Simulated: {code}.", kind=kind, code=code, param=param or failure.param)
        # 402 and 5xx are what Stripe remembers; 409 and 429 are refused before execution.
        return reply, status == 402 or status >= 500 or (failure.kind == "state" and status == 400)

    def overwhelmed(self, status: int) -> tuple[Reply, bool]:
        if status == 429:
            return self.named("rate_limit", http=None, param=None)
        # Source: docs.stripe.com/api/errors (api_error), docs.stripe.com/api/idempotent_requests (5xx are remembered).
        return error_reply(status, f"Simulated: {status}.", kind="api_error"), True
