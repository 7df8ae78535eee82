"""Pact V4, out: what a provider can verify with its own tools, step by step.

Source: github.com/pact-foundation/pact-specification, version 4. A Pact verifies interactions one by one, so every
interaction is in the state that the steps before it leave behind: `StateEndpoint` plays those against the gateway, and
tells the verifier the values that the step needs. The secrets are told there too: the file holds none.
"""

import json
import re
from collections.abc import Mapping
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

from contracts.bodies import encode
from contracts.format import Contract, HttpStep, Rule
from contracts.messages import walk
from contracts.placeholders import PLACEHOLDER, Values, mint, names_in, written_as
from contracts.tape import Message, request_of
from contracts.values import patterns_of, starting_values
from contracts.verify import Upstream, reach

__all__ = ["LOSES", "STATE", "StateEndpoint", "pact"]

STATE = "after the steps before"
LOSES = ("order", "added fields", "volatile values", "timing", "webhooks", "browser", "which id is carried")
_SAME = {"equality", "type", "regex", "include", "integer", "decimal", "number", "boolean", "null", "notEmpty"}


def pact(contract: Contract, *, consumer: str = "assay") -> dict[str, Any]:
    """A contract as a Pact file's document; `metadata.assay.loses` lists what a Pact cannot say."""
    loses = {"id": contract.id, "sha256": contract.integrity.sha256 if contract.integrity else "", "loses": list(LOSES)}
    patterns = patterns_of(contract)
    return {
        "consumer": {"name": consumer},
        "provider": {"name": contract.gateway},
        "interactions": [
            _interaction(contract, step, place, patterns)
            for place, step in enumerate(contract.http_steps, 1)
            if step.actor == "merchant"  # a verifier would follow the browser's redirects out into the world
        ],
        "metadata": {"pactSpecification": {"version": "4.0"}, "assay": loses},
    }


def _interaction(contract: Contract, step: HttpStep, place: int, patterns: Mapping[str, str]) -> dict[str, Any]:
    request, response = step.request, step.response
    query = {key: _listed(value, patterns) for key, value in request.query.items()}
    kind = response.headers.get("content-type")
    return {
        "type": "Synchronous/HTTP",
        "key": f"{contract.id}#{step.id}",
        "description": f"{contract.id}: {place}. {step.id}",
        "pending": False,
        "providerStates": [{"name": STATE, "params": {"contract": contract.id, "step": step.id}}],
        "request": {
            "method": request.method, "path": _example(request.path, patterns),
            **({"query": query} if query else {}),
            "headers": {key: [_example(value, patterns)] for key, value in request.headers.items()},
            **_body(step.request, patterns), **_generators(step),
        },
        "response": {
            "status": response.status,
            "headers": {"content-type": [kind]} if kind else {},
            **_body(step.response, patterns), **_rules(step),
        },
    }  # fmt: skip


def _body(side: Any, patterns: Mapping[str, str]) -> dict[str, Any]:
    if side.body.kind == "empty":
        return {}
    content = _examples(side.body.content, patterns)
    kind = side.headers.get("content-type", "application/json")
    if side.body.kind == "json":
        return {"body": {"content": content, "contentType": kind, "encoded": False}}
    return {"body": {"content": encode(side.body.kind, content).decode(), "contentType": kind, "encoded": False}}


def _examples(tree: Any, patterns: Mapping[str, str]) -> Any:
    if isinstance(tree, dict):
        return {_example(key, patterns): _examples(value, patterns) for key, value in tree.items()}
    if isinstance(tree, list):
        return [_examples(value, patterns) for value in tree]
    return _example(tree, patterns) if isinstance(tree, str) else tree


def _example(text: str, patterns: Mapping[str, str]) -> Any:
    """A text with examples for its placeholders: of their shape, and nobody's."""
    whole = PLACEHOLDER.fullmatch(text)
    if whole and whole[2] == "integer":
        return 1767225600
    return PLACEHOLDER.sub(lambda found: _one(found[1], found[2], patterns), text)


def _one(name: str, written: str | None, patterns: Mapping[str, str]) -> str:
    if name.startswith("now"):
        return "2026-01-01T00:00:00+00:00" if written == "iso" else "1767225600"
    if name.startswith(("secret.", "card.")):
        return "example"
    pattern = patterns.get(name, "[a-z]{8}")
    return written_as(mint(pattern if "{1,255}" not in pattern else "[0-9a-f]{16}", name), written)


def _listed(value: str | list[str], patterns: Mapping[str, str]) -> list[str]:
    return [_example(one, patterns) for one in (value if isinstance(value, list) else [value])]


# -- what is made anew in every request: the state tells the values


def key_of(text: str) -> str:
    """The name under which the state tells a whole text: letters and digits only."""
    return "v_" + re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")


def _generators(step: HttpStep) -> dict[str, Any]:
    request, made = step.request, dict[str, Any]()
    if names_in(request.path):
        made["path"] = _told("path")
    headers = {key: _told(f"header {key}") for key, value in request.headers.items() if names_in(value)}
    if headers:
        made["header"] = headers
    queries = {f"$.{key}": _told(f"query {key}") for key, value in request.query.items() if names_in(value)}
    if queries:
        made["query"] = queries
    if request.body.kind in ("json", "form"):
        leaves = {path: _told(f"body {path}") for path, value in walk(request.body.content) if names_in(value)}
        if leaves:
            made["body"] = leaves
    return {"generators": made} if made else {}


def _told(what: str) -> dict[str, str]:
    return {"type": "ProviderState", "expression": "${" + key_of(what) + "}", "dataType": "STRING"}


def told(step: HttpStep, request: Message, filled: Mapping[str, Any]) -> dict[str, Any]:
    """What the state tells of a request: each text that a generator asks for."""
    found = {key_of("path"): request.url.partition("?")[0]}
    found |= {key_of(f"header {name}"): value for name, value in request.headers}
    found |= {key_of(f"query {name}"): value for name, value in filled["query"].items()}
    if step.request.body.kind in ("json", "form"):
        leaves = dict(walk(filled["body"]))
        found |= {key_of(f"body {path}"): value for path, value in leaves.items()}
    return found


def _rules(step: HttpStep) -> dict[str, Any]:
    body: dict[str, Any] = {}
    prefix = len("$.body")
    for path, value in walk(step.response.body.content) if step.response.body.kind == "json" else ():
        names = names_in(value)
        if names:
            body[path] = {"combine": "AND", "matchers": [_shape(value)]}
    for path, rule in step.response.match.items():
        if path.startswith("$.body") and (written := _rule(rule)):
            body["$" + path[prefix:]] = {"combine": "AND", "matchers": [written]}
    return {"matchingRules": {"body": body}} if body else {}


def _shape(value: str) -> dict[str, Any]:
    whole = PLACEHOLDER.fullmatch(value)
    if whole and whole[2] == "integer":
        return {"match": "integer"}
    return {"match": "type"}


def _rule(rule: Rule) -> dict[str, Any] | None:
    if rule.match in _SAME:
        written = {"match": rule.match, "regex": rule.regex, "value": rule.value, "min": rule.min, "max": rule.max}
        return {name: value for name, value in written.items() if value is not None}
    return {"match": "type"} if rule.match in ("timestamp", "date", "enum", "any", "values") else None


class StateEndpoint:
    """A WSGI application for a verifier's state changes: plays the steps before, tells what the step needs."""

    def __init__(self, contracts: list[Contract], upstream: Upstream, *, given: Mapping[str, str]) -> None:
        self._contracts = {contract.id: contract for contract in contracts}
        self._upstream, self._given, self._count = upstream, given, 0

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        asked = json.loads(request_of(environ).body or b"{}")
        params = asked.get("params") or asked
        answer = self._played(params) if params.get("contract") in self._contracts else {}
        body = json.dumps(answer, ensure_ascii=False).encode()
        start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
        return [body]

    def _played(self, params: Mapping[str, str]) -> dict[str, Any]:
        self._count += 1
        contract, seed = self._contracts[params["contract"]], f"pact:{self._count}"
        values: Values = starting_values(contract, self._given, {}, seed) | {"now": 0}
        step, request, filled = reach(contract, self._upstream, values, params["step"], seed)
        return told(step, request, filled)
