"""Collections: newest first, by time, count and skip. Source: razorpay.com/docs/api/understand (pagination)."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from mock_gateways.core.messages import Reply
from mock_gateways.core.shelf import FOREVER, Window
from mock_gateways.razorpay.errors import refuse

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_gateways.core.messages import Document
    from mock_gateways.core.shelf import Shelf

T = TypeVar("T")
MOST, USUAL = 100, 10
EARLIEST, LATEST = 946684800, 4765046400


def collection(items: list[Document]) -> Document:
    return {"entity": "collection", "count": len(items), "items": items}


def list_reply(
    asked: Document,
    shelf: Shelf[T],
    render: Callable[[T], Document],
    where: tuple[str, str] | None = None,
    keep: Callable[[T], bool] = lambda _: True,
) -> Reply:
    """A page of a shelf; raises Refusal for bounds that Razorpay refuses."""
    count, skip = asked.get("count", USUAL), asked.get("skip", 0)
    if not 1 <= count <= MOST:
        raise refuse(f"The count must be between 1 and {MOST}.", field="count")
    if skip < 0:
        raise refuse("The skip must be at least 0.", field="skip")
    window = Window(skip + count, earliest=_moment(asked, "from", 0), latest=_moment(asked, "to", FOREVER))
    found, _ = shelf.page(window, where, keep=keep)
    return Reply(200, collection([render(item) for item in found[skip:]]))


def _moment(asked: Document, name: str, default: int) -> int:
    moment: int = asked.get(name, default)
    if name in asked and not EARLIEST <= moment <= LATEST:
        raise refuse(f"{name} must be between {EARLIEST} and {LATEST}", field=name)
    return moment
