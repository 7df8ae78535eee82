"""What a changed gateway would be recorded as is proposed as a patch, told in three ways, and never written."""

import json
import re
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from contracts.drift import patch
from contracts.format import Source, read
from contracts.lock import files
from contracts.proposal import proposed
from contracts.verify import WsgiUpstream, verify
from mock_gateways.app import create_app
from mock_gateways.server import serving
from tests.contracts.library import LIBRARY

ROOT = Path(__file__).parents[3]
NAMES = [path.relative_to(LIBRARY).as_posix() for path in files(LIBRARY)]
DATED = ('"recorded_at"', '"expires_at"', '"recorder"', '"sha256"')


def _simulator(gateway, clock="wall"):
    return create_app(gateway, settings=import_module(f"suites.profiles.{gateway}").PROFILE.settings, clock=clock)


@pytest.mark.parametrize("name", NAMES)
def test_a_gateway_that_has_not_changed_would_be_recorded_as_it_was(name):
    contract = read(LIBRARY / name)
    verdict = verify(contract, WsgiUpstream(_simulator(contract.gateway)), environment={}, seed=name)
    made = proposed(verdict, source=Source.SIMULATOR, upstream="https://gateway.test")
    changed = [
        line for line in patch(contract, made).splitlines() if line[:1] in "+-" and line[:3] not in ("+++", "---")
    ]
    assert [line for line in changed if not line.strip("+- ").startswith(DATED)] == []


class _Changed:
    """A simulator that has learned something, and forgotten something."""

    def __init__(self, inner):
        self._inner = inner

    def __getattr__(self, name):
        return getattr(self._inner, name)

    def __call__(self, environ, start):
        told = []
        body = b"".join(self._inner(environ, lambda status, headers, _=None: told.append((status, headers))))
        ((status, headers),) = told
        if environ["PATH_INFO"].startswith("/v1/payment_intents"):
            document = json.loads(body)
            document["brand_new"] = {"id": f"bn_{document['id'][3:19]}"}
            document.pop("confirmation_method", None)
            body = json.dumps(document).encode()
        kept = [pair for pair in headers if pair[0].lower() != "content-length"]
        start(status, [*kept, ("Content-Length", str(len(body)))])
        return [body]


@pytest.fixture
def changed():
    app = _simulator("stripe")
    app.wsgi_app = _Changed(app.wsgi_app)
    with serving(app) as url:
        yield url


def _drift(cwd, *arguments):
    command = [sys.executable, "-m", "contracts", "drift", "stripe", *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


@pytest.fixture
def library(tmp_path):
    """A repository of somebody's with two contracts in it."""
    folder = tmp_path / "recorded"
    (folder / "stripe").mkdir(parents=True)
    for name in ("sale", "partial-refunds"):
        shutil.copy(LIBRARY / f"stripe/{name}.json", folder / "stripe")
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)  # noqa: S607 - whichever git there is
    return folder


def test_the_patch_is_applied_and_then_holds(changed, library, tmp_path):
    before = (library / "stripe/sale.json").read_bytes()
    told = _drift(tmp_path, "--library", library, "--upstream", changed, "--patch", tmp_path / "new.patch")
    assert told.returncode == 2, told.stderr
    assert "additive" in told.stdout.splitlines()[0]
    assert (library / "stripe/sale.json").read_bytes() == before
    subprocess.run(["git", "apply", "new.patch"], cwd=tmp_path, check=True)  # noqa: S607 - as above
    contract = read(library / "stripe/sale.json")
    assert re.fullmatch(r"\{\{authorize\.\w+\}\}", contract.http_steps[0].response.body.content["brand_new"]["id"])
    assert "confirmation_method" not in contract.http_steps[0].response.body.content
    assert contract.provenance.source is Source.SIMULATOR
    assert contract.commands == read(LIBRARY / "stripe/sale.json").commands
    again = _drift(tmp_path, "--library", library, "--upstream", changed, "--patch", tmp_path / "none.patch")
    assert again.returncode == 0, again.stdout
    assert (tmp_path / "none.patch").read_text() == ""


def test_the_same_is_told_as_json_as_markdown_and_to_allure(changed, library, tmp_path):
    out = tmp_path / "out"
    told = _drift(
        tmp_path, "--library", library, "--upstream", changed, "--json", tmp_path / "drift.json",
        "--markdown", tmp_path / "drift.md", "--allure", out,
    )  # fmt: skip
    assert told.returncode == 2, told.stderr
    assert (tmp_path / "drift.md").read_text() == told.stdout
    document = json.loads((tmp_path / "drift.json").read_text())
    assert document["counts"]["breaking"] > 0
    results = [json.loads(path.read_text()) for path in out.glob("*-result.json")]
    assert {result["name"]: result["status"] for result in results} == {
        "stripe/sale": "failed", "stripe/partial-refunds": "failed",
    }  # fmt: skip
    attached = [one for result in results for one in result["attachments"]]
    assert len(attached) == 4
    assert all((out / one["source"]).read_text() for one in attached)


def test_allure_is_told_that_all_is_well_where_it_is(library, tmp_path):
    with serving(_simulator("stripe")) as url:
        told = _drift(tmp_path, "--library", library, "--upstream", url, "--allure", tmp_path / "out")
    assert told.returncode == 0, told.stdout
    results = [json.loads(path.read_text()) for path in (tmp_path / "out").glob("*-result.json")]
    assert {result["status"] for result in results} == {"passed"}
    assert {result["statusDetails"]["message"] for result in results} == {"Drift: none"}


def test_a_reply_that_is_not_as_published_is_told_as_such(library, tmp_path):
    document = {"openapi": "3.1.0", "paths": {"/v1/payment_intents": {"post": {"responses": {"200": {"content": {
        "application/json": {"schema": {"required": ["no_such_thing"]}},
    }}}}}, "/v1/refunds": {"post": {"responses": {"default": {}}}}}}  # fmt: skip
    (tmp_path / "spec.json").write_text(json.dumps(document))
    with serving(_simulator("stripe")) as url:
        told = _drift(tmp_path, "--library", library, "--upstream", url, "--openapi", tmp_path / "spec.json")
    assert told.returncode == 2, told.stderr
    assert told.stdout.splitlines()[0] == "# Drift: 2 spec"
    assert "required (no_such_thing)" in told.stdout


def test_what_may_not_be_written_is_not_proposed(library, tmp_path):
    app = _simulator("stripe")
    inner = app.wsgi_app

    def leaks(environ, start):
        told = []
        body = b"".join(inner(environ, lambda status, headers, _=None: told.append((status, headers))))
        ((status, headers),) = told
        if environ["PATH_INFO"].startswith("/v1/refunds"):
            body = json.dumps(json.loads(body) | {"livemode": True, "leak": "4929" + "0" * 12}).encode()
        kept = [pair for pair in headers if pair[0].lower() != "content-length"]
        start(status, [*kept, ("Content-Length", str(len(body)))])
        return [body]

    app.wsgi_app = leaks
    with serving(app) as url:
        told = _drift(tmp_path, "--library", library, "--upstream", url, "--patch", tmp_path / "new.patch")
    assert "stripe/partial-refunds: nothing is proposed" in told.stderr
    assert "4929" + "0" * 12 not in told.stdout + told.stderr + (tmp_path / "new.patch").read_text()
