"""List replies: newest first, by cursor. Source: docs.stripe.com/api/pagination."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from mock_gateways.core.messages import Reply
from mock_gateways.core.shelf import FOREVER, Shelf, Window
from mock_gateways.stripe.errors import missing, refuse
from mock_gateways.stripe.expansion import expand_list

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_gateways.core.messages import Document, Request
    from mock_gateways.core.tenants import World

T = TypeVar("T")
MOST, USUAL = 100, 10


def list_reply(
    world: World,
    request: Request,
    asked: Document,
    shelf: Shelf[T],
    where: tuple[str, str] | None,
    render: Callable[[T], Document],
    *,
    kind: str,
    keep: Callable[[T], bool] = lambda _: True,
) -> Reply:
    """A page of a shelf; raises Refusal for a cursor or limit that Stripe refuses."""
    found, more = shelf.page(_window(asked, shelf, kind), where, keep=keep)
    data = expand_list(world, [render(item) for item in found], asked.get("expand", []))
    return Reply(200, {"object": "list", "data": data, "has_more": more, "url": request.path})


def _window(asked: Document, shelf: Shelf[T], kind: str) -> Window:
    limit = asked.get("limit", USUAL)
    if not 1 <= limit <= MOST:
        raise refuse(f"limit must be from 1 to {MOST}.", param="limit", code="parameter_invalid_integer")
    after, before = asked.get("starting_after"), asked.get("ending_before")
    if after and before:
        raise refuse("Give starting_after or ending_before, not both.", code="parameters_exclusive")
    for param, cursor in (("starting_after", after), ("ending_before", before)):
        if cursor and shelf.get(cursor) is None:
            raise missing(kind, cursor, param, in_path=False)
    created = asked.get("created", {})
    return Window(limit, after, before, created.get("gte", 0), created.get("lte", FOREVER))
