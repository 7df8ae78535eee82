"""What a payment request says of the shopper and of the method that pays: the parts of PaymentRequest.

Source: the schemas PaymentRequest, CardDetails, ApplePayDetails, GooglePayDetails, AchDetails, SepaDirectDebitDetails,
UpiCollectDetails, UpiIntentDetails, BillingAddress, ShopperName, BrowserInfo and LineItem of CheckoutService-v72.
"""

import re
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any
from urllib.parse import urlsplit

from pydantic.alias_generators import to_camel

from runtime.connectors.adyen import tables
from runtime.core import payments
from runtime.core.bodies import JsonValue

Fields = dict[str, JsonValue]
_house_first = re.compile(r"(?P<number>\d\S*)\s+(?P<street>.+)").fullmatch
_house_last = re.compile(r"(?P<street>.+?)[\s,]+(?P<number>\d\S*)").fullmatch


def details(row: tables.Method, method: payments.PaymentMethod) -> Fields:
    """The `paymentMethod` of a request."""
    return {"type": row.name, "subtype": tables.SUBTYPES.get(row.name), **_GIVEN[row.given](row.datum, method)}


def _card(datum: str, card: payments.Card) -> Fields:
    month, year, code = f"{card.expiry_month:02}", str(card.expiry_year), card.cvc and card.cvc.reveal()
    number = {datum: card.number.reveal(), "expiryMonth": month, "expiryYear": year}
    return {**number, "cvc": code or None, "holderName": card.holder}


def _wallet(datum: str, wallet: payments.Wallet) -> Fields:
    """Apple's `paymentData` goes as base64, Google's token as it is."""
    token = wallet.token.reveal()
    is_plain = datum == "applePayToken" and token.startswith("{")
    return {datum: b64encode(token.encode()).decode() if is_plain else token}


_GIVEN: Mapping[type, Callable[[str, Any], Fields]] = {
    payments.Card: _card,
    payments.Wallet: _wallet,
    payments.BankDebit: lambda at, it: {at: it.account.reveal(), "bankLocationId": it.routing, "ownerName": it.holder},
    payments.Upi: lambda at, it: {at: it.vpa.reveal()} if it.vpa else {"type": tables.UPI_INTENT},
    payments.LocalMethod: lambda at, it: {at: it.bank},
}


def invoice(row: tables.Method, amount: Fields, shopper: payments.Shopper) -> Fields:
    """What buy-now-pay-later asks for; the command names no items, so the whole amount is one."""
    if not row.invoiced:
        return {}
    price: Fields = dict.fromkeys(("amountIncludingTax", "amountExcludingTax"), amount["value"])
    item: Fields = {"id": "1", "description": "Order", "quantity": 1, "taxAmount": 0, "taxPercentage": 0}
    return {"lineItems": [{**item, **price}], "deliveryAddress": _address(shopper.address)}


def person(shopper: payments.Shopper) -> Fields:
    first, _, last = (shopper.name or "").strip().rpartition(" ")
    return {
        "shopperName": {"firstName": first or last, "lastName": last} if last else None,
        "shopperEmail": shopper.email,
        "telephoneNumber": shopper.phone,
        "socialSecurityNumber": shopper.tax_id.reveal() if shopper.tax_id else None,
        "shopperIP": shopper.ip,
        "countryCode": shopper.address.country if shopper.address else None,
        "billingAddress": _address(shopper.address),
    }


def _address(address: payments.Address | None) -> Fields | None:
    """Adyen wants the number of the house by itself. Doubt: no page says what to send for a house without one."""
    if address is None:
        return None
    found = _house_first(address.line1) or _house_last(address.line1)
    number, street = found.group("number", "street") if found else ("N/A", address.line1)
    where: Fields = {"city": address.city, "postalCode": address.postal_code, "country": address.country}
    return {"houseNumberOrName": number, "street": street, **where, "stateOrProvince": address.region}


def browser(told: payments.Browser | None, return_url: str, *, native_3ds: bool) -> Fields:
    """What 3D Secure 2 in a browser asks for: browserInfo, origin and channel."""
    if told is None:
        return {}
    info = {to_camel(name): value for name, value in asdict(told).items()}
    info["timeZoneOffset"] = info.pop("timezoneOffsetMinutes")
    native: Fields = {"threeDSRequestData": {"nativeThreeDS": "preferred" if native_3ds else None}}
    origin = "://".join(urlsplit(return_url)[:2])
    return {"browserInfo": info, "channel": "Web", "origin": origin, "authenticationData": native}
