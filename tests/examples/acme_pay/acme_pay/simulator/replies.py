"""Acme Pay's refusals in its own words, and how it signs. Source: API.md, Errors and Webhooks."""

import hashlib
import hmac
import json
from collections.abc import Callable

from acme_pay.simulator.manifest import ERRORS
from mock_gateways.core.messages import MalformedRequest, Refusal, Reply, Request, compact
from mock_gateways.core.outbox import Headers, Letter, Signer
from mock_gateways.core.routes import Route

__all__ = ["SIGNER", "AcmeEnvelopes", "refuse"]


def error(code: str, message: str, status: int | None = None) -> Reply:
    return Reply(status or ERRORS[code], {"error": {"code": code, "message": message}})


def refuse(code: str, message: str) -> Refusal:
    """What Acme Pay will not begin with; an idempotency key does not remember it."""
    return Refusal(error(code, message), began=False)


class AcmeEnvelopes:
    """What the core refuses, in Acme Pay's words."""

    def malformed(self, problem: MalformedRequest) -> Reply:
        return error("invalid_request", problem.reason, problem.status)

    def unknown_route(self, _: Request) -> Reply:
        return error("not_found", "there is no such page")

    def unimplemented(self, route: Route) -> Reply:
        return error("internal_error", "not simulated", 501).marked_unsimulated(route.operation)

    def key_too_long(self, _: str) -> Reply:
        return error("invalid_request", "an idempotency key has at most 64 characters")

    def key_in_flight(self, _: str) -> Reply:
        return error("key_in_use", "the first request with this key is still under way")

    def key_mismatch(self, _: str) -> Reply:
        return error("key_reused", "this key came with another request")

    def named(self, code: str, *, http: int | None, param: str | None) -> tuple[Reply, bool]:
        del param
        return error(code, "on purpose", http), ERRORS[code] >= 500

    def overwhelmed(self, status: int) -> tuple[Reply, bool]:
        code = "rate_limited" if status == 429 else "internal_error"
        return error(code, "on purpose", status), status >= 500


def _signature(secret: str, body: str, at: int, algorithm: str = "sha256") -> str:
    return hmac.new(secret.encode(), f"{at}.{body}".encode(), getattr(hashlib, algorithm)).hexdigest()


def _headers(at: int, signature: str) -> Headers:
    return {"Acme-Timestamp": str(at), "Acme-Signature": signature}


def sign(secret: str, body: str, at: int) -> Headers:
    return _headers(at, _signature(secret, body, at))


def _bearing(signature: Callable[[Letter], str]) -> Callable[[Letter], tuple[Headers, str]]:
    return lambda letter: (_headers(letter.at, signature(letter)), letter.body)


def _saying(change: Callable[[str], str]) -> Callable[[Letter], tuple[Headers, str]]:
    """Another body, under the signature of the right one."""
    return lambda letter: (sign(letter.secret, letter.body, letter.at), change(letter.body))


def _more(body: str) -> str:
    notice = json.loads(body)
    notice["data"]["amount"] += 100
    return compact(notice)


def _unheard_of(letter: Letter) -> tuple[Headers, str]:
    body = compact({**json.loads(letter.body), "type": "assay.never_heard_of"})
    return sign(letter.secret, body, letter.at), body


def _lower_case(letter: Letter) -> tuple[Headers, str]:
    return {name.lower(): value for name, value in sign(letter.secret, letter.body, letter.at).items()}, letter.body


SIGNER = Signer(
    sign,
    {
        "genuine": _bearing(lambda letter: _signature(letter.secret, letter.body, letter.at)),
        "wrong_secret": _bearing(lambda letter: _signature(letter.other_secret, letter.body, letter.at)),
        "truncated_signature": _bearing(lambda letter: _signature(letter.secret, letter.body, letter.at)[:32]),
        "empty_signature": _bearing(lambda _: ""),
        "other_algorithm": _bearing(lambda letter: _signature(letter.secret, letter.body, letter.at, "sha1")),
        "missing_signature": lambda letter: ({"Acme-Timestamp": str(letter.at)}, letter.body),
        "altered_body": _saying(_more),
        "reserialised_body": _saying(lambda body: json.dumps(json.loads(body), indent=2)),
        "unknown_event": _unheard_of,
        "header_case": _lower_case,
    },
)
