"""python -m tests.contracts.library: record the library anew, from our simulators, and say so in every file.

A person with sandbox keys replaces one file by a recording of the same flow; this program then leaves it alone.
"""

import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from contracts.format import Contract, Source, read
from contracts.lock import lock, write
from runtime.core.money import Money
from runtime.core.vocabulary import PaymentMethodType
from tests.contracts.taped import Shop, open_shop

IDEAL = PaymentMethodType.IDEAL
LIBRARY = Path(__file__).parent.parent.parent / "contracts" / "library"
CURRENCY = {"stripe": "EUR", "adyen": "EUR", "razorpay": "INR"}


def _money(shop: Shop, minor: int) -> Money:
    return Money(minor, CURRENCY[shop.name])


def sale(shop: Shop) -> None:
    shop.does("authorize", shop.merchant.order(_money(shop, 12_300)))
    shop.hear()


def hold_and_capture(shop: Shop) -> None:
    held = shop.holds(_money(shop, 12_300))
    shop.does("capture", shop.merchant.capture_of(held, _money(shop, 12_300)))
    shop.hear()


def partial_capture(shop: Shop) -> None:
    held = shop.holds(_money(shop, 12_300))
    shop.does("capture", shop.merchant.capture_of(held, _money(shop, 11_100)))
    shop.hear()


def void(shop: Shop) -> None:
    held = shop.holds(_money(shop, 12_300))
    shop.does("void", shop.merchant.void_of(held))
    shop.hear()


def partial_refunds(shop: Shop) -> None:
    paid = shop.does("authorize", shop.merchant.order(_money(shop, 12_300)))
    shop.gateway.advance(0)
    for minor in (2_300, 10_000):
        shop.does("refund", shop.merchant.refund_of(paid, _money(shop, minor)))
    shop.hear()


def decline(shop: Shop) -> None:
    shop.does("authorize", shop.merchant.order(_money(shop, 12_300), using="declined"))
    shop.hear()


def redirect(shop: Shop) -> None:
    """The shopper is asked, agrees, and comes back."""
    amount = _money(shop, 12_300)
    chosen = {"using": "must authenticate"} if shop.name == "razorpay" else {"method": shop.merchant.method(IDEAL)}
    pending = shop.does("authorize", shop.merchant.order(amount, **chosen))
    returned = shop.browse(pending.next_action.url, b"outcome=approve")
    shop.label("complete")
    shop.merchant.sees(pending, amount, returned)
    shop.hear()


def dispute(shop: Shop) -> None:
    paid = shop.does("authorize", shop.merchant.order(_money(shop, 12_300)))
    shop.gateway.advance(0)
    opened = shop.gateway.dispute(paid.payment_id)
    shop.hear()
    shop.does("accept_dispute", shop.merchant.acceptance_of(opened))
    shop.hear()


FLOWS: Mapping[str, tuple[str, Callable[[Shop], None]]] = {
    "sale": ("A sale: authorised and captured at once", sale),
    "manual-capture": ("A hold, captured whole", hold_and_capture),
    "partial-capture": ("A hold, captured in part", partial_capture),
    "void": ("A hold, released", void),
    "partial-refunds": ("A sale, refunded in two parts", partial_refunds),
    "decline": ("A card that is declined", decline),
    "redirect": ("The shopper is sent away, agrees and comes back", redirect),
    "dispute": ("A sale that is disputed; the merchant accepts", dispute),
}
# What a gateway does not have: docs of each gateway's capabilities (see `python -m runtime`).
LACKS = {"razorpay": {"void", "partial-capture"}}


def record(gateway: str, flow: str, at: datetime) -> Contract:
    title, story = FLOWS[flow]
    shop = open_shop(gateway)
    story(shop)
    return shop.seal(flow, title, at=at, tags=(flow,))


def main() -> None:
    at = datetime.now(UTC)
    for gateway in CURRENCY:
        for flow in FLOWS:
            if flow in LACKS.get(gateway, ()):
                continue
            file = LIBRARY / gateway / f"{flow}.json"
            if file.exists() and read(file).provenance.source is Source.SANDBOX:
                continue
            write(record(gateway, flow, at), file)
            print(f"{gateway}/{flow}", file=sys.stderr)
    lock(LIBRARY)


if __name__ == "__main__":
    main()
