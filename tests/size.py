"""python -m tests.size: lines of code of every connector, counted as the architecture says.

Blank lines, comments, docstrings and codes.csv do not count; the files are those of the connector's folder, as ruff
formats them at 120 columns.
"""

import ast
import io
import tokenize
from pathlib import Path

from rich.console import Console
from rich.table import Table

CONNECTORS = Path(__file__).parents[1] / "runtime" / "connectors"
LIMIT = 600
_SPACE = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
}


def code_lines(source: str) -> int:
    """Lines that hold code."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    held = {line for token in tokens if token.type not in _SPACE for line in range(token.start[0], token.end[0] + 1)}
    return len(held - _docstrings(ast.parse(source)))


def _docstrings(tree: ast.Module) -> set[int]:
    owners = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    lines: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, owners) and ast.get_docstring(node, clean=False) is not None:
            lines.update(range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1))
    return lines


def sizes() -> dict[str, dict[str, int]]:
    """Code lines by connector and file."""
    return {
        folder.name: {file.name: code_lines(file.read_text()) for file in sorted(folder.glob("*.py"))}
        for folder in sorted(CONNECTORS.iterdir())
        if (folder / "__init__.py").is_file()
    }


if __name__ == "__main__":
    table = Table("connector", "files", "lines of code", title=f"Connectors, at most {LIMIT} lines of code each")
    for name, files in sizes().items():
        table.add_row(name, ", ".join(f"{file} {count}" for file, count in files.items()), str(sum(files.values())))
    Console(width=120).print(table)
