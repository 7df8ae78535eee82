"""The control plane under `/_mock`: the one door through which a test sees and moves a simulated world.

It needs no credential, and never shows one. Bad input gets 400 and says what was wrong, where, and what to do.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from mock_gateways.core import approvals, faults
from mock_gateways.core.delivery import flush, redeliver
from mock_gateways.core.har import archive
from mock_gateways.core.journal import Search, document
from mock_gateways.core.messages import Refusal, Reply, Request
from mock_gateways.core.mishaps import COUNTED, TIMED
from mock_gateways.core.routes import Route, RouteTable
from mock_gateways.core.snapshots import MOST

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_gateways.core.deliveries import Delivery
    from mock_gateways.core.messages import Document
    from mock_gateways.core.service import Service
    from mock_gateways.core.tenants import World

_PREFIX = "/_mock/tenants/{id}"
_PAGE = f"{_PREFIX}/approvals/{{payment}}/page"
# As many as a sequence number can ever have.
_DIGITS = 15


class BadControl(ValueError):
    """A control call that cannot be carried out; the text is the reply's `error`."""

    def __init__(self, text: str, status: int = 400) -> None:
        super().__init__(text)
        self.status = status


class Control:
    """Answers control calls of one service."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._pages = RouteTable(Route(verb, _PAGE, "page") for verb in ("GET", "POST"))
        self._table = RouteTable(_route(name) for name in _HANDLERS)

    def answer(self, request: Request) -> Reply:
        try:
            if (page := self._pages.find(request.method, request.path)) is not None:
                return self._page(request, page[1])
            return Reply(200, self._call(request))
        except (BadControl, faults.BadFault) as problem:
            return Reply(getattr(problem, "status", 400), {"error": str(problem)})
        except Refusal as refusal:
            return refusal.reply

    def _call(self, request: Request) -> Document:
        found = self._table.find(request.method, request.path)
        if found is None:
            raise BadControl(f"no control call {request.method} {request.path}; see /_mock/health", 404)
        route, request.ids = found
        try:
            return _HANDLERS[route.operation](self._service, request)
        finally:
            if (world := self._service.tenants.find(request.ids.get("id", ""))) is not None:
                self._service.tenants.stir(world)

    def _page(self, request: Request, ids: dict[str, str]) -> Reply:
        request.ids = ids
        world = _world(self._service, request)
        with world.lock:
            world.clock.settle()
            if ids["payment"] not in world.approvals:
                raise BadControl(f"{ids['payment']} waits for nobody; it may have been decided already", 404)
            return approvals.page(world, request)


def _route(name: str) -> Route:
    method, _, template = name.partition(" ")
    return Route(method, template, name)


def _world(service: Service, request: Request) -> World:
    world = service.tenants.find(request.ids["id"])
    if world is None:
        raise BadControl(f"no tenant {request.ids['id']}; open one with POST /_mock/tenants", 404)
    return world


def _body(request: Request, **fields: type | tuple[type, ...]) -> Document:
    """The JSON object of a control call, all of whose fields are known and of the right type."""
    try:
        body = json.loads(request.body or b"{}")
    except (ValueError, RecursionError):
        raise BadControl(f"the body of {request.method} {request.path} is not JSON") from None
    if not isinstance(body, dict):
        raise BadControl(f"the body of {request.method} {request.path} must be a JSON object")
    for name, value in body.items():
        kind = fields.get(name)
        if kind is None:
            raise BadControl(f"unknown field {name!r}; {request.path} takes {', '.join(fields) or 'no fields'}")
        if not isinstance(value, kind) or isinstance(value, bool):
            raise BadControl(f"{name!r} has the wrong type: {type(value).__name__}")
    return body


def _query(request: Request, name: str) -> str | None:
    values = parse_qs(request.query).get(name)
    return values[-1] if values else None


def _health(service: Service, _: Request) -> Document:
    gateway = service.gateway
    return {
        "status": "ok",
        "gateway": gateway.name,
        "version": gateway.manifest.version,
        "tenants": len(service.tenants.all()),
        "unsimulated_calls": service.unsimulated_calls,
    }


def _open_tenant(service: Service, request: Request) -> Document:
    credential = _body(request, credential=str).get("credential")
    if credential is None:
        raise BadControl('POST /_mock/tenants needs {"credential": "<a test credential>"}')
    if (reason := service.gateway.refuse_credential(credential)) is not None:
        raise BadControl(f"this credential opens no tenant: {reason}")
    world = service.tenants.open(credential)
    return {"id": world.id, "now": world.clock.now()}


def _list_tenants(service: Service, _: Request) -> Document:
    return {"tenants": [{"id": world.id} for world in service.tenants.all()]}


def _ledger(service: Service, request: Request) -> Document:
    world, payment = _world(service, request), _query(request, "payment")
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


def _exact(amount: Any, exponent: int) -> str:
    return f"{amount:.{exponent}f}"


def _clock(service: Service, request: Request) -> Document:
    world = _world(service, request)
    with world.lock:
        world.clock.settle()
        return {"now": world.clock.now()}


def _move_clock(service: Service, request: Request) -> Document:
    world, body = _world(service, request), _body(request, advance=int, set=int)
    if len(body) != 1:
        raise BadControl('give exactly one of {"advance": seconds} and {"set": unix}')
    with world.lock:
        seconds = body["advance"] if "advance" in body else body["set"] - world.clock.now()
        try:
            return {"now": world.clock.advance(seconds)}
        except ValueError as problem:
            raise BadControl(str(problem)) from problem


def _journal(service: Service, request: Request) -> Document:
    world, shape = _world(service, request), _query(request, "format") or "json"
    if shape not in ("json", "har"):
        raise BadControl("'format' must be json or har")
    search = Search(
        _count(request, "since", "a sequence number") or 0,
        _count(request, "limit", "a number of exchanges"),
        _query(request, "method"),
        _query(request, "path"),
        _status(request),
    )
    with world.lock:
        found = world.journal.find(search)
    if shape == "har":
        return archive(found, f"mock_gateways {service.gateway.name}", service.gateway.manifest.version)
    return {"exchanges": [document(exchange) for exchange in found]}


def _count(request: Request, name: str, meaning: str) -> int | None:
    text = _query(request, name)
    if text is not None and not (text.isascii() and text.isdigit() and len(text) <= _DIGITS):
        raise BadControl(f"{name!r} must be {meaning}")
    return None if text is None else int(text)


def _status(request: Request) -> str | None:
    text = _query(request, "status")
    if text is not None and not re.fullmatch(r"[1-5](\d\d|xx)|none", text):
        raise BadControl("'status' must be a number such as 402, a class such as 4xx, or none for a cut connection")
    return text


def _clear_journal(service: Service, request: Request) -> Document:
    world = _world(service, request)
    with world.lock:
        world.journal.clear()
    return {}


def _faults(service: Service, request: Request) -> Document:
    world = _world(service, request)
    with world.lock:
        return {"faults": [fault.document() for fault in world.faults.planned]}


def _plan_fault(service: Service, request: Request) -> Document:
    world, manifest = _world(service, request), service.gateway.manifest
    absent = type(None)
    body = _body(
        request, route=(str, absent), card=(str, absent), header=(dict, absent), nth=int, times=int, effect=dict
    )
    states, errors = {s.name for s in manifest.states}, {f.code for f in manifest.failures if f.field == "code"}
    fault = faults.parse(body, states, errors)
    with world.lock:
        world.faults.planned.append(fault)
    return fault.document()


def _clear_faults(service: Service, request: Request) -> Document:
    world = _world(service, request)
    with world.lock:
        world.faults.planned.clear()
        world.forced_declines.clear()
    return {}


def _outbox(service: Service, request: Request) -> Document:
    world = _world(service, request)
    with world.lock:
        world.clock.settle()
        kind, state = _query(request, "type"), _query(request, "state")
        return {"deliveries": world.outbox.documents(world.clock.now(), kind=kind, state=state)}


def _flush_outbox(service: Service, request: Request) -> Document:
    return {"attempted": flush(_world(service, request))}


def _plan_mishap(service: Service, request: Request) -> Document:
    world, body = _world(service, request), _body(request, **dict.fromkeys((*COUNTED, *TIMED, "count"), int))
    kinds = [name for name in body if name != "count"]
    if len(kinds) != 1 or min(body.values()) < 1 or ("count" in body and kinds[0] not in TIMED):
        raise BadControl(
            f"give exactly one of {', '.join(COUNTED)} with a number of deliveries, or of {', '.join(TIMED)} with "
            'seconds and perhaps "count", all from 1'
        )
    with world.lock:
        world.outbox.mishaps.plan(kinds[0], body[kinds[0]], body.get("count", 1))
        return {"planned": dict(world.outbox.mishaps.left)}


def _redeliver(service: Service, request: Request) -> Document:
    world = _world(service, request)
    with world.lock:
        delivery = _delivery(world, request)
    redeliver(world, delivery)
    with world.lock:
        return world.outbox.document(delivery, world.clock.now())


def _delivery(world: World, request: Request) -> Delivery:
    delivery = world.outbox.get(request.ids["delivery"])
    if delivery is None:
        raise BadControl(f"no delivery {request.ids['delivery']}; GET the outbox for the ids", 404)
    return delivery


def _listen(service: Service, request: Request) -> Document:
    world, body = _world(service, request), _body(request, url=str, events=list)
    if not str(body.get("url", "")).startswith(("http://", "https://")):
        raise BadControl('registering an endpoint needs {"url": "http…", "events": ["*"]}')
    with world.lock:
        return {"secret": world.gateway.listen(world, body["url"], body.get("events", ["*"]))}


def _variant(service: Service, request: Request) -> Document:
    world, body = _world(service, request), _body(request, variant=str, age=int)
    with world.lock:
        delivery = _delivery(world, request)
        made = world.outbox.variant(delivery, body.get("variant", ""), world.clock.now() - body.get("age", 0))
        if made is None:
            raise BadControl(f"'variant' must be one of: {', '.join(world.outbox.variants())}")
    return {"headers": made[0], "body": made[1]}


def _approvals(service: Service, request: Request) -> Document:
    world = _world(service, request)
    with world.lock:
        world.clock.settle()
        return {"approvals": [approval.document() for approval in world.approvals.values()]}


def _approve(service: Service, request: Request) -> Document:
    world, outcome = _world(service, request), _body(request, outcome=str).get("outcome")
    if outcome not in (approvals.APPROVE, approvals.FAIL):
        raise BadControl('\'outcome\' must be "approve" or "fail"')
    payment = request.ids["payment"]
    with world.lock:
        world.clock.settle()
        if payment not in world.approvals:
            raise BadControl(f"{payment} waits for nobody; GET approvals for what does", 404)
        decided = approvals.decide(world, payment, outcome)
    return decided.document if decided.return_url is None else {**decided.document, "return_url": decided.return_url}


def _dispute(service: Service, request: Request) -> Document:
    """Have the shopper's bank dispute a payment; `amount` in the gateway's units, all of it when left out."""
    world, body = _world(service, request), _body(request, payment=str, reason=str, amount=int)
    if world.gateway.dispute is None or "payment" not in body:
        raise BadControl('disputing needs {"payment": "<id>"}, and a gateway whose disputes are simulated')
    with world.lock:
        world.clock.settle()
        if body["payment"] not in world.ledger.payments:
            raise BadControl(f"no payment {body['payment']}; GET ledger for those there are", 404)
        return world.gateway.dispute(world, body["payment"], body)


def _reset(service: Service, request: Request) -> Document:
    world = _world(service, request)
    with world.lock:
        world.reset()
    return {}


def _take_snapshot(service: Service, request: Request) -> Document:
    world = _world(service, request)
    with world.lock:
        return {"snapshot": world.snapshots.take(world)}


def _restore(service: Service, request: Request) -> Document:
    world, name = _world(service, request), _body(request, snapshot=str).get("snapshot", "")
    # Nothing may be on its way: it would be noted in the outbox that is put back.
    with world.posting, world.lock:
        if not world.snapshots.restore(world, name):
            raise BadControl(f"no snapshot {name!r}; POST snapshot takes one, and the last {MOST} are kept", 404)
    return {"snapshot": name}


_HANDLERS: dict[str, Callable[[Service, Request], Document]] = {
    "GET /_mock/health": _health,
    "GET /_mock/tenants": _list_tenants,
    "POST /_mock/tenants": _open_tenant,
    f"GET {_PREFIX}/ledger": _ledger,
    f"GET {_PREFIX}/clock": _clock,
    f"POST {_PREFIX}/clock": _move_clock,
    f"GET {_PREFIX}/journal": _journal,
    f"DELETE {_PREFIX}/journal": _clear_journal,
    f"GET {_PREFIX}/faults": _faults,
    f"POST {_PREFIX}/faults": _plan_fault,
    f"DELETE {_PREFIX}/faults": _clear_faults,
    f"POST {_PREFIX}/webhooks": _listen,
    f"GET {_PREFIX}/outbox": _outbox,
    f"POST {_PREFIX}/outbox/flush": _flush_outbox,
    f"POST {_PREFIX}/outbox/plan": _plan_mishap,
    f"POST {_PREFIX}/outbox/{{delivery}}/redeliver": _redeliver,
    f"POST {_PREFIX}/outbox/{{delivery}}/variants": _variant,
    f"GET {_PREFIX}/approvals": _approvals,
    f"POST {_PREFIX}/approvals/{{payment}}": _approve,
    f"POST {_PREFIX}/disputes": _dispute,
    f"POST {_PREFIX}/reset": _reset,
    f"POST {_PREFIX}/snapshot": _take_snapshot,
    f"POST {_PREFIX}/restore": _restore,
}
