"""A small run of a connector that does not exist, as a file that can be meddled with."""

import copy
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from reports.__main__ import main

ACME = json.loads((Path(__file__).parent / "acme.json").read_text())


@pytest.fixture
def acme():
    """The run as plain values, this test's own."""
    return copy.deepcopy(ACME)


@pytest.fixture
def failing(acme):
    """The same run with one requirement broken; what follows from it is written down, not computed."""
    acme = copy.deepcopy(acme)
    acme["requirements"][0]["outcome"] = "fail"
    acme["requirements"][0]["cases"][0] |= {"outcome": "fail", "message": "AssertionError: the key was seen\nat line 3"}
    acme["counts"] |= {"pass": 1, "fail": 1}
    acme["verdict"] = {"certified": False, "exit_code": 1, "state": 0, "reasons": ["1 fail"]}
    return acme


@pytest.fixture
def write(tmp_path):
    """Writes runs as results files and returns their paths."""

    def written(data, name="acme"):
        file = tmp_path / name / "results.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(data if isinstance(data, str) else json.dumps(data))
        return file

    return written


@pytest.fixture
def build(tmp_path):
    """Runs `python -m reports build`; returns the exit code, what was said, and the pages by name."""

    def built(*arguments, out=tmp_path / "site"):
        done = CliRunner().invoke(main, ["build", *map(str, arguments), "--out", str(out)])
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        pages = {file.relative_to(out).as_posix(): file.read_text() for file in sorted(out.rglob("*.html"))}
        return done.exit_code, done.output, pages

    return built
