"""What is secret where: the rules of a gateway, `rules/<gateway>.toml`."""

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from contracts.errors import ContractInvalid

__all__ = ["Credential", "Policy", "Private", "TestCard", "brand_of", "known_policies", "load"]

_RULES = Path(__file__).parent / "rules"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TestCard(_Strict):
    """A card number that the gateway publishes for tests; any other is refused."""

    __test__ = False
    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    pan: Annotated[str, Field(pattern=r"^\d{12,19}$")]


class Private(_Strict):
    """A field whose value is nobody's business, by the ends of its path, and what stands in for it."""

    ends: tuple[str, ...]
    fake: str


class Credential(_Strict):
    """A secret by which a merchant is known, and the variable of the environment where a recorder finds it."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    env: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")]
    kind: str = "api key"


class Policy(_Strict):
    """Everything is matched by the ends of a path: `card.cvc` is `card[cvc]` of a form and `card.cvc` of JSON."""

    gateway: str
    hosts: tuple[str, ...]
    request_headers: tuple[str, ...]
    response_headers: tuple[str, ...]
    webhook_headers: tuple[str, ...] = ("content-type",)
    version_header: str | None = None
    live_keys: tuple[str, ...] = ()
    test_keys: tuple[str, ...] = ()
    live_flags: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    secret_ids: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    times: tuple[str, ...] = ()
    last4: tuple[str, ...] = ()
    bins: tuple[str, ...] = ()
    brand_fields: tuple[str, ...] = ()
    brands: dict[str, tuple[str, ...]] = {}  # what the gateway calls a brand, and how its card numbers begin
    scheme: str | None = None
    return_scheme: str | None = None  # how the query is signed with which a shopper comes back
    return_secret: str | None = None  # the secret that signs it, by its name
    request_id_headers: tuple[str, ...] = ()  # the first that is sent says which flow it is
    idempotency_headers: tuple[str, ...] = ("idempotency-key",)  # the same key gets the same answer
    events: tuple[str, ...] = ()  # paths at which a delivery says what it tells of
    pages: tuple[str, ...] = ()  # hosts of the pages a shopper is sent to
    credentials: tuple[Credential, ...] = ()
    basic: tuple[str, str] | None = None  # names of two that travel as one basic credential (RFC 7617)
    fields: dict[str, Private] = {}
    cards: tuple[TestCard, ...] = ()


def brand_of(policy: Policy, pan: str) -> str | None:
    """What the gateway calls the brand of a card: by the longest beginning that fits."""
    begins = ((len(digits), brand) for brand, row in policy.brands.items() for digits in row if pan.startswith(digits))
    return max(begins, default=(0, None))[1]


def known_policies() -> list[str]:
    return sorted(path.stem for path in _RULES.glob("*.toml"))


@lru_cache(maxsize=16)
def load(gateway: str) -> Policy:
    """Raises ContractInvalid for a gateway without rules: what is secret there is not known, so nothing is kept."""
    file = _RULES / f"{gateway}.toml"
    try:
        return Policy.model_validate(tomllib.loads(file.read_text()))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise ContractInvalid(file.name, "$", f"no rules for {gateway!r}: {type(error).__name__}") from None
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        raise ContractInvalid(file.name, ".".join(map(str, first["loc"])), first["msg"]) from None
