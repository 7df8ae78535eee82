"""A last look through what is about to be shown: what should not be there stops all of it.

Sources of how test keys begin: docs.stripe.com/keys, docs.stripe.com/webhooks, razorpay.com/docs/api/authentication.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from contracts.redact import Redactor

__all__ = ["SecretFound", "findings", "look_through"]

# Adyen's keys begin with what any word may hold, so there it is the beginning of those that the suite makes.
_KEY_PREFIXES = ("sk_test_", "sk_live_", "rk_test_", "rk_live_", "whsec_", "rzp_test_", "rzp_live_", "AQEassay")


class SecretFound(ValueError):
    """Something secret was about to be written; the message names page and kind, never the thing."""


def findings(text: str, canaries: Sequence[str]) -> list[str]:
    """The kinds of what should not be there: card numbers, card codes, keys, and what the caller planted."""
    return sorted(set(_redactor(tuple(canaries)).findings(text)))


def look_through(pages: Mapping[str, str], canaries: Iterable[str]) -> None:
    """Look through every page.

    Raises:
        SecretFound: naming every page that holds something.
    """
    planted = tuple(canaries)
    found = {name: findings(text, planted) for name, text in pages.items()}
    if bad := [f"{name}: {', '.join(kinds)}" for name, kinds in found.items() if kinds]:
        raise SecretFound("\n".join(bad))


@cache
def _redactor(canaries: tuple[str, ...]) -> Redactor:
    return Redactor({f"canary {number}": value for number, value in enumerate(canaries, 1)}, prefixes=_KEY_PREFIXES)
