"""What one Stripe tenant holds: the documents as Stripe shows them, and what it knows besides."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from mock_gateways.core.settings import text_setting
from mock_gateways.core.shelf import Shelf

if TYPE_CHECKING:
    from mock_gateways.core.messages import Document
    from mock_gateways.core.tenants import World
    from mock_gateways.stripe.tables import Account, PublishedCard


@dataclass(slots=True)
class Intent:
    """A PaymentIntent, and what it does not show: options asked for, and the attempt that waits for the shopper."""

    document: Document
    exponent: int
    options: Document = field(default_factory=dict)
    pending_method: str | None = None
    acceptance: Document | None = None
    # How often micro-deposits were guessed, and the Checkout session that this payment completes.
    tries: int = 0
    session: str | None = None


@dataclass(slots=True)
class Method:
    """A PaymentMethod and the test card or account behind it.

    `set_up` after an authenticated off-session set-up; `verified` once micro-deposits have proved a bank account;
    `mandate` is the id of the newest mandate.
    """

    document: Document
    card: PublishedCard
    set_up: bool = False
    detached: bool = False
    account: Account | None = None
    verified: bool = False
    mandate: str | None = None


@dataclass(slots=True)
class Setup:
    """A SetupIntent, and what it does not show: how it was asked for, and the attempt that waits."""

    document: Document
    pending_method: str | None = None
    acceptance: Document | None = None
    return_url: str | None = None
    tries: int = 0


@dataclass(slots=True)
class Dispute:
    """A dispute, and the payment whose money it is about."""

    document: Document
    payment: str
    withdrawn: bool = False


@dataclass(slots=True)
class Session:
    """A Checkout session, its line items, and the parameters of what it will create."""

    document: Document
    items: list[Document]
    inner: Document = field(default_factory=dict)


@dataclass(slots=True)
class StoredEvent:
    """An event whose object is kept as text: it shows the object as it was then."""

    id: str
    type: str
    created: int
    text: str
    request: Document
    pending_webhooks: int


@dataclass(slots=True)
class Endpoint:
    """A webhook endpoint; its secret is shown on creation only."""

    document: Document
    secret: str


@dataclass(slots=True)
class Store:
    """The objects of a tenant by type."""

    intents: Shelf[Intent] = field(default_factory=lambda: Shelf("customer"))
    charges: Shelf[Document] = field(default_factory=lambda: Shelf("payment_intent", "customer"))
    refunds: Shelf[Document] = field(default_factory=lambda: Shelf("payment_intent", "charge"))
    methods: Shelf[Method] = field(default_factory=lambda: Shelf("customer"))
    customers: Shelf[Document] = field(default_factory=lambda: Shelf("email"))
    deleted_customers: dict[str, Document] = field(default_factory=dict)
    # What the merchant gave back of each charge, in minor units; releases are not in it.
    returned: dict[str, int] = field(default_factory=dict)
    events: Shelf[StoredEvent] = field(default_factory=lambda: Shelf("type"))
    endpoints: Shelf[Endpoint] = field(default_factory=Shelf)
    balance_transactions: Shelf[Document] = field(default_factory=Shelf)
    setups: Shelf[Setup] = field(default_factory=lambda: Shelf("customer"))
    setup_attempts: Shelf[Document] = field(default_factory=lambda: Shelf("setup_intent"))
    mandates: Shelf[Document] = field(default_factory=lambda: Shelf("payment_method"))
    disputes: Shelf[Dispute] = field(default_factory=lambda: Shelf("charge", "payment_intent"))
    sessions: Shelf[Session] = field(default_factory=lambda: Shelf("intent"))


def store_of(world: World) -> Store:
    return cast("Store", world.store)


def code_setting(world: World, name: str) -> str | None:
    """A code that the facts leave open; an empty one means that the reply has none."""
    return text_setting(world, name) or None
