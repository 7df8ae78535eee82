"""A profile that is missing or broken says which, where and why."""

import sys
from types import ModuleType

import pytest

from suites import profiles


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
