"""Tenants in a file: loaded when they are first asked for, saved by a thread of its own soon after they change."""

from __future__ import annotations

import sqlite3
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mock_gateways.core.frozen import KEPT, Unfit, freeze, thaw
from mock_gateways.core.store import StoreFailure

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mock_gateways.core.store import Lock
    from mock_gateways.core.tenants import World

# A change is on disk this soon; saving takes at most a tenth of the time, however large a tenant is.
SOON_S = 0.5
SHARE = 10

_SCHEMA = """
CREATE TABLE IF NOT EXISTS mark (mark TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS tenants (name TEXT PRIMARY KEY, state BLOB NOT NULL);
"""


class _Noticing:
    """A world's lock that notes the world as changed when it is let go."""

    def __init__(self, world: World, changed: dict[str, _Noticing]) -> None:
        self.world, self.quiet = world, threading.RLock()
        self._changed = changed

    def __enter__(self) -> None:
        self.quiet.acquire()

    def __exit__(self, *_: object) -> None:
        self._changed[self.world.id] = self
        self.quiet.release()


class Sqlite:
    """The tenants of one gateway in a file, which no other process may use meanwhile.

    The file is named after the gateway too: `state.db` for Stripe's tenants is `state.stripe.db`.
    Raises StoreFailure where it cannot be used.
    """

    def __init__(self, path: str, gateway: str, mark: str) -> None:
        self._path = Path(path).with_stem(f"{Path(path).stem}.{gateway}")
        self._changed: dict[str, _Noticing] = {}
        self._using, self._stop = threading.Lock(), threading.Event()
        try:
            self._file = _opened(self._path, mark)
        except sqlite3.Error as problem:
            raise StoreFailure(f"{self._path}: {problem}; is another simulator using it?") from problem
        self._thread = threading.Thread(target=self._keep_saving, name="saver", daemon=True)
        self._thread.start()

    def attach(self, world: World) -> tuple[Lock, Lock]:
        row = self._run("SELECT state FROM tenants WHERE name = ?", world.id)
        if row:
            try:
                thaw(world, row[0][0])
            except Unfit as problem:
                raise StoreFailure(
                    f"{self._path}: {problem}; it may be of another version: use another file"
                ) from problem
        return _Noticing(world, self._changed), threading.Lock()

    def names(self) -> Iterable[str]:
        return [name for (name,) in self._run("SELECT name FROM tenants")]

    def waiting(self) -> Iterable[str] | None:
        return None

    def close(self) -> None:
        self._stop.set()
        self._thread.join()
        self._save()
        self._file.close()

    def _keep_saving(self) -> None:
        pause = SOON_S
        while not self._stop.wait(pause):
            began = time.monotonic()
            self._save()
            pause = max(SOON_S, SHARE * (time.monotonic() - began))

    def _save(self) -> None:
        for name in list(self._changed):
            # Off the list first: what changes from here on is saved next time.
            noticing = self._changed.pop(name)
            with noticing.quiet:
                state = freeze(noticing.world, KEPT)
            self._run("REPLACE INTO tenants VALUES (?, ?)", name, state)

    def _run(self, statement: str, *values: Any) -> list[Any]:
        with self._using, self._file:
            return self._file.execute(statement, values).fetchall()


def _opened(path: Path, mark: str) -> sqlite3.Connection:
    file = sqlite3.connect(path, timeout=1, check_same_thread=False)
    # Another process that opens the file is told so at once, instead of both saving over one another.
    file.execute("PRAGMA locking_mode = EXCLUSIVE")
    file.execute("PRAGMA journal_mode = TRUNCATE")
    file.executescript(_SCHEMA)
    with file:
        file.execute("INSERT INTO mark SELECT ? WHERE NOT EXISTS (SELECT * FROM mark)", (mark,))
        ((kept,),) = file.execute("SELECT mark FROM mark").fetchall()
    if kept != mark:
        raise StoreFailure(f"{path} holds tenants of {kept}, not of {mark}; use the same, or another file")
    return file
