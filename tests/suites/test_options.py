"""Every setting of a run can be given in three ways, and the nearest to the person wins."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from suites.options import OPTIONS, add, resolve
from tests.gateways import NARROWEST, WIDEST

ROOT = Path(__file__).parents[2]
# A value of each, as a person would write it, and another one.
VALUES = {
    "connector": (WIDEST, NARROWEST), "assay_certify": ("yes", "no"), "assay_profile": (WIDEST, NARROWEST),
    "assay_waivers": ("a.toml", "b.toml"), "assay_results": ("a.json", "b.json"), "assay_allure": ("a", "b"),
    "assay_evidence": ("c", "d"), "assay_require": ("MON-001", "MON-002"), "assay_area": ("money", "status"),
    "assay_lane": ("replay", "sandbox"), "assay_contracts": ("e", "f"), "assay_record": ("g", "h"),
    "assay_state": ("2", "3"), "assay_seed": ("7", "8"), "assay_deadline": ("2.5", "3.5"),
}  # fmt: skip
BY_NAME = {option.name: option for option in OPTIONS}


class Said:
    """What pytest has been told: on the command line, and in an ini file."""

    def __init__(self, arguments=(), ini=(), target="suites"):
        parser = pytest.Parser(_ispytest=True)
        parser.extra_info, self.ini = {}, dict(ini)
        add(parser)
        self.option = parser.parse([*arguments])
        self.args = [str(ROOT / target)]

    def getini(self, name):
        return self.ini.get(name, "")

    def getoption(self, name, default=None):
        return getattr(self.option, name, default)


def _value(name, said):
    resolve(said)
    return getattr(said.option, name)


def _argument(name, text):
    flag = BY_NAME[name].flag
    return f"--{flag}" if text == "yes" else f"--no-{flag}" if text == "no" else f"--{flag}={text}"


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch):
    for option in OPTIONS:
        monkeypatch.delenv(option.variable, raising=False)


def test_every_option_is_tried_here():
    assert VALUES.keys() == BY_NAME.keys()


@pytest.mark.parametrize("name", VALUES)
def test_an_option_is_read_from_wherever_it_is_set(name, monkeypatch):
    text = VALUES[name][0]
    setting = name if name.startswith("assay_") else f"assay_{name}"
    on_the_line = _value(name, Said([_argument(name, text)]))
    in_the_ini = _value(name, Said(ini={setting: text}))
    monkeypatch.setenv(setting.upper(), text)
    assert on_the_line == in_the_ini == _value(name, Said())
    assert on_the_line != BY_NAME[name].default


@pytest.mark.parametrize("name", VALUES)
def test_the_command_line_outweighs_the_environment_and_that_the_ini_file(name, monkeypatch):
    first, second = VALUES[name]
    setting = BY_NAME[name].setting
    expected = _value(name, Said([_argument(name, first)]))
    monkeypatch.setenv(setting.upper(), second)
    assert _value(name, Said([_argument(name, first)], ini={setting: second})) == expected
    monkeypatch.setenv(setting.upper(), first)
    assert _value(name, Said(ini={setting: second})) == expected


@pytest.mark.parametrize(
    ("ini", "says"),
    [
        ({"assay_seed": "many"}, "assay_seed in the ini file: 'many'"),
        ({"assay_certify": "perhaps"}, "'perhaps': say yes or no"),
        ({"assay_state": "7"}, "a state is one of 1 to 6"),
        ({"assay_lane": "production"}, "a lane is one of simulator, replay, sandbox"),
    ],
)
def test_a_setting_that_cannot_be_read_says_where_it_stands(ini, says):
    with pytest.raises(pytest.UsageError, match=says):
        resolve(Said(ini=ini))


def test_a_connector_in_the_ini_file_leaves_other_tests_alone():
    assert _value("connector", Said(ini={"assay_connector": WIDEST}, target="tests")) is None
    assert _value("connector", Said([f"--connector={WIDEST}"], target="tests")) == WIDEST


def test_a_run_takes_its_connector_and_its_part_from_where_they_are_set(tmp_path):
    """All the way: pytest itself, an ini file of its own, the environment."""
    command = [sys.executable, "-m", "pytest", "suites", "-q", "-o", f"cache_dir={tempfile.gettempdir()}/assay-cache",
               "-o", f"assay_connector={NARROWEST}", "-o", "assay_require=CAP-002"]  # fmt: skip
    environment = os.environ | {"ASSAY_CONNECTOR": WIDEST}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"NOT CERTIFIABLE: {WIDEST}" in done.stdout
    assert "3 passed" in done.stdout
