"""A recorder within a merchant's own process: what its httpx client says goes on, and into a recording."""

import time

import httpx

from contracts.errors import Refused
from contracts.recorder import Recording
from contracts.tape import Message

__all__ = ["RecordedTransport"]


class RecordedTransport(httpx.BaseTransport):
    """Wraps the transport that reaches the gateway.

    Raises Refused, and sends nothing, for a request that would use a live key or a card that is no test card.
    """

    def __init__(self, inner: httpx.BaseTransport, recording: Recording) -> None:
        self._inner, self._recording = inner, recording

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        asked = Message(tuple(request.headers.items()), request.read(), request.method, str(request.url))
        if reasons := self._recording.refuses(asked):
            raise Refused(reasons)
        began = time.perf_counter()
        try:
            reply = self._inner.handle_request(request)
            reply.read()
        except httpx.HTTPError as error:
            self._recording.loses(asked, type(error).__name__)
            raise
        headers = tuple(pair for pair in reply.headers.items() if pair[0] != "content-encoding")
        answered = Message(headers, reply.content, status=reply.status_code)
        self._recording.hears(asked, answered, elapsed_ms=(time.perf_counter() - began) * 1000)
        return reply

    def close(self) -> None:
        self._inner.close()
