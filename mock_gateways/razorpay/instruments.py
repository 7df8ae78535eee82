"""What a payment is made with, read at the door: only published test cards come in, and of them only what is shown.

Sources: razorpay.com/docs/payments/payments/test-card-details, /test-upi-details and the S2S pages of each method.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mock_gateways.core.cards import bare_number, full_year, has_expired, is_card_number
from mock_gateways.razorpay.errors import refuse, refuse_reason, unsimulated
from mock_gateways.razorpay.lookup import find_token
from mock_gateways.razorpay.tables import CARDS, CAUSES, HOLDERS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mock_gateways.core.messages import Document
    from mock_gateways.core.tenants import World
    from mock_gateways.razorpay.tables import PublishedCard

_VPA = re.compile(r"[A-Za-z0-9._-]{2,256}@[A-Za-z][A-Za-z0-9]{1,63}")
_BANK = re.compile(r"[A-Z]{4}(_[A-Z])?")
_WALLET = re.compile(r"[a-z]{3,30}")
_ACCOUNT = re.compile(r"[0-9]{4,17}")
_ACCOUNT_TYPES = ("personal_savings", "personal_checking", "business_savings", "business_checking")
# Which currency a method is limited to. Sources: the page of each method; for UPI its published error.
_ONLY = {"upi": "INR", "netbanking": "INR", "ach": "USD"}


@dataclass(frozen=True, slots=True)
class Instrument:
    """The fields it gives a payment, what it causes, and the code beside a reason; a card is shown with the payment."""

    fields: Document
    causes: str = "redirect"
    code: str = ""
    card: Document | None = None
    expiry: tuple[int, int] | None = None
    token: str | None = field(default=None)


def read_instrument(world: World, given: Document) -> Instrument:
    """The instrument of a payment; raises Refusal for what Razorpay, or a simulator, does not take."""
    method = given["method"]
    reader = _READERS.get(method)
    if reader is None:
        raise unsimulated(f"method {method}")
    if given["currency"] != _ONLY.get(method, given["currency"]):
        raise refuse(f"The currency should be {_ONLY[method]} when method is {method}", field="currency")
    return reader(world, given)


def _card(world: World, given: Document) -> Instrument:
    if "token" in given:
        return _saved(world, given)
    details = given.get("card") or {}
    moto = given.get("auth_type") == "skip"
    for name in ("number", "expiry_month", "expiry_year", *(() if moto else ("cvv",))):
        if details.get(name) in (None, ""):
            raise refuse(f"The card.{name} field is required.", field=f"card.{name}")
    expiry = (details["expiry_month"], full_year(details["expiry_year"]))
    _check_expiry(world, expiry)
    if not re.fullmatch(r"[0-9]{3,4}", details.get("cvv") or "000"):
        raise refuse_reason("incorrect_cvv", "The card's security code is not valid.", field="card.cvv")
    published = _published(bare_number(details["number"]))
    card = card_document(world, published, details.get("name", ""))
    fields = {"card_id": card["id"], "international": published.international, "acquirer_data": {"auth_code": None}}
    causes = HOLDERS.get(details.get("name", ""), published.causes)
    return Instrument(fields, causes, published.code, card, expiry)


def _check_expiry(world: World, expiry: tuple[int, int]) -> None:
    month, year = expiry
    if not (1 <= month <= 12 and 2000 <= year < 2100):
        raise refuse_reason("incorrect_card_expiry_date", "The card's expiry is not valid.", field="card.expiry_month")
    if has_expired(world.clock.now(), year, month):
        raise refuse_reason("card_expired", "The card has expired.", field="card.expiry_year")


def _published(number: str) -> PublishedCard:
    if not is_card_number(number):
        raise refuse_reason("card_number_invalid", "The card number is not valid.", field="card.number")
    if number not in CARDS:
        # The number is a real card's, or could be: it is refused before anything is kept.
        text = "Only published test cards are accepted in test mode."
        raise refuse_reason("card_number_invalid", text, field="card.number")
    return CARDS[number]


def card_document(world: World, card: PublishedCard, name: str) -> Document:
    """A card as it is shown: no more of its number than the last four digits."""
    return {
        "id": world.ids.new("card_", 14),
        "entity": "card",
        "name": name,
        "last4": card.number[-4:],
        "network": card.network,
        "type": card.type,
        "issuer": None,
        "international": card.international,
        "emi": False,
        "sub_type": "consumer",
        "token_iin": None,
    }


def _saved(world: World, given: Document) -> Instrument:
    """A card that was saved before; its security code is not needed."""
    if "customer_id" not in given:
        raise refuse("The customer_id field is required.", field="customer_id")
    token = find_token(world, given["token"], given["customer_id"], "token")
    card = {"id": world.ids.new("card_", 14), **token.document.get("card", {})}
    fields = {"card_id": card["id"], "token_id": given["token"], "acquirer_data": {"auth_code": None}}
    return Instrument(fields, token.causes, token.code, card, token=given["token"])


def _upi(_: World, given: Document) -> Instrument:
    upi = given.get("upi") or {}
    vpa, flow = upi.get("vpa") or given.get("vpa"), upi.get("flow", "collect")
    if flow == "intent":
        fields = {"upi": {"payer_account_type": "bank_account", "vpa": None, "flow": "intent"}}
        return Instrument({**fields, "acquirer_data": {"rrn": None}})
    if flow != "collect":
        raise unsimulated(f"upi.flow {flow}")
    if not vpa:
        raise refuse("The vpa field is required.", field="vpa")
    if not _VPA.fullmatch(vpa):
        raise refuse_reason("invalid_vpa", "The UPI address is not valid.", field="vpa")
    fields = {"vpa": vpa, "upi": {"payer_account_type": "bank_account", "vpa": vpa, "flow": "collect"}}
    return Instrument({**fields, "acquirer_data": {"rrn": None}}, CAUSES.get(vpa, "redirect"))


def _netbanking(_: World, given: Document) -> Instrument:
    bank = given.get("bank")
    if not bank:
        raise refuse("The bank field is required.", field="bank")
    if not _BANK.fullmatch(bank):
        raise refuse_reason("bank_not_enabled", "The bank is not enabled for this account.", field="bank")
    return Instrument({"bank": bank, "acquirer_data": {"bank_transaction_id": None}})


def _wallet(_: World, given: Document) -> Instrument:
    wallet = given.get("wallet")
    if not wallet:
        raise refuse("The wallet field is required.", field="wallet")
    if not _WALLET.fullmatch(wallet):
        raise refuse("The selected wallet is invalid.", field="wallet")
    if wallet != "paypal" and given["currency"] != "INR":
        raise refuse("The currency should be INR when method is wallet", field="currency")
    international = given["currency"] != "INR"
    return Instrument({"wallet": wallet, "international": international, "acquirer_data": {"transaction_id": None}})


def _ach(_: World, given: Document) -> Instrument:
    """An American account; of its number only the last four digits are kept."""
    account = given.get("bank_account") or {}
    number, routing = account.get("account_number", ""), account.get("bank_code", "")
    if not _ACCOUNT.fullmatch(number):
        raise _invalid_account("account number", "invalid_account_number")
    if account.get("bank_code_category") != "routing_number" or not passes_aba(routing):
        raise _invalid_account("bank code", "invalid_bank_code")
    if account.get("account_type") not in _ACCOUNT_TYPES:
        raise _invalid_account("account type", "invalid_account_type")
    shown = {**account, "last_4": f"xxxxxxx{number[-4:]}", "bank_name": None}
    del shown["account_number"]
    fields = {"bank_account": shown, "acquirer_data": {"bank_transaction_id": None}}
    return Instrument(fields, CAUSES.get(f"{routing}:{number}", "success"))


def _invalid_account(what: str, reason: str) -> Exception:
    text = f"The {what} is not valid."
    return refuse(text, source="customer", step="validation", reason=reason, field="bank_account")


def passes_aba(routing: str) -> bool:
    """Whether the check digit of an American routing number is right (the rule is on Razorpay's page on ACH)."""
    if not re.fullmatch(r"[0-9]{9}", routing):
        return False
    return sum(int(digit) * (3, 7, 1)[index % 3] for index, digit in enumerate(routing)) % 10 == 0


_READERS: Mapping[str, Callable[[World, Document], Instrument]] = {
    "card": _card,
    "upi": _upi,
    "netbanking": _netbanking,
    "wallet": _wallet,
    "ach": _ach,
}
