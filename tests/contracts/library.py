"""make library: record the library anew, from our simulators through mitmproxy, and say so in every file.

A person with sandbox keys replaces one file by a recording of the same flow; this program then leaves it alone.
"""

import re
from datetime import UTC, datetime
from pathlib import Path

import click

from contracts.format import Books, Contract, Source, ToldBy, read
from contracts.lock import lock, write
from contracts.policy import known_policies
from contracts.tape import Asked
from runtime import registry
from runtime.core.money import Money
from suites.scenarios import SCENARIOS, Act, Player, Scenario
from tests.contracts.proxied import proxied_shop
from tests.contracts.taped import Shop, open_shop

LIBRARY = Path(__file__).parent.parent.parent / "contracts" / "library"
GATEWAYS = tuple(known_policies())
FLOWS = tuple(SCENARIOS)


def _has(gateway: str, scenario: Scenario) -> bool:
    """Whether a gateway offers what a scenario needs, as its connector claims (see `python -m runtime`)."""
    connector = registry.find(gateway)
    lacks = connector.capabilities.not_offered
    return all(flow in connector.flows for flow in scenario.flows) and not any(need in lacks for need in scenario.needs)


LACKS = {gateway: {name for name, scenario in SCENARIOS.items() if not _has(gateway, scenario)} for gateway in GATEWAYS}


def record(gateway: str, flow: str, at: datetime) -> Contract:
    """In this process, without a proxy: the same contract, as a test says, but for what its provenance tells."""
    shop, scenario = open_shop(gateway), SCENARIOS[flow]
    asked = _played(shop, scenario)
    return shop.seal(flow, scenario.title, at=at, tags=(flow,), asked=asked, told_by=ToldBy.LEDGER)


def record_proxied(gateway: str, flow: str, library: Path) -> Contract:
    with proxied_shop(gateway, flow, library) as shop:
        return shop.sealed(SCENARIOS[flow].title, _played(shop, SCENARIOS[flow]))


def _played(shop: Shop, scenario: Scenario) -> list[Asked]:
    player = Player(shop.merchant, shop.profile)
    asked = [_acts(shop, player, act) for act in scenario.acts]
    shop.hear()
    return asked


def _acts(shop: Shop, player: Player, act: Act) -> Asked:
    """Carry a command out, and have the ledger tell what became of it."""
    _others_act(shop, player, act)
    row, began = act.row(shop.profile), len(shop.tape.exchanges)
    answer = shop.does(re.sub(r"(?<!^)(?=[A-Z])", "_", row.flow).lower(), player.command(row))
    player.learns(answer)
    exchanges = range(began, len(shop.tape.exchanges))
    answered = _books(shop)
    shop.gateway.advance(0)
    told = {"answered": answered, "settled": _books(shop)}
    about = row.model_dump(exclude_defaults=True, exclude={"steps", "answered", "settled"})
    return Asked(exchanges, about | told)


def _others_act(shop: Shop, player: Player, act: Act) -> None:
    if act.after == "browser":
        player.returned = shop.browse(player.paid.next_action.url, b"outcome=approve")
    if act.after == "dispute":
        player.dispute_id = shop.gateway.dispute(player.paid.payment_id)
        shop.hear()


def _books(shop: Shop) -> Books:
    """Of the one payment that there is, whatever the connector calls it."""
    waits = bool(shop.gateway.waiting())
    found = list(shop.gateway.payments().values())
    if not found:
        return Books(authorised=0, captured=0, waits=waits)
    (row,) = found
    names = ("authorised", "captured", "released", "refunded", "disputed")
    return Books(**{name: Money.of(getattr(row, name), row.currency).minor for name in names}, waits=waits)


@click.command()
@click.option("--out", type=click.Path(path_type=Path), default=LIBRARY)
@click.option("--gateway", "gateways", multiple=True, default=GATEWAYS)
@click.option("--flow", "flows", multiple=True, default=FLOWS)
@click.option("--in-process", is_flag=True, help="Without mitmproxy, which is not in every environment.")
def main(out: Path, gateways: tuple[str, ...], flows: tuple[str, ...], *, in_process: bool) -> None:
    """Record the simulators through mitmproxy: make library."""
    for gateway in gateways:
        for flow in flows:
            if flow not in LACKS.get(gateway, ()) and not _is_sandbox(out / gateway / f"{flow}.json"):
                made = record(gateway, flow, datetime.now(UTC)) if in_process else record_proxied(gateway, flow, out)
                write(made, out / f"{made.id}.json")
                click.echo(made.id, err=True)
    lock(out)


def _is_sandbox(file: Path) -> bool:
    return file.exists() and read(file).provenance.source is Source.SANDBOX


if __name__ == "__main__":
    main()
