"""Deliveries: believed by their signature alone, and read without a guess."""

import hmac
import json
from hashlib import sha256

import pytest

from runtime.core.errors import InvalidConfiguration, WebhookRejected
from runtime.core.money import Money
from runtime.core.payments import IncomingWebhook
from runtime.core.vocabulary import DisputeStatus, MandateStatus, PaymentStatus, RefundStatus


def delivery(body, *, key="hush_hook", signature=None, event_id="evt_1"):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    signed = hmac.new(key.encode(), raw, sha256).hexdigest() if signature is None else signature
    headers = (("x-razorpay-signature", signed), *((("X-Razorpay-Event-Id", event_id),) if event_id else ()))
    return IncomingWebhook(request_id="w", headers=headers, body=raw)


def event(name, **entities):
    payload = {kind: {"entity": entity} for kind, entity in entities.items()}
    return {"entity": "event", "account_id": "acc_1", "event": name, "payload": payload, "created_at": 1642662200}


def heard(run, name, **entities):
    (seen,) = run(delivery(event(name, **entities))).outcome.events
    return seen


def test_the_published_vector_of_a_payment_is_believed(run, facts):
    vector = facts["webhook_vectors"]["vectors"][0]
    command = delivery(vector["message"].encode(), signature=vector["expected"])
    answer = run(command, webhook_secrets=(vector["secret"],)).outcome
    (seen,) = answer.events
    assert (answer.acknowledgement.status, seen.type, seen.created) == (200, "payment.authorized", 1400826760)
    assert (seen.outcome.payment_id, seen.outcome.captured) == ("pay_6koWN7bvxujzxM", Money(1000000, "INR"))


def test_the_published_vector_of_another_library_holds_and_is_no_event(run, facts):
    vector = facts["webhook_vectors"]["vectors"][1]
    with pytest.raises(WebhookRejected, match="signed, but"):
        run(delivery(vector["message"].encode(), signature=vector["expected"]), webhook_secrets=(vector["secret"],))


@pytest.mark.parametrize("signature", ["", "0" * 64, "é", "sha256=x"])
def test_a_signature_that_does_not_hold_is_rejected(run, payment, signature):
    with pytest.raises(WebhookRejected, match="X-Razorpay-Signature"):
        run(delivery(event("payment.captured", payment=payment()), signature=signature))


def test_a_body_that_was_written_again_is_rejected(run, payment):
    body = event("payment.captured", payment=payment())
    good = delivery(body)
    with pytest.raises(WebhookRejected):
        run(IncomingWebhook(request_id="w", headers=good.headers, body=json.dumps(body, indent=1).encode()))


def test_an_unsigned_delivery_is_rejected(run):
    with pytest.raises(WebhookRejected):
        run(IncomingWebhook(request_id="w", headers=(), body=b"{}"))


def test_the_keys_of_the_account_sign_no_delivery(run, payment):
    with pytest.raises(WebhookRejected):
        run(delivery(event("payment.captured", payment=payment()), key="hush"))


def test_while_a_secret_is_changed_the_old_one_holds_too(run, payment):
    body = event("payment.captured", payment=payment())
    for key in ("old", "new"):
        assert run(delivery(body, key=key), webhook_secrets=("new", "old")).outcome.events


def test_without_a_secret_nothing_is_believed(run, payment):
    with pytest.raises(InvalidConfiguration, match="webhook_secrets"):
        run(delivery(event("payment.captured", payment=payment())), webhook_secrets=())


def test_a_repeated_delivery_has_the_same_id(run, payment):
    body = event("payment.captured", payment=payment())
    assert heard(run, "payment.captured", payment=payment()).event_id == "evt_1"
    bare = [run(delivery(body, event_id=None)).outcome.events[0].event_id for _ in range(2)]
    other = run(delivery(event("payment.failed", payment=payment("failed")), event_id=None)).outcome.events[0].event_id
    assert bare[0] == bare[1] != other


@pytest.mark.parametrize(
    ("name", "status", "found"),
    [
        ("payment.authorized", "authorized", PaymentStatus.AUTHORIZED),
        ("payment.captured", "captured", PaymentStatus.CHARGED),
        ("payment.failed", "failed", PaymentStatus.FAILURE),
        ("order.paid", "captured", PaymentStatus.CHARGED),
        ("payment_link.paid", "captured", PaymentStatus.CHARGED),
        ("payment.never_heard_of", "never_heard_of", PaymentStatus.UNRESOLVED),
    ],
)
def test_a_payment_event_tells_where_the_payment_stands(run, payment, name, status, found):
    seen = heard(run, name, payment=payment(status), order={"id": "order_1", "entity": "order"})
    assert (seen.outcome.status, seen.outcome.payment_id, seen.outcome.raw_status) == (found, "pay_1", status)


@pytest.mark.parametrize(
    ("name", "status", "found"),
    [
        ("refund.created", "pending", RefundStatus.PENDING),
        ("refund.processed", "processed", RefundStatus.SUCCESS),
        ("refund.failed", "failed", RefundStatus.FAILURE),
        ("refund.speed_changed", "processed", RefundStatus.SUCCESS),
    ],
)
def test_a_refund_event_is_about_the_refund_though_the_payment_comes_along(run, payment, refund, name, status, found):
    seen = heard(run, name, payment=payment(), refund=refund(status))
    assert (seen.outcome.status, seen.outcome.refund_id) == (found, "rfnd_1")


def test_a_dispute_event_is_about_the_dispute_though_the_payment_comes_along(run, payment):
    seen = {"id": "disp_1", "entity": "dispute", "payment_id": "pay_1", "amount": 50000, "currency": "INR"}
    for name, status, found in [
        ("payment.dispute.created", "open", DisputeStatus.OPENED),
        ("payment.dispute.under_review", "under_review", DisputeStatus.CHALLENGED),
        ("payment.dispute.lost", "lost", DisputeStatus.LOST),
    ]:
        outcome = heard(run, name, payment=payment(), dispute=seen | {"status": status}).outcome
        assert (outcome.status, outcome.dispute_id) == (found, "disp_1")


TOKENS = {
    "initiated": MandateStatus.PENDING,
    "confirmed": MandateStatus.ACTIVE,
    "rejected": MandateStatus.INACTIVE,
    "paused": MandateStatus.INACTIVE,
    "cancelled": MandateStatus.REVOKED,
    "never_heard_of": MandateStatus.UNRESOLVED,
}


@pytest.mark.parametrize("raw", TOKENS)
def test_a_token_event_tells_where_the_mandate_stands(run, raw):
    token = {"id": "token_1", "entity": "token", "recurring_details": {"status": raw, "failure_reason": None}}
    outcome = heard(run, f"token.{raw}", token=token | {"customer_id": "cust_1"}).outcome
    assert (outcome.status, outcome.raw_status) == (TOKENS[raw], raw)
    assert (outcome.mandate_id, outcome.customer_id) == ("token_1", "cust_1")


def test_every_published_token_status_is_tried(facts):
    assert set(facts["statuses"]["token_recurring_status"]) == set(TOKENS) - {"never_heard_of"}


def test_a_token_without_a_status_is_unresolved_and_a_refusal_says_why(run):
    token = {"id": "token_1", "entity": "token"}
    assert heard(run, "token.confirmed", token=token).outcome.status is MandateStatus.UNRESOLVED
    rejected = token | {"recurring_details": {"status": "rejected", "failure_reason": "limit"}}
    assert heard(run, "token.rejected", token=rejected).outcome.error.message == "limit"


def test_every_published_event_is_understood_or_acknowledged(run, facts, payment, refund):
    seen = {"id": "disp_1", "entity": "dispute", "amount": 50000, "currency": "INR", "status": "open"}
    token = {"id": "token_1", "entity": "token"}
    without = set()
    for name in facts["statuses"]["events"]:
        outcome = heard(run, name, payment=payment(), refund=refund(), dispute=seen, token=token).outcome
        without |= {name} if outcome is None else set()
    spoken = {name for name in facts["statuses"]["events"] if name not in without}
    assert {name for name in spoken if not name.startswith(("payment.", "refund."))} == {
        "order.paid",
        "payment_link.paid",
    }
    assert {"payment.downtime.started", "settlement.processed", "payout.processed"} <= without


@pytest.mark.parametrize(
    "body",
    [
        b"not json",
        b"[]",
        event("payment.captured"),
        event("payment.captured", payment=None),
        event("payment.captured", payment={"entity": "payment", "id": "pay_1"}),
        event("payment.captured", refund={"entity": "refund"}),
        {"event": "payment.captured", "payload": {"payment": "pay_1"}},
        {"event": "payment.captured", "payload": []},
    ],
    ids=["no json", "no object", "nothing", "null", "a part", "another entity", "an id", "empty payload"],
)
def test_a_signed_event_that_cannot_be_read_is_refused_and_so_sent_again(run, body):
    with pytest.raises(WebhookRejected, match="signed, but"):
        run(delivery(body))


@pytest.mark.parametrize("payload", [[], {}, {"invoice": "inv_1"}])
def test_an_event_that_means_nothing_here_is_acknowledged_whatever_it_holds(run, payload):
    (seen,) = run(delivery({"event": "invoice.expired", "payload": payload})).outcome.events
    assert (seen.type, seen.outcome) == ("invoice.expired", None)


@pytest.mark.parametrize("captured", [True, 1, "1"])
def test_deliveries_are_read_in_every_way_that_was_seen(run, payment, captured):
    assert heard(run, "payment.captured", payment=payment(captured=captured, notes=[])).outcome.captured.minor == 50000
