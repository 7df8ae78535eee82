"""python -m tests.mutants.wire: break the exchange with a connector in every known way, and see the suite catch it.

`--connector` is a name, or the address of a connector in any language. Exits 1 if a wire mutant survives.
"""

import os
import sys

import click
from rich.console import Console
from rich.progress import track
from rich.table import Table

from reports.results import RequirementOutcome, Results
from runtime import registry
from suites.remote import Remote
from tests.gateways import CERTIFIABLE
from tests.mutants.forked import Break, Crashed, run, run_all
from tests.mutants.wire.proxy import Proxy
from tests.mutants.wire.table import WIRE_MUTANTS, WireMutant
from tests.mutants.wire.words import wire_of

# A proxy in Python before a busy simulator must not be taken for a connector that hangs.
DEADLINE = "--assay-deadline=10"
Row = tuple[WireMutant, str]
TRANSPARENT = WireMutant(name="nothing is changed", bug="none", fails=())


class Unsound(Exception):
    """A connector that fails the suite behind a proxy that changes nothing proves nothing by failing it behind one."""


def behind(mutant: WireMutant, gateway: str) -> Break:
    """What puts the proxy before the simulator of the run."""
    wire, passes, delivers = wire_of(gateway), mutant.passes, mutant.delivers

    def breaks(_: object, patch) -> None:
        from mock_gateways import app as simulators  # noqa: PLC0415 - patched where the plugin will look it up

        made = simulators.create_app

        def create_app(*arguments, **named):
            app = made(*arguments, **named)
            app.wsgi_app = Proxy(app.wsgi_app, passes and passes(wire), delivers and delivers(wire))
            return app

        patch.setattr(simulators, "create_app", create_app)

    return breaks


def judge(mutant: WireMutant, gateway: str, results: Results | Crashed) -> str:
    """Killed only if every requirement that it names has failed, or is not claimed while another has."""
    if isinstance(results, Crashed):
        return f"crashed: {str(results).strip()[-200:]}"
    named = mutant.requirements(wire_of(gateway))
    found = {row.id: row.outcome for row in results.requirements if row.id in named}
    claimed = {name: outcome for name, outcome in found.items() if outcome is not RequirementOutcome.NOT_CLAIMED}
    wrong = [f"{name} {outcome}" for name, outcome in claimed.items() if outcome is not RequirementOutcome.FAIL]
    if not claimed:
        return "not claimed"
    return f"SURVIVED: {', '.join(wrong)}" if wrong else "killed"


def attack(
    connector: str, gateway: str, only: str = "", *, at_once: int = 1
) -> list[tuple[WireMutant, Results | Crashed]]:
    """Run the suite against a connector behind each proxy, in a child of its own."""
    chosen = [m for m in WIRE_MUTANTS if only in m.name and m.name not in wire_of(gateway).not_at]
    jobs = [(m.name, lambda m=m: _run(connector, gateway, m)) for m in chosen]
    ran = run_all(jobs, at_once=at_once)
    shown = track(ran, total=len(jobs), description=connector, disable=not sys.stdout.isatty())
    return [(mutant, results) for mutant, (_, results) in zip(chosen, shown, strict=True)]


def _run(connector: str, gateway: str, mutant: WireMutant) -> Results:
    wanted = ",".join(mutant.requirements(wire_of(gateway)))
    return run(connector, behind(mutant, gateway), f"--assay-require={wanted}", DEADLINE)


def pass_through(connector: str, gateway: str) -> None:
    """Certify the connector behind a proxy that changes nothing.

    Raises:
        Unsound: it fails there.
    """
    results = run(connector, behind(TRANSPARENT, gateway), DEADLINE)
    if results.verdict.exit_code:
        raise Unsound(f"{connector} fails behind a proxy that changes nothing: {'; '.join(results.verdict.reasons)}")


def gateway_of(connector: str) -> str:
    if "://" not in connector:
        return registry.find(connector).gateway
    remote = Remote.at(connector)
    remote.client.close()
    return remote.connector.gateway


def _table(connector: str, gateway: str, rows: list[Row]) -> Table:
    table = Table("requirements", "wire mutant", "public bug", "verdict", title=f"{connector} behind a broken wire")
    for mutant, word in rows:
        style = {"killed": "green", "not claimed": "yellow"}.get(word, "bold red")
        table.add_row(" ".join(mutant.requirements(wire_of(gateway))), mutant.name, mutant.bug, f"[{style}]{word}[/]")
    return table


@click.command()
@click.option("--connector", "connectors", multiple=True, default=CERTIFIABLE, show_default=True)
@click.option("--only", default="", help="Only wire mutants whose name contains this.")
def main(connectors: tuple[str, ...], only: str) -> None:
    """Break the exchange with a connector, and see the suite catch it."""
    console, survivors = Console(width=max(Console().width, 140)), 0
    for connector in connectors:
        gateway = gateway_of(connector)
        at_once = 1 if "://" in connector else os.cpu_count() or 1  # one connector elsewhere serves one run at a time
        pass_through(connector, gateway)
        rows = [(m, judge(m, gateway, r)) for m, r in attack(connector, gateway, only, at_once=at_once)]
        console.print(_table(connector, gateway, rows))
        killed, counted = (sum(word == "killed" for _, word in rows), sum(word != "not claimed" for _, word in rows))
        console.print(
            f"{connector}: {killed} of {counted} wire mutants killed; {len(WIRE_MUTANTS) - counted} not its own"
        )
        survivors += counted - killed
    raise SystemExit(1 if survivors else 0)


if __name__ == "__main__":
    main()
