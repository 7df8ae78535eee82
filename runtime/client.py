"""The two drivers of an exchange over httpx, sync and async: timeouts, tokens, and retries of what is safe to repeat.

This is the only file of the runtime that does I/O or reads a clock. Everything it decides is one generator, `_persist`,
that both drivers run, so that neither can learn a rule the other does not have.
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from random import Random
from typing import Any, Self

import httpx

from runtime.core.connector import Connector, Context, Exchange, Token, drive, drive_async
from runtime.core.errors import (
    ConnectorError,
    CredentialsRejected,
    IntegrityMismatch,
    OutcomeUnknown,
    RateLimited,
    Unavailable,
)
from runtime.core.messages import Headers, HttpRequest, HttpResponse, TransportError, Wait
from runtime.core.payments import Command, IncomingWebhook
from runtime.core.vocabulary import Recovery, RetryAdvice
from runtime.core.webhooks import Delivery

__all__ = ["AsyncPaymentClient", "PaymentClient"]

MAX_REPLY_BYTES = 8 * 1024 * 1024
_FIRST_DELAY_S, _LONGEST_DELAY_S = 0.5, 8.0
_TOKEN_MARGIN_S = 30.0  # a token is not used in its last moments: the request might arrive after them

# Errors that httpx raises before a byte of the request has left; after any other one it may have.
_NOTHING_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


class _Session:
    """What both clients share: the connector, its configuration, its token, and when to try again."""

    def __init__(
        self,
        connector: Connector,
        config: Any,
        *,
        attempts: int,
        timeout_s: float,
        clock: Callable[[], float],
        random: Random | None,
    ) -> None:
        if attempts < 1:
            raise ValueError(f"attempts is how often a request may be sent, so 1 or more, not {attempts}")
        self._connector, self._config, self._attempts = connector, config, attempts
        self._clock, self._random = clock, random or Random()
        self._token: Token | None = None
        self._patience_s = timeout_s  # httpx begins anew with every byte, so the body as a whole has its own

    def _persist(self, command: Command) -> Exchange[Any]:
        """Repeat an exchange while that is safe and may help: the same command, so the same idempotency key."""
        attempt, renewed = 1, False
        while True:
            try:
                yield from self._authenticated()
                return (yield from self._connector.exchange(self._context(), command))
            except CredentialsRejected as error:
                if renewed or self._token is None or error.status != 401:
                    raise
                renewed, self._token = True, None
            except (OutcomeUnknown, Unavailable, RateLimited) as error:
                if attempt == self._attempts or not self._is_safe_to_repeat(error):
                    raise
                yield Wait(self._delay(attempt, error))
                attempt += 1

    def _authenticated(self) -> Exchange[None]:
        fresh = self._token is not None and self._token.expires_at - _TOKEN_MARGIN_S > self._clock()
        if self._connector.authenticate and not fresh:
            self._token = yield from self._connector.authenticate(self._context())

    def _context(self) -> Context:
        return Context(self._config, self._clock(), self._random, self._token)

    def _is_safe_to_repeat(self, error: ConnectorError) -> bool:
        if isinstance(error, IntegrityMismatch) or (error.error and error.error.retry is RetryAdvice.NEVER):
            return False
        if isinstance(error, OutcomeUnknown):
            return Recovery.SAME_KEY_RETRY in self._connector.capabilities.recovery
        return True  # a read, or a request that was not executed

    def _delay(self, attempt: int, error: ConnectorError) -> float:
        backoff = min(_FIRST_DELAY_S * float(2 ** (attempt - 1)), _LONGEST_DELAY_S)
        jittered = backoff * (0.5 + self._random.random() / 2)
        return max(jittered, error.retry_after or 0.0)


class PaymentClient(_Session):
    """Runs commands through a connector. Use it for many: a client owns a connection pool and its TLS context.

    `attempts` is how often one request may be sent in all; only what is safe to repeat is sent twice.
    """

    def __init__(
        self,
        connector: Connector,
        config: Any,
        *,
        transport: httpx.BaseTransport | None = None,
        timeout_s: float = 30.0,
        attempts: int = 3,
        clock: Callable[[], float] = time.time,
        random: Random | None = None,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        super().__init__(connector, config, attempts=attempts, timeout_s=timeout_s, clock=clock, random=random)
        self._http = httpx.Client(transport=transport, timeout=timeout_s, follow_redirects=False, trust_env=False)
        self._sleep = sleep

    def run(self, command: Command) -> Any:
        """Run a command to its outcome.

        Raises:
            ConnectorError: one of the tree in `runtime.core.errors`, which says who must act.
        """
        return drive(self._persist(command), self._send, self._sleep)

    def receive(self, headers: Headers | Mapping[str, str], body: bytes, *, request_id: str = "webhook") -> Delivery:
        """Verify and read a webhook delivery, from its headers and its raw body.

        Raises:
            WebhookRejected: nothing in it may be believed.
        """
        delivery: Delivery = self.run(_incoming(headers, body, request_id))
        return delivery

    def _send(self, request: HttpRequest) -> HttpResponse:
        try:
            with self._http.stream(
                request.method, request.url, headers=list(request.headers), content=request.body
            ) as reply:
                body, until = bytearray(), time.monotonic() + self._patience_s
                for chunk in reply.iter_bytes():
                    _append(body, chunk, until)
                return _response(reply, bytes(body))
        except httpx.HTTPError as error:
            raise _transport_error(error) from error

    def close(self) -> None:
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


class AsyncPaymentClient(_Session):
    """The same for an event loop."""

    def __init__(
        self,
        connector: Connector,
        config: Any,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        timeout_s: float = 30.0,
        attempts: int = 3,
        clock: Callable[[], float] = time.time,
        random: Random | None = None,
    ) -> None:
        super().__init__(connector, config, attempts=attempts, timeout_s=timeout_s, clock=clock, random=random)
        self._http = httpx.AsyncClient(transport=transport, timeout=timeout_s, follow_redirects=False, trust_env=False)

    async def run(self, command: Command) -> Any:
        return await drive_async(self._persist(command), self._send, asyncio.sleep)

    async def receive(
        self, headers: Headers | Mapping[str, str], body: bytes, *, request_id: str = "webhook"
    ) -> Delivery:
        delivery: Delivery = await self.run(_incoming(headers, body, request_id))
        return delivery

    async def _send(self, request: HttpRequest) -> HttpResponse:
        try:
            async with self._http.stream(
                request.method, request.url, headers=list(request.headers), content=request.body
            ) as reply:
                body, until = bytearray(), time.monotonic() + self._patience_s
                async for chunk in reply.aiter_bytes():
                    _append(body, chunk, until)
                return _response(reply, bytes(body))
        except httpx.HTTPError as error:
            raise _transport_error(error) from error

    async def aclose(self) -> None:
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.aclose()


def _incoming(headers: Headers | Mapping[str, str], body: bytes, request_id: str) -> IncomingWebhook:
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    return IncomingWebhook(request_id=request_id, headers=tuple(pairs), body=body)


def _append(body: bytearray, chunk: bytes, until: float) -> None:
    body += chunk
    if len(body) > MAX_REPLY_BYTES:
        raise TransportError(f"the reply is larger than {MAX_REPLY_BYTES} bytes", sent=True)
    if time.monotonic() > until:
        raise TransportError("the reply comes too slowly to wait for its end", sent=True)


def _response(reply: httpx.Response, body: bytes) -> HttpResponse:
    return HttpResponse(reply.status_code, tuple(reply.headers.items()), body)


def _transport_error(error: httpx.HTTPError) -> TransportError:
    return TransportError(f"{type(error).__name__} before a complete reply", sent=not isinstance(error, _NOTHING_SENT))
