"""Mandates: a first payment gives a token, later payments are charged on it, and it can be taken back."""

import pytest

from runtime.core.errors import (
    IntegrityMismatch,
    InvalidCommand,
    NotOffered,
    OutcomeUnknown,
    RequestRejected,
    Unavailable,
)
from runtime.core.messages import TransportError
from runtime.core.money import Money
from runtime.core.payments import Card, ChargeMandate, LocalMethod, RevokeMandate, SetupMandate, Shopper, Upi
from runtime.core.secret import Secret
from runtime.core.vocabulary import ErrorCode, MandateStatus, PaymentMethodType, PaymentStatus

RUPEE, INR = Money(100, "INR"), Money(50000, "INR")
LOST = TransportError("timed out", sent=True)
CUSTOMER = {"id": "cust_1", "entity": "customer", "notes": []}
SHOPPER = Shopper(name="J S", email="a@b.test", phone="+919999999999")
CARD = Card(number=Secret("4718609108204366"), expiry_month=12, expiry_year=2034, cvc=Secret("913"), holder="J S")


def setup(**changes):
    fields = {"request_id": "m", "method": CARD, "currency": "INR", "shopper": SHOPPER, "reference": "m 1"}
    return SetupMandate(**fields | changes)


def charge(**changes):
    fields = {"request_id": "c", "amount": INR, "mandate_id": "token_1", "customer_id": "cust_1", "shopper": SHOPPER}
    return ChargeMandate(**fields | changes)


def test_a_consent_is_a_customer_an_order_with_terms_and_a_first_payment(run, order, started):
    ran = run(setup(), (200, CUSTOMER), (200, order(amount=100)), (200, started("redirect")))
    assert ran.routes == [("POST", "/v1/customers"), ("POST", "/v1/orders"), ("POST", "/v1/payments/create/json")]
    assert ran.body(0) == {"name": "J S", "email": "a@b.test", "contact": "+919999999999", "fail_existing": "0"}
    terms = {"max_amount": 1_500_000, "frequency": "as_presented", "expire_at": 1_700_000_000 + 3650 * 86_400}
    asked = ran.body(1)
    assert (asked["amount"], asked["customer_id"], asked["method"], asked["token"]) == (100, "cust_1", "card", terms)
    paid = ran.body(2)
    assert (paid["order_id"], paid["customer_id"], paid["recurring"], paid["save"]) == ("order_1", "cust_1", True, 1)


def test_until_the_shopper_is_through_the_first_payment_stands_for_the_mandate(run, order, started):
    outcome = run(setup(), (200, CUSTOMER), (200, order(amount=100)), (200, started("redirect"))).outcome
    assert (outcome.status, outcome.mandate_id, outcome.customer_id) == (MandateStatus.PENDING, "pay_1", "cust_1")
    assert outcome.next_action.url == "https://api.razorpay.com/redirect"


def test_a_known_customer_is_not_made_again(run, order, started):
    ran = run(setup(customer_id="cust_7"), (200, order(amount=100)), (200, started("redirect")))
    assert (ran.body(0)["customer_id"], ran.outcome.customer_id) == ("cust_7", "cust_7")


def test_upi_asks_by_its_own_route(run, order, payment):
    command = setup(method=Upi(vpa=Secret("success@razorpay")), customer_id="cust_1")
    reply = {"razorpay_payment_id": "pay_1"}
    ran = run(command, (200, order(amount=100)), (200, reply), (200, payment("created", amount=100)))
    assert ran.routes[1] == ("POST", "/v1/payments/create/upi")
    assert (ran.body(1)["recurring"], ran.body(1)["save"], ran.body(1)["upi"]["flow"]) == ("1", True, "collect")
    assert (ran.outcome.status, ran.outcome.mandate_id) == (MandateStatus.PENDING, "pay_1")


def test_the_link_of_a_upi_app_is_followed(run, order):
    command = setup(method=Upi(), customer_id="cust_1")
    reply = {"razorpay_payment_id": "pay_1", "link": "upi://mandate?am=1.00"}
    assert run(command, (200, order(amount=100)), (200, reply)).outcome.next_action.url == "upi://mandate?am=1.00"


def test_a_first_payment_that_is_through_waits_for_the_bank(run, order, started, payment):
    first = payment(amount=100, token_id="token_1", customer_id="cust_1")
    outcome = run(setup(customer_id="cust_1"), (200, order(amount=100)), (200, started()), (200, first)).outcome
    assert (outcome.status, outcome.mandate_id, outcome.raw_status) == (MandateStatus.PENDING, "pay_1", "captured")


def test_a_first_payment_that_nobody_understands_leaves_the_mandate_unresolved(run, order, started):
    outcome = run(setup(customer_id="cust_1"), (200, order(amount=100)), (200, started("dance"))).outcome
    assert (outcome.status, outcome.mandate_id) == (MandateStatus.UNRESOLVED, "pay_1")


def test_a_first_payment_of_another_amount_is_a_mismatch(run, order, started, payment):
    with pytest.raises(IntegrityMismatch) as mismatch:
        run(setup(customer_id="cust_1"), (200, order(amount=100)), (200, started()), (200, payment(amount=101)))
    assert mismatch.value.transaction_id == "pay_1"


def test_a_declined_first_payment_gives_no_mandate(run, order, problem):
    said = problem("card_declined", metadata={"payment_id": "pay_9"})
    outcome = run(setup(customer_id="cust_1"), (200, order(amount=100)), (400, said)).outcome
    assert (outcome.status, outcome.mandate_id) == (MandateStatus.INACTIVE, "pay_9")
    assert outcome.error.code is ErrorCode.CARD_DECLINED


def test_a_lost_first_payment_is_found_by_its_order(run, order):
    with pytest.raises(OutcomeUnknown) as unknown:
        run(setup(customer_id="cust_1"), (200, order(amount=100)), (0, LOST))
    assert unknown.value.transaction_id == "order_1"


def test_netbanking_gives_no_mandate(run):
    with pytest.raises(NotOffered):
        run(setup(method=LocalMethod(kind=PaymentMethodType.BANK_TRANSFER, bank="HDFC")))


def test_a_charge_is_an_order_and_a_payment_by_token_that_is_read_back(run, order, started, payment):
    ran = run(charge(), (200, order()), (200, started()), (200, payment()))
    assert [route for _, route in ran.routes] == ["/v1/orders", "/v1/payments/create/recurring", "/v1/payments/pay_1"]
    assert ran.body(1) == {
        "amount": 50000,
        "currency": "INR",
        "customer_id": "cust_1",
        "email": "a@b.test",
        "contact": "+919999999999",
        "order_id": "order_1",
        "token": "token_1",
        "recurring": True,
    }
    assert (ran.outcome.status, ran.outcome.captured) == (PaymentStatus.CHARGED, INR)


def test_a_charge_by_the_first_payment_looks_the_token_up(run, order, started, payment):
    first = payment(amount=100, token_id="token_7", customer_id="cust_7")
    ran = run(
        charge(mandate_id="pay_1", customer_id=None), (200, first), (200, order()), (200, started()), (200, payment())
    )
    assert ran.routes[0] == ("GET", "/v1/payments/pay_1")
    assert (ran.body(2)["token"], ran.body(2)["customer_id"]) == ("token_7", "cust_7")


@pytest.mark.parametrize("changes", [{"customer_id": None}, {"mandate_id": "pay_1"}], ids=["no customer", "no token"])
def test_a_charge_without_token_or_customer_charges_nothing(run, payment, changes):
    replies = [(200, payment(token_id=None, customer_id="cust_1"))] if "mandate_id" in changes else []
    with pytest.raises(InvalidCommand) as refused:
        run(charge(**changes), *replies)
    assert refused.value.error.code is ErrorCode.MANDATE_NOT_FOUND


def test_a_token_that_cannot_be_looked_up_moved_nothing(run):
    with pytest.raises(Unavailable):
        run(charge(mandate_id="pay_1"), (0, LOST))


def test_a_declined_charge_is_a_value(run, order, problem):
    outcome = run(charge(), (200, order()), (400, problem("insufficient_funds"))).outcome
    assert (outcome.status, outcome.payment_id) == (PaymentStatus.FAILURE, "order_1")
    assert outcome.error.code is ErrorCode.INSUFFICIENT_FUNDS


def test_a_lost_charge_is_found_by_its_order(run, order):
    with pytest.raises(OutcomeUnknown) as unknown:
        run(charge(), (200, order()), (0, LOST))
    assert unknown.value.transaction_id == "order_1"


@pytest.mark.parametrize(("deleted", "found"), [(True, MandateStatus.REVOKED), (False, MandateStatus.UNRESOLVED)])
def test_a_mandate_is_taken_back(run, deleted, found):
    ran = run(RevokeMandate(request_id="r", mandate_id="token_1", customer_id="cust_1"), (200, {"deleted": deleted}))
    assert ran.routes == [("DELETE", "/v1/customers/cust_1/tokens/token_1")]
    assert (ran.outcome.status, ran.outcome.mandate_id) == (found, "token_1")


def test_a_token_that_is_gone_is_not_found(run, problem):
    with pytest.raises(RequestRejected) as refused:
        run(
            RevokeMandate(request_id="r", mandate_id="token_1", customer_id="cust_1"),
            (400, problem(description="The id provided does not exist")),
        )
    assert refused.value.error.code is ErrorCode.NOT_FOUND
