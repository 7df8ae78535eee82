"""Card numbers, codes and keys never leave by a side door."""

import logging
import traceback
from dataclasses import replace

import pytest

from runtime.core.errors import CallerError, ConnectorError, CredentialsRejected, InvalidConfiguration
from runtime.core.money import Money
from runtime.core.payments import Authorize, CompleteAuthorize, PaymentOutcome, PSync, Refund
from runtime.core.vocabulary import PaymentStatus
from suites.driver import BASE_URL
from suites.instruments import CVC
from suites.marks import requirement, requires
from suites.profiles import Given

TEN = Money.of("10.00", "EUR")
PAID = {PaymentStatus.AUTHORIZED, PaymentStatus.CHARGED, PaymentStatus.PARTIALLY_AUTHORIZED}
pytestmark = requires(Authorize)

BROKEN = [
    {"raw": {"status": 500, "headers": {}, "body": "<html>"}},
    {"raw": {"status": 200, "headers": {}, "body": '{"id": 5}'}},
    {"timeout": "after"},
    {"truncate": 200},
]


def _everything_printed(answer) -> str:
    chain = "".join(traceback.format_exception(answer)) if isinstance(answer, ConnectorError) else ""
    return f"{answer!r} {answer} {chain} {getattr(answer, 'args', '')} {vars(answer) if chain else ''}"


@requirement("SEC-001")
@pytest.mark.parametrize("effect", [None, *BROKEN], ids=["paid", "error", "unreadable", "timeout", "truncated"])
def test_no_secret_shows_in_what_comes_back(merchant, gateway, credential, effect):
    order = merchant.order(TEN)
    if effect:
        gateway.plan(effect)
    printed = _everything_printed(merchant.tries(order)) + repr(order)
    for secret in (order.method.number.reveal(), credential):
        assert secret not in printed
    assert f"'{CVC}'" not in printed


@requirement("SEC-004")
def test_no_secret_shows_in_logs(merchant, gateway, credential, caplog):
    caplog.set_level(logging.DEBUG)
    order = merchant.order(TEN)
    merchant.does(order)
    gateway.plan({"timeout": "after"})
    merchant.tries(merchant.order(TEN))
    for secret in (order.method.number.reveal(), credential, f"={CVC}"):
        assert secret not in caplog.text


@requirement("SEC-002")
@requires((PSync, Refund))
@pytest.mark.parametrize(
    "identity", ["../refunds", "{id}?expand[]=customer", "{id}#x", "{id}/cancel", "a\r\nX-Key: v", "%2e%2e/x", "é"]
)
def test_an_id_cannot_change_where_a_request_goes(merchant, gateway, offers, certification, identity):
    paid = merchant.pays(TEN)
    command = merchant.sync_of(paid) if offers(PSync) else merchant.refund_of(paid, TEN)
    before, depth = len(gateway.exchanges()), certification.profile.routes[type(command).__name__].count("/")
    hostile = identity.replace("{id}", paid.payment_id)
    answer = merchant.tries(merchant.repeats(command, payment_id=hostile))
    assert isinstance(answer, ConnectorError), "an id that is none was taken for a payment"
    assert not isinstance(answer, CredentialsRejected)
    for exchange in gateway.exchanges()[before:]:
        path = exchange["request"]["path"]
        assert path.partition("?")[0].count("/") == depth, f"the id became more of the path than a segment: {path}"


@requirement("SEC-003")
@pytest.mark.parametrize(
    "text",
    [
        "x&amount=1",
        "a=b",
        "x]&capture_method=manual&y[",
        'x", "amount": 1, "y": "',
        "line\r\nbreak",
        "100% + 1",
        "日本",
    ],
)
def test_free_text_cannot_add_fields(merchant, gateway, text):
    order = merchant.repeats(merchant.order(TEN), reference=text, description=text)
    paid = merchant.does(order)
    assert gateway.balance(paid.payment_id).captured == TEN.major


@requirement("SEC-005")
@requires(CompleteAuthorize, "must authenticate")
@pytest.mark.parametrize("brought", ["what another payment brought", "made up"])
def test_what_a_browser_brings_charges_nobody_by_itself(merchant, gateway, brought):
    pending, other = (merchant.pays(TEN, using="must authenticate") for _ in range(2))
    returned = gateway.approve(other.payment_id)
    made_up = dict.fromkeys(returned, "YWxsIGlzIHdlbGw") or {"status": "success"}
    answer = merchant.tries(merchant.completion_of(pending, TEN, made_up if brought == "made up" else returned))
    about_it = isinstance(answer, PaymentOutcome) and answer.payment_id == pending.payment_id
    assert not (about_it and answer.status in PAID), f"nobody has paid, and it was {answer.status}"
    assert gateway.balance(pending.payment_id).authorised == 0


@requirement("SEC-015")
@requires(CompleteAuthorize, "must authenticate")
@pytest.mark.parametrize("forged", ["made up", "another payment's", "cut off", "all of another payment's return"])
def test_a_return_with_a_forged_signature_is_refused(merchant, gateway, signed_return, forged):
    pending, other = (merchant.pays(TEN, using="must authenticate") for _ in range(2))
    returned, others = (gateway.approve(payment.payment_id) for payment in (pending, other))
    signatures = {
        "made up": returned[signed_return][::-1],
        "another payment's": others[signed_return],
        "cut off": returned[signed_return][:-1],
    }
    brought = {**returned, signed_return: signatures[forged]} if forged in signatures else others
    before = len(gateway.exchanges())
    merchant.fails(merchant.completion_of(pending, TEN, brought), CallerError)
    assert len(gateway.exchanges()) == before, "the gateway was asked about it"


# What has been pasted into a setting: nothing, a line too much, another scheme, half an address.
UNUSABLE = (
    "",
    "with a space",
    "line\r\nX-Injected: 1",
    "ftp://elsewhere.test",
    "https://",
    "https://user:word@gateway.test",
)


def _configured(certification, settings):
    profile = certification.profile
    other = replace(certification, profile=replace(profile, config={**profile.config, **settings}))
    return other.config(certification.credential("nobody"), BASE_URL, (profile.placeholder_secret,))


@requirement("SEC-014")
@pytest.mark.parametrize("value", UNUSABLE, ids=repr)
def test_a_setting_that_cannot_work_is_refused_by_name_and_never_printed(certification, setting, value):
    profile = certification.profile
    is_address = "base_url" in str(profile.config[setting]) or profile.config[setting] is Given.BASE_URL
    if not is_address and "://" in value:
        value = value.replace("://", " : ")  # a key may hold nearly every sign, but no space
    given = (value,) if profile.config[setting] is Given.WEBHOOK_SECRETS else value
    with pytest.raises(InvalidConfiguration) as refused:
        _configured(certification, {setting: given})
    assert setting in str(refused.value), "nothing says which setting it is"
    assert not value or value not in _everything_printed(refused.value), "the value was printed"


@requirement("SEC-014")
def test_a_setting_is_taken_up_to_the_ends_of_what_it_may_be(certification, bound):
    settings, works = bound
    refused = None
    try:
        _configured(certification, settings)
    except InvalidConfiguration as error:
        refused = error
    assert (refused is None) == works, f"{settings} can{'' if works else 'not'} work, and it was {refused or 'taken'}"
    assert not refused or any(name in str(refused) for name in settings), "nothing says which setting it is"
