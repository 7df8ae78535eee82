"""HTTP Archive 1.2, which browsers and proxies read and write. Source: www.softwareishard.com/blog/har-12-spec."""

import base64
import json
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from contracts.bodies import CONTENT_TYPES, encode, pairs
from contracts.errors import ContractInvalid
from contracts.format import Body, Contract, HttpStep
from contracts.tape import Exchange, Headers, Message, Tape

__all__ = ["archive", "tape"]


def tape(text: str, file: str = "har") -> Tape:
    """The exchanges of an archive, in the order in which they began; those without an answer are left out.

    Raises ContractInvalid.
    """
    try:
        entries = json.loads(text)["log"]["entries"]
        made = [_exchange(entry) for entry in entries if entry["response"]["status"]]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ContractInvalid(file, "$.log", f"is no archive: {type(error).__name__}") from None
    return Tape(sorted(made, key=lambda exchange: exchange.at))


def _exchange(entry: dict[str, Any]) -> Exchange:
    request, response = entry["request"], entry["response"]
    began = datetime.fromisoformat(entry["startedDateTime"]).timestamp()
    asked = Message(_pairs(request["headers"]), _posted(request), request["method"], request["url"])
    kept = tuple(pair for pair in _pairs(response["headers"]) if pair[0] != "content-encoding")
    content = response.get("content") or {}
    text = content.get("text") or ""
    body = base64.b64decode(text) if content.get("encoding") == "base64" else text.encode()
    answered = Message(kept, body, status=response["status"])
    return Exchange(asked, answered, entry.get("comment"), at=began, elapsed_ms=max(0, entry.get("time") or 0))


def _pairs(rows: list[dict[str, str]]) -> Headers:
    # HTTP/2's own headers begin with a colon; the rest of the request says the same.
    return tuple((row["name"].lower(), row["value"]) for row in rows if not row["name"].startswith(":"))


def _posted(request: dict[str, Any]) -> bytes:
    posted = request.get("postData") or {}
    if "text" in posted:
        return str(posted["text"]).encode()
    return urlencode([(row["name"], row.get("value", "")) for row in posted.get("params") or []]).encode()


def archive(contract: Contract) -> dict[str, Any]:
    """A contract as an archive: its placeholders stay, so that it holds no more than the contract does."""
    entries = [_entry(contract, step, place) for place, step in enumerate(contract.http_steps)]
    creator = {"name": "assay", "version": str(contract.assay_contract)}
    return {"log": {"version": "1.2", "creator": creator, "entries": entries}}


def _entry(contract: Contract, step: HttpStep, place: int) -> dict[str, Any]:
    began = contract.provenance.recorded_at
    query = pairs(step.request.query)
    url = contract.provenance.upstream + step.request.path + (f"?{query}" if query else "")
    request: dict[str, Any] = _side(step.request.headers) | {
        "method": step.request.method, "url": url,
        "queryString": [{"name": name, "value": str(value)} for name, value in step.request.query.items()],
    }  # fmt: skip
    if step.request.body.kind != "empty":
        request["postData"] = {"mimeType": _type(step.request), "text": _text(step.request.body)}
    text = _text(step.response.body)
    content: dict[str, Any] = {"size": len(text.encode()), "mimeType": _type(step.response), "text": text}
    if step.response.body.kind == "base64":
        content |= {"encoding": "base64", "text": step.response.body.content}
    return {
        "comment": step.id,
        # Steps keep their order: each begins a millisecond after the other.
        "startedDateTime": began.replace(microsecond=(place % 1000) * 1000).isoformat(),
        "time": 0,
        "request": request,
        "response": _side(step.response.headers) | {
            "status": step.response.status, "statusText": "", "content": content,
            "redirectURL": step.response.headers.get("location", ""),
        },
        "cache": {},
        "timings": {"send": 0, "wait": 0, "receive": 0},
    }  # fmt: skip


def _side(headers: dict[str, str]) -> dict[str, Any]:
    rows = [{"name": name, "value": value} for name, value in headers.items()]
    return {"httpVersion": "HTTP/1.1", "cookies": [], "headers": rows, "headersSize": -1, "bodySize": -1}


def _type(side: Any) -> str:
    return str(side.headers.get("content-type") or CONTENT_TYPES.get(side.body.kind, ""))


def _text(body: Body) -> str:
    if body.kind == "base64":
        return str(body.content)
    return encode(body.kind, body.content).decode()
