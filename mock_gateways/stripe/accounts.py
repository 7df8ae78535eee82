"""Bank accounts at the door: only published test accounts come in, and only their last four characters are kept.

Sources: docs.stripe.com/payments/sepa-debit/accept-a-payment, docs.stripe.com/payments/ach-direct-debit (the numbers);
the objects as recorded (SEPA) and as the SDK of this version types them (ACH).
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

from mock_gateways.stripe.errors import refuse, refuse_begun
from mock_gateways.stripe.tables import ACCOUNT_BY_VALUE

if TYPE_CHECKING:
    from mock_gateways.core.messages import Document
    from mock_gateways.core.tenants import World
    from mock_gateways.stripe.tables import Account


def read_iban(world: World, given: Document, param: str) -> tuple[Account, Document]:
    """The published account of `sepa_debit[iban]`, and the hash that a PaymentMethod shows.

    Raises Refusal for an IBAN that is malformed, no test value, or published to be refused.
    """
    iban = _needed(given, "iban", param).replace(" ", "").upper()
    if not _checks(iban):
        raise refuse("The IBAN is invalid.", param=f"{param}[iban]", code="payment_method_invalid_parameter")
    account = _published("sepa_debit", iban, f"{param}[iban]")
    if account.family == "refused":
        raise refuse_begun("The bank of this account takes no debits.", code=account.behaviour, param=f"{param}[iban]")
    return account, sepa_object(world, account)


def read_us_account(world: World, given: Document, param: str) -> tuple[Account, Document]:
    """The published account of `us_bank_account`, and the hash that a PaymentMethod shows."""
    routing, number = _needed(given, "routing_number", param), _needed(given, "account_number", param)
    _needed(given, "account_holder_type", param)
    account = _published("us_bank_account", f"{routing}:{number}", f"{param}[account_number]")
    return account, us_object(world, account, given)


def _needed(given: Document, name: str, param: str) -> str:
    if name not in given:
        raise refuse(f"Missing required param: {param}[{name}].", param=f"{param}[{name}]", code="parameter_missing")
    return str(given[name])


def _checks(iban: str) -> bool:
    """ISO 7064 MOD 97-10."""
    if not (15 <= len(iban) <= 34 and iban.isascii() and iban.isalnum() and iban[:2].isalpha()):
        return False
    return int("".join(str(int(sign, 36)) for sign in iban[4:] + iban[:4])) % 97 == 1


def _published(kind: str, value: str, param: str) -> Account:
    account = ACCOUNT_BY_VALUE.get(value)
    if account is None or account.type != kind:
        # The account is a real one, or could be: it is refused before anything is kept.
        message = "In test mode only published test accounts are accepted."
        raise refuse(message, param=param, code="payment_method_invalid_parameter_testmode")
    return account


def sepa_object(world: World, account: Account) -> Document:
    iban = account.value
    german = iban.startswith("DE")
    return {
        "bank_code": iban[4:12] if german else iban[4:9],
        "branch_code": "",
        "country": iban[:2],
        "fingerprint": _fingerprint(world, account),
        "generated_from": {"charge": None, "setup_attempt": None},
        "last4": iban[-4:],
    }


def us_object(world: World, account: Account, given: Document) -> Document:
    routing, _, number = account.value.partition(":")
    return {
        "account_holder_type": given.get("account_holder_type", "individual"),
        "account_type": given.get("account_type", "checking"),
        "bank_name": "STRIPE TEST BANK",
        "financial_connections_account": None,
        "fingerprint": _fingerprint(world, account),
        "last4": number[-4:],
        "networks": {"preferred": "ach", "supported": ["ach"]},
        "routing_number": routing,
        "status_details": {},
    }


def _fingerprint(world: World, account: Account) -> str:
    return blake2b(f"{world.id}{account.value}".encode(), digest_size=8).hexdigest()
