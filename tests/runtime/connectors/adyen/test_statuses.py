"""What Adyen answers and what it means, against the published lists in tests/facts/adyen/statuses.json."""

import json

import pytest

from runtime.connectors.adyen import CONNECTOR
from runtime.core.errors import OutcomeUnknown, RequestRejected
from runtime.core.money import Money
from runtime.core.payments import (
    AcceptDispute,
    Capture,
    ChargeMandate,
    CompleteAuthorize,
    DefendDispute,
    LocalMethod,
    Refund,
    RevokeMandate,
    SetupMandate,
    SubmitEvidence,
    Void,
)
from runtime.core.vocabulary import (
    CaptureMethod,
    DisputeStatus,
    ErrorCode,
    MandateStatus,
    NextActionKind,
    PaymentMethodType,
    PaymentStatus,
    RefundStatus,
)

PSP = "993617895204576J"
TAKEN = {PaymentStatus.CHARGED, PaymentStatus.AUTHORIZED, PaymentStatus.PARTIALLY_AUTHORIZED}
NOT_HELD = {
    "Refused": {PaymentStatus.FAILURE},
    "Error": {PaymentStatus.FAILURE},
    "Cancelled": {PaymentStatus.FAILURE},
    "Pending": {PaymentStatus.PENDING},
    "Received": {PaymentStatus.PENDING},
    "Success": {PaymentStatus.PENDING},
    "AuthenticationNotRequired": {PaymentStatus.PENDING},
    "AuthenticationFinished": {PaymentStatus.AUTHENTICATION_SUCCESSFUL},
    "RedirectShopper": {PaymentStatus.AUTHENTICATION_PENDING},
    "IdentifyShopper": {PaymentStatus.AUTHENTICATION_PENDING},
    "ChallengeShopper": {PaymentStatus.AUTHENTICATION_PENDING},
    "PresentToShopper": {PaymentStatus.AUTHENTICATION_PENDING},
}


@pytest.fixture
def complete(eur):
    return CompleteAuthorize(request_id="c", payment_id=PSP, amount=eur, returned={"redirectResult": "x"})


def test_every_published_result_code_has_its_meaning(run, authorize, paid, facts):
    published = set(facts["statuses"]["resultCode"]["values"])
    assert published == set(NOT_HELD) | {"Authorised", "PartiallyAuthorised"}
    for code, wanted in NOT_HELD.items():
        outcome = run(authorize(), paid(code)).outcome
        assert outcome.status in wanted, code
        assert (outcome.raw_status, outcome.payment_id) == (code, PSP)


@pytest.mark.parametrize(
    ("mode", "status"),
    [
        (CaptureMethod.AUTOMATIC, PaymentStatus.CHARGED),
        (CaptureMethod.MANUAL, PaymentStatus.AUTHORIZED),
        (CaptureMethod.MANUAL_MULTIPLE, PaymentStatus.AUTHORIZED),
    ],
)
def test_authorised_is_charged_only_where_capture_was_asked_for_with_it(run, authorize, paid, eur, mode, status):
    outcome = run(authorize(capture_method=mode), paid()).outcome
    assert (outcome.status, outcome.authorized, outcome.captured) == (status, eur, None)


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({}, PaymentStatus.AUTHORIZED),
        ({"paymentMethod": {"type": "scheme", "brand": "visa"}}, PaymentStatus.AUTHORIZED),
        ({"paymentMethod": {"type": "ideal"}}, PaymentStatus.CHARGED),
        ({"additionalData": {"captureDelayHours": "0"}}, PaymentStatus.CHARGED),
        ({"additionalData": {"captureDelayHours": "24"}}, PaymentStatus.AUTHORIZED),
        ({"additionalData": {"networkProcessingMode": "sale"}}, PaymentStatus.CHARGED),
        ({"additionalData": {"networkProcessingMode": "auth"}}, PaymentStatus.AUTHORIZED),
    ],
)
def test_after_a_redirect_a_payment_is_charged_only_where_the_answer_makes_it_certain(
    run, complete, paid, more, status
):
    assert run(complete, paid(**more)).outcome.status is status


def test_a_charge_on_a_mandate_is_captured_with_it(run, paid, eur):
    command = ChargeMandate(request_id="c", amount=eur, mandate_id="M5N7", customer_id="shopper-1")
    assert run(command, paid()).outcome.status is PaymentStatus.CHARGED


def test_an_unknown_result_code_is_never_a_success_and_never_lost(run, authorize, paid):
    for code in ("Settled", "authorised", "AUTHORISED", "", "Authorised "):
        outcome = run(authorize(), paid(code)).outcome
        assert (outcome.status, outcome.raw_status, outcome.payment_id) == (PaymentStatus.UNRESOLVED, code, PSP)
        assert outcome.authorized is None


def test_code_zero_beside_authorised_is_no_decline(run, authorize, paid):
    outcome = run(authorize(), paid(refusalReasonCode="0")).outcome
    assert (outcome.status, outcome.error) == (PaymentStatus.CHARGED, None)


def test_a_partial_authorisation_tells_what_is_held(run, authorize, paid):
    extra = {"authorisedAmountValue": "600", "authorisedAmountCurrency": "EUR"}
    outcome = run(authorize(), paid("PartiallyAuthorised", additionalData=extra)).outcome
    assert (outcome.status, outcome.authorized) == (PaymentStatus.PARTIALLY_AUTHORIZED, Money(600, "EUR"))


def test_a_redirect_can_come_without_an_id_and_tells_where_to_go(run, authorize, paid):
    action = {
        "type": "redirect",
        "method": "POST",
        "url": "https://bank.example/",
        "data": {"MD": "md", "PaReq": "pareq"},
    }
    outcome = run(authorize(), paid("RedirectShopper", pspReference=None, amount=None, action=action)).outcome
    assert outcome.payment_id is None
    assert (outcome.next_action.kind, outcome.next_action.url) == (NextActionKind.REDIRECT, "https://bank.example/")
    assert outcome.next_action.data["method"] == "POST"
    assert json.loads(outcome.next_action.data["data"]) == {"MD": "md", "PaReq": "pareq"}


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        ("threeDS2", NextActionKind.CLIENT_SDK),
        ("sdk", NextActionKind.CLIENT_SDK),
        ("nativeRedirect", NextActionKind.CLIENT_SDK),
        ("delegatedAuthentication", NextActionKind.CLIENT_SDK),
        ("somethingNew", NextActionKind.CLIENT_SDK),
        ("redirect", NextActionKind.REDIRECT),
        ("qrCode", NextActionKind.DISPLAY),
        ("voucher", NextActionKind.DISPLAY),
        ("await", NextActionKind.DISPLAY),
        ("bankTransfer", NextActionKind.DISPLAY),
    ],
)
def test_every_published_action_has_somebody_who_acts_on_it(run, authorize, paid, facts, kind, wanted):
    assert kind in {*facts["statuses"]["action_types"], "somethingNew"}
    reply = paid("Pending", action={"type": kind, "token": "eyJ0", "surcharge": {"value": 5}})
    action = run(authorize(), reply).outcome.next_action
    assert (action.kind, action.data["token"], action.data["surcharge"]) == (wanted, "eyJ0", '{"value": 5}')


def test_an_answer_after_a_redirect_without_an_id_keeps_the_one_we_had(run, complete, paid):
    assert run(complete, paid(pspReference=None)).outcome.payment_id == PSP


@pytest.mark.parametrize(
    ("command", "status"), [(Capture, PaymentStatus.CAPTURE_INITIATED), (Void, PaymentStatus.VOID_INITIATED)]
)
def test_an_acknowledged_modification_has_only_begun(run, received, eur, command, status):
    outcome = run(command(request_id="m", payment_id=PSP, amount=eur), received()).outcome
    assert (outcome.status, outcome.payment_id, outcome.raw_status) == (status, PSP, "received")
    assert outcome.captured is None


def test_an_acknowledged_refund_is_pending_under_its_own_id(run, received, eur):
    outcome = run(Refund(request_id="m", payment_id=PSP, amount=eur), received()).outcome
    assert (outcome.status, outcome.refund_id, outcome.payment_id, outcome.amount) == (
        RefundStatus.PENDING, "993617894906488A", PSP, eur,
    )  # fmt: skip


def test_a_cancel_answers_without_an_amount(run, received, eur):
    assert run(Void(request_id="m", payment_id=PSP, amount=eur), received(amount=None)).outcome.status is (
        PaymentStatus.VOID_INITIATED
    )


@pytest.mark.parametrize("command", [Capture, Void, Refund])
def test_any_other_answer_to_a_modification_is_unresolved(run, received, eur, command):
    outcome = run(command(request_id="m", payment_id=PSP, amount=eur), received(status="done")).outcome
    assert (outcome.status.name, outcome.raw_status, outcome.payment_id) == ("UNRESOLVED", "done", PSP)


def test_an_answer_about_another_payment_is_not_to_be_trusted(run, received, eur):
    with pytest.raises(OutcomeUnknown) as caught:
        run(Capture(request_id="m", payment_id=PSP, amount=eur), received(paymentPspReference="8536214160615591"))
    assert caught.value.transaction_id == PSP


# --- mandates ------------------------------------------------------------------------------------------------------


@pytest.fixture
def consent(authorize):
    return SetupMandate(request_id="m", method=authorize().method, currency="EUR", customer_id="shopper-1")


@pytest.mark.parametrize("name", ["tokenization.storedPaymentMethodId", "recurring.recurringDetailReference"])
def test_a_stored_consent_is_active_with_its_token_and_its_shopper(run, consent, paid, name):
    outcome = run(consent, paid(amount=None, additionalData={name: "M5N7TQ4TG5PFWR50"})).outcome
    assert (outcome.status, outcome.mandate_id, outcome.customer_id) == (
        MandateStatus.ACTIVE, "M5N7TQ4TG5PFWR50", "shopper-1",
    )  # fmt: skip


def test_an_authorised_consent_without_a_token_waits_for_the_webhook(run, consent, paid):
    outcome = run(consent, paid(amount=None)).outcome
    assert (outcome.status, outcome.mandate_id) == (MandateStatus.PENDING, None)


def test_who_gives_no_customer_gets_one_to_keep(run, authorize, paid):
    ran = run(SetupMandate(request_id="m", method=authorize().method, currency="EUR"), paid(amount=None))
    assert ran.outcome.customer_id == ran.body["shopperReference"]
    assert len(ran.outcome.customer_id) >= 3  # shopperReference: minimum length 3


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("Refused", MandateStatus.INACTIVE),
        ("Cancelled", MandateStatus.INACTIVE),
        ("Error", MandateStatus.INACTIVE),
        ("RedirectShopper", MandateStatus.PENDING),
        ("Received", MandateStatus.PENDING),
        ("Settled", MandateStatus.UNRESOLVED),
    ],
)
def test_a_consent_is_never_active_without_authorised(run, consent, paid, code, status):
    extra = {"tokenization.storedPaymentMethodId": "M5N7TQ4TG5PFWR50"}
    outcome = run(consent, paid(code, amount=None, additionalData=extra)).outcome
    assert (outcome.status, outcome.raw_status) == (status, code)
    assert bool(outcome.error) is (status is MandateStatus.INACTIVE)


def test_a_deleted_token_is_revoked(run):
    outcome = run(RevokeMandate(request_id="r", mandate_id="M5N7", customer_id="shopper-1"), (204, b"")).outcome
    assert (outcome.status, outcome.mandate_id) == (MandateStatus.REVOKED, "M5N7")


# --- disputes ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "status"),
    [
        (AcceptDispute(request_id="d", dispute_id="D1"), DisputeStatus.ACCEPTED),
        (SubmitEvidence(request_id="d", dispute_id="D1", evidence={"A": "b"}), DisputeStatus.OPENED),
        (DefendDispute(request_id="d", dispute_id="D1", reason="A"), DisputeStatus.CHALLENGED),
    ],
)
def test_a_dispute_moves_as_it_was_asked_to_and_a_refusal_moves_nothing(run, command, status):
    outcome = run(command, (200, {"disputeServiceResult": {"success": True}})).outcome
    assert (outcome.status, outcome.dispute_id) == (status, "D1")
    with pytest.raises(RequestRejected) as caught:
        run(command, (200, {"disputeServiceResult": {"success": False, "errorMessage": "Dispute is closed"}}))
    assert (caught.value.transaction_id, caught.value.error.message) == ("D1", "Dispute is closed")


# --- declines ------------------------------------------------------------------------------------------------------


def test_every_published_refusal_reason_has_its_word(run, authorize, paid, facts):
    for row in facts["error_codes"]["refusal_reasons"]:
        if row["resultCode"] == "Authorised":
            continue
        reply = paid(row["resultCode"], refusalReason=row["refusalReason"], refusalReasonCode=row["refusalReasonCode"])
        outcome = run(authorize(), reply).outcome
        assert outcome.error.code == (row["unified"] or ErrorCode.OTHER), row
        failed = {PaymentStatus.FAILURE, PaymentStatus.AUTHENTICATION_FAILED}
        assert outcome.status in failed
        assert (outcome.status is PaymentStatus.AUTHENTICATION_FAILED) == (row["unified"] == "AUTHENTICATION_FAILED")
        assert (outcome.error.raw_code, outcome.error.message) == (row["refusalReasonCode"], row["refusalReason"])


def test_what_must_not_be_repeated_is_not_advised(run, authorize, paid, facts):
    for row in facts["error_codes"]["refusal_reasons"]:
        if row["retry"] == "NEVER" and row["refusalReasonCode"] != "0":
            outcome = run(authorize(), paid("Refused", refusalReasonCode=row["refusalReasonCode"])).outcome
            assert outcome.error.retry == "NEVER", row


def test_network_codes_travel_untouched(run, authorize, paid):
    extra = {"refusalReasonRaw": "51 : Insufficient funds", "merchantAdviceCode": "24 : Retry after 1 hour"}
    outcome = run(authorize(), paid("Refused", refusalReasonCode="12", additionalData=extra)).outcome
    assert outcome.error.network_decline_code == "51 : Insufficient funds"
    assert outcome.error.network_advice_code == "24 : Retry after 1 hour"


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        ("Refused", ErrorCode.CARD_DECLINED),
        ("Cancelled", ErrorCode.CUSTOMER_CANCELLED),
        ("Error", ErrorCode.PROCESSING_ERROR),
    ],
)
def test_a_decline_without_a_reason_is_told_by_its_result(run, authorize, paid, code, wanted):
    error = run(authorize(), paid(code)).outcome.error
    assert (error.code, error.raw_code) == (wanted, code)


def test_an_unknown_reason_is_other_with_its_code(run, authorize, paid):
    error = run(authorize(), paid("Refused", refusalReasonCode="999")).outcome.error
    assert (error.code, error.raw_code) == (ErrorCode.OTHER, "999")


def test_every_method_that_has_no_separate_capture_offers_none():
    offers = CONNECTOR.capabilities.payment_methods
    for kind in (PaymentMethodType.IDEAL, PaymentMethodType.OXXO, PaymentMethodType.UPI):
        assert offers[kind].captures == {CaptureMethod.AUTOMATIC}


def test_a_voucher_is_shown(run, authorize, paid):
    action = {"type": "voucher", "reference": "59168675976701", "downloadUrl": "https://test.adyen.com/voucher.pdf"}
    command = authorize(method=LocalMethod(kind=PaymentMethodType.OXXO), amount=Money(1000, "MXN"))
    outcome = run(command, paid("PresentToShopper", amount={"currency": "MXN", "value": 1000}, action=action)).outcome
    assert (outcome.next_action.kind, outcome.next_action.data["reference"]) == (
        NextActionKind.DISPLAY,
        "59168675976701",
    )
