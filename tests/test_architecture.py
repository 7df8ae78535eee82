"""The import law of the README, executed."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
OURS = {"runtime", "mock_gateways", "contracts", "suites", "reports", "tests"}
MAY_IMPORT = {
    "runtime": (),
    "mock_gateways": (),
    "contracts": ("runtime.core",),
    "reports": ("contracts.redact",),
    "suites": ("runtime", "mock_gateways", "contracts", "reports"),
}
RUNTIME_MAY_IMPORT = {
    "runtime/core": ("runtime.core",),
    "runtime/connectors": ("runtime.core",),
    "runtime/registry.py": ("runtime.core", "runtime.connectors"),
    "runtime/client.py": ("runtime.core",),
}
DOES_IO = {"httpx", "socket", "time", "requests", "urllib3", "asyncio", "subprocess", "http"}


def _imports(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports hide what a file depends on"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _files(where):
    root = ROOT / where
    return [root] if root.is_file() else sorted(root.rglob("*.py"))


def _within(name, allowed):
    return any(name == prefix or name.startswith(f"{prefix}.") for prefix in allowed)


def _offenders(where, allowed):
    return {
        f"{path.relative_to(ROOT)}: {name}"
        for path in _files(where)
        for name in _imports(path)
        if name.split(".")[0] in OURS and not _within(name, allowed)
    }


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_imports_between_rooms_point_one_way(package):
    assert _offenders(package, (package, *MAY_IMPORT[package])) == set()


@pytest.mark.parametrize("where", RUNTIME_MAY_IMPORT)
def test_imports_inside_runtime_point_one_way(where):
    own = tuple(f"runtime.connectors.{p.name}" for p in (ROOT / "runtime/connectors").iterdir() if p.is_dir())
    allowed = RUNTIME_MAY_IMPORT[where] + (own if where == "runtime/connectors" else ())
    assert _offenders(where, allowed) == set()


def test_connectors_never_import_one_another():
    for folder in (ROOT / "runtime/connectors").iterdir():
        if folder.is_dir() and folder.name != "__pycache__":
            allowed = ("runtime.core", f"runtime.connectors.{folder.name}")
            assert _offenders(f"runtime/connectors/{folder.name}", allowed) == set()


def test_only_the_client_does_io():
    found = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in _files("runtime")
        if path.name != "client.py"
        for name in _imports(path)
        if name.split(".")[0] in DOES_IO
    }
    assert found == set()


def test_the_redactor_imports_nothing_of_ours():
    assert _offenders("contracts/redact.py", ()) == set()


GATEWAYS = sorted(folder.parent.name for folder in (ROOT / "mock_gateways").glob("*/signing.py"))
# A public report is cited by the name of its repository, and that may be a gateway's.
_CITED = re.compile(r"[\w./-]+#\d+")


def _tells(path, gateway):
    """Whether a file says the name of a gateway outside a folder or a file that is named after it."""
    parts = path.relative_to(ROOT).parts
    if any(part.startswith(gateway) for part in parts):
        return False
    return gateway in _CITED.sub("", path.read_text(encoding="utf-8")).lower()


@pytest.mark.parametrize("gateway", GATEWAYS)
@pytest.mark.parametrize("room", ["runtime/core", "mock_gateways/core", "suites", "contracts", "tests"])
def test_only_what_is_named_after_a_gateway_names_it(room, gateway):
    """A requirement names a capability, a test whoever claims most: a new gateway brings folders of its name."""
    files = [path for kind in ("*.py", "*.toml", "*.csv", "*.html") for path in (ROOT / room).rglob(kind)]
    assert not [str(path.relative_to(ROOT)) for path in files if _tells(path, gateway)]


def test_the_project_needs_no_folder_beside_it():
    for path in [*ROOT.glob("*"), *(file for room in OURS for file in _files(room))]:
        if path.is_file() and path.name != "test_architecture.py":
            assert "../shared" not in path.read_text(errors="ignore"), path


def test_pins_name_no_registry():
    assert "//" not in (ROOT / "constraints.txt").read_text()


@pytest.mark.parametrize("room", sorted(OURS - {"tests"}))
def test_no_file_is_longer_than_it_should_be(room):
    for path in _files(room):
        assert len(path.read_text().splitlines()) <= 400, path
