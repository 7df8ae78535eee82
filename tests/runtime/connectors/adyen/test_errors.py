"""Refusals and answers that cannot be trusted, by the published envelopes and codes (error_codes.json of the facts)."""

import pytest

from runtime.core.errors import (
    CredentialsRejected,
    InvalidCommand,
    OutcomeUnknown,
    RateLimited,
    RequestRejected,
    Unavailable,
)
from runtime.core.messages import TransportError
from runtime.core.payments import AcceptDispute, Capture, Refund, RevokeMandate, Void
from runtime.core.vocabulary import ErrorCode, RetryAdvice

PSP = "993617895204576J"


def envelope(status, code, **more):
    return {"status": status, "errorCode": code, "message": "no", "errorType": "validation"} | more


def test_the_envelopes_of_the_document_are_refusals(run, authorize, facts):
    kinds = {"400": RequestRejected, "401": CredentialsRejected, "403": CredentialsRejected, "422": RequestRejected}
    examples = facts["error_codes"]["examples_from_spec"]
    assert set(examples) == set(kinds)
    for status, body in examples.items():
        with pytest.raises(kinds[status]) as caught:
            run(authorize(), (int(status), body))
        error = caught.value
        assert (error.status, error.error.raw_code) == (int(status), body["errorCode"])
        assert error.transaction_id == body.get("pspReference")


def test_every_published_code_has_its_word(run, authorize, facts):
    for row in facts["error_codes"]["api_errors"]:
        if row["errorCode"] == "704":
            continue
        with pytest.raises(RequestRejected) as caught:
            run(authorize(), (422, envelope(422, row["errorCode"])))
        assert caught.value.error.code == row["unified"], row


def test_a_problem_in_the_newer_form_is_read_as_well(run, eur):
    problem = {
        "type": "https://docs.adyen.com/errors/not-found",
        "title": "Entity was not found",
        "status": 422,
        "detail": "Payment instrument not found",
        "errorCode": "30_112",
    }
    with pytest.raises(RequestRejected) as caught:
        run(Capture(request_id="m", payment_id=PSP, amount=eur), (422, problem))
    error = caught.value.error
    assert (error.raw_code, error.message, error.code) == ("30_112", "Payment instrument not found", ErrorCode.OTHER)
    assert caught.value.transaction_id == PSP


def test_an_unknown_payment_is_not_found(run, eur):
    """Recorded: 422 with errorCode 167."""
    for command in (Capture, Refund, Void):
        with pytest.raises(RequestRejected) as caught:
            run(command(request_id="m", payment_id=PSP, amount=eur), (422, envelope(422, "167")))
        assert caught.value.error.code is ErrorCode.NOT_FOUND


def test_a_bad_key_is_a_matter_of_credentials_whatever_its_code(run, authorize):
    with pytest.raises(CredentialsRejected) as caught:
        run(authorize(), (401, envelope(401, "000", errorType="security")))
    assert caught.value.error.code is ErrorCode.CREDENTIALS_REJECTED


@pytest.mark.parametrize("body", [b"", b"<html>Too many requests</html>", b"{}"])
def test_a_refusal_by_status_needs_no_body(run, authorize, body):
    with pytest.raises(RateLimited) as caught:
        run(authorize(), (429, body, {"Retry-After": "7"}))
    assert (caught.value.retry_after, caught.value.error.code) == (7.0, ErrorCode.RATE_LIMITED)


@pytest.mark.parametrize("status", [409, 422])
def test_a_key_in_use_leaves_open_what_the_first_attempt_did(run, authorize, status):
    with pytest.raises(OutcomeUnknown) as caught:
        run(authorize(), (status, envelope(status, "704"), {"transient-error": "true"}))
    assert caught.value.error.code is ErrorCode.IDEMPOTENCY_CONFLICT
    assert caught.value.error.retry is RetryAdvice.SYNC_FIRST


@pytest.mark.parametrize("status", [301, 409, 500, 502, 503, 504])
def test_any_other_status_leaves_open_what_happened(run, authorize, eur, status):
    for command in (authorize(), Capture(request_id="m", payment_id=PSP, amount=eur)):
        for body in (envelope(status, "905", pspReference="8516091485743033"), b"<html>", b""):
            with pytest.raises(OutcomeUnknown) as caught:
                run(command, (status, body))
            told = "8516091485743033" if isinstance(body, dict) else None
            assert caught.value.transaction_id == (told or getattr(command, "payment_id", None))


def test_whether_the_same_key_helps_is_adyens_to_say(run, authorize):
    for value, advice in (
        ("true", RetryAdvice.SYNC_FIRST),
        ("false", RetryAdvice.NEVER),
        (None, RetryAdvice.SYNC_FIRST),
    ):
        headers = {"Transient-Error": value} if value else {}
        with pytest.raises(OutcomeUnknown) as caught:
            run(authorize(), (500, envelope(500, "905"), headers))
        assert caught.value.error.retry is advice


def test_a_refusal_that_is_transient_may_be_repeated_later(run, authorize):
    with pytest.raises(RequestRejected) as caught:
        run(authorize(), (422, envelope(422, "905"), {"transient-error": "true"}))
    assert caught.value.error.retry is RetryAdvice.LATER


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"[]",
        b'{"pspReference":"993617895204576J","resultCode":',
        b'{"pspReference":"993617895204576J"}',
        b'{"pspReference":"993617895204576J","resultCode":7}',
        b'{"pspReference":"993617895204576J","resultCode":"Authorised","amount":{"currency":"EUR","value":"1000"}}',
    ],
)
def test_an_unreadable_success_may_have_moved_money_and_keeps_the_id(run, authorize, body):
    with pytest.raises(OutcomeUnknown) as caught:
        run(authorize(), (200, body))
    assert caught.value.transaction_id == (PSP if PSP.encode() in body else None)
    assert PSP not in str(caught.value)


def test_a_lost_answer_may_have_moved_money_and_one_that_was_never_sent_has_not(run, authorize):
    with pytest.raises(OutcomeUnknown) as caught:
        run(authorize(), (0, TransportError("timeout", sent=True)))
    assert caught.value.error.code is ErrorCode.TIMEOUT
    with pytest.raises(Unavailable):
        run(authorize(), (0, TransportError("refused", sent=False)))


def test_a_token_that_is_gone_cannot_be_deleted(run):
    command = RevokeMandate(request_id="r", mandate_id="M5N7", customer_id="shopper-1")
    with pytest.raises(RequestRejected) as caught:
        run(command, (404, b""))
    assert (caught.value.transaction_id, caught.value.error.code) == ("M5N7", ErrorCode.NOT_FOUND)


def test_an_unreadable_answer_about_a_dispute_leaves_it_open(run):
    with pytest.raises(OutcomeUnknown) as caught:
        run(AcceptDispute(request_id="d", dispute_id="D1"), (200, {"disputeServiceResult": {}}))
    assert caught.value.transaction_id == "D1"


def test_no_message_shows_what_was_sent_or_what_came_back(run, authorize):
    for reply in ((200, b'{"resultCode":"4111111111111111"'), (422, envelope(422, "101", message="4111111111111111"))):
        with pytest.raises((OutcomeUnknown, RequestRejected)) as caught:
            run(authorize(), reply)
        assert "4111111111111111" not in f"{caught.value} {caught.value!r} {caught.value.error!r}"


def test_an_invalid_command_sends_nothing(run, authorize, eur):
    with pytest.raises(InvalidCommand):
        run(authorize(amount=type(eur)(0, "EUR")))
