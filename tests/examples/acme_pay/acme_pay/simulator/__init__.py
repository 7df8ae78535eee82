"""Acme Pay, simulated. Written from API.md alone; it shares no table with the connector."""

import json
import re
from collections.abc import Mapping

from acme_pay.simulator.manifest import MANIFEST
from acme_pay.simulator.payments import HANDLERS, Store, listen, payment_state, situation
from acme_pay.simulator.replies import SIGNER, AcmeEnvelopes, refuse
from mock_gateways.core.approvals import Approval, Decided
from mock_gateways.core.clock import DAY_S
from mock_gateways.core.credentials import LIVE
from mock_gateways.core.gateway import Gateway
from mock_gateways.core.idempotency import Rules
from mock_gateways.core.messages import Document, Reply, Request
from mock_gateways.core.routes import Route
from mock_gateways.core.tenants import World

__all__ = ["GATEWAY", "MANIFEST"]

_is_test_key = re.compile(r"acme_test_[A-Za-z0-9_]{1,200}").fullmatch


def _refuse_credential(key: str) -> str | None:
    """Why a key opens no tenant, or None for a well-formed test key."""
    if _is_test_key(key):
        return None
    return LIVE if key.startswith("acme_live_") else "it is no test key of Acme Pay's (acme_test_...)"


def _credential(request: Request, _: Mapping[str, int | str]) -> str:
    scheme, _space, key = request.headers.get("authorization", "").partition(" ")
    if scheme != "Bearer" or _refuse_credential(key) is not None:
        raise refuse("unauthorised", "no such key")
    return key


def _decode(request: Request) -> Document:
    if request.method == "GET":
        return {}
    try:
        body = json.loads(request.body or b"{}")
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise refuse("invalid_request", "the body is no JSON object")
    return body


def _rules(_: Mapping[str, int | str]) -> Rules:
    return Rules("idempotency-key", frozenset({"POST"}), 64, DAY_S)


def _dress(request: Request, reply: Reply, original: str | None) -> None:
    reply.headers.append(("Acme-Request-Id", original or request.id))


def _approve(_: World, approval: Approval, __: str) -> Decided:
    raise AssertionError(f"nothing at Acme Pay waits for anybody: {approval.id}")


GATEWAY = Gateway(
    name="acme_pay",
    title="Acme Pay",
    routes=tuple(Route(one.method, one.path, one.name, HANDLERS[one.name]) for one in MANIFEST.operations),
    manifest=MANIFEST,
    idempotency=_rules,
    retry_after_s=(60, 600, 3600),
    signer=SIGNER,
    envelopes=AcmeEnvelopes(),
    new_store=Store,
    credential=_credential,
    refuse_credential=_refuse_credential,
    test_credential="acme_test_{name}",
    decode=_decode,
    dress=_dress,
    situation=situation,
    payment_state=payment_state,
    approve=_approve,
    listen=listen,
)
