"""Stored payment details: kept with a payment, listed, used again and forgotten.

Sources: docs.adyen.com/online-payments/tokenization; examples of Checkout v72; the RECURRING_CONTRACT item of Webhooks
v1, whose pspReference is the token.
"""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from mock_gateways.adyen.errors import refuse
from mock_gateways.adyen.means import read_means
from mock_gateways.adyen.notifications import event_date, post, post_body
from mock_gateways.adyen.references import new_reference
from mock_gateways.adyen.requests import check
from mock_gateways.adyen.store import Token, store_of
from mock_gateways.core.messages import Reply

if TYPE_CHECKING:
    from mock_gateways.adyen.store import Means, Payment
    from mock_gateways.core.messages import Document, Request
    from mock_gateways.core.tenants import World

# Which webhooks tell of stored details: the older item, or one that has a type of its own; any other value is both.
BY_CONTRACT, BY_TYPE = "RECURRING_CONTRACT", "recurring.token"
MODELS = ("CardOnFile", "Subscription", "UnscheduledCardOnFile")


def store_token(world: World, payment: Payment) -> dict[str, str]:
    """Keep the details of a payment; what its reply says of that, and the webhook that tells of it."""
    shopper = payment.shopper.reference
    token = _make(world, payment.means, shopper, payment.shopper.email)
    if world.settings["token_webhooks"] != BY_TYPE:
        _tell(world, payment, token)
    if world.settings["token_webhooks"] != BY_CONTRACT:
        _tell_by_type(world, payment.psp, payment.account, token, "created")
    return {
        "tokenization.shopperReference": shopper,
        "tokenization.storedPaymentMethodId": token.id,
        "tokenization.store.operationType": "created",
    }


def _make(world: World, means: Means, shopper: str, email: str) -> Token:
    kept = deepcopy(means)
    # What a test asked of this one payment is not asked of later ones.
    kept.code, kept.behaviour = None, ""
    document: Document = {"id": new_reference(world), "type": means.type, "shopperReference": shopper}
    names = {"expiryMonth": "expiryMonth", "expiryYear": "expiryYear", "cardHolderName": "holderName"}
    names |= {"cardSummary": "lastFour", "ownerName": "ownerName", "iban": "iban"}
    document |= {theirs: means.shown[ours] for ours, theirs in names.items() if means.shown.get(ours)}
    if means.brand:
        document |= {"brand": means.brand, "name": means.brand.upper()}
    if email:
        document["shopperEmail"] = email
    document["supportedRecurringProcessingModels"] = list(MODELS)
    token = Token(document["id"], shopper, kept, document, list(MODELS))
    store_of(world).tokens[token.id] = token
    return token


def _tell(world: World, payment: Payment, token: Token) -> None:
    more = {"shopperReference": token.shopper, "recurring.recurringDetailReference": token.id}
    post(
        world,
        {
            "additionalData": more,
            "amount": {"currency": payment.currency, "value": 0},
            "eventCode": "RECURRING_CONTRACT",
            "eventDate": event_date(world.clock.now()),
            "merchantAccountCode": payment.account,
            "merchantReference": payment.reference,
            "originalPsp": payment.psp,
            "originalReference": payment.psp,
            "paymentMethod": payment.means.brand or payment.means.type,
            "pspReference": token.id,
            "reason": "",
            "success": "true",
        },
    )


def _tell_by_type(world: World, event: str, account: str, token: Token, done: str) -> None:
    """The webhook of its own that tells of a token; `event` is the reference of what caused it.

    Source: docs.adyen.com/api-explorer/Tokenization-webhooks/1.
    """
    kind = f"recurring.token.{done}"
    data = {"merchantAccount": account, "storedPaymentMethodId": token.id, "shopperReference": token.shopper}
    data["type"] = token.means.brand or token.means.type
    if done == "created":
        data["operation"] = done
    document = {"createdAt": event_date(world.clock.now()), "environment": "test", "eventId": event, "type": kind}
    post_body(world, kind, event, {**document, "version": "1", "data": data})


def _of_shopper(world: World, shopper: Any) -> list[Token]:
    return [token for token in store_of(world).tokens.values() if shopper in (None, token.shopper)]


def stored_methods(world: World, shopper: str) -> list[Document]:
    """The stored details of a shopper as /paymentMethods lists them."""
    left_out = ("shopperReference",)
    return [
        {name: value for name, value in token.document.items() if name not in left_out}
        | {"supportedShopperInteractions": ["Ecommerce", "ContAuth"]}
        for token in _of_shopper(world, shopper)
    ]


def list_tokens(world: World, request: Request) -> Reply:
    given = request.parameters
    shopper = given.get("shopperReference")
    if "merchantAccount" not in given:
        raise refuse("901")
    document: Document = {"merchantAccount": given["merchantAccount"]}
    if shopper is not None:
        document["shopperReference"] = shopper
    return Reply(200, {**document, "storedPaymentMethods": [t.document for t in _of_shopper(world, shopper)]})


def create_token(world: World, request: Request) -> Reply:
    """Details stored without a payment; nobody asks the issuer about them here."""
    given = check(world, request)
    means = read_means(world, given["paymentMethod"], None, {})
    if not 3 <= len(given["shopperReference"]) <= 256:
        raise refuse("180")
    token = _make(world, means, given["shopperReference"], given.get("shopperEmail", ""))
    return Reply(201, token.document)


def delete_token(world: World, request: Request) -> Reply:
    given = request.parameters
    if "merchantAccount" not in given:
        raise refuse("901")
    token = store_of(world).tokens.get(request.ids["storedPaymentMethodId"])
    if "shopperReference" not in given:
        raise refuse("121")
    if token is None or token.shopper != given["shopperReference"]:
        raise refuse("803")
    del store_of(world).tokens[token.id]
    if world.settings["token_webhooks"] != BY_CONTRACT:
        _tell_by_type(world, new_reference(world), given["merchantAccount"], token, "disabled")
    return Reply(204, raw=b"")
