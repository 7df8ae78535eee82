"""What the simulator says Razorpay publishes is what the neutral copy of the facts says."""

from pathlib import Path

import pytest

from mock_gateways.core.approvals import KINDS
from mock_gateways.razorpay import GATEWAY, MANIFEST
from mock_gateways.razorpay.machine import DISPUTE, ORDER, PAYMENT, REFUND, TOKEN
from tests.mock_gateways.razorpay.conftest import facts

STATUSES, ERRORS, CURRENCIES, CARDS = (
    facts("statuses"),
    facts("error_codes"),
    facts("currencies"),
    facts("test_cards"),
)
# Which states the published tables give each entity, and where the manifest keeps them.
PUBLISHED = {
    "payment": set(STATUSES["payment"]["values"]),
    "refund": set(STATUSES["refund"]["values"]),
    "dispute": set(STATUSES["dispute"]["status"]),
    "mandate": set(STATUSES["token_recurring_status"]),
}


def test_every_published_code_and_reason_is_there_under_every_code_it_has():
    codes = {failure.code for failure in MANIFEST.failures if failure.field == "code"}
    reasons = {(failure.code, failure.type) for failure in MANIFEST.failures if failure.field == "reason"}
    assert codes == set(ERRORS["code"])
    listed = [
        (row["reason"], row["code"] if isinstance(row["code"], list) else [row["code"]]) for row in ERRORS["reasons"]
    ]
    assert reasons == {(reason, code) for reason, found in listed for code in found}


def test_a_failure_has_a_kind_a_published_status_and_a_source():
    for failure in MANIFEST.failures:
        assert failure.kind in ("decline", "request", "state"), failure
        assert failure.http in (400, 500, 502), failure
        assert failure.source


@pytest.mark.parametrize("resource", PUBLISHED)
def test_every_published_status_has_a_state(resource):
    assert {state.raw for state in MANIFEST.states if state.resource == resource} == PUBLISHED[resource]


def test_no_state_has_the_name_of_another_and_each_has_a_source():
    assert len({state.name for state in MANIFEST.states}) == len(MANIFEST.states)
    assert all(state.source for state in MANIFEST.states)


def test_the_machine_takes_only_published_ways():
    published = {(start, end.split()[0]) for start, end in STATUSES["payment"]["transitions"]}
    taken = {(state, to) for (state, _), to in PAYMENT.items()}
    # That a bank may return an ACH debit after it was accepted is on the page on ACH alone.
    assert taken - {("authorized", "failed")} == published
    assert set(ORDER.values()) | {"created"} == set(STATUSES["order"]["values"])
    assert set(REFUND.values()) <= PUBLISHED["refund"]
    assert set(DISPUTE.values()) | {"open"} == PUBLISHED["dispute"]
    assert set(TOKEN.values()) | {"initiated"} == PUBLISHED["mandate"]


def test_every_published_card_is_an_instrument_with_its_published_cause():
    known = {one.value: one.causes for one in MANIFEST.instruments if one.kind == "card" and not one.alias}
    published = {
        row["number"]: f"decline:{row['error_reason']}" if row["outcome"] == "failure" else "success"
        for row in CARDS["cards"]
    }
    assert known == published


def test_the_published_upi_addresses_do_what_is_published():
    known = {one.value: one.causes.partition(":")[0] for one in MANIFEST.instruments if one.kind == "upi"}
    assert (known["success@razorpay"], known["failure@razorpay"]) == ("success", "decline")


def test_currencies_have_the_published_exponents_and_three_decimals_end_in_0():
    assert {row.code: row.exponent for row in MANIFEST.currencies} == CURRENCIES
    assert {row.code for row in MANIFEST.currencies if row.multiple_of == 10} == {
        code for code, exponent in CURRENCIES.items() if exponent == 3
    }
    assert {row.code: row.minimum for row in MANIFEST.currencies}["INR"] == 100


def test_every_published_event_is_there():
    assert set(STATUSES["events"]) <= {event.type for event in MANIFEST.events}


def test_every_published_call_is_an_operation():
    """The published list names objects of its samples, so that a path is matched part by part."""
    known = {(one.method, *one.path.strip("/").split("/")) for one in MANIFEST.operations}

    def matches(call):
        parts = (call["method"], *call["path"].strip("/").split("/"))
        return any(
            len(one) == len(parts) and all(a == b or a.startswith("{") for a, b in zip(one, parts, strict=True))
            for one in known
        )

    # The samples of QR codes name the collection itself by an id.
    unknown = {f"{call['method']} {call['path']}" for call in facts("operations") if not matches(call)}
    assert all("/v1/payments/{qr_id}" in call for call in unknown)


def test_operations_are_simulated_exactly_where_there_is_a_handler():
    simulated = {operation.name for operation in MANIFEST.operations if operation.simulated}
    assert simulated == {route.operation for route in GATEWAY.routes if route.handler is not None}


def test_what_is_uncertain_is_a_setting_with_its_doubt_and_is_used():
    code = "".join(path.read_text() for path in Path(GATEWAY.credential.__code__.co_filename).parent.glob("*.py"))
    assert {"bad_key_http", "manual_expiry_minutes", "deduct_at_onset"} <= {one.name for one in MANIFEST.settings}
    for setting in MANIFEST.settings:
        assert setting.doubt
        assert f'"{setting.name}"' in code, setting.name


def test_a_method_has_a_course_that_somebody_can_decide():
    assert {method.kind for method in MANIFEST.methods} == {"card", "upi", "bank_transfer", "paypal"}
    assert {method.course for method in MANIFEST.methods} <= {"card", "redirect", "debit", "voucher", "transfer"}
    assert "settlement" in KINDS
