"""One webhook on its way to one URL, and what became of each attempt."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mock_gateways.core.messages import Document


class DeliveryState(Enum):
    """How far a delivery has come."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Attempt:
    """When a delivery was tried, and the status it got or the error that came instead.

    In process nothing is sent: such an attempt has neither, and counts as accepted.
    """

    at: int
    status: int | None = None
    error: str | None = None

    @property
    def accepted(self) -> bool:
        return self.error is None and (self.status is None or 200 <= self.status < 300)

    def document(self) -> Document:
        return {"at": self.at, "status": self.status, "error": self.error}


@dataclass(slots=True)
class Delivery:
    """One event on its way to one URL; `body` is the exact text that is signed.

    A `missigned` one is signed with another endpoint's secret, for a time `age_s` seconds ago; a `held` one waits for
    those that are to overtake it.
    """

    id: str
    event: str
    type: str
    url: str
    secret: str
    body: str
    due: int
    state: DeliveryState = DeliveryState.PENDING
    attempts: int = 0
    sent_at: int | None = None
    missigned: bool = False
    age_s: int = 0
    held: bool = False
    history: list[Attempt] = field(default_factory=list)
