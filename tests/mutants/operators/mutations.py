"""Every small change that mutmut's operators make to a connector's code.

One for each place: where the tool offers several ways to break a text or an argument, they fail alike, so the first is
taken of a text, `None` for a positional argument and its absence for a named one. Left alone are imports, annotations,
type variables, how a dataclass is made, and what is written for people: docstrings, messages, and the reasons why a
method is not offered.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider
from mutmut.mutation.mutators import mutation_operators

from runtime import registry

NOT_CODE = (cst.Annotation, cst.Decorator, cst.Import, cst.ImportFrom)
FOR_PEOPLE = {"invalid", "require", "WebhookRejected", "InvalidConfiguration"}
TEXT = (cst.SimpleString, cst.FormattedString, cst.ConcatenatedString)
STATEMENT = (cst.SimpleStatementLine, cst.BaseCompoundStatement, cst.BaseSmallStatement)


@dataclass(frozen=True, kw_only=True)
class Mutation:
    """One change to one file. `lines` are those of its statement; `function` is "module" outside of any."""

    module: str
    path: Path
    function: str
    operator: str
    lines: range
    tree: cst.Module
    node: cst.CSTNode
    instead: cst.CSTNode

    def source(self) -> str:
        """The whole file, changed."""
        return self.tree.deep_replace(self.node, self.instead).code  # type: ignore[attr-defined]

    @cached_property
    def change(self) -> tuple[str, str]:
        """The first line that differs, before and after."""
        pairs = zip(self.tree.code.splitlines(), self.source().splitlines(), strict=False)
        old, new = next((pair for pair in pairs if pair[0] != pair[1]), ("", ""))
        return old.strip(), new.strip()

    @property
    def key(self) -> tuple[str, ...]:
        """What names it from one run to the next, wherever in the file it has moved."""
        return (self.path.name, self.function, self.operator, *self.change)


def modules(connector: str) -> dict[str, Path]:
    """The files of a connector, by the name of their module."""
    folder, package = registry.origin(connector), f"runtime.connectors.{connector}"
    named = {path: path.stem for path in sorted(folder.glob("*.py"))}
    return {package if stem == "__init__" else f"{package}.{stem}": path for path, stem in named.items()}


def mutations(connector: str, file: str = "") -> list[Mutation]:
    """Every change to a connector's files, or to the one of that name."""
    chosen = {name: path for name, path in modules(connector).items() if file in ("", path.name)}
    return [found for name, path in chosen.items() for found in _of_file(name, path)]


def _of_file(module: str, path: Path) -> list[Mutation]:
    wrapped = MetadataWrapper(cst.parse_module(path.read_text(encoding="utf-8")))
    walk = _Walk(module, path, wrapped)
    wrapped.module.visit(walk)
    return walk.found


class _Walk(cst.CSTVisitor):
    """Goes through a file and notes what can be changed where."""

    def __init__(self, module: str, path: Path, wrapped: MetadataWrapper) -> None:
        super().__init__()
        self._module, self._path, self._tree = module, path, wrapped.module
        self._places = wrapped.resolve(PositionProvider)
        self._within: list[cst.CSTNode] = []
        self.found: list[Mutation] = []

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(node, NOT_CODE) or _is_for_types(node):
            return False
        if not (isinstance(node, TEXT) and self._is_for_people()):
            self.found += [self._mutation(node, name, instead) for name, instead in _changes(node, self._is_for_people)]
        self._within.append(node)
        return True

    def on_leave(self, original_node: cst.CSTNode) -> None:
        if self._within and self._within[-1] is original_node:
            self._within.pop()

    def _mutation(self, node: cst.CSTNode, operator: str, instead: cst.CSTNode) -> Mutation:
        names = [it.name.value for it in self._within if isinstance(it, cst.FunctionDef | cst.ClassDef)]
        statement = next((it for it in (node, *reversed(self._within)) if isinstance(it, STATEMENT)), node)
        return Mutation(
            module=self._module, path=self._path, function=".".join(names) or "module", operator=operator,
            lines=self._lines(statement), tree=self._tree, node=node, instead=instead,
        )  # fmt: skip

    def _lines(self, statement: cst.CSTNode) -> range:
        """Of a statement that has others within it, only the head."""
        place, body = self._places[statement], getattr(statement, "body", None)
        last = self._places[body].start.line if isinstance(body, cst.IndentedBlock) else place.end.line
        return range(place.start.line, max(last, place.start.line + 1) if body is not None else last + 1)

    def _is_for_people(self) -> bool:
        return any(
            isinstance(it, cst.Raise)
            or (isinstance(it, cst.Call) and getattr(it.func, "value", "") in FOR_PEOPLE)
            or (isinstance(it, cst.Arg) and it.keyword is not None and it.keyword.value == "not_offered")
            for it in self._within
        )


def _is_for_types(node: cst.CSTNode) -> bool:
    """A type variable, or a union of types: nothing runs by it."""
    if not isinstance(node, cst.Assign):
        return False
    made = getattr(node.value, "func", None)
    return getattr(made, "value", "") == "TypeVar" or _is_union(node.value)


def _is_union(node: cst.CSTNode) -> bool:
    """Of names that begin with a capital, as those of classes do."""
    if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.BitOr):
        return _is_union(node.left) and _is_union(node.right)
    name = node.attr if isinstance(node, cst.Attribute) else node
    return isinstance(name, cst.Name) and name.value.lstrip("_")[:1].isupper() and not name.value.isupper()


def _changes(node: cst.CSTNode, is_for_people) -> Iterator[tuple[str, cst.CSTNode]]:
    for kind, operator in mutation_operators:
        if isinstance(node, kind):
            name = operator.__name__.removeprefix("operator_")
            offered = list(operator(node))
            if name == "arg_removal":
                offered = _arguments(node, for_people=is_for_people() or getattr(node.func, "value", "") in FOR_PEOPLE)
            yield from ((name, instead) for instead in (offered[:1] if name == "string" else offered))


def _arguments(call: cst.Call, *, for_people: bool) -> list[cst.CSTNode]:
    """The call without each named argument, and with None for each positional one."""
    changed = []
    for at, arg in enumerate(call.args):
        if (for_people and isinstance(arg.value, TEXT)) or arg.star or getattr(arg.value, "value", "") == "None":
            continue
        instead = [] if arg.keyword else [arg.with_changes(value=cst.Name("None"))]
        changed.append(call.with_changes(args=[*call.args[:at], *instead, *call.args[at + 1 :]]))
    return changed
