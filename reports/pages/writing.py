"""Puts a site in its place whole, or not at all."""

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from reports.pages.site import GENERATOR

__all__ = ["NotOurs", "put"]

_HEAD_BYTES = 2048


class NotOurs(ValueError):
    """The folder to be replaced holds something else than a site of ours."""


def put(pages: Mapping[str, str], out: Path) -> None:
    """Write every page beside `out`, then take its place: a reader sees the old site or the new one.

    Raises:
        NotOurs: `out` is a file, or a folder that holds something else than a site; nothing is touched.
        OSError: it cannot be written; nothing is touched.
    """
    if out.exists() and not _may_be_replaced(out):
        raise NotOurs(f"{out}: holds something else than a site of ours; name another folder")
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent) as made:
        new, old = Path(made) / "new", Path(made) / "old"
        for name, text in pages.items():
            file = new / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        if out.exists():
            out.rename(old)
        new.rename(out)
        shutil.rmtree(old, ignore_errors=True)


def _may_be_replaced(out: Path) -> bool:
    if not out.is_dir():
        return False
    if not any(out.iterdir()):
        return True
    index = out / "index.html"
    head = index.read_bytes()[:_HEAD_BYTES] if index.is_file() else b""
    return f'<meta name="generator" content="{GENERATOR}">'.encode() in head
