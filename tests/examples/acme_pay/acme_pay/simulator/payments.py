"""Payments and refunds: what is asked is checked, posted to the ledger, and told. Source: API.md."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from acme_pay.simulator.manifest import CARDS, CURRENCIES, MANIFEST
from acme_pay.simulator.replies import refuse
from mock_gateways.core.cards import is_security_code
from mock_gateways.core.clock import DAY_S
from mock_gateways.core.endpoints import Endpoint
from mock_gateways.core.ledger import Movement
from mock_gateways.core.messages import Document, Reply, Request, compact
from mock_gateways.core.tenants import World

__all__ = ["HANDLERS", "Store", "listen", "payment_state", "situation"]

HOLD_S = 7 * DAY_S
LARGEST = 10**15


@dataclass(slots=True)
class Store:
    """What one tenant holds: objects as Acme Pay shows them, by id."""

    payments: dict[str, Document] = field(default_factory=dict)
    refunds: dict[str, Document] = field(default_factory=dict)
    endpoints: list[Endpoint] = field(default_factory=list)


def _store(world: World) -> Store:
    return cast("Store", world.store)


# -- what a request says

Check = Callable[[Any], bool]


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_amount(value: Any) -> bool:
    return type(value) is int and 0 < value <= LARGEST


_CARD: Mapping[str, Check] = {
    "number": lambda value: value in CARDS,
    "expiry_month": lambda value: type(value) is int and 1 <= value <= 12,
    "expiry_year": lambda value: type(value) is int and 2000 <= value <= 2099,
    "cvc": lambda value: _is_text(value) and is_security_code(value),
    "holder": _is_text,
}
_AMOUNT: Mapping[str, Check] = {"amount": _is_amount}
_PAYMENT: Mapping[str, Check] = {
    "amount": _is_amount,
    "currency": lambda value: _is_text(value) and value in CURRENCIES,
    "capture": lambda value: value in ("now", "later"),
    "card": lambda value: isinstance(value, dict),
    "reference": _is_text,
    "description": _is_text,
}
_OPTIONAL = {"cvc", "holder", "reference", "description"}


def _checked(given: Document, fields: Mapping[str, Check]) -> Document:
    """What was sent, if it has every field that it must have, and each is right; raises Refusal."""
    unknown, missing = given.keys() - fields.keys(), fields.keys() - given.keys() - _OPTIONAL
    wrong = [name for name, holds in fields.items() if name in given and not holds(given[name])]
    for names, what in ((unknown, "unknown"), (missing, "missing"), (wrong, "not right")):
        if names:
            raise refuse("invalid_request", f"{what}: {', '.join(sorted(names))[:200]}")
    return given


def _find(world: World, shelf: Mapping[str, Document], identity: str) -> Document:
    if identity not in shelf:
        raise refuse("not_found", "there is no such payment or refund")
    return shelf[identity]


def _payment(world: World, request: Request) -> Document:
    return _find(world, _store(world).payments, request.ids["payment"])


def _require(payment: Document, status: str) -> None:
    if payment["status"] != status:
        raise refuse("invalid_state", f"the payment is {payment['status']}, not {status}")


# -- webhooks


def _tell(world: World, about: Document) -> None:
    """Write the deliveries of what an object has become."""
    kind = f"{about['object']}.{about['status']}"
    wanting = [one for one in _store(world).endpoints if one.wants(kind)]
    if not wanting:
        return
    event = world.ids.new("evt_")
    body = compact({"id": event, "type": kind, "created": world.clock.now(), "data": about})
    for endpoint in wanting:
        endpoint.write(world, event, kind, body)


def listen(world: World, url: str, types: list[str]) -> str:
    endpoint = Endpoint(url, types, world.ids.new("acme_whsec_"))
    _store(world).endpoints.append(endpoint)
    return endpoint.secret


# -- operations


def _new_payment(world: World, request: Request) -> tuple[Document, str]:
    """A payment that nothing was posted for yet, and the decline that its card causes."""
    given = _checked(request.parameters, _PAYMENT)
    card = _checked(given["card"], _CARD)
    payment: Document = {
        "object": "payment",
        "id": world.ids.new("pay_", 20),
        "status": "authorised",
        "amount": given["amount"],
        "currency": given["currency"],
        "captured": 0,
        "released": 0,
        "refunded": 0,
        "capture_before": world.clock.now() + HOLD_S,
        "decline": None,
        "reference": given.get("reference"),
        "created": world.clock.now(),
    }
    _store(world).payments[payment["id"]] = payment
    world.ledger.open(world.clock.now(), payment["id"], payment["currency"], CURRENCIES[payment["currency"]])
    return payment, CARDS[card["number"]]


def create_payment(world: World, request: Request) -> Reply:
    payment, causes = _new_payment(world, request)
    forced = world.next_forced_decline()
    code = forced["decline"] if forced else "" if world.faults.approves else causes
    if code:
        payment |= {"status": "declined", "capture_before": None, "decline": _decline(code)}
        _tell(world, payment)
        return Reply(200, payment)
    world.post(payment["id"], Movement.AUTHORISE, payment["amount"])
    if request.parameters["capture"] == "now":
        _take(world, payment, payment["amount"])
    else:
        _tell(world, payment)
        world.clock.schedule(payment["capture_before"], _expire, world, payment["id"])
    return Reply(200, payment)


def _decline(code: str) -> Document:
    return {"code": code, "message": f"The issuer declined: {code}."}


def _take(world: World, payment: Document, amount: int) -> None:
    world.post(payment["id"], Movement.CAPTURE, amount)
    payment |= {"status": "captured", "captured": amount}
    _release(world, payment)


def _release(world: World, payment: Document) -> None:
    """Give back what is not taken, and tell what has become of the payment."""
    payment |= {"released": payment["amount"] - payment["captured"], "capture_before": None}
    if payment["released"]:
        world.post(payment["id"], Movement.RELEASE, payment["released"])
    _tell(world, payment)


def _expire(world: World, identity: str) -> None:
    payment = _store(world).payments[identity]
    if payment["status"] == "authorised":
        payment["status"] = "expired"
        _release(world, payment)


def get_payment(world: World, request: Request) -> Reply:
    return Reply(200, _payment(world, request))


def capture_payment(world: World, request: Request) -> Reply:
    payment, given = _payment(world, request), _checked(request.parameters, _AMOUNT)
    _require(payment, "authorised")
    if given["amount"] > payment["amount"]:
        raise refuse("amount_too_large", "more than is held")
    _take(world, payment, given["amount"])
    return Reply(200, payment)


def void_payment(world: World, request: Request) -> Reply:
    payment = _payment(world, request)
    _checked(request.parameters, {})
    _require(payment, "authorised")
    payment["status"] = "voided"
    _release(world, payment)
    return Reply(200, payment)


def _new_refund(world: World, request: Request) -> tuple[Document, Document]:
    payment, given = _payment(world, request), _checked(request.parameters, _AMOUNT)
    _require(payment, "captured")
    if given["amount"] > payment["captured"] - payment["refunded"]:
        raise refuse("amount_too_large", "more than is left to refund")
    refund: Document = {
        "object": "refund",
        "id": world.ids.new("ref_", 20),
        "payment": payment["id"],
        "status": "succeeded",
        "amount": given["amount"],
        "currency": payment["currency"],
        "created": world.clock.now(),
    }
    _store(world).refunds[refund["id"]] = refund
    return payment, refund


def create_refund(world: World, request: Request) -> Reply:
    payment, refund = _new_refund(world, request)
    world.post(payment["id"], Movement.REFUND, refund["amount"])
    payment["refunded"] += refund["amount"]
    _tell(world, refund)
    return Reply(200, refund)


def get_refund(world: World, request: Request) -> Reply:
    return Reply(200, _find(world, _store(world).refunds, request.ids["refund"]))


HANDLERS = {
    "CreatePayment": create_payment,
    "GetPayment": get_payment,
    "CapturePayment": capture_payment,
    "VoidPayment": void_payment,
    "CreateRefund": create_refund,
    "GetRefund": get_refund,
}


# -- any state, without a posting


def payment_state(world: World, identity: str) -> str:
    return str(_find(world, _store(world).payments, identity)["status"])


# How each state shows in a payment: the parts of its amount that were taken and released, in hundredths.
_SHOWN = {
    "authorised": (0, 0), "captured": (100, 0), "captured_in_part": (40, 60), "voided": (0, 100),
    "expired": (0, 100), "declined": (0, 0),
}  # fmt: skip


def situation(world: World, request: Request, name: str) -> Reply:
    """The payment or refund of a request, as it would be in a state of the manifest; raises Refusal for another."""
    operation, state = request.route.operation if request.route else "", MANIFEST.state(name)
    if state.resource != ("refund" if operation in ("CreateRefund", "GetRefund") else "payment"):
        raise refuse("invalid_request", f"the request is about no {state.resource}")
    if operation == "CreateRefund":
        return Reply(200, _new_refund(world, request)[1])
    if operation == "GetRefund":
        return get_refund(world, request)
    payment = _new_payment(world, request)[0] if operation == "CreatePayment" else _payment(world, request)
    taken, released = (payment["amount"] * part // 100 for part in _SHOWN[name])
    return Reply(
        200,
        payment
        | {
            "status": state.raw,
            "captured": taken,
            "released": released,
            "capture_before": payment["created"] + HOLD_S if name == "authorised" else None,
            "decline": _decline("do_not_honour") if name == "declined" else None,
        },
    )
