"""python -m tests.simulated: writes into the README how much of each gateway is simulated."""

from mock_gateways.app import find_gateway, known_gateways
from mock_gateways.core.coverage import markdown
from tests import generated

NAME = "coverage"


def table() -> str:
    return markdown(find_gateway(name).manifest for name in known_gateways())


if __name__ == "__main__":
    generated.write(NAME, table())
