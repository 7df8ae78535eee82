"""The gateways that tests meet, found and not listed: a test that is about none of them names none."""

from runtime import registry
from suites import profiles
from tests.capabilities import built_in

__all__ = ["CERTIFIABLE", "NARROWEST", "WIDEST"]


def _is_certifiable(name: str) -> bool:
    try:
        profiles.find(registry.find(name).gateway)
    except profiles.UnknownProfile:
        return False
    return True


def _breadth(name: str) -> tuple[int, int]:
    connector = registry.find(name)
    return len(connector.flows), len(connector.capabilities.payment_methods)


CERTIFIABLE = tuple(name for name in built_in() if _is_certifiable(name))
WIDEST = max(CERTIFIABLE, key=_breadth)
"""The connector that claims most: what is asked of any is asked of it."""
NARROWEST = min(CERTIFIABLE, key=_breadth)
"""The one that claims least, where a whole run is wanted and as few cases as can be."""
