"""What the forms offer: steps of time, and the faults that are planned most; the control plane takes more."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from mock_gateways.core.clock import DAY_S, HOUR_S, MINUTE_S

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mock_gateways.core.messages import Document

STEPS = (("1 h", "1 hour", HOUR_S), ("1 d", "1 day", DAY_S), ("7 d", "7 days", 7 * DAY_S))
UNITS: Mapping[str, int] = MappingProxyType({"minutes": MINUTE_S, "hours": HOUR_S, "days": DAY_S, "seconds": 1})


@dataclass(frozen=True, slots=True)
class Preset:
    """A fault in words, and its effect as the control plane takes it."""

    label: str
    effect: Document


PRESETS: Mapping[str, Preset] = MappingProxyType(
    {
        "timeout-after": Preset("Executed, but the answer is lost (timeout)", {"timeout": "after"}),
        "timeout-before": Preset("Not executed, no answer (timeout)", {"timeout": "before"}),
        "reset-after": Preset("Executed, then the connection is reset", {"reset": "after"}),
        "server-error": Preset("Gateway error 500", {"server_error": 500}),
        "unavailable": Preset("Gateway error 503", {"server_error": 503}),
        "rate-limit": Preset("Too many requests (429)", {"rate_limit": {"retry_after": 1}}),
        "slow": Preset("Two seconds slower", {"latency": 2}),
        "proxy-page": Preset("A proxy's HTML page (502)", {"html": 502}),
        "malformed": Preset("Executed, the answer is unreadable", {"malformed": True}),
        "approve": Preset("Approved, whatever the instrument", {"outcome": "approve"}),
    }
)
