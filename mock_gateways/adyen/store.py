"""What one Adyen tenant holds. No card number or security code is among it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from mock_gateways.core.endpoints import Endpoint
    from mock_gateways.core.messages import Document
    from mock_gateways.core.tenants import World


@dataclass(slots=True)
class Means:
    """How a payment is made: the type and brand on the wire, what may be shown of it, and what it will cause.

    `code` is the refusal that a test asked for; `behaviour` what happens later, such as "refund_fails".
    """

    type: str
    brand: str
    kind: str
    course: str
    shown: dict[str, str] = field(default_factory=dict)
    three_ds: bool = False
    code: str | None = None
    behaviour: str = ""


@dataclass(slots=True)
class Shopper:
    """Who pays, and what is agreed on later payments; `store` when the details are to be kept."""

    reference: str = ""
    email: str = ""
    interaction: str = "Ecommerce"
    model: str = ""
    store: bool = False


@dataclass(slots=True)
class Payment:
    """One payment; amounts are minor units of Adyen's own.

    `delay` is the seconds until it is captured automatically, or None where the merchant captures. `sealed` maps each
    purpose to the text that stands for this payment; `waits_for` is what the shopper is asked for; `decided` what the
    shopper or bank has answered; `last` the last reply, which asking again repeats.
    """

    psp: str
    reference: str
    account: str
    currency: str
    value: int
    means: Means
    shopper: Shopper
    created: int
    delay: int | None
    return_url: str = ""
    state: str = "new"
    authorised: int = 0
    captured: int = 0
    released: int = 0
    refunded: int = 0
    disputed: int = 0
    authenticated: bool = False
    pre_authorisation: bool = False
    waits_for: str = ""
    decided: str = ""
    order: str = ""
    sealed: dict[str, str] = field(default_factory=dict)
    last: Document | None = None

    @property
    def held(self) -> int:
        return self.authorised - self.captured - self.released

    @property
    def refundable(self) -> int:
        return self.captured - self.refunded


@dataclass(slots=True)
class Token:
    """Stored payment details, and what a payment with them will be made of."""

    id: str
    shopper: str
    means: Means
    document: Document
    models: list[str]


@dataclass(slots=True)
class Dispute:
    """A dispute: `status` is Adyen's disputeStatus, `documents` the codes of what was supplied."""

    psp: str
    payment: str
    value: int
    reason: str
    scheme: str
    status: str
    ends_at: int
    documents: list[str] = field(default_factory=list)
    withdrawn: bool = True
    over: bool = False


@dataclass(slots=True)
class Store:
    """The objects of a tenant by id."""

    payments: dict[str, Payment] = field(default_factory=dict)
    by_reference: dict[str, list[str]] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    disputes: dict[str, Dispute] = field(default_factory=dict)
    sessions: dict[str, Document] = field(default_factory=dict)
    links: dict[str, Document] = field(default_factory=dict)
    orders: dict[str, Document] = field(default_factory=dict)
    # Standard webhooks; the secret of each is its HMAC key in hexadecimal.
    endpoints: list[Endpoint] = field(default_factory=list)


def store_of(world: World) -> Store:
    return cast("Store", world.store)


def keep(world: World, payment: Payment) -> None:
    """Put a new payment where it is found by its own and by the merchant's reference."""
    store = store_of(world)
    store.payments[payment.psp] = payment
    store.by_reference.setdefault(payment.reference, []).append(payment.psp)
