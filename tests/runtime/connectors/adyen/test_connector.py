"""The record and its configuration: what is claimed, what is refused, and that no secret is ever shown."""

import traceback

import pytest

from runtime import registry
from runtime.connectors.adyen import CONNECTOR
from runtime.core.errors import ConnectorError, InvalidConfiguration, NotOffered
from runtime.core.payments import FLOWS, CreateOrder, DSync, LocalMethod, PSync, RSync
from runtime.core.secret import Secret
from runtime.core.vocabulary import CaptureMethod, PaymentMethodType, Recovery

HUSH = "AQE_hush"
KEY = "44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056"
PSP = "993617895204576J"
GIVEN = {"api_key": HUSH, "merchant_account": "TestMerchant", "hmac_keys": (KEY,)}


def test_it_is_found_by_its_name():
    assert registry.find("adyen") is CONNECTOR
    assert (CONNECTOR.name, CONNECTOR.gateway, CONNECTOR.version) == ("adyen", "adyen", "v72")


def test_every_flow_and_every_method_is_offered_or_explained():
    explained = CONNECTOR.capabilities.not_offered
    for flow in FLOWS:
        assert (flow in CONNECTOR.flows) != (flow.__name__ in explained), flow
    for kind in PaymentMethodType:
        assert (kind in CONNECTOR.capabilities.payment_methods) != (kind in explained), kind


def test_what_cannot_be_read_back_is_recovered_without_reading():
    assert CONNECTOR.capabilities.recovery == (Recovery.SAME_KEY_RETRY, Recovery.WEBHOOK)


def test_what_adyen_does_not_offer_says_where_that_is_written(run, authorize, eur):
    for command in (
        PSync(request_id="r", payment_id=PSP),
        RSync(request_id="r", refund_id="R", payment_id=PSP),
        DSync(request_id="r", dispute_id="D"),
        CreateOrder(request_id="r", amount=eur, reference="o"),
        authorize(method=LocalMethod(kind=PaymentMethodType.GIROPAY)),
        authorize(method=LocalMethod(kind=PaymentMethodType.CRYPTO)),
    ):
        with pytest.raises(NotOffered, match=r"Service-v\d\d"):
            run(command)


def test_a_method_without_a_separate_capture_cannot_be_held(run, authorize):
    with pytest.raises(NotOffered):
        run(authorize(method=LocalMethod(kind=PaymentMethodType.IDEAL), capture_method=CaptureMethod.MANUAL))


def test_strings_given_for_secrets_are_wrapped():
    config = CONNECTOR.config(**GIVEN)
    assert config.api_key == Secret(HUSH)
    assert CONNECTOR.config(**GIVEN | {"hmac_keys": KEY}).hmac_keys == (Secret(KEY),)


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("api_key", ""),
        ("api_key", "with space"),
        ("merchant_account", ""),
        ("merchant_account", "a b"),
        ("hmac_keys", "not-hex"),
        ("hmac_keys", "ABC"),
        ("hmac_keys", (KEY, "")),
        ("base_url", "checkout-test.adyen.com"),
        ("dispute_url", "https://user@host/"),
        ("recurring_model", "Sometimes"),
    ],
)
def test_a_setting_that_cannot_work_is_named_and_not_shown(setting, value):
    with pytest.raises(InvalidConfiguration, match=setting) as caught:
        CONNECTOR.config(**GIVEN | {setting: value})
    shown = value[-1] if isinstance(value, tuple) else value
    assert not shown or shown not in str(caught.value).replace("adyen: ", "")


def test_no_secret_is_ever_shown(context, run, authorize, paid):
    config = context().config
    (request,) = run(authorize(), paid()).sent
    with pytest.raises(ConnectorError) as caught:
        run(authorize(), (401, b'{"status":401,"errorCode":"000","message":"HTTP Status Response - Unauthorized"}'))
    shown = f"{config!r} {request!r} {authorize()!r} {''.join(traceback.format_exception(caught.value))}"
    for secret in (HUSH, KEY, "4111111111111111", "737"):
        assert secret not in shown
