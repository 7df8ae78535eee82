"""The README is true: what it shows runs, word for word."""

import contextlib
import io
import re
from pathlib import Path

import pytest

from mock_gateways.app import create_app
from mock_gateways.server import serving

README = (Path(__file__).parents[1] / "README.md").read_text()
SERVED = "http://127.0.0.1:12111"


def _after(heading):
    """The first Python block below a heading."""
    section = README.partition(f"## {heading}\n")[2]
    return re.search(r"```python\n(.*?)```", section, re.DOTALL)[1]


@pytest.mark.parametrize("heading", ["The simulators by themselves", "A connector by itself"])
def test_what_is_shown_prints_what_the_readme_says(heading):
    code = _after(heading)
    if "import stripe" in code:
        pytest.importorskip("stripe")
    expected = re.search(r"print\(.*\)  # (.*)", code)[1]
    with serving(create_app("stripe")) as url, contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(compile(code.replace(SERVED, url), "README.md", "exec"), {})  # noqa: S102 - the README's own code
    assert printed.getvalue().strip() == expected


@pytest.mark.parametrize("target", re.findall(r"`make (\w+)", README))
def test_every_make_target_it_names_exists(target):
    assert re.search(rf"^{target}:", (Path(__file__).parents[1] / "Makefile").read_text(), re.MULTILINE)
