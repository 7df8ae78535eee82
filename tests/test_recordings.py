"""Recorded exchanges of claimed flows are read as their sources label them, or the difference is explained."""

from collections import Counter
from dataclasses import replace
from functools import partial
from random import Random

import pytest
from rich.console import Console

from runtime import registry
from runtime.core import payments
from runtime.core.connector import Context, drive
from runtime.core.errors import ConnectorError
from runtime.core.money import Money
from runtime.core.payments import IncomingWebhook, PaymentOutcome
from runtime.core.secret import Secret
from runtime.core.vocabulary import PaymentStatus
from runtime.core.webhooks import Delivery
from tests.recordings.__main__ import flows, table
from tests.recordings.lines import lines
from tests.recordings.lines import recorded as recorded_reply
from tests.recordings.readings import AGREES, ERROR, explanation, otherwise, read, reader, reading_of, recorded, said_of

GATEWAYS = recorded()
each_gateway = pytest.mark.parametrize("gateway", GATEWAYS)


SOME = Money(1000, "USD")
CARD = payments.Card(number=Secret("4111111111111111"), expiry_month=3, expiry_year=2030, cvc=Secret("737"))
COMMANDS = (
    payments.Authorize(request_id="1", amount=SOME, method=CARD),
    payments.CompleteAuthorize(request_id="1", amount=SOME, payment_id="p1", returned={"redirectResult": "r1"}),
    payments.Capture(request_id="1", amount=SOME, payment_id="p1"),
    payments.Void(request_id="1", payment_id="p1"),
    payments.Refund(request_id="1", amount=SOME, payment_id="p1"),
    payments.PSync(request_id="1", payment_id="p1"),
    payments.PSync(request_id="1", payment_id="order_1"),
    payments.RSync(request_id="1", payment_id="p1", refund_id="r1"),
    payments.CreateOrder(request_id="1", amount=SOME, reference="o1"),
    payments.CreateSessionToken(request_id="1", amount=SOME, return_url="https://shop.example/"),
    payments.SetupMandate(request_id="1", method=CARD, currency="USD"),
    payments.ChargeMandate(request_id="1", amount=SOME, mandate_id="m1", customer_id="c1"),
    payments.RevokeMandate(request_id="1", mandate_id="m1", customer_id="c1"),
    payments.DSync(request_id="1", dispute_id="d1"),
    payments.AcceptDispute(request_id="1", dispute_id="d1"),
    payments.SubmitEvidence(request_id="1", dispute_id="d1", evidence={"summary": "goods delivered"}),
    payments.DefendDispute(request_id="1", dispute_id="d1", reason="SupplyDefenseMaterial"),
)


@pytest.fixture(scope="module")
def readings(reference):
    return {gateway: read(reference, registry.find(gateway)) for gateway in GATEWAYS}


def changing(connector, change):
    """A connector whose payments are changed before anybody sees them, those of its events too."""

    def seen(outcome):
        return change(outcome) if isinstance(outcome, PaymentOutcome) else outcome

    def changed(flow, context, command):
        result = yield from flow(context, command)
        if not isinstance(result, Delivery):
            return seen(result)
        return replace(result, events=tuple(replace(event, outcome=seen(event.outcome)) for event in result.events))

    return replace(connector, flows={command: partial(changed, flow) for command, flow in connector.flows.items()})


def test_every_connector_of_ours_has_recordings():
    assert set(registry.names()) <= set(GATEWAYS)


def test_the_tables_show_every_gateway(readings, capsys):
    with capsys.disabled():
        print()
        Console(width=100).print(table(readings), flows(readings))
    assert set(readings) == set(GATEWAYS)


@each_gateway
def test_no_fewer_lines_are_scored_than_were_found(readings, gateway):
    assert Counter(it.line.tier for it in readings[gateway] if it.agrees is not None) == reader(gateway).SCORED


@each_gateway
def test_what_contradicts_itself_is_never_scored(readings, gateway):
    assert {it.agrees for it in readings[gateway] if it.line.tier == "X"} <= {None}


@each_gateway
def test_a_label_agrees_or_the_difference_is_explained(readings, gateway):
    differ = [it for it in readings[gateway] if it.differs]
    assert [str(it) for it in differ if explanation(gateway, it) is None] == []


@each_gateway
def test_no_explanation_explains_nothing(readings, gateway):
    differ = [it.line.source for it in readings[gateway] if it.differs]
    assert [part for part in reader(gateway).EXPLAINED if not any(part in source for source in differ)] == []


@each_gateway
def test_no_reading_loses_the_id(readings, gateway):
    assert [str(it) for it in readings[gateway] if not it.kept] == []


@each_gateway
def test_an_object_is_read_alike_however_it_arrives(reference, gateway):
    connector = registry.find(gateway)
    found = [otherwise(connector, line) for line in lines(reference, gateway)]
    assert [[str(it) for it in ways] for ways in found if len({it.said for it in ways}) > 1] == []
    assert Counter(it.flow for ways in found for it in ways) == reader(gateway).ALIKE


@each_gateway
def test_no_other_way_loses_the_id_or_is_not_read(reference, gateway):
    """A delivery that is refused has no id to keep: it is sent again."""
    found = [it for line in lines(reference, gateway) for it in otherwise(registry.find(gateway), line)]
    assert [str(it) for it in found if it.said == ERROR and not explanation(gateway, it)] == []
    assert [str(it) for it in found if not it.kept and (it.flow, it.said) != (IncomingWebhook.__name__, ERROR)] == []


@each_gateway
def test_whatever_body_arrives_a_flow_answers_or_refuses(reference, gateway):
    """Anything but a ConnectorError out of a flow would end this test."""
    statuses = 200, 400, 402, 500
    said = {status: _said_of_all(reference, registry.find(gateway), status) for status in statuses}
    assert said[200] > {ERROR}
    assert [word for status in statuses[1:] for word in said[status] & AGREES["success"]] == []


def _said_of_all(reference, connector, status):
    asked = [command for command in COMMANDS if type(command) in connector.flows]
    context = Context(connector.config(**reader(connector.gateway).CONFIG), 0.0, Random(0))
    replies = [replace(recorded_reply(line), status=status) for line in lines(reference, connector.gateway)]
    return {_said(connector, context, command, reply) for command in asked for reply in replies}


def _said(connector, context, command, reply):
    try:
        return said_of(drive(connector.exchange(context, command), lambda _: reply, lambda _: None))[0]
    except ConnectorError:
        return ERROR


def test_a_recorded_delivery_is_believed_only_under_the_key_it_was_signed_with(reference):
    signed = [(gateway, line) for gateway in GATEWAYS for line in lines(reference, gateway) if line.key]
    said = [_read_under(line.key[::-1], gateway, line) for gateway, line in signed]
    assert said == [ERROR] * len(said)
    assert len(said) >= 6


def _read_under(key, gateway, line):
    return reading_of(registry.find(gateway), reader(gateway), replace(line, key=key)).said


@each_gateway
def test_a_connector_that_declines_everything_is_found_out(reference, gateway):
    declines = changing(registry.find(gateway), lambda outcome: replace(outcome, status=PaymentStatus.FAILURE))
    assert _unexplained(reference, declines)


def test_a_connector_that_charges_everything_is_found_out(reference):
    """By what was labelled as declined or unfinished; where no such thing was recorded, nothing tells it."""
    charge = partial(replace, status=PaymentStatus.CHARGED)
    assert [it for gateway in GATEWAYS for it in _unexplained(reference, changing(registry.find(gateway), charge))]


def _unexplained(reference, connector):
    return [it for it in read(reference, connector) if it.differs and not explanation(connector.gateway, it)]


@each_gateway
def test_a_connector_that_loses_ids_is_found_out(reference, gateway):
    forgets = changing(registry.find(gateway), lambda outcome: replace(outcome, payment_id=None))
    assert not all(it.kept for it in read(reference, forgets))
