"""What the README of this folder says can be done without us, done without us."""

import json
import re
import shutil
import subprocess
from hashlib import sha256
from pathlib import Path

import pytest

from reports.__main__ import COMMANDS

README = (Path(__file__).parents[2] / "reports/README.md").read_text()
RECIPE = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)[1]


def _follow(acme):
    for name, source in {"connector": acme.connector, "evidence": acme.bundle / "evidence"}.items():
        shutil.copytree(source, acme.root / "alone" / name)
    for file in (acme.certificate, acme.bundle / "results.json", acme.key):
        shutil.copy(file, acme.root / "alone")
    return subprocess.run(  # noqa: S602 - the recipe of our own README
        RECIPE, shell=True, executable="/bin/bash", cwd=acme.root / "alone", capture_output=True, text=True, check=False
    )


def test_every_command_is_in_its_table():
    assert set(re.findall(r"^\| `(\w+)", README, re.MULTILINE)) == set(COMMANDS)


@pytest.mark.skipif(not shutil.which("openssl"), reason="left out: no openssl here")
def test_a_stranger_can_check_a_certificate_with_openssl_and_coreutils(acme):
    done = _follow(acme)
    assert "Signature Verified Successfully" in done.stdout, done.stderr
    assert "was changed" not in done.stdout
    said = json.loads((acme.root / "alone/statement.json").read_text())["predicate"]
    assert f"{said['run']['results']}  results.json" in done.stdout
    assert f"{said['connector']['digest']}  -" in done.stdout


@pytest.mark.skipif(not shutil.which("openssl"), reason="left out: no openssl here")
def test_and_would_see_that_it_was_meddled_with(acme):
    next((acme.bundle / "evidence").iterdir()).write_text("[]")
    envelope = acme.envelope
    envelope["payload"] = envelope["payload"].replace("A", "B", 1)
    acme.put(envelope)
    done = _follow(acme)
    assert "Signature Verified Successfully" not in done.stdout
    assert "was changed" in done.stdout
    assert sha256(b"[]").hexdigest() not in done.stdout
