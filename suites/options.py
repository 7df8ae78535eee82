"""The options of a run, each with a twin in the environment and in the ini file: --assay-seed, ASSAY_SEED, assay_seed.

The command line outweighs the environment, and that the ini file. `--assay-list` and `--assay-explain` have no twins:
they are questions, and no setting of a run.
"""

import argparse
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import suites

__all__ = ["OPTIONS", "Option", "add", "is_asked_for", "resolve"]


@dataclass(frozen=True, slots=True)
class Option:
    """`flag` without its dashes; `read` makes the value of a text and raises ValueError for none of its kind."""

    flag: str
    metavar: str | None
    help: str
    read: Callable[[str], Any] = str
    default: Any = None

    @property
    def name(self) -> str:
        """Its attribute among pytest's options, and its name in the ini file."""
        return self.flag.replace("-", "_")

    @property
    def setting(self) -> str:
        return self.name if self.name.startswith("assay_") else f"assay_{self.name}"

    @property
    def variable(self) -> str:
        return self.setting.upper()


def _flag(text: str) -> bool:
    words = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
    if text.strip().lower() not in words:
        raise ValueError("say yes or no")
    return words[text.strip().lower()]


def _state(text: str) -> int:
    if text not in {"1", "2", "3", "4", "5", "6"}:
        raise ValueError("a state is one of 1 to 6")
    return int(text)


def _lane(text: str) -> str:
    if text not in {"simulator", "replay", "sandbox"}:
        raise ValueError("a lane is one of simulator, replay, sandbox")
    return text


OPTIONS = (
    Option("connector", "NAME", "the connector to judge: its name, path.py:OBJECT, or the address of a remote one"),
    Option("assay-certify", None, "a certifying run: nothing may be left out", _flag, default=False),
    Option("assay-profile", "NAME", "the gateway's profile (default: the connector's gateway)"),
    Option("assay-waivers", "FILE", "waivers (default: suites/waivers/<connector>.toml)"),
    Option("assay-results", "FILE", "write the neutral results file here"),
    Option("assay-allure", "DIR", "write Allure results here, redacted"),
    Option("assay-evidence", "DIR", "write the exchanges of every case here, by digest"),
    Option(
        "assay-lane", "LANE", "simulator (default), replay: contracts alone, or sandbox", _lane, default="simulator"
    ),
    Option("assay-contracts", "DIR", "the contracts to replay (default: the library)"),
    Option("assay-record", "DIR", "write what is said to a sandbox here, as contracts"),
    Option("assay-require", "ID,...", "run only the tests of these requirements"),
    Option("assay-area", "AREA,...", "run only the tests of these areas"),
    Option("assay-state", "N", "run only the tests of the states up to this one", _state),
    Option("assay-seed", "N", "the seed of every tenant's ids (default 0)", int, default=0),
    Option("assay-deadline", "SECONDS", "seconds a driver call may take (default 1)", float, default=1.0),
)


def add(parser: pytest.Parser) -> None:
    group = parser.getgroup("assay", "certify a payment connector")
    for option in OPTIONS:
        if option.read is _flag:
            group.addoption(f"--{option.flag}", action=argparse.BooleanOptionalAction, default=None, help=option.help)
        else:
            group.addoption(f"--{option.flag}", metavar=option.metavar, default=None, help=option.help)
        parser.addini(option.setting, f"{option.help} (--{option.flag})", type="string", default="")
    group.addoption("--assay-list", action="store_true", help="list the requirements and stop")
    group.addoption("--assay-explain", metavar="ID", help="say what a requirement is for and stop")


def is_asked_for(config: pytest.Config) -> bool:
    """Whether the run's targets lie in the suite."""
    root = Path(suites.__file__).parent
    targets = [argument.partition("::")[0] for argument in config.args]
    if config.getoption("pyargs", default=False):
        targets = [target.replace(".", "/") for target in targets]
        return any(target.partition("/")[0] == suites.__name__ for target in targets)
    return any(Path(target).resolve().is_relative_to(root) for target in targets)


def resolve(config: pytest.Config) -> None:
    """Give every option its value, from wherever it was set.

    The connector's twins count only where the suite is asked for: `pytest` in a repository that names its connector
    in its ini file runs that repository's own tests.

    Raises:
        pytest.UsageError: a value that is none of its kind; says where it stands.
    """
    asked = is_asked_for(config)
    for option in OPTIONS:
        given = getattr(config.option, option.name, None)
        if given is None and (asked or option.name != "connector"):
            value = _twin(config, option)
        else:
            value = given if not isinstance(given, str) else _read(option, given, f"--{option.flag}")
        setattr(config.option, option.name, value)


def _twin(config: pytest.Config, option: Option) -> Any:
    if text := os.environ.get(option.variable):
        return _read(option, text, option.variable)
    if text := str(config.getini(option.setting) or ""):
        return _read(option, text, f"{option.setting} in the ini file")
    return option.default


def _read(option: Option, text: str, where: str) -> Any:
    try:
        return option.read(text)
    except ValueError as problem:
        raise pytest.UsageError(f"{where}: {text!r}: {problem}") from None
