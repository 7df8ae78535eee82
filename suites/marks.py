"""How a test says what it proves, and what it needs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import pytest

from runtime.core.payments import Command, DSync, IncomingWebhook, PSync, RSync
from runtime.core.vocabulary import CaptureMethod, PaymentMethodType, Recovery

__all__ = [
    "DISPUTE_SEEN",
    "PAYMENT_SEEN",
    "REFUND_SEEN",
    "Capability",
    "Once",
    "lanes",
    "requirement",
    "requires",
    "tells",
]

Test = TypeVar("Test", bound=Callable[..., object])


def requirement(identity: str) -> Callable[[Test], Test]:
    """The requirement in requirements.toml that a test proves."""
    return pytest.mark.requirement(identity)


@dataclass(frozen=True, slots=True)
class Once:
    """The promise that a flow has one effect however often it is asked for under one request id."""

    flow: type[Command]


Claim = type[Command] | CaptureMethod | PaymentMethodType | Recovery | Once | str
# A tuple of them: one is enough.
Capability = Claim | tuple[Claim, ...]

# How a merchant learns what became of something: by asking, or where the gateway answers no questions, by listening.
PAYMENT_SEEN = (PSync, IncomingWebhook)
REFUND_SEEN = (RSync, IncomingWebhook)
DISPUTE_SEEN = (DSync, IncomingWebhook)


def requires(*capabilities: Capability) -> Callable[[Test], Test]:
    """What a connector must claim to be held to a test: flows, capture modes, methods, recoveries, Once(flow).

    A string is what a gateway may lack by nature, such as "partial capture" or "webhook time": claimed unless the
    connector's `not_offered` or the gateway's profile names it.
    """
    # with_args: called with one class alone, a mark would take it for the function to decorate
    return pytest.mark.requires.with_args(*capabilities)


def tells(*scenarios: str, heard: bool = False) -> Callable[[Test], Test]:
    """The scenarios that a test of recordings is told, one at a time; `heard` only those with deliveries."""
    return pytest.mark.tells.with_args(*scenarios, heard=heard)


def lanes(*names: str) -> Callable[[Test], Test]:
    """The lanes of a test of recordings, where it has others than the replay."""
    return pytest.mark.lanes(*names)
