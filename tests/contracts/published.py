"""What gateways publish of their signatures, and what no signature may be believed of."""

import json
from pathlib import Path

from contracts.signers import holds

FACTS = Path(__file__).parent.parent / "facts"


def vectors(gateway: str) -> list[dict]:
    return json.loads((FACTS / gateway / "webhook_vectors.json").read_text())["vectors"]


def holds_of_nothing_else(scheme: str, secret: str, other: str, headers: dict[str, str], body: bytes) -> bool:
    """Whether a scheme believes a delivery as it came, and neither another body, nor another secret, nor none of it."""
    assert holds(scheme, secret, headers, body)
    altered = body.replace(b"1", b"2") if b"1" in body else body + b" "
    forged = [(secret, headers, altered), (other, headers, body), (secret, {}, b"{}"), (secret, {}, b"\xff")]
    return not any(holds(scheme, *one) for one in forged)
