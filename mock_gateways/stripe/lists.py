"""List replies: newest first, by cursor. Source: docs.stripe.com/api/pagination."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing(Generic[T]):
    """What a list is made from: a shelf, its index to follow, what to keep, and how to show it.

    `filters` are parameters of which each that is asked for must equal the field of its name.
    """

    shelf: Shelf[T]
    render: Callable[[T], Document]
    kind: str
    where: tuple[str, str] | None = None
    keep: Callable[[T], bool] = lambda _: True
    filters: tuple[str, ...] = ()

    def asked_for(self, asked: Document) -> tuple[Callable[[T], bool], tuple[str, str] | None]:
        """What to keep of what was asked for, and the index to follow to it."""
        filters = [(name, asked[name]) for name in self.filters if name in asked]
        if not filters:
            return self.keep, self.where

        def wanted(item: T) -> bool:
            shown = self.render(item)
            return all(shown[name] == value for name, value in filters)

        return wanted, next((one for one in filters if self.shelf.has_index(one[0])), None)


def list_reply(world: World, request: Request, asked: Document, listing: Listing[T]) -> Reply:
    """A page of a shelf; raises Refusal for a cursor or limit that Stripe refuses."""
    window = _window(asked, listing.shelf, listing.kind)
    keep, where = listing.asked_for(asked)
    found, more = listing.shelf.page(window, where, keep=keep)
    data = expand_list(world, [listing.render(item) for item in found], asked.get("expand", []))
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
