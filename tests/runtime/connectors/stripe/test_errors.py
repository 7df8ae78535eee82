"""Declines are values; refusals, and answers that prove nothing, are raised: with code, advice, and the id."""

import csv
from pathlib import Path

import pytest

from runtime.connectors import stripe
from runtime.core.errors import CredentialsRejected, OutcomeUnknown, RateLimited, RequestRejected, Unavailable
from runtime.core.messages import TransportError
from runtime.core.money import Money
from runtime.core.payments import Capture, CompleteAuthorize, PSync, Refund, RSync, Void
from runtime.core.vocabulary import DisputeStatus, ErrorCode, NextActionKind, PaymentStatus, RefundStatus, RetryAdvice

USD = Money(1000, "USD")
SYNC = PSync(request_id="r", payment_id="pi_1")
CAPTURE = Capture(request_id="r", payment_id="pi_1", amount=USD)
VOID = Void(request_id="r", payment_id="pi_1")
REFUND = Refund(request_id="r", payment_id="pi_1", amount=USD)
COMPLETE = CompleteAuthorize(request_id="r", payment_id="pi_1", amount=USD)
WRITES = [COMPLETE, CAPTURE, VOID, REFUND]
ROWS = list(csv.DictReader((Path(stripe.__file__).parent / "codes.csv").read_text().splitlines()))
WORDS = {
    "refund_status": RefundStatus,
    "dispute_status": DisputeStatus,
    "session_status": PaymentStatus,
    "next_action": NextActionKind,
}
HTML = b"<html><body>Bad gateway</body></html>"
UNREADABLE = [HTML, b"", b'{"error": {"type": "card_', b"[]", b"null", b'{"error": null}', b"\xff\xfe"]


@pytest.fixture
def decline(problem, intent):
    def decline(decline_code="generic_decline", status="requires_payment_method", **fields):
        moved = intent(status, latest_charge="ch_1")
        return problem(code="card_declined", decline_code=decline_code, charge="ch_1", payment_intent=moved, **fields)

    return decline


# --- the code list -------------------------------------------------------------------------------------------------


def test_every_published_code_has_exactly_one_row(facts):
    published = facts["error_codes"]
    codes = {one["code"] for one in published["codes"]} | {one["decline_code"] for one in published["decline_codes"]}
    of_failures = [row["raw"] for row in ROWS if row["kind"] in ("decline", "state", "request", "key")]
    assert sorted(of_failures) == sorted(codes)


def test_every_decline_code_is_a_decline(facts):
    kinds = {row["raw"]: row["kind"] for row in ROWS if row["kind"] not in ("refund", "advice")}
    assert {kinds[one["decline_code"]] for one in facts["error_codes"]["decline_codes"]} == {"decline"}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['kind']}:{row['raw']}")
def test_a_row_says_where_it_is_from_and_a_foreign_product_is_not_judged(row):
    assert row["source"].startswith("docs.stripe.com/")
    assert row["unified"] in WORDS.get(row["kind"], ErrorCode).__members__
    assert row["retry"] in ({""} if row["kind"] in WORDS else RetryAdvice.__members__)
    assert not row["product"] or row["unified"] == "OTHER"


def test_no_decline_is_left_unjudged():
    assert [row["raw"] for row in ROWS if row["kind"] == "decline" and row["unified"] == "OTHER"] == []


@pytest.mark.parametrize(
    ("raw", "unified", "retry"),
    [  # docs.stripe.com/declines/codes: the column of next steps
        ("authentication_required", ErrorCode.AUTHENTICATION_REQUIRED, RetryAdvice.AFTER_AUTHENTICATION),
        ("duplicate_transaction", ErrorCode.DUPLICATE, RetryAdvice.SYNC_FIRST),
        ("expired_card", ErrorCode.EXPIRED_CARD, RetryAdvice.WITH_OTHER_METHOD),
        ("fraudulent", ErrorCode.FRAUD_SUSPECTED, RetryAdvice.NEVER),
        ("incorrect_cvc", ErrorCode.INCORRECT_CVC, RetryAdvice.WITH_CORRECTED_DATA),
        ("incorrect_number", ErrorCode.INVALID_CARD_NUMBER, RetryAdvice.WITH_CORRECTED_DATA),
        ("insufficient_funds", ErrorCode.INSUFFICIENT_FUNDS, RetryAdvice.LATER),
        ("lost_card", ErrorCode.LOST_OR_STOLEN, RetryAdvice.NEVER),
        ("pin_try_exceeded", ErrorCode.PIN_TRIES_EXCEEDED, RetryAdvice.WITH_OTHER_METHOD),
        ("processing_error", ErrorCode.PROCESSING_ERROR, RetryAdvice.LATER),
        ("stolen_card", ErrorCode.LOST_OR_STOLEN, RetryAdvice.NEVER),
    ],
)
def test_a_decline_is_named_and_advised(run, authorize, decline, raw, unified, retry):
    outcome = run(authorize(), (402, decline(raw))).outcome
    assert outcome.status is PaymentStatus.FAILURE
    assert (outcome.error.code, outcome.error.retry, outcome.error.raw_code) == (unified, retry, raw)


# --- declines ------------------------------------------------------------------------------------------------------


def test_a_decline_carries_the_gateways_own_words(run, authorize, decline):
    words = {"advice_code": "try_again_later", "network_decline_code": "51", "network_advice_code": "02"}
    error = run(authorize(), (402, decline("insufficient_funds", **words))).outcome.error
    assert (error.message, error.advice_code) == ("no", "try_again_later")
    assert (error.network_decline_code, error.network_advice_code) == ("51", "02")


@pytest.mark.parametrize(
    ("raw", "advice", "retry"),
    [
        ("insufficient_funds", "do_not_try_again", RetryAdvice.NEVER),
        ("expired_card", "confirm_card_data", RetryAdvice.WITH_CORRECTED_DATA),
        ("generic_decline", "try_again_later", RetryAdvice.LATER),
        ("call_issuer", "try_again_later", RetryAdvice.LATER),
        ("lost_card", "try_again_later", RetryAdvice.NEVER),
        ("brand_new_code", "try_again_later", RetryAdvice.LATER),
        ("brand_new_code", "brand_new_advice", RetryAdvice.WITH_OTHER_METHOD),
        ("brand_new_code", None, RetryAdvice.WITH_OTHER_METHOD),
    ],
)
def test_stripes_advice_beats_the_table_save_that_never_stays_never(run, authorize, decline, raw, advice, retry):
    assert run(authorize(), (402, decline(raw, advice_code=advice))).outcome.error.retry is retry


def test_an_unknown_decline_code_is_kept_and_not_guessed(run, authorize, decline):
    error = run(authorize(), (402, decline("brand_new_code"))).outcome.error
    assert (error.code, error.raw_code) == (ErrorCode.OTHER, "brand_new_code")


@pytest.mark.parametrize(
    ("fields", "raw"),
    [
        ({"code": "card_declined", "decline_code": "lost_card"}, "lost_card"),
        ({"code": "card_declined"}, "card_declined"),
        ({}, "card_error"),
    ],
)
def test_the_most_specific_code_is_the_raw_one(run, authorize, problem, fields, raw):
    assert run(authorize(), (402, problem(**fields))).outcome.error.raw_code == raw


@pytest.mark.parametrize(
    ("command", "still", "status"),
    [
        (COMPLETE, "requires_payment_method", PaymentStatus.FAILURE),
        (CAPTURE, "requires_capture", PaymentStatus.CAPTURE_FAILED),
        (VOID, "requires_capture", PaymentStatus.VOID_FAILED),
    ],
    ids=["complete", "capture", "void"],
)
def test_a_declined_write_is_a_value_of_its_flow(run, intent, decline, command, still, status):
    replies = [(200, intent("requires_confirmation"))] if command is COMPLETE else []
    outcome = run(command, *replies, (402, decline(status=still))).outcome
    assert (outcome.status, outcome.raw_status, outcome.payment_id) == (status, still, "pi_1")
    assert outcome.error.code is ErrorCode.CARD_DECLINED


def test_a_declined_refund_is_a_failed_one(run, problem):
    outcome = run(REFUND, (402, problem(code="card_declined"))).outcome
    assert (outcome.status, outcome.refund_id, outcome.payment_id) == (RefundStatus.FAILURE, None, "pi_1")


@pytest.mark.parametrize("still", ["requires_magic", "succeeded", "processing"])
def test_a_decline_beside_a_status_that_contradicts_it_is_unresolved(run, authorize, decline, still):
    for command in (authorize(), CAPTURE):
        outcome = run(command, (402, decline(status=still))).outcome
        assert (outcome.status, outcome.raw_status) == (PaymentStatus.UNRESOLVED, still)
        assert (outcome.payment_id, outcome.error.raw_code) == ("pi_1", "generic_decline")


def test_a_declined_authentication_is_told_apart(run, authorize, problem, intent):
    code = "payment_intent_authentication_failure"
    reply = problem("invalid_request_error", code=code, payment_intent=intent("requires_payment_method"))
    assert run(authorize(), (402, reply)).outcome.status is PaymentStatus.AUTHENTICATION_FAILED


def test_a_card_refused_before_there_is_a_payment_is_a_decline_without_an_id(run, authorize, problem):
    outcome = run(authorize(), (402, problem(code="incorrect_number", param="number"))).outcome
    assert (outcome.status, outcome.payment_id) == (PaymentStatus.FAILURE, None)
    assert outcome.error.code is ErrorCode.INVALID_CARD_NUMBER


def test_a_402_that_is_neither_card_nor_payment_is_a_refusal(run, authorize, problem):
    reply = problem("invalid_request_error", code="parameter_invalid_integer", param="card[exp_year]")
    with pytest.raises(RequestRejected):
        run(authorize(), (402, reply))


def test_a_failed_read_is_never_a_failed_payment(run, decline, problem):
    with pytest.raises(RequestRejected):
        run(SYNC, (402, decline()))
    with pytest.raises(RequestRejected) as missing:
        run(SYNC, (404, problem("invalid_request_error", code="resource_missing", param="intent")))
    assert missing.value.error.code is ErrorCode.NOT_FOUND
    assert missing.value.transaction_id == "pi_1"


# --- refusals ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "kind", "fields", "raised", "code"),
    [
        (400, "invalid_request_error", {"code": "parameter_missing"}, RequestRejected, ErrorCode.INVALID_REQUEST),
        (400, "invalid_request_error", {"code": "amount_too_large"}, RequestRejected, ErrorCode.INVALID_AMOUNT),
        (400, "invalid_request_error", {"code": "charge_already_refunded"}, RequestRejected, ErrorCode.INVALID_STATE),
        (400, "invalid_request_error", {"code": "terminal_reader_busy"}, RequestRejected, ErrorCode.OTHER),
        (400, "invalid_request_error", {"code": "brand_new_code"}, RequestRejected, ErrorCode.OTHER),
        (400, "invalid_request_error", {}, RequestRejected, ErrorCode.INVALID_REQUEST),
        (400, "idempotency_error", {}, RequestRejected, ErrorCode.IDEMPOTENCY_CONFLICT),
        (401, "invalid_request_error", {}, CredentialsRejected, ErrorCode.CREDENTIALS_REJECTED),
        (
            401,
            "invalid_request_error",
            {"code": "api_key_expired"},
            CredentialsRejected,
            ErrorCode.CREDENTIALS_REJECTED,
        ),
        (403, "invalid_request_error", {}, CredentialsRejected, ErrorCode.CREDENTIALS_REJECTED),
        (404, "invalid_request_error", {"code": "resource_missing"}, RequestRejected, ErrorCode.NOT_FOUND),
        (429, "invalid_request_error", {"code": "rate_limit"}, RateLimited, ErrorCode.RATE_LIMITED),
        (429, "invalid_request_error", {"code": "lock_timeout"}, RateLimited, ErrorCode.RATE_LIMITED),
    ],
)
def test_a_refusal_says_who_must_act(run, authorize, problem, status, kind, fields, raised, code):
    for command in (authorize(), SYNC, *WRITES):
        with pytest.raises(raised) as refusal:
            run(command, (status, problem(kind, **fields)))
        assert (refusal.value.status, refusal.value.error.code) == (status, code)
        assert refusal.value.error.raw_code == fields.get("code", kind)


def test_a_reused_key_asks_to_sync_first(run, authorize, problem):
    with pytest.raises(RequestRejected) as conflict:
        run(authorize(), (400, problem("idempotency_error")))
    assert conflict.value.error.retry is RetryAdvice.SYNC_FIRST


def test_a_refused_state_keeps_the_payments_id(run, authorize, problem, intent):
    reply = problem("invalid_request_error", code="payment_intent_unexpected_state", payment_intent=intent("canceled"))
    for command in (authorize(), VOID, CAPTURE):
        with pytest.raises(RequestRejected) as refusal:
            run(command, (400, reply))
        assert refusal.value.transaction_id == "pi_1"
        assert refusal.value.error.code is ErrorCode.INVALID_STATE


@pytest.mark.parametrize(("header", "seconds"), [("7", 7.0), ("soon", None), ("Wed, 21 Oct 2026 07:28:00 GMT", None)])
def test_a_rate_limit_says_how_long_to_wait(run, authorize, problem, header, seconds):
    reply = problem("invalid_request_error", code="rate_limit")
    with pytest.raises(RateLimited) as limited:
        run(authorize(), (429, reply, {"retry-after": header}))
    assert limited.value.retry_after == seconds
    assert limited.value.error.retry is RetryAdvice.LATER


@pytest.mark.parametrize(
    ("status", "raised"),
    [
        (401, CredentialsRejected),
        (403, CredentialsRejected),
        (429, RateLimited),
        (400, RequestRejected),
        (404, RequestRejected),
    ],
)
@pytest.mark.parametrize("body", UNREADABLE)
def test_a_status_that_says_it_all_needs_no_body(run, authorize, status, raised, body):
    with pytest.raises(raised):
        run(authorize(), (status, body))


# --- no trustworthy answer -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [200, 201, 402, 500, 502, 503])
@pytest.mark.parametrize("body", UNREADABLE)
def test_a_reply_that_cannot_be_read_proves_nothing(run, authorize, status, body):
    for command in (authorize(), *WRITES):
        with pytest.raises(OutcomeUnknown) as unknown:
            run(command, (status, body))
        assert (unknown.value.status, unknown.value.error.retry) == (status, RetryAdvice.SYNC_FIRST)
        assert unknown.value.transaction_id == getattr(command, "payment_id", None)
    for command in (SYNC, RSync(request_id="r", refund_id="re_1", payment_id="pi_1")):
        with pytest.raises(Unavailable):
            run(command, (status, body))


@pytest.mark.parametrize("status", [301, 302, 307, 405, 408, 409, 418, 424, 500, 503, 504])
def test_any_other_status_proves_nothing_either(run, authorize, problem, status):
    for command in (authorize(), *WRITES):
        with pytest.raises(OutcomeUnknown):
            run(command, (status, problem("api_error")))
    with pytest.raises(Unavailable) as unavailable:
        run(SYNC, (status, problem("api_error")))
    assert unavailable.value.error.retry is RetryAdvice.LATER


@pytest.mark.parametrize("status", [301, 302, 307])
def test_a_redirect_is_no_success_whatever_it_carries(run, authorize, intent, status):
    with pytest.raises(OutcomeUnknown):
        run(authorize(), (status, intent()))


def test_a_key_in_use_may_be_a_first_attempt_under_way(run, authorize, problem):
    with pytest.raises(OutcomeUnknown) as unknown:
        run(authorize(), (409, problem("invalid_request_error", code="idempotency_key_in_use")))
    assert unknown.value.error.code is ErrorCode.IDEMPOTENCY_CONFLICT
    assert unknown.value.error.retry is RetryAdvice.SYNC_FIRST


def test_a_truncated_success_keeps_the_id_it_told(run, authorize):
    with pytest.raises(OutcomeUnknown) as unknown:
        run(authorize(), (200, b'{\n  "id": "pi_3Abc",\n  "object": "payment_intent",\n  "amo'))
    assert unknown.value.transaction_id == "pi_3Abc"
    with pytest.raises(OutcomeUnknown) as unknown:
        run(REFUND, (200, b'{"id": "re_3Abc", "object": "ref'))
    assert unknown.value.transaction_id == "re_3Abc"


@pytest.mark.parametrize(
    ("status", "header", "retry"),
    [
        (500, "false", RetryAdvice.NEVER),
        (409, "false", RetryAdvice.NEVER),
        (500, "true", RetryAdvice.SYNC_FIRST),
        (500, None, RetryAdvice.SYNC_FIRST),
        (200, "false", RetryAdvice.SYNC_FIRST),
        (402, "false", RetryAdvice.SYNC_FIRST),
    ],
)
def test_stripe_can_stop_blind_retries_of_what_failed(run, authorize, status, header, retry):
    """stripe-python 16.1 obeys it; a success and a decline always say false, and here one of them was unreadable."""
    headers = {"stripe-should-retry": header} if header else {}
    with pytest.raises(OutcomeUnknown) as unknown:
        run(authorize(), (status, HTML, headers))
    assert unknown.value.error.retry is retry


def test_a_lost_reply_to_any_step_is_an_unknown_outcome_with_the_id(run, intent):
    lost = TransportError("reset", sent=True)
    for replies in ([(0, lost)], [(200, intent("requires_confirmation")), (0, lost)]):
        with pytest.raises(OutcomeUnknown) as unknown:
            run(COMPLETE, *replies)
        assert unknown.value.transaction_id == "pi_1"
