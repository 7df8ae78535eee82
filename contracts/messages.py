"""A message as one tree, and the paths of what is in it: `$.headers.accept`, `$.body['card[number]']`."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any
from urllib.parse import unquote, urlsplit

from contracts.bodies import decode, fold
from contracts.format import Body, Request, Response
from contracts.tape import Message, header, query_of

__all__ = ["body_of", "child", "find", "request_tree", "response_tree", "segments", "tree_of", "walk"]

Tree = dict[str, Any]
_PLAIN = re.compile(r"[A-Za-z_][\w-]*\Z")
_SEGMENT = re.compile(r"\.([A-Za-z_][\w-]*)|\[(\d+|\*)\]|\['((?:[^'\\]|\\.)*)'\]")


def request_tree(request: Request) -> Tree:
    return {
        "method": request.method, "path": request.path, "query": request.query, "headers": request.headers,
        "kind": request.body.kind, "body": request.body.content,
    }  # fmt: skip


def response_tree(response: Response) -> Tree:
    return {
        "status": response.status, "headers": response.headers,
        "kind": response.body.kind, "body": response.body.content,
    }  # fmt: skip


@lru_cache(maxsize=65536)
def child(path: str, key: str | int) -> str:
    if isinstance(key, int):
        return f"{path}[{key}]"
    return f"{path}.{key}" if _PLAIN.match(key) else f"{path}[{_quoted(key)}]"


def _quoted(key: str) -> str:
    escaped = key.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def segments(path: str) -> list[str | int]:
    """The keys of a path; `*` for any index."""
    found: list[str | int] = []
    place = 1
    while place < len(path):
        unit = _SEGMENT.match(path, place)
        if not unit:
            raise ValueError(f"{path!r} is no path")
        name, index, quoted = unit.groups()
        if index is not None:
            found.append("*" if index == "*" else int(index))
        else:
            found.append(name if name is not None else re.sub(r"\\(.)", r"\1", quoted))
        place = unit.end()
    return found


def find(tree: Any, path: str) -> Any:
    """What is at a path.

    Raises KeyError where nothing is.
    """
    for key in segments(path):
        listed = isinstance(key, int) and isinstance(tree, list) and key < len(tree)
        if not listed and not (isinstance(tree, dict) and key in tree):
            raise KeyError(path)
        tree = tree[key]
    return tree


def walk(tree: Any, path: str = "$") -> Iterator[tuple[str, Any]]:
    """Every leaf with its path; an empty object or list is one."""
    if isinstance(tree, dict) and tree:
        for key, value in tree.items():
            yield from walk(value, child(path, key))
    elif isinstance(tree, list) and tree:
        for index, value in enumerate(tree):
            yield from walk(value, f"{path}[{index}]")
    else:
        yield path, tree


def body_of(message: Message) -> Body:
    return decode(message.body, header(message.headers, "content-type"), header(message.headers, "content-encoding"))


def tree_of(message: Message) -> dict[str, Any]:
    """A message as it came, as a tree to compare with a recorded one."""
    body = body_of(message)
    headers = {name.lower(): value for name, value in message.headers}
    if headers.get("content-type", "").startswith("multipart/"):
        headers["content-type"] = "multipart/form-data"
    shared = {"headers": headers, "kind": body.kind, "body": body.content}
    if message.status:
        return {"status": message.status, **shared}
    path = unquote(urlsplit(message.url).path)
    return {"method": message.method, "path": path, "query": fold(query_of(message.url)), **shared}
