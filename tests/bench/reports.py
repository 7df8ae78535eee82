"""python -m tests.bench.reports: what certificates, pages and the Allure report cost, of whole runs made here.

Wall seconds, each command started as a person starts it.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.gateways import CERTIFIABLE

ROOT = Path(__file__).parents[2]
NODE = ROOT / "build" / "node"
GOAL_RESULTS = 2000


def _run(*command: str) -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, "-m", *command], cwd=ROOT, check=True, capture_output=True)
    return time.perf_counter() - started


def _certified(connector: str, folder: Path) -> Path:
    results = folder / connector / "results.json"
    written = (f"--assay-results={results}", f"--assay-allure={results.parent / 'allure'}")
    _run("pytest", "suites", f"--connector={connector}", "--assay-certify", *written, "-p", "no:cacheprovider")
    return results


def _allure(table: Table, results: list[Path], folder: Path) -> None:
    count = sum(1 for file in results for _ in (file.parent / "allure").glob("*-result.json"))
    out = folder / "allure.html"
    _run("reports.allure", *map(str, results), "--out", str(out), "--work", str(NODE))  # installs what it needs
    taken = _run("reports.allure", *map(str, results), "--out", str(out), "--work", str(NODE))
    if not out.is_file():
        table.add_row("Allure report", "left out: it needs Node 20 or later", "")
        return
    table.add_row(f"Allure report of {count:,} results", f"{taken:.1f} s", f"10 s for {GOAL_RESULTS:,}")
    table.add_row("its weight, evidence included", f"{out.stat().st_size / 1e6:.0f} MB", "")


def main() -> None:
    table = Table("measured", "figure", "goal", title=f"Reports of {len(CERTIFIABLE)} connectors")
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        results = [_certified(name, folder) for name in CERTIFIABLE]
        files = [str(file) for file in results]
        _run("reports", "keygen", "--out", str(folder))
        taken = _run("reports", "certify", *files, "--key", str(folder / "assay-private.pem"))
        taken += _run("reports", "build", *files, "--out", str(folder / "site"))
        pages = sorted((folder / "site").rglob("*.html"), key=lambda page: page.stat().st_size)
        table.add_row(f"certificates and {len(pages)} pages", f"{taken:.2f} s", "2 s")
        table.add_row(f"heaviest page, {pages[-1].name}", f"{pages[-1].stat().st_size / 1e3:.0f} kB", "500 kB")
        _allure(table, results, folder)
    Console(width=110).print(table)


if __name__ == "__main__":
    main()
