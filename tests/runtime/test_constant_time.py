"""A signature is compared in constant time: one that ends at the first difference tells how far a guess was right."""

import ast
import hmac
from pathlib import Path

import pytest

import runtime
from runtime.core.secret import Secret
from runtime.core.webhooks import matches_any

SOURCES = sorted(Path(runtime.__file__).parent.rglob("*.py"))
WEBHOOKS = [path for path in SOURCES if path.match("connectors/*/webhooks.py")]
# What makes a signature: the library's own, and the schemes of runtime.core.webhooks.
_MAKERS = ("digest", "hexdigest")
_IN_CONSTANT_TIME = ("matches_any", "compare_digest")


def _name(node):
    return getattr(node.func, "attr", getattr(node.func, "id", ""))


def _values(node):
    """A node and what its value is made of: not what a comparison in constant time takes, nor what a list goes over."""
    if isinstance(node, ast.Call) and _name(node) in _IN_CONSTANT_TIME:
        return
    yield node
    is_list = isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp)
    for inner in [node.elt] if is_list else ast.iter_child_nodes(node):
        yield from _values(inner)


def _is_signature(node, held):
    made = (_name(one) for one in _values(node) if isinstance(one, ast.Call))
    named = (one.id for one in _values(node) if isinstance(one, ast.Name))
    return any(name.startswith("hmac_") or name in _MAKERS for name in made) or any(name in held for name in named)


def _bindings(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            yield from ((target, node.value) for target in node.targets)
        elif isinstance(node, ast.NamedExpr):
            yield node.target, node.value
        elif isinstance(node, ast.For | ast.comprehension):
            yield node.target, node.iter


def _signatures(tree):
    """The names that hold a signature, or several."""
    held = set()
    for _ in range(3):  # a name that is made of a name that is made of one
        for target, value in _bindings(tree):
            if _is_signature(value, held):
                held |= {name.id for name in ast.walk(target) if isinstance(name, ast.Name)}
    return held


def early_exits(source):
    """The lines on which a signature is compared by an operator, or looked for in something."""
    tree = ast.parse(source)
    held = _signatures(tree)
    return [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Compare) and _is_signature(node, held)]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: "/".join(path.parts[-3:]))
def test_no_operator_compares_a_signature(path):
    assert early_exits(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "line",
    [
        "hmac_sha256_hex(key, body) == given",
        "given in [hmac_sha256_hex(key, body) for key in keys]",
        "expected = hmac.new(key, body, sha256).hexdigest(); expected != given",
        "(made := hmac_sha256_base64(key, body)) and made == given",
        "given == b64encode(hmac.digest(key, body, sha256))",
        "made = [hmac_sha256_hex(key, body) for key in keys]; any(one == given for one in made)",
    ],
)
def test_the_search_finds_what_it_looks_for(line):
    assert early_exits(line) == [1]


@pytest.mark.parametrize("path", WEBHOOKS, ids=lambda path: path.parts[-2])
def test_every_connector_compares_signatures_by_the_one_function_for_it(path):
    calls = [_name(node) for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
    assert any(name.startswith("hmac_") for name in calls)
    assert "matches_any" in calls


def test_every_candidate_is_looked_at_whole(monkeypatch):
    compared = []
    monkeypatch.setattr(hmac, "compare_digest", lambda one, other: compared.append((one, other)) or one == other)
    assert matches_any("abc", ["abc", "abd", ""])
    assert compared == [(b"abc", b"abc"), (b"abc", b"abd"), (b"abc", b"")]
    assert Secret("k") == Secret("k")
    assert compared[-1] == (b"k", b"k")


@pytest.mark.parametrize("candidate", ["é", "\ud83d", "a\x00", "x" * 100_000])
def test_a_candidate_may_be_anything_a_stranger_sends(candidate):
    assert not matches_any("abc", [candidate])
    assert matches_any("abc", [candidate, "abc"])
    assert not matches_any(candidate, ["abc"])
