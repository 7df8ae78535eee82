"""What is sent to Stripe: routes, headers, fields."""

from urllib.parse import parse_qsl

import pytest

from runtime.core.errors import InvalidCommand
from runtime.core.money import Money
from runtime.core.payments import Capture, Card, CompleteAuthorize, PSync, Refund, RSync, StoredMethod, Void
from runtime.core.secret import Secret
from runtime.core.vocabulary import CaptureMethod, ErrorCode

USD = Money(1000, "USD")
API = "https://api.stripe.com/v1"
HOSTILE = ["../x", "..", ".", "", "pi_1?a=b", "pi_1/cancel", "pi_1%2Fcancel", "pi_1#", "pi 1", "pi_1\r\nX: y", "pí_1"]


def fields(request):
    return dict(parse_qsl(request.body.decode(), keep_blank_values=True, strict_parsing=bool(request.body)))


def test_a_sale_is_created_and_confirmed_in_one_request(run, authorize, intent):
    command = authorize(return_url="https://shop.test/back?a=b", reference="o 1", description="Tea & cups")
    (request,) = run(command, (200, intent())).sent
    assert (request.method, request.url) == ("POST", f"{API}/payment_intents")
    assert fields(request) == {
        "amount": "1000",
        "currency": "usd",
        "confirm": "true",
        "capture_method": "automatic",
        "allowed_payment_method_types[0]": "card",
        "payment_method_data[type]": "card",
        "payment_method_data[card][number]": "4242424242424242",
        "payment_method_data[card][exp_month]": "12",
        "payment_method_data[card][exp_year]": "2034",
        "payment_method_data[card][cvc]": "913",
        "return_url": "https://shop.test/back?a=b",
        "description": "Tea & cups",
        "metadata[reference]": "o 1",
        "expand[0]": "latest_charge",
    }


def test_every_write_carries_key_version_form_and_idempotency_key(run, authorize, intent):
    command = authorize()
    (request,) = run(command, (200, intent())).sent
    assert dict(request.headers) == {
        "Authorization": "Bearer sk_test_hush",
        "Stripe-Version": "2026-10-28.endive",
        "Content-Type": "application/x-www-form-urlencoded",
        "Idempotency-Key": command.idempotency_key,
    }


def test_a_stored_method_is_named_and_a_missing_cvc_is_left_out(run, authorize, intent):
    (stored,) = run(authorize(method=StoredMethod(token="pm_card_visa")), (200, intent())).sent
    assert fields(stored)["payment_method"] == "pm_card_visa"
    assert "payment_method_data" not in stored.body.decode()
    card = Card(number=Secret("5555555555554444"), expiry_month=1, expiry_year=2031, holder="Jo Doe")
    (bare,) = run(authorize(method=card), (200, intent())).sent
    assert fields(bare)["payment_method_data[billing_details][name]"] == "Jo Doe"
    assert "cvc" not in bare.body.decode()


@pytest.mark.parametrize(
    ("mode", "several"), [(CaptureMethod.MANUAL, None), (CaptureMethod.MANUAL_MULTIPLE, "if_available")]
)
def test_a_hold_asks_for_manual_capture_and_for_several_only_where_wanted(run, authorize, intent, mode, several):
    sent = fields(run(authorize(capture_method=mode), (200, intent("requires_capture"))).sent[0])
    assert sent["capture_method"] == "manual"
    assert sent.get("payment_method_options[card][request_multicapture]") == several


@pytest.mark.parametrize(
    ("command", "method", "url", "body"),
    [
        (
            Capture(request_id="r", payment_id="pi_1", amount=USD),
            "POST",
            f"{API}/payment_intents/pi_1/capture",
            {"amount_to_capture": "1000", "expand[0]": "latest_charge"},
        ),
        (
            Capture(request_id="r", payment_id="pi_1", amount=USD, final=False),
            "POST",
            f"{API}/payment_intents/pi_1/capture",
            {"amount_to_capture": "1000", "final_capture": "false", "expand[0]": "latest_charge"},
        ),
        (
            Void(request_id="r", payment_id="pi_1"),
            "POST",
            f"{API}/payment_intents/pi_1/cancel",
            {"expand[0]": "latest_charge"},
        ),
        (
            PSync(request_id="r", payment_id="pi_1"),
            "GET",
            f"{API}/payment_intents/pi_1?expand%5B%5D=latest_charge",
            {},
        ),
    ],
    ids=["capture", "capture of a part", "void", "psync"],
)
def test_the_other_payment_flows_name_the_intent_in_the_path(run, intent, command, method, url, body):
    (request,) = run(command, (200, intent())).sent
    assert (request.method, request.url, fields(request)) == (method, url, body)
    assert (request.header("Idempotency-Key") is None) is (method == "GET")


def test_a_refund_names_the_payment_and_is_read_back_by_its_own_id(run, refund):
    (made,) = run(Refund(request_id="r", payment_id="pi_1", amount=USD), (200, refund())).sent
    assert (made.method, made.url) == ("POST", f"{API}/refunds")
    assert fields(made) == {"payment_intent": "pi_1", "amount": "1000"}
    (read,) = run(RSync(request_id="r", refund_id="re_1", payment_id="pi_1"), (200, refund())).sent
    assert (read.method, read.url, read.body) == ("GET", f"{API}/refunds/re_1", b"")


def test_a_payment_that_waits_for_confirmation_is_confirmed_and_no_other_is(run, intent):
    command = CompleteAuthorize(request_id="r", payment_id="pi_1", amount=USD)
    ran = run(command, (200, intent("requires_confirmation")), (200, intent()))
    assert [(one.method, one.url) for one in ran.sent] == [
        ("GET", f"{API}/payment_intents/pi_1?expand%5B%5D=latest_charge"),
        ("POST", f"{API}/payment_intents/pi_1/confirm"),
    ]
    assert ran.sent[1].header("Idempotency-Key") == command.idempotency_key
    for status in ("succeeded", "requires_capture", "requires_action", "processing", "requires_payment_method"):
        assert len(run(command, (200, intent(status))).sent) == 1


@pytest.mark.parametrize("identity", HOSTILE)
def test_no_id_can_change_the_route(run, identity):
    commands = [
        Capture(request_id="r", payment_id=identity, amount=USD),
        CompleteAuthorize(request_id="r", payment_id=identity, amount=USD),
        Void(request_id="r", payment_id=identity),
        PSync(request_id="r", payment_id=identity),
        RSync(request_id="r", payment_id="pi_1", refund_id=identity),
    ]
    for command in commands:
        with pytest.raises(InvalidCommand) as refused:
            run(command)
        assert refused.value.error.code is ErrorCode.INVALID_REQUEST


def test_a_base_url_may_stand_under_a_path_and_end_in_a_slash(run, intent):
    command = PSync(request_id="r", payment_id="pi_1")
    for base in ("http://127.0.0.1:8080/stripe", "http://127.0.0.1:8080/stripe/"):
        (request,) = run(command, (200, intent()), base_url=base).sent
        assert request.url.startswith("http://127.0.0.1:8080/stripe/v1/payment_intents/pi_1")
