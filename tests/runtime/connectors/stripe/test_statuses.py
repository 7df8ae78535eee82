"""What a reply means: every published status with its conditions, amounts, and what the shopper must do."""

import json

import pytest

from runtime.core.errors import IntegrityMismatch, Unavailable
from runtime.core.money import Money
from runtime.core.payments import Capture, CompleteAuthorize, PSync, Refund, RSync, Void
from runtime.core.vocabulary import CaptureMethod, ErrorCode, NextActionKind, PaymentStatus, RefundStatus, RetryAdvice

USD = Money(1000, "USD")
SYNC = PSync(request_id="r", payment_id="pi_1")
CAPTURE = Capture(request_id="r", payment_id="pi_1", amount=USD)
FAILED = {"type": "card_error", "code": "card_declined", "decline_code": "generic_decline"}
UNAUTHENTICATED = {"type": "invalid_request_error", "code": "payment_intent_authentication_failure"}
HELD = {"captured": False, "amount_captured": 0}
RELEASED = HELD | {"refunded": True, "amount_refunded": 1000}
REFUSED = {"status": "failed", "captured": False, "amount_captured": 0}

MEANINGS = [
    ("requires_payment_method", {}, PaymentStatus.PAYMENT_METHOD_AWAITED),
    ("requires_payment_method", {"last_payment_error": FAILED, "latest_charge": "ch_1"}, PaymentStatus.FAILURE),
    ("requires_payment_method", {"latest_charge": "ch_1"}, PaymentStatus.FAILURE),
    ("requires_payment_method", {"last_payment_error": UNAUTHENTICATED}, PaymentStatus.AUTHENTICATION_FAILED),
    ("requires_confirmation", {}, PaymentStatus.CONFIRMATION_AWAITED),
    ("requires_action", {}, PaymentStatus.AUTHENTICATION_PENDING),
    ("processing", {}, PaymentStatus.PENDING),
    ("requires_capture", {}, PaymentStatus.AUTHORIZED),
    (
        "requires_capture",
        {"amount_received": 300, "amount_capturable": 700},
        PaymentStatus.PARTIAL_CHARGED_AND_CHARGEABLE,
    ),
    ("succeeded", {}, PaymentStatus.CHARGED),
    ("succeeded", {"amount_received": 700}, PaymentStatus.PARTIAL_CHARGED),
    ("succeeded", {"amount_received": 0}, PaymentStatus.UNRESOLVED),
    ("succeeded", {"amount_received": 1001}, PaymentStatus.UNRESOLVED),
    ("canceled", {"latest_charge": "ch_1"}, PaymentStatus.VOIDED),
    ("canceled", {}, PaymentStatus.FAILURE),
    ("canceled", {"last_payment_error": FAILED, "latest_charge": "ch_1"}, PaymentStatus.FAILURE),
    ("canceled", {"latest_charge": "ch_1", "cancellation_reason": "automatic"}, PaymentStatus.EXPIRED),
    ("canceled", {"latest_charge": "ch_1", "cancellation_reason": "expired"}, PaymentStatus.EXPIRED),
    ("canceled", {"latest_charge": "ch_1", "cancellation_reason": "abandoned"}, PaymentStatus.VOIDED),
    ("canceled", {"latest_charge": "ch_1", "amount_received": 300}, PaymentStatus.PARTIAL_CHARGED),
    ("canceled", {"latest_charge": "ch_1", "amount_received": 1000}, PaymentStatus.UNRESOLVED),
    ("requires_magic", {}, PaymentStatus.UNRESOLVED),
]


@pytest.mark.parametrize(("raw", "changes", "meaning"), MEANINGS)
def test_a_status_means_what_its_circumstances_say(run, intent, raw, changes, meaning):
    outcome = run(SYNC, (200, intent(raw, **changes))).outcome
    assert (outcome.status, outcome.raw_status, outcome.payment_id) == (meaning, raw, "pi_1")


@pytest.mark.parametrize(
    ("circumstances", "meaning"),
    [
        (RELEASED, PaymentStatus.VOIDED),
        (REFUSED, PaymentStatus.FAILURE),
        ({"status": "pending"}, PaymentStatus.FAILURE),
    ],
    ids=["held", "declined", "in flight"],
)
def test_a_canceled_payment_is_voided_only_where_something_was_held(run, intent, charge, circumstances, meaning):
    reply = intent("canceled", latest_charge=charge(**circumstances))
    assert run(SYNC, (200, reply)).outcome.status is meaning


def test_every_published_status_is_known(run, intent, refund, facts):
    for raw in facts["statuses"]["payment_intent"]["values"]:
        assert run(SYNC, (200, intent(raw))).outcome.status is not PaymentStatus.UNRESOLVED, raw
    sync = RSync(request_id="r", refund_id="re_1", payment_id="pi_1")
    for raw in facts["statuses"]["refund"]["values"]:
        assert run(sync, (200, refund(raw))).outcome.status is not RefundStatus.UNRESOLVED, raw


@pytest.mark.parametrize("latest", ["expanded", "ch_1", None])
def test_a_payment_is_read_with_its_charge_expanded_as_an_id_or_without(run, authorize, intent, charge, latest):
    reply = intent(latest_charge=charge() if latest == "expanded" else latest)
    outcome = run(authorize(), (200, reply)).outcome
    assert (outcome.status, outcome.amount, outcome.captured) == (PaymentStatus.CHARGED, USD, USD)
    assert outcome.refunded == (Money(0, "USD") if latest == "expanded" else None)
    assert outcome.authorized == (USD if latest == "expanded" else None)


def test_a_hold_tells_its_amounts_and_until_when_it_lasts(run, authorize, intent, charge):
    reply = intent("requires_capture", latest_charge=charge(**HELD, card={"capture_before": 1_700_600_000}))
    outcome = run(authorize(capture_method=CaptureMethod.MANUAL), (200, reply)).outcome
    assert (outcome.authorized, outcome.capturable, outcome.captured) == (USD, USD, Money(0, "USD"))
    assert (outcome.refunded, outcome.expires_at) == (Money(0, "USD"), 1_700_600_000)


@pytest.mark.parametrize("details", [None, {"type": "klarna"}, {"type": "card", "card": None}])
def test_a_charge_need_not_tell_the_details_of_a_card(run, intent, charge, details):
    reply = intent("requires_capture", latest_charge=charge(**HELD, payment_method_details=details))
    outcome = run(SYNC, (200, reply)).outcome
    assert (outcome.authorized, outcome.expires_at) == (USD, None)


@pytest.mark.parametrize(
    ("raw", "changes", "of_charge", "refunded"),
    [
        ("canceled", {}, RELEASED, 0),
        ("succeeded", {}, {"amount_refunded": 300}, 300),
        ("succeeded", {"amount_received": 700}, {"amount_captured": 700, "amount_refunded": 300}, 0),
        ("succeeded", {"amount_received": 700}, {"amount_captured": 700, "amount_refunded": 500}, 200),
        ("requires_payment_method", {}, REFUSED, 0),
    ],
    ids=["a voided hold", "a refund", "a partial capture", "a partial capture, then a refund", "a decline"],
)
def test_a_release_is_no_refund(run, intent, charge, raw, changes, of_charge, refunded):
    outcome = run(SYNC, (200, intent(raw, latest_charge=charge(**of_charge), **changes))).outcome
    assert outcome.refunded == Money(refunded, "USD")


def test_a_redirect_sends_the_shopper_away(run, authorize, intent):
    action = {"type": "redirect_to_url", "redirect_to_url": {"url": "https://bank.test/3ds", "return_url": "https://b"}}
    outcome = run(authorize(), (200, intent("requires_action", next_action=action))).outcome
    assert outcome.next_action.kind is NextActionKind.REDIRECT
    assert outcome.next_action.url == "https://bank.test/3ds"


def test_stripes_own_code_is_given_the_client_secret(run, authorize, intent):
    action = {"type": "use_stripe_sdk", "use_stripe_sdk": {"type": "three_d_secure_redirect", "stripe_js": "https://j"}}
    outcome = run(authorize(), (200, intent("requires_action", next_action=action))).outcome
    assert outcome.next_action.kind is NextActionKind.CLIENT_SDK
    assert outcome.next_action.data["client_secret"] == "pi_1_secret_x"
    assert "pi_1_secret_x" not in repr(outcome)


def test_an_unknown_action_goes_to_stripes_own_code(run, authorize, intent):
    action = {"type": "wave_hands", "wave_hands": {"url": "https://wave.test", "how": "slowly", "times": 3}}
    outcome = run(authorize(), (200, intent("requires_action", next_action=action))).outcome
    assert outcome.next_action.kind is NextActionKind.CLIENT_SDK
    assert outcome.next_action.data == {"type": "wave_hands", "client_secret": "pi_1_secret_x"}


def test_a_failed_authentication_read_back_is_no_charge_and_says_why(run, intent):
    command = CompleteAuthorize(request_id="r", payment_id="pi_1", amount=USD)
    outcome = run(command, (200, intent("requires_payment_method", last_payment_error=UNAUTHENTICATED))).outcome
    assert outcome.status is PaymentStatus.AUTHENTICATION_FAILED
    assert outcome.error.code is ErrorCode.AUTHENTICATION_FAILED
    assert outcome.error.raw_code == "payment_intent_authentication_failure"


# --- integrity -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("changes", [{"amount": 999}, {"currency": "eur"}, {"amount": 100_000}])
def test_an_echo_that_differs_is_never_accepted(run, authorize, intent, changes):
    complete = CompleteAuthorize(request_id="r", payment_id="pi_1", amount=USD)
    sync = PSync(request_id="r", payment_id="pi_1", amount=USD)
    void = Void(request_id="r", payment_id="pi_1", amount=USD)
    for command in (authorize(), complete, sync, void):
        with pytest.raises(IntegrityMismatch) as mismatch:
            run(command, (200, intent(**changes)))
        assert mismatch.value.transaction_id == mismatch.value.outcome.payment_id == "pi_1"
        assert mismatch.value.error.retry is RetryAdvice.SYNC_FIRST


@pytest.mark.parametrize(
    ("received", "raw", "final", "several", "accepted"),
    [
        (1000, "succeeded", True, False, True),
        (999, "succeeded", True, False, False),
        (1300, "succeeded", True, False, False),
        (1300, "succeeded", True, True, True),
        (1300, "requires_capture", False, True, True),
        (999, "requires_capture", False, True, False),
        (0, "requires_capture", True, False, False),
        (0, "processing", True, False, True),
        (0, "requires_magic", True, False, True),
    ],
)
def test_a_capture_takes_what_was_asked_and_several_add_up(run, intent, received, raw, final, several, accepted):
    options = {"card": {"request_multicapture": "if_available"}} if several else {}
    reply = intent(raw, amount=2000, amount_received=received, payment_method_options=options)
    command = Capture(request_id="r", payment_id="pi_1", amount=USD, final=final)
    if accepted:
        assert run(command, (200, reply)).outcome.raw_status == raw
    else:
        with pytest.raises(IntegrityMismatch):
            run(command, (200, reply))


def test_several_captures_in_another_currency_do_not_add_up(run, intent):
    options = {"card": {"request_multicapture": "if_available"}}
    reply = intent(amount=2000, amount_received=1300, currency="eur", payment_method_options=options)
    with pytest.raises(IntegrityMismatch):
        run(CAPTURE, (200, reply))


def test_a_declined_charge_authorized_nothing(run, intent, charge):
    assert (
        run(SYNC, (200, intent("requires_payment_method", latest_charge=charge(**REFUSED)))).outcome.authorized is None
    )


@pytest.mark.parametrize("changes", [{"amount": 999}, {"currency": "eur"}])
def test_a_refund_of_another_amount_is_never_accepted(run, refund, changes):
    for command in (
        Refund(request_id="r", payment_id="pi_1", amount=USD),
        RSync(request_id="r", refund_id="re_1", payment_id="pi_1", amount=USD),
    ):
        with pytest.raises(IntegrityMismatch) as mismatch:
            run(command, (200, refund(**changes)))
        assert mismatch.value.transaction_id == "re_1"


# --- refunds -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "meaning"),
    [
        ("pending", RefundStatus.PENDING),
        ("requires_action", RefundStatus.MANUAL_REVIEW),
        ("succeeded", RefundStatus.SUCCESS),
        ("failed", RefundStatus.FAILURE),
        ("canceled", RefundStatus.FAILURE),
        ("teleported", RefundStatus.UNRESOLVED),
        (None, RefundStatus.UNRESOLVED),
    ],
)
def test_a_refund_status_means_what_is_published(run, refund, raw, meaning):
    outcome = run(Refund(request_id="r", payment_id="pi_1", amount=USD), (200, refund(raw))).outcome
    assert (outcome.status, outcome.raw_status, outcome.refund_id, outcome.amount) == (meaning, raw, "re_1", USD)


def test_every_published_reason_of_a_failed_refund_is_known(run, refund, facts):
    sync = RSync(request_id="r", refund_id="re_1", payment_id="pi_1")
    for reason in facts["statuses"]["refund"]["failure_reason"]:
        error = run(sync, (200, refund("failed", failure_reason=reason))).outcome.error
        assert error.raw_code == reason
        assert (error.code is ErrorCode.OTHER) is (reason in {"unknown", "merchant_request"})


def test_a_refund_without_a_payment_keeps_the_one_that_was_asked_for(run, refund):
    outcome = run(Refund(request_id="r", payment_id="pi_1", amount=USD), (200, refund(payment_intent=None))).outcome
    assert outcome.payment_id == "pi_1"


# --- recordings ----------------------------------------------------------------------------------------------------


def test_every_recorded_payment_can_be_read(run, reference):
    """The real exchanges of API versions with `latest_charge`, read back: none is unresolved."""
    rows = [json.loads(line) for line in (reference / "traffic" / "stripe.jsonl").read_text().splitlines()]
    bodies = [row["response"]["body"] for row in rows if (row.get("response") or {}).get("status") == 200]
    seen = [body for body in bodies if isinstance(body, dict) and body.get("object") == "payment_intent"]
    seen = [body for body in seen if "latest_charge" in body]
    assert len(seen) > 10
    for body in seen:
        outcome = run(PSync(request_id="r", payment_id=body["id"]), (200, body)).outcome
        assert outcome.status is not PaymentStatus.UNRESOLVED
        assert outcome.payment_id == body["id"]


def test_a_read_that_is_no_payment_is_no_payment(run, refund, charge):
    for other in (refund(), charge(), {"object": "list", "data": []}):
        with pytest.raises(Unavailable):
            run(SYNC, (200, other))
