"""What placeholders stand for when a contract is used: given values, the environment's, published cards, fakes."""

from collections.abc import Mapping
from typing import Any

from contracts.format import Contract
from contracts.placeholders import mint
from contracts.policy import brand_of, load

__all__ = ["card_values", "patterns_of", "starting_values"]


def patterns_of(contract: Contract) -> dict[str, str]:
    """The shape of each capture and secret. What the merchant chooses may have any: the next merchant's is another."""
    return {
        name: ".{1,255}" if capture.source == "request" else capture.pattern
        for step in contract.steps
        for name, capture in step.capture.items()
    }


def card_values(contract: Contract) -> dict[str, str]:
    """The published test cards of a contract, with what is derived from each."""
    if not contract.cards:
        return {}
    policy = load(contract.gateway)
    pans = {card.name: card.pan for card in policy.cards}
    parts = {name: _parts(pans[name], brand_of(policy, pans[name])) for name in contract.cards}
    return {f"card.{name}.{part}": value for name, row in parts.items() for part, value in row.items()}


def _parts(pan: str, brand: str | None) -> dict[str, str]:
    return {"pan": pan, "last4": pan[-4:], "bin": pan[:6], "bin8": pan[:8]} | ({"brand": brand} if brand else {})


def starting_values(
    contract: Contract, given: Mapping[str, str], environment: Mapping[str, str], seed: str
) -> dict[str, Any]:
    """Every secret's value: as given, from the environment, its fake, or one of its shape."""
    values: dict[str, Any] = card_values(contract) | dict(given)
    for name, secret in contract.secrets.items():
        found = given.get(name) or (environment.get(secret.env) if secret.env else None)
        values[name] = found or secret.fake
        if values[name] is None:
            values[name] = mint(secret.pattern or "[0-9a-zA-Z]{24}", f"{seed}:{name}")
    return values
