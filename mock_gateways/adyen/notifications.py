"""Standard webhooks: each event is one item, signed for each endpoint that asked for it.

Source: Webhooks v1 (items and what their additionalData may hold), docs.adyen.com/development-resources/webhooks.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

from mock_gateways.adyen.signing import envelope, items_of, signature, with_signature
from mock_gateways.adyen.store import store_of
from mock_gateways.core.endpoints import Endpoint
from mock_gateways.core.messages import compact
from mock_gateways.core.settings import setting

if TYPE_CHECKING:
    from mock_gateways.adyen.store import Payment
    from mock_gateways.core.messages import Document
    from mock_gateways.core.tenants import World

_AMSTERDAM = timezone(timedelta(hours=1))
AUTHORISATION_OPERATIONS = ["CANCEL", "CAPTURE", "REFUND"]
# 9, 18 and 27 seconds at once, then a queue: 2, 5, 10, 15, 30 minutes, 1, 2, 4 and 8 hours, then every 8 hours for 30
# days. Source: docs.adyen.com/development-resources/webhooks/troubleshoot. That the queue of an endpoint is blocked by
# its first delivery is not simulated.
RETRY_AFTER_S = (9, 18, 27, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, *(28_800,) * 90)


def listen(world: World, url: str, events: list[str]) -> str:
    """Register a standard webhook as the Customer Area does; the hexadecimal HMAC key its items are signed with."""
    secret = hashlib.sha256(world.ids.new("", 32).encode()).hexdigest().upper()
    store_of(world).endpoints.append(Endpoint(url, tuple(map(str, events)), secret))
    return secret


def event_date(at: int) -> str:
    return datetime.fromtimestamp(at, _AMSTERDAM).isoformat()


def utc_date(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def notify(
    world: World,
    code: str,
    payment: Payment,
    *,
    success: bool = True,
    psp: str | None = None,
    value: int | None = None,
    reference: str | None = None,
    reason: str = "",
    more: Document | None = None,
    **fields: object,
) -> None:
    """Tell every endpoint of an event about a payment; `psp` is that of the modification or dispute it tells of."""
    item: Document = {
        "additionalData": dict(more or {}),
        "amount": {"currency": payment.currency, "value": payment.value if value is None else value},
        "eventCode": code,
        "eventDate": event_date(world.clock.now()),
        "merchantAccountCode": payment.account,
        "merchantReference": payment.reference if reference is None else reference,
    }
    if psp is not None and psp != payment.psp:
        item["originalReference"] = payment.psp
    item |= {"paymentMethod": payment.means.brand or payment.means.type, "pspReference": psp or payment.psp}
    item |= {"reason": reason, "success": "true" if success else "false", **fields}
    post(world, item)


def post(world: World, item: Document) -> None:
    """Write the deliveries of an item."""
    code = item["eventCode"]
    for endpoint in store_of(world).endpoints:
        if endpoint.wants(code):
            _deliver(world, endpoint, with_signature(item, signature(endpoint.secret, item)))


def post_body(world: World, kind: str, event: str, document: Document) -> None:
    """Write the deliveries of a webhook that is no list of items; it is signed in a header when it leaves."""
    for endpoint in store_of(world).endpoints:
        if endpoint.wants(kind):
            endpoint.write(world, event, kind, compact(document))


def _deliver(world: World, endpoint: Endpoint, item: Document) -> None:
    if _joined(world, endpoint, item):
        return
    code = item["eventCode"]
    delivery = endpoint.write(world, f"{code}_{item['pspReference']}", code, envelope([item]))
    if delivery.missigned:
        # The signature is part of the body, which nobody signs anew on its way.
        delivery.body = envelope([with_signature(item, signature(f"other than {endpoint.secret}", item))])


def _joined(world: World, endpoint: Endpoint, item: Document) -> bool:
    """Whether the item could go along with the last delivery that has not left."""
    most = setting(world, "items_per_delivery")
    waiting = [entry for entry in world.outbox.pending() if entry.url == endpoint.url] if most > 1 else []
    if not waiting or waiting[-1].attempts or waiting[-1].due != world.clock.now():
        return False
    items = items_of(waiting[-1].body)
    if len(items) >= most:
        return False
    waiting[-1].body = envelope([*items, item])
    return True
