"""python -m tests.contracts.shown: writes into the README whose answers the library holds."""

from contracts.__main__ import table
from contracts.format import read
from contracts.lock import files
from tests import generated
from tests.contracts.library import LIBRARY

NAME = "contracts"


def shown() -> str:
    return table([read(path) for path in files(LIBRARY)]) + "\n"


if __name__ == "__main__":
    generated.write(NAME, shown())
