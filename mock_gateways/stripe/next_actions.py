"""What the shopper is asked to do, by type of `next_action`.

Source: the types of the official SDK for this version (PaymentIntent.NextAction); recorded instructions of a bank
transfer in dollars. Every address leads to the page on which a person decides; account numbers are made up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mock_gateways.core.clock import DAY_S
from mock_gateways.stripe.errors import refuse

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mock_gateways.core.messages import Document
    from mock_gateways.core.tenants import World

# Source: docs.stripe.com/payments/boleto, /oxxo: three days unless told otherwise.
VOUCHER_DAYS = 3
_NOWHERE = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))


@dataclass(frozen=True, slots=True)
class Asked:
    """What a next action is made from; `options` are the method's own of `payment_method_options`."""

    world: World
    url: str
    return_url: str | None
    document: Document
    options: Document

    @property
    def currency(self) -> str:
        return str(self.document["currency"])

    def expires(self) -> int:
        return self.world.clock.now() + int(self.options.get("expires_after_days") or VOUCHER_DAYS) * DAY_S


def _redirect(asked: Asked) -> Document:
    return {"return_url": asked.return_url, "url": asked.url}


def _alipay(asked: Asked) -> Document:
    return {"native_data": None, "native_url": None, "return_url": asked.return_url, "url": asked.url}


def _boleto(asked: Asked) -> Document:
    number = asked.world.ids.new("", 12).upper()
    return {"expires_at": asked.expires(), "hosted_voucher_url": asked.url, "number": number, "pdf": f"{asked.url}?pdf"}


def _oxxo(asked: Asked) -> Document:
    number = asked.world.ids.new("", 14).upper()
    return {"expires_after": asked.expires(), "hosted_voucher_url": asked.url, "number": number}


def _wechat(asked: Asked) -> Document:
    return {
        "data": f"weixin://wxpay/bizpayurl?pr={asked.world.ids.new('', 9)}",
        "hosted_instructions_url": asked.url,
        "image_data_url": "data:image/png;base64,",
        "image_url_png": f"{asked.url}?png",
        "image_url_svg": f"{asked.url}?svg",
    }


def _upi(asked: Asked) -> Document:
    expires = asked.world.clock.now() + 300
    code = {"expires_at": expires, "image_url_png": f"{asked.url}?png", "image_url_svg": f"{asked.url}?svg"}
    return {"hosted_instructions_url": asked.url, "qr_code": code}


def _microdeposits(asked: Asked) -> Document:
    return {
        "arrival_date": asked.world.clock.now() + 2 * DAY_S,
        "hosted_verification_url": asked.url,
        "microdeposit_type": "descriptor_code",
    }


def _transfer(asked: Asked) -> Document:
    kind, build = BANK_TRANSFERS[asked.currency]
    wanted = (asked.options.get("bank_transfer") or {}).get("type")
    if wanted != kind:
        at = "payment_method_options[customer_balance][bank_transfer][type]"
        raise refuse(f"Transfers in {asked.currency} are of type {kind}.", param=at)
    return {
        "amount_remaining": asked.document["amount"],
        "currency": asked.currency,
        "financial_addresses": [build(asked)],
        "hosted_instructions_url": asked.url,
        "reference": asked.world.ids.new("", 12).upper(),
        "type": kind,
    }


def _address(kind: str, networks: list[str], **fields: str) -> Document:
    holder = {"account_holder_address": dict(_NOWHERE), "account_holder_name": "Assay", "bank_address": dict(_NOWHERE)}
    return {kind: {**holder, **fields}, "supported_networks": networks, "type": kind}


def _dollars(_: Asked) -> Document:
    account = {"account_number": "000123456789", "account_type": "checking", "routing_number": "110000000"}
    return _address("aba", ["ach", "domestic_wire_us"], bank_name="US Test Bank", **account)


def _euros(asked: Asked) -> Document:
    inner = (asked.options.get("bank_transfer") or {}).get("eu_bank_transfer") or {}
    country = str(inner.get("country", "DE"))
    return _address("iban", ["sepa"], bic="TESTDEFFXXX", country=country, iban="DE89370400440532013000")


def _pounds(_: Asked) -> Document:
    return _address("sort_code", ["bacs", "fps"], account_number="00012345", sort_code="108800")


def _pesos(_: Asked) -> Document:
    return _address("spei", ["spei"], bank_code="000", bank_name="Test Bank", clabe="000000001234567897")


def _yen(_: Asked) -> Document:
    bank = {"bank_code": "0000", "bank_name": "Test Bank", "branch_code": "000", "branch_name": "Test"}
    return _address("zengin", ["zengin"], account_number="0001234", account_type="futsu", **bank)


# Source: docs.stripe.com/payments/bank-transfers; which kind of transfer belongs to a currency.
BANK_TRANSFERS: Mapping[str, tuple[str, Callable[[Asked], Document]]] = {
    "usd": ("us_bank_transfer", _dollars),
    "eur": ("eu_bank_transfer", _euros),
    "gbp": ("gb_bank_transfer", _pounds),
    "mxn": ("mx_bank_transfer", _pesos),
    "jpy": ("jp_bank_transfer", _yen),
}
_BUILDERS: Mapping[str, Callable[[Asked], Document]] = {
    "redirect_to_url": _redirect,
    "alipay_handle_redirect": _alipay,
    "boleto_display_details": _boleto,
    "oxxo_display_details": _oxxo,
    "wechat_pay_display_qr_code": _wechat,
    "upi_handle_redirect_or_display_qr_code": _upi,
    "verify_with_microdeposits": _microdeposits,
    "display_bank_transfer_instructions": _transfer,
}
NEED_RETURN_URL = frozenset({"redirect_to_url", "alipay_handle_redirect"})


def next_action(kind: str, asked: Asked) -> Document:
    """The `next_action` of a type; raises Refusal when the options do not fit the currency."""
    return {kind: _BUILDERS[kind](asked), "type": kind}
