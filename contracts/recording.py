"""A tape into a contract: name what travels, redact, look through again, replay. It fails closed.

The order matters: a value first seen in a reply is a capture, one first seen in a request or known beforehand a secret.
Were secrets first, a `client_secret` that the gateway minted would be one, and the next recording would differ.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

from pydantic import ValidationError

from contracts.bodies import fold
from contracts.errors import ContractError, Refused
from contracts.format import EXPIRES_AFTER, Contract, HttpStep, Source, dump, parse
from contracts.matching import Difference, Matcher
from contracts.messages import body_of, child, request_tree, response_tree, tree_of
from contracts.placeholders import PLACEHOLDER, pattern_of
from contracts.policy import Policy
from contracts.redaction import Known, Redaction, ends_with, keys_of, strings
from contracts.scanner import Scanner
from contracts.tape import Exchange, Message, Tape, query_of
from contracts.values import card_values, patterns_of

__all__ = ["Origin", "seal"]

_SCALE_MS = (50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a tape was made, and by what."""

    source: Source
    upstream: str
    recorder: str
    recorded_at: datetime
    api_version: str | None = None
    connector: str | None = None
    licence: str | None = None


def seal(
    tape: Tape,
    policy: Policy,
    origin: Origin,
    *,
    identity: str,
    title: str,
    known: Iterable[Known] = (),
    basic: tuple[str, str] | None = None,
    environment: Mapping[str, str] | None = None,
    tags: Iterable[str] = (),
) -> Contract:
    """The contract of a tape.

    `known` are the secrets that took part, `basic` the names of two that travel as one credential, `environment` other
    secrets that must not be found. Raises Refused, with every reason, where anything in it may not be written.
    """
    known = tuple(known)
    refused = _reasons(tape, policy)
    if refused:
        raise Refused(refused)
    redaction = Redaction(policy)
    for secret in known:
        redaction.know(secret)
    if basic:
        redaction.join(*basic)
    steps = _Steps(policy, redaction)
    document = {
        "assay_contract": 1, "id": identity, "title": title, "gateway": policy.gateway, "tags": list(tags),
        "provenance": _provenance(origin), "steps": steps.of(tape.exchanges),
    }  # fmt: skip
    secrets = {name: row.model_dump(exclude_defaults=True) for name, row in redaction.secrets.items()}
    contract = _finished(document | {"secrets": secrets, "cards": redaction.cards}, known, environment or {})
    values = {f"secret.{secret.name}": secret.value for secret in known} | card_values(contract)
    _replayed(contract, tape, values)
    return contract


def _provenance(origin: Origin) -> dict[str, Any]:
    recorded = origin.recorded_at.astimezone(UTC).replace(microsecond=0)
    rest = {"api_version": origin.api_version, "connector": origin.connector, "licence": origin.licence}
    return {
        "source": origin.source, "upstream": origin.upstream, "recorder": origin.recorder,
        "recorded_at": recorded, "expires_at": recorded + EXPIRES_AFTER,
    } | {name: value for name, value in rest.items() if value}  # fmt: skip


def _finished(document: dict[str, Any], known: Iterable[Known], environment: Mapping[str, str]) -> Contract:
    """The contract, looked through once more as the text that will be written."""
    used = {name for text in strings(document["steps"]) for found in PLACEHOLDER.finditer(text)
            for name in found[1].split(",")}  # fmt: skip
    if any(step["kind"] == "webhook" and "signature" in step for step in document["steps"]):
        used.add("secret.webhook")
        document["secrets"].setdefault("secret.webhook", {"kind": "webhook secret", "pattern": "[0-9A-F]{64}"})
    document["secrets"] = {name: row for name, row in document["secrets"].items() if name in used}
    try:
        contract = parse(dump(Contract.model_validate(document)))
    except (ValidationError, ContractError) as error:
        raise Refused([_unquoted(error)]) from None
    scanner = Scanner({secret.name: secret.value for secret in known if len(secret.value) >= 6} | dict(environment))
    found = sorted({f"{path}: {what}" for path, what in scanner.tree(document_of(contract))})
    if found:
        raise Refused(found)
    return contract


def _replayed(contract: Contract, tape: Tape, values: dict[str, Any]) -> None:
    """Hold the contract against what was taped: it must describe every message of it.

    Raises Refused with the paths; not with the values, which are unredacted here.
    """
    patterns = patterns_of(contract)
    for step, exchange in zip(contract.steps, tape.exchanges, strict=True):
        pairs: list[tuple[Any, Any, Any]] = [(step.request, request_tree(step.request), exchange.request)]
        if isinstance(step, HttpStep) and exchange.response is not None:
            pairs.append((step.response, response_tree(step.response), exchange.response))
        for recorded, tree, message in pairs:
            actual = tree_of(message)
            found, learned = Matcher(tree, recorded.match, patterns).compare(actual, values)
            values |= learned
            if found:
                # A path may hold a key that must not be shown: its beginning says enough.
                raise Refused([f"step {step.id}: does not replay: {one.kind} in {_beginning(one)}" for one in found])


def _beginning(one: Difference) -> str:
    return ".".join(re.split(r"[.\[]", one.path)[:2])


def document_of(contract: Contract) -> dict[str, Any]:
    """What a scanner has to look at: everything but hash and patterns, which are ours."""
    found: dict[str, Any] = json.loads(dump(contract))
    found.pop("integrity", None)
    return found


def _unquoted(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors(include_input=False, include_url=False)[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    return str(error)


# -- what is refused before anything is read


def _reasons(tape: Tape, policy: Policy) -> list[str]:
    found = [] if tape.exchanges else ["nothing was recorded"]
    for place, exchange in enumerate(tape.exchanges):
        found += [f"exchange {place}: {reason}" for reason in _of(exchange, policy)]
    return found


def _of(exchange: Exchange, policy: Policy) -> Iterable[str]:
    if exchange.is_delivery:
        if policy.scheme and not exchange.verified:
            yield "the signature of a delivery did not hold"
    elif exchange.actor == "merchant" and exchange.host not in policy.hosts:
        yield f"{exchange.host or 'no host'} is not among the hosts of {policy.gateway}'s rules"
    for message in (exchange.request, exchange.response):
        if message is not None:
            yield from _of_message(message, policy)


def _of_message(message: Message, policy: Policy) -> Iterable[str]:
    text = message.body.decode("latin-1") + "\n".join(value for _, value in message.headers) + message.url
    views = (text, unquote(text))
    if any(prefix in view for prefix in policy.live_keys for view in views):
        yield "a live key was used"
    content = body_of(message).content
    if _is_live(content, policy.live_flags):
        yield "the gateway answered in live mode"
    if any(PLACEHOLDER.search(view) for view in views):
        yield "it holds what would be read as a placeholder"


def _is_live(content: Any, flags: tuple[str, ...]) -> bool:
    if isinstance(content, dict):
        return any(content.get(flag) in (True, "true") for flag in flags) or any(
            _is_live(value, flags) for value in content.values()
        )
    return isinstance(content, list) and any(_is_live(value, flags) for value in content)


# -- what is kept

_MINTED_KEY = re.compile(r"(?:[a-z]+_)+(?=[0-9A-Za-z]{8})")
_RUN = re.compile(r"[0-9A-Za-z_\-]{8,}")
_TOKEN = re.compile(r"[A-Za-z0-9_\-+/=!.:]{8,}\Z")
_DATE = re.compile(r"\d{4}-\d\d")


def _looks_minted(text: str) -> bool:
    """Whether a text is one that a machine made up: an id, a token, no word."""
    prefix = _MINTED_KEY.match(text)
    rest = text[prefix.end() :] if prefix else text
    digits = sum(char.isdigit() for char in rest)
    if len(rest) < 8 or not digits or _DATE.match(text):
        return False
    if rest.isdigit():
        return len(rest) >= 12
    mixed = rest != rest.lower() and rest != rest.upper()
    return digits >= 2 or bool(prefix and mixed)


@dataclass(slots=True)
class _Steps:
    """Builds the steps one after another: what the earlier ones minted is known to the later ones."""

    policy: Policy
    redaction: Redaction
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
        within = next((step for step in _SCALE_MS if elapsed_ms <= step), _SCALE_MS[-1])
        built: dict[str, Any] = {"status": message.status} | ({"headers": kept} if kept else {})
        return built | {"body": body, "within_ms": within} | ({"match": self._rules} if self._rules else {})

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
        kept = [_RUN.sub(lambda run: self._token(run[0], keys, path), part) for part in parts]
        return "".join(text for pair in zip(kept, [*names, ""], strict=True) for text in pair)

    def _token(self, run: str, keys: tuple[str, ...], path: str) -> str:
        return self._capture(run, keys, path, "response") if _looks_minted(run) else run

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
        field_name = (
            re.sub(r"[^a-z0-9]+", "_", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", keys[-1]).lower()).strip("_") or "it"
        )
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
