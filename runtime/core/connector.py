"""A connector is one record: what a gateway can do, and the functions that do it."""

from collections.abc import Awaitable, Callable, Generator, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any, Generic, TypeVar

from runtime.core.errors import NotOffered, check_subject, invalid, unanswered
from runtime.core.messages import HttpRequest, HttpResponse, TransportError, Wait
from runtime.core.payments import ChargeMandate, Command, ErrorInfo, Outcome, SetupMandate
from runtime.core.secret import Secret
from runtime.core.unicode import is_unicode, is_url
from runtime.core.vocabulary import CaptureMethod, ErrorCode, PaymentMethodType, Recovery, RetryAdvice
from runtime.core.webhooks import Delivery

__all__ = [
    "Capabilities",
    "Connector",
    "Context",
    "Exchange",
    "Flow",
    "Offer",
    "Result",
    "Token",
    "ask",
    "drive",
    "drive_async",
]

Result = Outcome | Delivery
R = TypeVar("R")
C = TypeVar("C", bound=Command)
O = TypeVar("O", bound=Outcome)  # noqa: E741 - the pair reads as command in, outcome out

Exchange = Generator[HttpRequest | Wait, HttpResponse, R]
"""A conversation with a gateway: yields requests (or a Wait), is sent responses, returns the result.

A transport error is thrown into it, so that a flow can attach what it already holds.
"""


@dataclass(frozen=True, slots=True)
class Token:
    """An access token that `Connector.authenticate` fetched; `expires_at` in unix seconds."""

    value: Secret
    expires_at: float


@dataclass(frozen=True, slots=True)
class Context:
    """All that a flow may know besides its command: time and randomness come from outside."""

    config: Any  # the connector's own configuration type; the registry boundary cannot name it
    now: float  # unix seconds
    random: Random = field(repr=False)
    token: Token | None = None


def ask(command: Command, request: HttpRequest) -> Exchange[HttpResponse]:
    """One request and its response; a transport error becomes Unavailable or OutcomeUnknown."""
    try:
        return (yield request)
    except TransportError as error:
        raise unanswered(command, str(error), cause=error) from error


@dataclass(frozen=True, slots=True)
class Flow(Generic[C, O]):
    """One request, one response about what was asked for: the shape of nearly every flow."""

    build: Callable[[Context, C], HttpRequest]
    parse: Callable[[Context, C, HttpResponse], O]

    def __call__(self, context: Context, command: C) -> Exchange[O]:
        response = yield from ask(command, self.build(context, command))
        outcome = self.parse(context, command, response)
        check_subject(command, outcome)
        return outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What is claimed for one payment method. `currencies` None: every currency of the connector."""

    captures: frozenset[CaptureMethod] = frozenset({CaptureMethod.AUTOMATIC})
    currencies: frozenset[str] | None = None
    refunds: bool = True
    mandates: bool = False  # SetupMandate, and charges on it


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a connector claims besides its flows; the suite checks it both ways.

    `not_offered` names what the gateway itself does not publish, each with the source that says so: flows, payment
    methods, "partial capture". `idempotent` are the flows that have one effect however often they are asked for under
    one request id; None: every one that writes.
    """

    payment_methods: Mapping[PaymentMethodType, Offer]
    currencies: frozenset[str]
    recovery: tuple[Recovery, ...]
    idempotent: frozenset[type[Command]] | None = None
    not_offered: Mapping[str, str] = field(default_factory=dict)

    def has_one_effect(self, flow: type[Command]) -> bool:
        return flow.writes and (self.idempotent is None or flow in self.idempotent)


@dataclass(frozen=True, slots=True, kw_only=True)
class Connector:
    """The whole of a connector. `gateway` names whose API it speaks; two connectors may speak the same."""

    name: str
    gateway: str
    version: str
    config: Callable[..., Any]
    capabilities: Capabilities
    flows: Mapping[type[Command], Callable[[Context, Any], Exchange[Any]]]
    authenticate: Callable[[Context], Exchange[Token]] | None = None

    def exchange(self, context: Context, command: Command) -> Exchange[Any]:
        """Begin the flow for a command.

        Raises:
            NotOffered: undeclared; nothing was sent.
            InvalidCommand: it holds text that no encoding can carry, or a return URL that is none; nothing was sent.
        """
        self._refuse_undeclared(command)
        if not is_unicode(command):
            name = type(command).__name__
            raise invalid(f"{name} holds half a surrogate pair: text that was cut short is no Unicode")
        if (back := getattr(command, "return_url", None)) and not is_url(back):
            raise invalid("return_url must be an absolute URL, without spaces: it is where a browser is sent")
        return self.flows[type(command)](context, command)

    def _refuse_undeclared(self, command: Command) -> None:
        if type(command) not in self.flows:
            raise self._not_offered(type(command).__name__, ErrorCode.INVALID_REQUEST)
        method = getattr(command, "method", None)
        kind = method.kind if method is not None else getattr(command, "kind", None)  # of a charge on a mandate
        offer = self._offer(command, kind) if kind is not None else Offer()
        amount = getattr(command, "amount", None)
        currency = amount.currency if amount is not None else getattr(command, "currency", None)
        if currency is not None and currency not in self.capabilities.currencies:
            raise self._not_offered(currency, ErrorCode.CURRENCY_NOT_SUPPORTED)
        if kind is not None and offer.currencies is not None and currency not in offer.currencies:
            raise self._not_offered(f"{kind} in {currency}", ErrorCode.CURRENCY_NOT_SUPPORTED)

    def _offer(self, command: Command, kind: PaymentMethodType) -> Offer:
        offer = self.capabilities.payment_methods.get(kind)
        if offer is None:
            raise self._not_offered(kind, ErrorCode.INVALID_REQUEST)
        capture = getattr(command, "capture_method", None)
        if capture is not None and capture not in offer.captures:
            raise self._not_offered(f"{kind} with {capture} capture", ErrorCode.INVALID_REQUEST)
        if isinstance(command, SetupMandate | ChargeMandate) and not offer.mandates:
            raise self._not_offered(f"{kind} for mandates", ErrorCode.INVALID_REQUEST)
        return offer

    def _not_offered(self, what: str, code: ErrorCode) -> NotOffered:
        reason = self.capabilities.not_offered.get(what, "not declared in its capabilities")
        advice = ErrorInfo(code=code, retry=RetryAdvice.WITH_CORRECTED_DATA)
        return NotOffered(f"{self.name} does not offer {what}: {reason}", error=advice)


def drive(exchange: Exchange[R], send: Callable[[HttpRequest], HttpResponse], wait: Callable[[float], object]) -> R:
    """Run an exchange over any transport: live, simulated or replayed. The only loop between a flow and the network."""
    try:
        step = next(exchange)
        while True:
            step = _step(exchange, step, send, wait)
    except StopIteration as done:
        result: R = done.value
        return result


def _step(
    exchange: Exchange[R],
    step: HttpRequest | Wait,
    send: Callable[[HttpRequest], HttpResponse],
    wait: Callable[[float], object],
) -> HttpRequest | Wait:
    if isinstance(step, Wait):
        wait(step.seconds)
        return next(exchange)
    try:
        response = send(_sendable(step))
    except TransportError as error:
        return exchange.throw(error)
    return exchange.send(response)


def _sendable(request: HttpRequest) -> HttpRequest:
    """The request; one that no line of HTTP can hold is refused before any of it leaves."""
    if not request.can_be_sent:
        raise invalid(
            f"what the command names makes no URL or header of a {request.method}: too long, or not printable"
        )
    return request


async def drive_async(
    exchange: Exchange[R],
    send: Callable[[HttpRequest], Awaitable[HttpResponse]],
    wait: Callable[[float], Awaitable[object]],
) -> R:
    """The same loop for an event loop."""
    try:
        step = next(exchange)
        while True:
            if isinstance(step, Wait):
                await wait(step.seconds)
                step = next(exchange)
                continue
            try:
                response = await send(_sendable(step))
            except TransportError as error:
                step = exchange.throw(error)
            else:
                step = exchange.send(response)
    except StopIteration as done:
        result: R = done.value
        return result
