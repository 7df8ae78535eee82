"""Parts of the README that are generated, each between two comments that name it."""

from pathlib import Path

README = Path(__file__).parents[1] / "README.md"


def _markers(name: str) -> tuple[str, str]:
    return f"<!-- {name} -->\n", f"<!-- /{name} -->\n"


def shown(name: str) -> str:
    """What the README says now."""
    start, end = _markers(name)
    return README.read_text().partition(start)[2].partition(end)[0]


def write(name: str, text: str) -> None:
    start, end = _markers(name)
    before, _, rest = README.read_text().partition(start)
    README.write_text(before + start + text + end + rest.partition(end)[2])
