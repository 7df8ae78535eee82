"""What a connector claims is shown as it is declared, on a narrow terminal too."""

import dataclasses

import pytest
from click.testing import CliRunner

from runtime import claims, registry
from runtime.__main__ import main
from runtime.core.connector import Capabilities, Connector, Offer
from runtime.core.payments import Authorize, Capture, IncomingWebhook, PSync, Refund
from runtime.core.vocabulary import CaptureMethod, PaymentMethodType, Recovery
from tests.capabilities import built_in

ONCE = frozenset({CaptureMethod.AUTOMATIC, CaptureMethod.MANUAL})
RATHER_MANY = frozenset({"AUD", "CAD", "EUR", "USD"})


def _connector(*flows, **offers):
    return Connector(
        name="ours",
        gateway="theirs",
        version="v9",
        config=dict,
        capabilities=Capabilities(
            payment_methods={PaymentMethodType[name]: offer for name, offer in offers.items()},
            currencies=frozenset({"EUR", "USD"}),
            recovery=(Recovery.SAME_KEY_RETRY, Recovery.SYNC),
            not_offered={"UPI": "not in Europe", "DSync": "no such call", "OXXO": "not in Europe"},
        ),
        flows=dict.fromkeys(flows),
    )


def _row(connector):
    (row,) = claims.rows(connector)
    return dict(zip(claims.HEAD, row, strict=True))


def test_a_sale_alone_is_no_hold_no_refund_and_no_mandate():
    assert _row(_connector(Authorize, Refund, CARD=Offer(refunds=False))) == {
        "payment method": "CARD",
        "sale": "✓",
        "hold, capture": "·",
        "several captures": "·",
        "void": "·",
        "refund": "·",
        "mandate": "·",
        "currencies": "all",
    }


def test_a_hold_needs_a_flow_to_take_it_and_one_to_give_it_back():
    offered = Offer(captures=ONCE)
    assert _row(_connector(Authorize, CARD=offered))["hold, capture"] == "·"
    taken = _row(_connector(Authorize, Capture, CARD=offered))
    assert [taken[family] for family in ("hold, capture", "several captures", "void")] == ["✓", "·", "·"]


@pytest.mark.parametrize(("some", "told"), [(frozenset({"USD", "EUR"}), "EUR USD"), (RATHER_MANY, "4"), (None, "all")])
def test_few_currencies_are_named_and_many_are_counted(some, told):
    assert _row(_connector(Authorize, IDEAL=Offer(currencies=some)))["currencies"] == told


def test_what_the_gateway_does_not_offer_is_told_once_for_each_reason():
    told = list(claims.not_offered(_connector(Authorize)))
    assert told == [("DSync", "no such call"), ("OXXO, UPI", "not in Europe")]


def test_what_nobody_built_is_told_apart_from_what_the_gateway_does_not_offer():
    told = dict(claims.lines(_connector(Authorize, PSync, IncomingWebhook, CARD=Offer())))
    assert told["Flows of no particular method"] == "PSync, IncomingWebhook"
    missing = told["Not built"].split(", ")
    assert {"Refund", "SetupMandate", "KLARNA"} <= set(missing)
    assert not {"DSync", "OXXO", "CARD", "PSync"} & set(missing)


def test_the_heading_names_the_gateway_where_the_connector_has_another_name():
    assert claims.heading(_connector(Authorize)) == "ours v9 for theirs: 1 flows, 0 payment methods, 2 currencies"


@pytest.mark.parametrize("width", [80, 120])
def test_a_terminal_shows_every_row_and_no_line_is_cut(width):
    printed = CliRunner().invoke(main, env={"COLUMNS": str(width)}).output.splitlines()
    assert max(map(len, printed)) <= width
    assert not [line for line in printed if "…" in line]
    for name in registry.names():
        for kind in registry.find(name).capabilities.payment_methods:
            assert [line for line in printed if line.startswith(kind)], f"{name}: {kind}"


def test_a_connector_that_there_is_not_is_a_usage_error():
    result = CliRunner().invoke(main, ["nope"])
    assert result.exit_code == 2
    assert "there is no connector 'nope'" in result.output


def test_every_flow_and_method_of_the_built_in_connectors_is_claimed_or_has_a_reason():
    for name in built_in():
        assert "Not built" not in dict(claims.lines(registry.find(name))), name


def test_a_hold_of_a_method_is_not_claimed_by_another():
    made = _connector(Authorize, Capture, CARD=Offer(captures=ONCE), IDEAL=Offer())
    assert [row[2] for row in claims.rows(made)] == ["✓", "·"]
    assert [row[2] for row in claims.rows(dataclasses.replace(made, flows={Authorize: None}))] == ["·", "·"]
