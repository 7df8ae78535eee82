"""Mandates: a payment method kept under a customer, charged later without the shopper, and let go."""

import pytest

from runtime.core.errors import IntegrityMismatch, InvalidCommand, OutcomeUnknown, RequestRejected
from runtime.core.messages import TransportError
from runtime.core.money import Money
from runtime.core.payments import (
    BankDebit,
    Browser,
    Card,
    ChargeMandate,
    RevokeMandate,
    SetupMandate,
    Shopper,
    StoredMethod,
)
from runtime.core.secret import Secret
from runtime.core.vocabulary import (
    ErrorCode,
    MandateStatus,
    NextActionKind,
    PaymentMethodType,
    PaymentStatus,
    RetryAdvice,
)

API = "https://api.stripe.com/v1"
USD = Money(1000, "USD")
CARD = Card(number=Secret("4000002500003155"), expiry_month=12, expiry_year=2034, cvc=Secret("913"))
IBAN = BankDebit(kind=PaymentMethodType.SEPA_DEBIT, account=Secret("AT611904300234573201"), holder="Jenny Rosen")
CUSTOMER = (200, {"id": "cus_9", "object": "customer", "email": None})
WHY = {"code": "card_declined", "decline_code": "insufficient_funds"}
FAILED = {"type": "card_error", **WHY}


def setting_up(**changes):
    known = {"request_id": "m-1", "method": CARD, "currency": "USD", "customer_id": "cus_1"}
    return SetupMandate(**known | changes)


CHARGE = ChargeMandate(request_id="r", amount=USD, mandate_id="pm_1", customer_id="cus_1", reference="box 7")
REVOKE = RevokeMandate(request_id="r", mandate_id="pm_1", customer_id="cus_1")


# --- setting one up ------------------------------------------------------------------------------------------------


def test_a_card_is_kept_for_charges_without_the_shopper(run, setup, fields):
    command = setting_up(return_url="https://shop.test/back", reference="plan 3")
    ran = run(command, (200, setup()))
    (request,) = ran.sent
    assert (request.method, request.url) == ("POST", f"{API}/setup_intents")
    assert request.header("Idempotency-Key") == command.idempotency_key
    assert fields(request) == {
        "customer": "cus_1",
        "confirm": "true",
        "usage": "off_session",
        "allowed_payment_method_types[0]": "card",
        "payment_method_data[type]": "card",
        "payment_method_data[card][number]": "4000002500003155",
        "payment_method_data[card][exp_month]": "12",
        "payment_method_data[card][exp_year]": "2034",
        "payment_method_data[card][cvc]": "913",
        "return_url": "https://shop.test/back",
        "metadata[reference]": "plan 3",
    }
    outcome = ran.outcome
    assert (outcome.status, outcome.mandate_id, outcome.customer_id) == (MandateStatus.ACTIVE, "pm_1", "cus_1")
    assert (outcome.raw_status, outcome.next_action, outcome.error) == ("succeeded", None, None)


def test_a_shopper_without_a_customer_gets_one_first_under_a_key_of_its_own(run, setup, fields):
    shopper = Shopper(name="Jenny Rosen", email="jenny@example.com")
    command = setting_up(customer_id=None, shopper=shopper)
    ran = run(command, CUSTOMER, (200, setup(customer="cus_9")))
    made, kept = ran.sent
    assert (made.method, made.url) == ("POST", f"{API}/customers")
    assert fields(made) == {"name": "Jenny Rosen", "email": "jenny@example.com"}
    assert kept.header("Idempotency-Key") == command.idempotency_key
    assert len(made.header("Idempotency-Key")) == 32
    assert made.header("Idempotency-Key") != command.idempotency_key
    again = run(command, CUSTOMER, (200, setup(customer="cus_9"))).sent
    assert [one.headers for one in again] == [one.headers for one in ran.sent]
    assert fields(kept)["customer"] == ran.outcome.customer_id == "cus_9"


@pytest.mark.parametrize(
    ("shopper", "consent"),
    [
        (
            Shopper(ip="127.0.0.1", browser=Browser(user_agent="Mozilla/5.0")),
            {"type": "online", "online][ip_address": "127.0.0.1", "online][user_agent": "Mozilla/5.0"},
        ),
        (Shopper(), {"type": "offline"}),
        (Shopper(ip="127.0.0.1"), {"type": "offline"}),
    ],
    ids=["in a browser", "elsewhere", "in an unknown browser"],
)
def test_a_debit_says_how_the_shopper_consented(run, setup, fields, shopper, consent):
    command = setting_up(method=IBAN, currency="EUR", shopper=shopper)
    sent = fields(run(command, (200, setup("processing"))).sent[0])
    told = {name: value for name, value in sent.items() if name.startswith("mandate_data")}
    assert told == {f"mandate_data[customer_acceptance][{name}]": value for name, value in consent.items()}
    assert sent["payment_method_data[sepa_debit][iban]"] == "AT611904300234573201"


def test_every_field_of_a_setup_is_a_parameter_of_stripes_library(run, setup, fields, typed):
    shopper = Shopper(name="J", email="j@example.com", ip="127.0.0.1", browser=Browser(user_agent="x"))
    command = setting_up(method=IBAN, currency="EUR", shopper=shopper, return_url="https://b", customer_id=None)
    customer, kept = (fields(one) for one in run(command, CUSTOMER, (200, setup())).sent)
    assert [name for name in customer if not typed(name, "CustomerCreateParams")] == []
    assert [name for name in kept if not typed(name, "SetupIntentCreateParams")] == []
    assert not typed("mandate_data[customer_acceptance][nowhere]", "SetupIntentCreateParams")


@pytest.mark.parametrize(
    ("raw", "changes", "meaning"),
    [
        ("succeeded", {}, MandateStatus.ACTIVE),
        ("succeeded", {"payment_method": None}, MandateStatus.UNRESOLVED),
        ("processing", {}, MandateStatus.PENDING),
        ("requires_action", {}, MandateStatus.PENDING),
        ("requires_action", {"last_setup_error": FAILED}, MandateStatus.PENDING),
        ("requires_confirmation", {}, MandateStatus.PENDING),
        ("requires_payment_method", {}, MandateStatus.PENDING),
        ("requires_payment_method", {"last_setup_error": FAILED}, MandateStatus.INACTIVE),
        ("canceled", {}, MandateStatus.INACTIVE),
        ("requires_magic", {}, MandateStatus.UNRESOLVED),
    ],
)
def test_a_setup_means_what_its_status_says(run, setup, raw, changes, meaning):
    outcome = run(setting_up(), (200, setup(raw, **changes))).outcome
    assert (outcome.status, outcome.raw_status, outcome.customer_id) == (meaning, raw, "cus_1")
    assert (outcome.error is not None) is ("last_setup_error" in changes)


def test_every_published_status_of_a_setup_is_known(run, setup, facts):
    for raw in facts["statuses"]["setup_intent"]["values"]:
        assert run(setting_up(), (200, setup(raw))).outcome.status is not MandateStatus.UNRESOLVED, raw


def test_a_setup_may_ask_the_shopper_to_act(run, setup):
    action = {"type": "redirect_to_url", "redirect_to_url": {"url": "https://bank.test/3ds", "return_url": "https://b"}}
    outcome = run(setting_up(), (200, setup("requires_action", next_action=action))).outcome
    assert (outcome.next_action.kind, outcome.next_action.url) == (NextActionKind.REDIRECT, "https://bank.test/3ds")
    outcome = run(setting_up(), (200, setup("requires_action", next_action={"type": "use_stripe_sdk"}))).outcome
    assert outcome.next_action.data["client_secret"] == "seti_1_secret_x"


def test_a_declined_card_is_an_inactive_mandate_that_says_why(run, setup, problem):
    left = setup("requires_payment_method", last_setup_error=FAILED)
    outcome = run(setting_up(), (402, problem(**WHY, setup_intent=left))).outcome
    assert (outcome.status, outcome.raw_status) == (MandateStatus.INACTIVE, "requires_payment_method")
    assert (outcome.mandate_id, outcome.customer_id) == (None, "cus_1")
    assert (outcome.error.code, outcome.error.retry) == (ErrorCode.INSUFFICIENT_FUNDS, RetryAdvice.LATER)


def test_a_shopper_who_does_not_authenticate_sets_nothing_up(run, setup, problem):
    left = setup("requires_payment_method")
    reply = problem("invalid_request_error", code="setup_intent_authentication_failure", setup_intent=left)
    outcome = run(setting_up(), (402, reply)).outcome
    assert (outcome.status, outcome.error.code) == (MandateStatus.INACTIVE, ErrorCode.AUTHENTICATION_FAILED)


def test_a_card_refused_before_there_is_a_setup_is_inactive_too(run, problem):
    outcome = run(setting_up(), (402, problem(code="incorrect_number", param="number"))).outcome
    assert (outcome.status, outcome.raw_status) == (MandateStatus.INACTIVE, None)
    assert outcome.error.code is ErrorCode.INVALID_CARD_NUMBER


@pytest.mark.parametrize("still", ["succeeded", "processing", "requires_magic"])
def test_a_decline_beside_a_setup_that_contradicts_it_is_unresolved(run, setup, problem, still):
    outcome = run(setting_up(), (402, problem(code="card_declined", setup_intent=setup(still)))).outcome
    assert (outcome.status, outcome.raw_status) == (MandateStatus.UNRESOLVED, still)


def test_a_refused_customer_sets_nothing_up(run, problem):
    with pytest.raises(RequestRejected) as refused:
        run(setting_up(customer_id=None), (400, problem("invalid_request_error", code="email_invalid")))
    assert refused.value.error.code is ErrorCode.INVALID_REQUEST
    with pytest.raises(RequestRejected):
        run(setting_up(customer_id=None), (402, problem(code="card_declined")))


def test_a_lost_answer_to_either_step_is_an_unknown_outcome(run, setup):
    lost = (0, TransportError("reset", sent=True))
    for replies in ([lost], [CUSTOMER, lost], [CUSTOMER, (200, b'{"id": "seti_1", "obj')]):
        with pytest.raises(OutcomeUnknown) as unknown:
            run(setting_up(customer_id=None), *replies)
        assert unknown.value.error.retry is RetryAdvice.SYNC_FIRST
    assert unknown.value.transaction_id == "seti_1"


# --- charging it ---------------------------------------------------------------------------------------------------


def test_a_charge_names_customer_and_method_and_says_that_nobody_is_there(run, intent, fields, typed):
    ran = run(CHARGE, (200, intent()))
    (request,) = ran.sent
    assert (request.method, request.url) == ("POST", f"{API}/payment_intents")
    assert request.header("Idempotency-Key") == CHARGE.idempotency_key
    assert fields(request) == {
        "amount": "1000",
        "currency": "usd",
        "customer": "cus_1",
        "payment_method": "pm_1",
        "off_session": "true",
        "confirm": "true",
        "allowed_payment_method_types[0]": "card",
        "metadata[reference]": "box 7",
        "expand[0]": "latest_charge",
    }
    assert all(typed(name, "PaymentIntentCreateParams") for name in fields(request) if "metadata" not in name)
    assert (ran.outcome.status, ran.outcome.captured) == (PaymentStatus.CHARGED, USD)


@pytest.mark.parametrize(
    ("kind", "code", "wire"),
    [
        (PaymentMethodType.SEPA_DEBIT, "EUR", "sepa_debit"),
        (PaymentMethodType.ACH_DEBIT, "USD", "us_bank_account"),
        (PaymentMethodType.PAYPAL, "EUR", "paypal"),
        (PaymentMethodType.APPLE_PAY, "EUR", "card"),
    ],
)
def test_a_charge_is_of_the_kind_that_was_kept(run, intent, fields, kind, code, wire):
    command = ChargeMandate(request_id="r", amount=Money(1000, code), mandate_id="pm_1", kind=kind)
    ran = run(command, (200, intent("processing", currency=code.lower())))
    assert fields(ran.sent[0])["allowed_payment_method_types[0]"] == wire
    assert ran.outcome.status is PaymentStatus.PENDING


def test_a_charge_that_needs_the_shopper_is_declined_with_that_advice(run, intent, problem):
    """docs.stripe.com/payments/save-and-reuse: 402, code and decline code both authentication_required."""
    code = {"code": "authentication_required", "decline_code": "authentication_required"}
    left = intent("requires_payment_method", last_payment_error={"type": "card_error", **code}, latest_charge="ch_1")
    outcome = run(CHARGE, (402, problem(**code, charge="ch_1", payment_intent=left))).outcome
    assert (outcome.status, outcome.payment_id) == (PaymentStatus.FAILURE, "pi_1")
    assert outcome.error.code is ErrorCode.AUTHENTICATION_REQUIRED
    assert outcome.error.retry is RetryAdvice.AFTER_AUTHENTICATION


def test_a_charge_of_another_amount_is_never_accepted(run, intent):
    with pytest.raises(IntegrityMismatch):
        run(CHARGE, (200, intent(amount=999)))


# --- letting it go -------------------------------------------------------------------------------------------------


def test_a_revoked_mandate_is_a_method_without_a_customer(run, fields):
    ran = run(REVOKE, (200, {"id": "pm_1", "object": "payment_method", "type": "card", "customer": None}))
    (request,) = ran.sent
    assert (request.method, request.url) == ("POST", f"{API}/payment_methods/pm_1/detach")
    assert (fields(request), request.header("Idempotency-Key")) == ({}, REVOKE.idempotency_key)
    assert (ran.outcome.status, ran.outcome.mandate_id) == (MandateStatus.REVOKED, "pm_1")


def test_a_method_that_still_has_a_customer_is_not_revoked(run):
    outcome = run(REVOKE, (200, {"id": "pm_1", "object": "payment_method", "customer": "cus_1"})).outcome
    assert outcome.status is MandateStatus.UNRESOLVED


def test_a_second_revocation_is_refused_by_stripe(run, problem):
    with pytest.raises(RequestRejected) as refused:
        run(REVOKE, (400, problem("invalid_request_error", param="payment_method")))
    assert refused.value.transaction_id == "pm_1"


@pytest.mark.parametrize("identity", ["../x", "pm_1/attach", "", "pm_1?a=b"])
def test_no_mandate_id_can_change_the_route(run, identity):
    with pytest.raises(InvalidCommand):
        run(RevokeMandate(request_id="r", mandate_id=identity))


def test_a_method_kept_before_may_be_set_up_again(run, setup, fields):
    sent = fields(run(setting_up(method=StoredMethod(token="pm_1")), (200, setup())).sent[0])
    assert sent["payment_method"] == "pm_1"
    assert not any("payment_method_data" in name for name in sent)
