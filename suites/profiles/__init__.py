"""Profiles: the one place where a gateway meets the suite. Data only: configuration, instruments, expectations."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from importlib import import_module
from importlib.metadata import entry_points
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from mock_gateways.core.manifest import Manifest
from runtime.core.methods import Shopper
from runtime.core.money import Money
from runtime.core.vocabulary import ErrorCode, PaymentMethodType, RetryAdvice

__all__ = ["Expectation", "Given", "Profile", "UnknownProfile", "find"]

ENTRY_POINTS = "assay.profiles"


class Given(Enum):
    """Values of a configuration that only a running test can know."""

    CREDENTIAL = "the key of the test's own tenant"
    KEY = "the same up to its last colon, where a tenant is a key with an account"
    WEBHOOK_SECRETS = "what the gateway signs this tenant's webhooks with"
    BASE_URL = "where the simulator answers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What a published code may become: judged from the gateway's documents, not from any connector."""

    kind: str  # decline; request: a refusal; doubt: nobody knows yet what became of it; refund: why one failed
    raw: str
    flow: str
    unified: frozenset[ErrorCode]
    retry: frozenset[RetryAdvice]


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """How to certify a connector for one gateway."""

    gateway: str
    manifest: Manifest
    credential: str  # with {tenant}: any well-formed test key opens its own world
    config: Mapping[str, object]
    # The suite's meaning of an instrument -> what the manifest says the instrument causes.
    instruments: Mapping[str, str]
    secret_prefixes: tuple[str, ...]  # how the gateway's keys begin: never to be seen in evidence
    # CSV, one Expectation a row: a name in this folder, or a file of the package that brings the profile.
    codes: str | Traversable
    # The gateway's name for the flow's own request, for faults that must hit just that one; under "<flow>, told by"
    # that of the request whose reply tells how the flow ended, where it is another.
    routes: Mapping[str, str]
    unknown_route_id: str  # a well-formed id of a payment that does not exist
    # Fields of a reply that say something else than was asked, for an order of 10.00 EUR and a part of 4.00 of it.
    tampering: Mapping[str, tuple[Mapping[str, object], ...]]
    unholdable: tuple[tuple[Money, Mapping[str, object]], ...]  # an amount, and a reply that ISO units cannot hold
    shopper: Shopper  # whoever pays, with all that a payment method of the gateway's asks for
    evidence: Mapping[str, str]  # what speaks for the merchant in a dispute, under the gateway's names
    samples: Mapping[str, Any]  # effects and bodies in the gateway's own words, by the suite's name for them

    # What a shopper gave and where the gateway documents it: by payment method, the wire's field -> where it stands in
    # the command, such as "method.holder". A form's field is written as it is sent, JSON's with dots.
    asks: Mapping[PaymentMethodType, Mapping[str, str]] = field(default_factory=dict)
    banks: Mapping[PaymentMethodType, str] = field(default_factory=dict)  # the gateway's code of a shopper's bank
    hosts: tuple[str, ...] = ()  # where requests go when no address is set
    session_events: frozenset[str] = frozenset()  # the types of a delivery about a session itself, where it has such
    settings: Mapping[str, int | str] = field(default_factory=dict)  # of the simulator
    # Other settings that a merchant's account may have, by what it does: the same code has to serve both.
    accounts: Mapping[str, Mapping[str, int | str]] = field(default_factory=dict)
    currency: str = "EUR"  # what its merchants mostly charge
    placeholder_secret: str = "whsec_none"  # noqa: S105 - no secret: what stands for a webhook secret where no test listens
    lacks: Mapping[str, str] = field(default_factory=dict)  # what the gateway has not by nature, and where it says so
    setup_states: tuple[str, ...] = ()  # the manifest's states of a mandate that setting one up can end in
    signed_return: tuple[str, ...] = ()  # what signs the query with which a shopper's browser comes back
    # Settings at the ends of what they may be, beside those of `config`, and whether a connector has to take them.
    bounds: tuple[tuple[Mapping[str, object], bool], ...] = ()
    unconfirmed: tuple[str, ...] = ()  # the manifest's states of a payment that a merchant has to confirm
    defence: str | None = None  # the gateway's code of a defence, where it asks for one

    def expectations(self) -> tuple[Expectation, ...]:
        table = files("suites.profiles").joinpath(self.codes) if isinstance(self.codes, str) else self.codes
        text = table.read_text(encoding="utf-8")
        return tuple(
            Expectation(
                kind=row["kind"],
                raw=row["raw"],
                flow=row["flow"],
                unified=frozenset(ErrorCode(name) for name in row["unified"].split("|")),
                retry=frozenset(RetryAdvice(name) for name in row["retry"].split("|")),
            )
            for row in csv.DictReader(text.splitlines())
        )


class UnknownProfile(LookupError):
    """No profile for that gateway, or a broken one; the message says which and why."""


def find(name: str) -> Profile:
    """Load the profile of a gateway: built in, or by entry point `assay.profiles`.

    Raises:
        UnknownProfile: none of that name, what is there is no Profile, or its table of codes cannot be read.
    """
    found: object
    points = tuple(entry_points(group=ENTRY_POINTS, name=name))
    try:
        found = points[0].load() if points else import_module(f"suites.profiles.{name}").PROFILE
    except ModuleNotFoundError as error:
        if error.name != f"suites.profiles.{name}":
            raise UnknownProfile(f"the profile of {name!r} imports {error.name!r}, which is not installed") from error
        raise UnknownProfile(
            f"there is no profile for the gateway {name!r}; add suites/profiles/{name}.py "
            f"or an entry point {ENTRY_POINTS!r}"
        ) from None
    except Exception as error:  # whatever a profile's own module raises while it loads
        raise UnknownProfile(f"the profile of {name!r} is broken: {type(error).__name__}: {error}") from error
    if not isinstance(found, Profile):
        raise UnknownProfile(f"the profile of {name!r} is a {type(found).__name__}, not a suites.profiles.Profile")
    try:
        found.expectations()
    except (OSError, ValueError, KeyError, AttributeError) as error:
        raise UnknownProfile(f"the codes of the profile of {name!r}: {type(error).__name__}: {error}") from error
    return found
