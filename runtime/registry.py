"""Finds connectors: built in, by entry point `assay.connectors`, or at `path.py:OBJECT`."""

import importlib
import importlib.util
import pkgutil
import sys
from difflib import get_close_matches
from importlib.metadata import entry_points
from pathlib import Path

from runtime import connectors
from runtime.core.connector import Connector

__all__ = ["ENTRY_POINTS", "UnknownConnector", "find", "names", "origin"]

ENTRY_POINTS = "assay.connectors"


class UnknownConnector(LookupError):
    """No connector of that name, or nothing usable at that path; the message says which ones there are."""


def names() -> tuple[str, ...]:
    builtin = {module.name for module in pkgutil.iter_modules(connectors.__path__)}
    return tuple(sorted(builtin | {point.name for point in entry_points(group=ENTRY_POINTS)}))


def find(name: str) -> Connector:
    """Load a connector by its name or as `path.py:OBJECT`.

    Raises:
        UnknownConnector: names the known ones and the nearest, or says what is wrong with the path.
    """
    if ".py" not in name and name not in names():
        raise UnknownConnector(_unknown(name))
    try:
        return _checked(_at_path(name) if ".py" in name else _named(name), name)
    except UnknownConnector:
        raise
    except Exception as error:  # whatever a connector's own module raises while it loads
        raise UnknownConnector(f"{name!r} cannot be loaded: {type(error).__name__}: {error}") from error


def _named(name: str) -> object:
    for point in entry_points(group=ENTRY_POINTS, name=name):
        return point.load()
    return importlib.import_module(f"{connectors.__name__}.{name}").CONNECTOR


def origin(name: str) -> Path:
    """The folder or file a connector lives in, for its digest."""
    if ".py" in name:
        return Path(name.partition(":")[0])
    points = tuple(entry_points(group=ENTRY_POINTS, name=name))
    spec = importlib.util.find_spec(points[0].module if points else f"{connectors.__name__}.{name}")
    if spec is None or spec.origin is None:
        raise UnknownConnector(_unknown(name))
    file = Path(spec.origin)
    return file.parent if file.name == "__init__.py" else file


def _unknown(name: str) -> str:
    nearest = get_close_matches(name, names(), n=1)
    hint = f" Did you mean {nearest[0]!r}?" if nearest else ""
    return f"there is no connector {name!r}.{hint} Known: {', '.join(names())}; or give path.py:OBJECT."


def _at_path(target: str) -> object:
    file, _, attribute = target.partition(":")
    path = Path(file)
    if not attribute or not path.is_file():
        raise UnknownConnector(f"{target!r}: expected path.py:OBJECT with an existing file")
    spec = importlib.util.spec_from_file_location(f"assay_connector_at_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise UnknownConnector(f"{target!r}: not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their own module up while it loads
    spec.loader.exec_module(module)
    if not hasattr(module, attribute):
        raise UnknownConnector(f"{target!r}: the file has no {attribute!r}")
    return getattr(module, attribute)


def _checked(found: object, where: str) -> Connector:
    if not isinstance(found, Connector):
        raise UnknownConnector(f"{where!r} is a {type(found).__name__}, not a runtime.core.connector.Connector")
    return found
