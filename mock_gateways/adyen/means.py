"""What a payment is made with: read, checked, and cut down to what may be kept.

Sources: docs.adyen.com/development-resources/testing (test cards, the prefix test_, holder names, the requested test
acquirer response code), Checkout v72 (payment method details).
"""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING

from mock_gateways.adyen.errors import refuse, unsimulated
from mock_gateways.adyen.store import Means, store_of
from mock_gateways.adyen.tables import CARDS, HOLDER_NAMES, METHODS, PUBLISHED_TYPES, REFUSALS, TRIGGERS
from mock_gateways.core.cards import bare_number, has_expired, is_card_number, is_security_code
from mock_gateways.core.settings import setting

if TYPE_CHECKING:
    from mock_gateways.adyen.tables import Offered
    from mock_gateways.core.manifest import Currency
    from mock_gateways.core.messages import Document
    from mock_gateways.core.tenants import World

_PREFIX = "test_"
_TEST_CODE = "RequestedTestAcquirerResponseCode"
_BEHAVIOURS = {trigger.alias: trigger.causes for trigger in TRIGGERS if "=SIMULATED_" in (trigger.alias or "")}
# Accounts and tokens that cause something by themselves, by kind.
_VALUES = {(trigger.kind, trigger.value): trigger.causes for trigger in TRIGGERS if "=" not in (trigger.alias or "")}
_CARD_TYPES = {"card": "scheme", "": "scheme"}
_TOKENS = {"applepay": "applePayToken", "googlepay": "googlePayToken", "paywithgoogle": "googlePayToken"}
_OWNERS = {"scheme": "holderName", "sepadirectdebit": "ownerName", "ach": "ownerName"}
_CVC_DECLINED, _EXPIRED = "24", "6"


def read_means(world: World, given: Document, currency: Currency | None, more: Document) -> Means:
    """The means of a `paymentMethod`; `more` is the additionalData of the request.

    Raises Refusal for what is missing, not published or not simulated, and for a card that is no published test card.
    """
    kind = given.get("type", "")
    if not isinstance(kind, str):
        raise refuse("14_007")
    stored = given.get("storedPaymentMethodId") or given.get("recurringDetailReference")
    if stored is not None:
        return _stored(world, stored, more)
    offered = _offered(world, _CARD_TYPES.get(kind, kind), currency)
    means = Means(offered.method.name, "", offered.method.kind, offered.method.course)
    _READERS.get(offered.method.name, _read_other)(world, means, given)
    _read_wishes(means, given, more)
    return means


def _offered(world: World, kind: str, currency: Currency | None) -> Offered:
    offered = METHODS.get(kind)
    if offered is None and kind in PUBLISHED_TYPES:
        raise unsimulated(f"The payment method {kind}", "post-payments")
    if offered is None:
        raise refuse("14_007")
    if offered.method.course == "retired":
        raise refuse("905", http=setting(world, "unsupported_method_http"))
    if currency is not None and offered.method.currencies and currency.code not in offered.method.currencies:
        raise refuse("138", f"{currency.code} is not a currency of {kind}.")
    return offered


def _stored(world: World, stored: object, more: Document) -> Means:
    token = store_of(world).tokens.get(stored) if isinstance(stored, str) else None
    if token is None:
        raise refuse("803")
    means = deepcopy(token.means)
    means.three_ds = False
    _read_wishes(means, {}, more)
    return means


def _read_wishes(means: Means, given: Document, more: Document) -> None:
    """What a test asks for: a refusal by number or by holder name, or something that happens later."""
    owner = given.get(_OWNERS.get(means.type, "holderName"))
    family, _, behaviour = _VALUES.get((means.kind, _value(means, given)), "").partition(":")
    if family == "decline":
        means.code = behaviour
    elif family not in ("", "success"):
        means.behaviour = f"{family}:{behaviour}".rstrip(":")
    wish = f"{_OWNERS.get(means.type, 'holderName')}={owner}"
    if wish in _BEHAVIOURS:
        means.behaviour = _BEHAVIOURS[wish]
    code = more.get(_TEST_CODE)
    if isinstance(code, str | int) and str(code) in REFUSALS:
        means.code = str(code)
    elif means.kind == "card" and isinstance(owner, str) and owner in HOLDER_NAMES:
        means.code = HOLDER_NAMES[owner]


def _value(means: Means, given: Document) -> str:
    """What a test value is found by: an account, or the token of a wallet."""
    if means.type == "sepadirectdebit":
        return str(given.get("iban", "")).replace(" ", "").upper()
    if means.type == "ach":
        return f"{given.get('bankLocationId', '')}:{given.get('bankAccountNumber', '')}"
    return str(given.get(_TOKENS.get(means.type, ""), ""))


def _plain(given: Document, name: str, encrypted: str) -> str | None:
    """A card field, in the clear or behind the prefix that stands for encryption in tests."""
    if isinstance(given.get(name), str | int) and not isinstance(given[name], bool):
        return str(given[name]).strip()
    hidden = given.get(encrypted)
    if hidden is None:
        return None
    if not isinstance(hidden, str) or not hidden.startswith(_PREFIX):
        raise refuse("174")
    return hidden.removeprefix(_PREFIX)


def _read_card(world: World, means: Means, given: Document) -> None:
    number = _plain(given, "number", "encryptedCardNumber")
    if number is None:
        raise refuse("918" if "encryptedCard" not in given else "174")
    digits = bare_number(number)
    if not is_card_number(digits):
        raise refuse("101")
    if digits not in CARDS:
        # The number is a real card's, or could be: it is refused before anything is kept.
        raise refuse("101", "Invalid card number: only published test cards are accepted.")
    card = CARDS[digits]
    month, year = _expiry(world, given)
    cvc = _plain(given, "cvc", "encryptedSecurityCode")
    if cvc is not None and not is_security_code(cvc):
        raise refuse("103")
    means.brand, means.three_ds = card.brand, card.causes == "three_ds"
    means.shown = {"cardSummary": digits[-4:], "cardBin": digits[:6], "expiryDate": f"{month}/{year}"}
    means.shown |= {"expiryMonth": month, "expiryYear": year, "issuerCountry": card.country}
    if isinstance(given.get("holderName"), str):
        means.shown["cardHolderName"] = given["holderName"]
    if setting(world, "test_card_details"):
        wrong_cvc = cvc is not None and card.cvc not in ("", cvc)
        expired = (month.zfill(2), year) != (card.expiry_month, card.expiry_year)
        means.code = _EXPIRED if expired else _CVC_DECLINED if wrong_cvc else means.code


def _expiry(world: World, given: Document) -> tuple[str, str]:
    month = _plain(given, "expiryMonth", "encryptedExpiryMonth") or ""
    year = _plain(given, "expiryYear", "encryptedExpiryYear") or ""
    if not (month.isascii() and month.isdigit() and 1 <= int(month[:4]) <= 12):
        raise refuse("129" if not month else "141")
    if not (year.isascii() and year.isdigit() and len(year) == 4 and year > "2000"):
        raise refuse("129" if not year else "141")
    if has_expired(world.clock.now(), int(year), int(month)):
        raise refuse("140")
    return month.zfill(2), year


def _read_wallet(_: World, means: Means, given: Document) -> None:
    token = given.get(_TOKENS[means.type])
    if not isinstance(token, str) or not token:
        raise refuse("14_004")
    # The token is not kept: a real one would hold a real card.
    means.brand = "visa"
    means.shown = {"cardSummary": "1111", "cardBin": "411111"}


def _read_iban(_: World, means: Means, given: Document) -> None:
    iban, owner = given.get("iban"), given.get("ownerName")
    if not isinstance(owner, str) or not owner:
        raise refuse("127")
    compacted = iban.replace(" ", "").upper() if isinstance(iban, str) else ""
    if not (compacted.isascii() and compacted.isalnum() and 15 <= len(compacted) <= 34 and compacted[:2].isalpha()):
        raise refuse("161")
    # Adyen's test accounts do not pass the check digits of ISO 13616, so those are not asked for.
    means.shown = {"iban": f"{compacted[:2]}{'*' * (len(compacted) - 6)}{compacted[-4:]}", "ownerName": owner}


def _read_ach(_: World, means: Means, given: Document) -> None:
    account = _plain(given, "bankAccountNumber", "encryptedBankAccountNumber") or ""
    routing = _plain(given, "bankLocationId", "encryptedBankLocationId") or ""
    if not (account.isascii() and account.isdigit() and routing.isascii() and routing.isdigit() and len(routing) == 9):
        raise refuse("126")
    if not isinstance(given.get("ownerName"), str) or not given["ownerName"]:
        raise refuse("127")
    means.shown = {"bankSummary": account[-4:], "ownerName": given["ownerName"]}


def _read_upi(_: World, means: Means, given: Document) -> None:
    address = given.get("virtualPaymentAddress")
    if not isinstance(address, str) or "@" not in address:
        raise refuse("14_005")
    means.shown = {"ownerName": ""}


def _read_other(_: World, __: Means, ___: Document) -> None:
    """Nothing that these methods send needs to be known."""


_READERS = {
    "scheme": _read_card,
    "applepay": _read_wallet,
    "googlepay": _read_wallet,
    "paywithgoogle": _read_wallet,
    "sepadirectdebit": _read_iban,
    "ach": _read_ach,
    "upi_collect": _read_upi,
}
