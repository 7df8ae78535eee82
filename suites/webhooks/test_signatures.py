"""Webhooks: a body is believed only if the gateway signed exactly that body, and lately."""

import pytest

from runtime.core.errors import ConnectorError
from runtime.core.money import Money
from runtime.core.payments import Authorize, IncomingWebhook
from suites.marks import requirement, requires

TEN = Money.of("10.00", "EUR")
TOLERANCE = 300
pytestmark = requires(Authorize, IncomingWebhook)


@pytest.fixture
def genuine(listening_merchant, gateway):
    """The delivery that says a sale was paid: the last one of its story."""
    paid = listening_merchant.pays(TEN)
    about = [hook for hook in gateway.webhooks() if str(paid.payment_id).encode() in hook.body]
    assert about, f"the gateway sent nothing about the payment {paid.payment_id!r}"
    return about[-1]


@requirement("WEB-001")
def test_a_genuine_delivery_is_believed(listening_merchant, genuine):
    delivery = listening_merchant.hears(genuine)
    assert 200 <= delivery.acknowledgement.status < 300
    assert [event.type for event in delivery.events] == [genuine.type]
    assert all(event.event_id for event in delivery.events)


@requirement("WEB-002")
def test_an_altered_body_is_rejected(listening_merchant, gateway, genuine):
    listening_merchant.disbelieves(gateway.variant(genuine, "altered_body"), "an altered body")


@requirement("WEB-003")
def test_a_signature_of_another_secret_is_rejected(listening_merchant, gateway, genuine):
    listening_merchant.disbelieves(gateway.variant(genuine, "wrong_secret"), "a signature of another secret")


@requirement("WEB-004")
def test_a_missing_signature_is_rejected(listening_merchant, gateway, genuine):
    listening_merchant.disbelieves(gateway.variant(genuine, "missing_signature"), "no signature")


@requirement("WEB-005")
@requires("webhook time")
def test_a_stale_delivery_is_rejected(listening_merchant, gateway, genuine):
    listening_merchant.hears(gateway.variant(genuine, "genuine", age=TOLERANCE))
    listening_merchant.disbelieves(gateway.variant(genuine, "genuine", age=TOLERANCE + 1), "a stale timestamp")


@requirement("WEB-006")
@requires("webhook time")
def test_a_delivery_from_the_future_is_rejected(listening_merchant, gateway, genuine):
    listening_merchant.hears(gateway.variant(genuine, "genuine", age=-TOLERANCE))
    listening_merchant.disbelieves(gateway.variant(genuine, "genuine", age=-TOLERANCE - 1), "a timestamp to come")


@requirement("WEB-007")
def test_a_truncated_signature_is_rejected(listening_merchant, gateway, genuine):
    listening_merchant.disbelieves(gateway.variant(genuine, "truncated_signature"), "half a signature")


@requirement("WEB-008")
def test_an_empty_signature_is_rejected(listening_merchant, gateway, genuine):
    listening_merchant.disbelieves(gateway.variant(genuine, "empty_signature"), "an empty signature")


@requirement("WEB-009")
@pytest.mark.parametrize(
    "variant", ["other_algorithm", pytest.param("unsigned_scheme", marks=requires("signature schemes"))]
)
def test_another_algorithm_or_scheme_is_rejected(listening_merchant, gateway, genuine, variant):
    listening_merchant.disbelieves(gateway.variant(genuine, variant), "another algorithm")


@requirement("WEB-010")
@requires("signature header")
def test_header_names_are_matched_without_case(listening_merchant, gateway, genuine):
    listening_merchant.hears(gateway.variant(genuine, "header_case"))


@requirement("WEB-011")
@requires("two signatures")
def test_either_of_two_signatures_is_enough(listening_merchant, gateway, genuine):
    listening_merchant.hears(gateway.variant(genuine, "two_secrets"))


@requirement("WEB-012")
@requires("signature header")
def test_a_body_written_again_is_rejected(listening_merchant, gateway, genuine):
    listening_merchant.disbelieves(gateway.variant(genuine, "reserialised_body"), "a body written again")


@requirement("WEB-015")
@pytest.mark.parametrize("secrets", [(), ("",)], ids=["none", "empty"])
def test_without_a_secret_nothing_is_believed(driver_for, gateway, genuine, secrets):
    try:
        driver = driver_for(webhook_secrets=secrets)
    except ConnectorError:
        return  # a connector may also refuse such a configuration before any delivery comes
    for delivery in (
        genuine,
        gateway.variant(genuine, "missing_signature"),
        gateway.variant(genuine, "empty_signature"),
    ):
        assert isinstance(driver.receive(delivery.headers, delivery.body), ConnectorError)


@requirement("WEB-018")
def test_either_of_two_configured_secrets_is_enough(merchant_for, webhook_secret, certification, genuine):
    other = certification.profile.placeholder_secret
    merchant_for(webhook_secrets=(other, webhook_secret)).hears(genuine)
    merchant_for(webhook_secrets=(webhook_secret, other)).hears(genuine)


@requirement("WEB-022")
@requires("several items in a delivery")
def test_every_item_of_a_delivery_is_told(listening_merchant, gateway, genuine):
    alone = listening_merchant.hears(genuine).events
    together = listening_merchant.hears(gateway.variant(genuine, "several_items")).events
    assert len(together) == 2 * len(alone), "an item was left out"
    assert all(event.outcome is not None for event in together)


@requirement("WEB-023")
@requires("several items in a delivery")
def test_one_forged_item_is_enough_to_believe_none(listening_merchant, gateway, genuine):
    listening_merchant.disbelieves(gateway.variant(genuine, "forged_second_item"), "a second item that nobody signed")


@requirement("WEB-024")
@requires("several items in a delivery")
@pytest.mark.parametrize("variant", ["escaped_fields", "undecoded_key"])
def test_a_signature_made_another_way_is_rejected(listening_merchant, gateway, genuine, variant):
    listening_merchant.disbelieves(gateway.variant(genuine, variant), "a signature over other bytes")
