"""A profile that is missing or broken says which, where and why."""

import shutil
import sys
from types import ModuleType

import pytest

from suites import profiles
from tests.suites.test_plugin import pytest_suites


@pytest.fixture
def module(monkeypatch):
    made = ModuleType("suites.profiles.broken")
    monkeypatch.setitem(sys.modules, "suites.profiles.broken", made)
    return made


def test_a_missing_profile_says_where_one_would_go():
    with pytest.raises(profiles.UnknownProfile, match=r"'nowhere'; add suites/profiles/nowhere\.py"):
        profiles.find("nowhere")


def test_a_module_without_a_profile_is_broken(module):
    with pytest.raises(profiles.UnknownProfile, match=r"'broken' is broken: AttributeError: .*PROFILE"):
        profiles.find("broken")


def test_what_is_no_profile_is_refused(module):
    module.PROFILE = {"gateway": "broken"}
    with pytest.raises(profiles.UnknownProfile, match=r"is a dict, not a suites\.profiles\.Profile"):
        profiles.find("broken")


def _installed(site, tmp_path, *, without):
    """The package again, with what an author may have forgotten or got wrong."""
    folder = shutil.copytree(site, tmp_path / "site")
    (points,) = folder.glob("*.dist-info/entry_points.txt")
    points.write_text(points.read_text().replace(without, "[something.else]"))
    return folder


def _refused(folder):
    code, output = pytest_suites("--connector=acme_pay", env={"PYTHONPATH": str(folder)})
    assert code == 4, output
    assert "Traceback" not in output
    return output


def test_a_package_without_a_profile_says_where_one_would_go(acme_site, tmp_path):
    folder = _installed(acme_site, tmp_path, without="[assay.profiles]")
    assert "there is no profile for the gateway 'acme_pay'" in _refused(folder)


def test_a_package_without_a_simulator_says_so(acme_site, tmp_path):
    folder = _installed(acme_site, tmp_path, without="[assay.gateways]")
    assert "the simulator of 'acme_pay': ValueError: no simulated gateway 'acme_pay'" in _refused(folder)


@pytest.mark.parametrize(
    ("file", "text", "says"),
    [
        ("profile.py", "from acme_pay import nothing", "the profile of 'acme_pay' is broken: ImportError"),
        ("connector.py", "1/0", "'acme_pay' cannot be loaded: ZeroDivisionError"),
        ("expected.csv", "kind,raw\nrequest,x\n", "the codes of the profile of 'acme_pay': KeyError: 'flow'"),
    ],
)
def test_a_part_that_cannot_be_loaded_says_which(acme_site, tmp_path, file, text, says):
    folder = _installed(acme_site, tmp_path, without="[nothing]")
    (folder / "acme_pay" / file).write_text(text)
    assert says in _refused(folder)
