"""Evidence: the exchanges a case caused, redacted before anything is written."""

import hashlib
import json
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import Any

from contracts.redact import Redactor

__all__ = ["Evidence"]

_BODY_LIMIT = 64 * 1024


class Evidence:
    """The redacted exchanges of one case, in their order."""

    def __init__(self, exchanges: Iterable[dict[str, Any]], redactor: Redactor) -> None:
        self.exchanges = [_redacted(exchange, redactor) for exchange in exchanges]

    @cached_property
    def digest(self) -> str | None:
        """sha256 over the redacted exchanges as JSON with sorted keys and no white space; None where there are none."""
        return hashlib.sha256(self._text).hexdigest() if self.exchanges else None

    def write(self, folder: Path) -> None:
        """Write the exchanges to `<digest>.json`, byte for byte what the digest is over."""
        if self.digest:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{self.digest}.json").write_bytes(self._text)

    @cached_property
    def _text(self) -> bytes:
        return json.dumps(self.exchanges, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _redacted(exchange: dict[str, Any], redactor: Redactor) -> dict[str, Any]:
    request, response = exchange["request"], exchange["response"]
    return {
        "request": {"method": request["method"], "path": redactor.text(request["path"])} | _message(request, redactor),
        "response": {"status": response["status"]} | _message(response, redactor) if response else None,
    }


def _message(message: dict[str, Any], redactor: Redactor) -> dict[str, Any]:
    headers = message["headers"]
    pairs = headers.items() if isinstance(headers, dict) else headers
    return {
        "headers": redactor.headers((name, value) for name, value in pairs),
        "body": redactor.text(message["body"] or "")[:_BODY_LIMIT],
    }
