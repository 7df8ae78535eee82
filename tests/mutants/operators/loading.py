"""Loads a connector anew with the source of one of its modules changed. Only in a process that ends with it."""

import sys
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location

from runtime import registry
from runtime.core.connector import Connector
from tests.mutants.operators.mutations import Mutation


class Stillborn(Exception):
    """The changed source makes no connector: it does not compile, load, or describe one."""


class _Changed(SourceFileLoader, MetaPathFinder):
    """Finds one module where it always was, with another source."""

    def __init__(self, name: str, path: str, source: str) -> None:
        super().__init__(name, path)
        self._source = source

    def find_spec(self, fullname: str, path: object, target: object = None) -> ModuleSpec | None:
        return spec_from_file_location(fullname, self.path, loader=self) if fullname == self.name else None

    def get_code(self, fullname: str):
        return compile(self._source, self.path, "exec", dont_inherit=True)


def reloaded(connector: str) -> Connector:
    """The connector from its files, as if for the first time."""
    package = f"runtime.connectors.{connector}"
    for name in [name for name in sys.modules if f"{name}.".startswith(f"{package}.")]:
        del sys.modules[name]
    return registry.find(connector)


def changed(connector: str, mutation: Mutation) -> Connector:
    """The connector with a mutation in it.

    Raises:
        Stillborn: see there.
    """
    sys.meta_path.insert(0, _Changed(mutation.module, str(mutation.path), mutation.source()))
    try:
        found = reloaded(connector)
    except Exception as error:
        raise Stillborn(f"{type(error).__name__}: {error}") from error
    if not isinstance(found, Connector):
        raise Stillborn(f"CONNECTOR is a {type(found).__name__}")
    return found
