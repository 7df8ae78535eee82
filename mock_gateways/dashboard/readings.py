"""What the pages show of a world, as plain values: read under its lock, shown after it is free again."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from mock_gateways.core.deliveries import Attempt
from mock_gateways.core.journal import Search, document
from mock_gateways.core.masking import mask_text
from mock_gateways.core.messages import Refusal
from mock_gateways.dashboard.money import Row, money_of
from mock_gateways.dashboard.paging import ROWS, Page, bounds

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mock_gateways.core.approvals import Approval
    from mock_gateways.core.deliveries import Delivery
    from mock_gateways.core.journal import Exchange
    from mock_gateways.core.ledger import Posting
    from mock_gateways.core.messages import Document
    from mock_gateways.core.tenants import World


@dataclass(frozen=True, slots=True)
class Summary:
    """A tenant in numbers; `now` is its time, `wall` whether that goes on by itself."""

    id: str
    now: int
    wall: bool
    payments: int
    entries: int
    requests: int
    webhooks: int
    pending: int
    waiting: int
    faults: int


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment: the gateway's word for its state, and where its money is by the ledger, which knew it at `created`."""

    id: str
    created: int
    state: str
    money: Row
    waiting: Approval | None


@dataclass(frozen=True, slots=True)
class Entry:
    """A posting of the ledger, its amount exact in major units."""

    sequence: int
    at: int
    payment: str
    kind: str
    debit: str
    credit: str
    amount: str
    currency: str


@dataclass(frozen=True, slots=True)
class Webhook:
    """A delivery without its body; `status` is what its last attempt got, `failed` whether that got none."""

    id: str
    type: str
    url: str
    state: str
    attempts: int
    status: int | None
    failed: bool


def summary(world: World) -> Summary:
    with world.lock:
        world.clock.settle()
        return Summary(
            world.id,
            world.clock.now(),
            world.clock.wall,
            len(world.ledger.payments),
            len(world.ledger.postings),
            len(world.journal.find(Search())),
            len(world.outbox.deliveries()),
            len(world.outbox.pending()),
            len(world.approvals),
            len(world.faults.planned),
        )


def payments(world: World, number: int, wanted: str = "", size: int = ROWS) -> Page[Payment]:
    """The payments whose id contains the text that is wanted."""
    with world.lock:
        there = world.ledger.payments
        names: Iterable[str] = [name for name in there if wanted in name] if wanted else there
        total = len(names) if isinstance(names, list) else len(there)
        number, start, end = bounds(number, total, size)
        chosen = islice(reversed(names), start, end)  # type: ignore[call-overload]  # a list or a dict: both can
        return Page([_payment(world, name) for name in chosen], number, total, size)


def payment(world: World, name: str) -> Payment | None:
    with world.lock:
        world.clock.settle()
        return _payment(world, name) if name in world.ledger.payments else None


def _payment(world: World, name: str) -> Payment:
    try:
        state = world.gateway.payment_state(world, name)
    except Refusal:
        state = "unknown"
    totals = world.ledger.payments[name]
    return Payment(name, totals.opened, state, money_of(totals), world.approvals.get(name))


def entries(world: World, number: int, name: str | None = None, size: int = ROWS) -> Page[Entry]:
    """The postings of the ledger, or those of one payment."""
    with world.lock:
        postings = world.ledger.of(name)
        number, start, end = bounds(number, len(postings), size)
        rows = [_entry(world, postings[-1 - index]) for index in range(start, end)]
        return Page(rows, number, len(postings), size)


def _entry(world: World, posting: Posting) -> Entry:
    movement, exponent = posting.movement, world.ledger.payments[posting.payment].exponent
    amount = f"{posting.amount:,.{exponent}f}"
    return Entry(
        posting.sequence, posting.at, posting.payment, movement.kind, movement.debit, movement.credit, amount,
        posting.currency,
    )  # fmt: skip


def requests(world: World, number: int, search: Search, size: int = ROWS) -> Page[Exchange]:
    with world.lock:
        found = world.journal.find(search)
    number, start, end = bounds(number, len(found), size)
    return Page(found[::-1][start:end], number, len(found), size)


def request(world: World, sequence: int) -> Document | None:
    """An exchange as the control plane shows it, masked; None when it has fallen out of the journal."""
    with world.lock:
        found = world.journal.find(Search(since=sequence - 1, limit=1))
    return document(found[0]) if found and found[0].sequence == sequence else None


def webhooks(world: World, number: int, state: str = "", size: int = ROWS) -> Page[Webhook]:
    with world.lock:
        world.clock.settle()
        every = world.outbox.deliveries()
        chosen = [delivery for delivery in every if delivery.state.value == state] if state else every
        number, start, end = bounds(number, len(chosen), size)
        return Page([_webhook(delivery) for delivery in chosen[::-1][start:end]], number, len(chosen), size)


def _webhook(delivery: Delivery) -> Webhook:
    last = delivery.history[-1] if delivery.history else Attempt(delivery.due)
    url, failed = mask_text(delivery.url), last.error is not None
    return Webhook(delivery.id, delivery.type, url, delivery.state.value, delivery.attempts, last.status, failed)


def webhook(world: World, name: str) -> Document | None:
    with world.lock:
        world.clock.settle()
        delivery = world.outbox.get(name)
        if delivery is None:
            return None
        shown = world.outbox.document(delivery, world.clock.now())
    return {**shown, "url": mask_text(shown["url"]), "body": mask_text(shown["body"])}


def waiting(world: World, most: int = ROWS) -> list[Approval]:
    """What waits, the longest first."""
    with world.lock:
        world.clock.settle()
        return list(islice(world.approvals.values(), most))


def faults(world: World) -> list[Document]:
    with world.lock:
        return [fault.document() for fault in world.faults.planned]
