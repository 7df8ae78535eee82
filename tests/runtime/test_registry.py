"""Connectors are found by name and by path, and what is not found is named helpfully."""

import pytest

from runtime import registry
from runtime.core.connector import Connector
from tests.gateways import WIDEST


def test_a_built_in_connector_is_found():
    assert isinstance(registry.find(WIDEST), Connector)
    assert registry.origin(WIDEST).name == WIDEST


def test_an_unknown_name_is_answered_with_the_nearest_and_all():
    with pytest.raises(registry.UnknownConnector, match=rf"Did you mean '{WIDEST}'\? Known: .*{WIDEST}"):
        registry.find(WIDEST.upper()[0] + WIDEST[1:])


def test_a_connector_is_found_at_a_path(tmp_path):
    file = tmp_path / "mine.py"
    file.write_text(f"from runtime.connectors.{WIDEST} import CONNECTOR as MINE\nOTHER = 5\n")
    assert isinstance(registry.find(f"{file}:MINE"), Connector)
    for target, why in [
        (f"{file}:OTHER", "is a int"),
        (f"{file}:NONE", "has no 'NONE'"),
        (f"{file}", "path.py:OBJECT"),
    ]:
        with pytest.raises(registry.UnknownConnector, match=why):
            registry.find(target)


def test_a_connector_that_does_not_load_says_why(tmp_path):
    file = tmp_path / "broken.py"
    file.write_text("import nowhere_to_be_found\n")
    with pytest.raises(
        registry.UnknownConnector, match=r"cannot be loaded: ModuleNotFoundError: .*nowhere_to_be_found"
    ):
        registry.find(f"{file}:ANY")
