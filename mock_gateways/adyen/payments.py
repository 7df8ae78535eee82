"""POST /payments: authorised or refused at once, or waiting for the shopper or the bank.

Sources: Checkout v72 (PaymentRequest, PaymentResponse, actions and examples), docs.adyen.com/online-payments/capture
(the delay of an automatic capture), /online-payments/3d-secure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_gateways.adyen.actions import ask_shopper
from mock_gateways.adyen.errors import refuse
from mock_gateways.adyen.means import read_means
from mock_gateways.adyen.orders import check_part
from mock_gateways.adyen.outcomes import conclude
from mock_gateways.adyen.references import new_reference
from mock_gateways.adyen.requests import check, read_amount
from mock_gateways.adyen.store import Payment, Shopper, keep
from mock_gateways.adyen.tables import METHODS
from mock_gateways.core.clock import HOUR_S
from mock_gateways.core.messages import Reply
from mock_gateways.core.settings import setting

if TYPE_CHECKING:
    from mock_gateways.adyen.store import Means
    from mock_gateways.core.messages import Document, Request
    from mock_gateways.core.tenants import World

_LONGEST_DELAY_H = 672
_THREE_DS, _NATIVE = "three_d_secure", "native"
_INVOICED = frozenset({"klarna", "affirm", "afterpay"})
_TRUE = frozenset({"true", "True", True})


def make_payment(world: World, request: Request) -> Reply:
    """A payment of any method; a refusal is an answer like another, with status 200."""
    given = check(world, request)
    payment = prepare(world, given)
    keep(world, payment)
    return Reply(200, begin(world, payment, given, request.origin))


def prepare(world: World, given: Document) -> Payment:
    """The payment that a request describes, not yet kept.

    Raises Refusal for whatever Adyen refuses before it tries.
    """
    value, currency = read_amount(world, given)
    more = _additional(given)
    means = read_means(world, given["paymentMethod"], currency, more)
    if means.kind in _INVOICED and not given.get("lineItems"):
        # That it is required is published (PaymentRequest.lineItems); which code a missing one gets is not certain.
        raise refuse("158", "Required field lineItems not specified")
    shopper = _shopper(given)
    payment = Payment(
        new_reference(world),
        given["reference"],
        given["merchantAccount"],
        currency.code,
        value,
        means,
        shopper,
        world.clock.now(),
        _delay(world, given, means, more),
        given.get("returnUrl", ""),
    )
    payment.pre_authorisation = more.get("authorisationType") == "PreAuth"
    if "order" in given:
        payment.order = check_part(world, given["order"], value, currency.code)
    world.ledger.open(world.clock.now(), payment.psp, currency.code, currency.exponent)
    return payment


def _additional(given: Document) -> Document:
    more: Document = given.get("additionalData", {})
    if any(not isinstance(value, str | int | bool) for value in more.values()):
        raise refuse("185")
    return more


def _shopper(given: Document) -> Shopper:
    reference = given.get("shopperReference", "")
    store = given.get("storePaymentMethod", False) or bool(given.get("enableRecurring") or given.get("enableOneClick"))
    stored = given["paymentMethod"].get("storedPaymentMethodId") is not None
    if (store or stored) and not reference:
        raise refuse("121")
    interaction = given.get("shopperInteraction", "ContAuth" if stored else "Ecommerce")
    model = given.get("recurringProcessingModel", "")
    if stored and interaction == "ContAuth" and not model:
        raise refuse("807")
    return Shopper(reference, given.get("shopperEmail", ""), interaction, model, store)


def read_delay(given: Document) -> int | None:
    """The hours until an automatic capture, where a request names them.

    Raises Refusal (164) for more than 28 days.
    """
    hours: Any = given.get("captureDelayHours")
    if hours is not None and not 0 <= hours <= _LONGEST_DELAY_H:
        raise refuse("164")
    return None if hours is None else int(hours)


def _delay(world: World, given: Document, means: Means, more: Document) -> int | None:
    """Seconds until the capture, or None where the merchant captures; methods that cannot hold are taken at once."""
    hours = read_delay(given)
    if not METHODS[means.type].method.holds:
        return 0
    if "manualCapture" in more:
        return None if more["manualCapture"] in _TRUE else 0
    if hours is None:
        hours = setting(world, "capture_delay_hours")
    return None if hours < 0 else hours * HOUR_S


def begin(world: World, payment: Payment, given: Document, origin: str) -> Document:
    """The first reply about a payment."""
    means = payment.means
    if world.forced_declines:
        return conclude(world, payment)
    if means.course == "card":
        how = None if world.faults.approves else _authentication(payment, given)
        return conclude(world, payment) if how is None else ask_shopper(world, payment, how, origin)
    if means.course == "redirect" and payment.shopper.interaction == "ContAuth":
        # A charge on stored details: nobody is there to be sent anywhere (docs.adyen.com/online-payments/tokenization).
        return conclude(world, payment)
    return ask_shopper(world, payment, _wanted(given, means), origin)


def _wanted(given: Document, means: Means) -> str:
    if means.type == "paypal" and given["paymentMethod"].get("subtype") == "sdk":
        return "sdk"
    return ""


def _authentication(payment: Payment, given: Document) -> str | None:
    """How the shopper is to be authenticated: "three_d_secure" by redirect, "native" in the page, None not at all."""
    wishes = given.get("authenticationData") or {}
    attempt = wishes.get("attemptAuthentication") if isinstance(wishes, dict) else None
    offline = payment.shopper.interaction in ("ContAuth", "Moto")
    authenticated = bool(given.get("mpiData"))
    payment.authenticated = authenticated
    if not payment.means.three_ds or offline or authenticated or attempt == "never":
        return None
    asked = wishes.get("threeDSRequestData") if isinstance(wishes, dict) else None
    native = isinstance(asked, dict) and asked.get("nativeThreeDS") == "preferred"
    older = _additional(given).get("allow3DS2") in _TRUE
    return _NATIVE if native or older else _THREE_DS
