"""What a proxy breaks, and the requirements that must fail behind it whatever the connector is written in."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace

from tests.mutants.wire.proxy import Delivers, Fields, Passes, Proxy, Reply, Request, Severed, answer
from tests.mutants.wire.words import Wire, get, put, refusal

Sent = Callable[[Wire, str, Request, Proxy], Request | Reply]
Told = Callable[[Wire, str, Reply], Reply]
WRITES = ("Authorize", "Capture", "Void", "Refund")


@dataclass(frozen=True, slots=True, kw_only=True)
class WireMutant:
    """`fails` must all fail, unless a gateway's wire says what else does."""

    name: str
    bug: str
    fails: tuple[str, ...]
    passes: Callable[[Wire], Passes] | None = None
    delivers: Callable[[Wire], Delivers] | None = None

    def requirements(self, wire: Wire) -> tuple[str, ...]:
        return wire.instead.get(self.name, self.fails)


def passing(*flows: str, sent: Sent | None = None, told: Told | None = None) -> Callable[[Wire], Passes]:
    """Change the requests of some flows, or the replies to them; all, where none is named."""

    def of(wire: Wire) -> Passes:
        def passes(proxy: Proxy, request: Request) -> Reply:
            flow = wire.flow(request)
            if flows and flow not in flows:
                return proxy.forward(request)
            asked = sent(wire, flow, request, proxy) if sent else request
            reply = asked if isinstance(asked, Reply) else proxy.forward(asked)
            return told(wire, flow, reply) if told else reply

        return passes

    return of


# -- requests


def scaled(up: int = 1, down: int = 1) -> Sent:
    def change(wire: Wire, flow: str, request: Request, _: Proxy) -> Request:
        fields, path = request.fields(), wire.amounts[flow]
        amount = get(fields, path)
        return request if amount is None else request.having(put(fields, path, int(amount) * up // down or 1))

    return change


def other_currency(wire: Wire, _: str, request: Request, __: Proxy) -> Request:
    fields = request.fields()
    code = get(fields, wire.currency)
    swapped = {"EUR": "USD", "eur": "usd"}.get(code or "", "eur" if request.is_form else "EUR")
    return request.having(put(fields, wire.currency, swapped)) if code else request


def no_amount(wire: Wire, flow: str, request: Request, _: Proxy) -> Request:
    return request.having(put(request.fields(), wire.amounts[flow], None))


def no_key(wire: Wire, _: str, request: Request, __: Proxy) -> Request:
    return request.under(wire.key, None)


def another_key(wire: Wire, _: str, request: Request, proxy: Proxy) -> Request:
    proxy.memory["attempts"] = proxy.memory.get("attempts", 0) + 1
    return request.under(wire.key, f"attempt-number-{proxy.memory['attempts']}")


def one_key(wire: Wire, _: str, request: Request, __: Proxy) -> Request:
    return request.under(wire.key, "the-only-key")


def sent_twice(wire: Wire, flow: str, request: Request, proxy: Proxy) -> Request:
    proxy.forward(another_key(wire, flow, request, proxy))
    return request


def answered_unasked(wire: Wire, flow: str, request: Request, proxy: Proxy) -> Request | Reply:
    """Say that it is done, in the gateway's own words, and never ask."""
    asked = request.fields()
    identity = asked.get("payment_intent") or request.path.split("/")[3]
    payment = {"id": identity}
    if wire.payment:
        bare = replace(request, method="GET", path=wire.payment.format(identity), query="", body=b"")
        read = proxy.forward(bare.under("Content-Type", None))
        if read.status != 200:
            return request
        payment = read.fields()
    return answer(wire.done[flow](asked, payment), 200 if wire.payment else 201)


def unanswered_is_refused(wire: Wire, _: str, request: Request, proxy: Proxy) -> Reply:
    try:
        return proxy.forward(request)
    except Severed:
        return refusal(wire)


def read_once(wire: Wire, _: str, request: Request, proxy: Proxy) -> Reply:
    seen = (request.path, request.headers.get("authorization"))
    if seen not in proxy.memory:
        proxy.memory[seen] = proxy.forward(request)
    return proxy.memory[seen]


# -- replies


def held_is_taken(wire: Wire, _: str, reply: Reply) -> Reply:
    fields = reply.fields()
    return reply.having(wire.taken(fields)) if fields.get(wire.status) in ("requires_capture", "authorized") else reply


def declined_is_taken(wire: Wire, _: str, reply: Reply) -> Reply:
    declined = wire.declined(reply.fields())
    return reply.having(declined, status=200) if declined else reply


def unknown_is_taken(wire: Wire, _: str, reply: Reply) -> Reply:
    fields = reply.fields()
    is_known = fields.get(wire.status) in (None, *wire.statuses)
    return reply if is_known else reply.having(wire.taken(fields))


def instead_of(*statuses: int, status: int) -> Told:
    """Another HTTP status with the same body."""
    return lambda wire, flow, reply: replace(reply, status=status) if reply.status in statuses else reply


def server_error_is_refused(wire: Wire, _: str, reply: Reply) -> Reply:
    return refusal(wire) if reply.status >= 500 else reply


def vague(wire: Wire, _: str, reply: Reply) -> Reply:
    fields = reply.fields()
    return reply.having(wire.vague(fields)) if fields else reply


def mute(wire: Wire, _: str, reply: Reply) -> Reply:
    fields = reply.fields()
    return reply.having(wire.mute(fields)) if fields else reply


# -- deliveries: `genuine` stands beside a variant of one


def another_amount(_: Wire) -> Delivers:
    def change(__: Proxy, row: Fields) -> Fields:
        return row if _is_variant(row) else {**row, "body": json.dumps(_amounts(json.loads(row["body"])))}

    return change


def _amounts(it: object) -> object:
    if isinstance(it, list):
        return [_amounts(one) for one in it]
    if isinstance(it, dict):
        named = ("amount", "value")
        return {key: old + 1 if key in named and isinstance(old, int) else _amounts(old) for key, old in it.items()}
    return it


def unsigned(wire: Wire) -> Delivers:
    return lambda _, row: wire.unsigned(row)


def every_variant_is_genuine(_: Wire) -> Delivers:
    def change(__: Proxy, row: Fields) -> Fields:
        return {name: row["genuine"][name] for name in ("headers", "body")} if _is_variant(row) else row

    return change


def _is_variant(row: Fields) -> bool:
    return "genuine" in row


WIRE_MUTANTS = (
    WireMutant(
        name="a sale is of a hundred times the amount",
        bug="Paymenter#1258",
        fails=("MON-001",),
        passes=passing("Authorize", sent=scaled(up=100)),
    ),
    WireMutant(
        name="a capture is of a hundredth of the amount",
        bug="active_merchant#3475",
        fails=("MON-002",),
        passes=passing("Capture", sent=scaled(down=100)),
    ),
    WireMutant(
        name="a refund is of a hundredth of the amount",
        bug="woocommerce-payments#5215",
        fails=("MON-003",),
        passes=passing("Refund", sent=scaled(down=100)),
    ),
    WireMutant(
        name="a sale is in another currency",
        bug="nopCommerce#5088",
        fails=("MON-001",),
        passes=passing("Authorize", sent=other_currency),
    ),
    WireMutant(
        name="a capture names no amount",
        bug="active_merchant#406",
        fails=("LIF-002",),
        passes=passing("Capture", sent=no_amount),
    ),
    WireMutant(
        name="a refund names no amount",
        bug="medusa#8603",
        fails=("LIF-008",),
        passes=passing("Refund", sent=no_amount),
    ),
    WireMutant(
        name="the idempotency key is dropped",
        bug="woocommerce-gateway-stripe#2339",
        fails=("IDM-001", "IDM-002"),
        passes=passing(*WRITES, sent=no_key),
    ),
    WireMutant(
        name="every attempt has a key of its own",
        bug="woocommerce-gateway-stripe#2477",
        fails=("IDM-001", "IDM-002"),
        passes=passing(*WRITES, sent=another_key),
    ),
    WireMutant(
        name="everything has one key",
        bug="tempoxyz/pympp#155",
        fails=("IDM-004", "IDM-005"),
        passes=passing(*WRITES, sent=one_key),
    ),
    WireMutant(
        name="a write is sent twice",
        bug="active_merchant#2082: the transport repeats what no key protects",
        fails=("IDM-001", "RES-012"),
        passes=passing("Authorize", "Refund", sent=sent_twice),
    ),
    WireMutant(
        name="a hold is told as a sale",
        bug="hyperswitch#3846",
        fails=("STA-007",),
        passes=passing("Authorize", "PSync", told=held_is_taken),
    ),
    WireMutant(
        name="a decline is told as a sale",
        bug="active_merchant#923",
        fails=("ERR-004",),
        passes=passing("Authorize", "PSync", told=declined_is_taken),
    ),
    WireMutant(
        name="an unknown status is told as a sale",
        bug="hyperswitch-prism#1835",
        fails=("STA-004",),
        passes=passing("Authorize", "PSync", told=unknown_is_taken),
    ),
    WireMutant(
        name="an error is swallowed into a 200",
        bug="AuthorizeNet/sample-code-java#90",
        fails=("ERR-005", "ERR-011"),
        passes=passing(told=instead_of(400, 401, 402, 403, 404, 409, 422, 429, status=200)),
    ),
    WireMutant(
        name="a capture is answered and never made",
        bug="django-payments#401",
        fails=("LIF-001",),
        passes=passing("Capture", sent=answered_unasked),
    ),
    WireMutant(
        name="a void is answered and never made",
        bug="active_merchant#614",
        fails=("LIF-004",),
        passes=passing("Void", sent=answered_unasked),
    ),
    WireMutant(
        name="a refund is answered and never made",
        bug="hyperswitch#9622",
        fails=("LIF-007",),
        passes=passing("Refund", sent=answered_unasked),
    ),
    WireMutant(
        name="an answer that never came is told as a refusal",
        bug="killbill#229",
        fails=("RES-001", "RES-003"),
        passes=passing(*WRITES, sent=unanswered_is_refused),
    ),
    WireMutant(
        name="a server error is told as a refusal",
        bug="hyperswitch#2252",
        fails=("RES-007",),
        passes=passing(told=server_error_is_refused),
    ),
    WireMutant(
        name="a rate limit is told as a server error",
        bug="stripity-stripe#564",
        fails=("ERR-012",),
        passes=passing(told=instead_of(429, status=500)),
    ),
    WireMutant(
        name="a read is answered from the first answer",
        bug="hyperswitch#1475",
        fails=("STA-013",),
        passes=passing("PSync", sent=read_once),
    ),
    WireMutant(
        name="every decline has one reason",
        bug="hyperswitch#4906",
        fails=("ERR-001",),
        passes=passing(told=vague),
    ),
    WireMutant(
        name="the gateways own words are lost",
        bug="hyperswitch#4631",
        fails=("ERR-003", "ERR-008"),
        passes=passing(told=mute),
    ),
    WireMutant(
        name="a delivery is altered on its way",
        bug="laravel-sisp#127",
        fails=("WEB-001",),
        delivers=another_amount,
    ),
    WireMutant(
        name="a delivery loses its signature",
        bug="openlinker#1294",
        fails=("WEB-001",),
        delivers=unsigned,
    ),
    WireMutant(
        name="a forgery is believed as if it were genuine",
        bug="hyperswitch#9749: verify() says yes to everything",
        fails=("WEB-002", "WEB-003", "WEB-004"),
        delivers=every_variant_is_genuine,
    ),
)
