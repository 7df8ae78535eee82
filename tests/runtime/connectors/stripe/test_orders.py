"""Orders and checkout sessions: a payment prepared before anybody pays."""

import pytest

from runtime.connectors.stripe import CONNECTOR
from runtime.core.errors import IntegrityMismatch, InvalidCommand, OutcomeUnknown, RequestRejected
from runtime.core.messages import TransportError
from runtime.core.money import Money
from runtime.core.payments import CreateOrder, CreateSessionToken
from runtime.core.secret import Secret
from runtime.core.vocabulary import CaptureMethod, ErrorCode, PaymentStatus

API = "https://api.stripe.com/v1"
USD = Money(1000, "USD")
ORDER = CreateOrder(request_id="r", amount=USD, reference="o 1")
SESSION = CreateSessionToken(request_id="r", amount=USD, return_url="https://shop.test/done", reference="o 1")


# --- orders --------------------------------------------------------------------------------------------------------


def test_an_order_is_an_intent_that_nobody_has_confirmed(run, intent, fields, typed):
    ran = run(ORDER, (200, intent("requires_payment_method")))
    (request,) = ran.sent
    assert (request.method, request.url) == ("POST", f"{API}/payment_intents")
    assert request.header("Idempotency-Key") == ORDER.idempotency_key
    sent = fields(request)
    assert (sent["amount"], sent["currency"], sent["metadata[reference]"]) == ("1000", "usd", "o 1")
    assert sent["automatic_payment_methods[enabled]"] == "false"
    assert "confirm" not in sent
    assert all(typed(name, "PaymentIntentCreateParams") for name in sent if "metadata" not in name)
    assert (ran.outcome.order_id, ran.outcome.amount) == ("pi_1", USD)
    assert ran.outcome.token == Secret("pi_1_secret_x")
    assert "pi_1_secret_x" not in repr(ran.outcome)


@pytest.mark.parametrize(
    ("code", "types"),
    [
        ("BRL", {"card", "boleto"}),
        ("INR", {"card", "upi"}),
        ("MXN", {"card", "oxxo", "customer_balance"}),
        ("THB", {"card"}),
    ],
)
def test_an_order_is_open_to_every_method_of_its_currency(run, intent, fields, code, types):
    command = CreateOrder(request_id="r", amount=Money(1000, code), reference="o")
    sent = fields(run(command, (200, intent("requires_payment_method", currency=code.lower()))).sent[0])
    allowed = [value for name, value in sent.items() if name.startswith("allowed_payment_method_types")]
    assert sorted(allowed) == sorted(types)


def test_an_order_of_another_amount_is_never_accepted(run, intent):
    with pytest.raises(IntegrityMismatch) as mismatch:
        run(ORDER, (200, intent("requires_payment_method", amount=999)))
    assert mismatch.value.transaction_id == "pi_1"


def test_an_order_is_never_declined(run, problem):
    with pytest.raises(RequestRejected):
        run(ORDER, (402, problem(code="card_declined")))


def test_paying_an_order_confirms_its_intent(run, authorize, intent, fields, typed):
    command = authorize(
        order_id="pi_1", capture_method=CaptureMethod.MANUAL, return_url="https://shop.test", reference="o 1"
    )
    ran = run(command, (200, intent("requires_capture")))
    (request,) = ran.sent
    assert (request.method, request.url) == ("POST", f"{API}/payment_intents/pi_1/confirm")
    sent = fields(request)
    assert sent == {
        "allowed_payment_method_types[0]": "card",
        "payment_method_data[type]": "card",
        "payment_method_data[card][number]": "4242424242424242",
        "payment_method_data[card][exp_month]": "12",
        "payment_method_data[card][exp_year]": "2034",
        "payment_method_data[card][cvc]": "913",
        "capture_method": "manual",
        "return_url": "https://shop.test",
        "expand[0]": "latest_charge",
    }
    assert all(typed(name, "PaymentIntentConfirmParams") for name in sent if "[card]" not in name)
    assert ran.outcome.status is PaymentStatus.AUTHORIZED


def test_an_order_of_another_amount_than_is_paid_is_noticed(run, authorize, intent):
    with pytest.raises(IntegrityMismatch):
        run(authorize(order_id="pi_1"), (200, intent(amount=2000, amount_received=2000)))


def test_the_id_of_an_order_cannot_change_the_route(run, authorize):
    with pytest.raises(InvalidCommand):
        run(authorize(order_id="pi_1/cancel"))


def test_an_order_without_a_trustworthy_answer_keeps_its_id(run, authorize, problem):
    with pytest.raises(OutcomeUnknown) as unknown:
        run(authorize(order_id="pi_1"), (500, b"<html>"))
    assert unknown.value.transaction_id == "pi_1"
    outcome = run(authorize(order_id="pi_1"), (402, problem(code="card_declined"))).outcome
    assert (outcome.status, outcome.payment_id) == (PaymentStatus.FAILURE, "pi_1")


# --- checkout sessions ---------------------------------------------------------------------------------------------


def test_a_session_sells_the_order_on_stripes_own_page(run, session, fields, typed):
    ran = run(SESSION, (200, session()))
    (request,) = ran.sent
    assert (request.method, request.url) == ("POST", f"{API}/checkout/sessions")
    assert request.header("Idempotency-Key") == SESSION.idempotency_key
    sent = fields(request)
    assert sent == {
        "mode": "payment",
        "line_items[0][quantity]": "1",
        "line_items[0][price_data][currency]": "usd",
        "line_items[0][price_data][unit_amount]": "1000",
        "line_items[0][price_data][product_data][name]": "o 1",
        "success_url": "https://shop.test/done",
        "client_reference_id": "o 1",
        "payment_intent_data[metadata][reference]": "o 1",
    }
    assert all(typed(name, "SessionCreateParams") for name in sent if "metadata" not in name)
    outcome = ran.outcome
    assert (outcome.session_id, outcome.token, outcome.expires_at) == ("cs_test_1", None, 1_700_086_400)
    assert outcome.url == "https://checkout.stripe.com/c/pay/cs_test_1"


def test_a_session_without_a_reference_still_names_what_is_sold(run, session, fields):
    command = CreateSessionToken(request_id="r", amount=USD, return_url="https://shop.test")
    sent = fields(run(command, (200, session())).sent[0])
    assert sent["line_items[0][price_data][product_data][name]"] == "Order"
    assert "client_reference_id" not in sent


def test_the_secret_of_a_session_is_kept_and_not_shown(run, session):
    outcome = run(SESSION, (200, session(client_secret="cs_test_1_secret_x"))).outcome
    assert outcome.token == Secret("cs_test_1_secret_x")
    assert "cs_test_1_secret_x" not in repr(outcome)


@pytest.mark.parametrize("changes", [{"amount_total": 999}, {"currency": "eur"}, {"amount_total": None}])
def test_a_session_of_another_amount_is_never_accepted(run, session, changes):
    with pytest.raises(IntegrityMismatch) as mismatch:
        run(SESSION, (200, session(**changes)))
    assert mismatch.value.transaction_id == "cs_test_1"


def test_a_session_is_refused_or_unknown_like_any_write(run, problem):
    with pytest.raises(RequestRejected) as refused:
        run(SESSION, (400, problem("invalid_request_error", code="url_invalid")))
    assert refused.value.error.code is ErrorCode.INVALID_REQUEST
    for reply in ((0, TransportError("reset", sent=True)), (500, b""), (200, b'{"id": "cs_test_1", "ob')):
        with pytest.raises(OutcomeUnknown) as unknown:
            run(SESSION, reply)
    assert unknown.value.transaction_id == "cs_test_1"


@pytest.mark.parametrize("code", ["JPY", "KWD", "ISK"])
def test_the_amounts_of_orders_and_sessions_follow_stripes_currencies(run, intent, session, fields, facts, code):
    page = facts["currencies"]
    decimals = 0 if code in page["zero_decimal"] else 3 if code in page["three_decimal"]["codes"] else 2
    wire = 7 * 10**decimals
    order = CreateOrder(request_id="r", amount=Money.of(7, code), reference="o")
    reply = intent("requires_payment_method", amount=wire, currency=code.lower())
    assert fields(run(order, (200, reply)).sent[0])["amount"] == str(wire)
    command = CreateSessionToken(request_id="r", amount=Money.of(7, code), return_url="https://s.test")
    sent = fields(run(command, (200, session(amount_total=wire, currency=code.lower()))).sent[0])
    assert sent["line_items[0][price_data][unit_amount]"] == str(wire)
    assert code in CONNECTOR.capabilities.currencies
