"""Adyen's JSON in its own names (camel case on the wire), as Checkout v72 and DisputeService v30 show it.

Only what we use. Result codes, statuses and event codes are plain strings: an unknown one is ours to report, not a
reason to lose a reply.
Source: the schemas PaymentResponse, PaymentDetailsResponse, PaymentCaptureResponse, ServiceError and
DefaultErrorResponseEntity of CheckoutService-v72, DisputeServiceResult of DisputeService-v30, the items of
Webhooks-v1.
"""

from typing import Any

from pydantic import AliasPath, ConfigDict, Field
from pydantic.alias_generators import to_camel

from runtime.core.bodies import Wire


class Reply(Wire):
    model_config = ConfigDict(alias_generator=to_camel)


class Amount(Reply):
    currency: str
    value: int


class Noted(Reply):
    """Whatever has `additionalData`: flat, dotted names; which of them come is set in the Customer Area."""

    additional_data: dict[str, Any] = Field(default_factory=dict)

    def noted(self, *names: str) -> str | None:
        """The first of these entries that is there and is text."""
        return next((value for name in names if isinstance(value := self.additional_data.get(name), str)), None)


class Payment(Noted):
    """The answer of /payments and /payments/details. Before a redirect it can come without `pspReference`."""

    result_code: str
    psp_reference: str | None = None
    amount: Amount | None = None
    refusal_reason: str | None = None
    refusal_reason_code: str | None = None
    action: dict[str, Any] | None = None
    method_type: str | None = Field(default=None, validation_alias=AliasPath("paymentMethod", "type"))


class Modification(Reply):
    """The answer of /captures, /cancels and /refunds; a cancel's has no amount."""

    psp_reference: str
    payment_psp_reference: str
    status: str
    amount: Amount | None = None


class Session(Reply):
    id: str
    amount: Amount
    session_data: str | None = None
    expires_at: str | None = None


class DisputeReply(Reply):
    success: bool = Field(validation_alias=AliasPath("disputeServiceResult", "success"))
    error_message: str | None = Field(default=None, validation_alias=AliasPath("disputeServiceResult", "errorMessage"))


class Problem(Reply):
    """Both families of errors at once: errorCode with message, or RFC 7807 with title and detail."""

    error_code: str | None = None
    message: str | None = None
    title: str | None = None
    detail: str | None = None


class Item(Noted):
    """One event of a standard webhook. `success` is text; a missing field is signed as an empty one."""

    psp_reference: str
    event_code: str
    success: str
    amount: Amount | None = None
    original_reference: str | None = None
    merchant_account_code: str = ""
    merchant_reference: str | None = None
    event_date: str | None = None
    payment_method: str | None = None
    reason: str | None = None

    @property
    def raw(self) -> str:
        return f"{self.event_code}/{self.success}"


class Entry(Reply):
    item: Item = Field(alias="NotificationRequestItem")


class Notification(Reply):
    notification_items: list[Entry] = Field(min_length=1)


class TokenEvent(Reply):
    """A webhook that is signed in a header: what happened to a stored payment method."""

    type: str
    event_id: str | None = None
    created_at: str | None = None
    token: str | None = Field(default=None, validation_alias=AliasPath("data", "storedPaymentMethodId"))
    customer: str | None = Field(default=None, validation_alias=AliasPath("data", "shopperReference"))
