"""The scenarios of the suite become contracts by being played for real, and then judge a connector by themselves."""

import json
import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from contracts.audit import audit
from contracts.format import Source, ToldBy, read
from contracts.lock import files, lock
from contracts.policy import known_policies
from contracts.verify import WsgiUpstream, verify
from mock_gateways.app import create_app
from mock_gateways.server import serving
from suites.profiles import Given

ROOT = Path(__file__).parent.parent.parent


def _profile(gateway):
    return import_module(f"suites.profiles.{gateway}").PROFILE


def _environment(gateway, url, **changes):
    """The variables by which a person says where the sandbox is, and who the merchant."""
    profile = _profile(gateway)
    credential = profile.credential.format(tenant="sandboxlane0000000000000")
    given = {Given.CREDENTIAL: credential, Given.KEY: credential.rpartition(":")[0], Given.BASE_URL: url}
    told = {}
    for name, value in profile.config.items():
        if value is not Given.WEBHOOK_SECRETS:
            known = given[value] if isinstance(value, Given) else value.replace("{base_url}", url)
            told[f"ASSAY_{gateway}_{name}".upper()] = known
    return told | changes


def _judged(gateway, lane, results, environment, *options):
    command = [sys.executable, "-m", "pytest", "suites", f"--connector={gateway}", f"--assay-lane={lane}"]
    command += [f"--assay-results={results}", "--assay-certify", "-q", "-p", "no:cacheprovider", *options]
    env = {name: value for name, value in os.environ.items() if not name.startswith("ASSAY_")} | environment
    told = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    return told.returncode, told.stdout + told.stderr


@pytest.mark.parametrize("gateway", known_policies())
def test_scenarios_become_contracts_that_judge_by_themselves(gateway, tmp_path):
    library, settings = tmp_path / "library", _profile(gateway).settings
    with serving(create_app(gateway, settings=settings, clock="wall")) as url:
        environment = _environment(gateway, url)
        code, told = _judged(
            gateway, "sandbox", tmp_path / "live.json", environment, f"--assay-record={library}"
        )  # fmt: skip
    assert code == 0, told
    assert "live traffic with 127.0.0.1, which is a simulator" in told
    lock(library)
    assert audit(library, environment=environment).findings == []
    recorded = [read(path) for path in files(library)]
    assert len(recorded) >= 4
    for one in recorded:
        assert (one.provenance.source, one.told_by) == (Source.SIMULATOR, ToldBy.SCENARIO)
        assert one.commands
        assert verify(one, WsgiUpstream(create_app(gateway, settings=settings)), environment={}).holds
    code, told = _judged(gateway, "replay", tmp_path / "replay.json", {}, f"--assay-contracts={library}")
    counts = json.loads((tmp_path / "replay.json").read_text())["counts"]
    assert not counts["fail"], told
    assert not counts["error"], told
    assert counts["pass"] >= 14


def test_a_sandbox_that_does_as_nobody_published_is_not_kept(tmp_path):
    """Here every card is challenged: what was asked for as a sale is none, and would judge whoever says so."""
    library = tmp_path / "library"
    with serving(create_app("razorpay", clock="wall")) as url:
        code, _ = _judged(
            "razorpay", "sandbox", tmp_path / "live.json", _environment("razorpay", url), f"--assay-record={library}"
        )  # fmt: skip
    assert code == 1
    assert files(library) == []


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"ASSAY_STRIPE_API_KEY": "sk_live_" + "abcdefgh"}, "a live key was given"),
        ({"ASSAY_STRIPE_API_KEY": ""}, "ASSAY_STRIPE_API_KEY is not set"),
        ({"ASSAY_STRIPE_BASE_URL": "https://api.stripe.com.evil.test"}, "is not among the hosts"),
        ({"ASSAY_STRIPE_BASE_URL": "http://api.stripe.com"}, "is asked without encryption"),
        ({"ASSAY_STRIPE_BASE_URL": ""}, "ASSAY_STRIPE_BASE_URL is not set: the address of the sandbox"),
    ],
    ids=["live key", "no key", "stranger", "plain", "no address"],
)
def test_nothing_is_asked_of_whom_it_must_not_be(changes, reason, tmp_path):
    environment = _environment("stripe", "http://127.0.0.1:9", **changes)
    code, told = _judged("stripe", "sandbox", tmp_path / "r.json", environment, f"--assay-record={tmp_path / 'out'}")
    assert code == 4
    assert reason in told
    assert "sk_live_" not in told
    assert not (tmp_path / "out").exists()
