"""The heat map says of a payment method what the cases say of it, and reads no claim as a pass."""

import pytest

from reports.pages.heat import FLOWS, METHODS, PROVES, heat
from reports.results import Results
from runtime.core import payments
from runtime.core.vocabulary import PaymentMethodType
from suites import inventory


def test_the_methods_and_flows_are_those_of_the_vocabulary():
    assert sorted(METHODS) == sorted(PaymentMethodType)
    assert set(FLOWS) <= {flow.__name__ for flow in payments.FLOWS}


def test_the_map_reads_only_requirements_that_there_are():
    assert PROVES.keys() <= inventory.load().requirements.keys()
    assert {flow for flows in PROVES.values() for flow in flows} == set(FLOWS)


@pytest.fixture
def cell(acme):
    lines = {line.method: line for line in heat(Results.model_validate(acme))}
    return lambda flow, method: (lines[method].cells[FLOWS.index(flow)].sign, lines[method].absent)


@pytest.mark.parametrize(
    ("flow", "method", "shown"),
    [
        ("Authorize", "CARD", ("1", "")),
        ("Refund", "CARD", ("✗ 1", "")),  # waived: it failed
        ("Refund", "BOLETO", ("\N{EN DASH}", "")),  # passed, by refusing as declared
        ("Void", "CARD", ("\N{EN DASH}", "")),
        ("Capture", "CARD", ("", "")),  # claimed, and no case spoke of it
        ("Authorize", "GIROPAY", ("", "not offered by the gateway: docs.acme.test/giropay")),
        ("Authorize", "KLARNA", ("", "not claimed")),
    ],
)
def test_a_cell_says_what_was_seen(cell, flow, method, shown):
    assert cell(flow, method) == shown


def test_methods_that_are_absent_for_one_reason_are_named_together(acme, write, build):
    acme["capabilities"]["not_offered"]["SOFORT"] = "docs.acme.test/giropay"
    page = build(write(acme))[2]["methods.html"]
    assert "<strong>Giropay, Sofort</strong>: not offered by the gateway: docs.acme.test/giropay" in page
    assert "Klarna, Affirm, Afterpay, iDEAL, OXXO, Crypto, UPI, Alipay, WeChat Pay</strong>: not claimed" in page
