"""Whatever a client sends, the answer is Stripe's own 4xx as JSON: never a 5xx, never HTML."""

import io
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mock_gateways.core.forms import FormError, as_list, decode

SMALL = settings(
    max_examples=150, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
PATHS = st.sampled_from(
    [
        "/v1/payment_intents",
        "/v1/payment_intents/pi_x/capture",
        "/v1/payment_methods",
        "/v1/customers",
        "/v1/refunds",
        "/v1/webhook_endpoints",
        "/v1/events",
        "/v1/nothing",
        "/v1/payment_intents//confirm",
        "/v1/payment_intents/%00/../x",
    ]
)
NAMES = st.sampled_from(
    [
        "amount",
        "currency",
        "confirm",
        "payment_method",
        "payment_method_data[type]",
        "payment_method_data[card][number]",
        "metadata[a]",
        "metadata",
        "expand[]",
        "expand[0]",
        "expand",
        "shipping[address][city]",
        "limit",
        "created[gte]",
        "created",
        "payment_method_types[]",
        "payment_method_options[card][request_multicapture]",
        "off_session",
        "a[][b]",
        "a[b][",
        "]]",
        "[x]",
        "url",
        "enabled_events[]",
    ]
)
VALUES = st.one_of(
    st.sampled_from(
        ["eur", "1000", "true", "card", "pm_card_visa", "4242424242424242", "", "latest_charge", "-1", "9" * 30]
    ),
    st.text(max_size=20),
)


def _send(app, method, path, body, **extra):
    started = []
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path.encode("utf-8", "surrogatepass").decode("latin-1"),
        "QUERY_STRING": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "CONTENT_LENGTH": str(len(body)),
        "CONTENT_TYPE": "application/x-www-form-urlencoded",
        "HTTP_AUTHORIZATION": "Bearer sk_test_fuzz",
        **extra,
    }
    chunks = app.wsgi_app(environ, lambda status, headers, _=None: started.append((int(status[:3]), dict(headers))))
    return (*started[0], b"".join(chunks))


def _is_proper(answer):
    status, headers, body = answer
    assert status < 500 or "X-Mock-Unimplemented" in headers
    assert headers["Content-Type"] == "application/json"
    json.loads(body)


@SMALL
@given(st.sampled_from(["POST", "GET", "DELETE"]), PATHS, st.lists(st.tuples(NAMES, VALUES), max_size=8))
def test_any_combination_of_parameters_is_answered(app, method, path, pairs):
    body = "&".join(f"{name}={value}" for name, value in pairs).encode("utf-8", "surrogatepass")
    _is_proper(_send(app, method, path, body))
    query = body.decode("latin-1")
    _is_proper(_send(app, method, path, b"", QUERY_STRING=query))


@SMALL
@given(
    PATHS,
    st.binary(max_size=200),
    st.sampled_from(["application/json", "text/plain", "multipart/form-data", "", "x/y;;"]),
)
def test_any_bytes_of_any_type_are_answered(app, path, body, kind):
    _is_proper(_send(app, "POST", path, body, CONTENT_TYPE=kind))
    _is_proper(_send(app, "POST", path, body))


@SMALL
@given(st.text(max_size=40), st.text(alphabet=st.characters(max_codepoint=255), max_size=40))
def test_any_path_and_header_are_answered(app, path, header):
    _is_proper(_send(app, "GET", f"/v1/{path}", b"", HTTP_IDEMPOTENCY_KEY=header, HTTP_STRIPE_VERSION=header))
    _is_proper(_send(app, "POST", "/v1/customers", b"", HTTP_IDEMPOTENCY_KEY=header, HTTP_AUTHORIZATION=header))


@pytest.mark.parametrize("method", ["PUT", "PATCH", "OPTIONS", "TRACE", "BREW"])
def test_a_wrong_method_is_an_unrecognized_url(app, method):
    status, headers, body = _send(app, method, "/v1/payment_intents", b"")
    assert (status, headers["Content-Type"]) == (404, "application/json")
    assert "Unrecognized request URL" in json.loads(body)["error"]["message"]


@pytest.mark.parametrize(
    ("method", "path"), [("BREW", "/v1/x"), ("GET", "/"), ("POST", "/v1/x"), ("PUT", "/v1/refunds")]
)
def test_a_malformed_length_is_no_crash_anywhere(app, method, path):
    status, headers, _ = _send(app, method, path, b"", CONTENT_LENGTH="many")
    assert (status in (400, 404), headers["Content-Type"]) == (True, "application/json")


def test_a_huge_body_is_refused_unread(app):
    status, _, body = _send(app, "POST", "/v1/payment_intents", b"", CONTENT_LENGTH=str(10**9))
    assert (status, json.loads(body)["error"]["type"]) == (413, "invalid_request_error")


def test_a_json_body_is_refused(app):
    status, _, body = _send(app, "POST", "/v1/customers", b'{"name": "x"}', CONTENT_TYPE="application/json")
    assert (status, json.loads(body)["error"]["type"]) == (400, "invalid_request_error")


@pytest.mark.parametrize(
    ("form", "nested"),
    [
        (b"a=1&b=2", {"a": "1", "b": "2"}),
        (b"a=1&a=2", {"a": "2"}),
        (b"a[b][c]=1&a[b][d]=2", {"a": {"b": {"c": "1", "d": "2"}}}),
        (b"a%5Bb%5D=x+y%20z", {"a": {"b": "x y z"}}),
        (b"a[]=1&a[]=2", {"a": ["1", "2"]}),
        (b"a[][b]=1&a[][c]=2&a[][b]=3", {"a": [{"b": "1", "c": "2"}, {"b": "3"}]}),
        (b"a[0]=x&a[1]=y", {"a": {"0": "x", "1": "y"}}),
        ("n=é".encode(), {"n": "é"}),
        (b"a", {"a": ""}),
        (b"", {}),
    ],
)
def test_forms_nest_by_brackets(form, nested):
    assert decode(form) == nested


@pytest.mark.parametrize(
    "form",
    [
        b"%FF=1",
        b"a=%C3",
        b"a[=1",
        b"a]=1",
        b"[a]=1",
        b"=1",
        b"a=1&a[b]=2",
        b"a[b]=1&a=2",
        b"a[]=1&a[b]=2",
        b"a" + b"[b]" * 50,
    ],
)
def test_a_form_that_cannot_be_read_is_an_error(form):
    with pytest.raises(FormError):
        decode(form)


def test_indexes_and_brackets_both_make_lists():
    assert as_list({"10": "c", "2": "b", "0": "a"}) == ["a", "b", "c"]
    assert as_list(["a"]) == ["a"]
    assert as_list({"x": "a"}) is None
    assert as_list("a") is None
