"""A tenant as bytes: set aside as a snapshot, kept on disk, or handed to another worker.

Whatever a gateway keeps must be plain values and functions of modules, so that this can be done to it.
"""

from __future__ import annotations

import io
import pickle
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mock_gateways.core.tenants import World

# Everything that `World.reset` begins anew.
PARTS = (
    "settings",
    "clock",
    "ids",
    "journal",
    "ledger",
    "faults",
    "keys",
    "outbox",
    "approvals",
    "forced_declines",
    "store",
)
KEPT = (*PARTS, "snapshots", "era")

# What a state may be built from, beside the classes and functions of the simulators themselves: reading one must not
# be a way to run something else, wherever it was kept.
_PLAIN = frozenset(
    {
        ("builtins", "set"),
        ("builtins", "frozenset"),
        ("builtins", "bytearray"),
        ("collections", "OrderedDict"),
        ("collections", "defaultdict"),
        ("collections", "deque"),
        ("decimal", "Decimal"),
        ("types", "MappingProxyType"),
    }
)


# What was looked up once for the simulators of a package: its tenants name the same few classes whenever they are read.
_FOUND: dict[tuple[str, str, str], Any] = {}


class Unfit(ValueError):
    """Bytes that are no state of this tenant; the text says why."""


def freeze(world: World, parts: tuple[str, ...] = PARTS) -> bytes:
    """The parts of a world in one piece, so that those that share an object go on sharing it."""
    out = io.BytesIO()
    _Freezer(out, _surroundings(world)).dump({part: getattr(world, part) for part in parts})
    return out.getvalue()


def thaw(world: World, frozen: bytes) -> None:
    """Make a world what was frozen.

    Raises Unfit for anything else than what `freeze` made.
    """
    try:
        state = _Thawer(io.BytesIO(frozen), _surroundings(world)).load()
        for part, value in state.items():
            setattr(world, part, value)
    except Unfit:
        raise
    except Exception as problem:
        raise Unfit(f"{type(problem).__name__} while reading the state of {world.id}") from problem


def _surroundings(world: World) -> Mapping[str, object]:
    """What a world lives in: named in its bytes, never copied with it."""
    return {"world": world, "gateway": world.gateway, "signer": world.gateway.signer}


def _surrounding(name: str) -> object:
    """Stand for one of those in the bytes; reading finds another function in its place."""
    raise Unfit(f"{name!r} is known only while a tenant is read")


class _Freezer(pickle.Pickler):
    def __init__(self, file: io.BytesIO, known: Mapping[str, object]) -> None:
        super().__init__(file, protocol=pickle.HIGHEST_PROTOCOL)
        self._names = {id(value): name for name, value in known.items()}

    def reducer_override(self, value: Any) -> Any:
        name = self._names.get(id(value))
        return NotImplemented if name is None else (_surrounding, (name,))


class _Thawer(pickle.Unpickler):
    def __init__(self, file: io.BytesIO, known: Mapping[str, Any]) -> None:
        super().__init__(file)
        self._known = known
        self._own = type(known["world"].store).__module__.partition(".")[0]

    def find_class(self, module: str, name: str) -> Any:
        if (found := _FOUND.get((self._own, module, name))) is not None:
            return found
        if (module, name) == (__name__, _surrounding.__name__):
            return self._known.__getitem__
        if (module, name) in _PLAIN or (module.partition(".")[0] in ("mock_gateways", self._own) and "." not in name):
            return _FOUND.setdefault((self._own, module, name), super().find_class(module, name))
        raise Unfit(f"the state names {module}.{name}, which is no part of a simulator")
