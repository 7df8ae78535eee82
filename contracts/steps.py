"""The steps of a contract, built one after another: what the earlier ones minted is known to the later ones."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

from contracts.bodies import fold
from contracts.messages import body_of, child
from contracts.placeholders import PLACEHOLDER, pattern_of
from contracts.policy import Policy
from contracts.redaction import Redaction, ends_with, keys_of, strings
from contracts.tape import Exchange, Message, query_of

__all__ = ["Steps"]

_SCALE_MS = (50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000)
_MINTED_KEY = re.compile(r"(?:[a-z]+_)+(?=[0-9A-Za-z]{8})")
_PART = re.compile(r"[0-9A-Za-z_\-.!%+~]{8,}")  # of an address, between what divides it
_TOKEN = re.compile(r"[A-Za-z0-9_\-+/=!.:]{8,}\Z")
_DATE = re.compile(r"\d{4}-\d\d")


def _looks_minted(text: str) -> bool:
    """Whether a text is one that a machine made up: an id, a token, no word."""
    prefix = _MINTED_KEY.match(text)
    rest = text[prefix.end() :] if prefix else text
    digits = sum(char.isdigit() for char in rest)
    if len(rest) < 8 or _DATE.match(text):
        return False
    if rest.isdigit():
        return len(rest) >= 12
    mixed = rest != rest.lower() and rest != rest.upper()
    if not digits:  # one in a dozen of those that are made of letters and digits, by chance
        return bool(prefix and mixed and len(rest) >= 14)
    return digits >= 2 or bool(prefix and mixed)


@dataclass(slots=True)
class Steps:
    """Builds the steps one after another: what the earlier ones minted is known to the later ones."""

    policy: Policy
    redaction: Redaction
    timed: bool = True
    took: Mapping[str, int] = field(default_factory=dict)  # how long each step took when it was recorded before
    captured: dict[str, str] = field(default_factory=dict)  # value -> name
    _ids: dict[str, int] = field(default_factory=dict)
    _step: str = ""
    _at: float = 0
    _captures: dict[str, dict[str, Any]] = field(default_factory=dict)
    _rules: dict[str, dict[str, Any]] = field(default_factory=dict)

    def of(self, exchanges: list[Exchange]) -> list[dict[str, Any]]:
        self.redaction.prepare("\n".join(_everything(exchange) for exchange in exchanges))
        return [self._one(exchange, exchanges[:place]) for place, exchange in enumerate(exchanges)]

    def _one(self, exchange: Exchange, before: list[Exchange]) -> dict[str, Any]:
        self._step, self._at, self._captures = self._name(exchange), exchange.at, {}
        step: dict[str, Any] = {"id": self._step, "kind": "webhook" if exchange.is_delivery else "http"}
        if exchange.scenario:
            step["scenario"] = exchange.scenario
        if exchange.actor != "merchant":
            step["actor"] = exchange.actor
        if exchange.concurrent:
            step["concurrent"] = exchange.concurrent
        step["request"] = self._request(exchange)
        if exchange.response is not None:
            step["response"] = self._response(exchange.response, exchange.elapsed_ms)
        else:
            step["after"] = [self._last_http] if before and self._last_http else []
            if exchange.verified is not None and self.policy.scheme:
                step["signature"] = {"scheme": self.policy.scheme, "verified_at_record": exchange.verified}
        if exchange.response is not None:
            self._last_http = self._step
        return step | ({"capture": self._captures} if self._captures else {})

    _last_http: str = ""

    def _name(self, exchange: Exchange) -> str:
        parts = [part for part in urlsplit(exchange.request.url).path.split("/") if re.fullmatch(r"[A-Za-z_]+", part)]
        label = exchange.label or (parts[-1] if parts else "root")
        label = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", label).lower()
        label = re.sub(r"[^a-z0-9_]", "_", label) if label[:1].isalpha() else f"step_{label}"
        self._ids[label] = self._ids.get(label, 0) + 1
        return label if self._ids[label] == 1 else f"{label}_{self._ids[label]}"

    # -- a message, side by side with its tree

    def _request(self, exchange: Exchange) -> dict[str, Any]:
        message, delivery = exchange.request, exchange.is_delivery
        headers = self.policy.webhook_headers if delivery else self.policy.request_headers
        side: Literal["request", "response"] = "response" if delivery else "request"
        self._rules = {}
        path = self._redacted(unquote(urlsplit(message.url).path), "$.path", side)
        query = self._redacted(fold(query_of(message.url)), "$.query", side)
        kept = self._headers(message, headers, side)
        body = self._content(message, side)
        built: dict[str, Any] = {"method": message.method, "path": path}
        built |= {name: value for name, value in (("query", query), ("headers", kept)) if value}
        return built | {"body": body} | ({"match": self._rules} if self._rules else {})

    def _response(self, message: Message, elapsed_ms: float) -> dict[str, Any]:
        self._rules = {}
        kept = self._headers(message, self.policy.response_headers, "response")
        body = self._content(message, "response")
        within = {"within_ms": self._within(elapsed_ms)} if self.timed else {}
        built: dict[str, Any] = {"status": message.status} | ({"headers": kept} if kept else {})
        return built | {"body": body} | within | ({"match": self._rules} if self._rules else {})

    def _within(self, elapsed_ms: float) -> int:
        """On a coarse scale; one place up or down from last time is chance."""
        place = next((place for place, step in enumerate(_SCALE_MS) if elapsed_ms <= step), len(_SCALE_MS) - 1)
        before = self.took.get(self._step)
        if before in _SCALE_MS and abs(_SCALE_MS.index(before) - place) <= 1:
            return before
        return _SCALE_MS[place]

    def _headers(self, message: Message, kept: tuple[str, ...], side: str) -> dict[str, str]:
        found = {name.lower(): value for name, value in message.headers if name.lower() in kept}
        if found.get("content-type", "").startswith("multipart/"):
            found["content-type"] = "multipart/form-data"
        return {name: self._redacted(found[name], f"$.headers.{name}", side) for name in kept if name in found}

    def _content(self, message: Message, side: str) -> dict[str, Any]:
        body = body_of(message)
        if body.kind == "empty":
            return {"empty": True}
        return {body.kind: self._redacted(body.content, "$.body", side)}

    def _redacted(self, tree: Any, path: str, side: str) -> Any:
        return self._walk(self._carried(self.redaction.tree(self._carried(tree), path)), path, side)

    def _carried(self, tree: Any) -> Any:
        """What earlier steps minted, by its name: whole values first, then longer ones within a text."""
        if isinstance(tree, dict):
            return {key: self._carried(value) for key, value in tree.items()}
        if isinstance(tree, list):
            return [self._carried(value) for value in tree]
        if not isinstance(tree, str) or not tree:
            return tree
        if tree in self.captured:
            return "{{" + self.captured[tree] + "}}"
        for value in sorted(self.captured, key=len, reverse=True):
            if len(value) >= 8 and value in tree:
                tree = tree.replace(value, "{{" + self.captured[value] + "}}")
        return tree

    def _walk(self, tree: Any, path: str, side: str) -> Any:
        if isinstance(tree, dict):
            return {key: self._walk(value, child(path, key), side) for key, value in tree.items()}
        if isinstance(tree, list):
            return [self._walk(value, f"{path}[{index}]", side) for index, value in enumerate(tree)]
        named = self._named(tree, path, side)
        return self.redaction.shown(named) if isinstance(named, str) else named

    def _named(self, value: Any, path: str, side: str) -> Any:
        """A leaf, by its name where it is minted, a time, or a reference of the merchant's own."""
        keys = keys_of(path)
        if value in (None, "") or isinstance(value, bool | float):
            return value
        if side == "response" and ends_with(keys, self.policy.times):
            return self._time(value, path)
        if not isinstance(value, str) or path == "$.headers.content-type":
            return value
        fresh = self._carried(value)
        if PLACEHOLDER.fullmatch(fresh):
            return fresh
        if side == "request":
            return self._capture(fresh, keys, path, side) if ends_with(keys, self.policy.references) else fresh
        return self._minted(fresh, keys, path)

    def _minted(self, value: str, keys: tuple[str, ...], path: str) -> str:
        if ends_with(keys, self.policy.ids) or ends_with(keys, self.policy.secret_ids):
            return self._capture(value, keys, path, "response")
        if _TOKEN.match(value) and "{{" not in value and "://" not in value and _looks_minted(value):
            return self._capture(value, keys, path, "response")
        return self._address(value, keys, path) if "://" in value else value

    def _address(self, value: str, keys: tuple[str, ...], path: str) -> str:
        """A link's tokens travel one by one: the browser brings some of them back."""
        parts = re.split(f"({PLACEHOLDER.pattern})", value)[:: PLACEHOLDER.groups + 2]
        names = [found[0] for found in PLACEHOLDER.finditer(value)]
        kept = [_PART.sub(lambda run: self._token(run[0], keys, path), part) for part in parts]
        return "".join(text for pair in zip(kept, [*names, ""], strict=True) for text in pair)

    def _token(self, run: str, keys: tuple[str, ...], path: str) -> str:
        told = unquote(run)
        if not (_TOKEN.match(told) and _looks_minted(told)):
            return run
        name = self._capture(told, keys, path, "response")
        return name if told == run else name.replace("}}", "|url}}")

    def _time(self, value: Any, path: str) -> Any:
        if isinstance(value, int) or str(value).isdecimal():
            offset = round((int(value) - self._at) / 60) * 60
            self._rules[path] = {"match": "integer", "volatile": True}
            text = "{{now" + (f"{offset:+d}" if offset else "")
            return text + ("|integer}}" if isinstance(value, int) else "}}")
        try:
            moment = datetime.fromisoformat(value).timestamp()
        except (TypeError, ValueError):
            return value
        offset = round((moment - self._at) / 60) * 60
        self._rules[path] = {"match": "timestamp", "volatile": True}
        return "{{now" + (f"{offset:+d}" if offset else "") + "|iso}}"

    def _capture(self, value: str, keys: tuple[str, ...], path: str, side: str) -> str:
        field_name = _snake(keys[-1]) or "it"
        name, number = f"{self._step}.{field_name}", 1
        while name in self._captures:
            number += 1
            name = f"{self._step}.{field_name}_{number}"
        self._captures[name] = {"in": side, "from": path, "pattern": _pattern(value)}
        if ends_with(keys, self.policy.secret_ids):
            self._captures[name]["secret"] = True
        self.captured[value] = name
        return "{{" + name + "}}"


def _snake(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()).strip("_")


def _pattern(value: str) -> str:
    """The shape of a value; what it carries of others stays a placeholder."""
    end, made = 0, ""
    for found in PLACEHOLDER.finditer(value):
        made += pattern_of(value[end : found.start()]) + found[0]
        end = found.end()
    return made + pattern_of(value[end:])


def _everything(exchange: Exchange) -> str:
    messages = (exchange.request, *([exchange.response] if exchange.response else []))
    return "\n".join(
        "\n".join((message.url, *(value for _, value in message.headers), *strings(body_of(message).content)))
        for message in messages
    )
