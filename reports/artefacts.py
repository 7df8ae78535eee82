"""Writing: a file appears whole or not at all, and never with a secret in it."""

import os
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from reports.pages.scanning import look_through

__all__ = ["write"]


def write(
    files: Mapping[Path, bytes], *, canaries: Iterable[str] = (), also: Mapping[str, bytes] | None = None
) -> None:
    """Look through all files, and `also` what they hold in another encoding; then put each in its place by a rename.

    Raises:
        reports.pages.scanning.SecretFound: nothing was written.
        OSError: a file cannot be written; those before it were.
    """
    texts = {file.name: content for file, content in files.items()} | dict(also or {})
    look_through({name: content.decode("utf-8") for name, content in texts.items()}, canaries)
    for file, content in files.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{file.name}-", dir=file.parent)
        try:
            with os.fdopen(handle, "wb") as opened:
                opened.write(content)
            Path(name).chmod(0o644)
            Path(name).replace(file)
        finally:
            Path(name).unlink(missing_ok=True)
