"""What Razorpay says of payments, refunds and disputes, against its published life cycles."""

import pytest

from runtime.core.errors import IntegrityMismatch, InvalidCommand
from runtime.core.money import Money
from runtime.core.payments import AcceptDispute, Capture, CompleteAuthorize, DSync, PSync, Refund, RSync
from runtime.core.vocabulary import (
    DisputeStatus,
    ErrorCode,
    NextActionKind,
    PaymentStatus,
    RefundStatus,
    RetryAdvice,
)

INR, NOTHING = Money(50000, "INR"), Money(0, "INR")
SYNC = PSync(request_id="s", payment_id="pay_1")

# statuses.json states conditions in words: each is one row here.
LIFE = {
    ("created", False): PaymentStatus.PENDING,
    ("authorized", False): PaymentStatus.AUTHORIZED,
    ("captured", True): PaymentStatus.CHARGED,
    ("refunded", True): PaymentStatus.CHARGED,
    ("refunded", False): PaymentStatus.AUTO_REFUNDED,
    ("failed", False): PaymentStatus.FAILURE,
}


@pytest.mark.parametrize(("raw", "captured"), LIFE, ids=str)
def test_a_payment_stands_where_its_status_says(run, payment, raw, captured):
    outcome = run(SYNC, (200, payment(raw, captured=captured))).outcome
    assert (outcome.status, outcome.raw_status, outcome.payment_id) == (LIFE[raw, captured], raw, "pay_1")


def test_every_published_status_has_a_meaning(facts):
    assert {raw for raw, _ in LIFE} == set(facts["statuses"]["payment"]["values"])


@pytest.mark.parametrize("raw", ["", "CAPTURED", "settled", "authorised"])
def test_an_unknown_status_is_unresolved_and_kept(run, payment, raw):
    outcome = run(SYNC, (200, payment(raw))).outcome
    assert (outcome.status, outcome.raw_status, outcome.payment_id) == (PaymentStatus.UNRESOLVED, raw, "pay_1")
    assert outcome.captured is None


def test_refunded_by_nobody_knows_what_is_unresolved(run, payment):
    outcome = run(SYNC, (200, payment("refunded", captured=None))).outcome
    assert outcome.status is PaymentStatus.UNRESOLVED


@pytest.mark.parametrize("captured", [True, 1, "1", "true"])
def test_captured_is_read_in_every_way_it_was_seen(run, payment, captured):
    assert run(SYNC, (200, payment("refunded", captured=captured))).outcome.status is PaymentStatus.CHARGED


def test_a_part_refunded_payment_stays_charged(run, payment):
    outcome = run(SYNC, (200, payment(amount_refunded=20000, refund_status="partial"))).outcome
    assert (outcome.status, outcome.captured, outcome.refunded) == (PaymentStatus.CHARGED, INR, Money(20000, "INR"))


def test_a_hold_can_be_captured_and_took_nothing(run, payment):
    held = run(SYNC, (200, payment("authorized"))).outcome
    assert (held.authorized, held.capturable, held.captured, held.refunded) == (INR, INR, NOTHING, NOTHING)


def test_a_hold_that_was_let_go_refunded_nothing(run, payment):
    gone = run(SYNC, (200, payment("refunded", amount_refunded=50000, refund_status="full"))).outcome
    assert (gone.status, gone.captured, gone.refunded) == (PaymentStatus.AUTO_REFUNDED, None, None)


def test_a_failure_says_why(run, payment):
    why = {"error_code": "BAD_REQUEST_ERROR", "error_reason": "insufficient_fund"}
    failed = run(SYNC, (200, payment("failed", **why))).outcome
    assert failed.status is PaymentStatus.FAILURE
    assert (failed.error.code, failed.error.raw_code) == (ErrorCode.INSUFFICIENT_FUNDS, "insufficient_fund")
    assert failed.error.retry is RetryAdvice.WITH_OTHER_METHOD


@pytest.mark.parametrize(
    ("why", "code"),
    [
        ({"error_reason": "payment_timed_out"}, ErrorCode.TIMEOUT),
        ({"error_reason": "payment_pending"}, ErrorCode.PROCESSING_ERROR),
        ({"error_reason": "never_heard_of"}, ErrorCode.OTHER),
        ({"error_reason": "", "error_code": ""}, ErrorCode.OTHER),
        ({"error_reason": None}, ErrorCode.OTHER),
        ({"error_reason": "card_declined", "captured": "1"}, ErrorCode.CARD_DECLINED),
    ],
    ids=["timed out", "pending", "unknown reason", "empty reason", "no reason", "failed yet captured"],
)
def test_a_failure_that_may_still_be_authorized_is_to_be_synced_first(run, payment, why, code):
    failed = run(SYNC, (200, payment("failed", **why))).outcome
    assert (failed.status, failed.error.code, failed.error.retry) == (
        PaymentStatus.FAILURE,
        code,
        RetryAdvice.SYNC_FIRST,
    )


def test_a_failed_authentication_is_told_apart(run, payment):
    failed = run(
        SYNC, (200, payment("failed", error_code="GATEWAY_ERROR", error_reason="authentication_failed"))
    ).outcome
    assert failed.status is PaymentStatus.AUTHENTICATION_FAILED
    assert failed.error.code is ErrorCode.AUTHENTICATION_FAILED


# -- after create


@pytest.mark.parametrize(
    ("actions", "kind", "url", "data"),
    [
        (["redirect"], NextActionKind.REDIRECT, "https://api.razorpay.com/redirect", {}),
        (["otp_generate", "redirect"], NextActionKind.REDIRECT, "https://api.razorpay.com/redirect", {}),
        (["poll", "intent"], NextActionKind.REDIRECT, "https://api.razorpay.com/intent", {}),
        (["poll"], NextActionKind.DISPLAY, None, {"action": "poll", "url": "https://api.razorpay.com/poll"}),
    ],
    ids=["redirect", "redirect before a page of one's own", "intent", "collect"],
)
def test_what_the_shopper_must_do_is_named(run, authorize, order, started, actions, kind, url, data):
    outcome = run(authorize(), (200, order()), (200, started(*actions))).outcome
    assert (outcome.status, outcome.payment_id) == (PaymentStatus.AUTHENTICATION_PENDING, "pay_1")
    assert (outcome.next_action.kind, outcome.next_action.url, outcome.next_action.data) == (kind, url, data)


def test_a_next_step_that_nobody_knows_is_unresolved(run, authorize, order, started):
    outcome = run(authorize(), (200, order()), (200, started("dance"))).outcome
    assert (outcome.status, outcome.raw_status, outcome.payment_id) == (PaymentStatus.UNRESOLVED, "dance", "pay_1")


@pytest.mark.parametrize("left", [{}, {"next": []}, {"next": None}], ids=["absent", "empty", "null"])
def test_where_nothing_is_left_to_do_the_payment_is_read(run, authorize, order, payment, left):
    done = {"razorpay_payment_id": "pay_1", "razorpay_order_id": "order_1", "razorpay_signature": "x"}
    ran = run(authorize(), (200, order()), (200, done | left), (200, payment()))
    assert ran.routes[-1] == ("GET", "/v1/payments/pay_1")
    assert (ran.outcome.status, ran.outcome.captured) == (PaymentStatus.CHARGED, INR)


# -- by order


LOOKUP = PSync(request_id="s", payment_id="order_1", amount=INR)


@pytest.mark.parametrize(
    ("items", "found"),
    [
        (["failed", "captured", "failed"], PaymentStatus.CHARGED),
        (["failed", "authorized"], PaymentStatus.AUTHORIZED),
        (["created", "failed"], PaymentStatus.PENDING),
        (["failed", "failed"], PaymentStatus.FAILURE),
        (["authorized", "never_heard_of"], PaymentStatus.UNRESOLVED),
    ],
)
def test_an_order_stands_where_its_furthest_payment_does(run, payment, items, found):
    payments = [payment(status, id=f"pay_{index}") for index, status in enumerate(items)]
    ran = run(LOOKUP, (200, {"entity": "collection", "count": len(items), "items": payments}))
    assert ran.routes == [("GET", "/v1/orders/order_1/payments")]
    assert ran.outcome.status is found
    assert ran.outcome.payment_id.startswith("pay_")


@pytest.mark.parametrize(
    ("status", "found"),
    [
        ("created", PaymentStatus.PAYMENT_METHOD_AWAITED),
        ("attempted", PaymentStatus.PENDING),
        ("paid", PaymentStatus.UNRESOLVED),
        ("never_heard_of", PaymentStatus.UNRESOLVED),
    ],
)
def test_an_order_without_a_payment_says_so_itself(run, order, status, found):
    ran = run(LOOKUP, (200, {"items": []}), (200, order(status=status)))
    assert ran.routes[-1] == ("GET", "/v1/orders/order_1")
    assert (ran.outcome.status, ran.outcome.payment_id, ran.outcome.raw_status) == (found, "order_1", status)


# -- what the shopper comes back with


FIELDS = {
    "payment order_id|payment_id": ("razorpay_order_id", "razorpay_payment_id"),
    "subscription payment_id|subscription_id": ("razorpay_payment_id", "razorpay_subscription_id"),
    "payment link plink|ref|status|payment": (
        "razorpay_payment_link_id",
        "razorpay_payment_link_reference_id",
        "razorpay_payment_link_status",
        "razorpay_payment_id",
    ),
}


@pytest.fixture(params=[2, 3, 4, 5])
def returned(request, facts):
    """A published vector as the query a shopper comes back with: its key, its fields, its payment."""
    vector = facts["webhook_vectors"]["vectors"][request.param]
    query = dict(zip(FIELDS[vector["name"]], vector["message"].split("|"), strict=True))
    return vector["secret"], query | {"razorpay_signature": vector["expected"]}, query["razorpay_payment_id"]


def test_a_signed_return_is_believed_and_the_payment_still_read(run, payment, returned):
    key, query, payment_id = returned
    command = CompleteAuthorize(request_id="c", payment_id=payment_id, amount=INR, returned=query)
    ran = run(command, (200, payment("failed", id=payment_id)), key_secret=key)
    assert ran.routes == [("GET", f"/v1/payments/{payment_id}")]
    assert ran.outcome.status is PaymentStatus.FAILURE


def test_a_return_that_was_tampered_with_is_refused(run, returned):
    key, query, payment_id = returned
    field = next(name for name in query if name not in {"razorpay_signature", "razorpay_payment_id"})
    for changed in ({field: "x"}, {"razorpay_signature": "0" * 64}, {"razorpay_signature": "é"}):
        command = CompleteAuthorize(request_id="c", payment_id=payment_id, amount=INR, returned=query | changed)
        with pytest.raises(InvalidCommand, match="razorpay_signature"):
            run(command, key_secret=key)


def test_a_signed_return_of_another_payment_is_refused(run, returned):
    key, query, _ = returned
    with pytest.raises(InvalidCommand):
        run(CompleteAuthorize(request_id="c", payment_id="pay_9", amount=INR, returned=query), key_secret=key)


def test_a_signature_without_what_it_signs_is_refused(run):
    with pytest.raises(InvalidCommand):
        run(
            CompleteAuthorize(request_id="c", payment_id="pay_1", amount=INR, returned={"razorpay_signature": "0" * 64})
        )


def test_an_unsigned_return_proves_nothing_and_the_payment_is_read(run, payment):
    query = {"razorpay_payment_id": "pay_9", "status": "captured"}
    command = CompleteAuthorize(request_id="c", payment_id="pay_1", amount=INR, returned=query)
    assert run(command, (200, payment("created"))).outcome.status is PaymentStatus.PENDING


# -- captures, refunds, disputes


def test_a_capture_takes_the_money(run, payment):
    taken = run(Capture(request_id="c", payment_id="pay_1", amount=INR), (200, payment())).outcome
    assert (taken.status, taken.captured, taken.capturable) == (PaymentStatus.CHARGED, INR, NOTHING)


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        ("created", RefundStatus.PENDING),
        ("pending", RefundStatus.PENDING),
        ("processed", RefundStatus.SUCCESS),
        ("failed", RefundStatus.FAILURE),
        ("never_heard_of", RefundStatus.UNRESOLVED),
        (None, RefundStatus.UNRESOLVED),
    ],
)
def test_a_refund_stands_where_its_status_says(run, refund, raw, found):
    for command in (
        Refund(request_id="r", payment_id="pay_1", amount=INR),
        RSync(request_id="r", payment_id="pay_1", refund_id="rfnd_1"),
    ):
        outcome = run(command, (200, refund(raw))).outcome
        assert (outcome.status, outcome.raw_status, outcome.refund_id) == (found, raw, "rfnd_1")


def test_every_published_refund_and_dispute_status_is_tried(facts):
    refunds, disputes = facts["statuses"]["refund"], facts["statuses"]["dispute"]
    assert {*refunds["values"], *refunds["seen_also"]} == {"pending", "processed", "failed", "created"}
    assert set(disputes["status"]) == {"open", "under_review", "won", "lost", "closed"}


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        ("open", DisputeStatus.OPENED),
        ("under_review", DisputeStatus.CHALLENGED),
        ("won", DisputeStatus.WON),
        ("lost", DisputeStatus.LOST),
        ("closed", DisputeStatus.CANCELLED),
        ("never_heard_of", DisputeStatus.UNRESOLVED),
    ],
)
def test_a_dispute_stands_where_its_status_says(run, raw, found):
    seen = {"id": "disp_1", "entity": "dispute", "payment_id": "pay_1", "amount": 10000, "currency": "INR"}
    seen |= {"status": raw, "reason_code": "chargeback", "respond_by": 1590604200, "phase": "chargeback"}
    outcome = run(DSync(request_id="d", dispute_id="disp_1"), (200, seen)).outcome
    assert (outcome.status, outcome.raw_status, outcome.payment_id) == (found, raw, "pay_1")
    assert (outcome.amount, outcome.reason, outcome.respond_by) == (Money(10000, "INR"), "chargeback", 1590604200)


def test_an_accepted_dispute_is_accepted_though_razorpay_calls_it_lost(run):
    seen = {"id": "disp_1", "entity": "dispute", "amount": 10000, "currency": "INR"}
    accept = AcceptDispute(request_id="d", dispute_id="disp_1")
    assert run(accept, (200, seen | {"status": "lost"})).outcome.status is DisputeStatus.ACCEPTED
    assert run(accept, (200, seen | {"status": "open"})).outcome.status is DisputeStatus.OPENED


def test_a_dispute_in_a_currency_nobody_knows_keeps_its_id(run):
    seen = {"id": "disp_1", "entity": "dispute", "amount": 10000, "currency": "XXX", "status": "open"}
    with pytest.raises(IntegrityMismatch) as mismatch:
        run(DSync(request_id="d", dispute_id="disp_1"), (200, seen))
    assert mismatch.value.transaction_id == "disp_1"
