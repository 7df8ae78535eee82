"""How the suite reaches a connector. Whatever comes out of a driver that is not an answer is the connector's fault."""

import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields
from typing import Any, Protocol
from wsgiref.types import WSGIApplication

import httpx

from mock_gateways.core.faults import ConnectionReset, TimedOut
from runtime.client import PaymentClient
from runtime.core.connector import Connector
from runtime.core.errors import ConnectorError
from runtime.core.messages import Headers
from runtime.core.payments import (
    AcceptDispute,
    Command,
    CreateOrder,
    CreateSessionToken,
    DefendDispute,
    DisputeOutcome,
    DSync,
    MandateOutcome,
    OrderOutcome,
    Outcome,
    PaymentOutcome,
    Refund,
    RefundOutcome,
    RevokeMandate,
    RSync,
    SessionOutcome,
    SetupMandate,
    SubmitEvidence,
)
from runtime.core.webhooks import Delivery
from suites.gateway import Gateway, SimulatorError

__all__ = ["BASE_URL", "ConnectorFault", "Driver", "InProcessDriver", "well_formed"]

BASE_URL = "https://gateway.test"


class ConnectorFault(AssertionError):
    """The connector raised what is no ConnectorError, took too long, or called a stranger."""


class Driver(Protocol):
    """A connector under test, in this process or any other."""

    def run(self, command: Command) -> Outcome | ConnectorError: ...

    def receive(self, headers: Headers, body: bytes) -> Delivery | ConnectorError: ...


class SimulatorTransport(httpx.BaseTransport):
    """httpx over WSGI: no socket, and the simulator's broken connections as httpx's own errors."""

    def __init__(self, app: WSGIApplication) -> None:
        self._inner = httpx.WSGITransport(app=app)
        self.broken: Exception | None = None
        self.stranger: str | None = None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if str(request.url.copy_with(raw_path=b"/")).rstrip("/") != BASE_URL:
            self.stranger = f"{request.url.scheme}://{request.url.netloc.decode()}"
            raise httpx.ConnectError("the suite opens no connection to a stranger")
        try:
            return self._inner.handle_request(request)
        except TimedOut as error:
            raise httpx.ReadTimeout("the simulator never answered") from error
        except ConnectionReset as error:
            raise httpx.ReadError("the simulator reset the connection") from error
        except Exception as error:
            self.broken = error
            raise httpx.ReadError("the simulator crashed") from error


class InProcessDriver:
    """A Python connector, run by the ordinary client over a transport that ends in the simulator.

    The client sends every request once: repeating is a decision the suite wants to make itself.
    """

    def __init__(
        self,
        connector: Connector,
        config: Any,
        app: WSGIApplication,
        gateway: Gateway,
        *,
        deadline_s: float,
        skew_s: float = 0,
    ) -> None:
        self._transport = SimulatorTransport(app)
        self._client = PaymentClient(
            connector,
            config,
            transport=self._transport,
            attempts=1,
            clock=lambda: gateway.now() + skew_s,
            sleep=lambda _: None,
        )
        self._gateway, self._deadline_s = gateway, deadline_s

    def run(self, command: Command) -> Outcome | ConnectorError:
        self._gateway.expect(type(command).__name__)
        with self._watched(type(command).__name__):
            try:
                answer: Outcome | ConnectorError = self._client.run(command)
            except ConnectorError as error:
                answer = error
        return well_formed(command, answer)

    def receive(self, headers: Headers, body: bytes) -> Delivery | ConnectorError:
        with self._watched("IncomingWebhook"):
            try:
                answer: Delivery | ConnectorError = self._client.receive(headers, body)
            except ConnectorError as error:
                answer = error
        if not isinstance(answer, Delivery | ConnectorError):
            raise ConnectorFault(f"IncomingWebhook: returned a {type(answer).__name__}, which is no Delivery")
        for event in answer.events if isinstance(answer, Delivery) else ():
            _no_empty_texts("IncomingWebhook", event.outcome)
            if not isinstance(event.created, int | None):
                raise ConnectorFault(f"IncomingWebhook: an event was created at {event.created!r}, which is no time")
        return answer

    @contextmanager
    def _watched(self, what: str) -> Iterator[None]:
        try:
            with _deadline(self._deadline_s):
                yield
        except _Overdue:
            raise ConnectorFault(f"{what}: no answer within {self._deadline_s:g} s") from None
        except Exception as error:
            self._blame_the_simulator_first()
            raise ConnectorFault(f"{what}: raised {type(error).__name__}, which is no ConnectorError") from error
        self._blame_the_simulator_first()
        if self._transport.stranger:
            raise ConnectorFault(f"{what}: tried to send to {self._transport.stranger} instead of {BASE_URL}")

    def _blame_the_simulator_first(self) -> None:
        if broken := self._transport.broken:
            self._transport.broken = None
            raise SimulatorError(f"the simulator raised {type(broken).__name__}: {broken}") from broken


_PROMISED: Mapping[type[Command], type[Any]] = {
    Refund: RefundOutcome,
    RSync: RefundOutcome,
    SetupMandate: MandateOutcome,
    RevokeMandate: MandateOutcome,
    CreateOrder: OrderOutcome,
    CreateSessionToken: SessionOutcome,
    DSync: DisputeOutcome,
    AcceptDispute: DisputeOutcome,
    SubmitEvidence: DisputeOutcome,
    DefendDispute: DisputeOutcome,
}


def well_formed(command: Command, answer: Outcome | ConnectorError) -> Outcome | ConnectorError:
    """The answer, if it is of the kind the flow promises, and an error says why and what to do."""
    flow, kind = type(command).__name__, _PROMISED.get(type(command), PaymentOutcome)
    if isinstance(answer, ConnectorError):
        if answer.error is None:
            raise ConnectorFault(f"{flow}: a {type(answer).__name__} without an ErrorInfo: {answer}")
        if str(answer).rpartition(":")[2].strip() in ("", "None"):
            raise ConnectorFault(f"{flow}: a {type(answer).__name__} that does not say what went wrong: {answer}")
        return answer
    if isinstance(answer, kind):
        _no_empty_texts(flow, answer)
        told: Outcome = answer
        return told
    raise ConnectorFault(f"{flow}: returned a {type(answer).__name__}, which is no {kind.__name__}")


def _no_empty_texts(flow: str, answer: Any) -> None:
    """Raise ConnectorFault where an outcome, or why it failed, holds an empty text: None is what says unknown."""
    for part in (answer, getattr(answer, "error", None)):
        if part is not None and (empty := [one.name for one in fields(part) if getattr(part, one.name) == ""]):
            raise ConnectorFault(f"{flow}: {', '.join(empty)} is an empty text, where None says that nothing is known")
    if getattr(answer, "status", "") is None:
        raise ConnectorFault(f"{flow}: a {type(answer).__name__} without a status: {answer}")


class _Overdue(BaseException):
    """Not an Exception: a connector that swallows every Exception must not swallow this one."""


@contextmanager
def _deadline(seconds: float) -> Iterator[None]:
    """Interrupt what runs longer. Signals exist on POSIX and in the main thread only; elsewhere nothing interrupts."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def overdue(*_: object) -> None:
        raise _Overdue

    previous = signal.signal(signal.SIGALRM, overdue)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)
