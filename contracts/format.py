"""The file of a contract, version 1: strict keys, fixed order, one hash.

A body is exactly one of json, form, xml, text, base64, empty. Values that travel from step to step are placeholders,
`{{step.name}}`; so are secrets, `{{secret.name}}`, and published test cards, `{{card.name.pan}}`. Paths begin at the
message: `$.path`, `$.query.x`, `$.headers.x`, `$.status`, `$.body.x`. Rules bear the names of Pact's matchers
(github.com/pact-foundation/pact-specification, version 4), with `enum`, `absent`, `luhn` and `any` of our own.
"""

import json
import re
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import rfc8785
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue, ValidationError, model_validator

from contracts.commands import Books, Command, ToldBy
from contracts.errors import ContractInvalid

__all__ = [
    "EXPIRES_AFTER", "VERSION", "WARNS_AFTER", "Body", "Books", "Capture", "Command", "Contract", "HttpStep",
    "Provenance", "Repeat", "Request", "Response", "Rule", "Secret", "Signature", "Source", "Step", "ToldBy",
    "WebhookStep", "digest", "dump", "json_schema", "parse", "plain", "read", "sealed",
]  # fmt: skip

VERSION = 1
WARNS_AFTER = timedelta(days=90)
EXPIRES_AFTER = timedelta(days=120)

_NAME = r"^[a-z][a-z0-9_]*$"
_ID = r"^[a-z0-9_-]+/[a-z0-9_-]+$"
_PATH = r"^\$(\.|\[|$)"
Name = Annotated[str, Field(pattern=_NAME)]
JsonPath = Annotated[str, Field(pattern=_PATH)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Source(StrEnum):
    """Who answered. A simulator's answer is never called a sandbox's."""

    SANDBOX = "sandbox"
    SIMULATOR = "simulator"
    IMPORTED = "imported"


class Provenance(_Strict):
    """Where, when and by what a contract was recorded; `upstream` names no credentials.

    A simulator's answers are as old as its code, which is beside them: they do not expire.
    """

    source: Source
    upstream: Annotated[str, Field(pattern=r"^https?://[^@]+$")]
    recorded_at: AwareDatetime
    expires_at: AwareDatetime | None = None
    api_version: str | None = None
    recorder: str
    connector: str | None = None
    licence: str | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if (self.expires_at is None) != (self.source is Source.SIMULATOR):
            raise ValueError("what a gateway said expires, and says when (expires_at); what a simulator said does not")
        if self.expires_at and not timedelta(0) < self.expires_at - self.recorded_at <= EXPIRES_AFTER:
            raise ValueError(f"expires_at must follow recorded_at by {EXPIRES_AFTER.days} days at most")
        return self


class Secret(_Strict):
    """What is not in the file: where its value comes from (`env`), or what stands in for it (`fake`, `pattern`)."""

    kind: str
    env: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")] | None = None
    fake: JsonValue = None
    pattern: str | None = None


class Rule(_Strict):
    """How a value is compared where equality is too much; `volatile` values may change without being drift."""

    match: Literal[
        "equality", "type", "regex", "include", "integer", "decimal", "number", "boolean", "null", "timestamp", "date",
        "notEmpty", "values", "enum", "absent", "luhn", "any",
    ]  # fmt: skip
    regex: str | None = None
    value: str | None = None
    values: tuple[JsonValue, ...] | None = None
    min: int | None = None
    max: int | None = None
    volatile: bool = False

    @model_validator(mode="after")
    def _complete(self) -> Self:
        needed = {"regex": self.regex, "include": self.value, "enum": self.values}
        if self.match in needed and needed[self.match] is None:
            raise ValueError(f"a rule {self.match!r} does not say what it compares with")
        if self.regex is not None:
            try:
                re.compile(self.regex)
            except re.error as error:
                raise ValueError(f"is no regular expression: {error}") from None
        return self


Rules = dict[JsonPath, Rule]


class Body(_Strict):
    """Exactly one of them; a form keeps the order of its keys, and a key that came twice has a list."""

    json_: JsonValue = Field(default=None, alias="json")
    form: dict[str, str | list[str]] | None = None
    xml: str | None = None
    text: str | None = None
    base64: Annotated[str, Field(pattern=r"^[A-Za-z0-9+/]*={0,2}$")] | None = None
    empty: Literal[True] | None = None

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if len(self.model_fields_set) != 1:
            raise ValueError("a body is exactly one of json, form, xml, text, base64, empty")
        if self.kind != "json" and self.content is None:
            raise ValueError(f"a body of kind {self.kind} is not null")
        return self

    @property
    def kind(self) -> str:
        (name,) = self.model_fields_set
        return "json" if name == "json_" else name

    @property
    def content(self) -> Any:
        (name,) = self.model_fields_set
        return getattr(self, name)


class Request(_Strict):
    """What was sent, as far as it matters: a header that is not named here may have any value."""

    method: Annotated[str, Field(pattern=r"^[A-Z]+$")]
    path: Annotated[str, Field(pattern=r"^/")]
    query: dict[str, str | list[str]] = {}
    headers: dict[str, str] = {}
    body: Body
    match: Rules = {}


class Response(_Strict):
    """What came back. `within_ms` is a step of a coarse scale, so that recording again changes nothing."""

    status: Annotated[int, Field(ge=100, le=599)]
    headers: dict[str, str] = {}
    body: Body
    within_ms: int | None = None
    match: Rules = {}


class Capture(_Strict):
    """A value that travels: where it is first seen, and of what shape another of its kind would be."""

    source: Literal["request", "response"] = Field(alias="in")
    path: JsonPath = Field(alias="from")
    pattern: str
    secret: bool = False


class Repeat(_Strict):
    """A request that is sent until an answer holds `until`, at most `max` times."""

    max: Annotated[int, Field(ge=1, le=100)]
    until: dict[JsonPath, JsonValue]


class HttpStep(_Strict):
    """One exchange: the merchant's, or the browser's where the shopper is sent away and comes back."""

    id: Name
    kind: Literal["http"]
    actor: Literal["merchant", "browser"] = "merchant"
    scenario: str | None = None
    concurrent: Name | None = None
    repeat: Repeat | None = None
    request: Request
    response: Response
    capture: dict[str, Capture] = {}


class Signature(_Strict):
    """How a delivery was signed, and whether that held when it was recorded."""

    scheme: Name
    verified_at_record: bool
    signed_with: str = "secret.webhook"


class WebhookStep(_Strict):
    """One delivery of the gateway, after the steps it tells of."""

    id: Name
    kind: Literal["webhook"]
    scenario: str | None = None
    after: list[Name] = []
    concurrent: Name | None = None
    request: Request
    signature: Signature | None = None
    capture: dict[str, Capture] = {}


Step = Annotated[HttpStep | WebhookStep, Field(discriminator="kind")]


class Integrity(_Strict):
    """A hash over everything else, so that a change by hand is seen."""

    canonicalisation: Literal["RFC 8785"] = "RFC 8785"
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Contract(_Strict):
    """One flow as it was recorded."""

    assay_contract: Literal[1]
    id: Annotated[str, Field(pattern=_ID)]
    title: str
    gateway: Name
    tags: list[str] = []
    provenance: Provenance
    secrets: dict[str, Secret] = {}
    cards: list[Name] = []
    steps: Annotated[list[Step], Field(min_length=1)]
    told_by: ToldBy | None = None
    commands: list[Command] = []
    integrity: Integrity | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        ids = [step.id for step in self.steps]
        if len(set(ids)) != len(ids):
            raise ValueError("two steps bear one id")
        for place, step in enumerate(self.steps):
            if isinstance(step, WebhookStep) and not set(step.after) <= set(ids[:place]):
                raise ValueError(f"step {step.id!r} comes after a step that does not precede it")
        if bool(self.commands) != (self.told_by is not None):
            raise ValueError("commands say what became of them, and told_by says who knows it: both, or neither")
        asked = [name for command in self.commands for name in command.steps]
        sent = [step.id for step in self.http_steps if step.actor == "merchant"]
        if self.commands and asked != sent:
            raise ValueError("each step of the merchant belongs to one command, in the order in which they were sent")
        return self

    @property
    def http_steps(self) -> list[HttpStep]:
        return [step for step in self.steps if isinstance(step, HttpStep)]

    @property
    def webhook_steps(self) -> list[WebhookStep]:
        return [step for step in self.steps if isinstance(step, WebhookStep)]

    def age(self, now: datetime) -> Literal["fresh", "stale", "expired"]:
        """Whether its recording is older than its warning, or its end; a simulator's is neither."""
        if self.provenance.expires_at is None:
            return "fresh"
        if now >= self.provenance.expires_at:
            return "expired"
        return "stale" if now - self.provenance.recorded_at >= WARNS_AFTER else "fresh"


def plain(contract: Contract) -> dict[str, Any]:
    """As JSON would hold it: what has its default value is left out."""
    return contract.model_dump(mode="json", by_alias=True, exclude_defaults=True) | _kinds(contract)


def _kinds(contract: Contract) -> dict[str, Any]:
    # A JSON body may be null, which is the default: it is not left out for that.
    steps = [step.model_dump(mode="json", by_alias=True, exclude_defaults=True) for step in contract.steps]
    for row, step in zip(steps, contract.steps, strict=True):
        row["request"]["body"] = {step.request.body.kind: step.request.body.content}
        if isinstance(step, HttpStep):
            row["response"]["body"] = {step.response.body.kind: step.response.body.content}
    return {"steps": steps}


def digest(contract: Contract) -> str:
    """sha256 over the canonical form (RFC 8785) of everything but `integrity`; hex."""
    return _digest({key: value for key, value in plain(contract).items() if key != "integrity"})


def _digest(document: dict[str, Any]) -> str:
    return sha256(rfc8785.dumps(document)).hexdigest()


def sealed(contract: Contract) -> Contract:
    """The same contract with its hash."""
    return contract.model_copy(update={"integrity": Integrity(sha256=digest(contract))})


def dump(contract: Contract) -> str:
    """The text of the file: two spaces, line feeds, keys in the order of this module, so that a diff is a review."""
    document = plain(sealed(contract))
    document["integrity"] = {"canonicalisation": "RFC 8785"} | document.pop("integrity")
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def parse(text: str, file: str = "contract") -> Contract:
    """Read the text of a file.

    Raises ContractInvalid with the JSON path of what is malformed, unknown, of a future version or tampered with.
    """
    document, found = _document(text, file)
    version = document.get("assay_contract")
    if type(version) is int and version > VERSION:
        raise ContractInvalid(file, "$.assay_contract", f"version {version} is newer than {VERSION}, the last we know")
    try:
        contract = Contract.model_validate(document)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        raise ContractInvalid(file, _json_path(first["loc"]), first["msg"]) from None
    if contract.integrity is None:
        raise ContractInvalid(file, "$.integrity", "has no hash")
    # The document as it stands: a default that was written out by hand is a change, too.
    if contract.integrity.sha256 != found:
        raise ContractInvalid(file, "$.integrity.sha256", "is not the hash of this contract: it was changed")
    return contract


def _document(text: str, file: str) -> tuple[dict[str, Any], str]:
    """The document, and the hash of all of it but `integrity`."""
    try:
        document = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant)
        rest = {key: value for key, value in document.items() if key != "integrity"} if type(document) is dict else {}
        found = _digest(rest)
    except json.JSONDecodeError as error:
        raise ContractInvalid(file, f"line {error.lineno}", f"is no JSON: {error.msg}") from None
    except (ValueError, RecursionError) as error:
        raise ContractInvalid(file, "$", str(error) or type(error).__name__) from None
    if not isinstance(document, dict):
        raise ContractInvalid(file, "$", "is no object")
    return document, found


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({key for key, _ in pairs}) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return dict(pairs)


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


_KINDS_OF_STEP = ("http", "webhook")


def _json_path(location: tuple[int | str, ...]) -> str:
    # The name of a union's member is pydantic's, not the file's.
    parts = [part for part in location if part not in _KINDS_OF_STEP]
    return "$" + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts)


def read(file: Path) -> Contract:
    """Raises ContractInvalid; also where the file is missing or no UTF-8."""
    try:
        text = file.read_bytes().decode()
    except (OSError, UnicodeDecodeError) as error:
        raise ContractInvalid(str(file), "$", f"cannot be read: {type(error).__name__}") from None
    return parse(text, str(file))


def json_schema() -> dict[str, Any]:
    """JSON Schema 2020-12 of the file, for editors and other languages."""
    schema = Contract.model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def timestamp(moment: datetime) -> datetime:
    """Whole seconds, UTC."""
    return moment.astimezone(UTC).replace(microsecond=0)
