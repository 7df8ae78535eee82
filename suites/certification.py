"""One certification: what is judged, by which profile, and what was found so far."""

import hashlib
import json
import platform
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import entry_points, version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from wsgiref.types import WSGIApplication

import pytest

import mock_gateways
import suites
from contracts.redact import Redactor
from reports.digests import tree_digest
from reports.results import (
    Case,
    CaseOutcome,
    Claims,
    MutantScore,
    Offer,
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
from suites.inventory import Inventory, Requirement
from suites.lanes import Lane
from suites.marks import Once
from suites.profiles import Given, Profile
from suites.waivers import Waivers

if TYPE_CHECKING:
    from suites.allure_results import AllureResults  # Allure's model is loaded only where results are asked for
    from suites.remote import Remote

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
    base_url: str  # where the connector finds the simulator
    seed: int
    certify: bool
    deadline_s: float
    evidence: Path | None = None  # where the exchanges of every case are written, by their digest
    allure: "AllureResults | None" = None
    remote: "Remote | None" = None  # where the connector is in another process
    complete: bool = True
    collected: int = 0  # tests that were asked for
    lost: dict[str, bool] = field(
        default_factory=dict
    )  # tests without a result, and whether they failed or were skipped
    unusable: str | None = None  # why nothing could be run, where a worker found it out
    lane: Lane = field(default_factory=Lane)
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
        return self.connector.config(**settings)  # a remote one's is the settings themselves

    # -- what is claimed

    def excuse(self, capability: object) -> str | None:
        """Where it is written that the gateway has no such thing, which then holds no connector back."""
        if isinstance(capability, tuple):
            excuses = [self.excuse(one) for one in capability]
            return excuses[0] if all(excuses) else None
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
        if isinstance(capability, tuple):
            reasons = [self.not_claimed(one) for one in capability]
            return "; ".join(filter(None, reasons)) if all(reasons) else None
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
        known |= self.lane.sandbox.secrets if self.lane.sandbox else {}
        return Redactor(known, prefixes=self.profile.secret_prefixes)

    # -- the verdict

    def record(self, requirement: str, case: Case) -> None:
        self.cases.setdefault(requirement, []).append(case)

    def results(self) -> Results:
        listed = [wanted for wanted in self.inventory.requirements.values() if self._is_here(wanted)]
        rows = tuple(self._row(wanted) for wanted in listed if not wanted.candidate)
        here = {wanted.id for wanted in listed}
        uses = tuple(self._waiver_use(identity) for identity in self.waivers.by_requirement if identity in here)
        clean = {row.id for row in rows if not row.holds_back}
        mode: Literal["certify", "plain"] = "certify" if self.certify else "plain"
        state = self.inventory.state_of(self.connector, clean)
        return Results(
            suite=version("assay"),
            suite_digest=_digest(Path(suites.__file__).parent),
            inventory_digest=self.inventory.digest,
            simulator_digest=_digest(Path(mock_gateways.__file__).parent),
            gateway_digest=_from_elsewhere(self.profile.gateway),
            connector=self._subject(),
            capabilities=_claims(self.connector),
            states=self.inventory.rules(),
            mutants=_mutant_score(self.connector.name, self.inventory.digest),
            lane=self.lane.name,
            elsewhere=tuple(wanted.id for wanted in self.inventory.requirements.values() if not self._is_here(wanted)),
            contracts=self.lane.recordings,
            mode=mode,
            complete=self.complete,
            seed=self.seed,
            python=platform.python_version(),
            platform=f"{platform.system()} {platform.machine()}",
            requirements=rows,
            candidates=tuple(self._row(wanted) for wanted in listed if wanted.candidate),
            waivers=uses,
            counts={outcome: sum(row.outcome is outcome for row in rows) for outcome in RequirementOutcome},
            verdict=judge(
                rows,
                uses,
                complete=self.complete,
                mode=mode,
                state=state,
                lane=self.lane.name,
                contracts=self.lane.recordings,
            ),
        )

    def _is_here(self, wanted: Requirement) -> bool:
        """Whether this lane can judge a requirement."""
        return self.lane.name in wanted.lanes

    def _row(self, wanted: Requirement) -> RequirementResult:
        cases = tuple(sorted(self.cases.get(wanted.id, ()), key=lambda case: case.name))
        return RequirementResult(
            id=wanted.id,
            title=wanted.title,
            area=wanted.area,
            state=wanted.state,
            waivable=wanted.waivable,
            outcome=combine(cases),
            cases=cases,
        )

    def _waiver_use(self, identity: str) -> WaiverUse:
        waiver = self.waivers.by_requirement[identity]
        outcomes = {case.outcome for case in self.cases.get(identity, ()) if waiver.covers(case.name)}
        status = "unused"
        if waiver.is_expired(self.waivers.today):
            status = "expired"
        elif CaseOutcome.PASS in outcomes and (waiver.cases or outcomes <= {CaseOutcome.PASS, CaseOutcome.NOT_CLAIMED}):
            status = "unexpectedly passing"
        elif CaseOutcome.WAIVED in outcomes:
            status = "used"
        fields = waiver.model_dump(mode="json", include={"requirement", "reason", "owner", "issue", "expires"})
        return WaiverUse.model_validate(fields | {"status": status})

    def _subject(self) -> Subject:
        return Subject(
            name=self.connector.name,
            version=self.connector.version,
            gateway=self.connector.gateway,
            digest=self.remote.digest if self.remote else _digest(registry.origin(self.name)),
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


@cache
def _digest(root: Path) -> str:
    return tree_digest(root, leave_out={_SCORE})


@cache
def _from_elsewhere(gateway: str) -> str:
    """The digest of a gateway's own simulator; nothing where it is one of ours."""
    if (Path(mock_gateways.__file__).parent / gateway).is_dir():
        return ""
    modules = [point.module for point in entry_points(group="assay.gateways", name=gateway)]
    if (spec := find_spec(modules[0]) if modules else None) is None or spec.origin is None:
        return ""
    file = Path(spec.origin)
    return _digest(file.parent if file.name == "__init__.py" else file)


def _claims(connector: Connector) -> Claims:
    """The capabilities as plain values, in an order that no set changes."""
    claims = connector.capabilities
    offers = {
        kind.value: Offer(
            captures=_sorted(offer.captures),
            currencies=None if offer.currencies is None else _sorted(offer.currencies),
            refunds=offer.refunds,
            mandates=offer.mandates,
        )
        for kind, offer in sorted(claims.payment_methods.items())
    }
    return Claims(
        payment_methods=offers,
        currencies=_sorted(claims.currencies),
        recovery=tuple(str(way) for way in claims.recovery),
        idempotent=tuple(flow.__name__ for flow in connector.flows if claims.has_one_effect(flow)),
        not_offered=dict(sorted((str(name), source) for name, source in claims.not_offered.items())),
    )


def _sorted(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(str(word) for word in words))


# Written by `make mutants` after the suite, so it is no part of the suite's own digest.
_SCORE = "mutant-score.json"


def _mutant_score(connector: str, inventory: str) -> MutantScore | None:
    """What the mutants of this connector showed, if they were counted with this very inventory."""
    file = Path(suites.__file__).parent / _SCORE
    score = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    found = score.get("connectors", {}).get(connector) if score.get("inventory") == inventory else None
    return MutantScore.model_validate(found) if found else None
