"""The record and its configuration: what is claimed, what is refused, and that no secret is ever shown."""

import traceback

import pytest

from runtime import registry
from runtime.connectors.razorpay import CONNECTOR
from runtime.core.errors import ConnectorError, InvalidConfiguration, NotOffered
from runtime.core.money import Money
from runtime.core.payments import FLOWS, CompleteAuthorize, LocalMethod, StoredMethod, Void
from runtime.core.secret import Secret
from runtime.core.vocabulary import CaptureMethod, PaymentMethodType, Recovery

CLAIMED = CONNECTOR.capabilities
KEYS = {"key_id": "rzp_test_hush", "key_secret": "hush"}


def test_it_is_found_by_its_name():
    assert registry.find("razorpay") is CONNECTOR
    assert (CONNECTOR.name, CONNECTOR.gateway) == ("razorpay", "razorpay")


def test_every_flow_and_method_is_offered_or_its_absence_has_a_source():
    for name, offered in [(flow.__name__, flow in CONNECTOR.flows) for flow in FLOWS] + [
        (method, method in CLAIMED.payment_methods) for method in PaymentMethodType
    ]:
        assert offered != (name in CLAIMED.not_offered), name
    assert [why for why in CLAIMED.not_offered.values() if "/" not in why] == []


def test_there_is_no_void_and_no_capture_in_parts(run, authorize, inr):
    with pytest.raises(NotOffered, match=r"razorpay\.com/docs"):
        run(Void(request_id="v", payment_id="pay_1"))
    with pytest.raises(NotOffered, match="whole amount"):
        run(authorize(capture_method=CaptureMethod.MANUAL_MULTIPLE))
    assert not [offer for offer in CLAIMED.payment_methods.values() if CaptureMethod.MANUAL_MULTIPLE in offer.captures]


def test_without_keys_for_payments_the_order_is_looked_up_first():
    assert CLAIMED.recovery == (Recovery.ORDER_LOOKUP, Recovery.SYNC, Recovery.WEBHOOK)


@pytest.mark.parametrize(
    "method",
    [
        LocalMethod(kind=PaymentMethodType.IDEAL),
        StoredMethod(token="t", kind=PaymentMethodType.ACH_DEBIT),
        LocalMethod(kind=PaymentMethodType.GOOGLE_PAY),
    ],
    ids=lambda method: method.kind,
)
def test_a_method_that_is_not_published_is_refused_with_the_source(run, authorize, method):
    with pytest.raises(NotOffered, match=r"razorpay does not offer .*/"):
        run(authorize(method=method))


def test_upi_and_netbanking_are_paid_in_rupees(run, authorize):
    for kind in (PaymentMethodType.UPI, PaymentMethodType.BANK_TRANSFER):
        with pytest.raises(NotOffered, match="in USD"):
            run(authorize(method=LocalMethod(kind=kind, bank="HDFC"), amount=Money(100, "USD")))


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("key_id", ""),
        ("key_id", "rzp:hush"),
        ("key_secret", ""),
        ("key_secret", "hush\n"),
        ("webhook_secrets", ("",)),
        ("webhook_secrets", ""),
        ("base_url", "api.razorpay.com"),
        ("base_url", "https://user:hush@g.test"),
        ("order_capture", CaptureMethod.MANUAL_MULTIPLE),
        ("automatic_capture_minutes", 11),
        ("automatic_capture_minutes", 7201),
        ("manual_capture_minutes", 7201),
        ("mandate_amount", 0),
        ("mandate_max_amount", 99),
        ("mandate_days", 0),
    ],
)
def test_a_broken_setting_is_named_and_never_printed(setting, value):
    with pytest.raises(InvalidConfiguration, match=setting) as broken:
        CONNECTOR.config(**KEYS | {setting: value})
    assert "hush" not in str(broken.value)


def test_strings_given_for_secrets_are_wrapped():
    config = CONNECTOR.config(**KEYS, webhook_secrets="hook")
    assert (config.key_secret, config.webhook_secrets) == (Secret("hush"), (Secret("hook"),))


def test_no_secret_is_shown_by_anything(run, context, authorize, order, started, problem):
    ran = run(authorize(), (200, order()), (200, started("redirect")))
    shown = [repr(context()), str(context().config), repr(ran.sent), repr(ran.outcome), repr(CONNECTOR)]
    forged = CompleteAuthorize(
        request_id="c", payment_id="pay_1", amount=Money(1, "INR"), returned={"razorpay_signature": "x"}
    )
    for command, replies in [
        (authorize(), [(200, order()), (500, b"<html>4100280000001007")]),
        (authorize(), [(200, order()), (400, problem(description="4100280000001007"))]),
        (authorize(), [(200, order()), (200, b'{"id": "4100280000001007')]),
        (forged, []),
    ]:
        with pytest.raises(ConnectorError) as raised:
            run(command, *replies)
        shown += [repr(raised.value), "".join(traceback.format_exception(raised.value))]
    secrets = ("rzp_test_hush", '"hush', "hush_hook", "4100280000001007")
    assert not [text for text in shown for secret in secrets if secret in text]
