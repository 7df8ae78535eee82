"""Evidence: the exchanges a test caused, redacted before anything is written."""

import hashlib
import json
from collections.abc import Iterable
from typing import Any

import allure

from contracts.redact import Redactor

__all__ = ["Evidence"]

_BODY_LIMIT = 64 * 1024
_HTTP_VIEWER = "application/vnd.allure.http+json"


class Evidence:
    """The redacted exchanges of one test case."""

    def __init__(self, exchanges: Iterable[dict[str, Any]], redactor: Redactor) -> None:
        self.exchanges = [_redacted(exchange, redactor) for exchange in exchanges]

    @property
    def digest(self) -> str:
        """sha256 over the redacted exchanges: sorted keys, no white space."""
        text = json.dumps(self.exchanges, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    def attach(self) -> None:
        """Hand every exchange to Allure, in the form its HTTP viewer reads."""
        for exchange in self.exchanges:
            request, response = exchange["request"], exchange["response"]
            came = response["status"] if response else "no answer"
            allure.attach(
                json.dumps(_viewer(exchange), ensure_ascii=False),
                name=f"{request['method']} {request['path']} -> {came}",
                attachment_type=_HTTP_VIEWER,
                extension="httpexchange",
            )


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


def _viewer(exchange: dict[str, Any]) -> dict[str, Any]:
    request, response = exchange["request"], exchange["response"]
    shown: dict[str, Any] = {
        "schemaVersion": 1,
        "request": {
            "method": request["method"],
            "url": request["path"],
            "httpVersion": "HTTP/1.1",
            "headers": _named(request["headers"]),
            "body": _body(request["body"]),
        },
    }
    if response is None:
        return shown | {"error": {"message": "the connection was cut before an answer"}}
    answer = {"status": response["status"], "headers": _named(response["headers"]), "body": _body(response["body"])}
    return shown | {"response": answer}


def _named(headers: list[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in headers]


def _body(text: str) -> dict[str, Any]:
    return {"encoding": "utf8", "value": text, "size": len(text.encode()), "truncated": len(text) >= _BODY_LIMIT}
