"""What one Razorpay tenant holds: the entities as Razorpay shows them, and what it knows besides."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from mock_gateways.core.shelf import Shelf

if TYPE_CHECKING:
    from mock_gateways.core.endpoints import Endpoint
    from mock_gateways.core.messages import Document
    from mock_gateways.core.tenants import World


@dataclass(slots=True)
class Order:
    """An order, and what it does not show: when payments of it are captured (minutes), and the mandate it asks for.

    `forced` names the state that a fault will put its next payment into.
    """

    document: Document
    automatic_minutes: int
    manual_minutes: int
    mandate: Document | None = None
    partial: bool = False
    link: str | None = None
    forced: str | None = None


@dataclass(slots=True)
class Payment:
    """A payment, and what it does not show.

    `causes` is what its instrument does, `origin` the address under which the shopper's pages are found, `timed_out`
    whether it failed for want of an answer, so that one may still come; `forced` into its state by a fault, there is
    no money behind it.
    """

    document: Document
    causes: str
    code: str
    origin: str
    card: Document | None = None
    callback_url: str | None = None
    wrong_otps: int = 0
    timed_out: bool = False
    expiry: tuple[int, int] | None = None
    disputed: int = 0
    forced: bool = False


@dataclass(slots=True)
class Token:
    """A saved instrument or mandate; `causes` and `code` are those of the card behind it."""

    document: Document
    customer: str
    causes: str
    code: str
    max_amount: int | None = None


@dataclass(slots=True)
class Store:
    """The objects of a tenant by type; the key's secret signs what comes back from the checkout."""

    key_secret: str = field(default="", repr=False)
    account: str = ""
    orders: Shelf[Order] = field(default_factory=lambda: Shelf("receipt"))
    payments: Shelf[Payment] = field(default_factory=lambda: Shelf("order"))
    refunds: Shelf[Document] = field(default_factory=lambda: Shelf("payment"))
    customers: Shelf[Document] = field(default_factory=lambda: Shelf("contact"))
    tokens: Shelf[Token] = field(default_factory=lambda: Shelf("customer"))
    disputes: Shelf[Document] = field(default_factory=lambda: Shelf("payment"))
    deducted: set[str] = field(default_factory=set)
    documents: Shelf[Document] = field(default_factory=Shelf)
    links: Shelf[Document] = field(default_factory=lambda: Shelf("reference"))
    endpoints: list[Endpoint] = field(default_factory=list)


def store_of(world: World) -> Store:
    return cast("Store", world.store)


def account_of(world: World) -> str:
    store = store_of(world)
    store.account = store.account or world.ids.new("acc_", 14)
    return store.account
