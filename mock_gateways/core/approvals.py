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
# No `form-action`: a browser would apply it to the way back to the shop too.
_HTML = [
    ("Content-Type", "text/html; charset=utf-8"),
    ("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'"),
]
# The style sheets of the dashboard, from where every such page stands; without them it is plain, and works.
_SHEETS = "../../../../static"
_FRAME = f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{{title}}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="{_SHEETS}/bootstrap.css">
<link rel="stylesheet" href="{_SHEETS}/dashboard.css">
</head>
<body>
<main class="hosted card shadow-sm"><div class="card-body">
<h1 class="h5">{{title}}</h1>
{{content}}
</div><p class="card-footer small text-body-secondary mb-0">{{gateway}}, simulated: no real money moves.</p></main>
</body>
</html>
"""
_FORM = """<p>{what}</p>
<form method="post">
<button class="btn btn-success" name="outcome" value="approve">{approve}</button>
<button class="btn btn-outline-danger" name="outcome" value="fail">{fail}</button>
</form>"""


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
        what = f"{approval.amount} for {approval.id}" if approval.amount else approval.id
        return _page(world, 200, title, _FORM.format(what=escape(what), approve=escape(approve), fail=escape(fail)))
    outcome = parse_qs(request.body.decode("ascii", "replace")).get("outcome", [""])[0]
    if outcome not in (APPROVE, FAIL):
        return _page(world, 400, "Not done", "<p>outcome must be approve or fail.</p>")
    decided = decide(world, approval.id, outcome)
    if decided.return_url:
        return Reply(303, headers=[*_HTML, ("Location", decided.return_url)], raw=b"")
    status = decided.document.get("status", "decided")
    return _page(world, 200, "Done", f"<p>{escape(approval.id)} is now {escape(str(status))}.</p>")


def _page(world: World, status: int, title: str, content: str) -> Reply:
    gateway = escape(world.gateway.title)
    text = _FRAME.format(title=escape(title), content=content, gateway=gateway)
    return Reply(status, headers=list(_HTML), raw=text.encode())
