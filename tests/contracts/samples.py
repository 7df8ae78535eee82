"""A contract as a test wants it: small, whole, and of its own making."""

from contracts.format import Contract, sealed
from contracts.policy import load
from tests.gateways import WIDEST

GATEWAY = WIDEST
HOST = f"https://{load(GATEWAY).hosts[0]}"
KEY_ENV = load(GATEWAY).credentials[0].env
SCHEME = load(GATEWAY).scheme
PROVENANCE = {
    "source": "sandbox", "upstream": HOST, "recorded_at": "2026-11-01T00:00:00Z",
    "expires_at": "2027-03-01T00:00:00Z", "recorder": "assay",
}  # fmt: skip
CREATE = {
    "id": "create", "kind": "http",
    "request": {
        "method": "POST", "path": "/v1/payments",
        "headers": {"authorization": "Bearer {{secret.api_key}}", "idempotency-key": "{{create.key}}"},
        "body": {"form": {"amount": "1000", "currency": "eur", "card[number]": "{{card.visa.pan}}"}},
    },
    "response": {
        "status": 200, "headers": {"content-type": "application/json"}, "within_ms": 100,
        "body": {"json": {
            "id": "{{create.id}}", "amount": 1000, "status": "requires_capture", "created": 1767225600,
            "card": {"last4": "{{card.visa.last4}}"},
        }},
        "match": {"$.body.created": {"match": "integer", "volatile": True}},
    },
    "capture": {
        "create.id": {"in": "response", "from": "$.body.id", "pattern": "pi_[0-9A-Za-z]{24}"},
        "create.key": {"in": "request", "from": "$.headers.idempotency-key", "pattern": "[0-9a-f]{32}"},
    },
}  # fmt: skip
CAPTURE = {
    "id": "capture", "kind": "http",
    "request": {
        "method": "POST", "path": "/v1/payments/{{create.id}}/capture",
        "headers": {"authorization": "Bearer {{secret.api_key}}"}, "body": {"form": {"amount": "700"}},
    },
    "response": {
        "status": 200, "headers": {"content-type": "application/json"},
        "body": {"json": {"id": "{{create.id}}", "amount": 700, "status": "succeeded", "tags": ["a"], "note": None}},
    },
}  # fmt: skip
TOLD = {
    "id": "told", "kind": "webhook", "after": ["capture"],
    "signature": {"scheme": SCHEME, "verified_at_record": True},
    "request": {
        "method": "POST", "path": "/webhooks", "headers": {"content-type": "application/json"},
        "body": {"json": {"type": "payment.succeeded", "created": 1767225600, "data": {"id": "{{create.id}}"}}},
    },
}  # fmt: skip
SECRETS = {
    "secret.api_key": {"kind": "api key", "env": "TEST_KEY", "pattern": "sk_test_[0-9A-Za-z]{24}"},
    "secret.webhook": {"kind": "webhook secret", "pattern": "whsec_[0-9A-Za-z]{24}"},
}


def document(*steps, **changes):
    return {
        "assay_contract": 1, "id": f"{GATEWAY}/hold-and-capture", "title": "hold, then capture a part",
        "gateway": GATEWAY, "provenance": PROVENANCE, "secrets": SECRETS, "cards": ["visa"],
        "steps": list(steps or (CREATE, CAPTURE)),
    } | changes  # fmt: skip


def contract(*steps, **changes) -> Contract:
    made = Contract.model_validate(document(*steps, **changes))
    return sealed(made)
