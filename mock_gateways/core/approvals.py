"""What waits for somebody: a shopper, a bank. One control call decides it, or a person on a plain hosted page."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from mock_gateways.core.messages import Document, Reply

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mock_gateways.core.messages import Request
    from mock_gateways.core.tenants import World

APPROVE, FAIL = "approve", "fail"

# What waits: its title, and what the buttons for "approve" and "fail" say.
KINDS: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {
        "three_d_secure": ("3D Secure challenge", "Approve", "Fail"),
        "redirect": ("Payment at the shopper's bank or wallet", "Approve", "Decline"),
        "voucher": ("Voucher", "Pay it", "Let it expire"),
        "transfer": ("Bank transfer", "Send the money", "Let it expire"),
        "settlement": ("Debit under way at the bank", "Settle", "Return"),
        "microdeposits": ("Bank account to be verified", "Verify", "Fail"),
        "mandate": ("Consent to later charges", "Give", "Refuse"),
        "dispute": ("Dispute at the shopper's bank", "Decide for the merchant", "Decide for the shopper"),
    }
)
_HTML = [("Content-Type", "text/html; charset=utf-8"), ("Content-Security-Policy", "default-src 'none'")]
_HEAD = '<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><title>{title}</title>'
_FORM = """<h1>{title}</h1>
<p>{amount} for {id}</p><form method="post">
<button name="outcome" value="approve">{approve}</button>
<button name="outcome" value="fail">{fail}</button></form></html>
"""


@dataclass(frozen=True, slots=True)
class Approval:
    """What waits under an id: a payment, a mandate or a dispute. `kind` is one of KINDS.

    `amount` is what a person reads, in major units with the currency, or empty where no money is at stake.
    """

    id: str
    kind: str
    at: int
    url: str
    amount: str = ""

    def document(self) -> Document:
        return {"id": self.id, "kind": self.kind, "at": self.at, "url": self.url, "amount": self.amount}


@dataclass(frozen=True, slots=True)
class Decided:
    """What came of a decision: the object as it is now, and where the shopper's browser goes back to."""

    document: Document
    return_url: str | None = None


def await_decision(world: World, origin: str, identity: str, kind: str, amount: str = "") -> Approval:
    """Note that something waits; `url` of what is returned is the page where a person can decide it."""
    url = f"{origin}/_mock/tenants/{world.id}/approvals/{identity}/page"
    approval = world.approvals[identity] = Approval(identity, kind, world.clock.now(), url, amount)
    return approval


def decide(world: World, identity: str, outcome: str) -> Decided:
    """Carry out what was decided about something that waits: "approve" or "fail"."""
    approval = world.approvals.pop(identity)
    return world.gateway.approve(world, approval, outcome)


def page(world: World, request: Request) -> Reply:
    """The page of something that waits, or what comes of its form: back to the shop when there is a return address."""
    approval = world.approvals[request.ids["payment"]]
    title, approve, fail = KINDS[approval.kind]
    if request.method == "GET":
        shown = {"title": title, "approve": approve, "fail": fail, "amount": approval.amount, "id": approval.id}
        return _page(200, (_HEAD + _FORM).format(**{name: escape(value) for name, value in shown.items()}))
    outcome = parse_qs(request.body.decode("ascii", "replace")).get("outcome", [""])[0]
    if outcome not in (APPROVE, FAIL):
        return _page(400, "<!doctype html><p>outcome must be approve or fail.</p>")
    decided = decide(world, approval.id, outcome)
    if decided.return_url:
        return Reply(303, headers=[*_HTML, ("Location", decided.return_url)], raw=b"")
    status = decided.document.get("status", "decided")
    text = f"{_HEAD}<p>{{id}} is now {{status}}.</p></html>"
    return _page(200, text.format(title="Done", id=escape(approval.id), status=escape(str(status))))


def _page(status: int, text: str) -> Reply:
    return Reply(status, headers=list(_HTML), raw=text.encode())
