"""Where the money is, and what a shopper's bank asks back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_gateways.core.control.calls import BadControl, query, read_body, world_of

if TYPE_CHECKING:
    from decimal import Decimal

    from mock_gateways.core.messages import Document, Request
    from mock_gateways.core.service import Service
    from mock_gateways.core.tenants import World


def ledger(service: Service, request: Request) -> Document:
    world, payment = world_of(service, request), query(request, "payment")
    with world.lock:
        ledger = world.ledger
        names = list(ledger.payments) if payment is None else [payment] if payment in ledger.payments else []
        payments = {name: _totals(world, name) for name in names}
        entries = [
            {
                "sequence": posting.sequence,
                "at": posting.at,
                "payment": posting.payment,
                "kind": posting.movement.kind,
                "debit": posting.movement.debit,
                "credit": posting.movement.credit,
                "amount": _exact(posting.amount, ledger.payments[posting.payment].exponent),
                "currency": posting.currency,
            }
            for posting in ledger.of(payment)
        ]
    return {"payments": payments, "entries": entries}


def _totals(world: World, payment: str) -> Document:
    totals = world.ledger.payments[payment]
    amounts = {
        name: _exact(getattr(totals, name), totals.exponent)
        for name in ("authorised", "captured", "released", "refunded", "disputed")
    }
    return {"currency": totals.currency, **amounts, "state": world.gateway.payment_state(world, payment)}


def _exact(amount: Decimal, exponent: int) -> str:
    return f"{amount:.{exponent}f}"


def dispute(service: Service, request: Request) -> Document:
    """Have the shopper's bank dispute a payment; `amount` in the gateway's units, all of it when left out."""
    world, body = world_of(service, request), read_body(request, payment=str, reason=str, amount=int)
    if world.gateway.dispute is None or "payment" not in body:
        raise BadControl('disputing needs {"payment": "<id>"}, and a gateway whose disputes are simulated')
    with world.lock:
        world.clock.settle()
        if body["payment"] not in world.ledger.payments:
            raise BadControl(f"no payment {body['payment']}; GET ledger for those there are", 404)
        return world.gateway.dispute(world, body["payment"], body)
