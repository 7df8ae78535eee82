"""What every test of ours may use."""

import os
import socket
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LOOPBACK = {"127.0.0.1", "::1", "localhost"}


@pytest.fixture(autouse=True)
def only_loopback(monkeypatch):
    """No test of ours may open a connection to anywhere but this machine."""
    connect = socket.socket.connect

    def guarded(self, address):
        if isinstance(address, tuple) and address[0] not in LOOPBACK:
            raise AssertionError(f"a test tried to connect to {address[0]}")
        return connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(scope="session")
def reference() -> Path:
    """The folder of recordings and specifications that are too large, or not ours, to commit."""
    folder = os.environ.get("ASSAY_REFERENCE")
    if not folder:
        pytest.skip("left out: recordings. Set ASSAY_REFERENCE to the folder that holds traffic/ and specs/")
    return Path(folder)
