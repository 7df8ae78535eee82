"""Digests that a stranger can recompute with what every machine has.

A tree's digest is in-toto's `dirHash` (in-toto attestation, spec/v1/digest_set.md): with coreutils, in the folder,
`find . -type f | cut -c3- | LC_ALL=C sort | xargs sha256sum | sha256sum`, once byte code and hidden files are gone.
"""

import zipfile
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path, PurePosixPath

import rfc8785

__all__ = ["canonical", "canonical_digest", "file_digest", "folders_of_archive", "holds", "is_archive", "tree_digest"]

_BYTE_CODE = "__pycache__"
_LARGEST = 256 * 1024 * 1024  # of an archive unpacked: no connector is larger, and a bomb is


def canonical(value: object) -> bytes:
    """The one spelling of a JSON value: RFC 8785.

    Raises:
        ValueError: it has none: a number beyond 2**53, NaN, half a surrogate pair.
    """
    try:
        return rfc8785.dumps(value)  # type: ignore[arg-type]  # plain JSON values, as pydantic dumps them
    except rfc8785.CanonicalizationError as error:
        raise ValueError(f"no canonical JSON: {type(error).__name__}") from None


def canonical_digest(value: object) -> str:
    """sha256 over the canonical JSON, in hex."""
    return sha256(canonical(value)).hexdigest()


def file_digest(path: Path) -> str:
    """sha256 over a file's bytes, in hex."""
    return sha256(path.read_bytes()).hexdigest()


def tree_digest(root: Path, *, leave_out: Iterable[str] = ()) -> str:
    """The dirHash of a folder, or of a folder that holds this one file; byte code and hidden files do not count.

    Raises:
        ValueError: a file's name has a line break in it, which the digest could not tell from two files.
    """
    left_out = set(leave_out)
    files = [root] if root.is_file() else [file for file in root.rglob("*") if file.is_file()]
    base = root.parent if root.is_file() else root
    names = {file.relative_to(base).as_posix(): file for file in files}
    return _dir_hash(
        {name: file.read_bytes() for name, file in names.items() if _counts(name) and name not in left_out}
    )


def is_archive(path: Path) -> bool:
    """Whether a path names a distribution, which is one file, and no tree."""
    return path.suffix in (".whl", ".zip")


def holds(path: Path, digest: str) -> bool:
    """Whether a distribution has a folder with this tree digest in it, or a tree is one; False if it cannot be read."""
    try:
        return digest in (folders_of_archive(path).values() if is_archive(path) else [tree_digest(path)])
    except (OSError, ValueError, zipfile.BadZipFile):
        return False


def folders_of_archive(archive: Path) -> dict[str, str]:
    """The tree digest of every folder, and of every single file, in a wheel: one of them is what was tested.

    Raises:
        zipfile.BadZipFile: it is no archive.
        ValueError: it would unpack to more than any connector is.
    """
    with zipfile.ZipFile(archive) as opened:
        if sum(entry.file_size for entry in opened.infolist()) > _LARGEST:
            raise ValueError("it unpacks to more than any connector is")
        contents = {name: opened.read(name) for name in opened.namelist() if not name.endswith("/") and _counts(name)}
    folders = {str(parent) for name in contents for parent in PurePosixPath(name).parents}
    found = {folder: _dir_hash(_below(contents, folder)) for folder in sorted(folders)}
    alone = {name: _dir_hash({PurePosixPath(name).name: content}) for name, content in contents.items()}
    return found | alone


def _below(contents: Mapping[str, bytes], folder: str) -> dict[str, bytes]:
    prefix = "" if folder == "." else f"{folder}/"
    return {name.removeprefix(prefix): content for name, content in contents.items() if name.startswith(prefix)}


def _counts(name: str) -> bool:
    return not any(part == _BYTE_CODE or part.startswith(".") for part in name.split("/"))


def _dir_hash(contents: Mapping[str, bytes]) -> str:
    if any("\n" in name for name in contents):
        raise ValueError("a file's name has a line break in it")
    lines = (f"{sha256(contents[name]).hexdigest()}  {name}\n" for name in sorted(contents, key=str.encode))
    return sha256("".join(lines).encode()).hexdigest()
