"""The house of the simulators: one neutral core, gateways that do not know one another, and imports that go one way."""

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HOUSE = ROOT / "mock_gateways"
GATEWAYS = sorted(path.parent.name for path in HOUSE.glob("*/operations.csv"))


def _module(path):
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


MODULES = {_module(path): path for path in HOUSE.rglob("*.py")}


def _is_for_types(node):
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def _nodes(node, *, types):
    for child in ast.iter_child_nodes(node):
        if types or not _is_for_types(child):
            yield child
            yield from _nodes(child, types=types)


def _imports(path, *, types):
    for node in _nodes(ast.parse(path.read_text()), types=types):
        if isinstance(node, ast.ImportFrom):
            for name in node.names:
                whole = f"{node.module}.{name.name}"
                yield whole if whole in MODULES else node.module
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names)


def _of(folder):
    return [path for module, path in MODULES.items() if module.startswith(f"mock_gateways.{folder}")]


def test_there_are_gateways_to_judge():
    assert len(GATEWAYS) >= 3


@pytest.mark.parametrize("gateway", GATEWAYS)
def test_the_core_knows_no_gateway(gateway):
    for path in _of("core."):
        assert not [name for name in _imports(path, types=True) if name.startswith(f"mock_gateways.{gateway}")], path
        assert gateway not in path.read_text().lower(), path


@pytest.mark.parametrize("gateway", GATEWAYS)
def test_a_gateway_imports_nothing_but_itself_and_the_core(gateway):
    allowed = (f"mock_gateways.{gateway}", "mock_gateways.core")
    for path in _of(f"{gateway}."):
        ours = {name for name in _imports(path, types=True) if name.startswith("mock_gateways")}
        assert not [name for name in ours if not name.startswith(allowed)], path


def test_no_two_modules_import_each_other():
    """Late imports count: they hide a circle, and do not break it."""
    graph = {module: set(_imports(path, types=False)) - {module} for module, path in MODULES.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as problem:
        pytest.fail(" imports ".join(reversed(problem.args[1])))
