"""Runs Allure 3 over the results of one or more connectors."""

import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from reports.allure.categories import CATEGORIES, for_allure_2
from reports.allure.page import quiet
from reports.pages.reading import Run
from reports.results import Results

__all__ = ["NotRendered", "describe", "render", "why_not"]

_HERE = Path(__file__).parent
_OLDEST_NODE = 20
_TIMEOUT_S = 300


class NotRendered(RuntimeError):
    """Allure or npm failed; the message is what it said last."""


def why_not() -> str:
    """Why Allure cannot run on this machine, or nothing where it can."""
    if not shutil.which("node") or not shutil.which("npm"):
        return "Node is not installed"
    version = _said(["node", "--version"]).strip()
    major = version.removeprefix("v").partition(".")[0]
    return "" if major.isdigit() and int(major) >= _OLDEST_NODE else f"Node {version} is older than {_OLDEST_NODE}"


def describe(runs: Sequence[Run], *, executor: Mapping[str, str]) -> list[Path]:
    """Say beside each folder of Allure results what was run and by whom, as stock Allure 2 and 3 read it.

    Returns the folders that there are.
    """
    found = [folder for run in runs if (folder := run.file.parent / "allure").is_dir()]
    for run in runs:
        folder = run.file.parent / "allure"
        if folder.is_dir():
            (folder / "environment.properties").write_text(_properties(run.results), encoding="utf-8")
            (folder / "categories.json").write_text(json.dumps(for_allure_2(), indent=2), encoding="utf-8")
            (folder / "executor.json").write_text(json.dumps(dict(executor), indent=2), encoding="utf-8")
    return found


def render(runs: Sequence[Run], folders: Sequence[Path], out: Path, *, work: Path, history: Path | None) -> None:
    """Write one HTML file to `out`; `work` keeps the npm package from one time to the next.

    Raises:
        NotRendered: npm or Allure failed; an `out` of before stays as it was.
        NotAllure: the page is not as expected; an `out` of before stays as it was.
    """
    work = work.resolve()
    _install(work)
    with tempfile.TemporaryDirectory(prefix="assay-allure-") as made:
        told = Path(made) / "run.json"
        told.write_text(json.dumps(_told(runs, Path(made) / "report", history)), encoding="utf-8")
        command = ["node", str(work / "node_modules/allure/cli.js"), "generate", "--config", str(work / "allurerc.mjs")]
        _said([*command, *(str(folder.resolve()) for folder in folders)], cwd=made, ASSAY_ALLURE=str(told))
        page = quiet((Path(made) / "report" / "index.html").read_text(encoding="utf-8"))
    out.parent.mkdir(parents=True, exist_ok=True)
    beside = out.with_name(f".{out.name}.new")
    beside.write_text(page, encoding="utf-8")
    beside.replace(out)


def _install(work: Path) -> None:
    """The pinned package, once: whatever the lock file says is what is there."""
    work.mkdir(parents=True, exist_ok=True)
    shutil.copy(_HERE / "allurerc.mjs", work)
    lock = (_HERE / "package-lock.json").read_bytes()
    kept = work / "package-lock.json"
    if kept.is_file() and kept.read_bytes() == lock and (work / "node_modules/allure/cli.js").is_file():
        return
    shutil.copy(_HERE / "package.json", work)
    kept.write_bytes(lock)
    _said(["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"], cwd=str(work))


def _told(runs: Sequence[Run], output: Path, history: Path | None) -> dict[str, Any]:
    environments = [
        {"id": f"connector-{number}", "name": run.name, "variables": _environment(run.results)}
        for number, run in enumerate(runs)
    ]
    return {
        "name": f"Assay: {', '.join(_in_short(run.results) for run in runs)}",
        "variables": {run.name: f"{run.results.connector.version}: {_in_short(run.results)}" for run in runs},
        "output": str(output),
        "history": str(history.resolve()) if history else None,
        "environments": environments,
        "categories": [category.plain() for category in CATEGORIES],
    }


def _in_short(results: Results) -> str:
    verdict = results.verdict
    reached = f"state {verdict.state}" if verdict.state else "no state"
    return f"{results.connector.name} {reached if verdict.certified else 'not certified'}"


def _properties(results: Results) -> str:
    """A line for the connector, and what it shares with others: of several folders Allure reads the last one's."""
    about = _environment(results)
    key = re.sub(r"[^A-Za-z0-9._-]+", "-", results.connector.name)
    shared = {name: about[name] for name in ("lane", "suite", "inventory", "seed", "python")}
    lines = {key: f"{results.connector.version}: {_in_short(results)}", **shared}
    return "".join(f"{name} = {' '.join(value.split())}\n" for name, value in lines.items())


def _environment(results: Results) -> dict[str, str]:
    """What a reader asks first; the verdict is ours and not what Allure would count."""
    verdict = results.verdict
    return {
        "connector": f"{results.connector.name} {results.connector.version}",
        "gateway": results.connector.gateway,
        "verdict": "certified" if verdict.certified else f"not certified: {', '.join(verdict.reasons)}",
        "state": str(verdict.state or "none"),
        "lane": results.lane,
        "suite": f"assay {results.suite}",
        "inventory": results.inventory_digest,
        "seed": str(results.seed),
        "python": results.python,
    }


def _said(command: Sequence[str], *, cwd: str | None = None, **environment: str) -> str:
    """What a program of ours printed.

    Raises:
        NotRendered: it failed or took too long.
    """
    program = shutil.which(command[0]) or command[0]
    try:
        done = subprocess.run(  # noqa: S603 - a fixed program, and paths of our own
            [program, *command[1:]], cwd=cwd, env={**os.environ, **environment}, timeout=_TIMEOUT_S,
            check=True, capture_output=True, text=True,
        )  # fmt: skip
    except subprocess.CalledProcessError as error:
        raise NotRendered(f"{command[0]} failed: {(error.stderr or error.stdout).strip()[-800:]}") from None
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotRendered(f"{command[0]}: {error}") from None
    return done.stdout
