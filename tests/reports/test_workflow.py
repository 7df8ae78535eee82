"""The workflow that users copy: it can do no more than it must, and calls nothing that is not there."""

import re
import shlex
from pathlib import Path

import pytest
import yaml
from click import Context

from reports.__main__ import main

FILE = Path(__file__).parents[2] / "reports/ci/certify.yaml"
WORKFLOW = yaml.safe_load(FILE.read_text())
STEPS = [step for job in WORKFLOW["jobs"].values() for step in job["steps"]]
SCRIPTS = [step["run"] for step in STEPS if "run" in step]


def test_each_job_asks_for_what_it_may():
    assert WORKFLOW["permissions"] == {}
    assert {name: job["permissions"] for name, job in WORKFLOW["jobs"].items()} == {
        "certify": {"contents": "read"},
        "comment": {"pull-requests": "write"},
        "publish": {"contents": "read", "id-token": "write", "pages": "write"},
    }


def test_what_runs_a_pull_requests_code_may_write_nothing():
    """Docs.github.com, secure use reference: pull_request_target runs with the secrets of the repository."""
    assert set(WORKFLOW[True]) == {"pull_request", "push"}, "YAML 1.1 reads `on` as true"
    assert not [step for step in WORKFLOW["jobs"]["comment"]["steps"] if "checkout" in step.get("uses", "")]
    assert "secrets." not in FILE.read_text()


@pytest.mark.parametrize("script", SCRIPTS)
def test_no_script_is_put_together_from_what_others_write(script):
    assert "${{" not in script


@pytest.mark.parametrize("action", [step["uses"] for step in STEPS if "uses" in step])
def test_every_action_is_pinned_to_a_commit(action):
    assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", action)


def _commands():
    for line in "\n".join(SCRIPTS).replace("\\\n", " ").splitlines():
        words = shlex.split(line)
        if words[:3] == ["python", "-m", "reports"]:
            yield words[3], [word for word in words if word.startswith("--")]


@pytest.mark.parametrize(("name", "options"), [*_commands()])
def test_every_command_of_ours_exists_with_its_options(name, options):
    command = main.get_command(Context(main), name)
    assert command is not None
    assert set(options) <= {option for parameter in command.params for option in parameter.opts}


def test_every_option_of_the_suite_exists(pytestconfig):
    known = {option for action in pytestconfig._parser.optparser._actions for option in action.option_strings}
    used = re.findall(r"--(?:assay-[a-z]+|connector|junitxml)(?==)", "\n".join(SCRIPTS))
    assert used
    assert {option for option in used if option not in known and option != "--connector"} == set()
