"""A tape becomes a contract without what may not be kept, or it does not become one at all."""

import base64
import gzip
import json
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import quote

import pytest

from contracts.errors import ContractInvalid, Refused
from contracts.format import Source, dump
from contracts.policy import brand_of, known_policies, load
from contracts.recording import Origin, seal
from contracts.redaction import Known
from contracts.tape import Message, Tape
from runtime.core.money import Money
from tests.contracts.samples import GATEWAY, HOST, KEY_ENV
from tests.contracts.taped import open_shop
from tests.gateways import CERTIFIABLE

POLICY = load(GATEWAY)
ORIGIN = Origin(Source.SIMULATOR, "https://gateway.test", "test", datetime(2026, 11, 21, tzinfo=UTC))
KEY = "sk_test_Canary4Wx9/q+Zt=7_bird"
PAN = "4242424242424242"
KNOWN = (Known("api_key", KEY, "api key", KEY_ENV),)
JSON = (("content-type", "application/json"),)
FORM = (("content-type", "application/x-www-form-urlencoded"),)


def _tape(request=None, response=None, delivery=None):
    tape = Tape()
    request = request or Message((*FORM, ("authorization", f"Bearer {KEY}")), b"a=1", "POST", f"{HOST}/v1/x")
    tape.add(request, response or Message(JSON, b'{"object": "x"}', status=200), at=0)
    if delivery:
        tape.deliver(*delivery, at=0, verified=True)
    return tape


def _seal(tape, **options):
    return seal(tape, POLICY, ORIGIN, identity=f"{GATEWAY}/test", title="t", known=KNOWN, **options)


def _asks(headers=(), body=b"", url=f"{HOST}/v1/x"):
    return Message((*headers, ("authorization", f"Bearer {KEY}")), body, "POST", url)


def _answers(body, headers=JSON):
    return Message(headers, body, status=200)


def _in_json(value):
    return json.dumps({"note": f"see {value} there"}).encode()


def _key_in_json(value):
    return json.dumps({"outer": [{f"k {value}": 1}]}).encode()


PLACES = {
    "request header": lambda text: _tape(_asks((*FORM, ("x-trace", text)), b"a=1")),
    "kept request header": lambda text: _tape(_asks((*FORM, (POLICY.request_headers[-1], text)), b"a=1")),
    "query": lambda text: _tape(_asks(url=f"{HOST}/v1/x?q={quote(text, safe='')}")),
    "path": lambda text: _tape(_asks(url=f"{HOST}/v1/{quote(text, safe='')}/x")),
    "form value": lambda text: _tape(_asks(FORM, f"a={quote(text, safe='')}&b=2".encode())),
    "form key": lambda text: _tape(_asks(FORM, f"m[{quote(text, safe='')}]=2".encode())),
    "request json": lambda text: _tape(_asks(JSON, _in_json(text))),
    "request text": lambda text: _tape(_asks((("content-type", "text/plain"),), f"<{text}>".encode())),
    "response json": lambda text: _tape(None, _answers(_in_json(text))),
    "response json key": lambda text: _tape(None, _answers(_key_in_json(text))),
    "json within json": lambda text: _tape(None, _answers(json.dumps({"raw": json.dumps({"v": text})}).encode())),
    "response header": lambda text: _tape(None, _answers(b"{}", (*JSON, (POLICY.version_header, text)))),
    "dropped response header": lambda text: _tape(None, _answers(b"{}", (*JSON, ("set-cookie", text)))),
    "response xml": lambda text: _tape(None, _answers(f"<a>{text}</a>".encode(), (("content-type", "text/xml"),))),
    "response link": lambda text: _tape(None, _answers(json.dumps({"url": f"https://x.test/?k={text}"}).encode())),
    "webhook": lambda text: _tape(None, None, (JSON, _in_json(text))),
    "compressed": lambda text: _tape(
        None, _answers(gzip.compress(_in_json(text)), (*JSON, ("content-encoding", "gzip")))
    ),
}


def _shifted(lead):
    return lambda text: base64.b64encode(b"ab"[:lead] + text.encode() + b"tail").decode()


ENCODINGS = {
    "raw": str,
    "url": lambda text: quote(text, safe=""),
    "double url": lambda text: quote(quote(text, safe=""), safe=""),
    "small url": lambda text: "".join(f"%{char:02x}" for char in text.encode()),
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64 at 0": _shifted(0),
    "base64 at 1": _shifted(1),
    "base64 at 2": _shifted(2),
    "base64 for urls": lambda text: base64.urlsafe_b64encode(f"?>{text}".encode()).decode(),
    "twice base64": lambda text: base64.b64encode(base64.b64encode(text.encode())).decode(),
    "hex": lambda text: text.encode().hex(),
    "big hex": lambda text: text.encode().hex().upper(),
    "json": lambda text: json.dumps(text)[1:-1],
    "json by number": lambda text: "".join(f"\\u{ord(char):04x}" for char in text),
    "compressed": lambda text: base64.b64encode(gzip.compress(text.encode(), mtime=0)).decode(),
}


def _written(value):
    """Every text a value could be recognised in, so that the test does not ask the scanner."""
    spellings = {ENCODINGS[name](value) for name in ENCODINGS} - {_shifted(lead)(value) for lead in range(3)}
    spellings |= {_shifted(lead)(value)[4:-8] for lead in range(3)}
    return spellings | {" ".join(value[at : at + 4] for at in range(0, len(value), 4))}


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("canary", [KEY, PAN], ids=["key", "card"])
def test_no_canary_is_written_wherever_and_however_it_sings(canary, place, encoding):
    tape = PLACES[place](ENCODINGS[encoding](canary))
    try:
        text = dump(_seal(tape))
    except Refused as refused:
        text = str(refused)
    assert not [spelling for spelling in _written(canary) if spelling in text]


@pytest.mark.parametrize("place", PLACES)
def test_a_known_key_is_replaced_rather_than_refused(place):
    assert dump(_seal(PLACES[place](KEY)))


@pytest.mark.parametrize("written", [PAN, "4242 4242 4242 4242", "4242-4242-4242-4242"])
def test_a_published_test_card_goes_by_its_name(written):
    contract = _seal(_tape(_asks(FORM, f"number={quote(written)}".encode()), _answers(b'{"card": {"last4": "4242"}}')))
    assert contract.http_steps[0].request.body.content["number"].startswith("{{card.visa_success.pan")
    assert contract.http_steps[0].response.body.content == {"card": {"last4": "{{card.visa_success.last4}}"}}


@pytest.mark.parametrize("gateway", known_policies())
def test_what_tells_of_a_card_stays_linked_with_it(gateway):
    """Were it replayed with another card, a brand or last four digits that stand by themselves would be of this one."""
    contract = open_shop(gateway)
    contract.does("authorize", contract.merchant.order(Money(12300, contract.profile.currency)))
    contract.hear()
    text = dump(contract.seal("sale", "a sale"))
    (card,) = json.loads(text)["cards"]
    assert f"{{{{card.{card}.pan}}}}" in text
    assert f"{{{{card.{card}.last4}}}}" in text
    assert f"{{{{card.{card}.brand}}}}" in text


def test_a_brand_is_told_by_the_first_digits():
    assert [brand_of(POLICY, pan) for pan in ("4242424242424242", "2223003122003222", "378282246310005", "9" * 16)] == [
        "visa", "mastercard", "amex", None,
    ]  # fmt: skip


def test_a_card_number_that_json_holds_as_a_number_is_replaced_too():
    contract = _seal(_tape(_asks(JSON, json.dumps({"number": int(PAN)}).encode())))
    assert contract.http_steps[0].request.body.content == {"number": "{{card.visa_success.pan|integer}}"}


# Luhn holds for it, and no gateway publishes it: what a live number would look like.
UNKNOWN_PAN = "4929" + "0000" + "0000" + "0000"


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_an_unknown_card_number_stops_the_recording(place, encoding):
    tape = PLACES[place](ENCODINGS[encoding](UNKNOWN_PAN))
    try:
        text = dump(_seal(tape))
    except Refused as refused:
        text = str(refused)
    assert not [spelling for spelling in _written(UNKNOWN_PAN) if spelling in text]


@pytest.mark.parametrize("place", ["form value", "request json", "response json", "webhook"])
def test_it_says_that_a_card_number_was_found_and_where(place):
    with pytest.raises(Refused, match="card number") as refused:
        _seal(PLACES[place](UNKNOWN_PAN))
    assert UNKNOWN_PAN not in str(refused.value)


@pytest.mark.parametrize(
    ("tape", "reason"),
    [
        (Tape(), "nothing was recorded"),
        (_tape(_asks(url="https://evil.test/v1/x")), "evil.test is not among the hosts"),
        (_tape(_asks((("x-other", "sk_live_abcdef"),))), "live key"),
        (_tape(None, _answers(b'{"data": [{"livemode": true}]}')), "live mode"),
        (_tape(None, _answers(b'{"note": "{{secret.api_key}}"}')), "placeholder"),
        (_tape(None, _answers(b'{"k": "whsec_nobodytold"}')), "key"),
        (_tape(None, _answers(b'{"k": "-----BEGIN PRIVATE KEY-----"}')), "private key"),
        (_tape(None, _answers(b'{"k": "Basic dXNlcjpwYXNzd29yZA=="}')), "credential"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_may_not_be_recorded_is_refused_with_the_reason(tape, reason):
    with pytest.raises(Refused, match=reason):
        _seal(tape)


def test_a_delivery_whose_signature_did_not_hold_is_refused():
    tape = _tape(None, None, (JSON, b'{"type": "x"}'))
    tape.exchanges[-1] = replace(tape.exchanges[-1], verified=False)
    with pytest.raises(Refused, match="signature"):
        _seal(tape)


def test_a_secret_of_the_environment_is_refused():
    with pytest.raises(Refused, match="OTHER_TOKEN"):
        _seal(
            _tape(None, _answers(b'{"k": "correct-horse-battery"}')),
            environment={"OTHER_TOKEN": "correct-horse-battery"},
        )


def test_what_the_gateway_mints_is_no_secret_but_travels():
    first = _answers(b'{"id": "pi_3AbcDefGhi9KlMn", "client_secret": "pi_3AbcDefGhi9KlMn_secret_Q8rStUvWx1"}')
    tape = _tape(None, first)
    later = _asks(url=f"{HOST}/v1/payment_intents/pi_3AbcDefGhi9KlMn")
    tape.add(later, _answers(b'{"id": "pi_3AbcDefGhi9KlMn"}'), at=0)
    contract = _seal(tape)
    assert contract.http_steps[1].request.path == "/v1/payment_intents/{{x.id}}"
    captured = contract.http_steps[0].capture["x.client_secret"]
    assert captured.secret
    assert captured.pattern == "{{x.id}}_secret_[0-9A-Za-z]{10}"


def test_every_gateway_has_rules_and_none_is_guessed():
    assert tuple(known_policies()) == CERTIFIABLE
    with pytest.raises(ContractInvalid, match="no rules for 'other'"):
        load("other")


@pytest.mark.parametrize("name", known_policies())
def test_recording_an_unchanged_gateway_again_changes_dates_and_hash_only(name):
    texts = []
    for tenant in ("first000000000000000000", "second00000000000000000"):
        shop = open_shop(name, tenant)
        currency = shop.profile.currency
        shop.tape.label = "authorize"
        held = shop.merchant.holds(Money(12300, currency))
        shop.tape.label = "capture"
        shop.merchant.captures(held, Money(12300, currency))
        shop.hear()
        texts.append(dump(shop.seal("hold", "hold and capture")))
    keep = [[line for line in text.splitlines() if '"sha256"' not in line and "_test_" not in line] for text in texts]
    assert keep[0] == keep[1]


def test_a_tape_shows_nothing_of_what_it_holds():
    assert KEY not in repr(_tape(_asks(FORM, KEY.encode())))
