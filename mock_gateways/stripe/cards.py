"""Card data at the door: only published test cards come in, and only their last four digits are kept.

Source: docs.stripe.com/testing (numbers, and the magic values of expiry and security code).
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from mock_gateways.core.cards import bare_number, full_year, has_expired, is_card_number, is_security_code, today
from mock_gateways.core.messages import Refusal
from mock_gateways.stripe.errors import error_reply, missing, refuse
from mock_gateways.stripe.tables import ALIASES, CARDS

if TYPE_CHECKING:
    from mock_gateways.core.messages import Document
    from mock_gateways.core.tenants import World
    from mock_gateways.stripe.tables import PublishedCard

WALLETS = ("apple_pay", "google_pay")
TOKEN = "tok_"  # noqa: S105 - a prefix


def _card_error(message: str, code: str, **fields: Any) -> Refusal:
    return Refusal(error_reply(402, message, kind="card_error", code=code, **fields), began=True)


def read_card(world: World, given: Document, param: str) -> tuple[PublishedCard, Document]:
    """The published card behind card parameters, and the `card` object of a PaymentMethod.

    Raises Refusal: 402 for card data Stripe refuses, 400 for parameters that are missing.
    """
    if "token" in given:
        return _of_token(world, given["token"], f"{param}[token]")
    for name in ("number", "exp_month", "exp_year"):
        if name not in given:
            raise refuse(
                f"Missing required param: {param}[{name}].", param=f"{param}[{name}]", code="parameter_missing"
            )
    _check_expiry(world, given["exp_month"], given["exp_year"])
    _check_security_code(given)
    card = _published(bare_number(given["number"]))
    month, year = given["exp_month"], full_year(given["exp_year"])
    return card, card_object(world, card, month=month, year=year, cvc="cvc" in given)


def _of_token(world: World, token: str, param: str) -> tuple[PublishedCard, Document]:
    """A published `tok_…`; with a wallet's name behind it, the token that this wallet would hand over.

    Stripe publishes no test token of a wallet: `tok_visa_apple_pay` and its like are the simulator's own.
    """
    name, wallet = token.removeprefix(TOKEN), None
    for suffix in WALLETS:
        if name.endswith(f"_{suffix}"):
            name, wallet = name.removesuffix(f"_{suffix}"), suffix
    card = ALIASES.get(f"pm_card_{name}")
    if card is None or not token.startswith(TOKEN):
        raise missing("token", token, param, in_path=False)
    shown = card_object(world, card, cvc=True)
    if wallet is not None:
        # A wallet sends a device's number, of which no more than its last digits are ever shown.
        shown["wallet"] = {wallet: {}, "dynamic_last4": card.number[-4:], "type": wallet}
    return card, shown


def _check_expiry(world: World, month: int, year: int) -> None:
    this_year = today(world.clock.now()).year
    if not 1 <= month <= 12:
        raise _card_error("The expiration month of the card is invalid.", "invalid_expiry_month", param="exp_month")
    if not this_year <= full_year(year) <= this_year + 50:
        raise _card_error("The expiration year of the card is invalid.", "invalid_expiry_year", param="exp_year")
    if has_expired(world.clock.now(), full_year(year), month):
        raise _card_error("The expiration month of the card is invalid.", "invalid_expiry_month", param="exp_month")


def _check_security_code(given: Document) -> None:
    if not is_security_code(given.get("cvc", "000")):
        raise _card_error("The security code of the card is invalid.", "invalid_cvc", param="cvc")


def _published(number: str) -> PublishedCard:
    if not is_card_number(number):
        raise _card_error("The card number is incorrect.", "incorrect_number", param="number")
    if number not in CARDS:
        # The number is a real card's, or could be: it is refused before anything is kept.
        message = "The card was declined: in test mode only published test cards are accepted."
        raise _card_error(message, "card_declined", decline_code="test_mode_live_card")
    return CARDS[number]


def card_object(
    world: World, card: PublishedCard, *, month: int = 12, year: int | None = None, cvc: bool = True
) -> Document:
    """The `card` hash of a PaymentMethod."""
    years_on = today(world.clock.now()).year + 4
    return {
        "brand": card.brand,
        "checks": {
            "address_line1_check": None,
            "address_postal_code_check": None,
            "cvc_check": "unchecked" if cvc else None,
        },
        "country": card.country,
        "display_brand": card.brand,
        "exp_month": month,
        "exp_year": year or years_on,
        "fingerprint": blake2b(f"{world.id}{card.number}".encode(), digest_size=8).hexdigest(),
        "funding": card.funding,
        "generated_from": None,
        "last4": card.number[-4:],
        "networks": {"available": [card.brand], "preferred": None},
        "regulated_status": "unregulated",
        "three_d_secure_usage": {"supported": card.behaviour != "not_supported"},
        "wallet": None,
    }
