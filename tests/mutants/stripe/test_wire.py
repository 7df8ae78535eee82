"""What a proxy changes of a form, and of the header that signs a delivery."""

from werkzeug.test import Client

from mock_gateways.core.faults import TimedOut
from tests.mutants.stripe.wire import WIRE
from tests.mutants.wire.proxy import Proxy, answer, echo
from tests.mutants.wire.table import passing, scaled, unanswered_is_refused, unsigned


def test_the_amount_of_a_form_is_changed_and_nothing_else():
    client = Client(Proxy(echo, passing("Authorize", sent=scaled(up=100))(WIRE), None))
    sent = {"amount": "1000", "currency": "eur", "metadata[reference]": "ä&="}
    seen = client.post("/v1/payment_intents", data=sent, headers={"Idempotency-Key": "k"}).json
    assert seen == {"sent": "amount=100000&currency=eur&metadata%5Breference%5D=%C3%A4%26%3D", "key": "k"}


def test_a_route_that_is_not_named_passes_as_it_is():
    client = Client(Proxy(echo, passing("Capture", sent=scaled(up=100))(WIRE), None))
    assert client.post("/v1/refunds", data={"amount": "7"}).json["sent"] == "amount=7"


def test_a_lost_answer_becomes_a_refusal():
    def lost(environ, start_response):
        raise TimedOut

    client = Client(Proxy(lost, passing("Refund", sent=unanswered_is_refused)(WIRE), None))
    assert client.post("/v1/refunds", data={"amount": "7"}).status_code == 400


def test_deliveries_are_changed_and_the_rest_of_the_control_plane_is_not():
    row = {"id": "d", "headers": [["Stripe-Signature", "t=1,v1=a"], ["X", "y"]], "body": "{}"}

    def outbox(environ, start_response):
        reply = answer({"deliveries": [row]})
        start_response("200 OK", list(reply.headers))
        return [reply.body]

    client = Client(Proxy(outbox, None, unsigned(WIRE)))
    assert client.get("/_mock/tenants/t/outbox").json["deliveries"] == [{**row, "headers": [["X", "y"]]}]
    assert client.get("/_mock/tenants/t/ledger").json["deliveries"] == [row]
