"""What each payment method shows of itself: on the PaymentMethod, and on the charge that was paid with it.

Source: the types of the official SDK for this version (PaymentMethod, Charge.PaymentMethodDetails); a recorded charge
for SEPA. A method without a row here shows an empty hash.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_gateways.stripe.accounts import read_iban, read_us_account
from mock_gateways.stripe.errors import refuse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mock_gateways.core.messages import Document
    from mock_gateways.core.tenants import World
    from mock_gateways.stripe.store import Method
    from mock_gateways.stripe.tables import Account

_PAYER = {"country": "US", "payer_email": None, "payer_id": None}
_SHOWN: Mapping[str, Document] = {
    "ideal": {"bank": None, "bic": None},
    "klarna": {"dob": {}},
    "paypal": _PAYER,
    "upi": {"vpa": None},
}
# The fields of a charge's details that the PaymentMethod does not have, and those that it has and the charge has not.
_CHARGED: Mapping[str, Document] = {
    "affirm": {"transaction_id": None},
    "afterpay_clearpay": {"order_id": None, "reference": None},
    "alipay": {"buyer_id": None, "fingerprint": None, "transaction_id": None},
    "crypto": {"buyer_address": None, "network": "base", "token_currency": "usdc", "transaction_hash": None},
    "ideal": {"generated_sepa_debit": None, "generated_sepa_debit_mandate": None, "iban_last4": None}
    | {"transaction_id": None, "verified_name": None},
    "klarna": {"payer_details": None, "payment_method_category": "pay_later", "preferred_locale": "en-US"},
    "oxxo": {"number": None},
    "paypal": {"payer_name": None, "seller_protection": None, "transaction_id": None},
    "sepa_debit": {"mandate": None},
    "us_bank_account": {"mandate": None, "payment_reference": None},
    "wechat_pay": {"fingerprint": None, "transaction_id": None},
}
_NOT_CHARGED = frozenset({"dob", "generated_from", "networks", "status_details", "financial_connections_account"})


def read_hash(world: World, kind: str, given: Document, param: str) -> tuple[Account | None, Document]:
    """The test account behind a method's own parameters, if it has one, and its hash.

    Raises Refusal for parameters that are missing, and for accounts that are no published test values.
    """
    if kind == "sepa_debit":
        return read_iban(world, given, param)
    if kind == "us_bank_account":
        return read_us_account(world, given, param)
    if kind == "boleto":
        return None, {"tax_id": _tax_id(given, param)}
    return None, {name: given.get(name, value) for name, value in _SHOWN.get(kind, {}).items()}


def _tax_id(given: Document, param: str) -> str:
    """A CPF has eleven digits, a CNPJ fourteen."""
    at = f"{param}[tax_id]"
    if "tax_id" not in given:
        raise refuse(f"Missing required param: {at}.", param=at, code="parameter_missing")
    text = str(given["tax_id"])
    if len([sign for sign in text if sign.isdigit()]) not in (11, 14):
        raise refuse("The tax id is invalid.", param=at, code="tax_id_invalid")
    return text


def charged_hash(method: Method, mandate: str | None) -> Document:
    """The method's part of `payment_method_details`."""
    kind = method.document["type"]
    shown = {name: value for name, value in method.document[kind].items() if name not in _NOT_CHARGED}
    charged = {**shown, **_CHARGED.get(kind, {})}
    if "mandate" in charged:
        charged["mandate"] = mandate
    return charged
