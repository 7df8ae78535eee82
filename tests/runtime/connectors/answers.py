"""One exchange of a connector, run against replies that are given. No simulator, no network."""

import json

from runtime.core.connector import drive
from runtime.core.messages import HttpResponse

__all__ = ["answered"]


def answered(exchange, replies):
    """The outcome of an exchange and what it sent; all replies must have been asked for.

    A reply is (status, body) or (status, body, headers): bytes as they are, an error raised, all else as JSON.
    """
    sent, left = [], list(replies)

    def send(request):
        sent.append(request)
        status, body, *headers = left.pop(0)
        if isinstance(body, Exception):
            raise body
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return HttpResponse(status, tuple(headers[0].items()) if headers else (), raw)

    outcome = drive(exchange, send, None)
    assert not left
    return outcome, sent
