"""Looks through every contract of a folder: strict form, allowed headers, nothing secret, placeholders, age, lock.

It looks at the text as it stands and at every value decoded, so that a file that was never ours is judged, too.
`self_test` plants canaries that must be found: a green audit of a blind scanner would mean nothing.
"""

import base64
import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

from contracts.errors import ContractError, ContractInvalid, Refused
from contracts.format import Contract, HttpStep, Source, parse
from contracts.lock import LOCK, differences, files
from contracts.messages import find, request_tree, response_tree
from contracts.placeholders import names_in
from contracts.policy import load
from contracts.scanner import Scanner
from contracts.sources import source_of
from contracts.values import card_values

__all__ = ["Finding", "Report", "audit", "environment_secrets", "self_test"]

_SECRET_NAME = re.compile(r"SECRET|TOKEN|PASSWORD|API_?KEY|HMAC|PRIVATE", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with a file, and where; never the thing itself. A warning does not fail the audit."""

    file: str
    path: str
    what: str
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        return f"{self.file}: {self.path}: {self.what}"


@dataclass(slots=True)
class Report:
    """Everything an audit found."""

    files: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def errors(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.severity == "error"]


def environment_secrets(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """What the environment calls secret, and is long enough to be recognised."""
    return {name: value for name, value in environment.items() if _SECRET_NAME.search(name) and len(value) >= 8}


def audit(library: Path, *, now: datetime | None = None, environment: Mapping[str, str] = os.environ) -> Report:
    """The report on a folder. An empty or absent folder is no clean one: it is an error."""
    scanner, report = Scanner(environment_secrets(environment)), Report()
    contracts: dict[str, Contract] = {}
    for path in files(library):
        name = path.relative_to(library).as_posix()
        report.files += 1
        report.findings += _of_file(path, name, scanner, now or datetime.now(UTC), contracts)
    report.findings += _of_library(library, contracts, report.files)
    return report


def _of_file(
    path: Path, name: str, scanner: Scanner, now: datetime, contracts: dict[str, Contract]
) -> Iterator[Finding]:
    try:
        text = path.read_bytes().decode()
        contract = parse(text, name)
    except UnicodeDecodeError:
        yield Finding(name, "$", "is no UTF-8")
        return
    except ContractInvalid as error:
        # It is looked through all the same: a broken file can hold a secret, too.
        yield Finding(name, error.path, error.reason)
        yield from (Finding(name, "text", found) for found in sorted(scanner.text(text)))
        return
    contracts[name] = contract
    yield from _scanned(name, text, scanner)
    yield from _of_contract(name, contract, now)


def _scanned(name: str, text: str, scanner: Scanner) -> Iterator[Finding]:
    document: dict[str, Any] = json.loads(text)
    document.pop("integrity", None)  # a hash is no secret, and its digits may look like a card's
    found = sorted(set(scanner.tree(document)))
    yield from (Finding(name, path, what) for path, what in found)


def _of_contract(name: str, contract: Contract, now: datetime) -> Iterator[Finding]:
    if not name.startswith(f"{contract.gateway}/") or name != f"{contract.id}.json":
        yield Finding(name, "$.id", f"stands in a file that should be {contract.id}.json")
    if (age := contract.age(now)) != "fresh":
        what = "has expired: record it again" if age == "expired" else "grows old: record it again soon"
        yield Finding(name, "$.provenance", what, "error" if age == "expired" else "warning")
    try:
        yield from _source(name, contract)
        yield from _headers(name, contract)
        yield from _placeholders(name, contract)
    except ContractError as error:
        yield Finding(name, "$", str(error))


def _source(name: str, contract: Contract) -> Iterator[Finding]:
    """A simulator's answers are called a simulator's, and only those: they alone do not expire."""
    said = contract.provenance
    if said.source is Source.IMPORTED:
        return
    try:
        found = source_of(said.upstream, load(contract.gateway))
    except Refused as refused:
        yield Finding(name, "$.provenance.upstream", refused.reasons[0])
        return
    if found is not said.source:
        yield Finding(name, "$.provenance.source", f"says {said.source}, but its upstream is a {found}")


def _headers(name: str, contract: Contract) -> Iterator[Finding]:
    policy = load(contract.gateway)
    for place, step in enumerate(contract.steps):
        sides = [("request", policy.request_headers if isinstance(step, HttpStep) else policy.webhook_headers)]
        if isinstance(step, HttpStep):
            sides.append(("response", policy.response_headers))
        for side, allowed in sides:
            for header in getattr(step, side).headers:
                if header not in allowed:
                    yield Finding(name, f"$.steps[{place}].{side}.headers", f"{header!r} is not an allowed header")


def _placeholders(name: str, contract: Contract) -> Iterator[Finding]:
    known = set(contract.secrets) | set(card_values(contract))
    for place, step in enumerate(contract.steps):
        where = f"$.steps[{place}]"
        trees = {"request": request_tree(step.request)}
        if isinstance(step, HttpStep):
            trees["response"] = response_tree(step.response)
        yield from _captures(name, where, step.capture, trees)
        known |= set(step.capture)
        for side, tree in trees.items():
            unknown = {used for used in names_in(tree) if used not in known and not used.startswith("now")}
            for used in sorted(unknown):
                yield Finding(name, f"{where}.{side}", f"nothing gives {used!r} a value")


def _captures(name: str, where: str, captures: Mapping[str, Any], trees: Mapping[str, Any]) -> Iterator[Finding]:
    for captured, capture in captures.items():
        side = capture.source if capture.source in trees else "request"
        try:
            found = find(trees[side], capture.path)
        except (KeyError, ValueError):
            found = None
        if not isinstance(found, str) or captured not in names_in(found):
            yield Finding(name, f"{where}.capture", f"{captured!r} is not where it is said to be captured")


def _of_library(library: Path, contracts: dict[str, Contract], count: int) -> Iterator[Finding]:
    if not count:
        yield Finding(str(library), "$", "holds no contracts")
        return
    ids = [contract.id for contract in contracts.values()]
    for twice in sorted({identity for identity in ids if ids.count(identity) > 1}):
        yield Finding(str(library), "$", f"two contracts bear the id {twice}")
    try:
        yield from (Finding(LOCK, "$", what) for what in differences(library, contracts))
    except ContractInvalid as error:
        yield Finding(LOCK, error.path, error.reason)


# -- whether the scanner sees

# Published test values and made-up ones; none is anybody's.
_CANARIES = {
    "card number": "4242" * 4,
    "key": "sk_test_" + "canary0canary1",
    "environment secret": "canary-of-the-environment-7",
    "token": "eyJhbGciOi1.eyJzdWIiOi1.c2lnbmF0dXJl",
    "private key": "-----BEGIN " + "PRIVATE KEY-----",
    "credential": "Basic dXNlcjpwYXNzd29yZA==",
}


def self_test() -> list[str]:
    """The canaries, by kind and encoding, that the scanner does not find; none, if it is to be trusted."""
    scanner = Scanner({"environment secret": _CANARIES["environment secret"]})
    return [
        f"{kind}, {encoding}, {place}"
        for kind, canary in _CANARIES.items()
        for encoding, written in _encodings(canary).items()
        for place, tree in _placements(written).items()
        if not any(True for _ in scanner.tree(tree))
    ]


def _encodings(value: str) -> dict[str, str]:
    raw = value.encode()
    return {
        "as it is": value,
        "quoted": quote(value, safe=""),
        "quoted twice": quote(quote(value, safe=""), safe=""),
        "escaped": "".join(f"\\u{ord(char):04x}" for char in value),
        "in base64": base64.b64encode(raw).decode(),
        "in base64, one on": base64.b64encode(b"-" + raw).decode(),
        "in base64, two on": base64.b64encode(b"--" + raw).decode(),
        "in hex": raw.hex(),
        "in capital hex": raw.hex().upper(),
    }


def _placements(text: str) -> dict[str, Any]:
    return {"value": {"a": [text]}, "key": {text: 1}, "within a text": {"a": f"see {text} there"}}
