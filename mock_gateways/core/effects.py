"""What a fault does to one call: the table of effects, and how each shows in the reply."""

from __future__ import annotations

import json
import math
import random
import re
from typing import TYPE_CHECKING, Any

from mock_gateways.core.messages import Document, Reply

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from mock_gateways.core.gateway import Envelopes

PHASES = ("before", "after")
SERVER_ERRORS = (500, 502, 503, 504)
LONGEST_S = 60
LARGEST = 64 * 1024 * 1024  # bytes
# The 99th percentile of the standard normal distribution.
_P99 = 2.3263478740408408
_OUTCOME = re.compile(r"approve|decline:.+")

KEYS = {
    "state": {"state"},
    "status": {"status"},
    "error": {"error", "http", "param"},
    "decline": {"decline", "code", "advice_code", "network_decline_code", "network_advice_code", "param", "message"},
    "raw": {"raw", "commit"},
    "html": {"html", "commit"},
    "rate_limit": {"rate_limit"},
    "server_error": {"server_error"},
    "outcome": {"outcome"},
    "truncate": {"truncate"},
    "malformed": {"malformed"},
    "pad": {"pad"},
    "content_type": {"content_type"},
    "timeout": {"timeout"},
    "reset": {"reset"},
    "latency": {"latency"},
    "override": {"override"},
}


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value)


def _is_raw(value: Any) -> bool:
    if not (isinstance(value, dict) and isinstance(value.get("status"), int) and isinstance(value.get("body"), str)):
        return False
    headers = value.get("headers", {})
    return isinstance(headers, dict) and all(isinstance(text, str) for pair in headers.items() for text in pair)


def _is_number(value: Any) -> bool:
    return type(value) in (int, float) and 0 <= value <= LONGEST_S


def _is_latency(value: Any) -> bool:
    if not isinstance(value, dict):
        return _is_number(value)
    return (
        set(value) == {"median", "p99"} and all(map(_is_number, value.values())) and 0 < value["median"] <= value["p99"]
    )


def _is_rate_limit(value: Any) -> bool:
    return isinstance(value, dict) and set(value) == {"retry_after"} and _is_whole(value["retry_after"])


def _is_whole(value: Any) -> bool:
    return type(value) is int and value >= 0


def _is_outcome(value: Any) -> bool:
    return isinstance(value, str) and _OUTCOME.fullmatch(value) is not None


def _is_media_type(value: Any) -> bool:
    return isinstance(value, str) and "/" in value and value.isascii() and value.isprintable()


SHAPES: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "state": (_is_text, "the name of a state of the manifest"),
    "status": (_is_text, "a status string"),
    "error": (_is_text, "an error code of the manifest"),
    "decline": (_is_text, "a decline code"),
    "raw": (_is_raw, 'an object {"status": number, "headers": {...}, "body": text}'),
    "html": (lambda value: type(value) is int and 200 <= value <= 599, "a status, from 200 to 599"),
    "rate_limit": (_is_rate_limit, 'an object {"retry_after": whole seconds}'),
    "server_error": (
        lambda value: type(value) is int and value in SERVER_ERRORS,
        f"one of {', '.join(map(str, SERVER_ERRORS))}",
    ),
    "outcome": (_is_outcome, '"approve" or "decline:<code>"'),
    "truncate": (_is_whole, "a number of bytes, zero or more"),
    "malformed": (lambda value: value is True, "true"),
    "pad": (lambda value: _is_whole(value) and value <= LARGEST, f"a number of bytes, from 0 to {LARGEST}"),
    "content_type": (_is_media_type, 'a media type, such as "text/plain"'),
    "timeout": (lambda value: value in PHASES, '"before" or "after"'),
    "reset": (lambda value: value in PHASES, '"before" or "after"'),
    "latency": (_is_latency, f'seconds, from 0 to {LONGEST_S}, or an object {{"median": seconds, "p99": seconds}}'),
    "override": (lambda value: isinstance(value, dict) and bool(value), 'an object {"dotted.path": value}'),
}


def pause_s(latency: Any, seed: str) -> float:
    """How long a call takes: the number itself, or a draw from the lognormal distribution of median and p99."""
    if not isinstance(latency, dict):
        return float(latency)
    spread = math.log(latency["p99"] / latency["median"]) / _P99
    drawn = random.Random(seed).lognormvariate(math.log(latency["median"]), spread)
    return min(drawn, float(LONGEST_S))


def foreign(effect: Document) -> Reply | None:
    """The reply of somebody in front of the gateway: none of the gateway's headers belong on it."""
    if "raw" in effect:
        raw = effect["raw"]
        return Reply(raw["status"], headers=list(raw.get("headers", {}).items()), raw=raw["body"].encode())
    if "html" in effect:
        return _page(effect["html"])
    return None


def _page(status: int) -> Reply:
    page = Reply(status, headers=[("Content-Type", "text/html")])
    title = page.status_line()
    text = f"<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n"
    page.raw = f"{text}<hr><center>proxy</center>\r\n</body>\r\n</html>\r\n".encode()
    return page


def instead(effect: Document, envelopes: Envelopes) -> tuple[Reply, bool] | None:
    """The reply that comes in place of executing, if any, and whether the operation would have begun by then."""
    if not effect.get("commit", False) and (reply := foreign(effect)) is not None:
        return reply, False
    if "error" in effect:
        return envelopes.named(effect["error"], http=effect.get("http"), param=effect.get("param"))
    if "server_error" in effect:
        return envelopes.overwhelmed(effect["server_error"])
    if "rate_limit" in effect:
        reply, began = envelopes.overwhelmed(429)
        reply.headers.append(("Retry-After", str(effect["rate_limit"]["retry_after"])))
        return reply, began
    return None


def distort(reply: Reply, effect: Document, status_fields: Sequence[str] = ("status",)) -> Reply:
    """The reply as the client gets it: the executed one, altered as the effect says; the original is left alone."""
    if (strange := foreign(effect)) is not None:
        return strange
    for kind, spoil in _SPOILERS.items():
        if kind in effect:
            return spoil(reply, effect[kind])
    if "status" not in effect and "override" not in effect:
        return reply
    document: Any = reply.document if reply.raw is None else json.loads(reply.raw)
    changes = effect.get("override", {})
    if "status" in effect:
        changes = dict.fromkeys([name for name in status_fields if name in document][:1], effect["status"])
    for path, value in changes.items():
        document = _replaced(document, path.split("."), value)
    return Reply(reply.status, document, list(reply.headers))


def _truncated(reply: Reply, size: int) -> Reply:
    return Reply(reply.status, headers=list(reply.headers), raw=reply.body()[:size])


def _malformed(reply: Reply, _: bool) -> Reply:
    # No JSON, XML or form document starts like this, whatever follows.
    return Reply(reply.status, headers=list(reply.headers), raw=b"{<" + reply.body())


def _padded(reply: Reply, size: int) -> Reply:
    # White space after a document is part of no document: whoever reads it all gets the usual reply.
    return Reply(reply.status, headers=list(reply.headers), raw=reply.body() + b" " * size)


def _relabelled(reply: Reply, kind: str) -> Reply:
    headers = [(name, value) for name, value in reply.headers if name.lower() != "content-type"]
    return Reply(reply.status, headers=[("Content-Type", kind), *headers], raw=reply.body())


_SPOILERS: Mapping[str, Callable[[Reply, Any], Reply]] = {
    "truncate": _truncated,
    "malformed": _malformed,
    "pad": _padded,
    "content_type": _relabelled,
}


def _replaced(node: Any, steps: list[str], value: Any) -> Any:
    step, rest = steps[0], steps[1:]
    if isinstance(node, list) and step.isdigit() and int(step) < len(node):
        changed = list(node)
        changed[int(step)] = _replaced(node[int(step)], rest, value) if rest else value
        return changed
    if isinstance(node, dict):
        return {**node, step: _replaced(node.get(step), rest, value) if rest else value}
    return {step: _replaced(None, rest, value) if rest else value}
