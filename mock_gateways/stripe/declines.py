"""Why an issuer, Radar or the lack of authentication ends an attempt, and how Stripe says so.

Sources: docs.stripe.com/declines/codes, docs.stripe.com/testing, recorded declines (advice and network codes).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mock_gateways.stripe.errors import error_body
from mock_gateways.stripe.tables import DECLINES, ERRORS

if TYPE_CHECKING:
    from mock_gateways.core.messages import Document
    from mock_gateways.stripe.tables import PublishedCard

_GENERAL = "card_declined"


@dataclass(frozen=True, slots=True)
class Decline:
    """One declined attempt; `blocked` when Radar stopped it before the network saw it."""

    code: str
    decline_code: str | None
    advice_code: str | None = None
    network_decline_code: str | None = None
    network_advice_code: str | None = None
    param: str | None = None
    message: str | None = None
    blocked: bool = False

    @classmethod
    def of_card(cls, card: PublishedCard, *, blocked: bool = False) -> Decline:
        return cls(
            card.code or _GENERAL,
            card.decline_code or None,
            card.advice_code or None,
            card.network_decline_code or None,
            card.network_advice_code or None,
            card.param or None,
            blocked=blocked,
        )

    @classmethod
    def of_code(cls, decline_code: str, **more: Any) -> Decline:
        """A decline by its decline code; where Stripe has an error code of that name, `code` says it too."""
        own = decline_code in ERRORS and decline_code in DECLINES and ERRORS[decline_code].type == "card_error"
        code = decline_code if own and decline_code != "insufficient_funds" else _GENERAL
        if decline_code == "authentication_not_handled":
            code = "authentication_required"
        fields = {"param": ERRORS[code].param, **more}
        return cls(fields.pop("code", code), decline_code, **fields)

    def text(self) -> str:
        return self.message or f"The card was declined: {(self.decline_code or self.code).replace('_', ' ')}."

    def error(self, **more: Any) -> Document:
        """The `error` object; `more` adds or replaces fields."""
        fields = {
            "decline_code": self.decline_code,
            "advice_code": self.advice_code,
            "network_decline_code": self.network_decline_code,
            "network_advice_code": self.network_advice_code,
            "param": self.param,
            **more,
        }
        return error_body(self.text(), kind="card_error", code=self.code, **fields)

    def outcome(self, risk: Document) -> Document:
        """The `outcome` of the failed charge."""
        return {
            "advice_code": self.advice_code,
            "network_advice_code": self.network_advice_code,
            "network_decline_code": self.network_decline_code,
            "network_status": "not_sent_to_network" if self.blocked else "declined_by_network",
            "reason": "highest_risk_level" if self.blocked else self.decline_code or self.code,
            **risk,
            "seller_message": "Blocked as too risky." if self.blocked else "The bank did not approve this payment.",
            "type": "blocked" if self.blocked else "issuer_declined",
        }
