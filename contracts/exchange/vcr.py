"""Cassettes of VCR.py, in. Source: vcrpy.readthedocs.io (its serialised format, version 1).

Read with YAML's safe loader only: a cassette can name any Python object, and a loader that obeys runs it
(github.com/advisories/GHSA-rpj2-4hq8-938g).
"""

import base64
from typing import Any

from contracts.errors import ContractError, ContractInvalid
from contracts.tape import Exchange, Headers, Message, Tape

__all__ = ["header_pairs", "tape"]


def tape(text: str, file: str = "cassette") -> Tape:
    """The exchanges of a cassette.

    Raises ContractInvalid; ContractError where PyYAML is not installed.
    """
    try:
        import yaml  # type: ignore[import-untyped]  # noqa: PLC0415 - only this format needs it
    except ImportError:
        raise ContractError("reading a cassette needs PyYAML: pip install 'assay[exchange]'") from None
    try:
        rows = yaml.load(text, Loader=_strings_only(yaml))["interactions"]  # noqa: S506 - it is the safe one's child
        return Tape([_exchange(row) for row in rows])
    except yaml.YAMLError as error:
        raise ContractInvalid(file, "$", f"is no plain YAML: {type(error).__name__}") from None
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ContractInvalid(file, "$.interactions", f"is no cassette: {type(error).__name__}") from None


def _strings_only(yaml: Any) -> Any:
    """The safe loader, without its guesses: a country `NO` is no falsehood, `0123` is no 83."""
    rows = yaml.SafeLoader.yaml_implicit_resolvers.items()
    kept = {first: [row for row in guesses if row[0] in _GUESSED] for first, guesses in rows}
    return type("StringsOnly", (yaml.SafeLoader,), {"yaml_implicit_resolvers": kept})


_GUESSED = ("tag:yaml.org,2002:null",)


def _exchange(row: dict[str, Any]) -> Exchange:
    request, response = row["request"], row["response"]
    asked = Message(header_pairs(request["headers"]), _bytes(request.get("body")), request["method"], request["uri"])
    status = int(response["status"]["code"])
    answered = Message(header_pairs(response["headers"]), _bytes(response["body"]), status=status)
    return Exchange(asked, answered)


def header_pairs(headers: dict[str, Any]) -> Headers:
    return tuple(
        (name.lower(), str(one))
        for name, value in headers.items()
        for one in (value if isinstance(value, list) else [value])
    )


def _bytes(body: Any) -> bytes:
    if isinstance(body, dict):
        encoded = body.get("base64_string")
        return base64.b64decode(encoded) if encoded else _bytes(body.get("string"))
    return body if isinstance(body, bytes) else str(body or "").encode()
