"""Waivers: what a connector is excused from, by whom, why, and until when. Never silently, and never for ever.

[[waiver]]
requirement = "CAP-002"
cases = ["MANUAL"]                        # what stands in brackets after a case's name; without it, all cases
failure = "an outcome was expected"       # a part of the message: another failure is not excused
reason = "the sandbox cannot hold yet"
owner = "payments@merchant.example"
issue = "https://tracker.example/412"     # or owner/repository#412
expires = 2026-12-01                      # 90 days away at most
"""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from suites.inventory import Inventory

__all__ = ["InvalidWaiver", "Waiver", "Waivers", "load"]

LONGEST = timedelta(days=90)


class InvalidWaiver(ValueError):
    """A waiver file that cannot be used; the message names file, key and reason."""


class Waiver(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, str_strip_whitespace=True)

    requirement: str
    cases: list[str] = Field(default_factory=list, min_length=1)  # where the word stands, one stands after it
    failure: str = Field(min_length=3)
    reason: str = Field(min_length=10)
    owner: str = Field(min_length=1)
    issue: str = Field(pattern=r"^(https://\S+|\S*#\d+)$")
    expires: date

    def is_expired(self, today: date) -> bool:
        return self.expires < today

    def covers(self, case: str) -> bool:
        """Whether a case is one of those that are waived; `case` is its name with its parameters in brackets."""
        return not self.cases or parameters(case) in self.cases

    @field_validator("cases")
    @classmethod
    def _once(cls, cases: list[str]) -> list[str]:
        if len(set(cases)) < len(cases):
            raise ValueError("a case stands twice")
        return cases


def parameters(case: str) -> str:
    """What stands in brackets after a case's name."""
    return case.partition("[")[2].removesuffix("]")


@dataclass(frozen=True, slots=True)
class Waivers:
    by_requirement: dict[str, Waiver]
    today: date
    path: Path | None = None

    def excuse(self, requirement: str, case: str, message: str) -> Waiver | None:
        """The waiver that excuses this failure of this case today; an expired one excuses nothing."""
        waiver = self.by_requirement.get(requirement)
        if waiver is None or waiver.is_expired(self.today):
            return None
        return waiver if waiver.covers(case) and waiver.failure in message else None

    def check(self, requirement: str, cases: Iterable[str]) -> None:
        """Look whether the cases that are waived are cases of the requirement.

        Raises:
            InvalidWaiver: names the one that is not, and all that there are.
        """
        waiver, known = self.by_requirement[requirement], sorted({parameters(case) for case in cases} - {""})
        for case in waiver.cases:
            if case not in known:
                raise InvalidWaiver(f"{self.path}: cases: {requirement} has no {case!r}; it has {', '.join(known)}")


def load(path: Path, inventory: Inventory, *, today: date, required: bool) -> Waivers:
    """Read a waiver file; a missing one is none, unless it was asked for by name.

    Raises:
        InvalidWaiver: not TOML, a key missing or unknown, an unknown or never waivable requirement or one that is a
            candidate or stands twice, more than 90 days.
    """
    if not path.is_file():
        if required:
            raise InvalidWaiver(f"{path}: there is no such file")
        return Waivers({}, today)
    found: dict[str, Waiver] = {}
    for waiver in _read(path):
        _check(path, waiver, inventory, today)
        if waiver.requirement in found:
            raise InvalidWaiver(f"{path}: requirement: {waiver.requirement} stands twice; name its cases in one waiver")
        found[waiver.requirement] = waiver
    return Waivers(found, today, path)


def _read(path: Path) -> list[Waiver]:
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        if unknown := data.keys() - {"waiver"}:
            raise InvalidWaiver(f"{path}: {', '.join(sorted(unknown))}: unknown; each waiver begins with [[waiver]]")
        rows = data.get("waiver", [])
        if not isinstance(rows, list):
            raise InvalidWaiver(f"{path}: each waiver begins with [[waiver]], in two brackets")
        return [Waiver.model_validate(row) for row in rows]
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidWaiver(f"{path}: not TOML: {error}") from None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise InvalidWaiver(f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from None


def _check(path: Path, waiver: Waiver, inventory: Inventory, today: date) -> None:
    requirement = inventory.requirements.get(waiver.requirement)
    if requirement is None:
        raise InvalidWaiver(f"{path}: requirement: there is no {waiver.requirement!r} (--assay-list shows all)")
    if not requirement.waivable:
        raise InvalidWaiver(f"{path}: requirement: {waiver.requirement} is never waivable: {requirement.title}")
    if requirement.candidate:
        raise InvalidWaiver(f"{path}: requirement: {waiver.requirement} is a candidate, which holds nothing back yet")
    if waiver.expires - today > LONGEST:
        raise InvalidWaiver(f"{path}: expires: {waiver.expires} is more than {LONGEST.days} days away")
