"""Digests are those that other tools compute, not ours alone."""

import json
import subprocess
import zipfile
from hashlib import sha256

import pytest

from reports.digests import canonical, folders_of_archive, holds, tree_digest

# The example of in-toto's specification of dirHash (in-toto attestation, spec/v1/digest_set.md): a Go module.
LINES = """\
3a137eef6458bfb76bb2c63fc29ffc7166604d2d2e09ed9d8250a534122a8364  github.com/marklodato/go-hello-world@v0.0.1/README.md
28e7c942a036902d981759d0bf5704d2bfc7cb500caf68b84711b234af01c6a5  github.com/marklodato/go-hello-world@v0.0.1/go.mod
ddc4da627d9a9f45fb29641a1b185d6f53287ecfd921aacbf4fe54b7a86fe8d1  github.com/marklodato/go-hello-world@v0.0.1/main.go
"""
DIGEST = "2a1bb6127fb481c60f67692e22285fb306f3c6ffe62075e0ccf674d7c3adcb8f"
RECIPE = "find . -type f | cut -c3- | LC_ALL=C sort | xargs -r sha256sum | sha256sum | cut -f1 -d' '"


def _tree(root):
    for name, text in {"__init__.py": "a = 1\n", "Z/codes.csv": "raw\n", "a/wire.py": "", "a.py": "b\n"}.items():
        (root / name).parent.mkdir(exist_ok=True, parents=True)
        (root / name).write_text(text)
    return root


def test_the_published_example_is_a_digest_of_such_lines():
    assert sha256(LINES.encode()).hexdigest() == DIGEST


def test_a_trees_digest_is_what_coreutils_say(tmp_path):
    root = _tree(tmp_path)
    told = subprocess.run(["bash", "-c", RECIPE], cwd=root, capture_output=True, text=True, check=True)  # noqa: S607
    assert tree_digest(root) == told.stdout.strip()


@pytest.mark.parametrize("name", ["__pycache__/a.pyc", ".DS_Store", "a/.cache/x"])
def test_what_is_no_source_does_not_count(tmp_path, name):
    before = tree_digest(_tree(tmp_path))
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("other")
    assert tree_digest(tmp_path) == before


@pytest.mark.parametrize("name", ["a.py", "Z/codes.csv", "Z/table.json"])
def test_whatever_a_connector_reads_counts(tmp_path, name):
    before = tree_digest(_tree(tmp_path))
    (tmp_path / name).write_text("other")
    assert tree_digest(tmp_path) != before


def test_one_file_is_a_folder_that_holds_it(tmp_path):
    (tmp_path / "lone.py").write_text("x = 1\n")
    assert tree_digest(tmp_path / "lone.py") == tree_digest(tmp_path)


def test_a_file_name_cannot_pretend_to_be_two(tmp_path):
    (tmp_path / "a\nb.py").write_text("")
    with pytest.raises(ValueError, match="line break"):
        tree_digest(tmp_path)


def test_a_folder_is_found_in_the_wheel_that_carries_it(tmp_path):
    root = _tree(tmp_path / "acme")
    with zipfile.ZipFile(tmp_path / "acme.whl", "w") as wheel:
        for file in root.rglob("*.*"):
            wheel.write(file, f"acme/connector/{file.relative_to(root)}")
        wheel.writestr("acme/__init__.py", "")
    assert folders_of_archive(tmp_path / "acme.whl")["acme/connector"] == tree_digest(root)


def test_an_archive_that_would_fill_the_memory_is_not_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr("reports.digests._LARGEST", 5_000_000)
    with zipfile.ZipFile(tmp_path / "bomb.whl", "w", zipfile.ZIP_DEFLATED) as wheel:
        wheel.writestr("acme/zeros.py", b"\0" * 5_000_001)
    assert (tmp_path / "bomb.whl").stat().st_size < 10_000
    assert not holds(tmp_path / "bomb.whl", tree_digest(tmp_path))
    with pytest.raises(ValueError, match="more than any connector"):
        folders_of_archive(tmp_path / "bomb.whl")


@pytest.mark.parametrize("number", [2**53, float("nan")])
def test_what_has_no_canonical_spelling_is_refused(number):
    with pytest.raises(ValueError, match="no canonical JSON"):
        canonical({"seed": number})


def test_canonical_json_is_that_of_rfc_8785():
    """Section 3.2.3 of RFC 8785 sorts names by UTF-16 code units; section 3.2.2 writes no white space."""
    given = {"\u20ac": "Euro Sign", "\r": "Carriage Return", "1": "One", "\u0080": "Control", "\U0001f600": "Emoji"}
    assert list(json.loads(canonical(given))) == ["\r", "1", "\u0080", "\u20ac", "\U0001f600"]
    assert canonical({"b": [1, True, None], "a": "\u000f"}) == b'{"a":"\\u000f","b":[1,true,null]}'
