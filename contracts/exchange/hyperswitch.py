"""The cassettes of Hyperswitch's mitmproxy harness, in: one JSON file per exchange, unredacted.

Each names connector, test, request_id, sequence, request and response. There they are replayed by request id alone;
here they become contracts, which match path and body, and are redacted first. Doubt: what request and response hold is
published nowhere, so `url` and `path`, `status` and `status_code` are all read.
"""

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

from contracts.errors import ContractInvalid
from contracts.exchange.vcr import header_pairs
from contracts.tape import Exchange, Message, Tape

__all__ = ["body_bytes", "tapes"]

Name = tuple[str, str]


def tapes(folder: Path) -> dict[Name, Tape]:
    """The tapes of a folder by connector and test, each in its sequence.

    Raises ContractInvalid.
    """
    found: dict[Name, list[tuple[int, Exchange]]] = defaultdict(list)
    for file in sorted(folder.rglob("*.json")):
        try:
            row = json.loads(file.read_bytes())
            found[row["connector"], row["test"]].append((int(row["sequence"]), _exchange(row)))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ContractInvalid(str(file), "$", f"is no cassette: {type(error).__name__}") from None
    return {name: Tape([exchange for _, exchange in sorted(rows, key=lambda row: row[0])])
            for name, rows in found.items()}  # fmt: skip


def _exchange(row: dict[str, Any]) -> Exchange:
    request, response = row["request"], row["response"]
    url = request.get("url") or request["path"]
    asked, answered = (header_pairs(side.get("headers") or {}) for side in (request, response))
    status = response["status"] if "status" in response else response["status_code"]
    sent = Message(asked, body_bytes(request.get("body")), request["method"], url)
    came = Message(answered, body_bytes(response.get("body")), status=int(status))
    return Exchange(sent, came, scenario=row["test"])


def body_bytes(body: Any) -> bytes:
    if body is None:
        return b""
    return body.encode() if isinstance(body, str) else json.dumps(body, ensure_ascii=False).encode()
