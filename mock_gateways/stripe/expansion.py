"""`expand[]`: an id replaced by its object. Source: docs.stripe.com/expand (at most four levels; `data.` in lists)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_gateways.core.shelf import Window
from mock_gateways.stripe.errors import refuse
from mock_gateways.stripe.store import store_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_gateways.core.messages import Document
    from mock_gateways.core.tenants import World

DEEPEST = 4


def _charge(world: World, object_id: str) -> Document | None:
    return store_of(world).charges.get(object_id)


def _method(world: World, object_id: str) -> Document | None:
    method = store_of(world).methods.get(object_id)
    return method.document if method else None


def _intent(world: World, object_id: str) -> Document | None:
    intent = store_of(world).intents.get(object_id)
    return intent.document if intent else None


def _customer(world: World, object_id: str) -> Document | None:
    return store_of(world).customers.get(object_id)


def _balance_transaction(world: World, object_id: str) -> Document | None:
    return store_of(world).balance_transactions.get(object_id)


def _mandate(world: World, object_id: str) -> Document | None:
    return store_of(world).mandates.get(object_id)


def _setup(world: World, object_id: str) -> Document | None:
    setup = store_of(world).setups.get(object_id)
    return setup.document if setup else None


def _attempt(world: World, object_id: str) -> Document | None:
    return store_of(world).setup_attempts.get(object_id)


def _line_items(world: World, session: str) -> Document | None:
    found = store_of(world).sessions.get(session)
    url = f"/v1/checkout/sessions/{session}/line_items"
    return {"object": "list", "data": found.items, "has_more": False, "url": url} if found else None


def _nothing(_: World, __: str) -> None:
    """Fields that Stripe lets one expand and that are always null here."""


def refund_list(world: World, charge: str) -> Document:
    """The refunds of a charge, as the list that a charge shows when it is expanded."""
    refunds, more = store_of(world).refunds.page(Window(10), ("charge", charge))
    return {"object": "list", "data": refunds, "has_more": more, "url": f"/v1/charges/{charge}/refunds"}


# Lists that an object shows only when they are expanded.
_LISTS = frozenset({"refunds", "line_items"})
_LOADERS: dict[str, dict[str, Callable[[World, str], Document | None]]] = {
    "payment_intent": {
        "latest_charge": _charge,
        "payment_method": _method,
        "customer": _customer,
        **dict.fromkeys(("application", "on_behalf_of", "review"), _nothing),
    },
    "charge": {
        "payment_intent": _intent,
        "customer": _customer,
        "balance_transaction": _balance_transaction,
        "refunds": refund_list,
        **dict.fromkeys(("application", "application_fee", "on_behalf_of", "review", "transfer"), _nothing),
        **dict.fromkeys(("failure_balance_transaction", "source_transfer"), _balance_transaction),
    },
    "refund": {
        "charge": _charge,
        "payment_intent": _intent,
        "payment_method": _method,
        "customer": _customer,
        "balance_transaction": _balance_transaction,
        "failure_balance_transaction": _balance_transaction,
        **dict.fromkeys(("source_transfer_reversal", "transfer_reversal"), _nothing),
    },
    "payment_method": {"customer": _customer},
    "setup_intent": {
        "customer": _customer,
        "latest_attempt": _attempt,
        "mandate": _mandate,
        "payment_method": _method,
        "single_use_mandate": _mandate,
        **dict.fromkeys(("application", "on_behalf_of"), _nothing),
    },
    "setup_attempt": {"customer": _customer, "payment_method": _method, "setup_intent": _setup},
    "mandate": {"payment_method": _method},
    "dispute": {"charge": _charge, "payment_intent": _intent},
    "checkout.session": {
        "customer": _customer,
        "line_items": _line_items,
        "payment_intent": _intent,
        "setup_intent": _setup,
        **dict.fromkeys(("invoice", "payment_link", "subscription"), _nothing),
    },
    "customer": dict.fromkeys(("default_source", "test_clock"), _nothing),
}


def expand(world: World, document: Document, paths: list[str]) -> Document:
    """The document with every path expanded; stored objects are left alone.

    Raises Refusal for a path that Stripe cannot expand.
    """
    for path in paths:
        steps = path.split(".")
        if len(steps) > DEEPEST:
            raise refuse(f"At most {DEEPEST} levels can be expanded: {path[:100]}.", param="expand")
        document = _expand(world, document, steps)
    return document


def expand_list(world: World, documents: list[Document], paths: list[str]) -> list[Document]:
    for path in paths:
        if not path.startswith("data."):
            raise refuse(f"In a list, {path[:100]} is expanded as data.{path[:100]}.", param="expand")
    inner = [path.removeprefix("data.") for path in paths]
    return [expand(world, document, inner) for document in documents]


def _expand(world: World, document: Document, steps: list[str]) -> Document:
    name, rest = steps[0], steps[1:]
    load = _LOADERS.get(document.get("object", ""), {}).get(name)
    if load is None:
        raise refuse(f"This property cannot be expanded ({name[:100]}).", param="expand")
    value: Any = document.get(name)
    if name in _LISTS and value is None:
        value = document["id"]
    if isinstance(value, str):
        value = load(world, value) or value
    if rest and isinstance(value, dict):
        value = _expand(world, value, rest)
    return {**document, name: value}
