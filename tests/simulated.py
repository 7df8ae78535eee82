"""python -m tests.simulated: writes into the README how much of each gateway is simulated."""

from pathlib import Path

from mock_gateways.app import find_gateway, known_gateways
from mock_gateways.core.coverage import markdown

README = Path(__file__).parents[1] / "README.md"
START, END = "<!-- coverage -->\n", "<!-- /coverage -->\n"


def table() -> str:
    return markdown(find_gateway(name).manifest for name in known_gateways())


def between(text: str) -> str:
    """What stands between the markers."""
    return text.partition(START)[2].partition(END)[0]


def main() -> None:
    before, start, rest = README.read_text().partition(START)
    README.write_text(before + start + table() + END + rest.partition(END)[2])


if __name__ == "__main__":
    main()
