"""What mutants in Adyen's own words change: the JSON of a request, the JSON of a reply."""

import json
from dataclasses import replace

from tests.mutants import bank


def mutant(requirement, bug):
    return bank.mutant(requirement, bug, gateway="adyen")


def sending(**fields):
    """The JSON request with some fields changed; None leaves one out."""

    def change(request):
        body = {**json.loads(request.body), **fields} if request.body else {}
        kept = {name: value for name, value in body.items() if value is not None}
        return replace(request, body=json.dumps(kept).encode()) if request.body else request

    return change


def answered(change):
    """The JSON reply changed: `change(reply)` returns what differs; other bodies stay as they are."""

    def of(response):
        try:
            reply = json.loads(response.body)
        except ValueError:
            return response
        if not isinstance(reply, dict):
            return response
        return replace(response, body=json.dumps({**reply, **change(reply)}).encode())

    return of


def unsent(connector, flow, acknowledge):
    """A flow that sends nothing, and answers as if the gateway had acknowledged it."""

    def exchange(context, command):
        yield from ()
        return acknowledge(command)

    return replace(connector, flows={**connector.flows, flow: exchange})
