"""The record and its configuration: what is claimed, what is refused, and that no secret is ever shown."""

import traceback

import pytest

from runtime import registry
from runtime.connectors.stripe import CONNECTOR
from runtime.core.errors import ConnectorError, InvalidConfiguration, NotOffered
from runtime.core.money import Money
from runtime.core.payments import FLOWS, Authorize, ChargeMandate, LocalMethod, SetupMandate, StoredMethod
from runtime.core.secret import Secret
from runtime.core.vocabulary import CaptureMethod, PaymentMethodType, Recovery

HUSH = "sk_test_hush"


def test_it_is_found_by_its_name():
    assert registry.find("stripe") is CONNECTOR
    assert (CONNECTOR.name, CONNECTOR.gateway, CONNECTOR.version) == ("stripe", "stripe", "2026-10-28.endive")


def test_every_flow_is_offered():
    assert set(CONNECTOR.flows) == set(FLOWS)
    assert CONNECTOR.capabilities.recovery == (Recovery.SAME_KEY_RETRY, Recovery.SYNC, Recovery.WEBHOOK)


def test_every_payment_method_is_offered_or_says_where_it_is_written_that_it_is_not():
    offered, not_offered = CONNECTOR.capabilities.payment_methods.keys(), CONNECTOR.capabilities.not_offered
    assert not_offered.keys() == {PaymentMethodType.GIROPAY, PaymentMethodType.SOFORT}
    assert offered | not_offered.keys() == set(PaymentMethodType)


@pytest.mark.parametrize("kind", [PaymentMethodType.GIROPAY, PaymentMethodType.SOFORT])
def test_what_stripe_has_retired_says_where_that_is_written(run, authorize, kind):
    for command in (
        authorize(method=StoredMethod(token="pm_1", kind=kind)),
        SetupMandate(request_id="r", method=LocalMethod(kind=kind), currency="EUR"),
        ChargeMandate(request_id="r", amount=Money(1000, "EUR"), mandate_id="pm_1", kind=kind),
    ):
        with pytest.raises(NotOffered, match=r"docs\.stripe\.com"):
            run(command)


@pytest.mark.parametrize(
    "command",
    [
        SetupMandate(request_id="r", method=LocalMethod(kind=PaymentMethodType.OXXO), currency="MXN"),
        ChargeMandate(request_id="r", amount=Money(1000, "USD"), mandate_id="pm_1", kind=PaymentMethodType.AFFIRM),
        ChargeMandate(request_id="r", amount=Money(1000, "USD"), mandate_id="pm_1", kind=PaymentMethodType.SEPA_DEBIT),
        Authorize(request_id="r", amount=Money(1000, "USD"), method=LocalMethod(kind=PaymentMethodType.OXXO)),
        Authorize(
            request_id="r",
            amount=Money(1000, "EUR"),
            method=LocalMethod(kind=PaymentMethodType.IDEAL),
            capture_method=CaptureMethod.MANUAL,
        ),
        Authorize(
            request_id="r",
            amount=Money(1000, "EUR"),
            method=LocalMethod(kind=PaymentMethodType.KLARNA),
            capture_method=CaptureMethod.MANUAL_MULTIPLE,
        ),
    ],
    ids=["no mandate", "no charge on one", "currency of a mandate", "currency", "no hold", "one capture only"],
)
def test_what_a_method_does_not_offer_is_refused_before_anything_is_sent(run, command):
    with pytest.raises(NotOffered):
        run(command)


def test_strings_given_for_secrets_are_wrapped():
    config = CONNECTOR.config(api_key=HUSH, webhook_secrets="whsec_hush")
    assert config == CONNECTOR.config(api_key=Secret(HUSH), webhook_secrets=(Secret("whsec_hush"),))
    assert config.webhook_secrets == (Secret("whsec_hush"),)


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("api_key", ""),
        ("api_key", "sk_test_hush\n"),
        ("api_key", "sk test hush"),
        ("api_key", "sk_tést_hush"),
        ("webhook_secrets", ("",)),
        ("webhook_secrets", ("whsec_hush", "")),
        ("webhook_secrets", ""),
        ("base_url", ""),
        ("base_url", "api.stripe.com"),
        ("base_url", "ftp://hush.test"),
        ("base_url", "https://"),
        ("base_url", "https://hush.test?a=b"),
        ("base_url", "https://user:hush@g.test"),
        ("webhook_tolerance_s", 0),
        ("ugx_decimals", 3),
    ],
)
def test_a_broken_setting_is_named_and_never_printed(setting, value):
    with pytest.raises(InvalidConfiguration, match=setting) as broken:
        CONNECTOR.config(**{"api_key": HUSH} | {setting: value})
    assert "hush" not in str(broken.value)


def test_no_secret_is_shown_by_anything(run, context, authorize, intent, problem):
    cards = ("4242424242424242", "913")
    ran = run(authorize(), (200, intent()))
    shown = [repr(context()), str(context().config), repr(ran.sent), repr(ran.outcome), repr(CONNECTOR)]
    for status, body in [(500, b"<html>4242424242424242"), (400, problem("x")), (200, b'{"id": "4242424242424242')]:
        with pytest.raises(ConnectorError) as raised:
            run(authorize(), (status, body))
        shown += [repr(raised.value), "".join(traceback.format_exception(raised.value))]
    assert not [text for text in shown for secret in (HUSH, "whsec_hush", *cards) if secret in text]
