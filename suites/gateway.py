"""The simulator seen from outside: its control plane, which every driver and every gateway shares."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from wsgiref.types import WSGIApplication
from wsgiref.util import setup_testing_defaults

from werkzeug.test import run_wsgi_app

from runtime.core.messages import Headers

__all__ = ["Balance", "Gateway", "Moment", "SimulatorError", "Webhook"]


_ALTERS = {"status", "override"}


class SimulatorError(Exception):
    """The simulator did what no gateway does. It voids the run: it says nothing about the connector."""


@dataclass(frozen=True, slots=True)
class Balance:
    """What the ledger says of one payment, in major units."""

    currency: str
    authorised: Decimal
    captured: Decimal
    released: Decimal
    refunded: Decimal
    disputed: Decimal = Decimal(0)

    @property
    def held(self) -> Decimal:
        return self.authorised - self.captured - self.released


@dataclass(frozen=True, slots=True)
class Moment:
    """A world set aside: its name, the time in it, and how much had been sent by then."""

    name: str
    now: float
    sequence: int


@dataclass(frozen=True, slots=True)
class Webhook:
    """A delivery as it would arrive."""

    id: str
    type: str
    headers: Headers
    body: bytes


class Gateway:
    """One tenant of a simulator."""

    def __init__(self, app: WSGIApplication, credential: str, routes: Mapping[str, str]) -> None:
        self._app, self._routes = app, routes
        self._next: list[tuple[Mapping[str, object], int]] = []
        opened = self._call("POST", "/_mock/tenants", {"credential": credential})
        self._root = f"/_mock/tenants/{opened['id']}"
        self._now: float = opened["now"]

    # -- the ledger: the only judge of what money did

    def balance(self, payment_id: str | None) -> Balance:
        found = self._payments().get(payment_id or "")
        if found is None:
            return Balance("", *[Decimal(0)] * 4)
        return found

    def balances(self) -> list[Balance]:
        return list(self._payments().values())

    def payments(self) -> Mapping[str, Balance]:
        return self._payments()

    def _payments(self) -> dict[str, Balance]:
        rows = self._call("GET", f"{self._root}/ledger")["payments"]
        names = ("authorised", "captured", "released", "refunded", "disputed")
        return {key: Balance(row["currency"], *(Decimal(row[name]) for name in names)) for key, row in rows.items()}

    # -- time

    def now(self) -> float:
        return self._now

    def advance(self, seconds: float) -> None:
        self._now = self._call("POST", f"{self._root}/clock", {"advance": seconds})["now"]

    # -- whose account it is

    def set_up_as(self, account: Mapping[str, int | str]) -> None:
        """Give the account other settings than those of the profile."""
        if account:
            self._call("POST", f"{self._root}/settings", account)

    # -- what goes wrong on purpose

    def plan(self, effect: Mapping[str, object], *, flow: str | None = None, nth: int = 1) -> None:
        """Have the flow's own request meet this: that of the next command, or of the flow that is named."""
        if flow is None:
            self._next.append((effect, nth))
        else:
            self._post(effect, nth, self._routes.get(flow))

    def strike(self, effect: Mapping[str, object], step: int) -> None:
        """Have this befall the nth request from now on, whatever it is."""
        self._post(effect, step, None)

    def forget_plans(self) -> None:
        """Nothing more goes wrong on purpose."""
        self._next.clear()
        self._call("DELETE", f"{self._root}/faults")

    def expect(self, flow: str) -> None:
        """A command of this flow comes now: what was planned for the next command is for its own request."""
        for effect, nth in self._next:
            # What alters a reply is for the one that tells how the flow ended, where that is another request's.
            telling = self._routes.get(f"{flow}, told by") if _ALTERS & effect.keys() else None
            self._post(effect, nth, telling or self._routes.get(flow))
        self._next.clear()

    def _post(self, effect: Mapping[str, object], nth: int, route: str | None) -> None:
        fault: dict[str, object] = {"effect": dict(effect), "nth": nth, "times": 1}
        self._call("POST", f"{self._root}/faults", fault | ({"route": route} if route else {}))

    # -- what was sent

    def exchanges(self, *, since: int = 0) -> list[dict[str, Any]]:
        """All of them, or those after that sequence number."""
        rows: list[dict[str, Any]] = self._call("GET", f"{self._root}/journal", query=f"since={since}")["exchanges"]
        return rows

    # -- the same moment again

    def set_aside(self) -> "Moment":
        """The world as it is now, to be brought back: the same requests then get the same bytes."""
        kept = self._call("POST", f"{self._root}/snapshot")["snapshot"]
        return Moment(kept, self._now, max((row["sequence"] for row in self.exchanges()), default=0))

    def bring_back(self, moment: "Moment") -> None:
        self._call("POST", f"{self._root}/restore", {"snapshot": moment.name})
        self._now = moment.now

    # -- the shopper

    def approve(self, identity: str | None) -> Mapping[str, str]:
        """Have whoever it waits for agree: the shopper, the bank; the query with which a browser comes back."""
        return self._decide(identity, "approve")

    def reject(self, identity: str | None) -> Mapping[str, str]:
        return self._decide(identity, "fail")

    def waits_for(self, identity: str | None) -> str | None:
        """What a payment, mandate or dispute waits for, or None."""
        waiting = self._waiting()
        return next(iter(waiting.values()), None) if identity is None else waiting.get(identity)

    def waiting(self) -> list[str]:
        """Everything that waits for somebody, in the order in which it began to."""
        return list(self._waiting())

    def _waiting(self) -> dict[str, str]:
        return {row["id"]: row["kind"] for row in self._call("GET", f"{self._root}/approvals")["approvals"]}

    def _decide(self, identity: str | None, outcome: str) -> Mapping[str, str]:
        waiting = self._waiting()
        if identity is None and len(waiting) == 1:
            (identity,) = waiting  # not every gateway names a payment before the shopper comes back
        assert identity in waiting, f"the gateway waits for somebody on {sorted(waiting)}, not on {identity!r}"
        decided = self._call("POST", f"{self._root}/approvals/{identity}", {"outcome": outcome})
        return dict(parse_qsl(urlsplit(decided.get("return_url") or "").query))

    def dispute(self, payment_id: str | None, reason: str | None = None) -> str:
        """Have the shopper's bank dispute a payment; the id of the dispute."""
        assert payment_id in self._payments(), f"the ledger has no payment {payment_id!r} to dispute"
        wish = {"payment": payment_id or "", **({"reason": reason} if reason else {})}
        opened: str = self._call("POST", f"{self._root}/disputes", wish)["id"]
        return opened

    # -- webhooks

    def listen(self) -> str:
        """Register an endpoint for every event; returns the secret it will be signed with."""
        address = {"url": "https://merchant.test/webhooks", "events": ["*"]}
        secret: str = self._call("POST", f"{self._root}/webhooks", address)["secret"]
        return secret

    def webhooks(self) -> list[Webhook]:
        """Every delivery so far, oldest first, exactly as it would be sent."""
        return [
            Webhook(row["id"], row["type"], _pairs(row["headers"]), row["body"].encode())
            for row in self._call("GET", f"{self._root}/outbox")["deliveries"]
        ]

    def variant(self, webhook: Webhook, name: str, *, age: float = 0) -> Webhook:
        """The same delivery as a hostile or odd sender would send it."""
        wish = {"variant": name, "age": age}
        row = self._call("POST", f"{self._root}/outbox/{webhook.id}/variants", wish)
        return Webhook(webhook.id, webhook.type, _pairs(row["headers"]), row["body"].encode())

    def _call(self, method: str, path: str, body: Mapping[str, object] | None = None, *, query: str = "") -> Any:
        sent = json.dumps(body).encode() if body else b""
        environ: dict[str, Any] = {"REQUEST_METHOD": method, "PATH_INFO": path, "CONTENT_LENGTH": str(len(sent))}
        environ["QUERY_STRING"] = query
        environ |= {"CONTENT_TYPE": "application/json", "wsgi.input": BytesIO(sent)}
        # werkzeug's Client would do, at twice the time that all the simulator's replies take together
        setup_testing_defaults(environ)
        chunks, status, _ = run_wsgi_app(self._app, environ, buffered=True)
        reply = b"".join(chunks)
        if status >= "3":
            raise SimulatorError(f"{method} {path}: {status} {reply[:300].decode(errors='replace')}")
        return json.loads(reply)


def _pairs(headers: Mapping[str, str] | list[list[str]]) -> Headers:
    return tuple(headers.items()) if isinstance(headers, Mapping) else tuple((name, value) for name, value in headers)
