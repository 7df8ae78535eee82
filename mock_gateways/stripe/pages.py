"""The bank's page of a 3D Secure challenge, as plain HTML: two buttons, each of which finishes the payment."""

from __future__ import annotations

from decimal import Decimal
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from mock_gateways.core.messages import Refusal, Reply
from mock_gateways.stripe.attempts import finish_authentication, return_address
from mock_gateways.stripe.lookup import find_intent

if TYPE_CHECKING:
    from mock_gateways.core.messages import Request
    from mock_gateways.core.tenants import World

_HTML = [("Content-Type", "text/html; charset=utf-8"), ("Content-Security-Policy", "default-src 'none'")]
_FORM = """<!doctype html><html lang="en"><meta name="viewport" content="width=device-width">
<title>3D Secure test page</title><h1>3D Secure test page</h1>
<p>{amount} {currency} for payment {payment}</p><form method="post">
<button name="outcome" value="approve">Approve</button> <button name="outcome" value="fail">Fail</button></form></html>
"""
_DONE = """<!doctype html><html lang="en"><title>Done</title><p>Payment {payment} is now {status}.</p></html>
"""


def challenge_page(world: World, request: Request) -> Reply:
    """The form, or what comes of sending it: back to the shop when there is a return_url."""
    intent = find_intent(world, request.ids["payment"])
    document = intent.document
    if request.method == "GET":
        # What a shopper sees is in major units, never the number on the wire.
        amount = Decimal(document["amount"]).scaleb(-intent.exponent)
        shown = {"amount": f"{amount:f}", "currency": document["currency"].upper(), "payment": document["id"]}
        return _page(200, _FORM.format(**{name: escape(str(value)) for name, value in shown.items()}))
    outcome = parse_qs(request.body.decode("ascii", "replace")).get("outcome", [""])[0]
    if outcome not in ("approve", "fail"):
        raise Refusal(_page(400, "<!doctype html><p>outcome must be approve or fail.</p>"), began=False)
    action = document["next_action"] or {}
    return_url = action.get("redirect_to_url", {}).get("return_url")
    finish_authentication(world, document["id"], outcome)
    if return_url:
        address = return_address(document, return_url)
        return Reply(303, headers=[*_HTML, ("Location", address)], raw=b"")
    return _page(200, _DONE.format(payment=escape(document["id"]), status=escape(document["status"])))


def _page(status: int, text: str) -> Reply:
    return Reply(status, headers=list(_HTML), raw=text.encode())
