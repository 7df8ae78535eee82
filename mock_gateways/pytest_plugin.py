"""The fixture `mock_gateway`: a simulated gateway for a test, in process or on a port, with a tenant of the test's own.

One application serves a whole run; what is heavy is imported when a test first asks for it.
"""

from __future__ import annotations

import json
from contextlib import ExitStack
from functools import cached_property
from hashlib import blake2b
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from flask import Flask


class _House:
    """The applications of a run, and the ports they are on, by gateway and clock."""

    def __init__(self, closing: ExitStack) -> None:
        self._closing = closing
        self._apps: dict[tuple[str, str], Flask] = {}
        self._urls: dict[tuple[str, str], str] = {}

    def app(self, name: str, clock: str) -> Flask:
        if (name, clock) not in self._apps:
            from mock_gateways.app import create_app  # noqa: PLC0415 - a run that needs none must not wait for it

            self._apps[name, clock] = create_app(name, clock=clock)
        return self._apps[name, clock]

    def url(self, name: str, clock: str) -> str:
        if (name, clock) not in self._urls:
            from mock_gateways.server import serving  # noqa: PLC0415 - as above

            self._urls[name, clock] = self._closing.enter_context(serving(self.app(name, clock)))
        return self._urls[name, clock]


class MockGateway:
    """A simulated gateway as one test sees it: `key`, with `account` if it has one, is a tenant that no other test has.

    Time stands still until `advance`; with `clock="wall"` it passes, and webhooks are really sent.
    """

    def __init__(self, house: _House, name: str, key: str, account: str | None, clock: str) -> None:
        self.key, self.account = key, account
        self._house, self._name, self._clock = house, name, clock
        credential = key if account is None else f"{key}:{account}"
        self._tenant = self._control("POST", "/_mock/tenants", {"credential": credential})["id"]
        self.control("POST", "reset")

    @property
    def url(self) -> str:
        """Its address on a free loopback port, which is opened when first asked for."""
        return self._house.url(self._name, self._clock)

    @property
    def transport(self) -> Callable[..., Iterable[bytes]]:
        """The WSGI application, for `httpx.WSGITransport`."""
        return self._house.app(self._name, self._clock).wsgi_app

    @cached_property
    def _client(self) -> Any:
        from werkzeug.test import Client  # noqa: PLC0415 - a run that needs none must not wait for it

        return Client(self.transport)

    def _control(self, method: str, path: str, body: dict[str, Any] | None) -> Any:
        reply = self._client.open(path, method=method, data=None if body is None else json.dumps(body))
        answer = json.loads(reply.get_data())
        if reply.status_code != 200:
            raise ValueError(answer["error"])
        return answer

    def control(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """A control call on this tenant; `path` is what stands after its id.

        Raises ValueError, with what was wrong, when it cannot be carried out.
        """
        return self._control(method, f"/_mock/tenants/{self._tenant}/{path}", body)

    def ledger(self, payment: str) -> dict[str, str]:
        """What was authorised, captured, released and refunded, in exact decimals.

        Raises KeyError when no money of this payment ever moved.
        """
        totals: dict[str, str] = self.control("GET", f"ledger?payment={quote(payment)}")["payments"][payment]
        return totals

    def advance(self, seconds: int) -> int:
        """Let time pass, with all that falls due in it; the new time."""
        return int(self.control("POST", "clock", {"advance": seconds})["now"])

    def approve(self, payment: str, outcome: str = "approve") -> Any:
        """Act as the shopper: "approve" or "fail"."""
        return self.control("POST", f"approvals/{quote(payment)}", {"outcome": outcome})

    def fault(self, effect: dict[str, Any], *, route: str | None = None, nth: int = 1, times: int = 1) -> None:
        """Plan a fault for the nth call that matches the route, or for any call."""
        self.control("POST", "faults", {"route": route, "effect": effect, "nth": nth, "times": times})

    def webhooks(self) -> list[dict[str, Any]]:
        """The deliveries so far, oldest first: type, url, signed headers, exact body."""
        deliveries: list[dict[str, Any]] = self.control("GET", "outbox")["deliveries"]
        return deliveries


@pytest.fixture(scope="session")
def _mock_gateway_house() -> Iterator[_House]:
    with ExitStack() as closing:
        yield _House(closing)


@pytest.fixture
def mock_gateway(_mock_gateway_house: _House, request: pytest.FixtureRequest) -> Callable[..., MockGateway]:
    """`mock_gateway("stripe")` is a simulated gateway; the same test always has the same key, so the same ids."""
    made: list[MockGateway] = []

    def make(name: str, *, key: str | None = None, account: str | None = None, clock: str = "fixed") -> MockGateway:
        digest = blake2b(f"{request.node.nodeid} {len(made)}".encode(), digest_size=12).hexdigest()
        from mock_gateways.app import find_gateway  # noqa: PLC0415 - a run that needs none must not wait for it

        own, _, within = find_gateway(name).test_credential.format(name=digest).partition(":")
        made.append(MockGateway(_mock_gateway_house, name, key or own, account or within or None, clock))
        return made[-1]

    return make
