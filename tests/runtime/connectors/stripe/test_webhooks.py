"""Stripe's webhooks: signatures by the published vectors and by Stripe's own library, then what an event means."""

import json
from random import Random

import pytest
from stripe import WebhookSignature

from runtime.connectors.stripe import CONNECTOR
from runtime.connectors.stripe.webhooks import verify
from runtime.core.connector import Context, drive
from runtime.core.errors import InvalidConfiguration, WebhookRejected
from runtime.core.money import Money
from runtime.core.payments import IncomingWebhook
from runtime.core.vocabulary import DisputeStatus, ErrorCode, MandateStatus, PaymentStatus, RefundStatus

NOW = 1_700_000_000
SECRET = "whsec_hush"


def signature(body, *, secret=SECRET, at=NOW):
    return WebhookSignature._compute_signature(f"{at}.{body.decode()}", secret)


def header(body, *, secret=SECRET, at=NOW):
    return f"t={at},v1={signature(body, secret=secret, at=at)}"


def delivery(body, value, name="Stripe-Signature"):
    return IncomingWebhook(request_id="w", headers=((name, value),) if value is not None else (), body=body)


@pytest.fixture
def event(intent):
    def event(kind="payment_intent.succeeded", about=None, **changes):
        envelope = {"id": "evt_1", "object": "event", "type": kind, "created": NOW - 5, "livemode": False}
        return json.dumps(envelope | {"data": {"object": about or intent()}} | changes).encode()

    return event


@pytest.fixture
def receive(context):
    def receive(body, value="signed", *, name="Stripe-Signature", now=NOW, **settings):
        config = context(**settings).config
        command = delivery(body, header(body) if value == "signed" else value, name)
        return drive(CONNECTOR.exchange(Context(config, now, Random(0)), command), None, None)

    return receive


# --- signatures ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("index", [0, 1])
def test_the_published_vectors_hold_and_a_changed_byte_breaks_them(facts, index):
    vector = facts["webhook_vectors"]["vectors"][index]
    config = CONNECTOR.config(api_key="sk_test_hush", webhook_secrets=(vector["secret"],))
    body, time = vector["body"].encode(), vector["timestamp"]
    value = vector.get("header", f"t={time},v1={vector['expected_v1']}")
    verify(config, delivery(body, value), time)
    for changed in (body + b" ", body.replace(b"evt", b"evT"), b""):
        with pytest.raises(WebhookRejected):
            verify(config, delivery(changed, value), time)


def test_a_published_event_we_have_no_word_for_is_acknowledged(facts):
    vector = facts["webhook_vectors"]["vectors"][0]
    config = CONNECTOR.config(api_key="sk_test_hush", webhook_secrets=vector["secret"])
    command = delivery(vector["body"].encode(), vector["header"])
    received = drive(CONNECTOR.exchange(Context(config, vector["timestamp"], Random(0)), command), None, None)
    (seen,) = received.events
    assert (seen.event_id, seen.type, seen.created, seen.outcome) == ("evt_123", "customer.created", 1533204620, None)
    assert received.acknowledgement.status == 200


def test_the_header_is_found_without_case(receive, event):
    assert receive(event(), name="stripe-signature").events


def test_every_signature_is_held_against_every_secret(receive, event):
    body = event()
    old, new = signature(body, secret="whsec_old"), signature(body, secret="whsec_new")
    both = f"t={NOW},v1={old},v1={new}"
    for secrets in (("whsec_old",), ("whsec_new",), ("whsec_other", "whsec_new"), ("whsec_old", "whsec_other")):
        assert receive(body, both, webhook_secrets=secrets).events
    with pytest.raises(WebhookRejected):
        receive(body, both, webhook_secrets=("whsec_other",))


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        "t=,v1=00",
        "v1=00",
        f"t={NOW}",
        f"t={NOW},v1=",
        "t=now,v1=00",
        "t=-1,v1=00",
        "t=1.5,v1=00",
        f"t={NOW},t={NOW},v1=00",
        f"t={NOW},v1=ß",
        f"t={NOW},v1=" + "0" * 64,
    ],
)
def test_a_missing_or_malformed_header_is_rejected(receive, event, value):
    with pytest.raises(WebhookRejected):
        receive(event(), value)


def test_only_v1_counts(receive, event):
    body = event()
    with pytest.raises(WebhookRejected):
        receive(body, f"t={NOW},v0={signature(body)}")
    with pytest.raises(WebhookRejected):
        receive(body, f"t={NOW},v11={signature(body)}")


def test_a_second_time_is_not_ignored(receive, event):
    with pytest.raises(WebhookRejected):
        receive(event(), f"{header(event())},t={NOW}")


def test_the_time_is_part_of_what_is_signed(receive, event):
    body = event()
    with pytest.raises(WebhookRejected):
        receive(body, f"t={NOW + 1},v1={signature(body)}")


@pytest.mark.parametrize(("late", "accepted"), [(300, True), (301, False), (-300, True), (-301, False)])
def test_a_delivery_out_of_time_is_rejected_late_or_early(receive, event, late, accepted):
    if accepted:
        assert receive(event(), now=NOW + late).events
    else:
        with pytest.raises(WebhookRejected):
            receive(event(), now=NOW + late)


def test_the_tolerance_is_a_setting(receive, event):
    assert receive(event(), now=NOW + 900, webhook_tolerance_s=900).events


@pytest.mark.parametrize("secret", ["", SECRET])
def test_without_a_secret_nothing_is_accepted(receive, event, secret):
    body = event()
    with pytest.raises(InvalidConfiguration):
        receive(body, header(body, secret=secret), webhook_secrets=())


# --- events --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "raw", "status"),
    [
        ("payment_intent.succeeded", "succeeded", PaymentStatus.CHARGED),
        ("payment_intent.amount_capturable_updated", "requires_capture", PaymentStatus.AUTHORIZED),
        ("payment_intent.requires_action", "requires_action", PaymentStatus.AUTHENTICATION_PENDING),
        ("payment_intent.processing", "processing", PaymentStatus.PENDING),
        ("payment_intent.brand_new", "requires_magic", PaymentStatus.UNRESOLVED),
    ],
)
def test_an_event_of_a_payment_is_read_like_a_reply(receive, event, intent, kind, raw, status):
    (seen,) = receive(event(kind, intent(raw))).events
    assert (seen.event_id, seen.type, seen.created) == ("evt_1", kind, NOW - 5)
    assert (seen.outcome.status, seen.outcome.raw_status, seen.outcome.payment_id) == (status, raw, "pi_1")
    assert seen.outcome.amount == Money(1000, "USD")


def test_a_failed_payment_says_why(receive, event, intent):
    why = {"type": "card_error", "code": "card_declined", "decline_code": "insufficient_funds"}
    about = intent("requires_payment_method", last_payment_error=why, latest_charge="ch_1")
    (seen,) = receive(event("payment_intent.payment_failed", about)).events
    assert seen.outcome.status is PaymentStatus.FAILURE
    assert seen.outcome.error.code is ErrorCode.INSUFFICIENT_FUNDS


@pytest.mark.parametrize("kind", ["refund.created", "refund.updated", "refund.failed", "charge.refund.updated"])
def test_an_event_of_a_refund_is_read_like_a_reply(receive, event, refund, kind):
    (seen,) = receive(event(kind, refund("failed", failure_reason="lost_or_stolen_card"))).events
    assert (seen.outcome.status, seen.outcome.refund_id) == (RefundStatus.FAILURE, "re_1")
    assert seen.outcome.error.code is ErrorCode.LOST_OR_STOLEN


@pytest.mark.parametrize(
    ("kind", "raw", "status"),
    [
        ("setup_intent.succeeded", "succeeded", MandateStatus.ACTIVE),
        ("setup_intent.requires_action", "requires_action", MandateStatus.PENDING),
        ("setup_intent.canceled", "canceled", MandateStatus.INACTIVE),
        ("setup_intent.brand_new", "requires_magic", MandateStatus.UNRESOLVED),
    ],
)
def test_an_event_of_a_mandate_is_read_like_a_reply(receive, event, setup, kind, raw, status):
    (seen,) = receive(event(kind, setup(raw))).events
    assert (seen.outcome.status, seen.outcome.raw_status) == (status, raw)
    assert (seen.outcome.mandate_id, seen.outcome.customer_id) == ("pm_1", "cus_1")


def test_a_failed_setup_says_why(receive, event, setup):
    why = {"type": "card_error", "code": "card_declined", "decline_code": "lost_card"}
    (seen,) = receive(event("setup_intent.setup_failed", setup("requires_payment_method", last_setup_error=why))).events
    assert (seen.outcome.status, seen.outcome.error.code) == (MandateStatus.INACTIVE, ErrorCode.LOST_OR_STOLEN)


def test_a_method_let_go_is_a_revoked_mandate_and_any_other_event_of_it_is_not(receive, event):
    method = {"id": "pm_1", "object": "payment_method", "customer": None}
    (seen,) = receive(event("payment_method.detached", method)).events
    assert (seen.outcome.status, seen.outcome.mandate_id) == (MandateStatus.REVOKED, "pm_1")
    (seen,) = receive(event("payment_method.attached", method | {"customer": "cus_1"})).events
    assert seen.outcome is None


@pytest.mark.parametrize(
    ("kind", "raw", "status"),
    [
        ("charge.dispute.created", "needs_response", DisputeStatus.OPENED),
        ("charge.dispute.updated", "under_review", DisputeStatus.CHALLENGED),
        ("charge.dispute.closed", "won", DisputeStatus.WON),
        ("charge.dispute.closed", "lost", DisputeStatus.LOST),
        ("charge.dispute.closed", "warning_closed", DisputeStatus.CANCELLED),
        ("charge.dispute.funds_withdrawn", "needs_response", DisputeStatus.OPENED),
        ("charge.dispute.funds_reinstated", "won", DisputeStatus.WON),
        ("charge.dispute.updated", "haunted", DisputeStatus.UNRESOLVED),
    ],
)
def test_an_event_of_a_dispute_is_read_like_a_reply(receive, event, dispute, kind, raw, status):
    (seen,) = receive(event(kind, dispute(raw))).events
    assert (seen.outcome.status, seen.outcome.raw_status) == (status, raw)
    assert (seen.outcome.dispute_id, seen.outcome.payment_id) == ("du_1", "pi_1")


@pytest.mark.parametrize(
    ("word", "raw", "status", "captured"),
    [  # docs.stripe.com/checkout/fulfillment
        ("completed", "paid", PaymentStatus.CHARGED, Money(1000, "USD")),
        ("completed", "unpaid", PaymentStatus.PENDING, None),
        ("async_payment_succeeded", "paid", PaymentStatus.CHARGED, Money(1000, "USD")),
        ("async_payment_failed", "unpaid", PaymentStatus.FAILURE, None),
        ("expired", "unpaid", PaymentStatus.EXPIRED, None),
        ("completed", "no_payment_required", PaymentStatus.UNRESOLVED, None),
        ("completed", "overpaid", PaymentStatus.UNRESOLVED, None),
        ("async_payment_succeeded", "unpaid", PaymentStatus.UNRESOLVED, None),
        ("brand_new", "unpaid", PaymentStatus.UNRESOLVED, None),
    ],
)
def test_an_event_of_a_session_is_about_its_payment(receive, event, session, word, raw, status, captured):
    (seen,) = receive(event(f"checkout.session.{word}", session(raw, payment_intent="pi_1"))).events
    outcome = seen.outcome
    assert (outcome.status, outcome.raw_status, outcome.payment_id) == (status, raw, "pi_1")
    assert (outcome.amount, outcome.captured) == (Money(1000, "USD"), captured)


@pytest.mark.parametrize(("word", "raw"), [("async_payment_failed", "paid"), ("expired", "paid")])
def test_a_session_whose_event_contradicts_it_is_unresolved(receive, event, session, word, raw):
    (seen,) = receive(event(f"checkout.session.{word}", session(raw, payment_intent="pi_1"))).events
    assert seen.outcome.status is PaymentStatus.UNRESOLVED


def test_a_session_that_nobody_paid_is_known_by_its_own_id(receive, event, session):
    (seen,) = receive(event("checkout.session.expired", session())).events
    assert (seen.outcome.status, seen.outcome.payment_id) == (PaymentStatus.EXPIRED, "cs_test_1")


@pytest.mark.parametrize("mode", ["setup", "subscription"])
def test_a_session_that_is_no_payment_changes_nothing(receive, event, session, mode):
    about = session("no_payment_required", mode=mode, amount_total=None, currency=None)
    (seen,) = receive(event("checkout.session.completed", about)).events
    assert seen.outcome is None


FAMILIES = ("payment_intent.", "setup_intent.", "charge.dispute.", "checkout.session.", "refund.", "charge.refund.")


def test_every_published_event_of_what_we_speak_of_is_read_and_no_other(receive, event, facts, request):
    named = {"charge.dispute.": "dispute", "checkout.session.": "session", "setup_intent.": "setup"}
    for kind in facts["events"]:
        family = next((one for one in FAMILIES if kind.startswith(one)), None)
        fixture = named.get(family, "refund" if family and "refund" in family else "intent")
        about = request.getfixturevalue(fixture)() if family else {"object": "something_else", "id": "x_1"}
        if kind == "payment_method.detached":
            about = {"object": "payment_method", "id": "pm_1", "customer": None}
        (seen,) = receive(event(kind, about)).events
        assert (seen.outcome is not None) is (family is not None or kind == "payment_method.detached"), kind


@pytest.mark.parametrize(
    "kind", ["charge.succeeded", "customer.created", "brand.new.event", "terminal.reader.action_failed"]
)
def test_an_event_of_anything_else_changes_nothing(receive, event, charge, kind):
    (seen,) = receive(event(kind, charge())).events
    assert (seen.type, seen.outcome) == (kind, None)


@pytest.mark.parametrize(
    "kind",
    [
        "payment_intent.succeeded",
        "refund.updated",
        "charge.refund.updated",
        "setup_intent.succeeded",
        "charge.dispute.created",
        "checkout.session.completed",
        "payment_method.detached",
    ],
)
def test_an_event_that_brings_another_object_than_its_type_says_is_rejected(receive, event, charge, kind):
    with pytest.raises(WebhookRejected):
        receive(event(kind, charge()))


@pytest.mark.parametrize(
    "about",
    [
        {"object": "payment_intent", "id": "pi_1"},
        {"object": "refund", "id": "re_1"},
        {"object": "customer", "id": "cus_1"},
        {"id": "pi_1"},
    ],
)
def test_a_signed_payment_event_that_cannot_be_read_is_neither_success_nor_silence(receive, event, about):
    with pytest.raises(WebhookRejected):
        receive(event("payment_intent.succeeded", about))


def test_a_signed_event_whose_amount_cannot_be_held_is_rejected(receive, event, intent):
    with pytest.raises(WebhookRejected):
        receive(event(about=intent(amount=550, currency="isk")))


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"<html>", b'{"id": "evt_1", "object": "eve'])
def test_a_signed_body_that_is_no_event_is_rejected(receive, body):
    with pytest.raises(WebhookRejected):
        receive(body)
