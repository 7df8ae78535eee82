"""Which flow an exchange belongs to, where one recorder hears several.

Whoever drives the connector announces a flow before it begins, and everything that comes then belongs to it. What comes
later than its own flow is known by its request id (`request_id_headers` of the gateway's rules: the first value of its
kind settles it), a delivery or a page of the shopper's by an id that the gateway minted. Connectors that run at once
claim their request ids beforehand, or name the flow in a header, which goes no further than the recorder.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from contracts.errors import ContractError
from contracts.messages import body_of, walk
from contracts.policy import Policy
from contracts.redaction import ends_with, keys_of
from contracts.tape import Message, header

__all__ = ["CONTROL", "FLOW_HEADER", "STEP_HEADER", "Attribution", "is_flow", "words_of"]

FLOW_HEADER, STEP_HEADER = "x-assay-flow", "x-assay-step"
CONTROL = "/_assay/flow"
"""Where a merchant in another process announces a flow: POST {"flow": "sale", "title": ..., "step": ...}, or claims
request ids for it: {"flow": "sale", "request_ids": [...]}; {"flow": null} ends one. The recorder answers, and sends
nothing of it on."""

_FLOW = re.compile(r"[a-z0-9][a-z0-9_-]*\Z")
_WORD = re.compile(r"[0-9A-Za-z_-]{8,}")


def is_flow(name: str) -> bool:
    return bool(_FLOW.match(name))


@dataclass(slots=True)
class Attribution:
    """What is known of the flows so far; `current` is the one that was announced last and has not ended."""

    policy: Policy
    current: str | None = None
    _claimed: dict[str, str] = field(default_factory=dict)  # request id -> flow
    _minted: dict[str, set[str]] = field(default_factory=dict)  # id of the gateway's -> flows that it was seen in

    def announce(self, flow: str | None) -> None:
        """Raises ContractError for what is no name of a flow."""
        self.current = _checked(flow) if flow is not None else None

    def claim(self, flow: str, request_ids: Iterable[str]) -> None:
        self._claimed |= dict.fromkeys(request_ids, _checked(flow))

    def of_request(self, request: Message) -> str | None:
        """The flow of what the merchant asks: as it is named, claimed, announced, or known by an id."""
        named = header(request.headers, FLOW_HEADER)
        if named is not None:
            return _checked(named)
        request_id = self._request_id(request)
        return self._claimed.get(request_id or "") or self.current or self._by_id(request)

    def of_delivery(self, request: Message) -> str | None:
        """The flow of what nobody asked for now: by an id, else the one that goes on."""
        return self._by_id(request) or self.current

    def learn(self, flow: str, request: Message, response: Message | None) -> None:
        """Remember by what later exchanges of the same flow are known."""
        if request_id := self._request_id(request):
            self._claimed.setdefault(request_id, flow)
        if response is not None:
            for minted in self._ids(response):
                self._minted.setdefault(minted, set()).add(flow)

    def _request_id(self, request: Message) -> str | None:
        told = (header(request.headers, name) for name in self.policy.request_id_headers)
        return next((value for value in told if value), None)

    def _ids(self, message: Message) -> Iterator[str]:
        for path, value in walk(body_of(message).content, "$.body"):
            if isinstance(value, str) and len(value) >= 8 and ends_with(keys_of(path), self._named):
                yield value

    @property
    def _named(self) -> tuple[str, ...]:
        return (*self.policy.ids, *self.policy.secret_ids)

    def _by_id(self, message: Message) -> str | None:
        """The flow that alone has seen an id of the message's; none, where ids speak for two."""
        found = [self._minted[word] for word in words_of(message) if word in self._minted]
        flows = {next(iter(flows)) for flows in found if len(flows) == 1}
        return flows.pop() if len(flows) == 1 else None


def words_of(message: Message) -> set[str]:
    """Whatever in an address or a body may be an id."""
    told = (str(value) for _, value in walk(body_of(message).content) if isinstance(value, str | int))
    return {word for text in (message.url, *told) for word in _WORD.findall(text)}


def _checked(flow: str) -> str:
    if not is_flow(flow):
        raise ContractError(f"{flow!r} is no name of a flow: small letters, digits, - and _")
    return flow
