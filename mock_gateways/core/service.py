"""One API call from request to reply: tenant, faults, idempotency, handler, journal, in this order."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mock_gateways.core import effects, faults
from mock_gateways.core.idempotency import Verdict
from mock_gateways.core.messages import Refusal, Reply
from mock_gateways.core.routes import RouteTable
from mock_gateways.core.tenants import IdSource, Tenants

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mock_gateways.core.gateway import Gateway
    from mock_gateways.core.idempotency import Rules
    from mock_gateways.core.messages import Document, MalformedRequest, Request
    from mock_gateways.core.routes import Route
    from mock_gateways.core.store import Store
    from mock_gateways.core.tenants import World


@dataclass(frozen=True, slots=True)
class _Admission:
    """What is known before executing: the idempotency key to hold, or the reply that makes executing needless.

    `original` is the id of the first request when the reply is a replay.
    """

    key: str | None = None
    reply: Reply | None = None
    original: str | None = None


@contextmanager
def _overridden(world: World, outcome: str) -> Iterator[None]:
    """The charge attempts of one call meet this outcome, and no later call does."""
    before = world.forced_declines
    world.faults.approves = outcome == "approve"
    world.forced_declines = [] if world.faults.approves else [{"decline": outcome.partition(":")[2]}]
    try:
        yield
    finally:
        world.faults.approves, world.forced_declines = False, before


class Service:
    """A gateway at work, without any web framework around it."""

    def __init__(
        self, gateway: Gateway, seed: int, settings: Mapping[str, int | str], *, wall: bool, store: Store | None = None
    ) -> None:
        self.gateway = gateway
        self.table = RouteTable(gateway.routes)
        self.tenants = Tenants(gateway, seed, settings, wall=wall, store=store)
        self.unsimulated_calls: dict[str, int] = {}
        self._rules: Rules = gateway.idempotency(settings)
        self._states = gateway.manifest.state_names
        self._errors = gateway.manifest.error_codes
        # Replies that belong to no tenant need request ids too.
        self._outside = IdSource(f"{seed}:outside")
        self._outside_lock = threading.Lock()

    def answer(self, request: Request, route: Route, ids: dict[str, str]) -> Reply:
        """The reply to a call of a published operation.

        Raises Severed when a fault cuts the connection.
        """
        request.route, request.ids = route, ids
        try:
            credential = self.gateway.credential(request, self.tenants.settings)
        except Refusal as refusal:
            return self.outside(request, refusal.reply)
        try:
            brought = self._brought(request)
        except faults.BadFault as problem:
            return Reply(400, {"error": str(problem)})
        world = self.tenants.open(credential)
        with world.lock:
            if world.remains:
                world.remains.crumble()
            world.clock.settle()
            request.id = world.ids.new("req_", 14)
            admission = self._admit(world, request)
            # A planned fault counts the call even when the request brings its own.
            planned = world.faults.take(request) if world.faults.planned else None
            effect = brought or planned or {}
            if not (world.clock.wall and "latency" in effect):
                return self._conclude(world, request, effect, admission)
        # A slow operation holds its idempotency key but not the tenant, as a slow gateway would.
        time.sleep(effects.pause_s(effect["latency"], request.id))
        with world.lock:
            return self._conclude(world, request, effect, admission)

    def _brought(self, request: Request) -> Document | None:
        text = request.headers.get(faults.HEADER)
        return None if text is None else faults.requested(text, self._states, self._errors)

    def outside(self, request: Request, reply: Reply) -> Reply:
        """A reply that no tenant gave: unknown URL, unreadable request, refused credential."""
        with self._outside_lock:
            request.id = self._outside.new("req_", 14)
        self.gateway.dress(request, reply, None)
        return reply

    def unknown_route(self, request: Request) -> Reply:
        return self.outside(request, self.gateway.envelopes.unknown_route(request))

    def malformed(self, request: Request, problem: MalformedRequest) -> Reply:
        return self.outside(request, self.gateway.envelopes.malformed(problem))

    def _admit(self, world: World, request: Request) -> _Admission:
        try:
            request.parameters = self.gateway.decode(request)
        except Refusal as refusal:
            return _Admission(reply=refusal.reply)
        key = world.keys.key_of(request)
        if key is None:
            return _Admission()
        envelopes = self.gateway.envelopes
        if len(key) > self._rules.longest:
            return _Admission(reply=envelopes.key_too_long(key))
        verdict, entry = world.keys.begin(key, request, world.clock.now())
        if verdict is Verdict.FRESH:
            return _Admission(key=key)
        if verdict is Verdict.REPLAY and entry.reply is not None:
            stored = Reply(entry.reply.status, raw=entry.reply.body())
            return _Admission(reply=stored, original=entry.request_id)
        refused = envelopes.key_in_flight(key) if verdict is Verdict.IN_FLIGHT else envelopes.key_mismatch(key)
        return _Admission(reply=refused)

    def _conclude(self, world: World, request: Request, effect: Document, admission: _Admission) -> Reply:
        kept: Reply | None = None
        world.request = request
        try:
            faults.cut_off(effect, "before")
            reply, began = self._execute(world, request, effect, admission)
            if began and admission.key is not None:
                # Exact bytes: resources go on changing, a remembered reply does not.
                kept = Reply(reply.status, raw=reply.body())
                if not effect:
                    reply.raw = kept.raw
            if effect:
                reply = effects.distort(reply, effect, self.gateway.status_fields)
                faults.cut_off(effect, "after")
        except faults.Severed:
            world.journal.record(world.clock.now(), request, None, b"")
            raise
        finally:
            world.request = None
            if admission.key is not None:
                world.keys.finish(admission.key, kept)
            if world.outbox:
                self.tenants.stir(world)
        return self._sent(world, request, reply, effect, admission.original)

    def _execute(self, world: World, request: Request, effect: Document, admission: _Admission) -> tuple[Reply, bool]:
        """The handler's reply, or what comes instead of it, and whether the operation began."""
        instead = effects.instead(effect, self.gateway.envelopes) if effect else None
        # An error that comes of executing cannot meet a request that is not executed again.
        if instead is not None and (admission.reply is None or not instead[1]):
            return instead
        if admission.reply is not None:
            return admission.reply, False
        if "decline" in effect:
            world.forced_declines.append(effect)
        try:
            if "state" in effect:
                return self.gateway.situation(world, request, effect["state"]), True
            if "outcome" in effect:
                with _overridden(world, effect["outcome"]):
                    return self._handle(world, request), True
            return self._handle(world, request), True
        except Refusal as refusal:
            return refusal.reply, refusal.began

    def _handle(self, world: World, request: Request) -> Reply:
        route = request.route
        if route is None or route.handler is None:
            name = route.operation if route else request.path
            self.unsimulated_calls[name] = self.unsimulated_calls.get(name, 0) + 1
            raise Refusal(self.gateway.envelopes.unimplemented(route), began=False) if route else AssertionError(name)
        return route.handler(world, request)

    def _sent(self, world: World, request: Request, reply: Reply, effect: Document, original: str | None) -> Reply:
        body = reply.raw = reply.body()
        # A proxy's answer carries none of the gateway's headers.
        if effects.foreign(effect) is None:
            self.gateway.dress(request, reply, original)
        world.journal.record(world.clock.now(), request, reply, body)
        return reply
