"""One certification: what is judged, by which profile, and what was found so far."""

import hashlib
import platform
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from wsgiref.types import WSGIApplication

import pytest

import suites
from contracts.redact import Redactor
from reports.results import (
    Case,
    CaseOutcome,
    RequirementOutcome,
    RequirementResult,
    Results,
    Subject,
    WaiverUse,
    combine,
    judge,
)
from runtime import registry
from runtime.core.connector import Connector
from runtime.core.vocabulary import CaptureMethod, PaymentMethodType, Recovery
from suites.inventory import Inventory
from suites.marks import Once
from suites.profiles import Given, Profile
from suites.waivers import Waivers

if TYPE_CHECKING:
    from suites.allure_results import AllureResults  # Allure's model is loaded only where results are asked for

__all__ = ["CERTIFICATION", "NOT_CLAIMED", "Certification", "NotClaimed", "requirement_of"]


@dataclass(slots=True, repr=False)
class Certification:
    """Everything a run knows. Built once per process; tests only read it. Too large to be printed."""

    name: str  # as given to --connector
    connector: Connector
    profile: Profile
    inventory: Inventory
    waivers: Waivers
    app: WSGIApplication
    seed: int
    certify: bool
    deadline_s: float
    allure: "AllureResults | None" = None
    complete: bool = True
    cases: dict[str, list[Case]] = field(default_factory=dict)

    # -- the world of one test

    def credential(self, test: str) -> str:
        """A key of its own for every test: tenants never meet, and the same seed gives the same world."""
        tenant = hashlib.sha256(f"{self.seed}:{test}".encode()).hexdigest()[:24]
        return self.profile.credential.format(tenant=tenant)

    def config(self, credential: str, base_url: str, webhook_secrets: tuple[str, ...]) -> Any:
        given = {
            Given.CREDENTIAL: credential,
            Given.KEY: credential.rpartition(":")[0],
            Given.BASE_URL: base_url,
            Given.WEBHOOK_SECRETS: webhook_secrets,
        }
        settings = {key: _filled(value, given) for key, value in self.profile.config.items()}
        return self.connector.config(**settings)

    # -- what is claimed

    def excuse(self, capability: object) -> str | None:
        """Where it is written that the gateway has no such thing, which then holds no connector back."""
        if isinstance(capability, Once):
            name = f"key of {capability.flow.__name__}"
            return self.excuse(capability.flow) or self.profile.lacks.get(name)
        claims = self.connector.capabilities
        lacking = {**claims.not_offered, **self.profile.lacks}
        if isinstance(capability, CaptureMethod):
            found = [lacking.get(f"{kind} with {capability} capture") for kind in claims.payment_methods]
            return found[0] if found and all(found) else None
        return lacking.get(getattr(capability, "__name__", str(capability)))

    def not_claimed(self, capability: object) -> str | None:
        """Why a capability is not claimed, or None where it is."""
        claims = self.connector.capabilities
        if isinstance(capability, Once):
            missing = self.not_claimed(capability.flow)
            once = claims.has_one_effect(capability.flow)
            return missing or (None if once else f"{capability.flow.__name__} has no key at this gateway")
        if isinstance(capability, PaymentMethodType):
            claimed = capability in claims.payment_methods
        elif isinstance(capability, Recovery):
            claimed = capability in claims.recovery
        elif isinstance(capability, str) and not isinstance(capability, CaptureMethod):
            return {**claims.not_offered, **self.profile.lacks}.get(capability)
        elif isinstance(capability, CaptureMethod):
            claimed = any(capability in offer.captures for offer in claims.payment_methods.values())
        else:
            claimed = capability in self.connector.flows
        name = getattr(capability, "__name__", str(capability))
        return None if claimed else claims.not_offered.get(name, f"{name} is not declared")

    # -- evidence

    def redactor(self, credential: str | None = None, webhook_secret: str | None = None) -> Redactor:
        known = {"api key": credential or "", "webhook secret": webhook_secret or ""}
        return Redactor(known, prefixes=self.profile.secret_prefixes)

    # -- the verdict

    def record(self, requirement: str, case: Case) -> None:
        self.cases.setdefault(requirement, []).append(case)

    def results(self) -> Results:
        rows = tuple(self._row(identity) for identity in self.inventory.requirements)
        uses = tuple(self._waiver_use(identity) for identity in self.waivers.by_requirement)
        clean = {row.id for row in rows if not row.holds_back}
        mode: Literal["certify", "plain"] = "certify" if self.certify else "plain"
        state = self.inventory.state_of(self.connector, clean)
        return Results(
            suite=version("assay"),
            suite_digest=_digest(Path(suites.__file__).parent),
            inventory_digest=self.inventory.digest,
            connector=self._subject(),
            lane="simulator",
            mode=mode,
            complete=self.complete,
            seed=self.seed,
            python=platform.python_version(),
            requirements=rows,
            waivers=uses,
            counts={outcome: sum(row.outcome is outcome for row in rows) for outcome in RequirementOutcome},
            verdict=judge(rows, uses, complete=self.complete, mode=mode, state=state),
        )

    def _row(self, identity: str) -> RequirementResult:
        wanted = self.inventory.requirements[identity]
        cases = tuple(sorted(self.cases.get(identity, ()), key=lambda case: case.name))
        return RequirementResult(
            id=identity,
            title=wanted.title,
            area=wanted.area,
            state=wanted.state,
            waivable=wanted.waivable,
            outcome=combine(cases),
            cases=cases,
        )

    def _waiver_use(self, identity: str) -> WaiverUse:
        waiver = self.waivers.by_requirement[identity]
        outcomes = {case.outcome for case in self.cases.get(identity, ())}
        status = "unused"
        if waiver.is_expired(self.waivers.today):
            status = "expired"
        elif CaseOutcome.WAIVED in outcomes:
            status = "used"
        elif CaseOutcome.PASS in outcomes:
            status = "unexpectedly passing"
        fields = waiver.model_dump(mode="json")
        return WaiverUse.model_validate(fields | {"status": status})

    def _subject(self) -> Subject:
        return Subject(
            name=self.connector.name,
            version=self.connector.version,
            gateway=self.connector.gateway,
            digest=_digest(registry.origin(self.name)),
            flows=tuple(flow.__name__ for flow in self.connector.flows),
        )


CERTIFICATION = pytest.StashKey[Certification]()


@dataclass(frozen=True, slots=True)
class NotClaimed:
    """Why a test is not run for a connector; `excuse` where its gateway has no such thing."""

    why: str
    excuse: str | None


NOT_CLAIMED = pytest.StashKey[NotClaimed]()


def requirement_of(item: pytest.Item) -> str:
    """The id a test is marked with, or nothing."""
    mark = item.get_closest_marker("requirement")
    return str(mark.args[0]) if mark else ""


def _filled(value: object, given: Mapping[Given, object]) -> object:
    """A setting of the profile; a text may name where the simulator answers as `{base_url}`."""
    if isinstance(value, Given):
        return given[value]
    return value.replace("{base_url}", str(given[Given.BASE_URL])) if isinstance(value, str) else value


def _digest(root: Path) -> str:
    """sha256 over names and contents of every source file below, in an order that no file system changes."""
    files = [root] if root.is_file() else [file for file in root.rglob("*") if file.suffix in _SOURCES]
    total = hashlib.sha256()
    for file in sorted(files, key=lambda file: file.relative_to(root).as_posix()):
        total.update(f"{file.relative_to(root).as_posix()}\0{file.stat().st_size}\0".encode())
        total.update(file.read_bytes())
    return total.hexdigest()


_SOURCES = {".py", ".csv", ".toml"}
