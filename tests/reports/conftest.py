"""A certified connector, anew for every test that meddles with it."""

import shutil

import pytest

from tests.reports.acme import Acme, lay_out


@pytest.fixture(scope="session")
def certified_once(tmp_path_factory):
    acme = lay_out(tmp_path_factory.mktemp("acme"))
    code, output = acme.certify("--connector", acme.wheel)
    assert code == 0, output
    return acme


@pytest.fixture
def acme(certified_once, tmp_path):
    return Acme(shutil.copytree(certified_once.root, tmp_path / "acme"))
