"""The merchant, played from a contract: sends what was recorded, compares what comes.

It reaches a gateway as a WSGI application or a URL. What the merchant chose is chosen anew, ids are carried as they
come, secrets are given, taken from the environment, or made in their shape where the gateway will take any.
"""

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from types import TracebackType
from typing import Any, Protocol, Self
from urllib.parse import quote
from wsgiref.types import WSGIApplication

import httpx

from contracts.bodies import CONTENT_TYPES, encode, pairs
from contracts.errors import ContractError, Unresolvable
from contracts.format import Contract, HttpStep
from contracts.matching import Difference, Matcher
from contracts.messages import find, request_tree, response_tree, tree_of
from contracts.placeholders import Values, fill, mint, names_in
from contracts.tape import Message
from contracts.values import patterns_of, starting_values

__all__ = ["Outcome", "Upstream", "Verdict", "WebUpstream", "WsgiUpstream", "reach", "verify"]


class Upstream(Protocol):
    """A gateway to ask."""

    def send(self, request: Message) -> Message: ...


class WsgiUpstream:
    """A gateway in this process: no socket, and little between it and us."""

    def __init__(self, app: WSGIApplication, host: str = "gateway.test") -> None:
        self._app, self._host = app, host

    def send(self, request: Message) -> Message:
        path, _, query = request.url.partition("?")
        environ: dict[str, Any] = {
            "REQUEST_METHOD": request.method, "PATH_INFO": path.encode().decode("latin-1"), "QUERY_STRING": query,
            "SCRIPT_NAME": "", "SERVER_NAME": self._host, "SERVER_PORT": "443", "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": self._host, "CONTENT_LENGTH": str(len(request.body)),
            "wsgi.version": (1, 0), "wsgi.url_scheme": "https", "wsgi.input": BytesIO(request.body),
            "wsgi.errors": BytesIO(), "wsgi.multithread": False, "wsgi.multiprocess": False, "wsgi.run_once": False,
        }  # fmt: skip
        for name, value in request.headers:
            key = name.upper().replace("-", "_")
            environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
        told: list[Any] = []

        def start(status: str, headers: list[tuple[str, str]], _: Any = None) -> Callable[[bytes], None]:
            told[:] = [status, headers]
            return lambda _: None

        result = self._app(environ, start)
        try:
            body = b"".join(result)
        finally:
            getattr(result, "close", lambda: None)()
        return Message(tuple(told[1]), body, status=int(told[0].split()[0]))


class WebUpstream:
    """A gateway at a URL; where it has a `name` of its own, replies bear that instead, as they do in a recording."""

    def __init__(self, url: str, timeout_s: float = 30, *, name: str | None = None) -> None:
        self._client = httpx.Client(base_url=url, timeout=timeout_s, follow_redirects=False)
        self._url, self._name = url.rstrip("/"), name or url.rstrip("/")

    def send(self, request: Message) -> Message:
        """Raises ContractError where no answer came: what is down has not drifted."""
        path, _, query = request.url.partition("?")
        target = quote(path) + (f"?{query}" if query else "")
        try:
            reply = self._client.request(request.method, target, headers=request.headers, content=request.body)
        except httpx.HTTPError as error:
            raise ContractError(f"no answer from the gateway: {type(error).__name__}") from error
        here, there = self._url, self._name
        headers = tuple((k, v.replace(here, there)) for k, v in reply.headers.items() if k != "content-encoding")
        return Message(headers, reply.content.replace(here.encode(), there.encode()), status=reply.status_code)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()


@dataclass(frozen=True, slots=True)
class Outcome:
    """One step: how what came differs from what was recorded, and how long it took."""

    step: str
    differences: list[Difference]
    elapsed_ms: float
    within_ms: int | None
    reply: Message | None = field(default=None, repr=False)
    request: Message | None = field(default=None, repr=False)
    at: float = 0


@dataclass(slots=True)
class Verdict:
    """What a gateway answered to a whole contract; `unsent` are steps that could not be asked, and why.

    `told_by_webhook` are those that need what only a delivery tells: nobody listens here, so they are left out.
    """

    contract: Contract
    outcomes: list[Outcome] = field(default_factory=list)
    told_by_webhook: list[str] = field(default_factory=list)
    unsent: dict[str, str] = field(default_factory=dict)
    values: Values = field(default_factory=dict, repr=False)  # of every placeholder, at the end

    @property
    def differences(self) -> list[tuple[str, Difference]]:
        return [(outcome.step, one) for outcome in self.outcomes for one in outcome.differences]

    @property
    def holds(self) -> bool:
        return not self.differences and not self.unsent


def verify(
    contract: Contract,
    upstream: Upstream,
    *,
    given: Mapping[str, str] | None = None,
    environment: Mapping[str, str] = os.environ,
    seed: str = "verify",
    now: Callable[[], float] = time.time,
    sleep: Callable[[float], None] = time.sleep,
) -> Verdict:
    """Ask a gateway everything a contract asks, in its order. Webhooks are not asked for: they come by themselves."""
    verdict, patterns = Verdict(contract), patterns_of(contract)
    values = starting_values(contract, given or {}, environment, seed) | {"now": int(now())}
    by_webhook = {name for step in contract.webhook_steps for name in step.capture}
    for step in contract.http_steps:
        _choose(step, values, seed)
        try:
            request = _request(step, values)
        except Unresolvable as error:
            if _unknown(step, values) <= by_webhook:
                verdict.told_by_webhook.append(step.id)
                by_webhook |= set(step.capture)
            else:
                verdict.unsent[step.id] = str(error)
            continue
        outcome, learned = _asked(step, request, upstream, _Scope(values, patterns, sleep))
        verdict.outcomes.append(outcome)
        values |= learned
    verdict.values = values
    return verdict


def reach(
    contract: Contract, upstream: Upstream, values: Values, wanted: str, seed: str
) -> tuple[HttpStep, Message, dict[str, Any]]:
    """Ask for every step before `wanted`; that one's request, ready to send, and its tree.

    Raises ContractError where there is no such step, or an earlier one did not give what it needs.
    """
    scope = _Scope(values, patterns_of(contract), lambda _: None)
    for step in contract.http_steps:
        _choose(step, values, seed)
        request = _request(step, values)
        if step.id == wanted:
            return step, request, fill(request_tree(step.request), values)
        values |= _asked(step, request, upstream, scope)[1]
    raise ContractError(f"{contract.id} has no step {wanted!r}")


def _unknown(step: HttpStep, values: Values) -> set[str]:
    return {name for name in names_in(request_tree(step.request)) if values.get(name) is None}


def _choose(step: HttpStep, values: Values, seed: str) -> None:
    for name, capture in step.capture.items():
        if capture.source == "request":
            values[name] = mint(capture.pattern, f"{seed}:{name}", values)


def _request(step: HttpStep, values: Values) -> Message:
    recorded = step.request
    headers = {name: str(fill(value, values)) for name, value in recorded.headers.items()}
    if recorded.body.kind != "empty":
        headers.setdefault("content-type", CONTENT_TYPES[recorded.body.kind])
    query = pairs(fill(recorded.query, values))
    url = str(fill(recorded.path, values)) + (f"?{query}" if query else "")
    body = encode(recorded.body.kind, fill(recorded.body.content, values))
    return Message(tuple(headers.items()), body, recorded.method, url)


@dataclass(frozen=True, slots=True)
class _Scope:
    values: Values
    patterns: dict[str, str]
    sleep: Callable[[float], None]


def _asked(step: HttpStep, request: Message, upstream: Upstream, scope: _Scope) -> tuple[Outcome, Values]:
    for turn in range(step.repeat.max if step.repeat else 1):
        if turn:
            scope.sleep(min(2**turn, 30))
        began = time.perf_counter()
        reply = upstream.send(request)
        elapsed_ms = (time.perf_counter() - began) * 1000
        actual = tree_of(reply)
        if step.repeat is None or _until(step.repeat.until, actual):
            break
    matcher = Matcher(response_tree(step.response), step.response.match, scope.patterns)
    found, learned = matcher.compare(actual, scope.values)
    return Outcome(step.id, found, elapsed_ms, step.response.within_ms, reply, request, time.time()), learned


def _until(wanted: Mapping[str, Any], actual: Mapping[str, Any]) -> bool:
    try:
        return all(find(actual, path) == value for path, value in wanted.items())
    except KeyError:
        return False
