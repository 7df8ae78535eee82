"""The record of a simulated gateway: tables and functions, which the neutral core puts to work."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mock_gateways.core.approvals import Approval, Decided
    from mock_gateways.core.idempotency import Rules
    from mock_gateways.core.manifest import Manifest
    from mock_gateways.core.messages import Document, MalformedRequest, Reply, Request
    from mock_gateways.core.openapi import Description
    from mock_gateways.core.outbox import Signer
    from mock_gateways.core.routes import Route
    from mock_gateways.core.tenants import World


class Envelopes(Protocol):
    """The gateway's own words for what the core refuses."""

    def malformed(self, problem: MalformedRequest) -> Reply: ...
    def unknown_route(self, request: Request) -> Reply: ...
    def unimplemented(self, route: Route) -> Reply: ...
    def key_too_long(self, key: str) -> Reply: ...
    def key_in_flight(self, key: str) -> Reply: ...
    def key_mismatch(self, key: str) -> Reply: ...
    def named(self, code: str, *, http: int | None, param: str | None) -> tuple[Reply, bool]:
        """The reply for a published error code, and whether the operation would have begun by then."""
        ...

    def overwhelmed(self, status: int) -> tuple[Reply, bool]:
        """The reply to too many requests (429) or a failure of the gateway's own (5xx); as `named` otherwise."""
        ...


def described_in(module: str) -> Callable[[], Description]:
    """What `describe` in a module gives; imported when it is called, since only the OpenAPI document needs it."""
    return partial(_describe, module)


def _describe(module: str) -> Description:
    description: Description = import_module(module).describe()
    return description


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """One simulated gateway.

    `credential` reads and checks the credential of a request (raises Refusal); `refuse_credential` says why a
    credential may not open a tenant, or None; `decode` reads the parameters (raises Refusal); `dress` adds the
    gateway's headers to a reply, given the id of the original request when it is a replay; `situation` renders the
    resource of a request in a state of the manifest without posting anything; `approve` carries out what was
    decided, "approve" or "fail", about something that waited; `listen` registers a webhook endpoint and returns its
    secret; `dispute` has the shopper's bank dispute a payment and returns the dispute (raises Refusal where it cannot);
    `describe` gives what an OpenAPI document says of its operations.
    """

    name: str
    title: str
    routes: tuple[Route, ...]
    manifest: Manifest
    idempotency: Callable[[Mapping[str, int | str]], Rules]
    retry_after_s: tuple[int, ...]
    signer: Signer
    envelopes: Envelopes
    new_store: Callable[[], Any]
    credential: Callable[[Request, Mapping[str, int | str]], str]
    refuse_credential: Callable[[str], str | None]
    decode: Callable[[Request], Document]
    dress: Callable[[Request, Reply, str | None], None]
    situation: Callable[[World, Request, str], Reply]
    payment_state: Callable[[World, str], str]
    approve: Callable[[World, Approval, str], Decided]
    listen: Callable[[World, str, list[str]], str]
    dispute: Callable[[World, str, Document], Document] | None = None
    # A credential of a tenant's own, with a name in it; a part after a colon is the account within which the key works.
    test_credential: str = "test_{name}"
    # The fields in which its objects say how they stand; a forced status replaces the first that is there.
    status_fields: tuple[str, ...] = ("status",)
    describe: Callable[[], Description] | None = None
