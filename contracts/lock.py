"""LOCK.json beside the contracts: path, hash and dates of each, so that none is added, changed or lost unseen."""

import json
import os
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from contracts.errors import ContractInvalid
from contracts.format import Contract, dump, read

__all__ = ["LIBRARY", "LOCK", "differences", "files", "lock", "sweep", "write", "write_all", "write_text"]

LIBRARY = Path(__file__).parent / "library"
LOCK = "LOCK.json"


def files(library: Path) -> list[Path]:
    """Every contract below a folder."""
    return sorted(path for path in library.rglob("*.json") if path.name not in (LOCK, "schema.json"))


def row(contract: Contract) -> dict[str, str]:
    provenance = contract.provenance.model_dump(mode="json", exclude_none=True)
    hashed = contract.integrity.sha256 if contract.integrity else ""
    dates = {name: value for name, value in provenance.items() if name in ("source", "recorded_at", "expires_at")}
    return {"sha256": hashed, **dates}


def lock(library: Path) -> None:
    """Write the lock of what is there now."""
    rows = {path.relative_to(library).as_posix(): row(read(path)) for path in files(library)}
    write_text(library / LOCK, json.dumps(rows, indent=2) + "\n")


def differences(library: Path, found: dict[str, Contract]) -> list[str]:
    """In which files the folder is not what its lock says; `found` holds the readable contracts by relative path."""
    locked = _locked(library / LOCK)
    present = {path.relative_to(library).as_posix() for path in files(library)}
    missing = [f"{name}: is locked, but is not there" for name in sorted(locked.keys() - present)]
    added = [f"{name}: is not in {LOCK}" for name in sorted(present - locked.keys())]
    changed = [
        f"{name}: is not what {LOCK} says"
        for name, contract in sorted(found.items())
        if name in locked and locked[name] != row(contract)
    ]
    return missing + added + changed


def _locked(file: Path) -> dict[str, Any]:
    try:
        rows = json.loads(file.read_bytes())
    except (OSError, ValueError) as error:
        raise ContractInvalid(str(file), "$", f"cannot be read: {type(error).__name__}") from None
    if not isinstance(rows, dict):
        raise ContractInvalid(str(file), "$", "is no object")
    return rows


def write(contract: Contract, file: Path) -> None:
    """Write a contract: wholly, or not at all."""
    write_text(file, dump(contract))


def write_text(file: Path, text: str) -> None:
    """Replace a file in one step, so that a full disk or a killed process leaves the old one whole."""
    _replace([(_written(file, text), file)])


def write_all(contracts: Iterable[tuple[Contract, Path]]) -> list[Path]:
    """Write several: no old file is touched before all new ones are on the disk."""
    waiting: list[tuple[Path, Path]] = []
    try:
        for contract, file in contracts:
            waiting.append((_written(file, dump(contract)), file))
        return _replace(waiting)
    except BaseException:
        for temporary, _ in waiting:
            temporary.unlink(missing_ok=True)
        raise


def _written(file: Path, text: str) -> Path:
    """A temporary file beside the one that it will replace."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.", suffix=_TEMPORARY)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.chmod(0o644)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


def _replace(waiting: list[tuple[Path, Path]]) -> list[Path]:
    for temporary, file in waiting:
        temporary.replace(file)
    return [file for _, file in waiting]


_TEMPORARY = ".unfinished"
_OLD_S = 3_600


def sweep(folder: Path) -> None:
    """Remove what a killed process left behind; what is young may be somebody's who is writing now."""
    for left in folder.glob(f".*{_TEMPORARY}"):
        if time.time() - left.stat().st_mtime > _OLD_S:
            left.unlink(missing_ok=True)
