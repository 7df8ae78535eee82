"""One route table for both lanes: a tree per method, so that finding a handler never depends on how many there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mock_gateways.core.messages import Reply, Request
    from mock_gateways.core.tenants import World

    Handler = Callable[[World, Request], Reply]

_WILD, _ROUTE = "{}", "route"


@dataclass(frozen=True, slots=True)
class Route:
    """A published operation; `handler` is None when it is not simulated."""

    method: str
    template: str
    operation: str
    handler: Handler | None = None

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(part[1:-1] for part in self.template.split("/") if part.startswith("{"))


class RouteTable:
    """Finds the route of a method and path in as many steps as the path has segments."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self.routes = tuple(routes)
        self._trees: dict[str, dict[str, Any]] = {}
        for route in self.routes:
            node = self._trees.setdefault(route.method, {})
            for part in route.template.split("/")[1:]:
                node = node.setdefault(_WILD if part.startswith("{") else f"/{part}", {})
            node[_ROUTE] = route

    def find(self, method: str, path: str) -> tuple[Route, dict[str, str]] | None:
        """The route and the values of its placeholders, or None; a literal segment wins over a placeholder."""
        node = self._trees.get(method)
        values: list[str] = []
        for part in path.split("/")[1:] if path.startswith("/") else ():
            if node is None:
                return None
            if (exact := node.get(f"/{part}")) is not None:
                node = exact
            else:
                node = node.get(_WILD) if part else None
                values.append(part)
        if not node or _ROUTE not in node:
            return None
        route: Route = node[_ROUTE]
        return route, dict(zip(route.names, values, strict=True))
