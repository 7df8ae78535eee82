"""Adyen's webhooks: signatures by the vectors of Adyen's own libraries, then what an event means."""

import hmac
import json
from base64 import b64encode
from copy import deepcopy

import pytest

from runtime.connectors.adyen import CONNECTOR
from runtime.core.connector import drive
from runtime.core.errors import InvalidConfiguration, WebhookRejected
from runtime.core.money import Money
from runtime.core.payments import DisputeOutcome, IncomingWebhook, MandateOutcome, PaymentOutcome, RefundOutcome
from runtime.core.vocabulary import DisputeStatus, ErrorCode, MandateStatus, PaymentStatus, RefundStatus

KEY = "44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056"
OTHER_KEY = "DFB1EB5485895CFA84146406857104ABB4CBCABDC8AAF103A624C8F6A3EAAB00"
PAYMENT, EVENT = "9913140798220028", "QFQTPCQ8HXSKGK82"
VECTORS = range(6)  # the first six of the file sign an item


def mac(message, key=KEY):
    return b64encode(hmac.digest(bytes.fromhex(key), message, "sha256")).decode()


def signed(item, key=KEY):
    """The item with its signature, by the documented rule and not by the connector's code."""
    amount = item.get("amount") or {}
    names = ("pspReference", "originalReference", "merchantAccountCode", "merchantReference")
    parts = [item.get(name, "") for name in names] + [str(amount.get("value", "")), amount.get("currency", "")]
    message = ":".join([*parts, item["eventCode"], item["success"]]).encode()
    return item | {"additionalData": item.get("additionalData", {}) | {"hmacSignature": mac(message, key)}}


def delivery(*items):
    wrapped = [{"NotificationRequestItem": item} for item in items]
    return json.dumps({"live": "false", "notificationItems": wrapped}).encode()


@pytest.fixture
def receive(context):
    def receive(body, headers=(), **settings):
        command = IncomingWebhook(request_id="w", headers=tuple(headers), body=body)
        return drive(CONNECTOR.exchange(context(**settings), command), None, None)

    return receive


@pytest.fixture
def item():
    def item(code="AUTHORISATION", success="true", extra=None, **changes):
        told = {
            "amount": {"currency": "EUR", "value": 1000},
            "eventCode": code,
            "eventDate": "2021-01-01T01:00:00+01:00",
            "merchantAccountCode": "TestMerchant",
            "merchantReference": "order-1",
            "originalReference": PAYMENT,
            "paymentMethod": "visa",
            "pspReference": EVENT,
            "reason": "",
            "success": success,
            "additionalData": extra or {},
        } | changes
        return {name: value for name, value in told.items() if value is not None}

    return item


@pytest.fixture
def outcome(receive, item):
    def outcome(code, success="true", extra=None, **changes):
        (event,) = receive(delivery(signed(item(code, success, extra, **changes)))).events
        assert event.type == code
        return event.outcome

    return outcome


# --- signatures ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("index", VECTORS)
def test_the_published_vectors_hold_and_any_changed_field_breaks_them(facts, receive, index):
    vector = facts["webhook_vectors"]["vectors"][index]
    item = vector["item"] | {"additionalData": {"hmacSignature": vector["expected"]}}
    keys = {"hmac_keys": vector["key_hex"]}
    assert receive(delivery(item), **keys).events
    changes = [{"amount": {"currency": "EUR", "value": 1}}, {"success": "false"}, {"eventCode": "REFUND"}]
    changes += [
        {"pspReference": "X"},
        {"originalReference": "X"},
        {"merchantReference": "X"},
        {"merchantAccountCode": "X"},
    ]
    for change in changes:
        with pytest.raises(WebhookRejected):
            receive(delivery(deepcopy(item) | change), **keys)


def test_the_published_vector_over_a_whole_body_holds(facts, receive):
    vector = facts["webhook_vectors"]["vectors"][7]
    body, headers = vector["body"].encode(), [("HmacSignature", vector["expected"])]
    (event,) = receive(body, headers, hmac_keys=vector["key_hex"]).events
    assert (event.type, event.outcome) == ("merchant.created", None)
    with pytest.raises(WebhookRejected):
        receive(body + b" ", headers, hmac_keys=vector["key_hex"])


def test_every_key_is_tried_while_one_is_rolled(receive, item):
    body = delivery(signed(item(), OTHER_KEY))
    assert receive(body, hmac_keys=(KEY, OTHER_KEY)).events
    assert receive(body, hmac_keys=(OTHER_KEY, KEY)).events
    with pytest.raises(WebhookRejected):
        receive(body, hmac_keys=(KEY,))


def test_every_item_of_a_delivery_is_verified(receive, item):
    good, second = signed(item("CAPTURE")), signed(item("REFUND"))
    assert [event.type for event in receive(delivery(good, second)).events] == ["CAPTURE", "REFUND"]
    for bad in (item("REFUND"), signed(item("REFUND"), OTHER_KEY), second | {"success": "false"}):
        with pytest.raises(WebhookRejected):
            receive(delivery(good, bad))


@pytest.mark.parametrize("signature", ["", "x", "é", None, 7])
def test_a_missing_or_odd_signature_is_rejected(receive, item, signature):
    with pytest.raises(WebhookRejected):
        receive(delivery(item(extra={"hmacSignature": signature})))
    with pytest.raises(WebhookRejected):
        receive(b'{"type":"recurring.token.created"}', [("HmacSignature", signature if signature == "é" else "")])


def test_fields_cannot_change_places_under_one_signature(receive, item):
    """`a:b` + `c` and `a` + `b:c` are signed alike: only the merchant's own reference may hold a colon."""
    honest = signed(item(merchantReference="x:1:EUR:REFUND", originalReference=PAYMENT))
    assert receive(delivery(honest)).events
    moved = honest | {"originalReference": f"{PAYMENT}:TestMerchant", "merchantAccountCode": "x"}
    for forged in (
        moved | {"merchantReference": "1:EUR:REFUND"},
        honest | {"merchantReference": "x", "amount": {"value": 1, "currency": "EUR:REFUND:1000:EUR"}},
    ):
        with pytest.raises(WebhookRejected):
            receive(delivery(forged))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b'{"live":"false","notificationItems":[]}',
        b'{"notificationItems":[{}]}',
        b"\xff",
        b'{"type":"\\ud800"}',
    ],
)
def test_what_is_no_delivery_is_rejected(receive, body):
    with pytest.raises(WebhookRejected):
        receive(body)


def test_without_a_key_nothing_can_be_believed(receive, item):
    with pytest.raises(InvalidConfiguration, match="hmac_keys"):
        receive(delivery(signed(item())), hmac_keys=())


def test_it_is_acknowledged_as_adyen_asks(receive, item):
    answer = receive(delivery(signed(item()))).acknowledgement
    assert (answer.status, answer.body) == (200, b"[accepted]")


# --- events --------------------------------------------------------------------------------------------------------


def test_a_redelivery_is_the_same_event_and_another_outcome_is_not(receive, item):
    first = receive(delivery(signed(item()))).events[0]
    again = receive(delivery(signed(item(eventDate="2021-01-02T01:00:00+01:00")))).events[0]
    failed = receive(delivery(signed(item(success="false")))).events[0]
    captured = receive(delivery(signed(item("CAPTURE")))).events[0]
    assert first.event_id == again.event_id
    assert len({first.event_id, failed.event_id, captured.event_id}) == 3
    assert first.created == 1609459200


@pytest.mark.parametrize("date", [None, "yesterday", "2021-01-01T01:00:00"])
def test_an_event_without_a_certain_time_has_none(receive, item, date):
    assert receive(delivery(signed(item(eventDate=date)))).events[0].created is None


PAYMENTS = [
    ("AUTHORISATION", "true", PaymentStatus.AUTHORIZED),
    ("AUTHORISATION", "false", PaymentStatus.FAILURE),
    ("AUTHORISATION_ADJUSTMENT", "true", PaymentStatus.AUTHORIZED),
    ("CAPTURE", "true", PaymentStatus.CHARGED),
    ("CAPTURE", "false", PaymentStatus.CAPTURE_FAILED),
    ("CAPTURE_FAILED", "true", PaymentStatus.CAPTURE_FAILED),
    ("CANCELLATION", "true", PaymentStatus.VOIDED),
    ("CANCELLATION", "false", PaymentStatus.VOID_FAILED),
    ("TECHNICAL_CANCEL", "true", PaymentStatus.VOIDED),
    ("TECHNICAL_CANCEL", "false", PaymentStatus.VOID_FAILED),
    ("OFFER_CLOSED", "true", PaymentStatus.EXPIRED),
    ("EXPIRE", "true", PaymentStatus.EXPIRED),
    ("CANCEL_OR_REFUND", "true", PaymentStatus.UNRESOLVED),
    ("CAPTURE", "maybe", PaymentStatus.UNRESOLVED),
    ("CAPTURE", "True", PaymentStatus.UNRESOLVED),
    ("CAPTURE_FAILED", "false", PaymentStatus.UNRESOLVED),
]
REFUNDS = [
    ("REFUND", "true", RefundStatus.SUCCESS),
    ("REFUND", "false", RefundStatus.FAILURE),
    ("REFUND_WITH_DATA", "true", RefundStatus.SUCCESS),
    ("POSTPONED_REFUND", "true", RefundStatus.PENDING),
    ("REFUND_FAILED", "true", RefundStatus.FAILURE),
    ("REFUNDED_REVERSED", "true", RefundStatus.FAILURE),
    ("REFUND", "maybe", RefundStatus.UNRESOLVED),
]
DISPUTES = [
    ("REQUEST_FOR_INFORMATION", DisputeStatus.OPENED),
    ("NOTIFICATION_OF_CHARGEBACK", DisputeStatus.OPENED),
    ("CHARGEBACK", DisputeStatus.OPENED),
    ("PREARBITRATION_OPEN", DisputeStatus.OPENED),
    ("INFORMATION_SUPPLIED", DisputeStatus.CHALLENGED),
    ("CHARGEBACK_REVERSED", DisputeStatus.CHALLENGED),
    ("SCHEME_ARBITRATION", DisputeStatus.CHALLENGED),
    ("SECOND_CHARGEBACK", DisputeStatus.LOST),
    ("PREARBITRATION_LOST", DisputeStatus.LOST),
    ("SCHEME_ARBITRATION_LOST", DisputeStatus.LOST),
    ("PREARBITRATION_WON", DisputeStatus.WON),
    ("SCHEME_ARBITRATION_WON", DisputeStatus.WON),
    ("ISSUER_RESPONSE_TIMEFRAME_EXPIRED", DisputeStatus.WON),
    ("DISPUTE_DEFENSE_PERIOD_ENDED", DisputeStatus.EXPIRED),
    ("PREARBITRATION_ISSUER_WITHDRAWN", DisputeStatus.CANCELLED),
    ("PREARBITRATION_ACCEPTED", DisputeStatus.UNRESOLVED),
    ("PREARBITRATION_DECLINED", DisputeStatus.UNRESOLVED),
]
NOTHING = {
    "ACH_NOTIFICATION_OF_CHANGE", "AUTORESCUE", "CANCEL_AUTORESCUE", "DIRECT_DEBIT_NOTICE_OF_CHANGE_NOTIFICATION",
    "ISSUER_COMMENTS", "MANUAL_REVIEW_ACCEPT", "MANUAL_REVIEW_REJECT", "NOTIFICATION_OF_FRAUD", "ORDER_CLOSED",
    "ORDER_OPENED", "PAIDOUT_REVERSED", "PAYOUT_DECLINE", "PAYOUT_EXPIRE", "PAYOUT_THIRDPARTY", "REPORT_AVAILABLE",
    "VOID_PENDING_REFUND",
}  # fmt: skip


def test_every_published_event_is_judged(facts):
    judged = {code for code, *_ in PAYMENTS + REFUNDS + DISPUTES} | {"RECURRING_CONTRACT"}
    assert set(facts["statuses"]["event_codes"]) == judged | NOTHING
    assert not judged & NOTHING


@pytest.mark.parametrize(("code", "success", "status"), PAYMENTS)
def test_what_became_of_a_payment(outcome, code, success, status):
    told = outcome(code, success)
    assert isinstance(told, PaymentOutcome)
    assert (told.status, told.payment_id, told.raw_status) == (status, PAYMENT, f"{code}/{success}")


@pytest.mark.parametrize(("code", "success", "status"), REFUNDS)
def test_what_became_of_a_refund(outcome, eur, code, success, status):
    told = outcome(code, success)
    assert isinstance(told, RefundOutcome)
    assert (told.status, told.refund_id, told.payment_id, told.amount) == (status, EVENT, PAYMENT, eur)


@pytest.mark.parametrize(("code", "status"), DISPUTES)
def test_where_a_dispute_stands(outcome, eur, code, status):
    told = outcome(code)
    assert isinstance(told, DisputeOutcome)
    assert (told.status, told.dispute_id, told.payment_id, told.amount) == (status, EVENT, PAYMENT, eur)
    assert outcome(code, "false").status is DisputeStatus.UNRESOLVED


@pytest.mark.parametrize("code", [*sorted(NOTHING), "SOMETHING_NEW"])
def test_an_event_we_have_no_word_for_is_acknowledged(receive, item, code):
    received = receive(delivery(signed(item(code, amount={"currency": "XTS", "value": 1}))))
    assert (received.events[0].outcome, received.acknowledgement.status) == (None, 200)


def test_an_adjustment_that_failed_changed_nothing(outcome):
    assert outcome("AUTHORISATION_ADJUSTMENT", "false") is None


def test_an_authorisation_is_its_own_payment_and_says_what_is_held(outcome, eur):
    told = outcome("AUTHORISATION", originalReference=None)
    assert (told.payment_id, told.amount, told.authorized, told.captured) == (EVENT, eur, eur, None)


@pytest.mark.parametrize(
    ("method", "extra", "status"),
    [
        ("visa", {}, PaymentStatus.AUTHORIZED),
        ("visa", {"captureDelayHours": "0"}, PaymentStatus.CHARGED),
        ("visa", {"networkProcessingMode": "sale"}, PaymentStatus.CHARGED),
        ("ideal", {}, PaymentStatus.CHARGED),
        ("upi_intent", {}, PaymentStatus.CHARGED),
        (None, {}, PaymentStatus.AUTHORIZED),
    ],
)
def test_an_authorisation_is_charged_only_where_that_is_certain(outcome, method, extra, status):
    assert outcome("AUTHORISATION", extra=extra, paymentMethod=method).status is status
    assert outcome("AUTHORISATION", "false", extra=extra, paymentMethod=method).status is PaymentStatus.FAILURE


def test_a_capture_says_how_much_was_taken(outcome, eur):
    told = outcome("CAPTURE")
    assert (told.captured, told.amount) == (eur, None)
    assert outcome("CAPTURE", "false").captured is None


@pytest.mark.parametrize(
    ("action", "success", "status"),
    [
        ("cancel", "true", PaymentStatus.VOIDED),
        ("cancel", "false", PaymentStatus.VOID_FAILED),
        ("refund", "true", RefundStatus.SUCCESS),
        ("refund", "false", RefundStatus.FAILURE),
        ("both", "true", PaymentStatus.UNRESOLVED),
    ],
)
def test_a_reversal_is_what_was_done(outcome, action, success, status):
    assert outcome("CANCEL_OR_REFUND", success, extra={"modification.action": action}).status is status


def test_a_failure_says_why(outcome, facts):
    for row in facts["error_codes"]["refusal_reasons"]:
        if row["resultCode"] in ("Refused", "Cancelled"):
            error = outcome("AUTHORISATION", "false", reason=row["refusalReason"]).error
            assert (error.code, error.message) == (row["unified"], row["refusalReason"]), row
    error = outcome("REFUND", "false", reason="Transaction hasn't been captured, refund not possible").error
    assert (error.code, error.message) == (ErrorCode.OTHER, "Transaction hasn't been captured, refund not possible")
    assert outcome("CAPTURE_FAILED", reason="Capture Failed").error is not None
    assert outcome("AUTHORISATION", reason="076181:1111:03/2030").error is None


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ("Unresponded", DisputeStatus.EXPIRED),
        ("Undefended", DisputeStatus.EXPIRED),
        ("Expired", DisputeStatus.EXPIRED),
        ("Accepted", DisputeStatus.ACCEPTED),
        ("Lost", DisputeStatus.LOST),
        ("Won", DisputeStatus.WON),
        ("Pending", DisputeStatus.CHALLENGED),
        ("Responded", DisputeStatus.CHALLENGED),
        ("Paused", DisputeStatus.UNRESOLVED),
    ],
)
def test_at_the_end_of_the_defence_period_the_status_decides(outcome, facts, told, status):
    assert told in {*facts["statuses"]["disputeStatus"], "Paused"}
    dispute = outcome("DISPUTE_DEFENSE_PERIOD_ENDED", extra={"disputeStatus": told})
    assert (dispute.status, dispute.raw_status) == (status, told)


def test_a_reversed_chargeback_is_never_final(outcome):
    for told in ("Won", "Pending", "Lost"):
        assert outcome("CHARGEBACK_REVERSED", extra={"disputeStatus": told}).status is DisputeStatus.CHALLENGED


def test_a_chargeback_says_why_and_until_when(outcome):
    extra = {
        "chargebackReasonCode": "10.4",
        "defensePeriodEndsAt": "2021-07-31T03:03:07+02:00",
        "disputeStatus": "Undefended",
    }
    told = outcome("CHARGEBACK", extra=extra)
    assert (told.status, told.reason, told.respond_by) == (DisputeStatus.OPENED, "10.4", 1627693387)


def test_an_amount_iso_cannot_hold_does_not_stop_the_queue(receive, item):
    half = signed(item("CAPTURE", amount={"currency": "ISK", "value": 1050}))
    foreign = signed(item("REFUND", amount={"currency": "XTS", "value": 1}))
    first, second = receive(delivery(half, foreign)).events
    assert (first.outcome.status, first.outcome.payment_id) == (PaymentStatus.UNRESOLVED, PAYMENT)
    assert (second.outcome.status, second.outcome.refund_id) == (RefundStatus.UNRESOLVED, EVENT)


def test_four_currencies_are_read_by_adyens_decimals(outcome):
    assert outcome("REFUND", amount={"currency": "ISK", "value": 1000}).amount == Money(10, "ISK")
    assert outcome("REFUND", amount={"currency": "IDR", "value": 1000}).amount == Money(100000, "IDR")


# --- mandates ------------------------------------------------------------------------------------------------------


def test_a_recurring_contract_names_its_token_where_it_is_signed(outcome):
    extra = {"recurring.recurringDetailReference": "FORGED", "recurring.shopperReference": "shopper-1"}
    told = outcome("RECURRING_CONTRACT", extra=extra, pspReference="M5N7TQ4TG5PFWR50")
    assert told == MandateOutcome(
        status=MandateStatus.ACTIVE,
        mandate_id="M5N7TQ4TG5PFWR50",
        raw_status="RECURRING_CONTRACT/true",
        customer_id="shopper-1",
    )
    assert outcome("RECURRING_CONTRACT", "false").status is MandateStatus.UNRESOLVED


def test_a_payment_of_nothing_that_left_a_token_is_a_mandate(outcome):
    extra = {"tokenization.storedPaymentMethodId": "M5N7", "tokenization.shopperReference": "shopper-1"}
    nothing = {"currency": "EUR", "value": 0}
    told = outcome("AUTHORISATION", extra=extra, amount=nothing)
    assert (told.status, told.mandate_id, told.customer_id) == (MandateStatus.ACTIVE, "M5N7", "shopper-1")
    assert isinstance(outcome("AUTHORISATION", extra=extra), PaymentOutcome)
    assert isinstance(outcome("AUTHORISATION", "false", extra=extra, amount=nothing), PaymentOutcome)


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("recurring.token.created", MandateStatus.ACTIVE),
        ("recurring.token.updated", MandateStatus.ACTIVE),
        ("recurring.token.alreadyExisting", MandateStatus.ACTIVE),
        ("recurring.token.disabled", MandateStatus.REVOKED),
        ("recurring.token.lent", None),
        ("CAPTURE/true", None),
    ],
)
def test_a_token_webhook_is_signed_in_a_header(receive, kind, status):
    about = {"merchantAccount": "TestMerchant", "storedPaymentMethodId": "M5N7", "shopperReference": "shopper-1"}
    told = {"createdAt": "2025-06-30T16:40:23+02:00", "eventId": "QBQQ9DLNRHHKGK38", "type": kind, "data": about}
    body = json.dumps(told).encode()
    (event,) = receive(body, [("HmacSignature", mac(body)), ("Protocol", "HmacSHA256")]).events
    assert (event.event_id, event.created) == ("QBQQ9DLNRHHKGK38", 1751294423)
    assert (event.outcome and event.outcome.status) == status
    if status:
        assert (event.outcome.mandate_id, event.outcome.customer_id) == ("M5N7", "shopper-1")


def test_a_signed_body_without_an_id_is_the_same_event_each_time(receive):
    body = b'{"type":"ach.notificationOfChange","createdAt":"2021-01-01T01:00:00+01:00"}'
    ids = {receive(body, [("hmacsignature", mac(body))]).events[0].event_id for _ in range(2)}
    assert len(ids) == 1
