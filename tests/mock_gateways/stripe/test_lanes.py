"""The fast lane and Flask give the same bytes; same seed and same calls give the same bytes."""

import io
import itertools
import sys

import pytest

from mock_gateways.app import create_app

AUTH = {"HTTP_AUTHORIZATION": "Bearer sk_test_lanes"}
FORM = "application/x-www-form-urlencoded"
SALE = "amount=1000&currency=eur&confirm=true&payment_method=pm_card_visa"
CALLS = [
    ("POST", "/v1/payment_intents", SALE, {}),
    ("POST", "/v1/payment_intents", SALE + "&capture_method=manual", {"HTTP_IDEMPOTENCY_KEY": "k"}),
    ("POST", "/v1/payment_intents", SALE + "&capture_method=manual", {"HTTP_IDEMPOTENCY_KEY": "k"}),
    ("POST", "/v1/payment_intents", SALE.replace("visa", "visa_chargeDeclined"), {}),
    ("POST", "/v1/payment_intents/{pi}/capture", "amount_to_capture=100", {}),
    ("GET", "/v1/payment_intents/{pi}", "", {}),
    ("GET", "/v1/payment_intents", "", {}),
    ("POST", "/v1/refunds", "payment_intent={pi}", {}),
    ("DELETE", "/v1/customers/cus_none", "", {}),
    ("GET", "/v1/balance", "", {}),
    ("GET", "/v1/charges/search", "", {}),
    ("POST", "/v1/charges/search", "", {}),
    ("GET", "/v1/events", "", {}),
    ("GET", "/v1/payment_intents/", "", {}),
    ("GET", "/v1//payment_intents", "", {}),
    ("PUT", "/v1/payment_intents", "", {}),
    ("OPTIONS", "/v1/payment_intents", "", {}),
    ("GET", "/", "", {}),
    ("GET", "/v1/payment_intents/\xc3\xa9", "", {}),
    ("GET", "/v1/payment_intents", "", {"HTTP_AUTHORIZATION": "Bearer sk_live_x"}),
    ("POST", "/v1/payment_intents", "{}", {"CONTENT_TYPE": "application/json"}),
    ("POST", "/v1/payment_intents", "%FF=1", {}),
    ("POST", "/v1/payment_intents", "", {"CONTENT_LENGTH": "99999999"}),
    ("POST", "/v1/payment_intents", "", {"CONTENT_LENGTH": "x"}),
]


def _call(wsgi, method, path, body, extra):
    started = []
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body.encode()),
        "CONTENT_LENGTH": str(len(body)),
        "CONTENT_TYPE": FORM if body else "",
        **AUTH,
        **extra,
    }
    chunks = wsgi(environ, lambda status, headers, _=None: started.append((status, list(headers))))
    return (*started[0], b"".join(chunks))


def _transcript(wsgi):
    payment, said = "", []
    for method, path, body, extra in CALLS:
        answer = _call(wsgi, method, path.replace("{pi}", payment), body.replace("{pi}", payment), extra)
        said.append(answer)
        if not payment:
            payment = answer[2].split(b'"')[3].decode()
    return said


def test_both_lanes_give_the_same_bytes():
    fast, slow = create_app("stripe"), create_app("stripe")
    quick, thorough = _transcript(fast.wsgi_app), _transcript(slow.wsgi_app.flask)
    for call, one, other in zip(CALLS, quick, thorough, strict=True):
        assert one == other, call


def test_the_same_seed_and_calls_give_the_same_bytes():
    assert _transcript(create_app("stripe", seed=7).wsgi_app) == _transcript(create_app("stripe", seed=7).wsgi_app)


def test_another_seed_gives_other_ids():
    first, second = (_transcript(create_app("stripe", seed=seed).wsgi_app) for seed in (1, 2))
    assert first[0] != second[0]


def test_every_reply_is_json_with_its_length():
    for status, headers, body in _transcript(create_app("stripe").wsgi_app):
        named = {name.lower(): value for name, value in headers}
        assert (named["content-type"], int(named["content-length"])) == ("application/json", len(body)), status
        assert not status.startswith("500")


def test_tenants_see_nothing_of_each_other(app, merchant):
    other = type(merchant)(app, merchant.key + "_other")
    payment = merchant.pay().json["id"]
    assert other.send("GET", f"/v1/payment_intents/{payment}").status == 404
    assert other.send("GET", "/v1/payment_intents").json["data"] == []
    assert other.mock("GET", "ledger")["payments"] == {}
    assert other.mock("GET", "journal")["exchanges"][0]["request"]["path"] == f"/v1/payment_intents/{payment}"
    other.mock("POST", "clock", {"advance": 100})
    other.fault({"error": "rate_limit"}, times=9)
    assert merchant.mock("GET", "clock")["now"] == 1767225600
    assert merchant.pay().status == 200


def test_two_tenants_have_different_ids_for_the_same_calls(app, merchant):
    other = type(merchant)(app, merchant.key + "_twin")
    assert merchant.pay().json["id"] != other.pay().json["id"]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_every_published_operation_is_answered(app, merchant, method):
    service = app.extensions["mock_gateways"]
    for route in service.table.routes:
        if route.method == method:
            path = route.template.replace("{", "").replace("}", "_x")
            answer = merchant.send(method, path)
            assert answer.status == 501 if route.handler is None else answer.status in (200, 400, 404), route


def test_reading_one_payment_among_many_scans_nothing(app, merchant):
    world = app.extensions["mock_gateways"].tenants.find(merchant.tenant)
    payment = merchant.pay().json["id"]

    def steps():
        counted = itertools.count()

        def tracer(*_):
            next(counted)
            return tracer

        usual = sys.gettrace()
        sys.settrace(tracer)
        try:
            merchant.read(payment)
            merchant.send("GET", "/v1/payment_intents", limit=3)
            merchant.refund(payment, amount=1)
        finally:
            sys.settrace(usual)
        return next(counted)

    few = steps()
    for number in range(5_000):
        intents = world.store.intents
        intents.add(f"pi_{number}", 1767225600, intents.get(payment), {"customer": None})
    assert len(world.store.intents) == 5_001
    assert steps() <= few * 1.2 + 200
