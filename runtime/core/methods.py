"""What a shopper pays with, and who the shopper is."""

from dataclasses import dataclass, field
from typing import ClassVar

from runtime.core.secret import Secret
from runtime.core.vocabulary import PaymentMethodType

__all__ = [
    "NOBODY",
    "Address",
    "BankDebit",
    "Browser",
    "Card",
    "LocalMethod",
    "PaymentMethod",
    "Shopper",
    "StoredMethod",
    "Upi",
    "Wallet",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A card as the shopper typed it; number and code are secrets."""

    number: Secret
    expiry_month: int
    expiry_year: int  # four digits
    cvc: Secret | None = None
    holder: str | None = None
    kind: ClassVar[PaymentMethodType] = PaymentMethodType.CARD


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredMethod:
    """A payment method the gateway already holds, by the gateway's own token for it."""

    token: str
    kind: PaymentMethodType = PaymentMethodType.CARD


@dataclass(frozen=True, slots=True, kw_only=True)
class Wallet:
    """Apple Pay or Google Pay: the token that the wallet's own sheet handed to the shop."""

    kind: PaymentMethodType
    token: Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class BankDebit:
    """A bank account to collect from: an IBAN, or an account number with the routing number of its bank."""

    kind: PaymentMethodType
    account: Secret
    holder: str
    routing: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Upi:
    """UPI: a request to the shopper's address (collect), or without one a link for the shopper's app (intent)."""

    vpa: Secret | None = None
    kind: ClassVar[PaymentMethodType] = PaymentMethodType.UPI


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalMethod:
    """A method that the shopper finishes elsewhere: a redirect, an app, a voucher, a transfer.

    `bank` is the gateway's code of the shopper's bank or wallet, where the method asks for one.
    """

    kind: PaymentMethodType
    bank: str | None = None


PaymentMethod = Card | StoredMethod | Wallet | BankDebit | Upi | LocalMethod


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    line1: str
    city: str
    postal_code: str
    country: str  # ISO 3166-1, two letters
    region: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Browser:
    """What 3D Secure asks of the browser a shopper pays in."""

    user_agent: str
    accept_header: str = "*/*"
    language: str = "en-US"
    color_depth: int = 24
    screen_height: int = 900
    screen_width: int = 1440
    timezone_offset_minutes: int = 0
    java_enabled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Shopper:
    """Who pays. Which of it a payment method needs is the gateway's rule."""

    name: str | None = field(default=None, repr=False)
    email: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)
    tax_id: Secret | None = None
    ip: str | None = field(default=None, repr=False)
    address: Address | None = field(default=None, repr=False)
    browser: Browser | None = None


NOBODY = Shopper()
