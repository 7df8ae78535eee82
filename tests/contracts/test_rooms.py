"""What is one gateway's stands in a file of its name, and nowhere else."""

from pathlib import Path

import pytest

import contracts
from contracts import schemes
from contracts.policy import known_policies, load
from contracts.signers import known_schemes, signed_return

ROOM = Path(contracts.__file__).parent


def test_only_files_named_after_a_gateway_name_one():
    for path in ROOM.rglob("*.py"):
        if path.stem not in known_policies():
            text = path.read_text().lower()
            assert not [name for name in known_policies() if name in text], path.relative_to(ROOM)


@pytest.mark.parametrize("gateway", known_policies())
def test_the_rules_of_a_gateway_name_what_its_module_knows(gateway):
    policy = load(gateway)
    assert policy.gateway == gateway
    assert policy.scheme in known_schemes()
    assert (Path(schemes.__path__[0]) / f"{gateway}.py").is_file()
    assert policy.return_scheme is None or policy.return_secret in {one.name for one in policy.credentials}


def test_a_scheme_that_nobody_knows_signs_no_way_back():
    assert signed_return("rot13", "secret", "https://merchant.test/?a=1") == "https://merchant.test/?a=1"


def test_a_scheme_may_be_installed_beside_ours(monkeypatch):
    class Point:
        name = "acme_v1"

        @staticmethod
        def load():
            return schemes.Scheme(lambda *_: ({}, b""), lambda *_: True)

    monkeypatch.setattr("contracts.signers.entry_points", lambda group: [Point] if group == "assay.schemes" else [])
    assert {"acme_v1"} < set(known_schemes())
