"""Stripe's payment methods, a row each, and the fields that say what a shopper pays with.

Source: docs.stripe.com/payments/payment-methods/payment-method-support and each method's own page (currencies, manual
capture; boleto: no refunds); docs.stripe.com/invoicing/payment-methods (Affirm, Afterpay); stripe-python 16.1
`PaymentIntentCreateParams`, `SetupIntentCreateParams` (fields). An account's country may narrow a row further: that
refusal is Stripe's to make.
Doubt: the currencies of PayPal, Klarna and WeChat Pay, and that OXXO has no refunds, were not held against the pages of
this version. Affirm may ask for a shipping address, which no command carries (Afterpay has not since 2025-02-24).
Left out of `mandates`, though Stripe's types have a setup for them: Klarna, UPI and Boleto (they ask for terms that no
command carries), Alipay (by invitation), iDEAL (what can be charged later is another method, of type sepa_debit).
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from runtime.core.bodies import FormValue
from runtime.core.connector import Offer
from runtime.core.errors import invalid
from runtime.core.methods import BankDebit, Card, LocalMethod, Shopper, StoredMethod, Upi, Wallet
from runtime.core.payments import Authorize, Command, SetupMandate
from runtime.core.vocabulary import CaptureMethod, PaymentMethodType

Fields = dict[str, FormValue]
_HOLDS = frozenset({CaptureMethod.AUTOMATIC, CaptureMethod.MANUAL})


def _card(card: Card, _: Shopper) -> Fields:
    number, cvc = card.number.reveal(), card.cvc and card.cvc.reveal()
    return {"number": number, "exp_month": card.expiry_month, "exp_year": card.expiry_year, "cvc": cvc or None}


def _account(it: BankDebit, _: Shopper) -> Fields:
    # `individual` is an assumption: no command says what kind of person holds the account.
    return {"account_number": it.account.reveal(), "routing_number": it.routing, "account_holder_type": "individual"}


def _iban(it: BankDebit, _: Shopper) -> Fields:
    return {"iban": it.account.reveal()}


def _upi(upi: Upi, _: Shopper) -> Fields:
    if upi.vpa:  # a shopper who waits for a request in the app must not be shown a code instead
        raise invalid("stripe: UPI is paid by a code or a link; no parameter takes the address")
    return {}


def _tax_id(_: LocalMethod, shopper: Shopper) -> Fields:
    return {"tax_id": shopper.tax_id.reveal() if shopper.tax_id else None}


# docs.stripe.com/payments/bank-transfers. In euros it also asks for the country of the account to pay into.
_TRANSFER = {"EUR": "eu", "GBP": "gb", "JPY": "jp", "MXN": "mx", "USD": "us"}


def _transfer(command: Authorize) -> Fields:
    kind, address = f"{_TRANSFER[command.amount.currency]}_bank_transfer", command.shopper.address
    country = {"country": address.country if address and kind.startswith("eu") else None}
    return {"funding_type": "bank_transfer", "bank_transfer": {"type": kind, "eu_bank_transfer": country}}


@dataclass(frozen=True, slots=True)
class Method:
    """How a method stands on the wire. `consents`: the commands that must bring the shopper's consent to a debit."""

    name: str  # its type on the wire
    offer: Offer
    takes: type[Any] = LocalMethod
    details: Callable[[Any, Shopper], Fields] = lambda *_: {}  # below payment_method_data[<name>]
    consents: frozenset[type[Command]] = frozenset()
    options: Callable[[Authorize], Fields] = lambda *_: {}  # below payment_method_options[<name>]
    customer: bool = False  # its payments need a customer


def _in(currencies: str, **more: Any) -> Offer:
    return Offer(currencies=frozenset(currencies.split()), **more)


_ANY_CARD = Offer(captures=frozenset(CaptureMethod), mandates=True)
_WALLET = Method("card", _ANY_CARD, Wallet, lambda it, _: {"token": it.token.reveal()})
_DEBIT = frozenset({Authorize, SetupMandate})
_PAYPAL = _in("AUD CAD CHF CZK DKK EUR GBP HKD NOK NZD PLN SEK SGD USD", captures=_HOLDS, mandates=True)
_BANKS = _in(" ".join(_TRANSFER))
_KLARNA = "AUD CAD CHF CZK DKK EUR GBP NOK NZD PLN RON SEK USD"
_WECHAT = "AUD CAD CHF CNY DKK EUR GBP HKD JPY NOK SEK SGD USD"

METHODS: Mapping[PaymentMethodType, Method] = {
    PaymentMethodType.CARD: Method("card", _ANY_CARD, Card, _card),
    PaymentMethodType.APPLE_PAY: _WALLET,
    PaymentMethodType.GOOGLE_PAY: _WALLET,
    PaymentMethodType.PAYPAL: Method("paypal", _PAYPAL, consents=frozenset({SetupMandate})),
    PaymentMethodType.ACH_DEBIT: Method("us_bank_account", _in("USD", mandates=True), BankDebit, _account, _DEBIT),
    PaymentMethodType.SEPA_DEBIT: Method("sepa_debit", _in("EUR", mandates=True), BankDebit, _iban, _DEBIT),
    PaymentMethodType.BANK_TRANSFER: Method("customer_balance", _BANKS, options=_transfer, customer=True),
    PaymentMethodType.KLARNA: Method("klarna", _in(_KLARNA, captures=_HOLDS)),
    PaymentMethodType.AFFIRM: Method("affirm", _in("CAD USD", captures=_HOLDS)),
    PaymentMethodType.AFTERPAY: Method("afterpay_clearpay", _in("AUD CAD GBP NZD USD", captures=_HOLDS)),
    PaymentMethodType.IDEAL: Method("ideal", _in("EUR"), details=lambda it, _: {"bank": it.bank}),
    PaymentMethodType.BOLETO: Method("boleto", _in("BRL", refunds=False), details=_tax_id),
    PaymentMethodType.OXXO: Method("oxxo", _in("MXN", refunds=False)),
    PaymentMethodType.CRYPTO: Method("crypto", _in("USD")),
    PaymentMethodType.ALIPAY: Method("alipay", _in("AUD CAD CNY EUR GBP HKD JPY MYR NZD SGD USD")),
    PaymentMethodType.WECHAT_PAY: Method("wechat_pay", _in(_WECHAT), options=lambda _: {"client": "web"}),
    PaymentMethodType.UPI: Method("upi", _in("INR"), Upi, _upi),
}


def captured(command: Authorize) -> Fields:
    """When the money is to be taken, and the method's own options."""
    row, mode = METHODS[command.method.kind], command.capture_method
    several = {"request_multicapture": "if_available"} if mode is CaptureMethod.MANUAL_MULTIPLE else {}
    when = "automatic" if mode is CaptureMethod.AUTOMATIC else "manual"
    return {"capture_method": when, "payment_method_options": {row.name: {**row.options(command), **several}}}


def paid_with(command: Authorize | SetupMandate) -> Fields:
    """The method of a command: named where Stripe holds it already, else all it asks for, and who the shopper is.

    Raises:
        InvalidCommand: the method is not described the way its kind needs. Nothing was sent.
    """
    row, method = METHODS[command.method.kind], command.method
    consent = _consent(command.shopper) if type(command) in row.consents else None
    fields: Fields = {"allowed_payment_method_types": [row.name], "mandate_data": consent}
    if isinstance(method, StoredMethod):
        return {"payment_method": method.token, **fields}
    if not isinstance(method, row.takes):
        raise invalid(f"stripe: {method.kind} is given as {row.takes.__name__}")
    details, billing = row.details(method, command.shopper), _billing(method, command.shopper)
    return {"payment_method_data": {"type": row.name, row.name: details, "billing_details": billing}, **fields}


def _billing(method: object, shopper: Shopper) -> Fields:
    name, at = getattr(method, "holder", None) or shopper.name, shopper.address
    address = {**asdict(at), "region": None, "state": at.region} if at else None
    return {"name": name, "email": shopper.email, "phone": shopper.phone, "address": address}


def _consent(shopper: Shopper) -> Fields:
    """Given in a browser that we know, or else on paper or by telephone."""
    if not (shopper.ip and shopper.browser):
        return {"customer_acceptance": {"type": "offline"}}
    online = {"ip_address": shopper.ip, "user_agent": shopper.browser.user_agent}
    return {"customer_acceptance": {"type": "online", "online": online}}
