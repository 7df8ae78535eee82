"""Declines are values; refusals and silence are exceptions, and no id is ever lost in one."""

import csv
from pathlib import Path

import pytest

from runtime.connectors import razorpay
from runtime.core.errors import (
    CredentialsRejected,
    OutcomeUnknown,
    RateLimited,
    RequestRejected,
    Unavailable,
)
from runtime.core.messages import TransportError
from runtime.core.money import Money
from runtime.core.payments import (
    AcceptDispute,
    Capture,
    CompleteAuthorize,
    CreateOrder,
    DSync,
    PSync,
    Refund,
    RSync,
)
from runtime.core.vocabulary import ErrorCode, PaymentStatus, RetryAdvice

INR = Money(50000, "INR")
CAPTURE = Capture(request_id="c", payment_id="pay_1", amount=INR)
REFUND = Refund(request_id="r", payment_id="pay_1", amount=INR)
SYNC = PSync(request_id="s", payment_id="pay_1")
CODES = list(csv.DictReader(Path(razorpay.__file__).with_name("codes.csv").read_text().splitlines()))


def test_every_published_reason_has_been_judged_and_no_other(facts):
    published = {row["reason"] for row in facts["error_codes"]["reasons"]}
    judged = {row["raw"] for row in CODES if row["kind"] in {"decline", "pending", "request", "state", "generic"}}
    assert judged == published


def test_every_judgement_names_its_source():
    assert [row["raw"] for row in CODES if not row["source"]] == []


# What a decline is in our words where nothing is left to opinion; the rest of the list is judged in `codes.csv`.
FIRM = {
    "insufficient_fund": ErrorCode.INSUFFICIENT_FUNDS,
    "insufficient_funds": ErrorCode.INSUFFICIENT_FUNDS,
    "card_declined": ErrorCode.CARD_DECLINED,
    "card_expired": ErrorCode.EXPIRED_CARD,
    "card_number_invalid": ErrorCode.INVALID_CARD_NUMBER,
    "incorrect_cvv": ErrorCode.INCORRECT_CVC,
    "incorrect_pin": ErrorCode.INCORRECT_PIN,
    "pin_attempts_exceeded": ErrorCode.PIN_TRIES_EXCEEDED,
    "authentication_failed": ErrorCode.AUTHENTICATION_FAILED,
    "payment_cancelled": ErrorCode.CUSTOMER_CANCELLED,
    "payment_timed_out": ErrorCode.TIMEOUT,
    "payment_risk_check_failed": ErrorCode.FRAUD_SUSPECTED,
    "transaction_limit_exceeded": ErrorCode.LIMIT_EXCEEDED,
    "bank_not_available": ErrorCode.ISSUER_UNAVAILABLE,
}


@pytest.mark.parametrize("code", ["BAD_REQUEST_ERROR", "GATEWAY_ERROR"])
@pytest.mark.parametrize("reason", FIRM)
def test_a_decline_is_a_value_whatever_kind_of_error_it_comes_as(run, authorize, order, problem, reason, code):
    said = problem(reason, code=code, metadata={"payment_id": "pay_9", "order_id": "order_1"})
    outcome = run(authorize(), (200, order()), (400, said)).outcome
    assert outcome.status in {PaymentStatus.FAILURE, PaymentStatus.AUTHENTICATION_FAILED}
    assert (outcome.payment_id, outcome.error.code, outcome.error.raw_code) == ("pay_9", FIRM[reason], reason)


def test_every_test_card_that_fails_is_told_by_its_reason(run, authorize, order, problem, facts):
    for card in facts["test_cards"]["cards"]:
        if card["outcome"] == "failure":
            said = problem(card["error_reason"], code=card["error_code"], metadata={"payment_id": "pay_9"})
            error = run(authorize(), (200, order()), (400, said)).outcome.error
            assert error.code is not ErrorCode.OTHER, card["error_reason"]


def test_a_decline_that_names_no_payment_keeps_the_order(run, authorize, order, problem):
    assert run(authorize(), (200, order()), (400, problem("card_declined"))).outcome.payment_id == "order_1"


def test_an_unknown_reason_beside_a_payment_is_a_decline_of_it(run, authorize, order, problem):
    said = problem("never_heard_of", metadata={"payment_id": "pay_9"})
    outcome = run(authorize(), (200, order()), (400, said)).outcome
    assert (outcome.status, outcome.payment_id) == (PaymentStatus.FAILURE, "pay_9")
    assert (outcome.error.code, outcome.error.raw_code) == (ErrorCode.OTHER, "never_heard_of")


def test_an_unknown_reason_without_a_payment_is_a_refusal(run, authorize, order, problem):
    with pytest.raises(RequestRejected) as refused:
        run(authorize(), (200, order()), (400, problem("never_heard_of")))
    error = refused.value.error
    assert (error.code, error.raw_code) == (ErrorCode.OTHER, "never_heard_of")
    assert refused.value.transaction_id == "order_1"


@pytest.mark.parametrize(
    "reason", ["payment_pending", "payment_pending_approval", "collect_request_pending", "deemed_transaction"]
)
def test_a_reason_that_leaves_it_open_is_unknown(run, authorize, order, problem, reason):
    said = problem(reason, metadata={"payment_id": "pay_9"})
    with pytest.raises(OutcomeUnknown) as unknown:
        run(authorize(), (200, order()), (400, said))
    assert (unknown.value.transaction_id, unknown.value.error.retry) == ("pay_9", RetryAdvice.SYNC_FIRST)


def test_a_declined_capture_is_a_value_and_to_be_synced_first(run, problem):
    outcome = run(CAPTURE, (400, problem("capture_failed"))).outcome
    assert (outcome.status, outcome.payment_id) == (PaymentStatus.CAPTURE_FAILED, "pay_1")
    assert outcome.error.retry is RetryAdvice.SYNC_FIRST


# -- refusals


@pytest.mark.parametrize(
    ("fields", "code", "retry"),
    [
        ({"description": "The id provided does not exist"}, ErrorCode.NOT_FOUND, None),
        ({"description": "The id provided does not exist.", "reason": "NA"}, ErrorCode.NOT_FOUND, None),
        ({"description": "pay_x is not a valid id"}, ErrorCode.NOT_FOUND, None),
        ({"description": "The requested URL was not found on the server."}, ErrorCode.NOT_FOUND, None),
        ({"reason": "record_not_found"}, ErrorCode.NOT_FOUND, None),
        ({"reason": "order_already_paid"}, ErrorCode.INVALID_STATE, RetryAdvice.SYNC_FIRST),
        (
            {"description": "This payment has already been captured"},
            ErrorCode.INVALID_STATE,
            RetryAdvice.SYNC_FIRST,
        ),
        ({"field": "amount", "description": "The amount is invalid"}, ErrorCode.INVALID_AMOUNT, None),
        ({"field": "amount", "reason": None}, ErrorCode.INVALID_AMOUNT, None),
        ({"description": "Capture amount must be equal to the amount authorized."}, ErrorCode.INVALID_AMOUNT, None),
        ({"description": "extra is/are not required and should not be sent."}, ErrorCode.INVALID_REQUEST, None),
        ({"reason": "merchant_not_activated"}, ErrorCode.MERCHANT_CONFIGURATION, RetryAdvice.NEVER),
        ({"reason": "NA"}, ErrorCode.INVALID_REQUEST, None),
    ],
)
def test_a_refusal_is_told_by_reason_then_field_then_description(run, problem, fields, code, retry):
    with pytest.raises(RequestRejected) as refused:
        run(CAPTURE, (400, problem(**fields)))
    assert (refused.value.error.code, refused.value.status) == (code, 400)
    assert refused.value.transaction_id == "pay_1"
    assert retry in {None, refused.value.error.retry}


@pytest.mark.parametrize(
    ("description", "code"),
    [
        ("The refund amount provided is greater than amount captured.", ErrorCode.INVALID_AMOUNT),
        ("The payment has been fully refunded already.", ErrorCode.INVALID_STATE),
        ("Your account does not have enough balance to carry out the refund.", ErrorCode.MERCHANT_BALANCE_INSUFFICIENT),
    ],
)
def test_a_refused_refund_is_a_refusal(run, problem, description, code):
    with pytest.raises(RequestRejected) as refused:
        run(REFUND, (400, problem("NA", description=description)))
    assert refused.value.error.code is code


def test_what_is_unknown_to_razorpay_is_a_400_and_never_a_failed_payment(run, problem):
    missing = problem(description="The id provided does not exist")
    for command in (SYNC, PSync(request_id="s", payment_id="order_1"), DSync(request_id="d", dispute_id="disp_1")):
        with pytest.raises(RequestRejected) as refused:
            run(command, (400, missing))
        assert refused.value.error.code is ErrorCode.NOT_FOUND


@pytest.mark.parametrize(
    ("status", "description"),
    [
        (401, "Authentication failed"),
        (401, "The api key provided is invalid"),
        (400, "Authentication failed"),
        (400, "The API key/secret provided is invalid."),
        (403, "anything"),
    ],
)
def test_a_refused_key_is_told_apart_with_400_too(run, authorize, problem, status, description):
    with pytest.raises(CredentialsRejected) as refused:
        run(authorize(), (status, problem("NA", description=description)))
    assert (refused.value.error.code, refused.value.status) == (ErrorCode.CREDENTIALS_REJECTED, status)


def test_too_many_calls_say_when_to_come_again(run, authorize):
    with pytest.raises(RateLimited) as limited:
        run(authorize(), (429, b"", {"Retry-After": "7"}))
    assert (limited.value.retry_after, limited.value.error.retry) == (7.0, RetryAdvice.LATER)


def test_a_404_with_a_reason_is_told_by_the_reason(run, problem):
    with pytest.raises(RequestRejected) as refused:
        run(CAPTURE, (404, problem("order_already_paid")))
    assert refused.value.error.code is ErrorCode.INVALID_STATE


@pytest.mark.parametrize("status", [400, 403, 404])
def test_a_refusal_that_is_no_json_is_still_a_refusal(run, status):
    with pytest.raises((RequestRejected, CredentialsRejected)) as refused:
        run(CAPTURE, (status, b"<html>no</html>"))
    assert refused.value.status == status


def test_a_refund_asked_for_twice_with_other_words_is_a_conflict(run, problem):
    said = problem(None, description="Different request with the same idempotency key has already been processed.")
    for status in (409, 400):  # the table of errors says the one, its example the other
        with pytest.raises(RequestRejected) as refused:
            run(REFUND, (status, said))
        assert refused.value.error.code is ErrorCode.IDEMPOTENCY_CONFLICT


def test_a_refund_under_way_is_unknown(run, problem):
    said = problem(None, description="Another request with the same idempotency key is still in progress.")
    with pytest.raises(OutcomeUnknown) as unknown:
        run(REFUND, (409, said))
    assert unknown.value.transaction_id == "pay_1"


# -- no trustworthy answer

LOST = TransportError("timed out", sent=True)
NEVER_SENT = TransportError("refused", sent=False)
ANSWERS = {
    "lost": (0, LOST),
    "500": (500, {"error": {"code": "SERVER_ERROR", "description": "no"}}),
    "502": (502, b"<html>"),
    "a gateway error": (504, {"error": {"code": "GATEWAY_ERROR", "reason": "payment_failed"}}),
    "truncated": (200, b'{"razorpay_payment_id'),
    "an error inside a 200": (200, {"error": {"code": "BAD_REQUEST_ERROR", "reason": "card_declined"}}),
    "asked to start over": (200, {"type": "respawn", "missing": ["vpa"]}),
    "302": (302, b""),
}


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_a_payment_without_an_answer_is_unknown_and_found_by_its_order(run, authorize, order, payment, answer):
    with pytest.raises(OutcomeUnknown) as unknown:
        run(authorize(), (200, order()), answer)
    assert (unknown.value.transaction_id, unknown.value.error.retry) == ("order_1", RetryAdvice.SYNC_FIRST)
    lookup = PSync(request_id="s", payment_id=unknown.value.transaction_id, amount=INR)
    assert run(lookup, (200, {"items": [payment()]})).outcome.status is PaymentStatus.CHARGED


def test_the_given_order_is_kept_as_well(run, authorize):
    with pytest.raises(OutcomeUnknown) as unknown:
        run(authorize(order_id="order_7"), (0, LOST))
    assert unknown.value.transaction_id == "order_7"


def test_a_payment_id_that_can_be_made_out_is_kept_before_the_order(run, authorize, order):
    with pytest.raises(OutcomeUnknown) as unknown:
        run(authorize(), (200, order()), (200, b'{"razorpay_payment_id":"pay_77","next":['))
    assert unknown.value.transaction_id == "pay_77"
    with pytest.raises(OutcomeUnknown) as unknown:
        run(authorize(), (200, order()), (500, {"error": {"metadata": {"payment_id": "pay_78"}}}))
    assert unknown.value.transaction_id == "pay_78"


def test_a_payment_that_was_made_and_cannot_be_read_back_is_unknown(run, authorize, order, started):
    with pytest.raises(OutcomeUnknown) as unknown:
        run(authorize(), (200, order()), (200, started()), (0, LOST))
    assert unknown.value.transaction_id == "pay_1"


@pytest.mark.parametrize("status", [400, 401, 404, 429])
def test_a_payment_that_was_made_and_may_not_be_read_back_is_no_refusal(run, authorize, order, started, status):
    with pytest.raises(OutcomeUnknown) as unknown:
        run(authorize(), (200, order()), (200, started()), (status, b""))
    assert (unknown.value.transaction_id, unknown.value.error.retry) == ("pay_1", RetryAdvice.SYNC_FIRST)


def test_a_payment_that_was_never_sent_moved_nothing(run, authorize, order):
    with pytest.raises(Unavailable) as unavailable:
        run(authorize(), (200, order()), (0, NEVER_SENT))
    assert unavailable.value.transaction_id == "order_1"


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_every_other_write_without_an_answer_is_unknown_and_keeps_its_id(run, answer):
    for command, known in [
        (CAPTURE, "pay_1"),
        (REFUND, "pay_1"),
        (AcceptDispute(request_id="d", dispute_id="disp_1"), "disp_1"),
        (CompleteAuthorize(request_id="c", payment_id="pay_1", amount=INR), "pay_1"),
        (CreateOrder(request_id="o", amount=INR, reference="o 1"), None),
    ]:
        with pytest.raises(OutcomeUnknown) as unknown:
            run(command, answer)
        assert unknown.value.transaction_id == known


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_a_read_without_an_answer_is_unavailable(run, answer):
    for command in (
        SYNC,
        PSync(request_id="s", payment_id="order_1"),
        RSync(request_id="s", payment_id="p", refund_id="r"),
    ):
        with pytest.raises(Unavailable):
            run(command, answer)
