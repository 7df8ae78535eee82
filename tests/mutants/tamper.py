"""Break a connector on purpose, at the border where every connector looks the same: its exchanges.

What is changed here is the command on its way in, the request on its way out, the response on its way in, and the
outcome or error on its way out, so that one mutant fits every gateway.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace

from runtime.core.connector import Connector
from runtime.core.errors import ConnectorError


@dataclass(frozen=True, slots=True, kw_only=True)
class Tampering:
    """What to change. `outcome` and `error` also see the command; `error` returns an outcome or raises."""

    command: Callable = lambda command: command
    request: Callable = lambda request: request
    response: Callable = lambda response: response
    outcome: Callable = lambda command, outcome: outcome
    error: Callable | None = None


def tamper(connector: Connector, *flows: type, **changes: Callable) -> Connector:
    """The connector with the exchanges of some flows changed, of those that it has."""
    has = [flow for flow in flows if flow in connector.flows]
    changed = {flow: _tampered(connector.flows[flow], Tampering(**changes)) for flow in has}
    return replace(connector, flows={**connector.flows, **changed})


def _tampered(flow, change):
    def exchange(context, command):
        try:
            result = yield from _conversation(flow(context, change.command(command)), change)
        except ConnectorError as error:
            if change.error is None:
                raise
            return change.error(command, error)
        return change.outcome(command, result)

    return exchange


def _conversation(inner, change):
    """`yield from` with a hand on every message; transport errors pass through untouched."""
    try:
        step = next(inner)
        while True:
            try:
                reply = yield change.request(step)
            except Exception as error:  # noqa: BLE001 - whatever is thrown in belongs to the inner exchange
                step = inner.throw(error)
            else:
                step = inner.send(change.response(reply))
    except StopIteration as done:
        return done.value


def reading(connector, *flows, change):
    """The outcome changed by what the last reply says: `change(reply, outcome)`."""
    last = {}

    def keep(response):
        last["reply"] = json.loads(response.body or b"{}")
        return response

    return tamper(connector, *flows, response=keep, outcome=lambda command, outcome: change(last["reply"], outcome))


def drop_field(request, name):
    """The same form request without one field."""
    kept = b"&".join(pair for pair in request.body.split(b"&") if not pair.startswith(name.encode() + b"="))
    return replace(request, body=kept)


def set_header(request, name, value):
    """The same request with a header replaced; None leaves it out."""
    others = tuple((key, old) for key, old in request.headers if key.lower() != name.lower())
    return replace(request, headers=others if value is None else (*others, (name, value)))
