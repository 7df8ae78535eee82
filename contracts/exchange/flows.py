"""mitmproxy's flow files, in and out. Source: docs.mitmproxy.org/stable/api/mitmproxy/io.html.

They are binary, hold whole connections and are redacted by nobody: what comes in is read in memory only. Only where
mitmproxy is installed, which is the recorder's environment.
"""

import io
from typing import Any

from contracts.bodies import CONTENT_TYPES, encode, pairs
from contracts.errors import ContractError, ContractInvalid
from contracts.format import Contract, HttpStep
from contracts.tape import Exchange, Message, Tape

__all__ = ["flows", "tape"]


def _mitmproxy() -> Any:
    try:
        import mitmproxy.http  # type: ignore[import-not-found]  # noqa: PLC0415 - only this format needs it
        import mitmproxy.io  # type: ignore[import-not-found]  # noqa: PLC0415 - as above
    except ImportError:
        raise ContractError("flow files need mitmproxy, in an environment of its own: make .venv-record") from None
    return mitmproxy


def tape(raw: bytes, file: str = "flows") -> Tape:
    """The exchanges of a flow file, in the order in which they began; those without an answer are left out.

    Raises ContractInvalid; ContractError where mitmproxy is not installed.
    """
    mitmproxy = _mitmproxy()
    try:
        found = list(mitmproxy.io.FlowReader(io.BytesIO(raw)).stream())
    except (mitmproxy.exceptions.FlowReadException, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ContractInvalid(file, "$", f"is no flow file: {type(error).__name__}") from None
    answered = [flow for flow in found if isinstance(flow, mitmproxy.http.HTTPFlow) and flow.response]
    return Tape(sorted((_exchange(flow) for flow in answered), key=lambda exchange: exchange.at))


def _exchange(flow: Any) -> Exchange:
    began = float(flow.request.timestamp_start)
    ended = flow.response.timestamp_end or began
    return Exchange(
        _message(flow.request, flow.request.pretty_url), _message(flow.response), flow.comment or None,
        at=began, elapsed_ms=max(0.0, (ended - began) * 1000),
    )  # fmt: skip


def _message(message: Any, url: str | None = None) -> Message:
    headers = tuple((name.lower(), value) for name, value in message.headers.items(multi=True)
                    if name.lower() not in ("content-encoding", "transfer-encoding"))  # fmt: skip
    body = message.get_content(strict=False) or b""
    if url is None:
        return Message(headers, body, status=message.status_code)
    return Message(headers, body, message.method, url)


def flows(contract: Contract) -> bytes:
    """A contract as a flow file: its placeholders stay, so that it holds no more than the contract does."""
    mitmproxy, made = _mitmproxy(), io.BytesIO()
    writer = mitmproxy.io.FlowWriter(made)
    for place, step in enumerate(contract.http_steps):
        writer.add(_flow(mitmproxy, contract, step, place))
    return made.getvalue()


def _flow(mitmproxy: Any, contract: Contract, step: HttpStep, place: int) -> Any:
    host = contract.provenance.upstream.removeprefix("https://").removeprefix("http://")
    flow = mitmproxy.http.HTTPFlow(
        mitmproxy.connection.Client(peername=("127.0.0.1", 0), sockname=("127.0.0.1", 0)),
        mitmproxy.connection.Server(address=(host, 443)),
    )
    query = pairs(step.request.query)
    url = contract.provenance.upstream + step.request.path + (f"?{query}" if query else "")
    # Steps keep their order: each begins a millisecond after the other.
    at = contract.provenance.recorded_at.timestamp() + place / 1000
    flow.request = mitmproxy.http.Request.make(step.request.method, url, *_content(step.request))
    flow.response = mitmproxy.http.Response.make(step.response.status, *_content(step.response))
    flow.request.timestamp_start = flow.request.timestamp_end = at
    flow.response.timestamp_start = flow.response.timestamp_end = at
    flow.comment = step.id
    return flow


def _content(side: Any) -> tuple[bytes, dict[str, str]]:
    kind = CONTENT_TYPES.get(side.body.kind)
    typed = {"content-type": kind} if kind else {}
    return encode(side.body.kind, side.body.content), typed | side.headers
