"""POST /paymentMethods: what a shopper can be offered. Source: Checkout v72 and its examples."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_gateways.adyen.requests import check, read_amount
from mock_gateways.adyen.tables import CARDS, METHODS
from mock_gateways.adyen.tokens import stored_methods
from mock_gateways.core.messages import Reply

if TYPE_CHECKING:
    from mock_gateways.core.messages import Document, Request
    from mock_gateways.core.tenants import World


def list_methods(world: World, request: Request) -> Reply:
    """The methods of a currency, none that is retired, and what the shopper has stored."""
    given = check(world, request)
    currency = read_amount(world, given)[1].code if "amount" in given else None
    allowed, blocked = given.get("allowedPaymentMethods") or (), given.get("blockedPaymentMethods") or ()
    shown: list[Document] = []
    for name, offered in METHODS.items():
        method = offered.method
        elsewhere = currency is not None and method.currencies and currency not in method.currencies
        if method.course == "retired" or elsewhere or name in blocked or (allowed and name not in allowed):
            continue
        entry: Document = {"name": offered.title, "type": name}
        if name == "scheme":
            entry["brands"] = sorted({card.brand for card in CARDS.values()})
        shown.append(entry)
    document: Document = {"paymentMethods": shown}
    if "shopperReference" in given and (stored := stored_methods(world, given["shopperReference"])):
        document["storedPaymentMethods"] = stored
    return Reply(200, document)
