"""What several tests of recordings use."""

from collections.abc import Iterator

import pytest

from mock_gateways.app import create_app
from mock_gateways.server import serving
from tests.contracts.recorders import Recorders, recorders
from tests.contracts.samples import GATEWAY


@pytest.fixture
def start() -> Iterator[Recorders]:
    """Start a recorder in a process of its own."""
    with recorders() as made:
        yield made


@pytest.fixture
def gateway() -> Iterator[str]:
    """The address of a simulator, on the time of the wall."""
    with serving(create_app(GATEWAY, clock="wall")) as url:
        yield url
