"""A refusal is an error that says who must act; it is never an outcome."""

from collections.abc import Callable

import pytest

from runtime.core.errors import (
    ConnectorError,
    CredentialsRejected,
    GatewayRefused,
    OutcomeUnknown,
    RateLimited,
    RequestRejected,
    Unavailable,
)
from runtime.core.money import Money
from runtime.core.payments import Authorize, Capture, Command, PSync, Refund
from runtime.core.vocabulary import CaptureMethod, ErrorCode, PaymentStatus, RetryAdvice
from suites.marks import requirement, requires

TEN = Money.of("10.00", "EUR")
pytestmark = requires(Authorize)

SAID_BY_STATUS = {
    401: ErrorCode.CREDENTIALS_REJECTED,
    403: ErrorCode.CREDENTIALS_REJECTED,
    404: ErrorCode.NOT_FOUND,
}
KIND: dict[int, type[ConnectorError]] = {401: CredentialsRejected, 403: CredentialsRejected, 429: RateLimited}


def _command(merchant, flow) -> Command:
    """A well-formed command of a flow, after whatever must have happened before it."""
    after: dict[str, Callable[[], Command]] = {
        "Authorize": lambda: merchant.order(TEN),
        "Capture": lambda: merchant.capture_of(merchant.holds(TEN), TEN),
        "Void": lambda: merchant.void_of(merchant.holds(TEN)),
        "Refund": lambda: merchant.refund_of(merchant.pays(TEN), TEN),
    }
    return after[flow]()


def _refusing(certification, raw) -> dict[str, object]:
    """The gateway's refusal with a code: its own reply, or for what stands beside another code the profile's."""
    if raw in {failure.code for failure in certification.profile.manifest.failures if failure.field == "code"}:
        return {"error": raw}
    status, body = certification.profile.samples["refusal for a reason"]
    headers = {"Content-Type": "application/json"}
    return {"raw": {"status": status, "headers": headers, "body": body.replace("{raw}", raw)}}


def _refused(merchant, gateway, certification, refusal) -> ConnectorError:
    command = _command(merchant, refusal.flow)
    gateway.plan(_refusing(certification, refusal.raw), flow=refusal.flow)
    return merchant.fails(command, ConnectorError)


@requirement("ERR-005")
@requires(CaptureMethod.MANUAL)
def test_a_refusal_is_an_error_of_the_right_kind(merchant, gateway, certification, refusal):
    error = _refused(merchant, gateway, certification, refusal)
    exchanges = gateway.exchanges()
    assert exchanges, "nothing was sent"
    sent = exchanges[-1]["response"]["status"]
    assert isinstance(error, KIND.get(sent, RequestRejected)), f"HTTP {sent} {refusal.raw} is no {type(error).__name__}"


@requirement("ERR-006")
@requires(CaptureMethod.MANUAL)
def test_a_refusal_has_the_right_code_and_advice(merchant, gateway, certification, refusal):
    error = _refused(merchant, gateway, certification, refusal).error
    assert error.raw_code == refusal.raw
    assert error.code in refusal.unified
    assert error.retry in refusal.retry


@requirement("ERR-019")
def test_what_is_in_doubt_is_no_decline(merchant, gateway, certification, doubt):
    command = _command(merchant, doubt.flow)
    gateway.plan(_refusing(certification, doubt.raw), flow=doubt.flow)
    answer = merchant.tries(command)
    assert answer.error is not None, "nothing says that the outcome is in doubt"
    assert answer.error.retry is RetryAdvice.SYNC_FIRST
    assert answer.error.code in doubt.unified
    assert not isinstance(answer, GatewayRefused), "nothing was refused: it may yet succeed"
    assert isinstance(answer, OutcomeUnknown) or answer.status is not PaymentStatus.FAILURE, "it may yet succeed"


@requirement("ERR-008")
def test_an_unknown_error_code_is_a_refusal(merchant, gateway, certification):
    code, effect = certification.profile.samples["unknown refusal"]
    gateway.plan(effect)
    error = merchant.fails(merchant.order(TEN), RequestRejected)
    assert (error.error.raw_code, error.error.code) == (code, ErrorCode.OTHER)


@requirement("ERR-009")
@requires(Capture, Refund, CaptureMethod.MANUAL)
@pytest.mark.parametrize("flow", ["Authorize", "Capture", "Refund"])
def test_a_write_with_an_unreadable_answer_is_unknown(merchant, gateway, broken_body, flow):
    command = _command(merchant, flow)
    gateway.plan(broken_body, flow=flow)
    error = merchant.fails(command, OutcomeUnknown)
    assert error.error.retry in {RetryAdvice.SYNC_FIRST, RetryAdvice.NEVER}, "money may have moved: look before acting"


@requirement("ERR-010")
@requires(PSync)
def test_a_read_with_an_unreadable_answer_is_unavailable(merchant, gateway, broken_body):
    payment = merchant.pays(TEN)
    gateway.plan(broken_body)
    merchant.fails(merchant.sync_of(payment), Unavailable)


@requirement("ERR-011")
def test_refused_credentials_are_told_apart(merchant_for, certification):
    stranger = merchant_for(key=certification.profile.samples["refused credential"])
    error = stranger.fails(stranger.order(TEN), CredentialsRejected)
    assert error.error.code is ErrorCode.CREDENTIALS_REJECTED


@requirement("ERR-012")
def test_a_rate_limit_is_no_decline(merchant, gateway):
    limited = {"status": 429, "headers": {"Content-Type": "application/json", "Retry-After": "7"}, "body": "{}"}
    gateway.plan({"raw": limited})
    error = merchant.fails(merchant.order(TEN), RateLimited)
    assert (error.error.retry, error.retry_after) == (RetryAdvice.LATER, 7)
    assert error.error.code is ErrorCode.RATE_LIMITED
    assert gateway.balances() == []


@requirement("ERR-015")
@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_a_refusal_that_is_no_json_is_still_a_refusal(merchant, gateway, status):
    page = {"status": status, "headers": {"Content-Type": "text/html"}, "body": "<html>no</html>"}
    gateway.plan({"raw": page})
    refused = merchant.fails(merchant.order(TEN), GatewayRefused)
    assert refused.status == status
    assert refused.error.code is SAID_BY_STATUS.get(status, refused.error.code), f"HTTP {status} alone says more"


@requirement("ERR-016")
def test_an_error_inside_a_200_is_never_a_success(merchant, gateway, certification):
    body = certification.profile.samples["error body"]
    gateway.plan({"raw": {"status": 200, "headers": {"Content-Type": "application/json"}, "body": body}})
    answer = merchant.tries(merchant.order(TEN))
    assert isinstance(answer, OutcomeUnknown) or answer.status is PaymentStatus.FAILURE
