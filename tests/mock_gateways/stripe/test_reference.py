"""The simulator beside Stripe's published OpenAPI document of 2022-04: where it differs, the reason is listed.

That document is four years older than the simulated version, so what was added since is judged by the library of today
(tests/sdks/stripe/test_request_fields.py); here stands what was taken away, and what is left out on purpose.
"""

import json

import pytest

from mock_gateways.stripe.descriptions import describe

RAW = "publishable keys"
# Parameters of 2022-04 that the simulator does not take.
GONE = {
    "bank_account": "legacy sources of a customer; no longer in the library",
    "card": "legacy sources of a customer; no longer in the library",
    "client_secret": f"for {RAW}, which the simulator refuses",
    "coupon": "subscriptions; no longer in the library",
    "default_alipay_account": "legacy sources of a customer; no longer in the library",
    "default_bank_account": "legacy sources of a customer; no longer in the library",
    "default_card": "legacy sources of a customer; no longer in the library",
    "promotion_code": "subscriptions; no longer in the library",
    "source": "legacy sources of a customer",
    "trial_end": "subscriptions; no longer in the library",
    "us_bank_account": "the holder's type of an account that exists cannot be changed here",
}
# Methods of 2022-04 that are published and not simulated, or that ended; they have no parameters here.
OTHER_METHODS = {
    *("acss_debit", "au_becs_debit", "bacs_debit", "bancontact", "eps", "fpx", "grabpay", "interac_present", "konbini"),
    *("p24", "paynow", "card_present", "giropay", "sofort"),
}
# Values added since to the choices of 2022-04: value by parameter.
ADDED_VALUES = {
    "capture_method": {"automatic_async"},
    "network": {"eftpos_au", "girocard", "link"},
    "request_three_d_secure": {"challenge"},
    "setup_future_usage": {"off_session", "on_session"},
    "submit_type": {"subscribe"},
    "verification_method": {"microdeposits", "skip"},
}
OURS = describe().operations


@pytest.fixture(scope="module")
def published():
    return {}


@pytest.fixture
def operations(reference, published):
    if not published:
        paths = json.loads((reference / "specs" / "stripe-2022-04.json").read_text())["paths"]
        every = (operation for methods in paths.values() for operation in methods.values())
        published.update({one["operationId"]: one for one in every if isinstance(one, dict) and "operationId" in one})
    return published


def _parameters(operation):
    found = {one["name"]: one.get("schema", {}) for one in operation.get("parameters", []) if one["in"] == "query"}
    for content in operation.get("requestBody", {}).get("content", {}).values():
        found.update(content.get("schema", {}).get("properties", {}))
    return found


def _inner(schema):
    return next((one["properties"] for one in [schema, *schema.get("anyOf", [])] if one.get("properties")), None)


def _choices(schema):
    return {value for one in [schema, *schema.get("anyOf", [])] for value in one.get("enum", [])} - {""}


def _compare(old, ours, gone, values):
    """Collect the names that are gone, and the choices that differ, at any depth both documents describe."""
    for name, schema in old.items():
        if name not in ours:
            gone.add(name)
            continue
        inner, mine = _inner(schema), _inner(ours[name])
        if inner and mine:
            _compare(inner, mine, gone, values)
        before, now = _choices(schema), _choices(ours[name])
        if before and now and before != now:
            values.append((name, before - now, now - before))


@pytest.mark.parametrize("name", OURS)
def test_parameters_and_choices_of_2022_are_known_or_their_absence_has_a_reason(operations, name):
    if name == "GetCustomersCustomerPaymentMethodsPaymentMethod":
        assert name not in operations, "it was added since"
        return
    gone, values = set(), []
    _compare(_parameters(operations[name]), OURS[name].parameters["properties"], gone, values)
    # The older name stands beside the newer one, for requests that name an older version.
    assert gone - OTHER_METHODS <= GONE.keys()
    for parameter, lost, added in values:
        assert (lost, added - ADDED_VALUES.get(parameter, set())) == (set(), set()), parameter


@pytest.mark.parametrize("name", ["setup_intent", "mandate", "setup_attempt"])
def test_what_was_always_sent_still_is(reference, name):
    published = json.loads((reference / "specs" / "stripe-2022-04.json").read_text())["components"]["schemas"][name]
    shown = describe().schemas[name]
    assert set(published["required"]) <= set(shown["required"])


@pytest.mark.parametrize(
    ("name", "added_to_always"), [("dispute", {"enhanced_eligibility_types"}), ("checkout.session", set())]
)
def test_disputes_and_sessions_have_the_fields_of_stripes_own_fixtures(reference, name, added_to_always):
    fixtures = json.loads((reference / "specs" / "stripe-fixtures.json").read_text())
    fixture = fixtures.get("resources", fixtures)[name]
    shown = describe().schemas[name]
    assert set(fixture) <= set(shown["required"])
    assert added_to_always <= set(shown["required"])


@pytest.mark.parametrize("name", ["mandate", "setup_intent", "setup_attempt", "item"])
def test_the_rest_has_them_too(reference, name):
    fixtures = json.loads((reference / "specs" / "stripe-fixtures.json").read_text())
    fixture = fixtures.get("resources", fixtures)[name]
    assert set(fixture) <= set(describe().schemas[name]["properties"])
