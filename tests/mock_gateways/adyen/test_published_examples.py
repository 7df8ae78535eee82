"""Every request that Adyen's description shows as an example is taken, or refused for a reason that stands here."""

import json
import re

import pytest

from mock_gateways.adyen import MANIFEST
from tests.mock_gateways.adyen.conftest import Merchant

OPERATIONS = sorted(MANIFEST.operations, key=lambda operation: len(operation.name), reverse=True)
NOT_SIMULATED = (501, "000")
# Why an example is not taken: the status and code, and what is behind them.
REFUSED = {
    "post-payments-details-00.redirect": (422, "14_018"),  # nobody was given this result
    "post-payments-details-3d-secure-2-native": (422, "14_002"),  # the example leaves paymentData out
    "post-payments-oneclick-securedfields": (422, "803"),  # nobody stored this
    "post-payments-subscription-payment": (422, "803"),  # nobody stored this
    "post-payments-on-demand-top-up-from-transfer-instrument": (422, "161"),  # the IBAN is a placeholder
    "post-orders-cancel-basic": (422, "14_037"),  # nobody opened this order
}
UNSIMULATED = {operation.name for operation in MANIFEST.operations if not operation.simulated}


def _requests(folder):
    """Examples that are requests: a name that ends in a status is a reply's."""
    examples = json.loads((folder / "specs" / "adyen-checkout-v72-examples.json").read_text())
    return {
        name: body
        for name, body in examples.items()
        if name.startswith(("post-", "patch-")) and not re.search(r"-\d{3}$", name)
    }


def _operation(name):
    return next(operation for operation in OPERATIONS if name.startswith(operation.name))


def _send(merchant, name, body):
    operation = _operation(name)
    account = body.get("merchantAccount", merchant.account)
    sender = Merchant(merchant.app, merchant.key, account)
    path = operation.path
    if "{paymentPspReference}" in path:
        currency = body.get("amount", {}).get("currency", "EUR")
        path = path.replace("{paymentPspReference}", sender.hold(value=5000, currency=currency))
    if "{linkId}" in path:
        amount = {"value": 8700, "currency": "EUR"}
        link = sender.send("POST", "/v72/paymentLinks", merchantAccount=account, amount=amount, reference="link-1")
        path = path.replace("{linkId}", link.json["id"])
    return sender.send(operation.method, path, **body)


def test_every_example_is_taken_or_refused_for_a_reason(merchant, reference):
    requests = _requests(reference)
    assert len(requests) > 45
    for name, body in requests.items():
        answer = _send(merchant, name, body)
        if name in REFUSED:
            assert (answer.status, answer.json.get("errorCode")) == REFUSED[name], (name, answer.text)
        elif _operation(name).name in UNSIMULATED:
            assert (answer.status, answer.json.get("errorCode")) == NOT_SIMULATED, (name, answer.text)
        else:
            assert answer.status in (200, 201), (name, answer.text)


@pytest.mark.parametrize(
    ("name", "result"),
    [
        ("post-payments-card-direct", "Authorised"),
        ("post-payments-card-securedfields", "Authorised"),
        ("post-payments-card-3d-secure-2-web", "IdentifyShopper"),
        ("post-payments-card-3d-secure-redirect", "RedirectShopper"),
        ("post-payments-ideal", "RedirectShopper"),
        ("post-payments-enableOneClick-SF", "Authorised"),
        ("post-payments-subscription-first-transaction", "Authorised"),
    ],
)
def test_an_example_is_answered_as_its_own_example_says(merchant, reference, name, result):
    examples = json.loads((reference / "specs" / "adyen-checkout-v72-examples.json").read_text())
    answer = _send(merchant, name, examples[name])
    assert answer.result == examples[f"{name}-200"]["resultCode"] == result


def test_a_modification_is_acknowledged_with_the_fields_of_its_example(merchant, reference):
    examples = json.loads((reference / "specs" / "adyen-checkout-v72-examples.json").read_text())
    for name, body in _requests(reference).items():
        if "paymentPspReference" in name:
            assert set(_send(merchant, name, body).json) == set(examples[f"{name}-201"]), name
