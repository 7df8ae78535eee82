"""python -m tests.capabilities: writes into the README what each connector claims."""

import pkgutil

from runtime import claims, connectors, registry
from runtime.core.connector import Connector
from tests import generated

NAME = "capabilities"


def built_in() -> list[str]:
    """The names of the connectors that are ours: a foreign one that is installed belongs in no README."""
    return sorted(module.name for module in pkgutil.iter_modules(connectors.__path__))


def tables() -> str:
    return "\n".join(markdown(registry.find(name)) for name in built_in())


def markdown(connector: Connector) -> str:
    table = [claims.HEAD, ["---", *[":-:"] * (len(claims.HEAD) - 2), "---"], *claims.rows(connector)]
    reasons = [f"- {names}: {reason}" for names, reason in claims.not_offered(connector)]
    told = [
        f"<details><summary>{claims.heading(connector)}</summary>\n",
        *(f"| {' | '.join(cells)} |" for cells in table),
        "",
        *(f"{title}: {said}.\n" for title, said in claims.lines(connector)),
        *(["Not offered by the gateway:\n", *reasons, ""] if reasons else []),
        "</details>\n",
    ]
    return "\n".join(told)


if __name__ == "__main__":
    generated.write(NAME, tables())
