"""A tape into a contract: name what travels, redact, look through again, replay. It fails closed.

The order matters: a value first seen in a reply is a capture, one first seen in a request or known beforehand a secret.
Were secrets first, a `client_secret` that the gateway minted would be one, and the next recording would differ.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote, unquote_plus

from pydantic import ValidationError

from contracts.errors import ContractError, Refused
from contracts.format import EXPIRES_AFTER, Contract, HttpStep, Source, ToldBy, dump, parse
from contracts.matching import Difference, Matcher
from contracts.messages import body_of, request_tree, response_tree, tree_of
from contracts.placeholders import PLACEHOLDER, written_as
from contracts.policy import Policy
from contracts.redact import Redactor
from contracts.redaction import Known, Redaction, strings
from contracts.scanner import Scanner
from contracts.steps import Steps
from contracts.tape import Asked, Exchange, Message, Tape
from contracts.values import card_values, patterns_of

__all__ = ["Origin", "objections", "seal"]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a tape was made, and by what."""

    source: Source
    upstream: str
    recorder: str
    recorded_at: datetime
    api_version: str | None = None
    connector: str | None = None
    licence: str | None = None


def seal(
    tape: Tape,
    policy: Policy,
    origin: Origin,
    *,
    identity: str,
    title: str,
    known: Iterable[Known] = (),
    basic: tuple[str, str] | None = None,
    environment: Mapping[str, str] | None = None,
    tags: Iterable[str] = (),
    asked: Iterable[Asked] = (),
    told_by: ToldBy | None = None,
    before: Contract | None = None,
) -> Contract:
    """The contract of a tape.

    `known` are the secrets that took part, `basic` the names of two that travel as one credential, `environment` other
    secrets that must not be found, `asked` what the merchant wanted and what `told_by` knows became of it,
    `before` what was recorded last time: how long an exchange took is kept where it took about as long. Raises Refused,
    with every reason, where anything in it may not be written.
    """
    known = tuple(known)
    refused = _reasons(tape, policy)
    if refused:
        raise Refused(refused)
    redaction = Redaction(policy)
    for secret in known:
        redaction.know(secret)
    if basic:
        redaction.join(*basic)
    # How long a simulator took says nothing of a gateway, and much of the machine.
    steps = Steps(policy, redaction, timed=origin.source is not Source.SIMULATOR, took=_took(before))
    taped = steps.of(tape.exchanges)
    document = {
        "assay_contract": 1, "id": identity, "title": title, "gateway": policy.gateway, "tags": list(tags),
        "provenance": _provenance(origin), "steps": taped,
    }  # fmt: skip
    if commands := [{**one.about, "steps": [taped[place]["id"] for place in one.exchanges]} for one in asked]:
        document |= {"told_by": told_by, "commands": commands}
    secrets = {name: row.model_dump(exclude_defaults=True) for name, row in redaction.secrets.items()}
    contract = _finished(document | {"secrets": secrets, "cards": redaction.cards}, known, environment or {})
    values = {f"secret.{secret.name}": secret.value for secret in known} | card_values(contract)
    _replayed(contract, tape, values)
    return contract


def _took(before: Contract | None) -> dict[str, int]:
    steps = before.http_steps if before else []
    return {step.id: step.response.within_ms for step in steps if step.response.within_ms is not None}


def _provenance(origin: Origin) -> dict[str, Any]:
    recorded = origin.recorded_at.astimezone(UTC).replace(microsecond=0)
    told = {
        "source": origin.source, "upstream": origin.upstream, "recorder": origin.recorder, "recorded_at": recorded,
        "expires_at": None if origin.source is Source.SIMULATOR else recorded + EXPIRES_AFTER,
        "api_version": origin.api_version, "connector": origin.connector, "licence": origin.licence,
    }  # fmt: skip
    return {name: value for name, value in told.items() if value}


def _finished(document: dict[str, Any], known: Iterable[Known], environment: Mapping[str, str]) -> Contract:
    """The contract, looked through once more as the text that will be written."""
    used = {name for text in strings(document["steps"]) for found in PLACEHOLDER.finditer(text)
            for name in found[1].split(",")}  # fmt: skip
    if any(step["kind"] == "webhook" and "signature" in step for step in document["steps"]):
        used.add("secret.webhook")
        document["secrets"].setdefault("secret.webhook", {"kind": "webhook secret", "pattern": "[0-9A-F]{64}"})
    document["secrets"] = {name: row for name, row in document["secrets"].items() if name in used}
    try:
        contract = parse(dump(Contract.model_validate(document)))
    except (ValidationError, ContractError) as error:
        raise Refused([_unquoted(error)]) from None
    scanner = Scanner({secret.name: secret.value for secret in known if len(secret.value) >= 6} | dict(environment))
    found = sorted({f"{path}: {what}" for path, what in scanner.tree(document_of(contract))})
    if found:
        raise Refused(found)
    return contract


def _replayed(contract: Contract, tape: Tape, values: dict[str, Any]) -> None:
    """Hold the contract against what was taped: it must describe every message of it.

    Raises Refused with the paths; not with the values, which are unredacted here.
    """
    patterns = patterns_of(contract)
    for step, exchange in zip(contract.steps, tape.exchanges, strict=True):
        pairs: list[tuple[Any, Any, Any]] = [(step.request, request_tree(step.request), exchange.request)]
        if isinstance(step, HttpStep) and exchange.response is not None:
            pairs.append((step.response, response_tree(step.response), exchange.response))
        for recorded, tree, message in pairs:
            actual = tree_of(message)
            found, learned = Matcher(tree, recorded.match, patterns).compare(actual, values)
            values |= learned
            if found:
                # A path may hold a key that must not be shown: its beginning says enough.
                raise Refused([f"step {step.id}: does not replay: {one.kind} in {_beginning(one)}" for one in found])


def _beginning(one: Difference) -> str:
    return ".".join(re.split(r"[.\[]", one.path)[:2])


def document_of(contract: Contract) -> dict[str, Any]:
    """What a scanner has to look at: everything but hash and patterns, which are ours."""
    found: dict[str, Any] = json.loads(dump(contract))
    found.pop("integrity", None)
    return found


def _unquoted(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors(include_input=False, include_url=False)[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    return str(error)


# -- what is refused before anything is read


def _reasons(tape: Tape, policy: Policy) -> list[str]:
    found = [] if tape.exchanges else ["nothing was recorded"]
    for place, exchange in enumerate(tape.exchanges):
        found += [f"exchange {place}: {reason}" for reason in _of(exchange, policy)]
    return found


def _of(exchange: Exchange, policy: Policy) -> Iterable[str]:
    if exchange.is_delivery:
        if policy.scheme and not exchange.verified:
            yield "the signature of a delivery did not hold"
    elif exchange.actor == "merchant" and exchange.host not in policy.hosts:
        yield f"{exchange.host or 'no host'} is not among the hosts of {policy.gateway}'s rules"
    for message in (exchange.request, exchange.response):
        if message is not None:
            yield from objections(message, policy)


def objections(message: Message, policy: Policy, *, asked: bool = False) -> list[str]:
    """Why a message may not be recorded whatever else is redacted; `asked` also before a request is sent on."""
    return [*_of_message(message, policy), *(_unknown_cards(message, policy) if asked else ())]


def _unknown_cards(message: Message, policy: Policy) -> Iterable[str]:
    text = unquote_plus(message.body.decode("latin-1")) + "\n" + unquote(message.url)
    for card in policy.cards:
        for spelled in (card.pan, written_as(card.pan, "spaced"), written_as(card.pan, "dashed")):
            text = text.replace(spelled, "")
    if "card number" in _REDACTOR.findings(text):
        yield "a card number was used that is no published test card"


_REDACTOR = Redactor({})


def _of_message(message: Message, policy: Policy) -> Iterable[str]:
    text = message.body.decode("latin-1") + "\n".join(value for _, value in message.headers) + message.url
    views = (text, unquote(text))
    if any(prefix in view for prefix in policy.live_keys for view in views):
        yield "a live key was used"
    content = body_of(message).content
    if _is_live(content, policy.live_flags):
        yield "the gateway answered in live mode"
    if any(PLACEHOLDER.search(view) for view in views):
        yield "it holds what would be read as a placeholder"


def _is_live(content: Any, flags: tuple[str, ...]) -> bool:
    if isinstance(content, dict):
        return any(content.get(flag) in (True, "true") for flag in flags) or any(
            _is_live(value, flags) for value in content.values()
        )
    return isinstance(content, list) and any(_is_live(value, flags) for value in content)
