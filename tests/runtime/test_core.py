"""The vocabulary's own promises: secrets, messages, bodies, commands, errors."""

import copy
import pickle
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.core import errors
from runtime.core.bodies import Unreadable, Wire, form, json_body, read_json
from runtime.core.messages import HttpRequest, HttpResponse, TransportError
from runtime.core.money import Money
from runtime.core.payments import FLOWS, Authorize, Capture, Card, ErrorInfo, PSync, Refund
from runtime.core.secret import Secret
from runtime.core.vocabulary import ErrorCode, RetryAdvice
from runtime.core.webhooks import matches_any

CARD = Card(number=Secret("4242424242424242"), expiry_month=12, expiry_year=2034, cvc=Secret("913"))


def test_a_secret_is_usable_and_never_printed():
    secret = Secret("hunter2")
    assert secret.reveal() == "hunter2"
    for text in (repr(secret), str(secret), f"{secret}", f"{secret!r:>30}", repr([secret]), repr(CARD)):
        assert "hunter2" not in text
        assert "4242" not in text
    assert secret == Secret("hunter2") != Secret("other")
    assert copy.deepcopy(secret) == secret
    with pytest.raises(TypeError, match="never pickled"):
        pickle.dumps(secret)


def test_headers_are_looked_up_without_case():
    response = HttpResponse(200, (("Retry-After", "7"), ("X-Twice", "first"), ("x-twice", "second")))
    assert response.header("retry-after") == "7"
    assert response.header("X-TWICE") == "first"
    assert response.header("absent") is None


def test_a_message_prints_neither_headers_nor_body_nor_query():
    request = HttpRequest("POST", "https://g.test/v1/x?secret=1", (("Authorization", "Bearer k"),), b"card=4242")
    assert repr(request) == "HttpRequest(POST https://g.test/v1/x)"
    assert "4242" not in repr(HttpResponse(200, (), b"4242"))


def test_a_form_is_bracketed():
    fields = {"amount": 1000, "a": {"b": ["x y", "z"], "c": None}, "on": True, "off": False}
    assert form(fields) == b"amount=1000&a[b][0]=x+y&a[b][1]=z&on=true&off=false"


@given(st.dictionaries(st.text(min_size=1), st.text()))
def test_no_text_can_add_or_change_a_field(fields):
    assert dict(parse_qsl(form(fields).decode(), keep_blank_values=True)) == fields


class Reply(Wire):
    id: str
    amount: int


DEEP = 100_000


@pytest.mark.parametrize(
    "body",
    [
        b"", b"<html>", b"[]", b'{"id": "x"}', b'{"id": "x", "amount": "5"}', b'{"id": "canary', b"\xff",
        b"[" * DEEP, b"[" * DEEP + b"]" * DEEP, b'{"amount":' * DEEP,
        b'{"id": "x", "amount": 1, "more": ' + b"[" * DEEP + b"]" * DEEP + b"}",
        b'{"id": "x", "amount": ' + b"9" * DEEP + b"}", b'{"id": "x", "amount": 1e999}',
    ],
    ids=lambda body: body[:24].decode(errors="replace"),
)  # fmt: skip
def test_an_unreadable_body_says_where_and_never_what(body):
    with pytest.raises(Unreadable) as caught:
        read_json(Reply, body)
    assert "canary" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_a_flow_is_a_command_and_needs_a_request_id():
    assert len({flow.__name__ for flow in FLOWS}) == 17
    with pytest.raises(ValueError, match="request_id"):
        PSync(request_id="", payment_id="p")


def test_the_idempotency_key_is_one_per_flow_and_request():
    order = Authorize(request_id="7", amount=Money(1, "EUR"), method=CARD)
    again = Authorize(request_id="7", amount=Money(2, "EUR"), method=CARD)
    refund = Refund(request_id="7", payment_id="p", amount=Money(1, "EUR"))
    # printf 'Authorize:7' | sha256sum
    assert order.idempotency_key == again.idempotency_key == "fec00986f430f6bd9f897dc57af993ed"
    assert refund.idempotency_key != order.idempotency_key


@pytest.mark.parametrize(
    ("command", "cause", "kind"),
    [
        (
            Capture(request_id="1", payment_id="p", amount=Money(1, "EUR")),
            TransportError("lost", sent=True),
            errors.OutcomeUnknown,
        ),
        (
            Capture(request_id="1", payment_id="p", amount=Money(1, "EUR")),
            TransportError("refused", sent=False),
            errors.Unavailable,
        ),
        (PSync(request_id="1", payment_id="p"), TransportError("lost", sent=True), errors.Unavailable),
        (Capture(request_id="1", payment_id="p", amount=Money(1, "EUR")), None, errors.OutcomeUnknown),
    ],
)
def test_a_lost_write_is_unknown_and_all_else_unavailable(command, cause, kind):
    error = errors.unanswered(command, "lost", cause=cause)
    assert type(error) is kind
    assert error.transaction_id == "p"


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, errors.RequestRejected),
        (404, errors.RequestRejected),
        (401, errors.CredentialsRejected),
        (403, errors.CredentialsRejected),
        (429, errors.RateLimited),
    ],
)
def test_a_refusal_is_told_apart_by_who_must_act(status, kind):
    info = ErrorInfo(code=ErrorCode.OTHER, retry=RetryAdvice.NEVER, message="canary")
    error = errors.refused(PSync(request_id="1", payment_id="p"), status, info)
    assert type(error) is kind
    assert "canary" not in str(error) + repr(error.error)


def test_a_signature_matches_whole_or_not_at_all():
    assert matches_any("abc", ["x", "abc"])
    for wrong in ([], [""], ["ab"], ["abcd"], ["ABC"], ["é"]):
        assert not matches_any("abc", wrong)


def test_json_leaves_out_what_is_not_there_and_keeps_what_is_false():
    fields = {"a": None, "b": {"c": None}, "d": False, "e": 0, "f": ["x"], "g": {"h": "ä"}}
    assert json_body(fields) == '{"d":false,"e":0,"f":["x"],"g":{"h":"ä"}}'.encode()
