"""Razorpay's error envelope, and every refusal in it.

Sources: razorpay.com/docs/errors, the error tables of razorpay.com/docs/api. An unknown id and an unknown URL are 400.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_gateways.core.messages import Refusal, Reply
from mock_gateways.razorpay.tables import BAD_REQUEST, GATEWAY, REASONS, SERVER

if TYPE_CHECKING:
    from mock_gateways.core.messages import Document, MalformedRequest, Request
    from mock_gateways.core.routes import Route

NOTHING = "NA"
_STATUS = {BAD_REQUEST: 400, GATEWAY: 502, SERVER: 500}


def error_reply(status: int, description: str, *, code: str = BAD_REQUEST, **fields: Any) -> Reply:
    """The envelope: source, step and reason are "NA" where nothing is known; `field` appears where one is at fault."""
    body: Document = {
        "code": code,
        "description": description,
        "source": fields.get("source") or NOTHING,
        "step": fields.get("step") or NOTHING,
        "reason": fields.get("reason") or NOTHING,
        "metadata": fields.get("metadata") or {},
    }
    if fields.get("field") is not None:
        body["field"] = fields["field"]
    return Reply(status, {"error": body})


def refuse(description: str, *, field: str | None = None, status: int = 400, **fields: Any) -> Refusal:
    """A request that fails validation, in the words that the published samples have for it."""
    known = {"source": "business", "step": "payment_initiation", "reason": "input_validation_failed", **fields}
    return Refusal(error_reply(status, description, field=field, **known), began=False)


def refuse_reason(reason: str, description: str, *, status: int = 400, **fields: Any) -> Refusal:
    """A refusal for a published reason."""
    row = REASONS[reason]
    known = {"code": row.code, "source": row.source, "step": row.step, "reason": reason, **fields}
    return Refusal(error_reply(status, description, **known), began=True)


def unsimulated(field: str) -> Refusal:
    return refuse(f"{field} is published but not simulated.", field=field, status=501, code=SERVER)


def refuse_unsimulated(given: Document, names: tuple[str, ...]) -> None:
    """Raise Refusal for the first of these fields that asks for anything."""
    for name in names:
        if given.get(name):
            raise unsimulated(name)


def check_money(*, forced: bool) -> None:
    """Raise Refusal for a payment that a fault put into its state: nothing more can be done with it."""
    if forced:
        raise refuse("No money stands behind a payment that a fault forced into its state.")


def unauthorized(status: int, description: str) -> Refusal:
    return Refusal(error_reply(status, description), began=False)


class RazorpayEnvelopes:
    """The core's refusals, in Razorpay's words."""

    def malformed(self, problem: MalformedRequest) -> Reply:
        return error_reply(problem.status, problem.reason)

    def unknown_route(self, _: Request) -> Reply:
        return error_reply(400, "The requested URL was not found on the server.")

    def unimplemented(self, route: Route) -> Reply:
        reply = error_reply(501, f"{route.method} {route.template} is published but not simulated.", code=SERVER)
        return reply.marked_unsimulated(route.operation)

    def key_too_long(self, _: str) -> Reply:
        return error_reply(400, "The idempotency key is too long.")

    def key_in_flight(self, _: str) -> Reply:
        return error_reply(409, "Another request with the same idempotency key is still in progress.")

    def key_mismatch(self, _: str) -> Reply:
        return error_reply(409, "Different request with the same idempotency key has already been processed.")

    def named(self, code: str, *, http: int | None, param: str | None) -> tuple[Reply, bool]:
        status = http or _STATUS[code]
        reply = error_reply(status, f"Simulated: {code}.", code=code, field=param)
        return reply, status >= 500

    def overwhelmed(self, status: int) -> tuple[Reply, bool]:
        if status == 429:
            return error_reply(429, "Too many requests."), False
        return error_reply(status, f"Simulated: {status}.", code=SERVER if status == 500 else GATEWAY), True
