"""Waivers: what a connector is excused from, by whom, why, and until when. Never silently, and never for ever."""

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from suites.inventory import Inventory

__all__ = ["InvalidWaiver", "Waiver", "Waivers", "load"]

LONGEST = timedelta(days=90)


class InvalidWaiver(ValueError):
    """A waiver file that cannot be used; the message names file, key and reason."""


class Waiver(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    requirement: str
    reason: str = Field(min_length=10)
    owner: str = Field(min_length=1)
    issue: str = Field(min_length=1)
    expires: date

    def is_expired(self, today: date) -> bool:
        return self.expires < today


@dataclass(frozen=True, slots=True)
class Waivers:
    by_requirement: dict[str, Waiver]
    today: date

    def excuse(self, requirement: str) -> Waiver | None:
        """The waiver that excuses a failure today; an expired one excuses nothing."""
        waiver = self.by_requirement.get(requirement)
        return waiver if waiver and not waiver.is_expired(self.today) else None


def load(path: Path, inventory: Inventory, *, today: date, required: bool) -> Waivers:
    """Read a waiver file; a missing one is none, unless it was asked for by name.

    Raises:
        InvalidWaiver: not TOML, a key missing or unknown, an unknown or never waivable requirement, more than 90 days.
    """
    if not path.is_file():
        if required:
            raise InvalidWaiver(f"{path}: there is no such file")
        return Waivers({}, today)
    try:
        rows = tomllib.loads(path.read_text(encoding="utf-8")).get("waiver", [])
        waivers = [Waiver.model_validate(row) for row in rows]
    except tomllib.TOMLDecodeError as error:
        raise InvalidWaiver(f"{path}: not TOML: {error}") from None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise InvalidWaiver(f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    for waiver in waivers:
        _check(path, waiver, inventory, today)
    return Waivers({waiver.requirement: waiver for waiver in waivers}, today)


def _check(path: Path, waiver: Waiver, inventory: Inventory, today: date) -> None:
    requirement = inventory.requirements.get(waiver.requirement)
    if requirement is None:
        raise InvalidWaiver(f"{path}: requirement: there is no {waiver.requirement!r} (--assay-list shows all)")
    if not requirement.waivable:
        raise InvalidWaiver(f"{path}: requirement: {waiver.requirement} is never waivable: {requirement.title}")
    if waiver.expires - today > LONGEST:
        raise InvalidWaiver(f"{path}: expires: {waiver.expires} is more than {LONGEST.days} days away")
