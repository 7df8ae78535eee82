"""Tenants that outlast a process, or are shared by several: `sqlite:FILE` and `redis://HOST:PORT/NUMBER`.

What is kept is what a tenant holds: masked requests, test data, webhook secrets of the simulator's own making.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_gateways.core.store import Memory, StoreFailure

if TYPE_CHECKING:
    from mock_gateways.core.store import Store

FORMS = "memory, sqlite:FILE or redis://HOST:PORT/NUMBER"


def open_store(address: str, gateway: str, mark: str) -> Store:
    """The store at an address, for the tenants of one gateway.

    `mark` names all that a kept tenant depends on: seed, version and clock. One store holds tenants of one mark.
    Raises StoreFailure.
    """
    kind, _, place = address.partition(":")
    if address == "memory":
        return Memory()
    if kind == "sqlite" and place:
        from mock_gateways.stores.sqlite import Sqlite  # noqa: PLC0415 - only who asks for it pays for it

        return Sqlite(place, gateway, mark)
    if kind in ("redis", "rediss", "unix"):
        from mock_gateways.stores.shared import Shared  # noqa: PLC0415 - only who asks for it has it installed

        return Shared(address, gateway, mark)
    raise StoreFailure(f"--store must be {FORMS}, not {address!r}")
