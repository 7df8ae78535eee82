"""A connector in another process, in any language: three small calls of JSON over HTTP on loopback.

`python -m suites schema` prints the forms: Description, Run and Ran, Receive and Received, and all that is in them.

GET  /connector  what it is and claims: name, gateway, version, flows, capabilities
POST /run        {"config", "now", "command"} -> {"outcome"} or {"error"}
POST /receive    the same with an IncomingWebhook -> {"events", "status"} or {"error"}
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from runtime.core.connector import Capabilities, Connector
from runtime.core.errors import ConnectorError
from runtime.core.messages import Headers, HttpResponse
from runtime.core.payments import FLOWS, Command, IncomingWebhook, Outcome
from runtime.core.webhooks import Delivery, Event
from suites.driver import ConnectorFault, well_formed
from suites.forms import FORM, BadForm, built, form, read_error, read_outcome
from suites.gateway import Gateway

__all__ = ["Remote", "RemoteDriver", "Unreachable"]


class Unreachable(LookupError):
    """No connector answers there, or what it says of itself cannot be used; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Remote:
    """A connector at an address, and what it says of itself."""

    client: httpx.Client
    connector: Connector
    digest: str

    @classmethod
    def at(cls, url: str) -> "Remote":
        """Ask a connector what it is.

        Raises:
            Unreachable: see there.
        """
        client = httpx.Client(base_url=url, timeout=5)
        try:
            reply = client.get("/connector")
            told = reply.raise_for_status().json()
            return cls(client, _connector(told), hashlib.sha256(reply.content).hexdigest())
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as problem:
            client.close()
            raise Unreachable(f"{url}/connector: {type(problem).__name__}: {problem}") from None


def _connector(told: Mapping[str, Any]) -> Connector:
    known = {flow.__name__: flow for flow in FLOWS}
    unknown = [name for name in told["flows"] if name not in known]
    if unknown:
        raise BadForm(f"flows: there is no {', '.join(unknown)}")
    claims = dict(told["capabilities"])
    once = claims.pop("idempotent", None)
    capabilities: Capabilities = built(Capabilities, {**claims, FORM: "Capabilities"})
    if once is not None:
        object.__setattr__(capabilities, "idempotent", frozenset(known[name] for name in once))
    return Connector(
        name=told["name"],
        gateway=told["gateway"],
        version=told["version"],
        config=dict,
        capabilities=capabilities,
        flows={known[name]: _elsewhere for name in told["flows"]},
    )


def _elsewhere(*_: object) -> Any:
    raise AssertionError("a remote connector carries its flows out itself")


class RemoteDriver:
    """Runs commands where the connector is; what it answers in no known form is the connector's fault."""

    def __init__(
        self, remote: Remote, config: Mapping[str, Any], gateway: Gateway, *, deadline_s: float, skew_s: float = 0
    ) -> None:
        self._client, self._config, self._gateway = remote.client, form(config), gateway
        self._deadline_s, self._skew_s = deadline_s, skew_s

    def run(self, command: Command) -> Outcome | ConnectorError:
        flow = type(command).__name__
        self._gateway.expect(flow)
        answer = self._ask(flow, "/run", command)
        return well_formed(command, self._read(flow, answer, lambda: read_outcome(answer["outcome"])))

    def receive(self, headers: Headers, body: bytes) -> Delivery | ConnectorError:
        command = IncomingWebhook(request_id="delivery", headers=headers, body=body)
        answer = self._ask("IncomingWebhook", "/receive", command)
        told: Delivery | ConnectorError = self._read("IncomingWebhook", answer, lambda: _delivery(answer))
        return told

    def _ask(self, flow: str, path: str, command: Command) -> dict[str, Any]:
        asked = {"config": self._config, "now": self._gateway.now() + self._skew_s, "command": form(command)}
        try:
            # In ASCII: a command may hold text that is no Unicode, and that is the connector's to refuse.
            body = json.dumps(asked)
            reply = self._client.post(
                path, content=body, headers={"Content-Type": "application/json"}, timeout=self._deadline_s
            )
            answer: dict[str, Any] = reply.json()
        except httpx.TimeoutException:
            raise ConnectorFault(f"{flow}: no answer within the deadline") from None
        except (httpx.HTTPError, json.JSONDecodeError) as problem:
            raise ConnectorFault(f"{flow}: {type(problem).__name__} instead of an answer") from None
        if reply.status_code != 200 or not isinstance(answer, dict):
            raise ConnectorFault(f"{flow}: HTTP {reply.status_code} instead of an answer")
        return answer

    def _read(self, flow: str, answer: Mapping[str, Any], read: Callable[[], Any]) -> Any:
        try:
            return read_error(answer["error"]) if answer.get("error") else read()
        except BadForm as problem:
            raise ConnectorFault(f"{flow}: {problem}") from None
        except (KeyError, TypeError) as problem:
            raise ConnectorFault(f"{flow}: the answer has neither an outcome nor an error") from problem


def _delivery(answer: Mapping[str, Any]) -> Delivery:
    events = tuple(built(Event, event) for event in answer["events"])
    return Delivery(events=events, acknowledgement=HttpResponse(int(answer["status"])))
