"""What the simulator says Stripe publishes is what the neutral copy of the facts says."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from mock_gateways.__main__ import main
from mock_gateways.core.manifest import Meaning
from mock_gateways.stripe import GATEWAY, MANIFEST
from mock_gateways.stripe.machine import HELD, PAYMENT_INTENT, REFUND, Step
from tests.mock_gateways.stripe.conftest import facts

STATUSES, ERRORS, CURRENCIES = facts("statuses"), facts("error_codes"), facts("currencies")


def test_every_published_error_and_decline_code_is_there():
    codes = {failure.code for failure in MANIFEST.failures if failure.field == "code"}
    declines = {failure.code for failure in MANIFEST.failures if failure.field != "code"}
    assert codes == {row["code"] for row in ERRORS["codes"]}
    assert declines == {row["decline_code"] for row in ERRORS["decline_codes"]}
    assert {failure.type for failure in MANIFEST.failures} <= set(ERRORS["types"])


def test_a_failure_has_a_kind_and_a_published_status():
    published = {int(status) for status in ERRORS["http"] if status.isdigit()}
    for failure in MANIFEST.failures:
        assert failure.kind in ("decline", "request", "state"), failure
        assert failure.http in published, failure
        assert failure.source


def test_every_published_status_has_a_state():
    for resource, name in (("payment", "payment_intent"), ("refund", "refund")):
        raws = {state.raw for state in MANIFEST.states if state.resource == resource}
        assert raws == set(STATUSES[name]["values"])
    assert len({state.name for state in MANIFEST.states}) == len(MANIFEST.states)
    assert all(isinstance(state.meaning, Meaning) for state in MANIFEST.states)


def test_the_machine_takes_only_published_ways():
    published = {tuple(way) for way in STATUSES["payment_intent"]["transitions"]}
    taken = {(state, to) for (state, step), to in PAYMENT_INTENT.items() if state != to}
    assert taken <= published
    assert (HELD, Step.CAPTURE_PART) in PAYMENT_INTENT
    terminal = set(STATUSES["payment_intent"]["terminal"])
    assert not terminal & {state for state, _ in PAYMENT_INTENT}
    assert set(REFUND.values()) <= set(STATUSES["refund"]["values"])


def test_every_published_card_is_an_instrument():
    published = {(card["number"], card.get("payment_method")) for card in facts("test_cards")["cards"]}
    known = {(instrument.value, instrument.alias) for instrument in MANIFEST.instruments if instrument.kind == "card"}
    assert {number for number, _ in published} == {number for number, _ in known}
    assert {pair for pair in published if pair[1]} <= known


def test_currencies_have_the_published_exponents_steps_and_minimums():
    rows = {currency.code: currency for currency in MANIFEST.currencies}
    assert len(rows) >= 135
    assert {code for code, row in rows.items() if row.exponent == 0} == set(CURRENCIES["zero_decimal"])
    assert {code for code, row in rows.items() if row.exponent == 3} == set(CURRENCIES["three_decimal"]["codes"])
    assert {c for c, row in rows.items() if row.multiple_of == 100} == set(
        CURRENCIES["zero_decimal_logically_but_two_on_wire"]
    )
    assert {code: row.minimum for code, row in rows.items() if row.minimum is not None} == CURRENCIES[
        "min_amount_minor"
    ]
    assert not {"IQD", "LYD"} & set(rows)


def test_what_is_uncertain_is_a_setting_with_its_doubt():
    names = {setting.name for setting in MANIFEST.settings}
    assert {"uganda_shilling_multiple", "overcapture_code", "overrefund_code", "authorisation_days"} <= names
    assert all(setting.doubt for setting in MANIFEST.settings)


def test_operations_are_simulated_exactly_where_there_is_a_handler():
    simulated = {operation.name for operation in MANIFEST.operations if operation.simulated}
    assert simulated == {route.operation for route in GATEWAY.routes if route.handler is not None}


def test_every_setting_is_used_somewhere():
    folder = Path(GATEWAY.credential.__code__.co_filename).parent
    code = "".join(path.read_text() for path in folder.glob("*.py"))
    for setting in MANIFEST.settings:
        assert f'"{setting.name}"' in code, setting.name


def test_coverage_counts_operations():
    shown = CliRunner().invoke(main, ["coverage"])
    assert shown.exit_code == 0
    assert re.search(r"stripe.*85.*57", shown.output)


def test_serving_an_unknown_gateway_says_which_there_are():
    shown = CliRunner().invoke(main, ["serve", "strip"])
    assert shown.exit_code == 2
    assert "stripe" in shown.output


def _shape(document):
    return {key: type(value).__name__ for key, value in document.items() if value is not None}


@pytest.mark.parametrize(
    ("name", "left_out"),
    [
        ("payment_intent", set()),
        ("charge", {"refunds"}),
        ("refund", set()),
        ("payment_method", set()),
        ("customer", set()),
        ("event", set()),
        ("webhook_endpoint", set()),
        ("balance_transaction", set()),
    ],
)
def test_resources_have_the_fields_of_stripes_own_fixtures(merchant, reference, name, left_out):
    fixtures = json.loads((reference / "specs" / "stripe-fixtures.json").read_text())
    fixture = fixtures.get("resources", fixtures)[name]
    made = _one_of_each(merchant)[name]
    assert set(fixture) - set(made) == left_out
    assert made["object"] == fixture["object"]


def _one_of_each(merchant):
    endpoint = merchant.send("POST", "/v1/webhook_endpoints", url="https://x.example", **{"enabled_events[]": "*"}).json
    customer = merchant.send("POST", "/v1/customers").json
    intent = merchant.pay(customer=customer["id"], **{"expand[]": "latest_charge.balance_transaction"}).json
    charge = intent["latest_charge"]
    return {
        "webhook_endpoint": endpoint,
        "customer": customer,
        "payment_intent": intent,
        "charge": charge,
        "balance_transaction": charge["balance_transaction"],
        "payment_method": merchant.send("GET", f"/v1/payment_methods/{intent['payment_method']}").json,
        "refund": merchant.refund(intent["id"]).json,
        "event": merchant.send("GET", "/v1/events").json["data"][0],
    }


def test_a_published_operation_is_simulated_or_answers_501(merchant):
    for operation in MANIFEST.operations:
        path = re.sub(r"\{\w+\}", "none", operation.path)
        reply = merchant.send(operation.method, path)
        assert (reply.status == 501) == (not operation.simulated), operation
        assert reply.headers.get("X-Mock-Unimplemented") == (None if operation.simulated else operation.name)
