"""Who decides what waits: an approval's kind, and what it is about, name the function that carries it out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_gateways.stripe.attempts import finish_authentication
from mock_gateways.stripe.checkout import finish_session
from mock_gateways.stripe.debits import finish_settlement
from mock_gateways.stripe.disputes import judge
from mock_gateways.stripe.local_payments import finish_action
from mock_gateways.stripe.setup_confirmations import finish_setup
from mock_gateways.stripe.verification import finish_proof

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mock_gateways.core.approvals import Approval, Decided
    from mock_gateways.core.tenants import World

# By the prefix of the id where one kind of approval is about several types of object.
_BY_PREFIX: Mapping[str, Callable[[World, Approval, str], Decided]] = {
    "seti_": finish_setup,
    "cs_test_": finish_session,
}
_BY_KIND: Mapping[str, Callable[[World, Approval, str], Decided]] = {
    "three_d_secure": finish_authentication,
    "redirect": finish_action,
    "voucher": finish_action,
    "transfer": finish_action,
    "microdeposits": finish_proof,
    "settlement": finish_settlement,
    "dispute": judge,
}


def approve(world: World, approval: Approval, outcome: str) -> Decided:
    """Carry out what was decided, "approve" or "fail"."""
    for prefix, decide in _BY_PREFIX.items():
        if approval.id.startswith(prefix):
            return decide(world, approval, outcome)
    return _BY_KIND[approval.kind](world, approval, outcome)
